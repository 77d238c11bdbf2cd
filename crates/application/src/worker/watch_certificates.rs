//! Looks whether the certificates of a connection run out, the provider's and ours, and has people warned.

use vestibule_domain::certificate_watch as watch;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::{ConnectionId, EnvironmentId, OrganizationId};
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::page::{Order, PageLimit, PageRequest};
use vestibule_domain::saml::SpKeyPlace;

use super::Worker;
use crate::ports::saml::KeyPairRequest;
use crate::ports::store::StoreError;
use crate::usecase;
use crate::usecases::add_sp_key::{PrepareSpKey, PrepareSpKeyCommand};
use crate::usecases::warn_of_expiry::{WarnOfExpiry, WarnOfExpiryCommand};

pub(super) async fn run(worker: &Worker, job: &Job, id: ConnectionId) -> Result<JobEnd, StoreError> {
    let Some(view) = worker.store.queries().connection(job.environment_id, id).await? else {
        return Ok(JobEnd::Done);
    };
    let Ok(saml) = view.connection.saml() else { return Ok(JobEnd::Done) };
    let now = worker.ambient.now();
    let active = view.connection.state == ConnectionState::Active;
    if let Some(place) = watch::successor_due(saml, now).filter(|_| active) {
        prepare(worker, (job.environment_id, id), place).await?;
    }
    // Looked at first without a unit of work: nearly always there is nothing to do.
    if active && watch::any_due(saml, now) {
        let contacts = match view.connection.set_up_by {
            Some(_) => Vec::new(),
            None => contacts(worker, job.environment_id, view.connection.organization_id).await?,
        };
        let command = WarnOfExpiryCommand { environment_id: job.environment_id, connection_id: id, contacts };
        usecase::run(&*worker.store, &WarnOfExpiry { ambient: worker.ambient.clone() }, command).await?;
    }
    Ok(JobEnd::Retry { at: watch::next_look(saml, now) })
}

/// Gives the connection the pair that follows one of ours near its end, so that the provider finds its
/// certificate in our metadata before it matters.
///
/// Making the pair takes a tenth of a second of this task's thread, once in years.
async fn prepare(
    worker: &Worker,
    (environment_id, id): (EnvironmentId, ConnectionId),
    place: SpKeyPlace,
) -> Result<(), StoreError> {
    let pair = match worker.saml.generate_key_pair(&KeyPairRequest::of(id, worker.ambient.now())) {
        Ok(pair) => pair.into(),
        Err(error) => {
            tracing::error!(connection.id = %id, error = %error, "a certificate of ours could not be made");
            return Ok(());
        }
    };
    let command = PrepareSpKeyCommand { environment_id, connection_id: id, place, pair };
    usecase::run(&*worker.store, &PrepareSpKey { ambient: worker.ambient.clone() }, command).await
}

/// The addresses of an organization's IT contacts, the first page of them.
async fn contacts(
    worker: &Worker,
    environment: EnvironmentId,
    organization: OrganizationId,
) -> Result<Vec<EmailAddress>, StoreError> {
    let page = PageRequest { limit: PageLimit::default(), order: Order::Ascending, cursor: None };
    let page = worker.store.queries().it_contacts(environment, organization, page).await?;
    Ok(page.items.into_iter().map(|contact| contact.email).collect())
}
