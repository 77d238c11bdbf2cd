//! Real documents and tokens with anything wrong in them; more of it by `cargo xtask fuzz`.

use std::fs;

use proptest::prelude::*;
use serde_json::json;
use vestibule_application::ports::oidc::Oidc as _;
use vestibule_application::ports::oidc_sign_in::OidcSignIn as _;
use vestibule_fuzz::{check, mutants};
use vestibule_oidc::OidcAdapter;

use crate::provider::{Provider, claims, client, exchange, header, honest_token, json_answer, order, tokens};
use crate::signers::{P256, RSA, STRANGER, encode, part};

/// What discovery documents are made of, and what should not be in them.
const JSON_TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "-0",
    "\u{feff}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "\"issuer\":\"https://attacker.example\",",
    "\"jwks_uri\":\"http://169.254.169.254/\",",
    "\"token_endpoint\":\"file:///etc/passwd\",",
    "\"keys\":[],",
    "https://",
    "{tenantid}",
    "/.well-known/openid-configuration",
    "@",
    "#",
    "..",
    "RS256",
    "none",
    "HS256",
];

/// What tokens are made of, and what should not be in them.
const TOKEN_TOKENS: &[&str] = &[
    ".",
    "..",
    "=",
    "-",
    "_",
    "+",
    "/",
    " ",
    "\n",
    "\u{0}",
    "é",
    "eyJhbGciOiJub25lIn0.",
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.",
    "eyJ6aXAiOiJERUYifQ",
];

#[test]
fn discovery_with_anything_wrong_in_it_gives_a_usable_provider_or_none() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/discovery");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    let documents = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    check("discovery", 2_000, &mutants(documents, JSON_TOKENS), |mutant| {
        match OidcAdapter.read_discovery(&mutant.bytes, None) {
            Ok(provider) => {
                // Whatever it says now, an issuer that comes out is the one inside.
                let again = OidcAdapter.read_discovery(&mutant.bytes, Some(&provider.issuer));
                prop_assert_eq!(again, Ok(provider.clone()));
                for url in [&provider.authorization_endpoint, &provider.token_endpoint, &provider.jwks_uri] {
                    prop_assert!(url.as_str().starts_with("http"), "{}", url.as_str());
                }
                prop_assert!(!provider.token_auth_methods.is_empty());
                prop_assert!(!provider.id_token_algorithms.is_empty());
            }
            Err(error) => prop_assert!(error.to_string().len() < 10_000, "{}", error),
        }
        Ok(())
    });
}

#[test]
fn an_id_token_with_anything_wrong_in_it_gives_its_own_person_or_nobody() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (client, exchange) = (client(), exchange());
    let judged = |token: String| {
        // What is no text is no answer that anybody reads.
        let provider = Provider::answering(String::new());
        provider.script(|script| script.token = Ok(json_answer(200, &tokens(token))));
        let keys = json!({ "keys": [RSA.jwk("1"), P256.jwk("2")] });
        provider.script(|script| script.keys = Ok(keys));
        runtime.block_on(provider.relying_party().finish(&order(&client, &exchange))).outcome
    };
    let genuine = judged(honest_token()).unwrap();
    let mut forged = claims();
    forged["sub"] = "somebody else".into();
    let unsigned = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&forged));
    let documents = [
        honest_token(),
        P256.sign(&json!({ "alg": "ES256", "kid": "2" }), &claims()),
        STRANGER.sign(&header(), &forged),
        unsigned,
        encode(forged.to_string()),
    ];
    let documents = documents.map(String::into_bytes).into();
    check("id-token", 1_000, &mutants(documents, TOKEN_TOKENS), |mutant| {
        let token = String::from_utf8_lossy(&mutant.bytes).into_owned();
        if let Ok(asserted) = judged(token) {
            prop_assert_eq!(&asserted, &genuine);
        }
        Ok(())
    });
}
