//! An identity provider that signs responses, RSA with 2048 bits and SHA-256: about as long as those
//! of the large providers, written in canonical form by hand.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{self, KeyPair as _, RsaKeyPair, UnparsedPublicKey};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use vestibule_application::ports::saml::{KeyPairRequest, Saml as _};
use vestibule_domain::certificate::Certificate;
use vestibule_saml::SamlAdapter;

use crate::Outcome;

/// Its entity id.
pub(crate) const ENTITY_ID: &str = "https://idp.example.com/saml";

/// Where sign-ins start.
pub(crate) const SSO_URL: &str = "https://idp.example.com/saml/sso";

/// The provider.
pub(crate) struct IdentityProvider {
    key: RsaKeyPair,
    private_key: Vec<u8>,
    certificate: Certificate,
}

/// Whom a response is about, and for whom it is.
pub(crate) struct Order<'a> {
    /// The id of the request that it answers.
    pub(crate) request: &'a str,
    /// Where it is posted.
    pub(crate) acs_url: &'a str,
    /// For whom it is.
    pub(crate) audience: &'a str,
    /// The person's id.
    pub(crate) person: &'a str,
    /// The person's address.
    pub(crate) email: &'a str,
    /// When.
    pub(crate) now: OffsetDateTime,
}

impl IdentityProvider {
    /// A provider with a new key.
    pub(crate) fn new() -> Outcome<Self> {
        let now = now();
        let pair = SamlAdapter::new().generate_key_pair(&KeyPairRequest {
            common_name: "idp.example.com".into(),
            not_before: now - time::Duration::days(1),
            not_after: now + time::Duration::days(365),
        })?;
        let key =
            RsaKeyPair::from_pkcs8(&pair.private_key).map_err(|_| "a key that was just made is refused")?;
        Ok(Self { key, private_key: pair.private_key, certificate: pair.certificate })
    }

    /// The certificate, as it is given to the service.
    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The key, as PKCS#8 in DER.
    pub(crate) fn private_key(&self) -> &[u8] {
        &self.private_key
    }

    /// The certificate as PEM.
    pub(crate) fn pem(&self) -> String {
        let base64 = BASE64_STANDARD.encode(&self.certificate.der);
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    }

    /// Signs, and returns what a raw check of the signature needs.
    pub(crate) fn signature(&self, octets: &[u8]) -> Outcome<(Vec<u8>, UnparsedPublicKey<Vec<u8>>)> {
        let algorithm = &signature::RSA_PKCS1_2048_8192_SHA256;
        let public = UnparsedPublicKey::new(algorithm as _, self.key.public_key().as_ref().to_vec());
        Ok((self.sign(octets)?, public))
    }

    fn sign(&self, octets: &[u8]) -> Outcome<Vec<u8>> {
        let mut value = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut value)
            .map_err(|_| "a response cannot be signed")?;
        Ok(value)
    }

    /// A response with a signed assertion, as a form field before it is escaped.
    pub(crate) fn response(&self, order: &Order<'_>) -> Outcome<String> {
        let unsigned = assertion(order)?;
        let digest = BASE64_STANDARD.encode(digest::digest(&digest::SHA256, unsigned.as_bytes()));
        let id = assertion_id(order);
        let info = |namespace: &str| {
            format!(
                "<ds:SignedInfo{namespace}><ds:CanonicalizationMethod \
                 Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
                 <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">\
                 </ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
                 Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
                 <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>\
                 </ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">\
                 </ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
            )
        };
        let signed = info(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"");
        let value = BASE64_STANDARD.encode(self.sign(signed.as_bytes())?);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}<ds:SignatureValue>{value}\
             </ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>\
             </ds:X509Data></ds:KeyInfo></ds:Signature>",
            info(""),
            BASE64_STANDARD.encode(&self.certificate.der)
        );
        let assertion = unsigned.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
        let Order { request, acs_url, .. } = order;
        let xml = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{acs_url}\" \
             ID=\"_r{request}\" InResponseTo=\"{request}\" IssueInstant=\"{}\" Version=\"2.0\"><saml:Issuer \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ENTITY_ID}</saml:Issuer><samlp:Status>\
             <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
             </samlp:Status>{assertion}</samlp:Response>",
            instant(order.now)?
        );
        Ok(BASE64_STANDARD.encode(xml))
    }
}

/// Now, as it stands in messages.
#[expect(clippy::disallowed_methods, reason = "a provider of its own, with a clock of its own")]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn instant(at: OffsetDateTime) -> Outcome<String> {
    Ok(at.replace_nanosecond(0)?.format(&Rfc3339)?)
}

fn assertion_id(order: &Order<'_>) -> String {
    format!("_a{}", order.request)
}

/// In canonical form, without its signature.
fn assertion(order: &Order<'_>) -> Outcome<String> {
    let Order { request, acs_url, audience, person, email, now } = order;
    let at = instant(*now)?;
    let until = instant(*now + time::Duration::minutes(5))?;
    let id = assertion_id(order);
    let attribute = |name: &str, values: &[String]| {
        let values: Vec<_> = values
            .iter()
            .map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>"))
            .collect();
        let values = values.concat();
        format!(
            "<saml:Attribute Name=\"{name}\" \
             NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified\">{values}</saml:Attribute>"
        )
    };
    let groups: Vec<String> = (0..18).map(|n| format!("department-{n:02}-of-the-company")).collect();
    let attributes = [
        attribute("email", &[(*email).to_owned()]),
        attribute("firstName", &["Ada".to_owned()]),
        attribute("lastName", &["Lovelace".to_owned()]),
        attribute("groups", &groups),
    ]
    .concat();
    Ok(format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" \
         IssueInstant=\"{at}\" Version=\"2.0\"><saml:Issuer>{ENTITY_ID}</saml:Issuer><saml:Subject>\
         <saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">{person}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData InResponseTo=\"{request}\" NotOnOrAfter=\"{until}\" \
         Recipient=\"{acs_url}\"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"{at}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction>\
         <saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"{at}\" SessionIndex=\"{id}\"></saml:AuthnStatement>\
         <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
    ))
}

#[cfg(test)]
mod tests {
    use vestibule_application::ports::saml_sign_in::{SamlAllowances, SamlExpectation, SamlSignIn as _};
    use vestibule_domain::sso::CLOCK_SKEW;

    use super::*;

    /// About how long an assertion with its signature is, in bytes.
    const ASSERTION_BYTES: usize = 5 * 1024;

    #[test]
    fn a_response_is_as_long_as_it_should_be_and_is_accepted() {
        let provider = IdentityProvider::new().unwrap();
        let now = now();
        let order = Order {
            request: "_sess_1",
            acs_url: "https://sp.example/acs",
            audience: "https://sp.example/",
            person: "person-1",
            email: "ada@acme.example",
            now,
        };
        let adapter = SamlAdapter::new();
        let xml = adapter.decode(&provider.response(&order).unwrap()).unwrap();
        let begin = xml.find("<saml:Assertion").unwrap();
        let bytes = xml.len() - begin - "</samlp:Response>".len();
        assert!(bytes.abs_diff(ASSERTION_BYTES) < 512, "{bytes} bytes");
        let judgement = adapter.open(&xml).unwrap().judge(&SamlExpectation {
            idp_entity_id: ENTITY_ID,
            certificates: &[provider.certificate()],
            sp_entity_id: order.audience,
            acs_url: order.acs_url,
            in_response_to: Some(order.request),
            now,
            skew: CLOCK_SKEW,
            decryption_keys: &[],
            allowances: SamlAllowances::default(),
        });
        assert!(judgement.outcome.is_ok(), "{judgement:?}");
    }
}
