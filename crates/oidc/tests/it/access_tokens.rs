//! Access tokens of our own.

use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use time::Duration;
use vestibule_application::ports::access_tokens::{
    ACCESS_TOKEN_BYTES_MAX, AccessToken, AccessTokenRefused, AccessTokens as _, SigningKeyUnusable,
    VerifyOrder,
};
use vestibule_domain::certificate::{Certificate, Fingerprint, KeyKind};
use vestibule_domain::id::Id;
use vestibule_domain::secret::Sealed;
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_oidc::JwtAccessTokens;

use crate::provider::NOW;
use crate::signers::{RSA, decode, encode, part};

const ISSUER: &str = "https://login.vendor.example";
const AUDIENCE: &str = "client_01J9ZQK3V0000000000000000A";

/// Private keys with their certificates.
static PAIRS: LazyLock<[(Vec<u8>, Vec<u8>); 2]> = LazyLock::new(|| {
    [(), ()].map(|()| {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        (pair.serialize_der(), certificate.der().to_vec())
    })
});

fn id<T: Id>(n: u128) -> T {
    T::from_ulid(ulid::Ulid::from_parts(1, n))
}

fn key(n: usize) -> SigningKey {
    let der = PAIRS[n].1.clone();
    SigningKey {
        id: id(n as u128),
        environment_id: id(9),
        certificate: Certificate {
            fingerprint: Fingerprint::of_der(&der),
            der,
            subject: String::new(),
            issuer: String::new(),
            not_before: NOW,
            not_after: NOW,
            key: KeyKind::Rsa { bits: 2048 },
        },
        private_key: Sealed::from_bytes(vec![]),
        signs_from: NOW,
        created_at: NOW,
    }
}

fn token() -> AccessToken {
    AccessToken {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        profile_id: id(1),
        session_id: id(2),
        organization_id: Some(id(3)),
        connection_id: id(4),
        issued_at: NOW,
        expires_at: NOW + Duration::minutes(10),
    }
}

fn signed(n: usize) -> String {
    let signer = JwtAccessTokens.signer(key(n).id, &PAIRS[n].0).unwrap();
    signer.sign(&token()).unwrap().expose().to_owned()
}

fn verified(token: &str) -> Result<AccessToken, AccessTokenRefused> {
    let keys = [key(0), key(1)];
    let keys: Vec<_> = keys.iter().collect();
    let order = VerifyOrder { issuer: ISSUER, audience: AUDIENCE, keys: &keys, now: NOW };
    JwtAccessTokens.verify(token, &order)
}

#[test]
fn a_token_is_read_again_whichever_key_signed_it() {
    for n in [0, 1] {
        assert_eq!(verified(&signed(n)), Ok(token()));
        assert_eq!(JwtAccessTokens.audience(&signed(n)).as_deref(), Some(AUDIENCE));
    }
}

#[test]
fn a_token_has_these_members() {
    let (header, claims) = decode(&signed(0));
    assert_eq!(header, json!({ "alg": "RS256", "typ": "at+jwt", "kid": key(0).id.to_string() }));
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": token().profile_id.to_string(),
            "sid": token().session_id.to_string(),
            "jti": token().session_id.to_string(),
            "org": token().organization_id.unwrap().to_string(),
            "conn": token().connection_id.to_string(),
            "iat": NOW.unix_timestamp(),
            "exp": NOW.unix_timestamp() + 600,
        })
    );
}

#[test]
fn a_token_of_somebody_without_organization_names_none() {
    let own = AccessToken { organization_id: None, ..token() };
    let signed = JwtAccessTokens.signer(key(0).id, &PAIRS[0].0).unwrap().sign(&own).unwrap();
    let (_, claims) = decode(signed.expose());
    assert!(claims.get("org").is_none(), "{claims}");
    assert_eq!(verified(signed.expose()), Ok(own));
}

#[test]
fn a_token_is_ours_for_this_client_and_in_time() {
    let (one, two) = (key(0), key(1));
    let keys = [&one, &two];
    let order = VerifyOrder { issuer: ISSUER, audience: AUDIENCE, keys: &keys, now: NOW };
    let expiry = token().expires_at;
    for (order, outcome) in [
        (VerifyOrder { now: expiry - Duration::SECOND, ..order }, Ok(token())),
        (VerifyOrder { now: expiry, ..order }, Err(AccessTokenRefused::Expired)),
        (VerifyOrder { issuer: "https://other.example", ..order }, Err(AccessTokenRefused::Foreign)),
        (VerifyOrder { audience: "client_other", ..order }, Err(AccessTokenRefused::Foreign)),
        (VerifyOrder { keys: &keys[1..], ..order }, Err(AccessTokenRefused::Invalid)),
        (VerifyOrder { keys: &[], ..order }, Err(AccessTokenRefused::Invalid)),
    ] {
        assert_eq!(JwtAccessTokens.verify(&signed(0), &order), outcome, "{order:?}");
    }
}

#[test]
fn a_token_that_was_touched_is_none() {
    let honest = signed(0);
    let (header, claims) = decode(&honest);
    let signature = honest.rsplit('.').next().unwrap();
    let with = |mut value: Value, name: &str, changed: Value| {
        value[name] = changed;
        value
    };
    let joined = |header: &Value, claims: &Value| format!("{}.{}.{signature}", part(header), part(claims));
    let kid = key(0).id.to_string();
    for forged in [
        joined(&header, &with(claims.clone(), "sub", json!("prof_01J9ZQK3V0000000000000000A"))),
        joined(&with(header.clone(), "alg", json!("none")), &claims),
        joined(&with(header.clone(), "typ", json!("JWT")), &claims),
        joined(&with(header.clone(), "kid", json!(key(1).id.to_string())), &claims),
        // Somebody else's key under our key's name.
        RSA.sign(&json!({ "alg": "RS256", "typ": "at+jwt", "kid": kid }), &claims),
        format!("{}.", honest.rsplit_once('.').unwrap().0),
        format!("{honest}A"),
        honest.replace('.', ""),
        String::new(),
    ] {
        assert_eq!(verified(&forged), Err(AccessTokenRefused::Invalid), "{forged}");
    }
}

#[test]
fn nothing_longer_than_a_token_is_looked_at() {
    let (header, claims) = decode(&signed(0));
    // Base64 has no text of 4n + 1 characters, neither at the limit nor one past it.
    let spaced = |value: &Value, spaces: usize| encode(format!("{value}{}", " ".repeat(spaces)));
    let unsigned = (0..9)
        .map(|n| format!("{}.{}", spaced(&header, n / 3), spaced(&claims, n % 3)))
        .find(|unsigned| (ACCESS_TOKEN_BYTES_MAX - unsigned.len() - 1) % 4 == 2)
        .unwrap();
    let padded = |length: usize| format!("{unsigned}.{}", "A".repeat(length - unsigned.len() - 1));
    assert_eq!(JwtAccessTokens.audience(&padded(ACCESS_TOKEN_BYTES_MAX)).as_deref(), Some(AUDIENCE));
    assert_eq!(JwtAccessTokens.audience(&padded(ACCESS_TOKEN_BYTES_MAX + 1)), None);
}

#[test]
fn the_key_set_is_what_others_verify_with() {
    let (one, two) = (key(0), key(1));
    let set: Value = serde_json::from_str(&JwtAccessTokens.key_set(&[&one, &two])).unwrap();
    assert_eq!(set["keys"].as_array().unwrap().len(), 2);
    let shown = &set["keys"][0];
    let mut names: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t#S256"]);
    assert_eq!(shown["kid"], one.id.to_string());
    assert_eq!(
        (&shown["alg"], &shown["kty"], &shown["use"]),
        (&json!("RS256"), &json!("RSA"), &json!("sig"))
    );
    assert_eq!(shown["x5c"], json!([STANDARD.encode(&one.certificate.der)]));
    assert_eq!(shown["x5t#S256"], encode(Fingerprint::of_der(&one.certificate.der).as_bytes()));

    let key = jsonwebtoken::DecodingKey::from_rsa_components(
        shown["n"].as_str().unwrap(),
        shown["e"].as_str().unwrap(),
    );
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_exp = false;
    let read = jsonwebtoken::decode::<Value>(signed(0), &key.unwrap(), &validation).unwrap();
    assert_eq!(read.claims["sub"], token().profile_id.to_string());
    assert_eq!(JwtAccessTokens.key_set(&[]), r#"{"keys":[]}"#);
}

#[test]
fn only_rsa_keys_of_enough_bits_sign() {
    let unusable = |pkcs8: &[u8]| JwtAccessTokens.signer(id(1), pkcs8).err() == Some(SigningKeyUnusable);
    assert!(unusable(b""));
    assert!(unusable(&PAIRS[0].0[1..]));
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    assert!(unusable(p256.to_pkcs8v1().unwrap().as_ref()));
    assert!(!unusable(&PAIRS[0].0));
}
