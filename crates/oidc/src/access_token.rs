//! Access tokens of our own. Source: RFC 7519; RFC 9068; api/workos-wire-contract.md, section 7.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_application::ports::access_tokens::{
    ACCESS_TOKEN_BYTES_MAX, AccessToken, AccessTokenRefused, AccessTokens, SignedToken, SigningKeyUnusable,
    TokenSigner, VerifyOrder,
};
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::id::SigningKeyId;
use vestibule_domain::oidc::IdTokenAlgorithm;
use vestibule_domain::sso::signing_key::SigningKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use crate::jws::Jws;
use crate::signing_pair::SigningPair;

/// The kind of token, so that no other kind that a key might sign one day passes for it.
///
/// Source: RFC 9068, section 2.1.
const TYPE: &str = "at+jwt";

/// Access tokens as JWTs. Holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct JwtAccessTokens;

impl AccessTokens for JwtAccessTokens {
    fn signer(&self, key: SigningKeyId, pkcs8: &[u8]) -> Result<Arc<dyn TokenSigner>, SigningKeyUnusable> {
        match SigningPair::read(pkcs8) {
            Ok(pair @ SigningPair::Rsa(_)) => Ok(Arc::new(JwtSigner { key, pair })),
            Ok(SigningPair::P256(_)) | Err(_) => Err(SigningKeyUnusable),
        }
    }

    fn audience(&self, token: &str) -> Option<String> {
        let token = Jws::parse(token, ACCESS_TOKEN_BYTES_MAX).ok()?;
        if token.header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        serde_json::from_slice(&token.payload).ok().map(|claims: ClaimsForm| claims.aud)
    }

    fn verify(&self, token: &str, order: &VerifyOrder<'_>) -> Result<AccessToken, AccessTokenRefused> {
        let token = Jws::parse(token, ACCESS_TOKEN_BYTES_MAX).map_err(|_| AccessTokenRefused::Invalid)?;
        let header = &token.header;
        if header.alg != IdTokenAlgorithm::Rs256.as_str() || header.typ.as_deref() != Some(TYPE) {
            return Err(AccessTokenRefused::Invalid);
        }
        let key = order
            .keys
            .iter()
            .find(|key| header.kid.as_deref() == Some(&key.id.to_string()))
            .and_then(|key| components(&key.certificate))
            .ok_or(AccessTokenRefused::Invalid)?;
        let key = DecodingKey::from_rsa_raw_components(&key.modulus, &key.exponent);
        if !token.is_signed_by(&key, IdTokenAlgorithm::Rs256) {
            return Err(AccessTokenRefused::Invalid);
        }
        let token = serde_json::from_slice::<ClaimsForm>(&token.payload)
            .ok()
            .and_then(ClaimsForm::read)
            .ok_or(AccessTokenRefused::Invalid)?;
        if token.issuer != order.issuer || token.audience != order.audience {
            return Err(AccessTokenRefused::Foreign);
        }
        if order.now >= token.expires_at {
            return Err(AccessTokenRefused::Expired);
        }
        Ok(token)
    }

    fn key_set(&self, keys: &[&SigningKey]) -> String {
        let shown = |key: &&SigningKey| json_web_key(&key.id.to_string(), &key.certificate);
        json!({ "keys": keys.iter().filter_map(shown).collect::<Vec<Value>>() }).to_string()
    }
}

/// A key of ours that was read.
struct JwtSigner {
    key: SigningKeyId,
    pair: SigningPair,
}

impl TokenSigner for JwtSigner {
    fn sign(&self, token: &AccessToken) -> Result<SignedToken, SigningKeyUnusable> {
        let header = json!({ "typ": TYPE, "kid": self.key.to_string() });
        let mut claims = json!({
            "iss": token.issuer,
            "aud": token.audience,
            "sub": token.profile_id.to_string(),
            "sid": token.session_id.to_string(),
            "jti": token.session_id.to_string(),
            "conn": token.connection_id.to_string(),
            "iat": token.issued_at.unix_timestamp(),
            "exp": token.expires_at.unix_timestamp(),
        });
        if let Some(organization) = token.organization_id {
            claims["org"] = organization.to_string().into();
        }
        self.pair.sign(header, &claims).map(SignedToken::new).map_err(|_| SigningKeyUnusable)
    }
}

/// Claims as they are read again; a member given twice is refused.
#[derive(Deserialize)]
struct ClaimsForm {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    /// None for people who sign in with an account of their own.
    org: Option<String>,
    conn: String,
    iat: i64,
    exp: i64,
}

impl ClaimsForm {
    fn read(self) -> Option<AccessToken> {
        Some(AccessToken {
            issuer: self.iss,
            audience: self.aud,
            profile_id: self.sub.parse().ok()?,
            session_id: self.sid.parse().ok()?,
            organization_id: self.org.map(|id| id.parse()).transpose().ok()?,
            connection_id: self.conn.parse().ok()?,
            issued_at: Instant::from_unix_timestamp(self.iat).ok()?,
            expires_at: Instant::from_unix_timestamp(self.exp).ok()?,
        })
    }
}

/// A public RSA key, both numbers without leading zeros.
struct RsaKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

/// The public key of a certificate, as a member of a key set. Source: RFC 7517, section 4.
pub(crate) fn json_web_key(id: &str, certificate: &Certificate) -> Option<Value> {
    let RsaKey { modulus, exponent } = components(certificate)?;
    Some(json!({
        "alg": "RS256",
        "kty": "RSA",
        "use": "sig",
        "kid": id,
        "n": URL_SAFE_NO_PAD.encode(modulus),
        "e": URL_SAFE_NO_PAD.encode(exponent),
        "x5c": [STANDARD.encode(&certificate.der)],
        "x5t#S256": URL_SAFE_NO_PAD.encode(certificate.fingerprint.as_bytes()),
    }))
}

/// The public key of a certificate, if it is an RSA key.
fn components(certificate: &Certificate) -> Option<RsaKey> {
    let (_, certificate) = X509Certificate::from_der(&certificate.der).ok()?;
    let Ok(PublicKey::RSA(public)) = certificate.public_key().parsed() else { return None };
    // DER puts a zero in front of numbers whose first bit is set.
    let significant = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect();
    Some(RsaKey { modulus: significant(public.modulus), exponent: significant(public.exponent) })
}
