//! A SAML identity provider: it writes metadata and signed responses in canonical form by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use time::Duration;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml::{KeyPairRequest, Saml as _};
use vestibule_domain::Instant;
use vestibule_saml::SamlAdapter;

/// Its entity id.
pub(crate) const ENTITY_ID: &str = "https://idp.example/";

const SIGN_ON: &str = "https://idp.example/sso";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A provider with a key of its own.
pub(crate) struct Idp {
    certificate: Vec<u8>,
    key: RsaKeyPair,
    /// SHA-256 of its certificate, as checks write it.
    pub(crate) fingerprint: String,
}

/// What is said of somebody, and to whom.
pub(crate) struct Said<'a> {
    pub(crate) acs: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) request: &'a str,
    pub(crate) at: Instant,
    pub(crate) subject: &'a str,
    pub(crate) attributes: &'a [(&'a str, &'a str)],
}

impl Idp {
    pub(crate) fn new(now: Instant) -> Self {
        let order = KeyPairRequest {
            common_name: "idp.example".to_owned(),
            not_before: now - Duration::days(30),
            not_after: now + Duration::days(300),
        };
        let pair = SamlAdapter::new().generate_key_pair(&order).unwrap();
        Self {
            fingerprint: pair.certificate.fingerprint.to_string(),
            certificate: pair.certificate.der.clone(),
            key: RsaKeyPair::from_pkcs8(&pair.private_key).unwrap(),
        }
    }

    pub(crate) fn metadata(&self) -> String {
        format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{ENTITY_ID}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{DSIG}\"><ds:X509Data><ds:X509Certificate>\
             {}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
             Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{SIGN_ON}\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>",
            STANDARD.encode(&self.certificate)
        )
    }

    /// A response whose assertion is signed, as a browser posts it.
    pub(crate) fn respond(&self, said: &Said<'_>) -> String {
        STANDARD.encode(Self::response(said, &self.sign(&assertion(said))))
    }

    /// A response without any signature.
    pub(crate) fn respond_unsigned(said: &Said<'_>) -> String {
        STANDARD.encode(Self::response(said, &assertion(said)))
    }

    fn response(said: &Said<'_>, inside: &str) -> String {
        let (acs, request, now) = (said.acs, said.request, written(said.at));
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{acs}\" \
             ID=\"_r{request}\" InResponseTo=\"{request}\" IssueInstant=\"{now}\" Version=\"2.0\"><saml:Issuer \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ENTITY_ID}</saml:Issuer><samlp:Status>\
             <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
             </samlp:Status>{inside}</samlp:Response>"
        )
    }

    fn sign(&self, xml: &str) -> String {
        let id = xml.split_once(" ID=\"").unwrap().1.split_once('"').unwrap().0;
        let digest = STANDARD.encode(digest(&SHA256, xml.as_bytes()));
        let info = |declared: &str| {
            format!(
                "<ds:SignedInfo{declared}><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">\
                 </ds:CanonicalizationMethod><ds:SignatureMethod \
                 Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
                 <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
                 Algorithm=\"{DSIG}enveloped-signature\"></ds:Transform><ds:Transform \
                 Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms><ds:DigestMethod \
                 Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
                 <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
            )
        };
        let signed = info(&format!(" xmlns:ds=\"{DSIG}\""));
        let mut value = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut value).unwrap();
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\">{}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo>\
             <ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
            info(""),
            STANDARD.encode(value),
            STANDARD.encode(&self.certificate)
        );
        xml.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
    }
}

fn assertion(said: &Said<'_>) -> String {
    let Said { acs, audience, request, at, subject, attributes } = said;
    let (now, soon) = (written(*at), written(*at + Duration::minutes(5)));
    let attributes = attributes.iter().fold(String::new(), |xml, (name, value)| {
        xml + &format!(
            "<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
        )
    });
    let statement = if attributes.is_empty() {
        String::new()
    } else {
        format!("<saml:AttributeStatement>{attributes}</saml:AttributeStatement>")
    };
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a{request}\" \
         IssueInstant=\"{now}\" Version=\"2.0\"><saml:Issuer>{ENTITY_ID}</saml:Issuer><saml:Subject>\
         <saml:NameID>{subject}</saml:NameID><saml:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData \
         InResponseTo=\"{request}\" NotOnOrAfter=\"{soon}\" Recipient=\"{acs}\"></saml:SubjectConfirmationData>\
         </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore=\"{now}\" \
         NotOnOrAfter=\"{soon}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>\
         </saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant=\"{now}\">\
         </saml:AuthnStatement>{statement}</saml:Assertion>"
    )
}

fn written(at: Instant) -> String {
    at.format(&Rfc3339).unwrap()
}
