//! Looks for the record of a domain because somebody asks, from whichever surface.

use vestibule_application::caller::Caller;
use vestibule_application::usecases::check_organization_domain::{self as case, BeginDomainCheckCommand};
use vestibule_domain::id::OrganizationDomainId;

pub(crate) use case::{CheckDomainError, Checked};

use crate::app::App;

/// Asks name servers and notes what they say, to the end whatever becomes of the request.
pub(crate) async fn check(
    app: &App,
    caller: Caller,
    domain_id: OrganizationDomainId,
) -> Result<Checked, CheckDomainError> {
    let on = app.clone();
    let command = BeginDomainCheckCommand { caller, domain_id, searched_since: None };
    app.complete(async move { case::check(&*on.store, &*on.dns, &on.ambient, command).await }).await
}
