//! Connections: how an organization's people sign in.

use crate::Instant;
use crate::attribute_map::AttributeMap;
use crate::connection_type::{ConnectionType, Protocol};
use crate::email::EmailAddress;
use crate::environment::ActivationRule;
use crate::id::{ConnectionId, EnvironmentId, IdpCertificateId, OrganizationId};
use crate::key_pair::SpKeyPair;
use crate::oidc::{OidcClient, OidcSettings};
use crate::organization::ExternalId;
use crate::readout::Readout;
use crate::saml::{IDP_CERTIFICATES_MAX, IdpCertificate, SamlSettings};
use crate::text::Name;
use crate::url::{EntityId, HttpsUrl};

/// How an organization's people sign in. An organization has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id; part of our addresses that the provider is given.
    pub id: ConnectionId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The type on the wire.
    pub connection_type: ConnectionType,
    /// The entry of the catalogue it was set up with; none if it came through the API.
    pub provider: Option<String>,
    /// Name for people.
    pub name: Name,
    /// The vendor's own id for it, unique in the environment.
    pub external_id: Option<ExternalId>,
    /// Where it stands.
    pub state: ConnectionState,
    /// What its protocol needs.
    pub settings: ProtocolSettings,
    /// Which attributes become which fields.
    pub attribute_map: AttributeMap,
    /// Who finished the set-up, if they said so.
    pub set_up_by: Option<EmailAddress>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionState {
    /// The provider is picked, our addresses exist, nothing usable yet.
    Draft,
    /// Complete, but the environment demands a verified domain first.
    Validating,
    /// People sign in.
    Active,
    /// Switched off.
    Inactive,
}

impl ConnectionState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Validating, Self::Active, Self::Inactive];

    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Validating => "validating",
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == raw)
    }
}

/// What a connection's protocol needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolSettings {
    /// SAML 2.0.
    Saml(Box<SamlSettings>),
    /// OpenID Connect.
    Oidc(Box<OidcSettings>),
}

impl ProtocolSettings {
    /// Empty settings of a protocol.
    pub fn empty(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Saml => Self::Saml(Box::default()),
            Protocol::Oidc => Self::Oidc(Box::default()),
        }
    }

    /// The protocol.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Saml(_) => Protocol::Saml,
            Self::Oidc(_) => Protocol::Oidc,
        }
    }

    /// The SAML settings, if it is SAML.
    pub fn saml(&self) -> Option<&SamlSettings> {
        match self {
            Self::Saml(saml) => Some(saml),
            Self::Oidc(_) => None,
        }
    }

    fn readout(&self) -> Readout {
        let fingerprint = |pair: &SpKeyPair| pair.certificate.fingerprint.to_string();
        match self {
            Self::Saml(saml) => {
                let idp = saml.idp.as_ref();
                let certificates = idp.map(|idp| {
                    let held = idp.signing_certificates.iter();
                    held.map(|held| held.certificate.fingerprint.to_string()).collect::<Vec<_>>().join(" ")
                });
                Readout::default()
                    .with_some("idp_entity_id", idp.map(|idp| idp.entity_id.as_str()))
                    .with_some("idp_sso_url", idp.and_then(|idp| idp.sso.first()).map(|sso| sso.url.as_str()))
                    .with_some(
                        "idp_metadata_url",
                        idp.and_then(|idp| idp.metadata_url.as_ref()).map(HttpsUrl::as_str),
                    )
                    .with_some("idp_certificates", certificates)
                    .with_some("acs_url", saml.acs_url.as_ref().map(HttpsUrl::as_str))
                    .with_some("sp_entity_id", saml.sp_entity_id.as_ref().map(EntityId::as_str))
                    .with("signed_requests", saml.signing_key.is_some())
                    .with_some("signing_certificate", saml.signing_key.as_ref().map(fingerprint))
                    .with_some("next_signing_certificate", saml.next_signing_key.as_ref().map(fingerprint))
                    .with_some(
                        "encryption_certificates",
                        Some(saml.encryption_keys.iter().map(fingerprint).collect::<Vec<_>>().join(" "))
                            .filter(|fingerprints| !fingerprints.is_empty()),
                    )
                    .and(saml.options.readout())
            }
            Self::Oidc(oidc) => {
                let registration = oidc.client.as_ref().map(OidcClient::readout).unwrap_or_default();
                registration.with_some("assertion_certificate", oidc.signing_key.as_ref().map(fingerprint))
            }
        }
    }

    /// Whether everything is there that a sign-in needs.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Saml(saml) => saml.idp.is_some(),
            Self::Oidc(oidc) => oidc.is_complete(),
        }
    }
}

/// Whether an organization has a verified domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainStanding {
    /// At least one.
    Verified,
    /// None.
    Unverified,
}

/// Why a connection cannot change as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionRefused {
    /// Provider data is missing.
    #[error("the connection has no complete provider data yet")]
    Incomplete,
    /// It speaks another protocol.
    #[error("the connection does not speak that protocol")]
    WrongProtocol,
    /// The type does not go with the settings.
    #[error("the connection type does not go with the given options")]
    TypeMismatch,
    /// The certificate is there already.
    #[error("the connection already trusts this certificate")]
    CertificateExists,
    /// Too many certificates.
    #[error("a connection trusts at most {IDP_CERTIFICATES_MAX} certificates")]
    TooManyCertificates,
    /// The last certificate cannot go.
    #[error("the last certificate of a connection cannot be deleted")]
    LastCertificate,
    /// No such certificate.
    #[error("the connection has no such certificate")]
    NoSuchCertificate,
}

impl Connection {
    /// What the form of its own fields shows: what it is called, and its registration at an OpenID
    /// Connect provider.
    pub fn own_readout(&self) -> Readout {
        let called = Readout::default()
            .with("name", &self.name)
            .with_some("external_id", self.external_id.as_ref().map(ExternalId::as_str));
        match self.oidc().ok().and_then(|oidc| oidc.client.as_ref()) {
            Some(client) => called.and(client.registered()),
            None => called,
        }
    }

    /// What can change of it, keys of our own and secrets aside: for the audit trail.
    pub fn readout(&self) -> Readout {
        let readout = Readout::default()
            .with("name", &self.name)
            .with_some("external_id", self.external_id.as_ref().map(ExternalId::as_str))
            .with("state", self.state.as_str());
        readout.and(self.settings.readout()).and(self.attribute_map.readout())
    }

    /// The connection with complete settings: active, or waiting for a domain.
    ///
    /// A switched-off connection stays off: saving data is not switching on.
    pub fn completed(
        self,
        settings: ProtocolSettings,
        rule: ActivationRule,
        domains: DomainStanding,
        now: Instant,
    ) -> Result<Self, ConnectionRefused> {
        if !settings.is_complete() {
            return Err(ConnectionRefused::Incomplete);
        }
        if !self.connection_type.speaks(settings.protocol()) {
            return Err(ConnectionRefused::TypeMismatch);
        }
        let state = match (self.state, rule, domains) {
            (ConnectionState::Inactive, ..) => ConnectionState::Inactive,
            // Once active it stays so: the rule is about going live.
            (ConnectionState::Active, ..)
            | (_, ActivationRule::Immediate, _)
            | (_, ActivationRule::VerifiedDomain, DomainStanding::Verified) => ConnectionState::Active,
            (_, ActivationRule::VerifiedDomain, DomainStanding::Unverified) => ConnectionState::Validating,
        };
        Ok(Self { settings, state, updated_at: now, ..self })
    }

    /// The connection switched on again, as far as the rule lets it; unchanged if it was not off.
    ///
    /// # Errors
    /// [`ConnectionRefused::Incomplete`] for a draft: it goes on by being set up to the end.
    pub fn reactivated(
        self,
        rule: ActivationRule,
        domains: DomainStanding,
        now: Instant,
    ) -> Result<Self, ConnectionRefused> {
        let state = match (self.state, rule, domains) {
            (ConnectionState::Draft, ..) => return Err(ConnectionRefused::Incomplete),
            (ConnectionState::Active | ConnectionState::Validating, ..) => return Ok(self),
            (ConnectionState::Inactive, ActivationRule::VerifiedDomain, DomainStanding::Unverified) => {
                ConnectionState::Validating
            }
            (ConnectionState::Inactive, ..) => ConnectionState::Active,
        };
        Ok(Self { state, updated_at: now, ..self })
    }

    /// The connection switched off; unchanged if it was not on.
    pub fn deactivated(self, now: Instant) -> Self {
        match self.state {
            ConnectionState::Active | ConnectionState::Validating => {
                Self { state: ConnectionState::Inactive, updated_at: now, ..self }
            }
            ConnectionState::Draft | ConnectionState::Inactive => self,
        }
    }

    /// The SAML settings.
    pub fn saml(&self) -> Result<&SamlSettings, ConnectionRefused> {
        match &self.settings {
            ProtocolSettings::Saml(saml) => Ok(saml),
            ProtocolSettings::Oidc(_) => Err(ConnectionRefused::WrongProtocol),
        }
    }

    /// The OpenID Connect settings.
    pub fn oidc(&self) -> Result<&OidcSettings, ConnectionRefused> {
        match &self.settings {
            ProtocolSettings::Oidc(oidc) => Ok(oidc),
            ProtocolSettings::Saml(_) => Err(ConnectionRefused::WrongProtocol),
        }
    }

    /// The SAML settings, to be changed.
    pub fn saml_mut(&mut self) -> Result<&mut SamlSettings, ConnectionRefused> {
        match &mut self.settings {
            ProtocolSettings::Saml(saml) => Ok(saml),
            ProtocolSettings::Oidc(_) => Err(ConnectionRefused::WrongProtocol),
        }
    }

    /// The connection trusting one certificate more.
    pub fn trusting(mut self, new: IdpCertificate, now: Instant) -> Result<Self, ConnectionRefused> {
        let idp = self.saml_mut()?.idp.as_mut().ok_or(ConnectionRefused::Incomplete)?;
        let known = |held: &IdpCertificate| held.certificate.fingerprint == new.certificate.fingerprint;
        if idp.signing_certificates.iter().any(known) {
            return Err(ConnectionRefused::CertificateExists);
        }
        if idp.signing_certificates.len() >= IDP_CERTIFICATES_MAX {
            return Err(ConnectionRefused::TooManyCertificates);
        }
        idp.signing_certificates.push(new);
        self.updated_at = now;
        Ok(self)
    }

    /// The connection no longer trusting a certificate.
    pub fn distrusting(mut self, id: IdpCertificateId, now: Instant) -> Result<Self, ConnectionRefused> {
        let held = match self.saml_mut()?.idp.as_mut() {
            Some(idp) => &mut idp.signing_certificates,
            None => return Err(ConnectionRefused::NoSuchCertificate),
        };
        let position = held.iter().position(|c| c.id == id).ok_or(ConnectionRefused::NoSuchCertificate)?;
        if held.len() == 1 {
            return Err(ConnectionRefused::LastCertificate);
        }
        held.remove(position);
        self.updated_at = now;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Certificate, Fingerprint, KeyKind};
    use crate::id::Id;
    use crate::saml::{SsoBinding, SsoEndpoint, TrustedIdentityProvider};
    use crate::url::{EntityId, HttpsUrl};
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);
    const LATER: Instant = datetime!(2026-11-21 13:00 UTC);

    fn certificate(n: u8) -> IdpCertificate {
        IdpCertificate {
            id: IdpCertificateId::from_ulid(Ulid::from_parts(1, n.into())),
            added_at: NOW,
            certificate: Certificate {
                der: vec![n],
                fingerprint: Fingerprint::of_der(&[n]),
                subject: String::new(),
                issuer: String::new(),
                not_before: NOW,
                not_after: LATER,
                key: KeyKind::EcP256,
            },
        }
    }

    fn settings() -> ProtocolSettings {
        ProtocolSettings::Saml(Box::new(SamlSettings {
            idp: Some(TrustedIdentityProvider {
                entity_id: EntityId::parse("urn:idp").unwrap(),
                sso: vec![SsoEndpoint {
                    binding: SsoBinding::Redirect,
                    url: HttpsUrl::parse("https://idp.example/sso").unwrap(),
                }],
                slo: Vec::new(),
                signing_certificates: vec![certificate(1)],
                name_id_formats: Vec::new(),
                wants_signed_requests: false,
                metadata_url: None,
            }),
            ..SamlSettings::default()
        }))
    }

    fn draft() -> Connection {
        Connection {
            id: ConnectionId::from_ulid(Ulid::from_parts(1, 1)),
            environment_id: EnvironmentId::from_ulid(Ulid::from_parts(1, 2)),
            organization_id: OrganizationId::from_ulid(Ulid::from_parts(1, 3)),
            connection_type: ConnectionType::OktaSaml,
            provider: Some("okta-saml".into()),
            name: Name::parse("Okta").unwrap(),
            external_id: None,
            state: ConnectionState::Draft,
            settings: ProtocolSettings::empty(Protocol::Saml),
            attribute_map: AttributeMap::default(),
            set_up_by: None,
            created_at: NOW,
            updated_at: NOW,
        }
    }

    #[test]
    fn complete_data_makes_a_connection_active_when_the_rule_lets_it() {
        use {ActivationRule as R, ConnectionState as S, DomainStanding as D};
        for (from, rule, domains, to) in [
            (S::Draft, R::Immediate, D::Unverified, S::Active),
            (S::Draft, R::VerifiedDomain, D::Unverified, S::Validating),
            (S::Draft, R::VerifiedDomain, D::Verified, S::Active),
            (S::Validating, R::VerifiedDomain, D::Verified, S::Active),
            (S::Active, R::VerifiedDomain, D::Unverified, S::Active),
            (S::Inactive, R::Immediate, D::Verified, S::Inactive),
        ] {
            let done =
                Connection { state: from, ..draft() }.completed(settings(), rule, domains, LATER).unwrap();
            assert_eq!((done.state, done.updated_at), (to, LATER), "{from:?} {rule:?} {domains:?}");
        }
    }

    #[test]
    fn incomplete_or_foreign_data_completes_nothing() {
        let complete =
            |c: Connection, s| c.completed(s, ActivationRule::Immediate, DomainStanding::Verified, NOW);
        assert_eq!(
            complete(draft(), ProtocolSettings::empty(Protocol::Saml)),
            Err(ConnectionRefused::Incomplete)
        );
        let oidc = Connection { connection_type: ConnectionType::GenericOidc, ..draft() };
        assert_eq!(complete(oidc, settings()), Err(ConnectionRefused::TypeMismatch));
    }

    #[test]
    fn certificates_come_and_go_but_one_stays() {
        let c = Connection { settings: settings(), ..draft() };
        assert_eq!(c.clone().trusting(certificate(1), NOW), Err(ConnectionRefused::CertificateExists));
        assert_eq!(c.clone().distrusting(certificate(1).id, NOW), Err(ConnectionRefused::LastCertificate));
        assert_eq!(c.clone().distrusting(certificate(9).id, NOW), Err(ConnectionRefused::NoSuchCertificate));
        let two = c.trusting(certificate(2), NOW).unwrap();
        assert!(two.distrusting(certificate(1).id, NOW).is_ok());
    }

    #[test]
    fn the_number_of_certificates_is_limited() {
        let mut c = Connection { settings: settings(), ..draft() };
        for n in 2..=u8::try_from(IDP_CERTIFICATES_MAX).unwrap() {
            c = c.trusting(certificate(n), NOW).unwrap();
        }
        assert_eq!(c.trusting(certificate(99), NOW), Err(ConnectionRefused::TooManyCertificates));
    }

    #[test]
    fn only_what_is_on_can_be_switched_off() {
        for (from, to) in [
            (ConnectionState::Active, ConnectionState::Inactive),
            (ConnectionState::Validating, ConnectionState::Inactive),
            (ConnectionState::Draft, ConnectionState::Draft),
        ] {
            assert_eq!(Connection { state: from, ..draft() }.deactivated(LATER).state, to);
        }
    }

    #[test]
    fn a_connection_that_was_switched_off_goes_on_again_by_the_same_rule() {
        use ActivationRule::{Immediate, VerifiedDomain};
        use DomainStanding::{Unverified, Verified};
        for (from, rule, domains, to) in [
            (ConnectionState::Draft, Immediate, Verified, Err(ConnectionRefused::Incomplete)),
            (ConnectionState::Inactive, Immediate, Unverified, Ok(ConnectionState::Active)),
            (ConnectionState::Inactive, VerifiedDomain, Verified, Ok(ConnectionState::Active)),
            (ConnectionState::Inactive, VerifiedDomain, Unverified, Ok(ConnectionState::Validating)),
            (ConnectionState::Validating, Immediate, Verified, Ok(ConnectionState::Validating)),
            (ConnectionState::Active, VerifiedDomain, Unverified, Ok(ConnectionState::Active)),
        ] {
            let switched = Connection { state: from, ..draft() }.reactivated(rule, domains, LATER);
            assert_eq!(switched.map(|connection| connection.state), to, "{from:?} {rule:?} {domains:?}");
        }
    }
}
