//! One rule each, on a minimal document.

use serde_json::{Value, json};
use vestibule_application::ports::oidc::{DiscoveryError, Oidc as _};
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::url::{Issuer, UrlError};
use vestibule_oidc::OidcAdapter;

pub(crate) fn minimal() -> Value {
    json!({
        "issuer": "https://idp.example.com",
        "authorization_endpoint": "https://idp.example.com/authorize",
        "token_endpoint": "https://idp.example.com/token",
        "jwks_uri": "https://idp.example.com/keys",
    })
}

/// The minimal document with one member set, or removed by `null`.
fn with(member: &str, value: Value) -> Vec<u8> {
    let mut document = minimal();
    document[member] = value;
    serde_json::to_vec(&document).unwrap()
}

fn read(document: &[u8]) -> Result<OidcProvider, DiscoveryError> {
    OidcAdapter.read_discovery(document, None)
}

#[test]
fn what_is_not_said_has_the_defaults_of_the_specification() {
    let provider = read(&with("x", json!(1))).unwrap();
    assert_eq!(provider.token_auth_methods, [TokenAuthMethod::ClientSecretBasic]);
    assert_eq!(provider.id_token_algorithms, [IdTokenAlgorithm::Rs256]);
    assert!(!provider.supports_pkce_s256);
    assert_eq!((provider.userinfo_endpoint, provider.end_session_endpoint), (None, None));
}

#[test]
fn a_missing_member_is_named() {
    for member in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for value in [Value::Null, json!(1), json!(true), json!(["https://idp.example.com"]), json!({})] {
            assert_eq!(
                read(&with(member, value.clone())),
                Err(DiscoveryError::Missing { member }),
                "{value}"
            );
        }
        let empty = read(&with(member, json!("")));
        assert_eq!(empty, Err(DiscoveryError::Url { member, reason: UrlError::Empty }));
    }
}

#[test]
fn endpoints_are_absolute_addresses() {
    for member in
        ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"]
    {
        for (raw, reason) in [
            ("/keys", UrlError::Syntax),
            ("keys.json", UrlError::Syntax),
            ("javascript:alert(1)", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Host),
            ("https://u:p@idp.example.com/", UrlError::UserInfo),
            ("https://idp.example.com/#x", UrlError::Fragment),
            ("https://idp.example.com/\n", UrlError::ControlCharacter),
            ("https://idp.example.com/\0", UrlError::ControlCharacter),
        ] {
            let read = read(&with(member, json!(raw)));
            assert_eq!(read, Err(DiscoveryError::Url { member, reason }), "{raw:?}");
        }
        // The guarded client decides whether plain http is reached.
        assert!(read(&with(member, json!("http://idp.corp/x"))).is_ok(), "{member}");
    }
}

#[test]
fn optional_endpoints_may_be_empty_but_not_of_another_type() {
    for member in ["userinfo_endpoint", "end_session_endpoint"] {
        assert!(read(&with(member, json!(""))).is_ok());
        for value in [json!(1), json!([]), json!({}), json!(false)] {
            let read = read(&with(member, value));
            assert_eq!(read, Err(DiscoveryError::Url { member, reason: UrlError::Syntax }));
        }
    }
}

#[test]
fn lists_are_lists_of_texts() {
    for member in [
        "response_types_supported",
        "token_endpoint_auth_methods_supported",
        "id_token_signing_alg_values_supported",
        "code_challenge_methods_supported",
    ] {
        for value in
            [json!("code"), json!(1), json!({}), json!(["code", 1]), json!([["code"]]), json!([null])]
        {
            assert_eq!(
                read(&with(member, value.clone())),
                Err(DiscoveryError::NotAList { member }),
                "{value}"
            );
        }
    }
}

#[test]
fn the_code_flow_must_be_offered() {
    let member = "response_types_supported";
    assert!(read(&with(member, json!(["id_token", "code"]))).is_ok());
    for value in [json!([]), json!(["id_token"]), json!(["code id_token"]), json!(["CODE"])] {
        assert_eq!(read(&with(member, value)), Err(DiscoveryError::NoCodeFlow));
    }
}

#[test]
fn token_authentication_is_what_both_speak_in_our_order() {
    let member = "token_endpoint_auth_methods_supported";
    let provider =
        read(&with(member, json!(["none", "private_key_jwt", "client_secret_post", "client_secret_jwt"])));
    assert_eq!(
        provider.unwrap().token_auth_methods,
        [TokenAuthMethod::ClientSecretPost, TokenAuthMethod::PrivateKeyJwt, TokenAuthMethod::None]
    );
    let public = read(&with(member, json!(["none"]))).unwrap();
    assert_eq!(public.token_auth_methods, [TokenAuthMethod::None]);
    for value in [json!([]), json!(["client_secret_jwt", "tls_client_auth"])] {
        assert_eq!(read(&with(member, value)), Err(DiscoveryError::NoTokenAuthMethod));
    }
}

#[test]
fn id_tokens_signed_with_a_shared_secret_or_not_at_all_are_refused() {
    let member = "id_token_signing_alg_values_supported";
    let provider = read(&with(member, json!(["none", "HS256", "ES256", "RS256", "ES512"]))).unwrap();
    assert_eq!(provider.id_token_algorithms, [IdTokenAlgorithm::Rs256, IdTokenAlgorithm::Es256]);
    for value in [json!([]), json!(["HS256"]), json!(["none"]), json!(["rs256"])] {
        assert_eq!(read(&with(member, value)), Err(DiscoveryError::NoIdTokenAlgorithm));
    }
}

#[test]
fn pkce_is_seen_when_s256_is_announced() {
    let member = "code_challenge_methods_supported";
    assert!(read(&with(member, json!(["plain", "S256"]))).unwrap().supports_pkce_s256);
    assert!(!read(&with(member, json!(["plain"]))).unwrap().supports_pkce_s256);
}

#[test]
fn the_issuer_is_exactly_the_one_that_was_asked_for() {
    let document = serde_json::to_vec(&minimal()).unwrap();
    let ask = |raw: &str| OidcAdapter.read_discovery(&document, Some(&Issuer::parse(raw).unwrap()));
    assert!(ask("https://idp.example.com").is_ok());
    for raw in [
        "https://idp.example.com/",
        "https://IDP.example.com",
        "https://idp.example.com:443",
        "http://idp.example.com",
        "https://idp.example.com.attacker.example",
    ] {
        assert_eq!(
            ask(raw),
            Err(DiscoveryError::IssuerMismatch {
                found: "https://idp.example.com".into(),
                asked: raw.into()
            })
        );
    }
}

#[test]
fn entras_template_for_all_tenants_is_refused() {
    let found = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let document = with("issuer", json!(found));
    for tenant in ["common", "organizations"] {
        let asked = format!("https://login.microsoftonline.com/{tenant}/v2.0");
        let read = OidcAdapter.read_discovery(&document, Some(&Issuer::parse(&asked).unwrap()));
        assert_eq!(read, Err(DiscoveryError::IssuerTemplate { found: found.into() }), "{tenant}");
    }
    // Nor may it be pasted, or asked for by its own name.
    let template = DiscoveryError::IssuerTemplate { found: found.into() };
    assert_eq!(read(&document), Err(template.clone()));
    let asked = Issuer::parse(found).unwrap();
    assert_eq!(OidcAdapter.read_discovery(&document, Some(&asked)), Err(template));
}
