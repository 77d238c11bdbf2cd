//! Takes the next certificate of a provider through the portal: it is trusted beside the ones there
//! are, and the link is spent, or neither.

use async_trait::async_trait;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::certificate::{Certificate, Validity};
use vestibule_domain::connection::{Connection, ConnectionRefused, ConnectionState};
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::saml::IdpCertificate;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::url::HttpsUrl;

use super::certificate_care;
use super::save_connection::spend;
use super::visit::{OpenVisit, VisitError, open_visit};
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Takes the next certificate of a provider.
pub struct RenewCertificate {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RenewCertificateCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The connection that was shown: one that was set up since is left alone.
    pub connection: ConnectionId,
    /// The certificates; those that are trusted already stay as they are.
    pub certificates: Vec<Certificate>,
    /// Where the provider's metadata is read from now on, if that is to change.
    pub metadata_url: Option<HttpsUrl>,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum RenewCertificateError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The organization has no such connection (any more).
    #[error("the organization has no such connection")]
    NoSuchConnection,
    /// Nothing signed with it would be worth anything.
    #[error("the certificate has expired")]
    Expired,
    /// The connection cannot take them, or has them all.
    #[error(transparent)]
    Refused(#[from] ConnectionRefused),
}

impl From<StoreError> for RenewCertificateError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for RenewCertificateError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RenewCertificate {
    type Command = RenewCertificateCommand;
    type Outcome = Connection;
    type Error = RenewCertificateError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RenewCertificateCommand,
    ) -> Result<Connection, RenewCertificateError> {
        let now = self.ambient.now();
        let visit = open_visit(work, &command.session, Intent::CertificateRenewal, now).await?;
        // First of all, since of many renewals with one link this statement lets one through.
        spend(work, &self.ambient, &visit, Intent::CertificateRenewal).await?;
        let OpenVisit { session, scene, .. } = visit;
        let mut connection = work
            .connections()
            .lock_of_organization(session.environment_id, session.organization_id)
            .await?
            .filter(|held| held.id == command.connection && held.state != ConnectionState::Draft)
            .ok_or(RenewCertificateError::NoSuchConnection)?;
        let lasted = certificate_care::lasts_until(&connection);
        let before = connection.readout();
        let mut details = Vec::new();
        for certificate in command.certificates {
            if certificate.validity(now) == Validity::Expired {
                return Err(RenewCertificateError::Expired);
            }
            let new = IdpCertificate { id: self.ambient.id(now), added_at: now, certificate };
            let added = ("added_certificate", new.id.to_string());
            match connection.clone().trusting(new, now) {
                Ok(trusting) => connection = trusting,
                Err(ConnectionRefused::CertificateExists) => continue,
                Err(refused) => return Err(refused.into()),
            }
            details.push(added);
        }
        if details.is_empty() {
            return Err(ConnectionRefused::CertificateExists.into());
        }
        if let (Some(url), Some(idp)) = (command.metadata_url, connection.saml_mut()?.idp.as_mut()) {
            details.push(("metadata_url", url.as_str().to_owned()));
            idp.metadata_url = Some(url);
        }
        work.connections().update(&connection).await?;
        let deed = Deed {
            action: AuditAction::ConnectionUpdated,
            organization_id: Some(connection.organization_id),
            target: ("connection", connection.id.to_string()),
            details,
        };
        let changes = before.changes(&connection.readout());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        certificate_care::begin(work, &self.ambient, &scene, &connection).await?;
        certificate_care::tell_renewed(work, &self.ambient, &scene, lasted, &connection).await?;
        Ok(connection)
    }
}
