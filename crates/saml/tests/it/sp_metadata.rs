//! Our own metadata, read again by another parser than wrote it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use roxmltree::{Document, Node};
use vestibule_application::ports::saml::{MetadataError, Saml, ServiceProvider};
use vestibule_domain::certificate::Certificate;
use vestibule_saml::SamlAdapter;

use crate::support::{read, text};

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

fn certificate(name: &str) -> Certificate {
    SamlAdapter::new().read_certificate(text(&format!("certificates/{name}.pem")).as_bytes()).unwrap()
}

fn description() -> ServiceProvider {
    ServiceProvider {
        entity_id: "https://sso.example.com/saml/conn_1".into(),
        acs_url: "https://sso.example.com/saml/conn_1/acs?a=1&b=2".into(),
        signing_certificates: vec![certificate("rsa-2048"), certificate("rsa-1024")],
        encryption_certificates: vec![certificate("rsa-2048")],
        signs_requests: true,
    }
}

fn write(description: &ServiceProvider) -> String {
    SamlAdapter::new().service_provider_metadata(description)
}

fn all<'a>(document: &'a Document<'_>, namespace: &str, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name((namespace, name))).collect()
}

#[test]
fn everything_a_provider_needs_is_in_it() {
    let written = write(&description());
    assert!(written.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{written}");
    let document = Document::parse(&written).unwrap();

    let root = document.root_element();
    assert!(root.has_tag_name((MD, "EntityDescriptor")));
    assert_eq!(root.attribute("entityID"), Some("https://sso.example.com/saml/conn_1"));

    let roles: Vec<_> = root.children().filter(Node::is_element).collect();
    let [role] = roles.as_slice() else { panic!("{written}") };
    assert!(role.has_tag_name((MD, "SPSSODescriptor")));
    assert_eq!(role.attribute("AuthnRequestsSigned"), Some("true"));
    assert_eq!(role.attribute("WantAssertionsSigned"), Some("true"));
    assert_eq!(role.attribute("protocolSupportEnumeration"), Some("urn:oasis:names:tc:SAML:2.0:protocol"));

    // The schema is a sequence: the order is part of it.
    let order: Vec<_> = role.children().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
    let wanted = [&["KeyDescriptor"; 3][..], &["NameIDFormat"; 3], &["AssertionConsumerService"]].concat();
    assert_eq!(order, wanted);

    let formats: Vec<_> =
        all(&document, MD, "NameIDFormat").iter().map(|node| node.text().unwrap()).collect();
    assert_eq!(
        formats,
        [
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        ]
    );

    let services = all(&document, MD, "AssertionConsumerService");
    let attributes: Vec<_> = services[0].attributes().map(|a| (a.name(), a.value())).collect();
    assert_eq!(
        attributes,
        [
            ("Binding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"),
            ("Location", "https://sso.example.com/saml/conn_1/acs?a=1&b=2"),
            ("index", "0"),
            ("isDefault", "true"),
        ]
    );
}

#[test]
fn keys_are_listed_by_their_use_and_encryption_names_what_we_can_decrypt() {
    let written = write(&description());
    let document = Document::parse(&written).unwrap();
    let keys: Vec<_> = all(&document, MD, "KeyDescriptor")
        .iter()
        .map(|key| {
            let path = [(DS, "KeyInfo"), (DS, "X509Data"), (DS, "X509Certificate")];
            let element = path
                .iter()
                .fold(*key, |node, name| node.children().find(|child| child.has_tag_name(*name)).unwrap());
            let methods: Vec<_> = key
                .children()
                .filter(|child| child.has_tag_name((MD, "EncryptionMethod")))
                .map(|method| method.attribute("Algorithm").unwrap())
                .collect();
            (key.attribute("use").unwrap(), BASE64_STANDARD.decode(element.text().unwrap()).unwrap(), methods)
        })
        .collect();
    let methods = vec![
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    ];
    assert_eq!(
        keys,
        [
            ("signing", certificate("rsa-2048").der, vec![]),
            ("signing", certificate("rsa-1024").der, vec![]),
            ("encryption", certificate("rsa-2048").der, methods),
        ]
    );
}

#[test]
fn without_keys_it_promises_no_signatures() {
    let bare = ServiceProvider {
        signing_certificates: Vec::new(),
        encryption_certificates: Vec::new(),
        signs_requests: false,
        ..description()
    };
    let written = write(&bare);
    let document = Document::parse(&written).unwrap();
    assert_eq!(all(&document, MD, "KeyDescriptor").len(), 0);
    assert_eq!(all(&document, MD, "SPSSODescriptor")[0].attribute("AuthnRequestsSigned"), Some("false"));
}

#[test]
fn hostile_values_stay_values() {
    let values = [
        "\"><md:IDPSSODescriptor/><x a=\"",
        "'/><!-- & --> ]]> <![CDATA[ <?x?>",
        "&amp;&#0;&entity;",
        "urn:é€𝄞\u{202e}",
        "a b",
    ];
    for value in values {
        let written =
            write(&ServiceProvider { entity_id: value.into(), acs_url: value.into(), ..description() });
        let document =
            Document::parse(&written).unwrap_or_else(|error| panic!("{value}: {error}\n{written}"));
        assert_eq!(document.root_element().attribute("entityID"), Some(value));
        assert_eq!(all(&document, MD, "AssertionConsumerService")[0].attribute("Location"), Some(value));
        assert_eq!(all(&document, MD, "IDPSSODescriptor").len(), 0, "{value}");
    }
    let written = write(&ServiceProvider { entity_id: "a\0b\u{1b}c\u{fffe}".into(), ..description() });
    let document = Document::parse(&written).unwrap();
    assert_eq!(document.root_element().attribute("entityID"), Some("a\u{fffd}b\u{fffd}c\u{fffd}"));
}

#[test]
fn it_is_recognised_when_somebody_brings_it_back_as_the_providers() {
    assert_eq!(read(write(&description()).as_bytes()), Err(MetadataError::ServiceProvider));
}
