//! Saves what was shown: the connection goes live, and the link is spent, or neither.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::admission::Admin;
use vestibule_domain::attribute_map::AttributeMapError;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate_watch::CertificateCare;
use vestibule_domain::connection::{
    Connection, ConnectionRefused, ConnectionState, DomainStanding, ProtocolSettings,
};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::event::{ConnectionSnapshot, Fact};
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::oidc::OidcSettings;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::portal_link::{Capability, Consumption, LinkState};
use vestibule_domain::portal_session::CandidateData;
use vestibule_domain::readout::Readout;
use vestibule_domain::saml::{IdentityProvider, IdpCertificate, SamlSettings, TrustedIdentityProvider};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::url::HttpsUrl;

use super::begin_visit::why_unusable;
use super::certificate_care;
use super::live_notes;
use super::update_connection::AttributeMapChange;
use super::visit::{OpenVisit, VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Saves a connection from the portal.
pub struct SaveConnection {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct SaveConnectionCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The revision of the candidate that was shown.
    pub revision: String,
    /// Who says they finished the set-up.
    pub set_up_by: Option<EmailAddress>,
    /// Which attributes become which fields: the provider's names, unless the admin changed them.
    pub attributes: AttributeMapChange,
    /// The language of the page, which the confirmation is written in.
    pub language: Language,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveConnectionError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// There is nothing to save, or something else than was shown.
    #[error("what was shown is not what would be saved")]
    Stale,
    /// The organization has a working connection that this visit may not change.
    #[error("the organization already has a connection")]
    AlreadyConnected,
    /// The data does not make a connection.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
    /// The attribute map is refused.
    #[error(transparent)]
    AttributeMap(#[from] AttributeMapError),
}

impl From<StoreError> for SaveConnectionError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for SaveConnectionError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for SaveConnection {
    type Command = SaveConnectionCommand;
    type Outcome = Connection;
    type Error = SaveConnectionError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: SaveConnectionCommand,
    ) -> Result<Connection, SaveConnectionError> {
        let now = self.ambient.now();
        let visit = open_visit(work, &command.session, Intent::Sso, now).await?;
        // First of all, since of many saves with one link this statement lets one through.
        spend(work, &self.ambient, &visit, Intent::Sso).await?;
        let OpenVisit { mut session, scene, link } = visit;
        let candidate = session
            .progress
            .candidate
            .take()
            .filter(|candidate| candidate.revision == command.revision)
            .ok_or(SaveConnectionError::Stale)?;
        let held = work
            .connections()
            .lock_of_organization(session.environment_id, session.organization_id)
            .await?
            .ok_or(SaveConnectionError::Stale)?;
        if held.state != ConnectionState::Draft && session.capability == Capability::SetUp {
            return Err(SaveConnectionError::AlreadyConnected);
        }
        let before = Before::of(&held);
        let lasted = certificate_care::lasts_until(&held);
        let environment = work
            .accounts()
            .find_environment(session.environment_id)
            .await?
            .ok_or(SaveConnectionError::Stale)?;
        let domains =
            work.organization_domains().list(session.environment_id, session.organization_id).await?;
        let mut settings = settings_with(&held, candidate.data, &self.ambient, now)?;
        if let ProtocolSettings::Saml(saml) = &mut settings {
            saml.care.language = command.language;
        }
        let admin = set_up_by(session.admin.as_ref(), command.set_up_by);
        let set_up_by = admin.clone().or(held.set_up_by.clone());
        let attribute_map = command.attributes.apply(held.attribute_map.clone())?;
        let saved = Connection { set_up_by, attribute_map, ..held }.completed(
            settings,
            environment.activation,
            standing(&domains),
            now,
        )?;
        work.connections().update(&saved).await?;
        session.note(session.progress.begun_anew(None), now);
        work.sessions().update_progress(&session).await?;
        tell(work, &self.ambient, &scene, &saved, &before, &domains).await?;
        certificate_care::begin(work, &self.ambient, &scene, &saved).await?;
        certificate_care::tell_renewed(work, &self.ambient, &scene, lasted, &saved).await?;
        if before.state != ConnectionState::Active && saved.state == ConnectionState::Active {
            // Whoever gave no address may still be one of those that the link names.
            let admins = admin.map_or(link.admins, |admin| vec![admin]);
            let told = live_notes::Told { admins, language: command.language };
            live_notes::write(work, &self.ambient, &scene, (&environment, &saved, &domains), told).await?;
        }
        Ok(saved)
    }
}

/// Spends the link of a visit for an intent, as its kind wants it; a link that was spent by somebody
/// quicker refuses.
pub(super) async fn spend(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    visit: &OpenVisit,
    intent: Intent,
) -> Result<(), VisitError> {
    let now = visit.scene.now;
    if visit.link.kind.policy().consumption == Consumption::Opening {
        return Ok(());
    }
    let link = visit.link.clone().saved(intent, now)?;
    if !work.links().advance(&link, now).await? {
        return Err(VisitError::Link(why_unusable(work, &link, now).await?));
    }
    if matches!(link.state, LinkState::Consumed { .. }) {
        let deed = Deed {
            action: AuditAction::PortalTokenConsumed,
            organization_id: Some(link.organization_id),
            target: ("portal_link", link.id.to_string()),
            details: vec![("portal_session_id", visit.session.id.to_string())],
        };
        chronicle::record(work, ambient, &visit.scene, deed).await?;
    }
    Ok(())
}

/// Who sets the connection up: a proven address counts for more than what is typed, and that for
/// more than what was typed when the link was opened.
fn set_up_by(admin: Option<&Admin>, typed: Option<EmailAddress>) -> Option<EmailAddress> {
    match admin {
        Some(Admin::Confirmed { email, .. }) => Some(email.clone()),
        Some(Admin::Stated(email)) => typed.or_else(|| Some(email.clone())),
        None => typed,
    }
}

/// Whether any of an organization's domains is verified.
pub fn standing(domains: &[OrganizationDomain]) -> DomainStanding {
    if domains.iter().any(OrganizationDomain::is_verified) {
        DomainStanding::Verified
    } else {
        DomainStanding::Unverified
    }
}

/// The settings of a connection with what was understood of a provider: those that a save keeps, and
/// a test before it tries.
pub fn settings_with(
    held: &Connection,
    data: CandidateData,
    ambient: &Ambient,
    now: Instant,
) -> Result<ProtocolSettings, ConnectionRefused> {
    Ok(match data {
        CandidateData::Saml { idp, metadata_url } => {
            let saml = trust(held.saml()?.clone(), idp, metadata_url, ambient, now);
            ProtocolSettings::Saml(Box::new(saml))
        }
        CandidateData::Oidc(client) => {
            let settings = OidcSettings { client: Some(client), ..held.oidc()?.clone() };
            ProtocolSettings::Oidc(Box::new(settings))
        }
    })
}

/// SAML settings that trust an identity provider. Certificates that were trusted before keep their
/// ids, so that a repeated save changes nothing.
pub(super) fn trust(
    settings: SamlSettings,
    idp: IdentityProvider,
    metadata_url: Option<HttpsUrl>,
    ambient: &Ambient,
    now: Instant,
) -> SamlSettings {
    let held = settings.idp.as_ref().map_or(&[][..], |idp| &idp.signing_certificates);
    let signing_certificates = idp
        .signing_certificates
        .into_iter()
        .map(|certificate| {
            let known = held.iter().find(|c| c.certificate.fingerprint == certificate.fingerprint);
            known.cloned().unwrap_or_else(|| IdpCertificate {
                id: ambient.id(now),
                added_at: now,
                certificate,
            })
        })
        .collect();
    let idp = TrustedIdentityProvider {
        entity_id: idp.entity_id,
        sso: idp.sso,
        slo: idp.slo,
        signing_certificates,
        name_id_formats: idp.name_id_formats,
        wants_signed_requests: idp.wants_signed_requests,
        metadata_url,
    };
    let metadata_read_at = idp.metadata_url.as_ref().map(|_| now);
    let care = CertificateCare { metadata_read_at, ..settings.care };
    SamlSettings { idp: Some(idp), care, ..settings }
}

/// What a connection was before it changed.
pub(super) struct Before {
    /// Where it stood.
    pub(super) state: ConnectionState,
    /// What it read; none if it was not there.
    readout: Option<Readout>,
}

impl Before {
    /// A connection that changes.
    pub(super) fn of(connection: &Connection) -> Self {
        Self { state: connection.state, readout: Some(connection.readout()) }
    }

    /// Nothing: the connection is new.
    pub(super) fn nothing() -> Self {
        Self { state: ConnectionState::Draft, readout: None }
    }
}

/// Writes down what became of a connection: the audit trail always, an event when it went on or
/// off.
pub(super) async fn tell(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    saved: &Connection,
    before: &Before,
    domains: &[OrganizationDomain],
) -> Result<(), StoreError> {
    let action = match (before.state, saved.state) {
        (ConnectionState::Draft, ConnectionState::Draft) => AuditAction::ConnectionUpdated,
        (ConnectionState::Draft, _) => AuditAction::ConnectionCreated,
        (ConnectionState::Validating | ConnectionState::Active | ConnectionState::Inactive, _) => {
            AuditAction::ConnectionUpdated
        }
    };
    let mut details = vec![
        ("connection_type", saved.connection_type.to_string()),
        ("state", saved.state.as_str().to_owned()),
    ];
    let roles: Vec<_> = saved.attribute_map.roles.roles().iter().map(ToString::to_string).collect();
    if !roles.is_empty() {
        details.push(("roles", roles.join(" ")));
    }
    let deed = Deed {
        action,
        organization_id: Some(saved.organization_id),
        target: ("connection", saved.id.to_string()),
        details,
    };
    let changes = before.readout.as_ref().map(|before| before.changes(&saved.readout()));
    chronicle::record_change(work, ambient, scene, deed, changes.unwrap_or_default()).await?;
    let snapshot = || ConnectionSnapshot::of(saved, domains);
    let fact = match (before.state, saved.state) {
        (ConnectionState::Active, ConnectionState::Active) => return Ok(()),
        (_, ConnectionState::Active) => Fact::ConnectionActivated(snapshot()),
        (ConnectionState::Active, ConnectionState::Inactive) => Fact::ConnectionDeactivated(snapshot()),
        (_, ConnectionState::Draft | ConnectionState::Validating | ConnectionState::Inactive) => {
            return Ok(());
        }
    };
    chronicle::announce(work, ambient, scene, saved.organization_id, fact).await
}
