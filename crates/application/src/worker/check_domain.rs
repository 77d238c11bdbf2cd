//! Looks for the record of a domain, again and again until it is there or too long was waited for it.

use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::job::{Job, JobEnd};
use vestibule_domain::organization_domain::OrganizationDomain;

use super::Worker;
use crate::caller::Caller;
use crate::ports::store::StoreError;
use crate::usecase;
use crate::usecases::check_organization_domain::{
    self as check, BeginDomainCheck, BeginDomainCheckCommand, CheckDomainError, DomainCheck, NoteDomainCheck,
    NoteDomainCheckCommand,
};
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
    let end = match look(worker, Caller::system(environment), &domain).await {
        Ok(noted) if noted.is_sought() => JobEnd::Retry { at: domain.search.next_look(worker.ambient.now()) },
        Err(CheckDomainError::Store(error)) => return Err(error),
        Err(CheckDomainError::Overtaken) => return Err(StoreError::Contention),
        Ok(_) | Err(CheckDomainError::Unknown | CheckDomainError::Verified | CheckDomainError::Ended) => {
            JobEnd::Done
        }
    };
    Ok(end)
}

async fn look(
    worker: &Worker,
    caller: Caller,
    domain: &OrganizationDomain,
) -> Result<OrganizationDomain, CheckDomainError> {
    let (ambient, store) = (&worker.ambient, &*worker.store);
    let begin = BeginDomainCheck { ambient: ambient.clone() };
    let command = BeginDomainCheckCommand {
        caller: caller.clone(),
        domain_id: domain.id,
        searched_since: Some(domain.search.since),
    };
    let asked = match usecase::run(store, &begin, command).await? {
        DomainCheck::Ask(domain) => domain,
        DomainCheck::JustAsked(domain) => return Ok(domain),
    };
    let found = check::look_up(&*worker.dns, &asked).await;
    let note = NoteDomainCheck { ambient: ambient.clone() };
    usecase::run(store, &note, NoteDomainCheckCommand { caller, domain_id: asked.id, found }).await
}
