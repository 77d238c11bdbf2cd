//! Tests of what is not saved yet: the way to the provider and back with settings that a page shows
//! and a save would take.

use crate::attribute_map::AttributeMap;
use crate::connection::{Connection, ProtocolSettings};
use crate::oidc::OidcClient;

/// What a test tries in place of what its connection keeps. Trying saves nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What waits to be saved.
    pub of: TrialOf,
    /// What the protocol needs.
    pub settings: ProtocolSettings,
    /// Which attributes become which fields.
    pub attribute_map: AttributeMap,
}

/// What waits to be saved while it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialOf {
    /// Everything: what was understood of a provider, before it is saved.
    Connection,
    /// The next certificates of a provider. The others are left out of the settings, so that the
    /// test says whether the provider signs with one of the new ones already.
    Certificates,
    /// The pair that is to sign our requests next.
    SigningKey,
}

impl TrialOf {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Connection, Self::Certificates, Self::SigningKey];

    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Certificates => "certificates",
            Self::SigningKey => "signing_key",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == raw)
    }
}

impl Trial {
    /// A connection as the test has it.
    #[must_use]
    pub fn tried_on(&self, connection: Connection) -> Connection {
        Connection {
            settings: self.settings.clone(),
            attribute_map: self.attribute_map.clone(),
            ..connection
        }
    }

    /// What is kept of it once the test is over: how the provider was known, and no secret of ours.
    #[must_use]
    pub fn ended(self) -> Self {
        let settings = match self.settings {
            ProtocolSettings::Saml(mut saml) => {
                saml.signing_key = None;
                saml.next_signing_key = None;
                saml.encryption_keys.clear();
                saml.test_key = None;
                ProtocolSettings::Saml(saml)
            }
            ProtocolSettings::Oidc(mut oidc) => {
                oidc.signing_key = None;
                oidc.test_key = None;
                oidc.client = oidc.client.map(|client| OidcClient { client_secret: None, ..client });
                ProtocolSettings::Oidc(oidc)
            }
        };
        Self { settings, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Certificate, Fingerprint, KeyKind};
    use crate::id::{Id as _, SpCertificateId};
    use crate::key_pair::SpKeyPair;
    use crate::oidc::{IdTokenAlgorithm, OidcProvider, OidcSettings, TokenAuthMethod};
    use crate::saml::SamlSettings;
    use crate::secret::Sealed;
    use crate::url::{HttpsUrl, Issuer};
    use time::macros::datetime;
    use ulid::Ulid;

    fn pair() -> SpKeyPair {
        let at = datetime!(2026-11-22 12:00 UTC);
        SpKeyPair {
            id: SpCertificateId::from_ulid(Ulid::from_parts(1, 1)),
            added_at: at,
            certificate: Certificate {
                der: vec![1],
                fingerprint: Fingerprint::of_der(&[1]),
                subject: String::new(),
                issuer: String::new(),
                not_before: at,
                not_after: at,
                key: KeyKind::EcP256,
            },
            private_key: Sealed::from_bytes(vec![1]),
        }
    }

    fn ended(settings: ProtocolSettings) -> ProtocolSettings {
        let of = TrialOf::Connection;
        Trial { of, settings, attribute_map: AttributeMap::default() }.ended().settings
    }

    #[test]
    fn keys_of_ours_go_when_a_test_ends() {
        let saml = SamlSettings {
            signing_key: Some(pair()),
            next_signing_key: Some(pair()),
            encryption_keys: vec![pair()],
            test_key: Some(pair()),
            ..SamlSettings::default()
        };
        let left = ended(ProtocolSettings::Saml(Box::new(saml)));
        assert_eq!(left, ProtocolSettings::Saml(Box::default()));
    }

    #[test]
    fn the_secret_of_a_registration_goes_when_a_test_ends() {
        let url = |raw| HttpsUrl::parse(raw).unwrap();
        let without_secret = OidcClient {
            provider: OidcProvider {
                issuer: Issuer::parse("https://idp.example").unwrap(),
                authorization_endpoint: url("https://idp.example/authorize"),
                token_endpoint: url("https://idp.example/token"),
                userinfo_endpoint: None,
                jwks_uri: url("https://idp.example/keys"),
                end_session_endpoint: None,
                token_auth_methods: vec![TokenAuthMethod::ClientSecretBasic],
                id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
                supports_pkce_s256: true,
                sends_iss: false,
            },
            discovery_url: None,
            client_id: "client".to_owned(),
            client_secret: None,
            token_auth_method: TokenAuthMethod::ClientSecretBasic,
            id_token_algorithm: None,
            pkce: true,
            fetch_user_info: false,
            redirect_uri: None,
        };
        let client =
            OidcClient { client_secret: Some(Sealed::from_bytes(vec![1])), ..without_secret.clone() };
        let left = ended(ProtocolSettings::Oidc(Box::new(OidcSettings {
            client: Some(client),
            signing_key: Some(pair()),
            test_key: Some(pair()),
        })));
        let kept = OidcSettings { client: Some(without_secret), signing_key: None, test_key: None };
        assert_eq!(left, ProtocolSettings::Oidc(Box::new(kept)));
    }
}
