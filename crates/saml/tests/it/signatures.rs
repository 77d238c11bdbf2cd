//! Signatures: every method that is taken, every shape that is not, and what people are told.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaEncoding,
};
use vestibule_application::ports::saml_sign_in::{Allowance, SamlAllowances, SamlExpectation, SamlJudgement};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_saml::response::{PREFIXES_MAX, SHOWN_CERTIFICATES_MAX, SIGNED_INFO_BYTES_MAX};

use crate::provider::{ASSERTION, Provider, RSA_SHA256, SHA256, check, info, judged, judged_with, response};
use crate::sign_in::Case;

const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

fn is_accepted(provider: &Provider, xml: &str) {
    let outcome = judged(provider, xml).outcome;
    assert!(outcome.is_ok(), "{outcome:?}\n{xml}");
}

fn refusal(judgement: SamlJudgement) -> (FailureCode, String) {
    let failure = judgement.outcome.unwrap_err();
    assert_eq!(failure.check, CheckName::Signature, "{failure:?}");
    (failure.code, failure.message)
}

/// The `SignedInfo` of a good signature over this.
fn good_info(xml: &str) -> String {
    info(xml, RSA_SHA256, SHA256, digest::digest(&digest::SHA256, xml.as_bytes()).as_ref())
}

#[test]
fn every_method_that_is_taken_verifies() {
    let (rsa, p256, p384) = (Provider::rsa(), Provider::p256(), Provider::p384());
    let any: &'static dyn RsaEncoding = &RSA_PKCS1_SHA256;
    let methods: [(&Provider, String, &'static dyn RsaEncoding); 8] = [
        (&rsa, format!("{MORE}rsa-sha256"), &RSA_PKCS1_SHA256),
        (&rsa, format!("{MORE}rsa-sha384"), &RSA_PKCS1_SHA384),
        (&rsa, format!("{MORE}rsa-sha512"), &RSA_PKCS1_SHA512),
        (&rsa, format!("{MGF1}sha256-rsa-MGF1"), &RSA_PSS_SHA256),
        (&rsa, format!("{MGF1}sha384-rsa-MGF1"), &RSA_PSS_SHA384),
        (&rsa, format!("{MGF1}sha512-rsa-MGF1"), &RSA_PSS_SHA512),
        (&p256, format!("{MORE}ecdsa-sha256"), any),
        (&p384, format!("{MORE}ecdsa-sha384"), any),
    ];
    for (provider, method, encoding) in methods {
        is_accepted(provider, &response(&provider.sign_with(ASSERTION, &method, encoding)));
        is_accepted(provider, &provider.sign_with(&response(ASSERTION), &method, encoding));
    }
}

#[test]
fn every_digest_that_is_taken_is_compared() {
    let provider = Provider::rsa();
    for (method, algorithm) in [
        (SHA256, &digest::SHA256),
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", &digest::SHA384),
        ("http://www.w3.org/2001/04/xmlenc#sha512", &digest::SHA512),
    ] {
        let of = |xml: &str| {
            let info =
                info(ASSERTION, RSA_SHA256, method, digest::digest(algorithm, xml.as_bytes()).as_ref());
            response(&provider.sign_info(ASSERTION, &info, &RSA_PKCS1_SHA256))
        };
        is_accepted(&provider, &of(ASSERTION));
        let (code, message) = refusal(judged(&provider, &of("something else")));
        assert_eq!(
            (code, message.as_str()),
            (FailureCode::InvalidX509Certificate, "the message was changed after it was signed")
        );
    }
}

#[test]
fn methods_that_are_not_known_are_refused() {
    let provider = Provider::rsa();
    for method in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "",
    ] {
        let xml = response(&provider.sign_with(ASSERTION, method, &RSA_PKCS1_SHA256));
        let judgement = judged(&provider, &xml);
        assert_eq!(check(&judgement, CheckName::Signature).received.as_deref(), Some(method));
        let (code, message) = refusal(judgement);
        assert_eq!(code, FailureCode::InvalidX509Certificate);
        assert_eq!(message, "the signature uses an algorithm that is not accepted");
    }
}

#[test]
fn sha1_digests_and_short_keys_need_their_allowance() {
    let allow = |sha1, short_rsa| {
        move |expectation: &mut SamlExpectation<'_>| {
            expectation.allowances = SamlAllowances { sha1, short_rsa };
        }
    };
    let (yes, no) = (Allowance::Allowed, Allowance::Refused);

    let provider = Provider::rsa();
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, ASSERTION.as_bytes());
    let info = info(ASSERTION, RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1", digest.as_ref());
    let xml = response(&provider.sign_info(ASSERTION, &info, &RSA_PKCS1_SHA256));
    assert!(judged_with(&provider, &xml, allow(yes, no)).outcome.is_ok());
    let (code, message) = refusal(judged_with(&provider, &xml, allow(no, yes)));
    assert_eq!(code, FailureCode::InvalidX509Certificate);
    assert!(message.contains("SHA-1"), "{message}");

    let case = Case::named("saml-toolkits-ruby-saml/adfs-response-sha512.xml");
    let judgement = case.judged(allow(no, yes)).unwrap();
    let received = check(&judgement, CheckName::Signature).received.clone().unwrap();
    assert!(received.ends_with("; an RSA key of 1024 bits is let pass for this connection"), "{received}");
    assert!(judgement.outcome.is_ok());
    let (code, message) = refusal(case.judged(allow(yes, no)).unwrap());
    assert_eq!(code, FailureCode::InvalidX509Certificate);
    assert!(message.contains("RSA key of 1024 bits"), "{message}");
}

#[test]
fn any_of_the_pinned_certificates_will_do_and_no_other() {
    let (old, new, other) = (Provider::rsa(), Provider::p256(), Provider::p384());
    let xml = response(&new.sign_with(ASSERTION, &format!("{MORE}ecdsa-sha256"), &RSA_PKCS1_SHA256));
    let pinned = [&old.certificate, &new.certificate];
    let rolling = judged_with(&old, &xml, |expectation| {
        // The reference outlives the judgement.
        expectation.certificates = Box::leak(Box::new(pinned.map(|one| &*Box::leak(Box::new(one.clone())))));
    });
    assert_eq!(rolling.signed_by, Some(new.certificate.fingerprint));
    assert!(rolling.outcome.is_ok());
    for stranger in [&old, &other] {
        assert_eq!(refusal(judged(stranger, &xml)).0, FailureCode::InvalidX509Certificate);
    }
}

#[test]
fn people_are_told_whether_it_is_unsigned_by_another_or_damaged() {
    let (provider, other) = (Provider::rsa(), Provider::p256());
    let shown = |xml: &str| {
        let judgement = judged(&provider, xml);
        let check = check(&judgement, CheckName::Signature).clone();
        (refusal(judgement).1, check.expected.unwrap(), check.received.unwrap())
    };
    let trusted = provider.certificate.fingerprint.to_string();

    let (message, expected, received) = shown(&response(ASSERTION));
    assert_eq!(message, "neither the response nor the assertion is signed");
    assert_eq!(expected, format!("a signature by certificate {trusted} (valid until 2126-10-28)"));
    assert_eq!(received, "no signature");

    let by_other = response(&other.sign_with(ASSERTION, &format!("{MORE}ecdsa-sha256"), &RSA_PKCS1_SHA256));
    let (message, expected, received) = shown(&by_other);
    assert_eq!(message, "the response is signed with another certificate than those of the connection");
    assert!(expected.contains(&trusted), "{expected}");
    assert_eq!(received, format!("certificate {} (valid until 4096-01-01)", other.certificate.fingerprint));
    let judgement = judged(&provider, &by_other);
    assert_eq!(judgement.message_certificates, std::slice::from_ref(&other.certificate));
    assert_eq!(judgement.signed_by, None);

    let signed = response(&provider.sign(ASSERTION));
    let damaged = signed.replacen("<ds:DigestValue>", "<ds:DigestValue>AAAA", 1);
    let (message, _, received) = shown(&damaged);
    assert_eq!(message, "the signature is damaged");
    assert!(received.contains(&trusted), "{received}");

    let (message, ..) = shown(&signed.replacen("ada@example.com", "eve@example.com", 1));
    assert_eq!(message, "the message was changed after it was signed");

    // A certificate that is only shown proves nothing: neither a trusted one nor another.
    let from = by_other.find("<ds:KeyInfo>").unwrap();
    let until = by_other.find("</ds:Signature>").unwrap();
    let without = [&by_other[..from], &by_other[until..]].concat();
    let (message, _, received) = shown(&without);
    assert_eq!(message, "the signature was made with an unknown key, or is damaged");
    assert_eq!(received, "a signature without a certificate");
    assert!(
        judged(&provider, &{
            let from = signed.find("<ds:KeyInfo>").unwrap();
            let until = signed.find("</ds:Signature>").unwrap();
            [&signed[..from], &signed[until..]].concat()
        })
        .outcome
        .is_ok()
    );
}

#[test]
fn an_expired_certificate_still_verifies_and_is_told() {
    let provider = Provider::expired();
    let xml = response(&provider.sign_with(ASSERTION, &format!("{MORE}ecdsa-sha256"), &RSA_PKCS1_SHA256));
    let judgement = judged(&provider, &xml);
    let received = check(&judgement, CheckName::Signature).received.clone().unwrap();
    assert!(received.ends_with("(expired on 2020-01-01)"), "{received}");
    assert!(judgement.outcome.is_ok());
}

#[test]
fn certificates_that_are_shown_are_limited() {
    let provider = Provider::rsa();
    let others: Vec<_> = (0..SHOWN_CERTIFICATES_MAX).map(|_| Provider::p256().certificate).collect();
    let signed = response(&provider.sign(ASSERTION));
    let data = |count: usize| -> String {
        use base64::Engine;
        let one = |certificate: &vestibule_domain::certificate::Certificate| {
            let der = base64::prelude::BASE64_STANDARD.encode(&certificate.der);
            format!("<ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data>")
        };
        others.iter().take(count).map(one).collect()
    };
    for (added, shown) in [
        (SHOWN_CERTIFICATES_MAX - 1, SHOWN_CERTIFICATES_MAX),
        (SHOWN_CERTIFICATES_MAX, SHOWN_CERTIFICATES_MAX),
    ] {
        let xml = signed.replacen("</ds:KeyInfo>", &format!("{}</ds:KeyInfo>", data(added)), 1);
        let judgement = judged(&provider, &xml);
        assert_eq!(judgement.message_certificates.len(), shown);
        assert!(judgement.outcome.is_ok());
    }
}

/// Signed as it stands, so that only the shape is at fault.
#[test]
fn a_signed_info_of_another_shape_is_refused() {
    let provider = Provider::rsa();
    let good = good_info(ASSERTION);
    let transforms = {
        let from = good.find("<ds:Transforms>").unwrap();
        let until = good.find("</ds:Transforms>").unwrap();
        &good[from + "<ds:Transforms>".len()..until]
    };
    let reference = {
        let from = good.find("<ds:Reference").unwrap();
        let until = good.find("</ds:SignedInfo>").unwrap();
        &good[from..until]
    };
    let transform = |algorithm: &str| format!("<ds:Transform Algorithm=\"{algorithm}\"></ds:Transform>");
    let enveloped = transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature");
    let exclusive = transform(EXCLUSIVE);
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1=1</ds:XPath></ds:Transform>";
    for (part, by) in [
        (reference, String::new()),
        (reference, [reference, reference].concat()),
        (transforms, String::new()),
        (transforms, exclusive.clone()),
        (transforms, [exclusive.as_str(), &enveloped].concat()),
        (transforms, [enveloped.as_str(), &exclusive, &exclusive].concat()),
        (transforms, [enveloped.as_str(), xpath, &exclusive].concat()),
        (transforms, [enveloped.as_str(), xpath].concat()),
        (transforms, [enveloped.as_str(), &transform(&format!("{EXCLUSIVE}WithComments"))].concat()),
        (transforms, [enveloped.as_str(), &transform("http://www.w3.org/2000/09/xmldsig#base64")].concat()),
        ("URI=\"#_assertion\"", "URI=\"#_response\"".into()),
        ("URI=\"#_assertion\"", "URI=\"\"".into()),
        ("URI=\"#_assertion\"", "URI=\"#\"".into()),
        ("URI=\"#_assertion\"", "URI=\"_assertion\"".into()),
        ("URI=\"#_assertion\"", "URI=\"file:///dev/zero\"".into()),
        ("URI=\"#_assertion\"", "URI=\"#xpointer(id('_assertion'))\"".into()),
        (" URI=\"#_assertion\"", String::new()),
        ("</ds:SignedInfo>", "<ds:Object></ds:Object></ds:SignedInfo>".into()),
        ("</ds:Reference>", "<ds:Object></ds:Object></ds:Reference>".into()),
    ] {
        assert!(good.contains(part), "{part}");
        let xml = response(&provider.sign_info(ASSERTION, &good.replacen(part, &by, 1), &RSA_PKCS1_SHA256));
        let (code, message) = refusal(judged(&provider, &xml));
        assert_eq!(code, FailureCode::MalformedSamlResponse, "{message}: {by}");
    }
}

#[test]
fn a_signature_of_another_shape_is_refused() {
    let provider = Provider::rsa();
    let signed = response(&provider.sign(ASSERTION));
    let signature = {
        let from = signed.find("<ds:Signature").unwrap();
        let until = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        &signed[from..until]
    };
    let info = good_info(ASSERTION).replacen(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
    for (part, by) in [
        (signature, [signature, signature].concat()),
        ("</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>".into()),
        (&info, [info.as_str(), &info].concat()),
        (&info, String::new()),
        ("<ds:SignatureValue>", "<ds:SignatureValue>!".into()),
        ("<ds:SignatureValue>", "<ds:SignatureValue></ds:SignatureValue><ds:SignatureValue>".into()),
    ] {
        assert!(signed.contains(part), "{part}");
        let (code, message) = refusal(judged(&provider, &signed.replacen(part, &by, 1)));
        assert_eq!(code, FailureCode::MalformedSamlResponse, "{message}: {by}");
    }
}

#[test]
fn one_bad_signature_is_not_made_good_by_another() {
    let provider = Provider::rsa();
    let both = provider.sign(&response(&provider.sign(ASSERTION)));
    is_accepted(&provider, &both);
    let digest = "<ds:DigestValue>";
    let outer = both.replacen(digest, &format!("{digest}AAAA"), 1);
    assert_eq!(refusal(judged(&provider, &outer)).0, FailureCode::InvalidX509Certificate);
    let inner = both.rfind(digest).unwrap();
    let inner = [&both[..inner], digest, "AAAA", &both[inner + digest.len()..]].concat();
    assert_eq!(refusal(judged(&provider, &inner)).0, FailureCode::InvalidX509Certificate);
}

#[test]
fn a_prefix_list_has_its_limit() {
    let provider = Provider::rsa();
    let listed = |count: usize| {
        let prefixes = (0..count).map(|n| format!("p{n}")).collect::<Vec<_>>().join(" ");
        let list = format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces></ds:Transform></ds:Transforms>"
        );
        let info = good_info(ASSERTION).replacen("</ds:Transform></ds:Transforms>", &list, 1);
        response(&provider.sign_info(ASSERTION, &info, &RSA_PKCS1_SHA256))
    };
    is_accepted(&provider, &listed(PREFIXES_MAX));
    assert_eq!(refusal(judged(&provider, &listed(PREFIXES_MAX + 1))).0, FailureCode::MalformedSamlResponse);
}

#[test]
fn a_signed_info_has_its_limit() {
    let provider = Provider::rsa();
    let signed = response(&provider.sign(ASSERTION));
    let from = signed.find("<ds:SignedInfo>").unwrap();
    let until = signed.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
    // A comment makes it longer and changes nothing else.
    let filled = |bytes: usize| {
        let filling = format!("<!--{}-->", "c".repeat(bytes - (until - from) - "<!---->".len()));
        signed.replacen("<ds:SignedInfo>", &format!("<ds:SignedInfo>{filling}"), 1)
    };
    is_accepted(&provider, &filled(SIGNED_INFO_BYTES_MAX));
    let (code, _) = refusal(judged(&provider, &filled(SIGNED_INFO_BYTES_MAX + 1)));
    assert_eq!(code, FailureCode::MalformedSamlResponse);
}

#[test]
fn inclusive_canonicalization_is_followed_where_nothing_is_inherited() {
    let provider = Provider::rsa();
    let whole = response(ASSERTION);
    let good = good_info(&whole);
    let transform = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform>");
    for by in [
        String::new(),
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"></ds:Transform>".into(),
        "<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\"></ds:Transform>".into(),
    ] {
        let info = good.replacen(&transform, &by, 1);
        is_accepted(&provider, &provider.sign_info(&whole, &info, &RSA_PKCS1_SHA256));
    }

    // The assertion inherits a namespace, which its inclusive form has, and an attribute, which
    // the versions of the specification treat differently.
    let inclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\"></ds:Transform>";
    let canonical =
        ASSERTION.replacen(" ID=", " xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=", 1);
    let digest = digest::digest(&digest::SHA256, canonical.as_bytes());
    let info = info(ASSERTION, RSA_SHA256, SHA256, digest.as_ref()).replacen(&transform, inclusive, 1);
    let xml = response(&provider.sign_info(ASSERTION, &info, &RSA_PKCS1_SHA256));
    is_accepted(&provider, &xml);
    let inherited = xml.replacen(" Version=\"2.0\">", " Version=\"2.0\" xml:lang=\"en\">", 1);
    assert_eq!(refusal(judged(&provider, &inherited)).0, FailureCode::MalformedSamlResponse);
}

#[test]
fn nothing_around_the_signature_counts() {
    let provider = Provider::rsa();
    let signed = response(&provider.sign(ASSERTION));
    let digest = signed.find("</ds:DigestValue>").unwrap();
    // Comments never reach what is read.
    let commented = [&signed[..digest], "<!-- AAAA -->", &signed[digest..]].concat();
    is_accepted(&provider, &commented);
    // An unsigned part of the response is not read at all.
    let added = signed.replacen(
        "<samlp:Status>",
        "<samlp:Extensions><x xmlns=\"\">y</x></samlp:Extensions><samlp:Status>",
        1,
    );
    is_accepted(&provider, &added);
}
