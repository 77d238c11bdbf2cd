//! What is taken from metadata, and what is left out: variations of a real document.

use vestibule_application::ports::saml::{MetadataError, MetadataRead};
use vestibule_domain::saml::IDP_CERTIFICATES_MAX;
use vestibule_domain::url::{ENTITY_ID_CHARS_MAX, EntityIdError, UrlError};
use vestibule_saml::metadata::{NAME_ID_FORMATS_MAX, ROLES_OF_ENTITY_MAX};

use crate::support::{OKTA, bytes, okta, okta_with, read, read_one};

/// The document with this attribute on its root.
fn okta_on_root(attributes: &str) -> Vec<u8> {
    okta().replacen("<md:EntityDescriptor ", &format!("<md:EntityDescriptor {attributes} "), 1).into_bytes()
}

#[test]
fn entity_ids_are_collapsed_and_judged() {
    let with_id = |id: &str| okta().replacen("http://www.okta.com/exkdoocxa1VmjpXmX697", id, 1).into_bytes();
    let id = |raw: &str| read_one(&with_id(raw)).map(|provider| provider.entity_id.as_str().to_owned());
    assert_eq!(id(" \n urn:a&amp;b&lt; "), Ok("urn:a&b<".to_owned()));
    assert_eq!(id(""), Err(MetadataError::EntityId(EntityIdError::Empty)));
    assert_eq!(id("a&#9;b"), Err(MetadataError::EntityId(EntityIdError::WhiteSpace)));
    assert!(id(&"é".repeat(ENTITY_ID_CHARS_MAX)).is_ok());
    assert_eq!(
        id(&"é".repeat(ENTITY_ID_CHARS_MAX + 1)),
        Err(MetadataError::EntityId(EntityIdError::TooLong))
    );
    let missing = okta().replacen("entityID=", "x=", 1);
    assert_eq!(read(missing.as_bytes()), Err(MetadataError::EntityId(EntityIdError::Empty)));
}

#[test]
fn the_first_usable_address_of_a_binding_is_kept_and_the_default_before_it() {
    let service = |more: &str, location: &str| {
        let binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
        format!("<md:SingleSignOnService Binding='{binding}' {more} Location='{location}'/>")
    };
    let with_services = |services: &str| {
        let document = okta();
        let (before, rest) = document.split_once("<md:SingleSignOnService").unwrap();
        let end = rest.rfind("<md:SingleSignOnService").map_or(rest, |last| &rest[last + 1..]);
        let after = &end[end.find("/>").unwrap() + 2..];
        format!("{before}{services}{after}").into_bytes()
    };
    let sso = |services: &str| {
        read_one(&with_services(services)).map(|provider| provider.sso[0].url.as_str().to_owned())
    };
    let (a, b) = (service("", "https://a.example/"), service("isDefault='true'", "https://b.example/"));
    let script = service("", "javascript:alert(1)");
    assert_eq!(sso(&a), Ok("https://a.example/".to_owned()));
    assert_eq!(
        sso(&format!("{a}{}", service("", "https://c.example/"))),
        Ok("https://a.example/".to_owned())
    );
    assert_eq!(sso(&format!("{a}{b}")), Ok("https://b.example/".to_owned()));
    assert_eq!(sso(&format!("{script}{a}")), Ok("https://a.example/".to_owned()));
    assert_eq!(sso(&service("", " http://intra.example/ ")), Ok("http://intra.example/".to_owned()));
    assert_eq!(sso(&script), Err(MetadataError::SsoUrl(UrlError::Scheme)));
    assert_eq!(sso(&service("", "")), Err(MetadataError::SsoUrl(UrlError::Empty)));
    assert_eq!(sso(""), Err(MetadataError::NoSsoEndpoint));
    assert_eq!(sso(&a.replace("HTTP-Redirect", "SOAP")), Err(MetadataError::NoSsoEndpoint));
}

#[test]
fn elements_count_only_in_their_place() {
    let entity = okta().split_once("?>").unwrap().1.to_owned();
    let wrapped = format!(
        "<md:EntitiesDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>{entity}</md:EntitiesDescriptor>"
    );
    assert_eq!(read_one(wrapped.as_bytes()), read_one(&bytes(OKTA)));
    let in_extension = wrapped.replace(&entity, &format!("<md:Extensions>{entity}</md:Extensions>"));
    assert_eq!(read(in_extension.as_bytes()), Err(MetadataError::NoIdentityProvider));
    let foreign_key = okta().replace("http://www.w3.org/2000/09/xmldsig#", "urn:other");
    assert_eq!(read(foreign_key.as_bytes()), Err(MetadataError::NoSigningCertificate));
    let encryption_only = okta().replace("use=\"signing\"", "use=\"encryption\"");
    assert_eq!(read(encryption_only.as_bytes()), Err(MetadataError::EncryptionOnly));
    let any_use = okta().replace("use=\"signing\"", "");
    assert_eq!(read_one(any_use.as_bytes()), read_one(&bytes(OKTA)));
}

#[test]
fn a_comment_ends_neither_a_certificate_nor_a_format() {
    let document = okta().replacen("nameid-format:", "nameid-<!-- x -->format:<?x?>", 1).replacen(
        "X509Certificate>MII",
        "X509Certificate>M<!-- x -->I<![CDATA[I]]>",
        1,
    );
    assert_ne!(document, okta());
    assert_eq!(read_one(document.as_bytes()), read_one(&bytes(OKTA)));
}

#[test]
fn only_so_many_certificates_are_trusted() {
    let from_pem = |name: &str| {
        let pem = String::from_utf8(bytes(&format!("certificates/{name}.pem"))).unwrap();
        pem.lines().filter(|line| !line.starts_with("---")).collect::<String>()
    };
    let key = |content: &str| {
        format!(
            "<md:KeyDescriptor><ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data>\
             <ds:X509Certificate>{content}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )
    };
    let names = [
        "rsa-512", "rsa-1023", "rsa-1024", "rsa-2048", "ec-p256", "ec-p384", "ec-p521", "ec-k256", "ed25519",
    ];
    let nine: String = names.iter().map(|name| key(&from_pem(name))).collect();
    let repeated = format!("{nine}{nine}{}", key("!placeholder!"));
    let provider = read_one(&okta_with(&repeated)).unwrap();
    assert_eq!(provider.signing_certificates.len(), IDP_CERTIFICATES_MAX);
    let kinds: Vec<_> = provider.signing_certificates[1..].iter().map(|c| c.key.to_string()).collect();
    assert_eq!(
        kinds,
        ["rsa-512", "rsa-1023", "rsa-1024", "rsa-2048", "ec-p256", "ec-p384", "ec-p521", "other", "other"]
    );

    let other = read_one(&bytes("metadata/google/boxyhq.boxyhq.xml")).unwrap().signing_certificates.remove(0);
    let eleven =
        format!("{nine}{}", key(&base64::Engine::encode(&base64::prelude::BASE64_STANDARD, other.der)));
    let found = IDP_CERTIFICATES_MAX + 1;
    assert_eq!(
        read(&okta_with(&eleven)),
        Err(MetadataError::TooManyCertificates { found, max: IDP_CERTIFICATES_MAX })
    );
}

#[test]
fn only_so_many_name_id_formats_are_kept() {
    let formats = |n: usize| {
        let all: Vec<_> = (0..n).map(|i| format!("<md:NameIDFormat>urn:{i}</md:NameIDFormat>")).collect();
        read_one(&okta_with(&all.concat())).unwrap().name_id_formats.len()
    };
    // The document has one of its own.
    assert_eq!(formats(NAME_ID_FORMATS_MAX - 1), NAME_ID_FORMATS_MAX);
    assert_eq!(formats(NAME_ID_FORMATS_MAX), NAME_ID_FORMATS_MAX);
    let odd = format!(
        "<md:NameIDFormat>{}</md:NameIDFormat><md:NameIDFormat> </md:NameIDFormat>",
        "x".repeat(9_999)
    );
    assert_eq!(read_one(&okta_with(&odd)).unwrap().name_id_formats.len(), 1);
}

#[test]
fn valid_until_is_read_in_every_form_and_never_refused() {
    let until = |value: &str| read_one(&okta_on_root(&format!("validUntil='{value}'"))).unwrap().valid_until;
    let wanted = Some(time::macros::datetime!(2030-01-02 03:04:05 UTC));
    for value in ["2030-01-02T03:04:05Z", "2030-01-02T04:04:05+01:00", " 2030-01-02T03:04:05 "] {
        assert_eq!(until(value), wanted, "{value}");
    }
    for value in ["", "tomorrow", "2030-13-40T00:00:00Z", "99999-01-01T00:00:00Z"] {
        assert_eq!(until(value), None, "{value}");
    }
}

#[test]
fn only_so_many_descriptors_of_one_entity_are_looked_at() {
    let choices = |descriptors: usize| {
        let document = format!(
            "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='x'>{}</EntityDescriptor>",
            "<IDPSSODescriptor/>".repeat(descriptors)
        );
        match read(document.as_bytes()) {
            Ok(MetadataRead::Choose(choices)) => choices.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(choices(ROLES_OF_ENTITY_MAX), ROLES_OF_ENTITY_MAX);
    assert_eq!(choices(ROLES_OF_ENTITY_MAX + 1), ROLES_OF_ENTITY_MAX);
}

#[test]
fn an_entity_with_a_descriptor_for_saml_2_has_no_others_to_choose_from() {
    let document = okta().replacen("<md:IDPSSODescriptor", "<md:IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:1.1:protocol'/><md:IDPSSODescriptor", 1);
    assert_eq!(read_one(document.as_bytes()), read_one(&bytes(OKTA)));
}

#[test]
fn a_truncated_document_is_never_read_as_another() {
    let document = bytes(OKTA);
    for length in (0..document.len()).step_by(64) {
        let read = read(&document[..length]);
        assert!(
            matches!(read, Err(MetadataError::NotWellFormed { .. } | MetadataError::Empty)),
            "{length} bytes: {read:?}"
        );
    }
}
