//! Posted form fields: what is opened, and what is not.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use vestibule_application::ports::saml_sign_in::{
    SAML_CHECKS, SAML_RESPONSE_BYTES_MAX, SamlEnvelope, SamlSignIn, SamlUnreadable,
};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_saml::SamlAdapter;
use vestibule_saml::gate::DEPTH_MAX;
use vestibule_saml::response::MESSAGE_NODES_MAX;

use crate::provider::{ACS, ASSERTION, IDP, REQUEST, response};

fn open(xml: impl AsRef<[u8]>) -> Result<SamlEnvelope, SamlUnreadable> {
    SamlAdapter::new().open(&BASE64_STANDARD.encode(xml))
}

fn message(xml: impl AsRef<[u8]>) -> String {
    open(xml).map(drop).unwrap_err().message
}

#[test]
fn an_envelope_tells_where_it_belongs() {
    let xml = response(ASSERTION);
    let wanted = SamlEnvelope {
        xml: xml.clone(),
        response_id: Some("_response".into()),
        in_response_to: Some(REQUEST.into()),
        issuer: Some(IDP.into()),
        destination: Some(ACS.into()),
    };
    assert_eq!(open(&xml), Ok(wanted.clone()));
    assert_eq!(open([b"\xef\xbb\xbf", xml.as_bytes()].concat()), Ok(wanted));

    // Without an issuer of its own, a response has its assertion's.
    let from = xml.find("<saml:Issuer").unwrap();
    let until = xml.find("</saml:Issuer>").unwrap() + "</saml:Issuer>".len();
    let without = [&xml[..from], &xml[until..]].concat();
    assert_eq!(open(without).unwrap().issuer.as_deref(), Some(IDP));
}

#[test]
fn base64_may_have_lines_and_lack_its_padding() {
    let xml = response(ASSERTION) + " ";
    let encoded = BASE64_STANDARD.encode(&xml);
    let lines: Vec<_> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let adapter = SamlAdapter::new();
    assert!(adapter.open(&lines.join("\r\n")).is_ok());
    assert!(adapter.open(encoded.trim_end_matches('=')).is_ok());
}

#[test]
fn what_is_no_response_is_not_opened() {
    let adapter = SamlAdapter::new();
    for posted in ["", " \n"] {
        let error = adapter.open(posted).unwrap_err();
        assert_eq!(error.message, "the form field SAMLResponse is missing or empty");
    }
    assert_eq!(adapter.open("<samlp:Response/>").unwrap_err().message, "the response is not base64");
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
    let xml = "<Response/>";
    let error = open(xml).unwrap_err();
    assert_eq!(error.text.as_deref(), Some(xml));
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
    let adapter = SamlAdapter::new();
    let posted = "A".repeat(2 * SAML_RESPONSE_BYTES_MAX + 1);
    assert_eq!(adapter.open(&posted).unwrap_err().message, "the response is larger than any that is read");

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
