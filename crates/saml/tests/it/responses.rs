//! Every response of the corpus gets the outcome that its sidecar demands.

use std::collections::BTreeMap;

use time::Duration;
use vestibule_application::ports::saml_sign_in::{
    SAML_CHECKS, SamlAccepted, SamlExpectation, SamlJudgement, SamlSignIn as _,
};
use vestibule_domain::Instant;
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_saml::SamlAdapter;

use crate::sign_in::{Case, Expected, NOTHING_ALLOWED, cases, instant};

/// So that a lost file cannot pass for a good one.
const WANTED: [(Expected, usize); 3] =
    [(Expected::Accept, 82), (Expected::Reject, 155), (Expected::Either, 60)];

/// What messages to be accepted need, and never get: RSA PKCS#1 v1.5 for keys is an oracle, and
/// triple DES and RSA with 512 bits are broken.
const NEVER: [&str; 3] = ["rsa-1_5-key-transport", "tripledes-cbc", "rsa-512"];

/// What a connection may be allowed.
const ALLOWANCES: [&str; 3] = ["rsa-sha1", "sha1-digest", "rsa-1024"];

/// What the corpus leaves to policy and we accept: an address or an issuer that the response need
/// not state and does not, PSS, the empty reference at the root, certificates that were not valid at
/// the time, one attribute in two places, no `AuthnStatement`. All else of that kind is refused.
const ACCEPTED_BY_POLICY: [&str; 17] = [
    "node-saml-xml-crypto/valid-saml-sha256-rsa-mgf1.xml",
    "russellhaering-gosaml2/onelogin.olgn09-response-21.b64",
    "russellhaering-gosaml2/onelogin.olgn09-response-22.b64",
    "russellhaering-gosaml2/onelogin.olgn09-response-24.b64",
    "russellhaering-gosaml2/onelogin.olgn09-response-55.b64",
    "russellhaering-gosaml2/onelogin.olgn09-response-93.b64",
    "russellhaering-gosaml2/onelogin.olgn09-response-94.b64",
    "russellhaering-gosaml2/saml.oktadev.com.response-10.b64",
    "russellhaering-gosaml2/saml.oktadev.com.response-2.b64",
    "saml-toolkits-java-saml/invalids.duplicated-attributes.b64",
    "saml-toolkits-java-saml/invalids.no-authnstatement.b64",
    "saml-toolkits-php-saml/invalids.duplicated-attributes-with-friendly-names.b64",
    "saml-toolkits-php-saml/invalids.no-issuer-response.b64",
    "saml-toolkits-python3-saml/invalids.no-authnstatement.b64",
    "saml-toolkits-python3-saml/invalids.wrong-spnamequalifier.b64",
    "saml-toolkits-python3-saml/response-without-reference-uri.b64",
    "ssoready-ssoready/keycloak.assertion.xml",
];

/// How far outside of its times a message is tried again.
const OUTSIDE: Duration = Duration::minutes(15);

/// Whether the message cannot be accepted whatever is allowed. Private keys of less than 2048 bits
/// are not loaded: no connection of ours has one.
fn is_beyond_us(case: &Case) -> bool {
    case.needs(&NEVER) || (case.sidecar.sp_private_key.is_some() && case.keys.is_empty())
}

fn is_to_be_accepted(case: &Case) -> bool {
    match case.sidecar.expected {
        Expected::Accept => !is_beyond_us(case),
        Expected::Reject => false,
        Expected::Either => ACCEPTED_BY_POLICY.contains(&case.name.as_str()),
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is for people: `-- --nocapture`")]
fn every_message_gets_its_outcome() {
    let mut counted: BTreeMap<Expected, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases() {
        *counted.entry(case.sidecar.expected).or_default() += 1;
        let judgement = case.judged(|_| {});
        let line = line(&case, judgement.as_ref());
        println!("{line}");
        if let Some(judgement) = &judgement {
            checks_agree(&case.name, judgement);
        }
        let accepted = judgement.and_then(|judgement| judgement.outcome.ok());
        if accepted.is_some() != is_to_be_accepted(&case) {
            wrong.push(line);
        }
        if let Some(accepted) = accepted {
            has_facts(&case, &accepted);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(counted, BTreeMap::from(WANTED));
}

fn line(case: &Case, judgement: Option<&SamlJudgement>) -> String {
    let outcome = match judgement.map(|judgement| &judgement.outcome) {
        None => "unreadable".to_owned(),
        Some(Ok(accepted)) => format!("accepted {}", accepted.asserted.subject),
        Some(Err(Failure { code, check, message })) => {
            format!("{} at {}: {message}", code.as_str(), check.as_str())
        }
    };
    let reason = case.sidecar.reason.as_deref().unwrap_or(&case.sidecar.attack_class);
    format!("{:?} | {} | {reason} | {outcome}", case.sidecar.expected, case.name)
}

/// Every check once and in order; the failure is the one that failed.
fn checks_agree(name: &str, judgement: &SamlJudgement) {
    let listed: Vec<_> = judgement.checks.iter().map(|check| check.name).collect();
    assert_eq!(listed, SAML_CHECKS, "{name}");
    let failed = judgement.checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
    let failed: Vec<_> = failed.map(|check| check.name).collect();
    let failure = judgement.outcome.as_ref().err().map(|failure| failure.check);
    assert_eq!(failed, Vec::from_iter(failure), "{name}");
    if judgement.outcome.is_ok() {
        let skipped = judgement.checks.iter().filter(|check| check.outcome == CheckOutcome::Skipped);
        assert!(skipped.into_iter().all(|check| check.name == CheckName::Decryption), "{name}");
        assert!(judgement.signed_by.is_some(), "{name}");
    }
}

/// What comes out is what the sidecar says.
fn has_facts(case: &Case, accepted: &SamlAccepted) {
    let asserted = &accepted.asserted;
    if let Some(name_id) = &case.sidecar.name_id {
        assert_eq!(asserted.subject, name_id.trim(), "{}", case.name);
        assert_eq!(asserted.subject_format, case.sidecar.name_id_format, "{}", case.name);
    }
    if let Some(attributes) = &case.sidecar.attributes
        && case.sidecar.expected == Expected::Accept
    {
        let found: BTreeMap<_, _> = asserted
            .attributes
            .iter()
            .map(|attribute| {
                (attribute.name.clone(), attribute.values.iter().map(|value| trimmed(value)).collect())
            })
            .collect();
        let wanted: BTreeMap<_, Vec<_>> = attributes
            .iter()
            .map(|(name, values)| {
                (name.clone(), values.iter().flatten().map(|value| trimmed(value)).collect())
            })
            .collect();
        assert_eq!(found, wanted, "{}", case.name);
    }
}

/// White space around a value that is an element of its own is not part of it; the sidecars have it.
fn trimmed(value: &str) -> String {
    value.trim().to_owned()
}

/// A message that is accepted, and what must be refused of it.
#[test]
fn an_accepted_message_is_refused_wherever_it_does_not_belong() {
    let mut tried = 0;
    for case in cases().into_iter().filter(is_to_be_accepted) {
        tried += 1;
        let refused = |what: &str, checks: &[CheckName], change: &dyn Fn(&mut SamlExpectation<'_>)| {
            let judgement = case.judged(|expectation| change(expectation)).unwrap();
            let failure = judgement.outcome.expect_err(&format!("{}: {what}", case.name));
            assert!(checks.contains(&failure.check), "{}: {what}: {failure:?}", case.name);
            failure.code
        };
        let malformed = FailureCode::MalformedSamlResponse;
        let times = case.sidecar.not_on_or_after.as_deref().map(|end| instant(end) + OUTSIDE);
        let before = case.sidecar.not_before.as_deref().map(|begin| instant(begin) - OUTSIDE);
        for now in times.into_iter().chain(before) {
            let at = |expectation: &mut SamlExpectation<'_>| expectation.now = now;
            assert_eq!(refused("another time", &[CheckName::Times], &at), malformed, "{}", case.name);
        }
        let sp =
            |expectation: &mut SamlExpectation<'_>| expectation.sp_entity_id = "https://sp.example/other";
        assert_eq!(refused("another service provider", &[CheckName::Audience], &sp), malformed);
        let acs = |expectation: &mut SamlExpectation<'_>| expectation.acs_url = "https://sp.example/other";
        let places = [CheckName::Destination, CheckName::Recipient];
        assert_eq!(refused("another address", &places, &acs), malformed);
        let idp =
            |expectation: &mut SamlExpectation<'_>| expectation.idp_entity_id = "https://idp.example/other";
        assert_eq!(refused("another identity provider", &[CheckName::Issuer], &idp), malformed);
        let keys = |expectation: &mut SamlExpectation<'_>| expectation.certificates = &[];
        let code = refused("no certificates", &[CheckName::Signature], &keys);
        assert_eq!(code, FailureCode::InvalidX509Certificate, "{}", case.name);
        let request = |expectation: &mut SamlExpectation<'_>| expectation.in_response_to = Some("_other");
        assert_eq!(refused("another request", &[CheckName::Request], &request), FailureCode::StateMismatch);
        if case.sidecar.in_response_to.is_some() {
            let none = |expectation: &mut SamlExpectation<'_>| expectation.in_response_to = None;
            assert_eq!(refused("no request", &[CheckName::Request], &none), FailureCode::StateMismatch);
        }
    }
    assert_eq!(tried, ACCEPTED_BY_POLICY.len() + WANTED[0].1 - BEYOND_US);
}

/// Messages to be accepted that need what is never let pass.
const BEYOND_US: usize = 18;

#[test]
fn certificates_of_others_verify_nothing() {
    let all = cases();
    let strangers: Vec<_> = all.iter().flat_map(|case| &case.certificates).collect();
    for case in all.iter().filter(|case| is_to_be_accepted(case)) {
        let is_own = |one: &vestibule_domain::certificate::Certificate| {
            case.certificates.iter().any(|own| own.fingerprint == one.fingerprint)
        };
        let others: Vec<_> = strangers.iter().copied().filter(|one| !is_own(one)).take(10).collect();
        let xml = case.xml();
        let opened = SamlAdapter::new().open(&xml).unwrap();
        let failure = case.judge_with(&*opened, &others).outcome.unwrap_err();
        assert_eq!(failure.code, FailureCode::InvalidX509Certificate, "{}", case.name);
        assert_eq!(failure.check, CheckName::Signature, "{}", case.name);
    }
}

/// Without an allowance, what is weak is refused, and nothing else is.
#[test]
fn weak_algorithms_need_an_allowance() {
    for case in cases().into_iter().filter(is_to_be_accepted) {
        let judgement = case.judged(|expectation| expectation.allowances = NOTHING_ALLOWED).unwrap();
        if case.needs(&ALLOWANCES) {
            let failure = judgement.outcome.expect_err(&case.name);
            assert_eq!(failure.code, FailureCode::InvalidX509Certificate, "{}", case.name);
            assert_eq!(failure.check, CheckName::Signature, "{}", case.name);
            assert!(failure.message.contains("not accepted"), "{}: {}", case.name, failure.message);
        } else {
            assert!(judgement.outcome.is_ok(), "{}: {:?}", case.name, judgement.outcome);
        }
    }
}

/// The first and the last moment of a real message, with the clocks two minutes apart.
#[test]
fn times_hold_to_the_last_nanosecond() {
    let case = Case::named("auth0-passport-wsfed-saml2/encoded.samlresponse-encoded-xml.b64");
    let begins = instant("2018-01-23T18:54:50.649Z");
    let ends = instant("2018-01-23T18:59:50.649Z");
    let skew = vestibule_domain::sso::CLOCK_SKEW;
    let tick = Duration::nanoseconds(1);
    let at = |now: Instant| case.judged(|expectation| expectation.now = now).unwrap().outcome;
    assert!(at(begins - skew).is_ok());
    assert_eq!(at(begins - skew - tick).unwrap_err().check, CheckName::Times);
    assert_eq!(at(ends + skew - tick).unwrap().expires_at, ends + skew);
    assert_eq!(at(ends + skew).unwrap_err().check, CheckName::Times);
}
