//! Looks at what of an environment needs attention, and has the members told who want to know.

use vestibule_domain::digest::LOOK_EVERY;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::job::{Job, JobEnd};

use super::Worker;
use crate::ports::store::{StoreError, TeamView};
use crate::usecase;
use crate::usecases::tell_of_needs::{self, TellOfNeeds, TellOfNeedsCommand};

pub(super) async fn run(worker: &Worker, _: &Job, id: EnvironmentId) -> Result<JobEnd, StoreError> {
    let queries = worker.store.queries();
    let Some(environment) = queries.environment(id).await? else { return Ok(JobEnd::Done) };
    let now = worker.ambient.now();
    let team = queries.team(environment.team_id).await?;
    let members = team.map(|TeamView { members, .. }| members).unwrap_or_default();
    // Most often nobody wants to know, and what is known to nobody costs nothing.
    if tell_of_needs::NOTICES.iter().any(|notice| members.iter().any(|member| member.notices.has(*notice))) {
        let overview = queries.overview(id, now).await?;
        let command = TellOfNeedsCommand {
            environment_id: id,
            stuck: overview.stuck,
            undelivered: overview.undelivered,
        };
        let case = TellOfNeeds { ambient: worker.ambient.clone() };
        usecase::run(&*worker.store, &case, command).await?;
    }
    Ok(JobEnd::Retry { at: now + LOOK_EVERY })
}
