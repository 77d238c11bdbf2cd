//! Looks for the record of a domain, again and again until it is there or too long was waited for it.

use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::job::{Job, JobEnd};

use super::Worker;
use crate::caller::Caller;
use crate::ports::store::StoreError;
use crate::usecases::check_organization_domain::{BeginDomainCheckCommand, CheckDomainError, Checked, check};
use crate::usecases::claims;

pub(super) async fn run(worker: &Worker, job: &Job, id: OrganizationDomainId) -> Result<JobEnd, StoreError> {
    let queries = worker.store.queries();
    let Some(domain) = queries.organization_domain(job.environment_id, id).await? else {
        return Ok(JobEnd::Done);
    };
    let now = worker.ambient.now();
    // A search that began again has a job of its own.
    if !domain.is_sought() || claims::looking(&domain, now).id != job.id {
        return Ok(JobEnd::Done);
    }
    let Some(environment) = queries.environment(job.environment_id).await? else { return Ok(JobEnd::Done) };
    let begin = BeginDomainCheckCommand {
        caller: Caller::system(environment),
        domain_id: id,
        searched_since: Some(domain.search.since),
    };
    let end = match check(&*worker.store, &*worker.dns, &worker.ambient, begin).await {
        Ok(Checked::Now(noted) | Checked::JustBefore(noted)) if noted.is_sought() => {
            JobEnd::Retry { at: domain.search.next_look(worker.ambient.now()) }
        }
        Err(CheckDomainError::Store(error)) => return Err(error),
        Err(CheckDomainError::Overtaken) => return Err(StoreError::Contention),
        Ok(_) | Err(CheckDomainError::Unknown | CheckDomainError::Verified | CheckDomainError::Ended) => {
            JobEnd::Done
        }
    };
    Ok(end)
}
