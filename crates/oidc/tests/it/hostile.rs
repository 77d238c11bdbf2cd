//! Bytes that nobody honest sends.

use proptest::prelude::*;
use vestibule_application::ports::oidc::{DISCOVERY_BYTES_MAX, DiscoveryError, Oidc as _};
use vestibule_oidc::OidcAdapter;

use crate::rules::minimal;

fn refused(document: &[u8]) -> DiscoveryError {
    OidcAdapter.read_discovery(document, None).unwrap_err()
}

fn is_not_json(document: &[u8]) -> bool {
    matches!(refused(document), DiscoveryError::NotJson { .. })
}

#[test]
fn size_is_limited_exactly() {
    let mut document = minimal().to_string().into_bytes();
    document.resize(DISCOVERY_BYTES_MAX, b' ');
    assert!(OidcAdapter.read_discovery(&document, None).is_ok());
    document.push(b' ');
    assert_eq!(refused(&document), DiscoveryError::TooLarge);
}

#[test]
fn other_encodings_are_not_json() {
    let text = minimal().to_string();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(is_not_json(&utf16));
    assert!(is_not_json(&[&[0xff, 0xfe], utf16.as_slice()].concat()));
    assert!(is_not_json(b"\xff"));
    // A byte order mark in UTF-8 is harmless, and some editors write it.
    assert!(OidcAdapter.read_discovery(format!("\u{feff}{text}").as_bytes(), None).is_ok());
    assert!(is_not_json(format!("\u{feff}\u{feff}{text}").as_bytes()));
}

#[test]
fn what_is_brought_by_mistake_is_named() {
    for (document, wanted) in [
        ("", DiscoveryError::Empty),
        (" \n", DiscoveryError::Empty),
        ("<md:EntityDescriptor/>", DiscoveryError::SamlMetadata),
        ("<?xml version='1.0'?><EntitiesDescriptor>", DiscoveryError::SamlMetadata),
        (r#"{"keys":[]}"#, DiscoveryError::KeySet),
        (r#"{"keys":1}"#, DiscoveryError::Missing { member: "issuer" }),
    ] {
        assert_eq!(refused(document.as_bytes()), wanted, "{document}");
    }
}

#[test]
fn what_is_no_object_is_not_json() {
    for document in [
        "null",
        "1",
        "\"x\"",
        "{",
        "{}x",
        "{}{}",
        "\0",
        "{\"issuer\":\"a\0\"}",
        "{'issuer':1}",
        "{\"issuer\":NaN}",
        "<?xml version=\"1.0\"?>",
        // Would fill the members one after another if it were taken for an object.
        r#"["https://a.example","https://a.example/a","https://a.example/t",null,"https://a.example/k"]"#,
    ] {
        assert!(is_not_json(document.as_bytes()), "{document:?}");
    }
}

#[test]
fn a_web_page_is_recognised() {
    for page in ["<!DOCTYPE html><title>Sign in</title>", "\n <HTML lang=en>", "<!-- x --><html>"] {
        assert_eq!(refused(page.as_bytes()), DiscoveryError::WebPage, "{page}");
    }
}

#[test]
fn a_member_given_twice_is_refused() {
    let text = minimal().to_string();
    let twice = text.replacen('{', r#"{"issuer":"https://attacker.example","#, 1);
    assert!(is_not_json(twice.as_bytes()));
}

#[test]
fn deep_nesting_ends_without_exhausting_the_stack() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let depth = DISCOVERY_BYTES_MAX / 16;
        let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        for member in ["issuer", "response_types_supported", "unknown"] {
            let document = format!(r#"{{"{member}":{deep}}}"#);
            let refused = refused(document.as_bytes());
            assert!(
                matches!(refused, DiscoveryError::NotJson { .. } | DiscoveryError::Missing { .. }),
                "{member}: {refused:?}"
            );
        }
    }
}

#[test]
fn a_document_cut_anywhere_is_not_json() {
    let document = minimal().to_string();
    for length in 1..document.len() {
        assert!(is_not_json(&document.as_bytes()[..length]), "{length}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(document in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = OidcAdapter.read_discovery(&document, None);
    }
}
