//! Where people are sent.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use vestibule_application::ports::oidc_sign_in::{Login, OidcRequestOrder, OidcSignIn as _};
use vestibule_domain::oidc::{OidcClient, OidcProvider};
use vestibule_domain::url::HttpsUrl;

use crate::provider::{CLIENT_ID, NONCE, Provider, VERIFIER, client, exchange};
use crate::signers::encode;

fn order(client: &OidcClient) -> OidcRequestOrder<'_> {
    OidcRequestOrder {
        client,
        redirect_uri: "https://login.vendor.example/sso/oidc/callback?a=b&c",
        state: "the-state",
        login_hint: None,
        domain_hint: None,
        scopes: &[],
        parameters: &[],
        login: Login::IfNeeded,
        nonce: NONCE,
        verifier: VERIFIER,
    }
}

fn parameters(order: &OidcRequestOrder<'_>) -> BTreeMap<String, String> {
    let url = Provider::new().relying_party().begin(order).url;
    let url = url::Url::parse(&url).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "each parameter once");
    map
}

#[test]
fn a_request_asks_for_a_code_bound_to_a_verifier_and_a_nonce() {
    let client = client();
    let request = Provider::new().relying_party().begin(&order(&client));
    assert!(
        request.url.starts_with("https://idp.example/authorize?response_type=code&client_id=our+client%2F1&")
    );
    assert_eq!(request.exchange, exchange());
    let challenge = encode(digest(&SHA256, encode(VERIFIER).as_bytes()));
    let expected = [
        ("client_id", CLIENT_ID),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("nonce", &encode(NONCE)),
        ("redirect_uri", "https://login.vendor.example/sso/oidc/callback?a=b&c"),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "the-state"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(parameters(&order(&client)), BTreeMap::from(expected));
}

#[test]
fn what_is_logged_tells_neither_verifier_nor_state() {
    let client = client();
    let logged = Provider::new().relying_party().begin(&order(&client)).logged;
    assert!(logged.contains("\nstate=the-st…\n"), "{logged}");
    assert!(logged.contains("scope=openid profile email"), "{logged}");
    for secret in ["the-state", &encode(NONCE), &encode(VERIFIER)] {
        assert!(!logged.contains(secret), "{logged}");
    }
}

#[test]
fn without_pkce_there_is_no_challenge_and_no_verifier() {
    let client = OidcClient { pkce: false, ..client() };
    let request = Provider::new().relying_party().begin(&order(&client));
    assert_eq!(request.exchange.verifier(), None);
    assert!(!request.url.contains("code_challenge"));
}

#[test]
fn hints_scopes_and_the_wish_to_sign_in_again_are_passed_on() {
    let client = client();
    let scopes = ["groups".to_owned(), "email offline_access".to_owned(), "groups".to_owned()];
    let asked = parameters(&OidcRequestOrder {
        login_hint: Some("ada@example.com"),
        domain_hint: Some("example.com"),
        scopes: &scopes,
        login: Login::Again,
        ..order(&client)
    });
    assert_eq!(asked["login_hint"], "ada@example.com");
    assert_eq!(asked["domain_hint"], "example.com");
    assert_eq!(asked["scope"], "openid profile email groups offline_access");
    assert_eq!(asked["prompt"], "login");
}

#[test]
fn parameters_of_the_callers_own_touch_nothing_that_the_flow_stands_on() {
    let client = client();
    let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let own = [
        of("acr_values", "urn:acr:1 urn:acr:2"),
        of("acr_values", "again"),
        of("redirect_uri", "https://evil.example"),
        of("state", "x"),
        of("nonce", "x"),
        of("code_challenge", "x"),
        of("response_mode", "form_post"),
        of("request", "eyJ"),
        of("client_secret", "x"),
        of("prompt", "none"),
    ];
    let asked = parameters(&OidcRequestOrder { parameters: &own, login: Login::Again, ..order(&client) });
    let mut expected = parameters(&OidcRequestOrder { login: Login::Again, ..order(&client) });
    expected.insert("acr_values".into(), "urn:acr:1 urn:acr:2".into());
    assert_eq!(asked, expected);
    let chosen = [of("prompt", "select_account")];
    let asked = parameters(&OidcRequestOrder { parameters: &chosen, ..order(&client) });
    assert_eq!(asked["prompt"], "select_account");
}

#[test]
fn the_endpoints_own_query_stays() {
    for (endpoint, beginning) in [
        ("https://idp.example/a?p=policy", "https://idp.example/a?p=policy&response_type=code&"),
        ("https://idp.example/a?", "https://idp.example/a?response_type=code&"),
        ("https://idp.example/a?p=1&", "https://idp.example/a?p=1&response_type=code&"),
    ] {
        let authorization_endpoint = HttpsUrl::parse(endpoint).unwrap();
        let provider = OidcProvider { authorization_endpoint, ..client().provider };
        let client = OidcClient { provider, ..client() };
        let url = Provider::new().relying_party().begin(&order(&client)).url;
        assert!(url.starts_with(beginning), "{url}");
    }
}
