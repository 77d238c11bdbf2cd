//! Reads the metadata of a connection's provider again, every day, and when a signature was refused.

use vestibule_domain::audit::Actor;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::saml::{IdentityProvider, TrustedIdentityProvider};
use vestibule_domain::url::HttpsUrl;

use super::Worker;
use crate::ports::outbound::FetchLimits;
use crate::ports::saml::{METADATA_BYTES_MAX, MetadataRead};
use crate::ports::store::StoreError;
use crate::usecase;
use crate::usecases::certificate_care;
use crate::usecases::refresh_metadata::{
    MetadataOutcome, RefreshMetadata, RefreshMetadataCommand, RefreshMetadataError,
};

/// How far a metadata address is followed. Much less than the lease of a job.
const METADATA_FETCH: FetchLimits =
    FetchLimits { body_bytes_max: METADATA_BYTES_MAX, timeout_ms: 10_000, redirects_max: 3 };

pub(super) async fn run(worker: &Worker, job: &Job, id: ConnectionId) -> Result<JobEnd, StoreError> {
    let hour_ends = job.hour_ends();
    // It was done, and stayed so that there was no second one in its hour.
    if hour_ends.is_some_and(|ends| job.run_at >= ends) {
        return Ok(JobEnd::Done);
    }
    let Some(view) = worker.store.queries().connection(job.environment_id, id).await? else {
        return Ok(JobEnd::Done);
    };
    let idp = view.connection.saml().ok().and_then(|saml| saml.idp.as_ref());
    if let Some((idp, url)) = idp.and_then(|idp| Some((idp, idp.metadata_url.as_ref()?))) {
        refresh(worker, job, id, (idp, url)).await?;
    }
    // A connection that has no address any more keeps its standing job: it may get one again in
    // this very moment, and would find the job there, about to end.
    let at =
        hour_ends.unwrap_or_else(|| certificate_care::next_reading(&worker.ambient, worker.ambient.now()));
    Ok(JobEnd::Retry { at })
}

/// Reads and takes over. What cannot be read changes nothing; tomorrow is another day.
async fn refresh(
    worker: &Worker,
    job: &Job,
    id: ConnectionId,
    (idp, url): (&TrustedIdentityProvider, &HttpsUrl),
) -> Result<(), StoreError> {
    let unread = |reason: &str| {
        tracing::warn!(connection.id = %id, reason, "metadata that is known cannot be read again");
    };
    let read = match read(worker, idp, url).await {
        Ok(read) => read,
        Err(reason) => {
            unread(&reason);
            return Ok(());
        }
    };
    let command = RefreshMetadataCommand {
        environment_id: job.environment_id,
        connection_id: id,
        metadata_url: url.clone(),
        read,
        actor: Actor::system(),
    };
    let case = RefreshMetadata { ambient: worker.ambient.clone() };
    match usecase::run(&*worker.store, &case, command).await {
        Ok(MetadataOutcome::Unchanged) => {}
        Ok(MetadataOutcome::Changed) => {
            tracing::info!(connection.id = %id, "a connection follows its provider's metadata");
        }
        Err(RefreshMetadataError::Refused(refused)) => unread(&refused.to_string()),
        Err(RefreshMetadataError::Store(error)) => return Err(error),
    }
    Ok(())
}

async fn read(
    worker: &Worker,
    idp: &TrustedIdentityProvider,
    url: &HttpsUrl,
) -> Result<IdentityProvider, String> {
    let fetched =
        worker.outbound.get(url.as_str(), METADATA_FETCH).await.map_err(|error| error.to_string())?;
    match worker.saml.read_metadata(&fetched.body, Some(&idp.entity_id)) {
        Ok(MetadataRead::One(read)) => Ok(*read),
        Ok(MetadataRead::Choose(_)) => Err("the document names several identity providers".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
