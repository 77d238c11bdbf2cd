//! Takes over what a provider's metadata says now.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{ConnectionId, EnvironmentId};
use vestibule_domain::metadata_refresh::{RefreshRefused, Refreshed};
use vestibule_domain::saml::{IdentityProvider, IdpCertificate};
use vestibule_domain::url::HttpsUrl;

use super::certificate_care;
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Takes over what metadata says.
pub struct RefreshMetadata {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RefreshMetadataCommand {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Where the metadata was fetched.
    pub metadata_url: HttpsUrl,
    /// What it says.
    pub read: IdentityProvider,
    /// Who had it read.
    pub actor: Actor,
}

/// What became of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataOutcome {
    /// The metadata says what is known, or the connection has another source meanwhile.
    Unchanged,
    /// The connection was changed.
    Changed,
}

/// Why the metadata is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum RefreshMetadataError {
    /// What it says.
    #[error(transparent)]
    Refused(#[from] RefreshRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RefreshMetadataError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RefreshMetadata {
    type Command = RefreshMetadataCommand;
    type Outcome = MetadataOutcome;
    type Error = RefreshMetadataError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RefreshMetadataCommand,
    ) -> Result<MetadataOutcome, RefreshMetadataError> {
        let now = self.ambient.now();
        let Some(mut held) = work.connections().lock(command.environment_id, command.connection_id).await?
        else {
            return Ok(MetadataOutcome::Unchanged);
        };
        let before = certificate_care::lasts_until(&held);
        let reads_before = held.readout();
        let Some((idp, care)) =
            held.saml_mut().ok().and_then(|saml| Some((saml.idp.as_mut()?, &mut saml.care)))
        else {
            return Ok(MetadataOutcome::Unchanged);
        };
        // Fetched for a connection that was changed meanwhile.
        if idp.metadata_url.as_ref() != Some(&command.metadata_url) {
            return Ok(MetadataOutcome::Unchanged);
        }
        let trust = |certificate| IdpCertificate { id: self.ambient.id(now), added_at: now, certificate };
        let refreshed = Refreshed::of(idp, command.read, now, trust)?;
        care.metadata_read_at = Some(now);
        if refreshed.idp == *idp {
            // That it was read is no change that anybody needs to hear of.
            work.connections().update(&held).await?;
            return Ok(MetadataOutcome::Unchanged);
        }
        let details = details(&refreshed, idp.sso != refreshed.idp.sso);
        *idp = refreshed.idp;
        let saved = Connection { updated_at: now, ..held };
        let changes = reads_before.changes(&saved.readout());
        work.connections().update(&saved).await?;
        let scene = Scene { environment_id: saved.environment_id, actor: command.actor, now };
        let deed = Deed {
            action: AuditAction::ConnectionUpdated,
            organization_id: Some(saved.organization_id),
            target: ("connection", saved.id.to_string()),
            details,
        };
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        certificate_care::tell_renewed(work, &self.ambient, &scene, before, &saved).await?;
        Ok(MetadataOutcome::Changed)
    }
}

/// What the audit trail says of it.
fn details(refreshed: &Refreshed, moved: bool) -> Vec<(&'static str, String)> {
    let each = |name, certificates: &[IdpCertificate]| {
        certificates.iter().map(|one| (name, one.id.to_string())).collect::<Vec<_>>()
    };
    let mut details = vec![("source", "metadata".to_owned())];
    details.extend(each("added_certificate", &refreshed.added));
    details.extend(each("removed_certificate", &refreshed.dropped));
    if moved && let Some(endpoint) = refreshed.idp.sso.first() {
        details.push(("sso_url", endpoint.url.as_str().to_owned()));
    }
    details
}
