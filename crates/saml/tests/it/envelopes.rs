//! Posted form fields: what is opened, and what is not.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use vestibule_application::ports::saml_sign_in::{
    SAML_CHECKS, SAML_RESPONSE_BYTES_MAX, SamlSignIn, SamlUnreadable,
};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_saml::SamlAdapter;
use vestibule_saml::gate::DEPTH_MAX;
use vestibule_saml::response::{KEPT_TREE_BYTES_MAX, MESSAGE_NODES_MAX};

use crate::provider::{ASSERTION, Provider, REQUEST, judged, response};

/// Opens what was posted, and says which request it answers.
fn posted(field: &str) -> Result<Option<String>, SamlUnreadable> {
    let adapter = SamlAdapter::new();
    let xml = adapter.decode(field)?;
    let opened = adapter.open(&xml)?;
    Ok(opened.in_response_to().map(str::to_owned))
}

fn open(xml: impl AsRef<[u8]>) -> Result<Option<String>, SamlUnreadable> {
    posted(&BASE64_STANDARD.encode(xml))
}

fn message(xml: impl AsRef<[u8]>) -> String {
    open(xml).unwrap_err().message
}

#[test]
fn a_response_tells_which_request_it_answers() {
    let xml = response(ASSERTION);
    assert_eq!(open(&xml), Ok(Some(REQUEST.into())));
    assert_eq!(open([b"\xef\xbb\xbf", xml.as_bytes()].concat()), Ok(Some(REQUEST.into())));
    // Nobody asked, or so it says.
    let named = format!(" InResponseTo=\"{REQUEST}\"");
    assert_eq!(open(xml.replacen(&named, "", 1)), Ok(None));
    assert_eq!(open(xml.replacen(&named, " InResponseTo=\"\"", 1)), Ok(None));
}

#[test]
fn base64_may_have_lines_and_lack_its_padding() {
    let xml = response(ASSERTION) + " ";
    let encoded = BASE64_STANDARD.encode(&xml);
    let lines: Vec<_> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    assert!(posted(&lines.join("\r\n")).is_ok());
    assert!(posted(encoded.trim_end_matches('=')).is_ok());
}

#[test]
fn what_is_no_response_is_not_opened() {
    for field in ["", " \n"] {
        assert_eq!(posted(field).unwrap_err().message, "the form field SAMLResponse is missing or empty");
    }
    assert_eq!(posted("<samlp:Response/>").unwrap_err().message, "the response is not base64");
    let not_text =
        "the response is not text in UTF-8; it may be compressed, or not be meant for this form field";
    assert_eq!(message(b"\xff\xfe<\0"), not_text);
    assert_eq!(message(b"\x78\x9c\xff"), not_text);
    assert_eq!(message("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"), not_text);

    let xml = response(ASSERTION);
    assert_eq!(
        message(format!("<!DOCTYPE x [<!ENTITY e 'e'>]>{xml}")),
        "the response has a DOCTYPE, which is not allowed"
    );
    assert_eq!(message("<html></html>"), "the response is a web page");
    assert_eq!(message("<Response/>"), "the root element is {}Response, not a SAML 2.0 response");
    assert_eq!(
        message(ASSERTION),
        "the root element is {urn:oasis:names:tc:SAML:2.0:assertion}Assertion, not a SAML 2.0 response"
    );
    assert!(
        message(&xml[..xml.len() - 1]).starts_with("the response is not well-formed XML: line 1, column ")
    );
    let undeclared = xml.replacen("<saml:Issuer ", "<saml:Issuer xmlns:p=\"\" ", 1);
    assert!(message(undeclared).contains("a namespace prefix is bound to nothing"));
}

#[test]
fn the_failure_of_what_cannot_be_opened_is_complete() {
    let error = open("<Response/>").unwrap_err();
    assert_eq!(error.failure().code, FailureCode::MalformedSamlResponse);
    assert_eq!(error.failure().check, CheckName::Message);
    let checks = error.checks();
    assert_eq!(checks.iter().map(|check| check.name).collect::<Vec<_>>(), SAML_CHECKS);
    assert_eq!(checks[0].outcome, CheckOutcome::Failed);
    assert!(checks[1..].iter().all(|check| check.outcome == CheckOutcome::Skipped));
}

#[test]
fn an_id_stands_once_whatever_it_is_called() {
    for name in ["ID", "Id", "id", "AssertionID", "xml:id"] {
        for (id, is_opened) in [("_assertion", false), ("_response", false), ("_other", true)] {
            let part = format!("<saml:Audience {name}=\"{id}\">");
            let xml = response(&ASSERTION.replacen("<saml:Audience>", &part, 1));
            assert_eq!(open(xml).is_ok(), is_opened, "{name}={id}");
        }
    }
}

#[test]
fn size_depth_and_nodes_have_their_limits() {
    let grown = |bytes: usize| {
        let xml = response(ASSERTION);
        format!("{xml}{}", " ".repeat(bytes - xml.len()))
    };
    assert!(open(grown(SAML_RESPONSE_BYTES_MAX)).is_ok());
    assert_eq!(message(grown(SAML_RESPONSE_BYTES_MAX + 1)), "the response is larger than any that is read");
    let long = "A".repeat(2 * SAML_RESPONSE_BYTES_MAX + 1);
    assert_eq!(posted(&long).unwrap_err().message, "the response is larger than any that is read");

    let deep = |depth: usize| response(&["<a>".repeat(depth - 1), "</a>".repeat(depth - 1)].concat());
    assert!(open(deep(DEPTH_MAX)).is_ok());
    assert_eq!(
        message(deep(DEPTH_MAX + 1)),
        format!("the response is nested deeper than {DEPTH_MAX} elements")
    );

    // Of what is there without them: 4 elements, 6 attributes, 1 text, 3 namespaces in scope.
    let standing = 14;
    let many = |nodes: usize| response(&"<a/>".repeat(nodes - standing));
    assert!(open(many(MESSAGE_NODES_MAX)).is_ok());
    assert_eq!(
        message(many(MESSAGE_NODES_MAX + 1)),
        format!("the response has more than {MESSAGE_NODES_MAX} nodes")
    );
}

#[test]
fn a_long_response_is_judged_as_a_short_one_is() {
    let provider = Provider::rsa();
    let signed = provider.sign(ASSERTION);
    let short = response(&signed);
    for bytes in [KEPT_TREE_BYTES_MAX, KEPT_TREE_BYTES_MAX + 1] {
        let comment = |signs: usize| format!("<!--{}-->", "x".repeat(signs));
        let xml = response(&[&signed, comment(bytes - short.len() - comment(0).len()).as_str()].concat());
        assert_eq!(xml.len(), bytes);
        assert_eq!(judged(&provider, &xml), judged(&provider, &short), "{bytes} bytes");
        let changed = judged(&provider, &xml.replacen("ada@", "eve@", 1));
        assert_eq!(changed, judged(&provider, &short.replacen("ada@", "eve@", 1)), "{bytes} bytes");
        assert!(changed.outcome.is_err());
    }
    assert!(judged(&provider, &short).outcome.is_ok());
}
