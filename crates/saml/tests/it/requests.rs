//! Requests for authentication: what is in them, how they travel, and their signatures.

use std::io::Read as _;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::DeflateDecoder;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use roxmltree::Document;
use time::macros::datetime;
use vestibule_application::ports::saml_sign_in::{
    RELAY_STATE_BYTES_MAX, SamlAuthentication, SamlRequest, SamlRequestError, SamlRequestOrder, SamlSignIn,
    SamlSigner, SamlTravel,
};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::saml::{SsoBinding, SsoEndpoint};
use vestibule_domain::url::HttpsUrl;
use vestibule_saml::SamlAdapter;
use vestibule_saml::request::{LOGIN_HINT_BYTES_MAX, REQUEST_ID_BYTES_MAX};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::provider::rsa_2048;

fn endpoint(binding: SsoBinding, url: &str) -> SsoEndpoint {
    SsoEndpoint { binding, url: HttpsUrl::parse(url).unwrap() }
}

fn order(endpoint: &SsoEndpoint) -> SamlRequestOrder<'_> {
    SamlRequestOrder {
        id: "_4f1c",
        issued_at: datetime!(2026-11-22 12:00:00.987654 UTC),
        endpoint,
        sp_entity_id: "https://sp.example/?a=1&b=2",
        acs_url: "https://sp.example/acs?a=1&b=2",
        relay_state: None,
        name_id_format: None,
        authentication: SamlAuthentication::MayBeKnown,
        login_hint: None,
        signer: None,
    }
}

fn request(order: &SamlRequestOrder<'_>) -> SamlRequest {
    SamlAdapter::new().request(order).unwrap()
}

fn redirect(order: &SamlRequestOrder<'_>) -> String {
    match request(order).travel {
        SamlTravel::Redirect { url } => url,
        SamlTravel::Post { .. } => panic!("a redirect was wanted"),
    }
}

/// Name and value of every parameter of a query, both as sent and decoded.
fn query(url: &str) -> Vec<(String, String)> {
    let query = url.split_once('?').unwrap().1;
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn inflated(value: &str) -> String {
    let compressed = BASE64_STANDARD.decode(value).unwrap();
    let mut xml = String::new();
    DeflateDecoder::new(compressed.as_slice()).read_to_string(&mut xml).unwrap();
    xml
}

fn signer<'a>(certificate: &'a Certificate, private_key: &'a [u8]) -> SamlSigner<'a> {
    SamlSigner { certificate, private_key }
}

#[test]
fn a_request_says_who_asks_and_where_to_answer() {
    let endpoint = endpoint(SsoBinding::Redirect, "https://idp.example/sso");
    let xml = request(&order(&endpoint)).xml;
    assert_eq!(
        xml,
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_4f1c\" Version=\"2.0\" \
         IssueInstant=\"2026-11-22T12:00:00Z\" Destination=\"https://idp.example/sso\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         AssertionConsumerServiceURL=\"https://sp.example/acs?a=1&amp;b=2\">\
         <saml:Issuer>https://sp.example/?a=1&amp;b=2</saml:Issuer><samlp:NameIDPolicy AllowCreate=\"true\"/>\
         </samlp:AuthnRequest>"
    );
}

#[test]
fn what_is_optional_is_there_if_it_is_asked_for() {
    let endpoint = endpoint(SsoBinding::Redirect, "https://idp.example/sso");
    let xml = request(&SamlRequestOrder {
        name_id_format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
        authentication: SamlAuthentication::MustBeAsked,
        login_hint: Some("ada@example.com"),
        ..order(&endpoint)
    })
    .xml;
    let tree = Document::parse(&xml).unwrap();
    let root = tree.root_element();
    assert_eq!(root.attribute("ForceAuthn"), Some("true"));
    let children: Vec<_> = root.children().map(|child| child.tag_name().name()).collect();
    assert_eq!(children, ["Issuer", "Subject", "NameIDPolicy"]);
    let policy = root.last_child().unwrap();
    assert_eq!(policy.attribute("Format"), Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"));
    let name_id = tree
        .descendants()
        .find(|node| node.has_tag_name(("urn:oasis:names:tc:SAML:2.0:assertion", "NameID")))
        .unwrap();
    assert_eq!(name_id.text(), Some("ada@example.com"));
    assert_eq!(name_id.attribute("Format"), Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"));
}

#[test]
fn only_a_simple_hint_becomes_a_subject() {
    let endpoint = endpoint(SsoBinding::Redirect, "https://idp.example/sso");
    let has_subject = |hint: &str| {
        request(&SamlRequestOrder { login_hint: Some(hint), ..order(&endpoint) })
            .xml
            .contains("<saml:Subject>")
    };
    for hint in ["ada", "ada.l+x@example.com", &"a".repeat(LOGIN_HINT_BYTES_MAX)] {
        assert!(has_subject(hint), "{hint}");
    }
    for hint in ["", "a b", "<a>", "ädä", "a\"", &"a".repeat(LOGIN_HINT_BYTES_MAX + 1)] {
        assert!(!has_subject(hint), "{hint}");
    }
}

#[test]
fn a_redirect_carries_the_request_compressed() {
    for (url, begins) in [
        ("https://idp.example/sso", "https://idp.example/sso?SAMLRequest="),
        ("https://idp.example/sso?tenant=1", "https://idp.example/sso?tenant=1&SAMLRequest="),
        ("https://idp.example/sso?", "https://idp.example/sso?SAMLRequest="),
    ] {
        let endpoint = endpoint(SsoBinding::Redirect, url);
        let order = SamlRequestOrder { relay_state: Some("a &=+%/ä"), ..order(&endpoint) };
        let url = redirect(&order);
        assert!(url.starts_with(begins), "{url}");
        let query = query(&url);
        let value =
            |name: &str| query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        assert_eq!(inflated(&value("SAMLRequest").unwrap()), request(&order).xml);
        assert_eq!(value("RelayState").as_deref(), Some("a &=+%/ä"));
        assert_eq!(value("SigAlg"), None);
    }
}

#[test]
fn a_redirect_is_signed_as_it_is_sent() {
    let (certificate, key) = rsa_2048();
    let endpoint = endpoint(SsoBinding::Redirect, "https://idp.example/sso?tenant=1");
    let order = SamlRequestOrder {
        relay_state: Some("state"),
        signer: Some(signer(&certificate, &key)),
        ..order(&endpoint)
    };
    let url = redirect(&order);
    let names: Vec<_> = query(&url).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["tenant", "SAMLRequest", "RelayState", "SigAlg", "Signature"]);
    assert_eq!(query(&url)[3].1, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");

    let signed = &url[url.find("SAMLRequest=").unwrap()..url.find("&Signature=").unwrap()];
    let signature = BASE64_STANDARD.decode(&query(&url)[4].1).unwrap();
    let (_, parsed) = X509Certificate::from_der(&certificate.der).unwrap();
    let public = parsed.public_key().subject_public_key.data.to_vec();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(signed.as_bytes(), &signature)
        .unwrap();
    // By redirect, the signature stands in the query alone.
    assert!(!request(&order).xml.contains("Signature"));
}

#[test]
fn a_form_carries_the_request_signed_inside() {
    let (certificate, key) = rsa_2048();
    let endpoint = endpoint(SsoBinding::Post, "https://idp.example/sso?tenant=1");
    for is_signed in [false, true] {
        let order = SamlRequestOrder {
            relay_state: Some("state"),
            signer: is_signed.then(|| signer(&certificate, &key)),
            ..order(&endpoint)
        };
        let SamlRequest { xml, travel } = request(&order);
        let fields = vec![("SAMLRequest", BASE64_STANDARD.encode(&xml)), ("RelayState", "state".to_owned())];
        assert_eq!(travel, SamlTravel::Post { url: "https://idp.example/sso?tenant=1".into(), fields });
        let tree = Document::parse(&xml).unwrap();
        let names: Vec<_> = tree.root_element().children().map(|child| child.tag_name().name()).collect();
        let wanted: &[&str] =
            if is_signed { &["Issuer", "Signature", "NameIDPolicy"] } else { &["Issuer", "NameIDPolicy"] };
        assert_eq!(names, wanted);
    }
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let adapter = SamlAdapter::new();
    let (certificate, _) = rsa_2048();
    let redirect = endpoint(SsoBinding::Redirect, "https://idp.example/sso");
    let post = endpoint(SsoBinding::Post, "https://idp.example/sso");

    let stated =
        |state: &str| adapter.request(&SamlRequestOrder { relay_state: Some(state), ..order(&redirect) });
    assert!(stated(&"s".repeat(RELAY_STATE_BYTES_MAX)).is_ok());
    assert_eq!(stated(&"s".repeat(RELAY_STATE_BYTES_MAX + 1)), Err(SamlRequestError::RelayState));

    let identified = |id: &str| adapter.request(&SamlRequestOrder { id, ..order(&redirect) });
    for id in ["_", "a-b.c_1", &"i".repeat(REQUEST_ID_BYTES_MAX)] {
        assert!(identified(id).is_ok(), "{id}");
    }
    for id in ["", "1a", "-a", "a b", "a\"", "ä", &"i".repeat(REQUEST_ID_BYTES_MAX + 1)] {
        assert_eq!(identified(id), Err(SamlRequestError::Id), "{id}");
    }

    for endpoint in [&redirect, &post] {
        let order = SamlRequestOrder { signer: Some(signer(&certificate, b"no key")), ..order(endpoint) };
        assert_eq!(adapter.request(&order), Err(SamlRequestError::SigningKey));
    }
}
