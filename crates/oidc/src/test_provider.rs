//! The other side of OpenID Connect: what the test identity provider of sandbox environments reads
//! and writes.
//!
//! Source: OpenID Connect Core 1.0, sections 2 and 3.1; OpenID Connect Discovery 1.0, section 3.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use time::Duration;
use url::form_urlencoded;
use vestibule_application::ports::test_provider::{
    TOKEN_REQUEST_BYTES_MAX, TestIdTokenOrder, TestKeyUnusable, TestOidc, TestTokenRequest,
};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::oidc::OidcProvider;

use crate::access_token::json_web_key;
use crate::signing_pair::SigningPair;

/// How long an id token is good.
const ID_TOKEN_LIFE: Duration = Duration::minutes(5);

/// The documents of the test identity provider. Holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestOidcProvider;

impl TestOidc for TestOidcProvider {
    fn id_token(&self, order: &TestIdTokenOrder<'_>) -> Result<String, TestKeyUnusable> {
        let pair = SigningPair::read(order.signer.private_key).map_err(|_| TestKeyUnusable)?;
        let header = json!({ "typ": "JWT", "kid": key_id(order.signer.certificate) });
        let issued_at = order.now.unix_timestamp();
        let person = order.person;
        let mut claims = Map::from_iter([
            ("iss".to_owned(), order.issuer.into()),
            ("aud".to_owned(), order.audience.into()),
            ("sub".to_owned(), person.email.as_str().into()),
            ("iat".to_owned(), issued_at.into()),
            ("exp".to_owned(), (issued_at + ID_TOKEN_LIFE.whole_seconds()).into()),
            ("email".to_owned(), person.email.as_str().into()),
            ("email_verified".to_owned(), true.into()),
        ]);
        let named = [
            ("nonce", order.nonce.unwrap_or_default()),
            ("given_name", &person.first_name),
            ("family_name", &person.last_name),
        ];
        claims.extend(
            named
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value.into())),
        );
        if !person.groups.is_empty() {
            claims.insert("groups".to_owned(), person.groups.clone().into());
        }
        pair.sign(header, &Value::Object(claims)).map_err(|_| TestKeyUnusable)
    }

    fn read_token_request(&self, authorization: Option<&str>, form: &[u8]) -> Option<TestTokenRequest> {
        if form.len() > TOKEN_REQUEST_BYTES_MAX {
            return None;
        }
        let form: Vec<_> = form_urlencoded::parse(form).collect();
        let only = |name: &str| {
            let mut values = form.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            match (values.next(), values.next()) {
                (Some(value), None) => Some(value.to_string()),
                _ => None,
            }
        };
        if only("grant_type").as_deref() != Some("authorization_code") {
            return None;
        }
        let (client_id, client_secret) = match authorization {
            Some(header) => basic(header)?,
            None => (only("client_id")?, only("client_secret")?),
        };
        Some(TestTokenRequest {
            client_id,
            client_secret,
            code: only("code")?,
            redirect_uri: only("redirect_uri")?,
            code_verifier: only("code_verifier"),
        })
    }

    fn tokens(&self, id_token: &str, access_token: &str) -> String {
        json!({
            "token_type": "Bearer",
            "access_token": access_token,
            "expires_in": ID_TOKEN_LIFE.whole_seconds(),
            "id_token": id_token,
        })
        .to_string()
    }

    fn refusal(&self, error: &str) -> String {
        json!({ "error": error }).to_string()
    }

    fn discovery(&self, provider: &OidcProvider) -> String {
        let methods: Vec<_> = provider.token_auth_methods.iter().map(|method| method.as_str()).collect();
        let algorithms: Vec<_> =
            provider.id_token_algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
        json!({
            "issuer": provider.issuer.as_str(),
            "authorization_endpoint": provider.authorization_endpoint.as_str(),
            "token_endpoint": provider.token_endpoint.as_str(),
            "jwks_uri": provider.jwks_uri.as_str(),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile", "email"],
            "claims_supported": ["sub", "email", "email_verified", "given_name", "family_name", "groups"],
            "token_endpoint_auth_methods_supported": methods,
            "id_token_signing_alg_values_supported": algorithms,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": provider.sends_iss,
        })
        .to_string()
    }

    fn key_set(&self, certificate: &Certificate) -> String {
        let keys: Vec<Value> = json_web_key(&key_id(certificate), certificate).into_iter().collect();
        json!({ "keys": keys }).to_string()
    }
}

/// The name of a key: its certificate's fingerprint.
fn key_id(certificate: &Certificate) -> String {
    URL_SAFE_NO_PAD.encode(certificate.fingerprint.as_bytes())
}

/// Source: RFC 6749, section 2.3.1.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = credentials.split_once(':')?;
    // As a form's value: one name without a value.
    let decoded = |text: &str| {
        let form = format!("v={text}");
        let value = form_urlencoded::parse(form.as_bytes()).next()?.1.into_owned();
        Some(value)
    };
    Some((decoded(id)?, decoded(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>, form: &str) -> Option<TestTokenRequest> {
        TestOidcProvider.read_token_request(authorization, form.as_bytes())
    }

    const FORM: &str = "grant_type=authorization_code&code=c&redirect_uri=r";

    #[test]
    fn a_client_proves_itself_by_header_or_form() {
        let basic = format!("Basic {}", STANDARD.encode("a%3Ab:s+t"));
        let by_header = read(Some(&basic), FORM).unwrap();
        assert_eq!((by_header.client_id.as_str(), by_header.client_secret.as_str()), ("a:b", "s t"));
        let by_form = read(None, &format!("{FORM}&client_id=a&client_secret=s&code_verifier=v")).unwrap();
        assert_eq!((by_form.client_id.as_str(), by_form.code_verifier.as_deref()), ("a", Some("v")));
        assert!(!format!("{by_form:?}").contains("client_secret"));
    }

    #[test]
    fn what_is_not_asked_as_it_should_be_is_no_request() {
        for form in [
            FORM.to_owned(),
            format!("{FORM}&client_id=a"),
            format!("{FORM}&client_id=a&client_secret=s&code=d"),
            "grant_type=refresh_token&code=c&redirect_uri=r&client_id=a&client_secret=s".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(None, &form), None, "{form}");
        }
        for header in ["", "Basic", "Basic !", "Bearer YTpi", &format!("Basic {}", STANDARD.encode("a"))] {
            assert_eq!(read(Some(header), FORM), None, "{header}");
        }
    }

    #[test]
    fn token_requests_are_limited() {
        let of = |bytes: usize| {
            let form = format!("{FORM}&client_id=a&client_secret=s&x=");
            format!("{form}{}", "y".repeat(bytes - form.len()))
        };
        assert!(read(None, &of(TOKEN_REQUEST_BYTES_MAX)).is_some());
        assert!(read(None, &of(TOKEN_REQUEST_BYTES_MAX + 1)).is_none());
    }
}
