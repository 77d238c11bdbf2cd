//! Encrypted assertions and name ids.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
};
use time::macros::datetime;
use vestibule_application::ports::saml::{KeyPairRequest, Saml};
use vestibule_application::ports::saml_sign_in::{SamlExpectation, SamlJudgement};
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_saml::SamlAdapter;
use vestibule_saml::response::ENCRYPTED_KEYS_MAX;

use crate::provider::{
    ASSERTION, Encryption, PERSON, Provider, assertion, check, judged, judged_with, response, rsa_2048,
};

const MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

const USUAL: Encryption = Encryption {
    content: "aes256-gcm",
    transport: "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"></xenc:EncryptionMethod>",
    oaep: &OAEP_SHA1_MGF1SHA1,
};

fn encrypted(encryption: Encryption, plaintext: &str) -> String {
    encryption.encrypt(plaintext, "EncryptedAssertion", &rsa_2048().1)
}

fn fresh_key() -> Vec<u8> {
    let request = KeyPairRequest {
        common_name: "sp".into(),
        not_before: datetime!(2026-01-01 0:00 UTC),
        not_after: datetime!(2027-01-01 0:00 UTC),
    };
    SamlAdapter::new().generate_key_pair(&request).unwrap().private_key
}

fn is_accepted(judgement: &SamlJudgement) {
    assert!(
        judgement.outcome.as_ref().is_ok_and(|ok| ok.asserted.subject == PERSON),
        "{:?}",
        judgement.outcome
    );
    assert_eq!(check(judgement, CheckName::Decryption).outcome, CheckOutcome::Passed);
}

fn closed(judgement: SamlJudgement) -> Failure {
    let failure = judgement.outcome.unwrap_err();
    assert_eq!(
        (failure.check, failure.code),
        (CheckName::Decryption, FailureCode::DecryptionFailed),
        "{failure:?}"
    );
    failure
}

#[test]
fn every_cipher_and_transport_that_is_taken_opens() {
    let provider = Provider::rsa();
    let signed = provider.sign(ASSERTION);
    for content in ["aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-gcm", "aes192-gcm", "aes256-gcm"] {
        let xml = response(&encrypted(Encryption { content, ..USUAL }, &signed));
        let judgement = judged(&provider, &xml);
        is_accepted(&judgement);
        assert_eq!(judgement.decrypted.as_deref(), Some(signed.as_str()));
    }
    let method = |digest: &str, hash: &str| -> &'static str {
        let digest = format!(
            "<ds:DigestMethod xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Algorithm=\"{digest}\"></ds:DigestMethod>"
        );
        let mask = format!(
            "<xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1{hash}\"></xenc11:MGF>"
        );
        let method = format!(
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#rsa-oaep\">{digest}{mask}</xenc:EncryptionMethod>"
        );
        Box::leak(method.into_boxed_str())
    };
    for (digest, hash, oaep) in [
        ("http://www.w3.org/2000/09/xmldsig#sha1", "sha1", &OAEP_SHA1_MGF1SHA1),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "sha256", &OAEP_SHA256_MGF1SHA256),
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384", &OAEP_SHA384_MGF1SHA384),
        ("http://www.w3.org/2001/04/xmlenc#sha512", "sha512", &OAEP_SHA512_MGF1SHA512),
    ] {
        let encryption = Encryption { transport: method(digest, hash), oaep, ..USUAL };
        is_accepted(&judged(&provider, &response(&encrypted(encryption, &signed))));
    }
}

#[test]
fn what_is_not_taken_is_named() {
    let provider = Provider::rsa();
    let good = response(&encrypted(USUAL, &provider.sign(ASSERTION)));
    for (part, by, received) in [
        (MGF1P, "http://www.w3.org/2001/04/xmlenc#rsa-1_5", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        (
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        ),
        (
            "rsa-oaep-mgf1p\">",
            "rsa-oaep-mgf1p\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>",
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p with digest sha256 and mask sha1",
        ),
    ] {
        assert!(good.contains(part));
        let judgement = judged(&provider, &good.replacen(part, by, 1));
        assert_eq!(check(&judgement, CheckName::Decryption).received.as_deref(), Some(received));
        assert_eq!(
            closed(judgement).message,
            "the assertion is encrypted with an algorithm that is not accepted"
        );
    }
    let without = |expectation: &mut SamlExpectation<'_>| expectation.decryption_keys = &[];
    let failure = closed(judged_with(&provider, &good, without));
    assert_eq!(
        failure.message,
        "the assertion is encrypted, but the connection has no encryption certificate"
    );
}

/// Whatever is wrong behind a private key, it reads the same.
#[test]
fn every_failure_to_open_looks_the_same() {
    let provider = Provider::rsa();
    let signed = provider.sign(ASSERTION);
    let cbc = Encryption { content: "aes128-cbc", ..USUAL };
    let damaged = |encryption: Encryption, at: usize| {
        let xml = response(&encrypted(encryption, &signed));
        let marks: Vec<_> =
            xml.match_indices("<xenc:CipherValue>").map(|(at, mark)| at + mark.len()).collect();
        let mark = marks[at] + 40;
        [&xml[..mark], if xml[mark..].starts_with('A') { "B" } else { "A" }, &xml[mark + 1..]].concat()
    };
    let truncated = |encryption: Encryption| {
        let xml = response(&encrypted(encryption, &signed));
        let end = xml.rfind("</xenc:CipherValue>").unwrap();
        [&xml[..end - 24], &xml[end..]].concat()
    };
    let second = signed.replace("_assertion", "_second");
    let mut all = vec![
        damaged(USUAL, 0),
        damaged(USUAL, 1),
        damaged(cbc, 0),
        damaged(cbc, 1),
        truncated(USUAL),
        truncated(cbc),
        response(&USUAL.encrypt(&signed, "EncryptedAssertion", &fresh_key())),
    ];
    for plaintext in [
        "",
        "text",
        "<saml:Other xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
        "</samlp:Response>",
        "<undeclared:Assertion/>",
        &[signed.as_str(), &second].concat(),
        &[signed.as_str(), "text"].concat(),
        &format!("<!DOCTYPE x>{signed}"),
        &format!("{signed}</samlp:Response><samlp:Response>"),
    ] {
        all.push(response(&encrypted(cbc, plaintext)));
        all.push(provider.sign(&response(&encrypted(cbc, plaintext))));
    }
    let mut seen: Vec<_> = all
        .iter()
        .map(|xml| {
            let judgement = judged(&provider, xml);
            assert_eq!(judgement.decrypted, None);
            let check = check(&judgement, CheckName::Decryption).clone();
            (closed(judgement), check)
        })
        .collect();
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert_eq!(seen[0].0.message, "the assertion cannot be decrypted with the connection's keys");
}

#[test]
fn encryption_is_no_signature() {
    let provider = Provider::rsa();
    let failure = judged(&provider, &response(&encrypted(USUAL, ASSERTION))).outcome.unwrap_err();
    assert_eq!((failure.check, failure.code), (CheckName::Signature, FailureCode::InvalidX509Certificate));
    // Signed around, it is one.
    is_accepted(&judged(&provider, &provider.sign(&response(&encrypted(USUAL, ASSERTION)))));
    // The signature around is looked at before anything is opened.
    let signed = provider.sign(&response(&encrypted(USUAL, ASSERTION)));
    let judgement = judged(&provider, &signed.replacen("<xenc:CipherValue>", "<xenc:CipherValue>AAAA", 1));
    assert_eq!(check(&judgement, CheckName::Decryption).outcome, CheckOutcome::Skipped);
    assert_eq!(judgement.outcome.unwrap_err().check, CheckName::Signature);
}

#[test]
fn an_assertion_may_use_the_prefixes_around_it() {
    let provider = Provider::rsa();
    // As some providers encrypt: without the declaration that stood further out.
    let bare = ASSERTION.replacen(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", 1);
    is_accepted(&judged(&provider, &provider.sign(&response(&encrypted(USUAL, &bare)))));
    // With a declaration of XML, too.
    let declared = format!("<?xml version=\"1.0\"?>\n{}", provider.sign(ASSERTION));
    is_accepted(&judged(&provider, &response(&encrypted(USUAL, &declared))));
}

#[test]
fn every_key_of_ours_is_tried() {
    let provider = Provider::rsa();
    let xml = response(&encrypted(USUAL, &provider.sign(ASSERTION)));
    let own = rsa_2048().1;
    let keys: &'static [Vec<u8>] = Box::leak(Box::new([fresh_key(), b"no key".to_vec(), own]));
    is_accepted(&judged_with(&provider, &xml, |expectation| expectation.decryption_keys = keys));
    closed(judged_with(&provider, &xml, |expectation| expectation.decryption_keys = &keys[..2]));
}

#[test]
fn some_keys_of_a_message_are_tried_and_not_more() {
    let provider = Provider::rsa();
    let (own, other) = (rsa_2048().1, fresh_key());
    let good = encrypted(USUAL, &provider.sign(ASSERTION));
    let key = USUAL.key(&[7; 32], &other);
    let begins = "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
    let with =
        |count: usize| response(&good.replacen(begins, &format!("{begins}{}", key.repeat(count - 1)), 1));
    is_accepted(&judged(&provider, &with(ENCRYPTED_KEYS_MAX)));
    closed(judged(&provider, &with(ENCRYPTED_KEYS_MAX + 1)));

    // One that is not taken is passed over.
    let old = key.replacen(MGF1P, "http://www.w3.org/2001/04/xmlenc#rsa-1_5", 1);
    is_accepted(&judged(&provider, &response(&good.replacen(begins, &format!("{begins}{old}"), 1))));

    // It may stand beside the data as well.
    let own_key = USUAL.key(&[7; 32], &own);
    let from = good.find("<xenc:EncryptedKey").unwrap();
    let until = good.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let beside = [&good[..from], &good[until..]].concat();
    closed(judged(&provider, &response(&beside)));
    let beside =
        beside.replacen("</saml:EncryptedAssertion>", &format!("{own_key}</saml:EncryptedAssertion>"), 1);
    is_accepted(&judged(&provider, &response(&beside)));
}

#[test]
fn an_encrypted_name_is_opened() {
    let provider = Provider::rsa();
    let from = ASSERTION.find("<saml:NameID").unwrap();
    let until = ASSERTION.find("</saml:NameID>").unwrap() + "</saml:NameID>".len();
    let name_id = &ASSERTION[from..until];
    let key = rsa_2048().1;
    let canonical = |plaintext: &str| {
        // In canonical form a prefix is declared once.
        let encrypted = USUAL.encrypt(plaintext, "EncryptedID", &key);
        encrypted.replacen(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", 1)
    };
    let signed = |plaintext: &str| provider.sign(&assertion(name_id, &canonical(plaintext)));
    is_accepted(&judged(&provider, &response(&signed(name_id))));
    is_accepted(&judged(&provider, &response(&encrypted(USUAL, &signed(name_id)))));
    is_accepted(&judged(&provider, &provider.sign(&response(&assertion(name_id, &canonical(name_id))))));
    closed(judged(&provider, &response(&signed("text"))));
    let twice = [name_id, name_id].concat();
    closed(judged(&provider, &response(&signed(&twice))));
}
