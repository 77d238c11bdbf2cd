//! Every rule on a response, each broken by itself in a message that is good otherwise.

use time::Duration;
use vestibule_application::ports::saml_sign_in::{SamlExpectation, SamlJudgement};
use vestibule_domain::sso::asserted::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTE_VALUES_MAX, ATTRIBUTES_MAX, Asserted, AssertedAttribute,
};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_saml::response::NAME_ID_BYTES_MAX;

use crate::provider::{
    ACS, ASSERTION, NOW, PERSON, Provider, SP, assertion, check, judged, judged_with, response,
};

fn refused(judgement: SamlJudgement) -> Failure {
    judgement.outcome.unwrap_err()
}

/// A response whose assertion alone is signed.
fn by_assertion(provider: &Provider, assertion: &str) -> String {
    response(&provider.sign(assertion))
}

/// A response that is signed as a whole.
fn by_response(provider: &Provider, response: &str) -> String {
    provider.sign(response)
}

fn is_refused_at(xml: &str, provider: &Provider, name: CheckName, code: FailureCode) -> Failure {
    let failure = refused(judged(provider, xml));
    assert_eq!((failure.check, failure.code), (name, code), "{failure:?}\n{xml}");
    failure
}

const MALFORMED: FailureCode = FailureCode::MalformedSamlResponse;

#[test]
fn a_good_response_is_accepted_with_what_it_says() {
    let provider = Provider::rsa();
    let wanted = Asserted {
        subject: PERSON.into(),
        subject_format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
        session_index: Some("_session".into()),
        attributes: vec![AssertedAttribute {
            name: "urn:oid:0.9.2342.19200300.100.1.3".into(),
            friendly_name: Some("mail".into()),
            values: vec!["ada@example.com".into()],
        }],
    };
    let signed_assertion = by_assertion(&provider, ASSERTION);
    for xml in
        [&signed_assertion, &by_response(&provider, &response(ASSERTION)), &by_response_over(&provider)]
    {
        let judgement = judged(&provider, xml);
        let accepted = judgement.outcome.clone().unwrap();
        assert_eq!(accepted.asserted, wanted);
        assert_eq!(accepted.assertion_id, "_assertion");
        assert_eq!(judgement.signed_by, Some(provider.certificate.fingerprint));
        assert_eq!(judgement.message_certificates, std::slice::from_ref(&provider.certificate));
    }
}

/// Both signed, the response over the signed assertion.
fn by_response_over(provider: &Provider) -> String {
    let signed = provider.sign(ASSERTION);
    let whole = response(&signed);
    // The first issuer is the response's, behind which its signature goes.
    provider.sign(&whole)
}

#[test]
fn the_issuer_is_exactly_the_connections() {
    let provider = Provider::rsa();
    for other in ["https://idp.example", "https://idp.example/x", "HTTPS://IDP.EXAMPLE/"] {
        let changed = assertion(">https://idp.example/<", &format!(">{other}<"));
        is_refused_at(&by_assertion(&provider, &changed), &provider, CheckName::Issuer, MALFORMED);
        let changed =
            response(&provider.sign(ASSERTION)).replacen(">https://idp.example/<", &format!(">{other}<"), 1);
        is_refused_at(&changed, &provider, CheckName::Issuer, MALFORMED);
    }
}

#[test]
fn the_audience_is_exactly_us_in_every_restriction() {
    let provider = Provider::rsa();
    let audience = "<saml:Audience>https://sp.example/</saml:Audience>";
    let with = |by: &str| by_assertion(&provider, &assertion(audience, by));
    for by in ["", "<saml:Audience>https://sp.example</saml:Audience>", "<saml:Audience>x</saml:Audience>"] {
        is_refused_at(&with(by), &provider, CheckName::Audience, MALFORMED);
    }
    let another = "<saml:Audience>x</saml:Audience><saml:Audience> https://sp.example/ </saml:Audience>";
    assert!(judged(&provider, &with(another)).outcome.is_ok());

    let restriction = format!("<saml:AudienceRestriction>{audience}</saml:AudienceRestriction>");
    let restricted = |by: &str| by_assertion(&provider, &assertion(&restriction, by));
    is_refused_at(&restricted(""), &provider, CheckName::Audience, MALFORMED);
    let other = "<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>";
    let failure = is_refused_at(
        &restricted(&[&restriction, other].concat()),
        &provider,
        CheckName::Audience,
        MALFORMED,
    );
    assert_eq!(failure.message, "the assertion is for another service provider");
    let judgement = judged(&provider, &restricted(other));
    let check = check(&judgement, CheckName::Audience);
    assert_eq!((check.expected.as_deref(), check.received.as_deref()), (Some(SP), Some("x")));
}

#[test]
fn the_bearer_confirmation_is_exact() {
    let provider = Provider::rsa();
    for (part, by) in [
        ("Recipient=\"https://sp.example/acs\"", "Recipient=\"https://sp.example/acs/\""),
        (" Recipient=\"https://sp.example/acs\"", ""),
        (
            " NotOnOrAfter=\"2026-11-22T12:05:00Z\" Recipient",
            " NotBefore=\"2026-11-22T12:00:00Z\" NotOnOrAfter=\"2026-11-22T12:05:00Z\" Recipient",
        ),
        (" NotOnOrAfter=\"2026-11-22T12:05:00Z\" Recipient", " Recipient"),
        ("cm:bearer", "cm:holder-of-key"),
    ] {
        let xml = by_assertion(&provider, &assertion(part, by));
        is_refused_at(&xml, &provider, CheckName::Recipient, MALFORMED);
    }
}

#[test]
fn one_confirmation_that_holds_is_enough() {
    let provider = Provider::rsa();
    let from = ASSERTION.find("<saml:SubjectConfirmation ").unwrap();
    let until = ASSERTION.find("</saml:Subject>").unwrap();
    let good = &ASSERTION[from..until];
    let other = good.replace(ACS, "https://sp.example/other");
    let xml = by_assertion(&provider, &assertion(good, &[&other, good].concat()));
    assert!(judged(&provider, &xml).outcome.is_ok());
    let xml = by_assertion(&provider, &assertion(good, &[other.as_str(), &other].concat()));
    is_refused_at(&xml, &provider, CheckName::Recipient, MALFORMED);
}

#[test]
fn only_the_open_request_is_answered_and_something_signed_says_so() {
    let provider = Provider::rsa();
    let in_data = " InResponseTo=\"_request\"";
    let none = |expectation: &mut SamlExpectation<'_>| expectation.in_response_to = None;
    let is_mismatch = |judgement: SamlJudgement| {
        let failure = refused(judgement);
        assert_eq!(
            (failure.check, failure.code),
            (CheckName::Request, FailureCode::StateMismatch),
            "{failure:?}"
        );
    };

    // Only the assertion says which, or only the response, signed and not.
    let unasked = assertion(in_data, "");
    let silent =
        |xml: String| xml.replacen(" ID=\"_response\" InResponseTo=\"_request\"", " ID=\"_response\"", 1);
    assert!(judged(&provider, &silent(by_assertion(&provider, ASSERTION))).outcome.is_ok());
    assert!(judged(&provider, &by_response(&provider, &response(&unasked))).outcome.is_ok());
    is_mismatch(judged(&provider, &by_assertion(&provider, &unasked)));
    is_mismatch(judged(&provider, &silent(by_assertion(&provider, &unasked))));
    is_mismatch(judged(&provider, &by_response(&provider, &silent(response(&unasked)))));

    // Another than the open one.
    let other = assertion(in_data, " InResponseTo=\"_other\"");
    is_mismatch(judged(&provider, &by_assertion(&provider, &other)));
    is_mismatch(judged(&provider, &silent(by_assertion(&provider, &other))));

    // None is open: nothing may claim to answer one.
    assert!(judged_with(&provider, &silent(by_assertion(&provider, &unasked)), none).outcome.is_ok());
    is_mismatch(judged_with(&provider, &by_assertion(&provider, &unasked), none));
    is_mismatch(judged_with(&provider, &silent(by_assertion(&provider, ASSERTION)), none));
}

#[test]
fn the_destination_is_exact_and_must_be_there_if_the_response_is_signed() {
    let provider = Provider::rsa();
    let destination = " Destination=\"https://sp.example/acs\"";
    let signed = by_assertion(&provider, ASSERTION);
    assert!(judged(&provider, &signed.replacen(destination, "", 1)).outcome.is_ok());
    let unsaid = by_response(&provider, &response(ASSERTION).replacen(destination, "", 1));
    is_refused_at(&unsaid, &provider, CheckName::Destination, MALFORMED);
    for other in ["", "https://sp.example/acs?", "https://sp.example/ACS", "https://sp.example/acs "] {
        let xml = signed.replacen(destination, &format!(" Destination=\"{other}\""), 1);
        is_refused_at(&xml, &provider, CheckName::Destination, MALFORMED);
    }
}

#[test]
fn what_the_provider_reports_is_told() {
    let provider = Provider::rsa();
    let success =
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>";
    let failed = |inner: &str| {
        let status = format!(
            "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">{inner}</samlp:StatusCode>\
             <samlp:StatusMessage>no\n such user</samlp:StatusMessage>"
        );
        response("").replacen(success, &status, 1)
    };
    let inner =
        |code: &str| format!("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{code}\"/>");
    for (xml, code, received) in [
        (failed(""), FailureCode::IdpReportedError, "Responder: no such user"),
        (
            failed(&inner("RequestDenied")),
            FailureCode::AccessDenied,
            "Responder / RequestDenied: no such user",
        ),
        (failed(&inner("AuthnFailed")), FailureCode::AccessDenied, "Responder / AuthnFailed: no such user"),
        (failed(&inner("NoPassive")), FailureCode::IdpReportedError, "Responder / NoPassive: no such user"),
    ] {
        let judgement = judged(&provider, &xml);
        let check = check(&judgement, CheckName::Status).clone();
        assert_eq!((check.outcome, check.received.as_deref()), (CheckOutcome::Failed, Some(received)));
        assert_eq!(refused(judgement).code, code);
    }
    for status in ["", "<samlp:StatusCode></samlp:StatusCode>"] {
        let code = judged(&provider, &response("").replacen(success, status, 1));
        assert_eq!(refused(code).check, CheckName::Status);
    }
}

#[test]
fn there_is_exactly_one_assertion_in_its_place() {
    let provider = Provider::rsa();
    let signed = provider.sign(ASSERTION);
    let second = ASSERTION.replace("_assertion", "_second");
    let buried = format!("<samlp:Extensions>{signed}</samlp:Extensions>");
    for (inside, message) in [
        ("", "the response has no assertion"),
        (&[signed.as_str(), &second].concat(), "the response has more than one assertion"),
        (&[second.as_str(), &signed].concat(), "the response has more than one assertion"),
        (&buried, "the assertion does not stand directly in the response"),
    ] {
        let failure = is_refused_at(&response(inside), &provider, CheckName::Message, MALFORMED);
        assert_eq!(failure.message, message);
    }
}

#[test]
fn an_assertion_has_its_parts() {
    let provider = Provider::rsa();
    let from = |begin: &str, end: &str| {
        let (from, until) = (ASSERTION.find(begin).unwrap(), ASSERTION.find(end).unwrap() + end.len());
        &ASSERTION[from..until]
    };
    let name_id = from("<saml:NameID", "</saml:NameID>");
    let conditions = from("<saml:Conditions", "</saml:Conditions>");
    let subject = from("<saml:Subject>", "</saml:Subject>");
    for (part, by) in [
        (name_id, String::new()),
        (name_id, [name_id, name_id].concat()),
        (name_id, "<saml:NameID> </saml:NameID>".into()),
        (name_id, "<saml:NameID><x></x>a</saml:NameID>".into()),
        (conditions, String::new()),
        (conditions, [conditions, conditions].concat()),
        (subject, String::new()),
        (subject, [subject, subject].concat()),
        ("</saml:Conditions>", "<saml:Condition></saml:Condition></saml:Conditions>".into()),
        ("Version=\"2.0\"", "Version=\"1.1\"".into()),
        (
            "<saml:Attribute FriendlyName=\"mail\" Name=\"urn:oid:0.9.2342.19200300.100.1.3\">",
            "<saml:Attribute>".into(),
        ),
    ] {
        is_refused_at(
            &by_assertion(&provider, &assertion(part, &by)),
            &provider,
            CheckName::Message,
            MALFORMED,
        );
    }
    for (part, by) in [
        ("</saml:Conditions>", "<saml:OneTimeUse></saml:OneTimeUse></saml:Conditions>"),
        // Without a statement of how the person was recognised.
        (
            "<saml:AuthnStatement AuthnInstant=\"2026-11-22T12:00:00Z\" SessionIndex=\"_session\"></saml:AuthnStatement>",
            "",
        ),
    ] {
        let xml = by_assertion(&provider, &assertion(part, by));
        assert!(judged(&provider, &xml).outcome.is_ok(), "{by}");
    }
}

#[test]
fn times_that_are_none_or_far_away_are_no_trouble() {
    let provider = Provider::rsa();
    for (by, is_accepted) in [
        ("9999-12-31T23:59:59Z", true),
        ("9999-12-31T23:59:59-14:00", false),
        ("2026-11-22T14:00:00+01:00", true),
        ("2026-11-22T13:00:00.123456789123Z", true),
        ("2026-11-22T13:00:00", true),
        ("tomorrow", false),
        ("", false),
    ] {
        let xml = by_assertion(&provider, &assertion("2026-11-22T13:00:00Z", by));
        let judgement = judged(&provider, &xml);
        assert_eq!(judgement.outcome.is_ok(), is_accepted, "{by}: {:?}", judgement.outcome);
    }
}

#[test]
fn people_read_our_time_in_whole_seconds() {
    let provider = Provider::rsa();
    let xml = by_assertion(&provider, ASSERTION);
    let late = |by| judged_with(&provider, &xml, |expectation| expectation.now = NOW + by);
    let judgement = late(Duration::milliseconds(660));
    let received = check(&judgement, CheckName::Times).received.as_deref();
    assert_eq!(received, Some("valid until 2026-11-22T12:05:00Z, now is 2026-11-22T12:01:00Z"));
    let judgement = late(Duration::hours(1) + Duration::milliseconds(60_660));
    let expected = check(&judgement, CheckName::Times).expected.as_deref();
    assert_eq!(expected, Some("now, 2026-11-22T13:02:00Z, is less than 120 s after NotOnOrAfter"));
}

#[test]
fn the_providers_session_ends_the_assertion_too() {
    let provider = Provider::rsa();
    let ending = |at: &str| {
        let by = format!("SessionIndex=\"_session\" SessionNotOnOrAfter=\"{at}\"");
        by_assertion(&provider, &assertion("SessionIndex=\"_session\"", &by))
    };
    let accepted = judged(&provider, &ending("2026-11-22T12:02:00Z")).outcome.unwrap();
    let end = crate::sign_in::instant("2026-11-22T12:02:00Z");
    assert_eq!(accepted.session_not_on_or_after, Some(end));
    assert_eq!(accepted.expires_at, end + vestibule_domain::sso::CLOCK_SKEW);
    is_refused_at(&ending("2026-11-22T11:59:00Z"), &provider, CheckName::Times, MALFORMED);
}

#[test]
fn a_name_id_is_trimmed_and_limited() {
    let provider = Provider::rsa();
    let named = |name: &str| {
        judged(&provider, &by_assertion(&provider, &assertion(">person-1<", &format!(">{name}<"))))
    };
    assert_eq!(named(" \n a b ").outcome.unwrap().asserted.subject, "a b");
    assert!(named(&"x".repeat(NAME_ID_BYTES_MAX)).outcome.is_ok());
    assert_eq!(refused(named(&"x".repeat(NAME_ID_BYTES_MAX + 1))).check, CheckName::Message);
}

#[test]
fn a_comment_does_not_split_a_name() {
    let provider = Provider::rsa();
    // What was signed has no comment; one that is put in later changes nothing.
    let signed = by_assertion(&provider, &assertion("person-1", "admin@example.com.attacker.example"));
    let split = signed.replacen("admin@example.com.", "admin@example.com<!---->.", 1);
    let accepted = judged(&provider, &split).outcome.unwrap();
    assert_eq!(accepted.asserted.subject, "admin@example.com.attacker.example");
}

const STATEMENT: &str = "</saml:AttributeStatement>";

fn with_attributes(provider: &Provider, attributes: &str) -> SamlJudgement {
    judged(provider, &by_assertion(provider, &assertion(STATEMENT, &format!("{attributes}{STATEMENT}"))))
}

#[test]
fn attributes_are_limited_in_number_values_and_size() {
    let provider = Provider::rsa();
    let attribute = |name: usize| format!("<saml:Attribute Name=\"a{name}\"></saml:Attribute>");
    // One is there already.
    let many = |count: usize| (1..count).map(attribute).collect::<String>();
    assert_eq!(
        with_attributes(&provider, &many(ATTRIBUTES_MAX)).outcome.unwrap().asserted.attributes.len(),
        ATTRIBUTES_MAX
    );
    assert_eq!(refused(with_attributes(&provider, &many(ATTRIBUTES_MAX + 1))).check, CheckName::Message);

    let values = |count: usize| {
        let values = "<saml:AttributeValue>v</saml:AttributeValue>".repeat(count);
        with_attributes(&provider, &format!("<saml:Attribute Name=\"groups\">{values}</saml:Attribute>"))
    };
    assert_eq!(
        values(ATTRIBUTE_VALUES_MAX).outcome.unwrap().asserted.values("groups").unwrap().len(),
        ATTRIBUTE_VALUES_MAX
    );
    assert_eq!(refused(values(ATTRIBUTE_VALUES_MAX + 1)).check, CheckName::Message);

    let standing =
        "urn:oid:0.9.2342.19200300.100.1.3".len() + "mail".len() + "ada@example.com".len() + "n".len();
    let bytes = |count: usize| {
        let value = "v".repeat(count - standing);
        with_attributes(
            &provider,
            &format!(
                "<saml:Attribute Name=\"n\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
            ),
        )
    };
    assert!(bytes(ATTRIBUTE_BYTES_MAX).outcome.is_ok());
    assert_eq!(refused(bytes(ATTRIBUTE_BYTES_MAX + 1)).check, CheckName::Message);
}

#[test]
fn values_are_read_as_providers_write_them() {
    let provider = Provider::rsa();
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let attributes = format!(
        "<saml:Attribute Name=\"groups\"><saml:AttributeValue>a</saml:AttributeValue>\
         <saml:AttributeValue {xsi} xsi:nil=\"true\"></saml:AttributeValue><saml:AttributeValue></saml:AttributeValue>\
         </saml:Attribute><saml:Attribute Name=\"id\"><saml:AttributeValue>\n <saml:NameID>deep</saml:NameID>\n\
         </saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"groups\"><saml:AttributeValue> b </saml:AttributeValue>\
         </saml:Attribute>"
    );
    let asserted = with_attributes(&provider, &attributes).outcome.unwrap().asserted;
    assert_eq!(asserted.values("groups").unwrap(), ["a", "", " b "]);
    assert_eq!(asserted.values("id").unwrap(), ["deep"]);
    assert_eq!(asserted.values("mail").unwrap(), ["ada@example.com"]);
}

#[test]
fn encrypted_attributes_are_not_taken() {
    let provider = Provider::rsa();
    let failure = refused(with_attributes(&provider, "<saml:EncryptedAttribute></saml:EncryptedAttribute>"));
    assert_eq!((failure.check, failure.code), (CheckName::Decryption, FailureCode::DecryptionFailed));
}
