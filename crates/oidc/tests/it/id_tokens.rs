//! Which id tokens are believed.

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule_application::ports::oidc_sign_in::{
    IssuerRule, OidcExchangeOrder, OidcJudgement, OidcSignIn as _,
};
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient};
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::check::{CheckName, CheckOutcome};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::MessageKind;

use crate::provider::{
    ACCESS_TOKEN, CLIENT_ID, ISSUER, NOW, Provider, claims, client, exchange, header, honest_token,
    json_answer, judge, order, refused, tells_no_secret, tokens,
};
use crate::signers::{ED25519, P256, P384, RSA, STRANGER, Signer, encode, part};

/// The claims with some of them changed; null takes one away.
fn with(changes: Value) -> Value {
    let mut all = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            all.as_object_mut().unwrap().remove(name);
        } else {
            all[name] = value.clone();
        }
    }
    all
}

async fn judged(id_token: String) -> OidcJudgement {
    judge(&Provider::answering(id_token), &client()).await
}

/// At which check a token with changed claims ends.
async fn ends_at(changes: Value) -> Option<CheckName> {
    let judgement = judged(RSA.sign(&header(), &with(changes))).await;
    match &judgement.outcome {
        Ok(_) => None,
        Err(failure) => {
            let expected = match failure.check {
                CheckName::Attributes => FailureCode::InvalidAttributes,
                _ => FailureCode::OidcExchangeFailed,
            };
            assert_eq!(refused(&judgement).2, expected);
            Some(failure.check)
        }
    }
}

#[tokio::test]
async fn an_honest_token_says_who_signed_in() {
    let judgement = judged(honest_token()).await;
    let asserted = judgement.outcome.clone().unwrap();
    assert_eq!((asserted.subject.as_str(), asserted.session_index.as_deref()), ("u-1", Some("s-1")));
    assert_eq!(asserted.first("email"), Some("ada@example.com"));
    assert_eq!(asserted.values("groups").unwrap(), ["staff", "admins"]);
    let mut names: Vec<_> = asserted.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    // An object has no order of its own.
    names.sort_unstable();
    assert_eq!(names, ["email", "groups", "sub"]);

    let checks: Vec<_> = judgement.checks.iter().map(|check| (check.name, check.outcome)).collect();
    let passed = [
        CheckName::Message,
        CheckName::Status,
        CheckName::Exchange,
        CheckName::Signature,
        CheckName::Issuer,
        CheckName::Audience,
        CheckName::Times,
        CheckName::Fresh,
    ];
    let mut expected: Vec<_> = passed.map(|name| (name, CheckOutcome::Passed)).to_vec();
    expected.push((CheckName::UserInfo, CheckOutcome::Skipped));
    assert_eq!(checks, expected);
    let kinds: Vec<_> = judgement.messages.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [MessageKind::OidcCallback, MessageKind::OidcTokens, MessageKind::IdTokenClaims]);
    tells_no_secret(&judgement);
}

#[tokio::test]
async fn a_token_is_the_providers_word_for_us_now_and_for_this_request() {
    let at = NOW.unix_timestamp();
    let skew = CLOCK_SKEW.whole_seconds();
    for (changes, end) in [
        (json!({ "iss": "https://idp.example/other" }), Some(CheckName::Issuer)),
        (json!({ "iss": format!("{ISSUER}/") }), Some(CheckName::Issuer)),
        (json!({ "iss": [ISSUER] }), Some(CheckName::Issuer)),
        (json!({ "iss": null }), Some(CheckName::Issuer)),
        (json!({ "aud": "another" }), Some(CheckName::Audience)),
        (json!({ "aud": null }), Some(CheckName::Audience)),
        (json!({ "aud": [] }), Some(CheckName::Audience)),
        (json!({ "aud": [CLIENT_ID] }), None),
        (json!({ "aud": [CLIENT_ID, 7], "azp": CLIENT_ID }), Some(CheckName::Audience)),
        // One of several must say that it was made for us.
        (json!({ "aud": [CLIENT_ID, "another"] }), Some(CheckName::Audience)),
        (json!({ "aud": [CLIENT_ID, "another"], "azp": CLIENT_ID }), None),
        (json!({ "aud": [CLIENT_ID, "another"], "azp": "another" }), Some(CheckName::Audience)),
        (json!({ "azp": "another" }), Some(CheckName::Audience)),
        (json!({ "azp": 7 }), Some(CheckName::Audience)),
        (json!({ "aud": "another", "azp": CLIENT_ID }), Some(CheckName::Audience)),
        (json!({ "exp": null }), Some(CheckName::Times)),
        (json!({ "exp": "soon" }), Some(CheckName::Times)),
        (json!({ "exp": i64::MAX }), Some(CheckName::Times)),
        (json!({ "exp": 1e300 }), Some(CheckName::Times)),
        (json!({ "exp": at - skew }), Some(CheckName::Times)),
        (json!({ "exp": at - skew + 1 }), None),
        (json!({ "exp": 1_763_812_900.5 + 1e9 }), None),
        (json!({ "iat": null }), Some(CheckName::Times)),
        (json!({ "iat": at + skew }), None),
        (json!({ "iat": at + skew + 1 }), Some(CheckName::Times)),
        (json!({ "nbf": at + skew }), None),
        (json!({ "nbf": at + skew + 1 }), Some(CheckName::Times)),
        (json!({ "nbf": "now" }), Some(CheckName::Times)),
        (json!({ "nonce": encode([0; 32]) }), Some(CheckName::Fresh)),
        (json!({ "nonce": null }), Some(CheckName::Fresh)),
        (json!({ "nonce": "" }), Some(CheckName::Fresh)),
        (json!({ "sub": null }), Some(CheckName::Attributes)),
        (json!({ "sub": " " }), Some(CheckName::Attributes)),
        (json!({ "sub": 7 }), Some(CheckName::Attributes)),
        (json!({ "sub": "s".repeat(255) }), None),
        (json!({ "sub": "s".repeat(256) }), Some(CheckName::Attributes)),
        (json!({ "groups": vec!["g"; 2_001] }), Some(CheckName::Attributes)),
    ] {
        assert_eq!(ends_at(changes.clone()).await, end, "{changes}");
    }
}

#[tokio::test]
async fn a_check_says_what_was_expected_and_what_came() {
    let judgement = judged(RSA.sign(&header(), &with(json!({ "iss": "https://evil.example" })))).await;
    let (check, received, _, message) = refused(&judgement);
    assert_eq!((check, received.as_str()), (CheckName::Issuer, "https://evil.example"));
    assert!(message.starts_with("The id token was issued by somebody else"), "{message}");
    let check = judgement.checks.iter().find(|check| check.name == CheckName::Issuer).unwrap();
    assert_eq!(check.expected.as_deref(), Some(ISSUER));

    let late = RSA.sign(&header(), &with(json!({ "exp": NOW.unix_timestamp() - 3_600 })));
    let (_, received, _, message) = refused(&judged(late).await);
    assert_eq!(received, "exp 2026-11-22T11:00:00Z");
    assert!(message.contains("clocks"), "{message}");
}

#[tokio::test]
async fn every_algorithm_is_verified_with_the_key_that_fits_it() {
    let signers: [(&str, &Signer); 9] = [
        ("RS256", &RSA),
        ("RS384", &RSA),
        ("RS512", &RSA),
        ("PS256", &RSA),
        ("PS384", &RSA),
        ("PS512", &RSA),
        ("ES256", &P256),
        ("ES384", &P384),
        ("EdDSA", &ED25519),
    ];
    assert_eq!(signers.len(), IdTokenAlgorithm::ALL.len());
    // All under one name: the algorithm tells them apart.
    let keys = json!({ "keys": [RSA.jwk("1"), P256.jwk("1"), P384.jwk("1"), ED25519.jwk("1")] });
    for (alg, signer) in signers {
        let provider = Provider::answering(signer.sign(&json!({ "alg": alg, "kid": "1" }), &claims()));
        provider.script(|script| script.keys = Ok(keys.clone()));
        let judgement = judge(&provider, &client()).await;
        assert!(judgement.outcome.is_ok(), "{alg}: {:?}", judgement.outcome);

        let fixed = |algorithm| OidcClient { id_token_algorithm: Some(algorithm), ..client() };
        for algorithm in IdTokenAlgorithm::ALL {
            let judgement = judge(&provider, &fixed(algorithm)).await;
            assert_eq!(judgement.outcome.is_ok(), algorithm.as_str() == alg, "{alg} for {algorithm:?}");
        }
    }
}

#[tokio::test]
async fn a_token_without_the_providers_signature_is_refused() {
    let unsigned = |header: &Value| format!("{}.{}.", part(header), part(&claims()));
    let honest = honest_token();
    let (signed, signature) = honest.rsplit_once('.').unwrap();
    // The provider's public key as a shared secret: whoever reads the header's word falls for it.
    let jwk = RSA.jwk("1");
    let by_public_key = |secret: &[u8]| {
        let signed = unsigned(&json!({ "alg": "HS256", "kid": "1" }));
        let signed = signed.trim_end_matches('.');
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("{signed}.{}", encode(tag))
    };
    let embedded =
        json!({ "alg": "RS256", "kid": "1", "jwk": STRANGER.jwk("1"), "jku": "https://evil.example" });
    for (token, received) in [
        (unsigned(&json!({ "alg": "none" })), "none"),
        (unsigned(&json!({ "alg": "None", "kid": "1" })), "None"),
        (by_public_key(jwk["n"].as_str().unwrap().as_bytes()), "HS256"),
        (by_public_key(jwk.to_string().as_bytes()), "HS256"),
        (by_public_key(b"se:cret +%&"), "HS256"),
        (RSA.sign(&json!({ "alg": "RS1", "kid": "1" }), &claims()), "RS1"),
        (format!("{signed}."), "RS256, kid 1; the provider has 1"),
        (STRANGER.sign(&header(), &claims()), "RS256, kid 1; the provider has 1"),
        (STRANGER.sign(&embedded, &claims()), "RS256, kid 1; the provider has 1"),
        (STRANGER.sign(&json!({ "alg": "RS256" }), &claims()), "RS256, no kid; the provider has 1"),
        (RSA.sign(&json!({ "alg": "RS256", "kid": "2" }), &claims()), "RS256, kid 2; the provider has 1"),
        // An RSA key under the name of another family's algorithm.
        (RSA.sign(&json!({ "alg": "ES256", "kid": "1" }), &claims()), "ES256, kid 1; the provider has 1"),
        (P256.sign(&json!({ "alg": "RS256", "kid": "1" }), &claims()), "RS256, kid 1; the provider has 1"),
        (
            format!("{}.{}.{signature}", part(&header()), part(&with(json!({ "sub": "root" })))),
            "RS256, kid 1; the provider has 1",
        ),
        (format!("{honest}A"), "RS256, kid 1; the provider has 1"),
        (format!("{honest}="), "its signature is not base64url"),
        (format!(" {honest}"), "its header is not base64url"),
        (signed.to_owned(), "it does not have three parts"),
        (String::new(), "it does not have three parts"),
        (format!("a.b.c.{honest}"), "it does not have three parts"),
        (format!("{signed}.a.b.c"), "it is encrypted; turn the encryption of id tokens off at the provider"),
        (
            RSA.sign(&json!({ "alg": "RS256", "crit": ["exp"], "exp": 1 }), &claims()),
            "its header demands an extension that is not known here",
        ),
        (
            RSA.sign(&header(), &json!([claims()])),
            "invalid type: sequence, expected an object at line 1 column 0",
        ),
    ] {
        let judgement = judged(token.clone()).await;
        let (check, came, code, _) = refused(&judgement);
        assert_eq!(
            (check, came.as_str(), code),
            (CheckName::Signature, received, FailureCode::OidcExchangeFailed),
            "{token}"
        );
    }
}

#[tokio::test]
async fn symmetric_signatures_are_refused_with_a_way_out() {
    let token = RSA.sign(&json!({ "alg": "HS256", "kid": "1" }), &claims());
    let (.., message) = refused(&judged(token).await);
    assert_eq!(
        message,
        "The provider signs id tokens with HS256, by the client secret; set an asymmetric algorithm such as RS256 \
         in its console."
    );
}

#[tokio::test]
async fn an_id_token_belongs_to_its_access_token() {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ACCESS_TOKEN.as_bytes());
    let right = encode(&hash.as_ref()[..16]);
    assert_eq!(ends_at(json!({ "at_hash": right })).await, None);
    for wrong in [json!(encode(hash.as_ref())), json!(encode([0; 16])), json!(""), json!(7)] {
        assert_eq!(ends_at(json!({ "at_hash": wrong })).await, Some(CheckName::Signature), "{wrong}");
    }
    // Without an access token there is nothing that it could belong to.
    let provider = Provider::answering(String::new());
    let token = RSA.sign(&header(), &with(json!({ "at_hash": "x" })));
    provider.script(|script| script.token = Ok(json_answer(200, &json!({ "id_token": token }))));
    assert!(judge(&provider, &client()).await.outcome.is_ok());
}

#[tokio::test]
async fn the_claims_of_a_refused_token_are_in_the_log() {
    let judgement = judged(RSA.sign(&header(), &with(json!({ "nonce": "x", "email": "e@x.example" })))).await;
    let (kind, text) = judgement.messages.last().unwrap();
    assert_eq!(*kind, MessageKind::IdTokenClaims);
    assert_eq!(serde_json::from_str::<Value>(text).unwrap()["email"], "e@x.example");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_token_endpoint_says_nobody_signs_in_by_it(
        noise in any::<Vec<u8>>(),
        text in prop_oneof![".{0,100}", r"[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,90}"],
        status in prop_oneof![Just(200_u16), 100..600_u16],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for body in [noise, tokens(text).to_string().into_bytes()] {
            let provider = Provider::new();
            provider.script(|script| script.token.as_mut().unwrap().body.clone_from(&body));
            provider.script(|script| script.token.as_mut().unwrap().status = status);
            let judgement = runtime.block_on(async {
                provider.relying_party().finish(&order(&client(), &exchange())).await
            });
            prop_assert!(judgement.outcome.is_err());
        }
    }
}

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

/// The outcome for a token with changed claims where any tenant's are taken.
async fn of_any_tenant(changes: Value) -> Option<CheckName> {
    let provider = Provider::answering(RSA.sign(&header(), &with(changes)));
    let (client, exchange) = (client(), exchange());
    let issuer = IssuerRule::AnyTenant { template: "https://login.example/{tenantid}/v2.0" };
    let order = OidcExchangeOrder { issuer, ..order(&client, &exchange) };
    let judgement = provider.relying_party().finish(&order).await;
    judgement.outcome.err().map(|failure| failure.check)
}

#[tokio::test]
async fn an_issuer_of_many_tenants_is_that_of_the_tenant_in_the_token() {
    let of = |tenant: &str| format!("https://login.example/{tenant}/v2.0");
    assert_eq!(of_any_tenant(json!({ "iss": of(TENANT), "tid": TENANT })).await, None);
    let other = TENANT.replace('7', "8");
    for (iss, tid) in [
        (of(&other), json!(TENANT)),
        (of(TENANT), json!(other)),
        (of(TENANT), Value::Null),
        (of(TENANT), json!(7)),
        // Neither part of an address nor the template itself is a tenant.
        (of("a/../b"), json!("a/../b")),
        (of(""), json!("")),
        (of("{tenantid}"), json!("{tenantid}")),
        (of("common"), json!("common")),
        (format!("{} and the tenant in tid", of("{tenantid}")), Value::Null),
        (ISSUER.to_owned(), json!(TENANT)),
    ] {
        assert_eq!(
            of_any_tenant(json!({ "iss": iss, "tid": tid })).await,
            Some(CheckName::Issuer),
            "{iss} {tid}"
        );
    }
}

#[tokio::test]
async fn what_the_provider_gave_for_its_interfaces_is_handed_on() {
    let handed_on = async |more: Value| {
        let mut answer = tokens(honest_token());
        answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let provider = Provider::new();
        provider.script(|script| script.token = Ok(json_answer(200, &answer)));
        judge(&provider, &client()).await.tokens
    };
    let plain = handed_on(json!({ "expires_in": null })).await.unwrap();
    assert_eq!((plain.access_token(), plain.refresh_token()), (ACCESS_TOKEN, None));
    let more = json!({ "refresh_token": "r", "expires_in": 3599, "scope": "openid  email" });
    let all = handed_on(more).await.unwrap();
    assert_eq!(all.refresh_token(), Some("r"));
    assert_eq!(all.expires_at(), Some(NOW + time::Duration::seconds(3599)));
    assert_eq!(all.scopes(), ["openid", "email"]);
    // What makes no sense is left out; what cannot be carried on is none.
    let odd = handed_on(json!({ "expires_in": -1, "scope": 7, "refresh_token": {} })).await.unwrap();
    assert_eq!((odd.expires_at(), odd.refresh_token(), odd.scopes().len()), (None, None, 0));
    assert_eq!(handed_on(json!({ "refresh_token": "two\nlines" })).await, None);
}
