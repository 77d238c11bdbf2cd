//! When providers' keys are fetched, and how often.

use std::sync::Arc;

use serde_json::json;
use time::Duration;
use vestibule_application::ports::oidc_sign_in::{KEY_SET_BYTES_MAX, OidcJudgement, OidcSignIn as _};
use vestibule_application::ports::outbound::OutboundError;
use vestibule_domain::oidc::{OidcClient, OidcProvider};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::url::HttpsUrl;
use vestibule_oidc::{
    KEY_SET_LIFE, KEY_SET_REFRESH_PAUSE, KEY_SET_RETRY_PAUSE, KEY_SETS_MAX, OidcRelyingParty,
};

use crate::provider::{
    NOW, Provider, claims, client, exchange, honest_token, json_answer, order, refused, tokens,
};
use crate::signers::{ED25519, RSA};

/// A sign-in so much later, with tokens that are still good.
async fn later(party: &OidcRelyingParty, after: Duration) -> OidcJudgement {
    at(party, &client(), after).await
}

async fn at(party: &OidcRelyingParty, client: &OidcClient, after: Duration) -> OidcJudgement {
    let exchange = exchange();
    let mut order = order(client, &exchange);
    order.now = NOW + after;
    order.skew = Duration::days(1);
    party.finish(&order).await
}

fn signed_by_new_key() -> String {
    ED25519.sign(&json!({ "alg": "EdDSA", "kid": "2" }), &claims())
}

/// From now on the provider signs with another key, which it shows beside the old one.
fn roll_over(provider: &Arc<Provider>) {
    provider.script(|script| {
        script.keys = Ok(json!({ "keys": [RSA.jwk("1"), ED25519.jwk("2")] }));
        script.token = Ok(json_answer(200, &tokens(signed_by_new_key())));
    });
}

#[tokio::test]
async fn keys_are_fetched_once_for_their_life() {
    let provider = Provider::new();
    let party = provider.relying_party();
    for after in [Duration::ZERO, Duration::MINUTE, KEY_SET_LIFE - Duration::SECOND] {
        assert!(later(&party, after).await.outcome.is_ok());
        assert_eq!(provider.fetches(), 1, "{after}");
    }
    assert!(later(&party, KEY_SET_LIFE).await.outcome.is_ok());
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_key_leads_to_one_fetch_a_minute() {
    let provider = Provider::new();
    let party = provider.relying_party();
    assert!(later(&party, Duration::ZERO).await.outcome.is_ok());
    provider.script(|script| script.token = Ok(json_answer(200, &tokens(signed_by_new_key()))));

    // However short a while ago the keys were fetched: the provider may have changed them since.
    let soon = later(&party, Duration::SECOND).await;
    let (check, received, ..) = refused(&soon);
    assert_eq!((check, received.as_str()), (CheckName::Signature, "EdDSA, kid 2; the provider has 1"));
    assert_eq!(provider.fetches(), 2);
    refused(&later(&party, KEY_SET_REFRESH_PAUSE).await);
    assert_eq!(provider.fetches(), 2);

    roll_over(&provider);
    assert!(later(&party, KEY_SET_REFRESH_PAUSE + Duration::SECOND).await.outcome.is_ok());
    assert_eq!(provider.fetches(), 3);
}

#[tokio::test]
async fn keys_of_this_moment_are_not_fetched_again() {
    let provider = Provider::new();
    let party = provider.relying_party();
    provider.script(|script| script.token = Ok(json_answer(200, &tokens(signed_by_new_key()))));
    refused(&later(&party, Duration::ZERO).await);
    assert_eq!(provider.fetches(), 1);
}

#[tokio::test]
async fn a_key_that_was_replaced_under_its_old_name_is_found() {
    let provider = Provider::new();
    let party = provider.relying_party();
    assert!(later(&party, Duration::ZERO).await.outcome.is_ok());
    let token = ED25519.sign(&json!({ "alg": "EdDSA", "kid": "1" }), &claims());
    provider.script(|script| {
        script.keys = Ok(json!({ "keys": [ED25519.jwk("1")] }));
        script.token = Ok(json_answer(200, &tokens(token)));
    });
    assert!(later(&party, KEY_SET_REFRESH_PAUSE).await.outcome.is_ok());
}

#[tokio::test]
async fn everybody_waits_for_one_fetch() {
    let provider = Provider::new();
    let party = provider.relying_party();
    let (a, b, c) = tokio::join!(
        later(&party, Duration::ZERO),
        later(&party, Duration::ZERO),
        later(&party, Duration::ZERO)
    );
    assert!([a, b, c].iter().all(|judgement| judgement.outcome.is_ok()));
    assert_eq!(provider.fetches(), 1);

    roll_over(&provider);
    let after = KEY_SET_REFRESH_PAUSE;
    let (a, b) = tokio::join!(later(&party, after), later(&party, after));
    assert!(a.outcome.is_ok() && b.outcome.is_ok());
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn a_fetch_that_failed_stands_for_a_moment() {
    let provider = Provider::new();
    let party = provider.relying_party();
    provider.script(|script| script.keys = Err(OutboundError::Timeout { timeout_ms: 10_000 }));
    for after in [Duration::ZERO, KEY_SET_RETRY_PAUSE - Duration::SECOND] {
        let (check, received, ..) = refused(&later(&party, after).await);
        assert_eq!(check, CheckName::Signature);
        assert_eq!(
            received,
            "the provider's keys at `https://idp.example/keys` cannot be fetched: no complete answer within 10000 ms"
        );
        assert_eq!(provider.fetches(), 1);
    }
    provider.script(|script| script.keys = Ok(json!({ "keys": [] })));
    let (_, received, ..) = refused(&later(&party, KEY_SET_RETRY_PAUSE).await);
    assert!(received.ends_with("cannot be used: it has no key that can verify id tokens"), "{received}");
    provider.script(|script| script.keys = Ok(json!({ "keys": [RSA.jwk("1")] })));
    assert!(later(&party, KEY_SET_RETRY_PAUSE * 2).await.outcome.is_ok());
}

#[tokio::test]
async fn a_key_set_may_have_exactly_the_limit() {
    for (length, is_taken) in [(KEY_SET_BYTES_MAX, true), (KEY_SET_BYTES_MAX + 1, false)] {
        let provider = Provider::new();
        let bare = json!({ "keys": [RSA.jwk("1")], "x": "" });
        let mut padded = bare.clone();
        padded["x"] = " ".repeat(length - bare.to_string().len()).into();
        provider.script(|script| script.keys = Ok(padded));
        assert_eq!(later(&provider.relying_party(), Duration::ZERO).await.outcome.is_ok(), is_taken);
    }
}

#[tokio::test]
async fn a_token_without_a_key_name_is_tried_with_the_keys_that_fit() {
    let provider = Provider::answering(RSA.sign(&json!({ "alg": "RS256" }), &claims()));
    provider.script(|script| script.keys = Ok(json!({ "keys": [ED25519.jwk("1"), RSA.jwk("2")] })));
    assert!(later(&provider.relying_party(), Duration::ZERO).await.outcome.is_ok());

    // And a key without a name may be the one that is named.
    let provider = Provider::answering(honest_token());
    let mut jwk = RSA.jwk("1");
    jwk.as_object_mut().unwrap().remove("kid");
    provider.script(|script| script.keys = Ok(json!({ "keys": [jwk] })));
    assert!(later(&provider.relying_party(), Duration::ZERO).await.outcome.is_ok());
}

#[tokio::test]
async fn the_set_that_was_fetched_longest_ago_makes_room() {
    let provider = Provider::new();
    let party = provider.relying_party();
    let elsewhere = |n: usize| {
        let jwks_uri = HttpsUrl::parse(&format!("https://idp.example/keys/{n}")).unwrap();
        OidcClient { provider: OidcProvider { jwks_uri, ..client().provider }, ..client() }
    };
    let second = |n: usize| Duration::milliseconds(i64::try_from(n).unwrap());
    for n in 0..KEY_SETS_MAX {
        assert!(at(&party, &elsewhere(n), second(n)).await.outcome.is_ok());
    }
    assert_eq!(provider.fetches(), KEY_SETS_MAX);
    // All are kept; one more, and the first is gone.
    for (n, fetches) in [(0, 0), (1, 0), (KEY_SETS_MAX, 1), (1, 1), (0, 2)] {
        assert!(at(&party, &elsewhere(n), second(KEY_SETS_MAX)).await.outcome.is_ok());
        assert_eq!(provider.fetches(), KEY_SETS_MAX + fetches, "{n}");
    }
}
