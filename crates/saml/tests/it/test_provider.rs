//! The test identity provider's side: what it reads, and what is made of what it writes.

use std::io::Write as _;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use time::macros::datetime;
use vestibule_application::ports::saml::{GeneratedKeyPair, KeyPairRequest, Saml};
use vestibule_application::ports::saml_sign_in::{
    SamlAllowances, SamlAuthentication, SamlExpectation, SamlJudgement, SamlRequestOrder, SamlSignIn,
    SamlSigner, SamlTravel,
};
use vestibule_application::ports::test_provider::{
    SAML_REQUEST_BYTES_MAX, SAML_REQUEST_VALUE_BYTES_MAX, TestSaml, TestSamlOrder, TestSamlProvider,
};
use vestibule_domain::Instant;
use vestibule_domain::saml::{SsoBinding, SsoEndpoint};
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::test_provider::{TestAnswer, TestPerson, TestRefusal};
use vestibule_domain::url::HttpsUrl;
use vestibule_saml::SamlAdapter;

use crate::support::read_one;

const NOW: Instant = datetime!(2026-11-22 12:00 UTC);
const IDP: &str = "https://sp.example/test-idp/conn_1/saml/metadata";
const SP: &str = "https://sp.example/sso/saml/conn_1/metadata?a=1&b=2";
const ACS: &str = "https://sp.example/sso/saml/conn_1/acs?a=1&b=2";

fn pair() -> GeneratedKeyPair {
    let request = KeyPairRequest {
        common_name: "idp".into(),
        not_before: NOW - time::Duration::days(1),
        not_after: NOW + time::Duration::days(1),
    };
    SamlAdapter::new().generate_key_pair(&request).unwrap()
}

fn ada() -> TestAnswer {
    TestAnswer::Person(
        TestPerson::parse("ada@acme.example", "Ada <&>", "Łovelace]]>", "Staff, \"Admins\"").unwrap(),
    )
}

fn answered(answer: &TestAnswer, pair: &GeneratedKeyPair, request: Option<&str>) -> String {
    let order = TestSamlOrder {
        answer,
        response_id: "_r",
        assertion_id: "_a",
        issuer: IDP,
        audience: SP,
        acs_url: ACS,
        in_response_to: request,
        now: NOW,
        signer: SamlSigner { certificate: &pair.certificate, private_key: &pair.private_key },
    };
    SamlAdapter::new().respond(&order).unwrap()
}

fn judged(response: &str, pair: &GeneratedKeyPair, request: Option<&str>) -> SamlJudgement {
    let xml = SamlAdapter::new().decode(response).unwrap();
    let opened = SamlAdapter::new().open(&xml).unwrap();
    assert_eq!(opened.in_response_to(), request);
    opened.judge(&SamlExpectation {
        idp_entity_id: IDP,
        certificates: &[&pair.certificate],
        sp_entity_id: SP,
        acs_url: ACS,
        in_response_to: request,
        now: NOW,
        skew: CLOCK_SKEW,
        decryption_keys: &[],
        allowances: SamlAllowances::default(),
    })
}

#[test]
fn an_assertion_is_believed_as_any_providers_is() {
    let pair = pair();
    for request in [None, Some("_sess_1")] {
        let judgement = judged(&answered(&ada(), &pair, request), &pair, request);
        let accepted = judgement.outcome.unwrap();
        assert_eq!(accepted.asserted.subject, "ada@acme.example");
        assert_eq!(accepted.asserted.first("firstName"), Some("Ada <&>"));
        assert_eq!(accepted.asserted.first("lastName"), Some("Łovelace]]>"));
        let groups = accepted.asserted.attributes.iter().find(|attribute| attribute.name == "groups");
        assert_eq!(groups.unwrap().values, ["Staff", "\"Admins\""]);
        assert_eq!(judgement.signed_by, Some(pair.certificate.fingerprint));
    }
}

#[test]
fn names_that_are_empty_do_not_come() {
    let pair = pair();
    let nameless = TestAnswer::Person(TestPerson::parse("ada@acme.example", "", "", "").unwrap());
    let accepted = judged(&answered(&nameless, &pair, None), &pair, None).outcome.unwrap();
    let names: Vec<_> =
        accepted.asserted.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(names, ["email"]);
}

#[test]
fn another_key_or_another_person_is_not_believed() {
    let (pair, other) = (pair(), pair());
    let response = answered(&ada(), &pair, None);
    let failure = judged(&response, &other, None).outcome.unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidX509Certificate);
    let xml = String::from_utf8(BASE64_STANDARD.decode(&response).unwrap()).unwrap();
    let forged = BASE64_STANDARD.encode(xml.replace("ada@acme.example", "eve@acme.example"));
    assert!(judged(&forged, &pair, None).outcome.is_err());
}

#[test]
fn refusals_are_reported_as_such() {
    let pair = pair();
    for (refusal, code) in [
        (TestRefusal::Denied, FailureCode::AccessDenied),
        (TestRefusal::NotAuthenticated, FailureCode::AccessDenied),
        (TestRefusal::Failed, FailureCode::IdpReportedError),
    ] {
        let response = answered(&TestAnswer::Refusal(refusal), &pair, Some("_sess_1"));
        let failure = judged(&response, &pair, Some("_sess_1")).outcome.unwrap_err();
        assert_eq!(failure.code, code, "{refusal:?}");
    }
}

#[test]
fn the_metadata_says_what_a_connection_has() {
    let pair = pair();
    let sso_url = "https://sp.example/test-idp/conn_1/saml?a=1&b=2";
    let provider = TestSamlProvider { entity_id: IDP, sso_url, certificate: &pair.certificate };
    let read = read_one(SamlAdapter::new().metadata(&provider).as_bytes()).unwrap();
    assert_eq!(read.entity_id.as_str(), IDP);
    assert_eq!(read.signing_certificates, [pair.certificate]);
    let bindings: Vec<_> =
        read.sso.iter().map(|endpoint| (endpoint.binding, endpoint.url.as_str())).collect();
    assert_eq!(bindings, [(SsoBinding::Redirect, sso_url), (SsoBinding::Post, sso_url)]);
}

fn sent(binding: SsoBinding, hint: Option<&str>) -> String {
    let url = HttpsUrl::parse("https://sp.example/test-idp/conn_1/saml").unwrap();
    let request = SamlAdapter::new().request(&SamlRequestOrder {
        id: "_sess_1",
        issued_at: NOW,
        endpoint: &SsoEndpoint { binding, url },
        sp_entity_id: SP,
        acs_url: ACS,
        relay_state: None,
        name_id_format: None,
        authentication: SamlAuthentication::MayBeKnown,
        login_hint: hint,
        signer: None,
    });
    match request.unwrap().travel {
        SamlTravel::Post { fields, .. } => fields.into_iter().next().unwrap().1,
        SamlTravel::Redirect { url } => {
            let value = url.split_once("SAMLRequest=").unwrap().1;
            value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
        }
    }
}

#[test]
fn our_own_requests_are_read() {
    for binding in [SsoBinding::Redirect, SsoBinding::Post] {
        let request = SamlAdapter::new().read_request(&sent(binding, None), binding).unwrap();
        assert_eq!((request.id.as_str(), request.issuer.as_str()), ("_sess_1", SP));
        assert_eq!(request.subject, None);
        let hinted = SamlAdapter::new().read_request(&sent(binding, Some("ada@acme.example")), binding);
        assert_eq!(hinted.unwrap().subject.as_deref(), Some("ada@acme.example"));
        let other = if binding == SsoBinding::Post { SsoBinding::Redirect } else { SsoBinding::Post };
        assert!(SamlAdapter::new().read_request(&sent(binding, None), other).is_err());
    }
}

fn reads(xml: &str) -> Result<(), String> {
    let posted = SamlAdapter::new().read_request(&BASE64_STANDARD.encode(xml), SsoBinding::Post);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(xml.as_bytes()).unwrap();
    let compressed = BASE64_STANDARD.encode(encoder.finish().unwrap());
    let redirected = SamlAdapter::new().read_request(&compressed, SsoBinding::Redirect);
    assert_eq!(posted, redirected);
    posted.map(drop).map_err(|error| error.to_string())
}

/// A request with an id of so many bytes, and so many spaces.
fn request(id_bytes: usize, spaces: usize) -> String {
    format!(
        "<p:AuthnRequest xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' \
         xmlns='urn:oasis:names:tc:SAML:2.0:assertion' ID='{}'><Issuer>sp</Issuer>{}</p:AuthnRequest>",
        "a".repeat(id_bytes),
        " ".repeat(spaces)
    )
}

#[test]
fn requests_are_limited() {
    assert_eq!(reads(&request(SAML_REQUEST_VALUE_BYTES_MAX, 0)), Ok(()));
    assert_eq!(reads(&request(SAML_REQUEST_VALUE_BYTES_MAX + 1, 0)), Err("has no ID".into()));
    let rest = SAML_REQUEST_BYTES_MAX - request(1, 0).len();
    assert_eq!(reads(&request(1, rest)), Ok(()));
    let encoding = "is not encoded as its binding wants it";
    assert_eq!(reads(&request(1, rest + 1)), Err(encoding.into()));
    // What is small on its way and large when it is unpacked.
    assert_eq!(reads(&request(1, 64 * 1024 * 1024)), Err(encoding.into()));
}

#[test]
fn hostile_requests_are_not_read() {
    let doctype = format!("<!DOCTYPE a [<!ENTITY b 'c'>]>{}", request(1, 0));
    for xml in ["", "<a/>", "no xml", &request(0, 0), &doctype, &request(1, 0).replace("Issuer", "Other")] {
        assert!(reads(xml).is_err(), "{xml}");
    }
    let latin1 = BASE64_STANDARD.encode(b"<a>\xe9</a>");
    assert!(SamlAdapter::new().read_request(&latin1, SsoBinding::Post).is_err());
}
