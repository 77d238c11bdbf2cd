//! One real document in full, so that a reader sees what comes out.

use vestibule_domain::certificate::KeyKind;
use vestibule_domain::saml::SsoBinding;

use crate::support::{OKTA, bytes, read_one};

#[test]
fn metadata_of_okta_becomes_a_provider() {
    let provider = read_one(&bytes(OKTA)).unwrap();

    assert_eq!(provider.entity_id.as_str(), "http://www.okta.com/exkdoocxa1VmjpXmX697");
    let address =
        "https://trial-1022863.okta.com/app/trial-1022863_oktalocalhostbis_1/exkdoocxa1VmjpXmX697/sso/saml";
    let sso: Vec<_> = provider.sso.iter().map(|endpoint| (endpoint.binding, endpoint.url.as_str())).collect();
    assert_eq!(sso, [(SsoBinding::Redirect, address), (SsoBinding::Post, address)]);
    assert_eq!(provider.slo, []);
    assert_eq!(provider.name_id_formats, ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"]);
    assert!(!provider.wants_signed_requests);
    assert_eq!(provider.valid_until, None);

    let [certificate] = provider.signing_certificates.as_slice() else { panic!("one certificate") };
    assert_eq!(
        certificate.fingerprint.to_string(),
        "21d5e6ffd3607d88bd8eee5f979fcbe9c3a308bfe8e442a44136ab60b9216bcf"
    );
    assert_eq!(certificate.key, KeyKind::Rsa { bits: 2048 });
    assert_eq!(
        certificate.subject,
        "C=US, ST=California, L=San Francisco, O=Okta, OU=SSOProvider, CN=trial-1022863, Email=info@okta.com"
    );
    assert_eq!(certificate.issuer, certificate.subject);
}
