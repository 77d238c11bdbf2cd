//! Keys of ours, ready to sign, and the tokens they sign.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A private key that was read.
pub(crate) enum SigningPair {
    /// RSA with at least 2048 bits: RS256.
    Rsa(RsaKeyPair),
    /// EC P-256: ES256.
    P256(EcdsaKeyPair),
}

/// A key does not serve. Says nothing about it on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unusable;

impl SigningPair {
    /// Reads PKCS#8 DER.
    pub(crate) fn read(pkcs8: &[u8]) -> Result<Self, Unusable> {
        RsaKeyPair::from_pkcs8(pkcs8).map(Self::Rsa).or_else(|_| {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                .map(Self::P256)
                .map_err(|_| Unusable)
        })
    }

    /// The JOSE name of its algorithm.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
        }
    }

    /// Signs claims; the header says the algorithm besides what is given.
    pub(crate) fn sign(&self, mut header: Value, claims: &Value) -> Result<String, Unusable> {
        header["alg"] = self.algorithm().into();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut token = format!("{}.{}", part(&header), part(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
                    .map_err(|_| Unusable)?;
                signature
            }
            Self::P256(pair) => pair.sign(&random, token.as_bytes()).map_err(|_| Unusable)?.as_ref().to_vec(),
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}
