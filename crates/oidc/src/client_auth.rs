//! Proving who we are at the token endpoint. Source: OpenID Connect Core 1.0, section 9.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use time::Duration;
use url::form_urlencoded::byte_serialize;
use vestibule_application::ports::oidc_sign_in::{ClientCredential, OidcExchangeOrder};
use vestibule_domain::certificate::Certificate;
use vestibule_domain::oidc::TokenAuthMethod;

use crate::signing_pair::SigningPair;

/// How long an assertion of ours is good: it is used at once.
const ASSERTION_LIFE: Duration = Duration::minutes(5);

/// Source: RFC 7523, section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a token request carries for it.
#[derive(Default)]
pub(crate) struct Proof {
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// Members of the form.
    pub(crate) form: Vec<(&'static str, String)>,
}

/// Why there is no proof; the connection is at fault, not the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoProof {
    #[error("the connection has no credential for {}", .0.as_str())]
    Unfit(TokenAuthMethod),
    #[error("the connection's key for private_key_jwt cannot be used")]
    Key,
}

pub(crate) fn prove(order: &OidcExchangeOrder<'_>) -> Result<Proof, NoProof> {
    let client_id = order.client.client_id.clone();
    match (order.client.token_auth_method, order.credential) {
        (TokenAuthMethod::ClientSecretBasic, ClientCredential::Secret(secret)) => {
            // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let joined = format!("{}:{}", encoded(&client_id), encoded(secret));
            let authorization = Some(format!("Basic {}", STANDARD.encode(joined)));
            Ok(Proof { authorization, ..Proof::default() })
        }
        (TokenAuthMethod::ClientSecretPost, ClientCredential::Secret(secret)) => {
            let form = vec![("client_id", client_id), ("client_secret", secret.to_owned())];
            Ok(Proof { form, ..Proof::default() })
        }
        (TokenAuthMethod::PrivateKeyJwt, ClientCredential::Key { pkcs8, certificate }) => {
            let form = vec![
                ("client_id", client_id),
                ("client_assertion_type", ASSERTION_TYPE.to_owned()),
                ("client_assertion", assertion(order, pkcs8, certificate)?),
            ];
            Ok(Proof { form, ..Proof::default() })
        }
        (TokenAuthMethod::None, ClientCredential::None) => {
            Ok(Proof { form: vec![("client_id", client_id)], ..Proof::default() })
        }
        (method, _) => Err(NoProof::Unfit(method)),
    }
}

/// Source: RFC 7523, section 3.
fn assertion(
    order: &OidcExchangeOrder<'_>,
    pkcs8: &[u8],
    certificate: &Certificate,
) -> Result<String, NoProof> {
    let pair = SigningPair::read(pkcs8).map_err(|_| NoProof::Key)?;
    let client_id = &order.client.client_id;
    let issued_at = order.now.unix_timestamp();
    let thumbprint = URL_SAFE_NO_PAD.encode(certificate.fingerprint.as_bytes());
    let header = json!({
        "typ": "JWT",
        "kid": thumbprint,
        "x5t#S256": thumbprint,
        // Entra ID finds our certificate by this one alone.
        "x5t": URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certificate.der)),
    });
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": order.client.provider.token_endpoint.as_str(),
        "jti": URL_SAFE_NO_PAD.encode(order.assertion_id),
        "iat": issued_at,
        "exp": issued_at + ASSERTION_LIFE.whole_seconds(),
    });
    pair.sign(header, &claims).map_err(|_| NoProof::Key)
}
