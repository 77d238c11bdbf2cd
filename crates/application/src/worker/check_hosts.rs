//! Looks up the records of an environment's hosts, again and again.

use vestibule_domain::audit::Actor;
use vestibule_domain::custom_host::{CustomHosts, HostState};
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::job::{Job, JobEnd};

use super::Worker;
use crate::ports::store::StoreError;
use crate::usecase;
use crate::usecases::custom_hosts::{self, CustomHostError, NoteHosts, NoteHostsCommand};

pub(super) async fn run(worker: &Worker, _: &Job, id: EnvironmentId) -> Result<JobEnd, StoreError> {
    let Some(environment) = worker.store.queries().environment(id).await? else { return Ok(JobEnd::Done) };
    // One that failed is looked at when somebody asks.
    let live = environment.hosts.iter().filter(|host| !matches!(host.state, HostState::Failed { .. }));
    let live = CustomHosts::from_stored(live.cloned().collect());
    let mut hosts = environment.hosts;
    if live.iter().next().is_some() {
        let findings = custom_hosts::look_up(&*worker.dns, &worker.ambient.addresses, &live).await;
        let command = NoteHostsCommand { actor: Actor::system(), environment_id: id, findings };
        let case = NoteHosts { ambient: worker.ambient.clone() };
        match usecase::run(&*worker.store, &case, command).await {
            Ok(after) => hosts = after.hosts,
            Err(CustomHostError::Store(error)) => return Err(error),
            Err(CustomHostError::Unknown) => return Ok(JobEnd::Done),
            // What only adding and taking away say.
            Err(CustomHostError::Present | CustomHostError::Own | CustomHostError::Taken) => {}
        }
    }
    // The job stays without hosts too: one may be added in this very moment, and would find the job
    // there, about to end.
    Ok(JobEnd::Retry { at: hosts.next_check(worker.ambient.now()) })
}
