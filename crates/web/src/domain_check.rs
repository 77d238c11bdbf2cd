//! Looks for the record of a domain because somebody asks, from whichever surface.

use vestibule_application::caller::Caller;
use vestibule_application::usecase;
use vestibule_application::usecases::check_organization_domain::{
    BeginDomainCheck, BeginDomainCheckCommand, CheckDomainError, DomainCheck, NoteDomainCheck,
    NoteDomainCheckCommand, look_up,
};
use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::organization_domain::OrganizationDomain;

use crate::app::App;

/// How a domain stands after somebody asked.
#[derive(Debug)]
pub(crate) enum Checked {
    /// Name servers were asked.
    Now(OrganizationDomain),
    /// They had been asked a moment before, and were not again.
    JustBefore(OrganizationDomain),
}

/// Asks name servers and notes what they say, to the end whatever becomes of the request.
pub(crate) async fn check(
    app: &App,
    caller: Caller,
    domain_id: OrganizationDomainId,
) -> Result<Checked, CheckDomainError> {
    let on = app.clone();
    app.complete(async move {
        let (store, ambient) = (&*on.store, &on.ambient);
        let begin = BeginDomainCheck { ambient: ambient.clone() };
        let command = BeginDomainCheckCommand { caller: caller.clone(), domain_id, searched_since: None };
        let domain = match usecase::run(store, &begin, command).await? {
            DomainCheck::Ask(domain) => domain,
            DomainCheck::JustAsked(domain) => return Ok(Checked::JustBefore(domain)),
        };
        let found = look_up(&*on.dns, &domain).await;
        let note = NoteDomainCheck { ambient: ambient.clone() };
        let command = NoteDomainCheckCommand { caller, domain_id, found };
        usecase::run(store, &note, command).await.map(Checked::Now)
    })
    .await
}
