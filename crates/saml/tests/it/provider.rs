//! A small identity provider: it writes messages in canonical form by hand, so that its signatures
//! owe nothing to the canonicaliser that they are checked with.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use time::macros::datetime;
use vestibule_application::ports::saml::Saml;
use vestibule_application::ports::saml_sign_in::{SamlExpectation, SamlJudgement, SamlSignIn};
use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_saml::SamlAdapter;

use crate::sign_in::NOTHING_ALLOWED;
use crate::support::text;

pub(crate) const NOW: Instant = datetime!(2026-11-22 12:01 UTC);
pub(crate) const IDP: &str = "https://idp.example/";
pub(crate) const SP: &str = "https://sp.example/";
pub(crate) const ACS: &str = "https://sp.example/acs";
pub(crate) const REQUEST: &str = "_request";
pub(crate) const PERSON: &str = "person-1";

pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// In canonical form, as is all here.
pub(crate) const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" "#,
    r#"IssueInstant="2026-11-22T12:00:00Z" Version="2.0"><saml:Issuer>https://idp.example/</saml:Issuer>"#,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">person-1"#,
    r#"</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#,
    r#"<saml:SubjectConfirmationData InResponseTo="_request" NotOnOrAfter="2026-11-22T12:05:00Z" "#,
    r#"Recipient="https://sp.example/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation>"#,
    r#"</saml:Subject><saml:Conditions NotBefore="2026-11-22T12:00:00Z" NotOnOrAfter="2026-11-22T13:00:00Z">"#,
    r#"<saml:AudienceRestriction><saml:Audience>https://sp.example/</saml:Audience></saml:AudienceRestriction>"#,
    r#"</saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-22T12:00:00Z" SessionIndex="_session">"#,
    r#"</saml:AuthnStatement><saml:AttributeStatement><saml:Attribute FriendlyName="mail" "#,
    r#"Name="urn:oid:0.9.2342.19200300.100.1.3"><saml:AttributeValue>ada@example.com</saml:AttributeValue>"#,
    r#"</saml:Attribute></saml:AttributeStatement></saml:Assertion>"#,
);

const HEAD: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://sp.example/acs" "#,
    r#"ID="_response" InResponseTo="_request" IssueInstant="2026-11-22T12:00:00Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example/</saml:Issuer>"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>"#,
    "</samlp:Status>",
);

/// A response with this inside.
pub(crate) fn response(inside: &str) -> String {
    format!("{HEAD}{inside}</samlp:Response>")
}

/// The assertion with one part of it replaced.
pub(crate) fn assertion(part: &str, by: &str) -> String {
    assert!(ASSERTION.contains(part), "{part}");
    ASSERTION.replacen(part, by, 1)
}

enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// A provider with its key.
pub(crate) struct Provider {
    pub(crate) certificate: Certificate,
    key: Key,
}

impl Provider {
    /// RSA with 2048 bits.
    pub(crate) fn rsa() -> Self {
        let (certificate, der) = rsa_2048();
        Self { certificate, key: Key::Rsa(RsaKeyPair::from_pkcs8(&der).unwrap()) }
    }

    /// ECDSA over P-256.
    pub(crate) fn p256() -> Self {
        Self::ecdsa(&rcgen::PKCS_ECDSA_P256_SHA256, &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    /// ECDSA over P-384.
    pub(crate) fn p384() -> Self {
        Self::ecdsa(&rcgen::PKCS_ECDSA_P384_SHA384, &ECDSA_P384_SHA384_FIXED_SIGNING)
    }

    /// ECDSA over P-256, with a certificate that expired in 2020.
    pub(crate) fn expired() -> Self {
        let mut parameters = rcgen::CertificateParams::default();
        parameters.not_before = datetime!(2019-01-01 0:00 UTC);
        parameters.not_after = datetime!(2020-01-01 0:00 UTC);
        Self::ecdsa_with(&rcgen::PKCS_ECDSA_P256_SHA256, &ECDSA_P256_SHA256_FIXED_SIGNING, &parameters)
    }

    fn ecdsa(kind: &'static rcgen::SignatureAlgorithm, signing: &'static EcdsaSigningAlgorithm) -> Self {
        Self::ecdsa_with(kind, signing, &rcgen::CertificateParams::default())
    }

    fn ecdsa_with(
        kind: &'static rcgen::SignatureAlgorithm,
        signing: &'static EcdsaSigningAlgorithm,
        parameters: &rcgen::CertificateParams,
    ) -> Self {
        let pair = rcgen::KeyPair::generate_for(kind).unwrap();
        let certificate = parameters.self_signed(&pair).unwrap();
        Self {
            certificate: SamlAdapter::new().read_certificate(certificate.der()).unwrap(),
            key: Key::Ecdsa(EcdsaKeyPair::from_pkcs8(signing, &pair.serialize_der()).unwrap()),
        }
    }

    /// Signs an element with SHA-256, with the certificate beside the signature.
    pub(crate) fn sign(&self, xml: &str) -> String {
        self.sign_with(xml, RSA_SHA256, &aws_lc_rs::signature::RSA_PKCS1_SHA256)
    }

    /// Signs by a method; for ECDSA the encoding is not looked at.
    pub(crate) fn sign_with(&self, xml: &str, method: &str, encoding: &'static dyn RsaEncoding) -> String {
        self.sign_info(
            xml,
            &info(xml, method, SHA256, digest::digest(&digest::SHA256, xml.as_bytes()).as_ref()),
            encoding,
        )
    }

    /// Signs a `SignedInfo` of the test's own making.
    pub(crate) fn sign_info(&self, xml: &str, info: &str, encoding: &'static dyn RsaEncoding) -> String {
        let certificate = BASE64_STANDARD.encode(&self.certificate.der);
        let value = BASE64_STANDARD.encode(self.value(info.as_bytes(), encoding));
        // Inside, the declaration stands further out already.
        let info = info.replacen(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}<ds:SignatureValue>{value}\
             </ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
        );
        xml.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1)
    }

    fn value(&self, octets: &[u8], encoding: &'static dyn RsaEncoding) -> Vec<u8> {
        match &self.key {
            Key::Rsa(key) => {
                let mut value = vec![0; key.public_modulus_len()];
                key.sign(encoding, &SystemRandom::new(), octets, &mut value).unwrap();
                value
            }
            Key::Ecdsa(key) => key.sign(&SystemRandom::new(), octets).unwrap().as_ref().to_vec(),
        }
    }
}

/// A `SignedInfo` in canonical form.
pub(crate) fn info(xml: &str, method: &str, digest_method: &str, digest: &[u8]) -> String {
    let id = xml.split_once(" ID=\"").unwrap().1.split_once('"').unwrap().0;
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    format!(
        "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod \
         Algorithm=\"{exclusive}\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{method}\">\
         </ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
         Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform><ds:Transform \
         Algorithm=\"{exclusive}\"></ds:Transform></ds:Transforms><ds:DigestMethod \
         Algorithm=\"{digest_method}\"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo>",
        BASE64_STANDARD.encode(digest)
    )
}

pub(crate) fn read(path: &str) -> Certificate {
    SamlAdapter::new().read_certificate(text(path).as_bytes()).unwrap()
}

/// A certificate with its private key, PKCS#8 DER.
pub(crate) fn rsa_2048() -> (Certificate, Vec<u8>) {
    let certificate = read("certificates/rsa-2048.pem");
    let pem = text("certificates/rsa-2048.key.pem");
    let der = SamlAdapter::new().read_private_key(&pem, &certificate).unwrap();
    (certificate, der)
}

/// How something is encrypted.
#[derive(Clone, Copy)]
pub(crate) struct Encryption {
    /// The content's algorithm, after the `#`.
    pub(crate) content: &'static str,
    /// What stands in the key's `EncryptionMethod`.
    pub(crate) transport: &'static str,
    pub(crate) oaep: &'static OaepAlgorithm,
}

impl Encryption {
    /// Encrypts to the public key that belongs to a private one.
    pub(crate) fn encrypt(self, plaintext: &str, element: &str, private_key: &[u8]) -> String {
        let (key_bytes, namespace) = match self.content {
            "aes128-cbc" => (16, "http://www.w3.org/2001/04/xmlenc#"),
            "aes192-cbc" => (24, "http://www.w3.org/2001/04/xmlenc#"),
            "aes256-cbc" => (32, "http://www.w3.org/2001/04/xmlenc#"),
            "aes128-gcm" => (16, "http://www.w3.org/2009/xmlenc11#"),
            "aes192-gcm" => (24, "http://www.w3.org/2009/xmlenc11#"),
            "aes256-gcm" => (32, "http://www.w3.org/2009/xmlenc11#"),
            other => panic!("{other}"),
        };
        let secret = vec![7; key_bytes];
        let content =
            if self.content.ends_with("gcm") { gcm(&secret, plaintext) } else { cbc(&secret, plaintext) };
        let key = self.key(&secret, private_key);
        let key = key.replacen(" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"", "", 1);
        format!(
            "<saml:{element} xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><xenc:EncryptedData \
             xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" Type=\"http://www.w3.org/2001/04/xmlenc#Element\">\
             <xenc:EncryptionMethod Algorithm=\"{namespace}{}\"></xenc:EncryptionMethod><ds:KeyInfo \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{key}</ds:KeyInfo><xenc:CipherData>\
             <xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:{element}>",
            self.content,
            BASE64_STANDARD.encode(content)
        )
    }

    /// An `EncryptedKey`.
    pub(crate) fn key(self, secret: &[u8], private_key: &[u8]) -> String {
        let private = aws_lc_rs::rsa::PrivateDecryptingKey::from_pkcs8(private_key).unwrap();
        let public: PublicEncryptingKey = private.public_key();
        let public = OaepPublicEncryptingKey::new(public).unwrap();
        let mut ciphertext = vec![0; public.ciphertext_size()];
        let ciphertext = public.encrypt(self.oaep, secret, &mut ciphertext, None).unwrap();
        format!(
            "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">{}<xenc:CipherData>\
             <xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>",
            self.transport,
            BASE64_STANDARD.encode(ciphertext)
        )
    }
}

fn gcm(secret: &[u8], plaintext: &str) -> Vec<u8> {
    let algorithm = match secret.len() {
        16 => &AES_128_GCM,
        24 => &AES_192_GCM,
        _ => &AES_256_GCM,
    };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, secret).unwrap());
    let nonce = [3; 12];
    let mut sealed = plaintext.as_bytes().to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
    [&nonce[..], &sealed].concat()
}

fn cbc(secret: &[u8], plaintext: &str) -> Vec<u8> {
    let algorithm = match secret.len() {
        16 => &AES_128,
        24 => &AES_192,
        _ => &AES_256,
    };
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, secret).unwrap()).unwrap();
    let mut sealed = plaintext.as_bytes().to_vec();
    let iv = key.encrypt(&mut sealed).unwrap();
    let iv: &[u8] = (&iv).try_into().unwrap();
    [iv, &sealed].concat()
}

/// Judges a response of the provider with what it should be judged by.
pub(crate) fn judged(provider: &Provider, xml: &str) -> SamlJudgement {
    judged_with(provider, xml, |_| {})
}

/// The same with something changed.
pub(crate) fn judged_with(
    provider: &Provider,
    xml: &str,
    change: impl for<'a> FnOnce(&mut SamlExpectation<'a>),
) -> SamlJudgement {
    let (_, key) = rsa_2048();
    let keys = [key];
    let mut expectation = SamlExpectation {
        idp_entity_id: IDP,
        certificates: &[&provider.certificate],
        sp_entity_id: SP,
        acs_url: ACS,
        in_response_to: Some(REQUEST),
        now: NOW,
        skew: CLOCK_SKEW,
        decryption_keys: &keys,
        allowances: NOTHING_ALLOWED,
    };
    change(&mut expectation);
    let adapter = SamlAdapter::new();
    let opened = adapter.open(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    opened.judge(&expectation)
}

/// The check of that name.
pub(crate) fn check(judgement: &SamlJudgement, name: CheckName) -> &Check {
    judgement.checks.iter().find(|check| check.name == name).unwrap()
}
