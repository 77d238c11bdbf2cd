//! The one-time-token API, compatible with the Authio SDK.
//!
//! The same keys and the same use cases as the management API; other words, other envelope.

pub(crate) mod events;
pub(crate) mod organizations;
pub(crate) mod setup_links;
pub(crate) mod tokens;

use actix_web::http::StatusCode;
use vestibule_application::usecases::mint_link::MintLinkError;
use vestibule_domain::email::{EmailAddress, EmailError};
use vestibule_domain::id::OrganizationId;
use vestibule_domain::portal_link::{LINK_ADMINS_MAX, LinkRefused};

use crate::transport::{ApiCaller, Fields, Problem, Routes};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    tokens::routes(routes);
    setup_links::routes(routes);
    organizations::routes(routes);
    events::routes(routes);
}

/// Checks that a project, if one is named, is the environment of the key.
fn check_project(api: &ApiCaller, project_id: Option<&str>) -> Result<(), Problem> {
    match project_id {
        Some(id) if id != api.environment_id().to_string() => {
            Err(Problem::new(StatusCode::NOT_FOUND, "There is no such project for this API key.")
                .with_code("project_not_found"))
        }
        Some(_) | None => Ok(()),
    }
}

fn organization_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is no such organization in this project.")
        .with_code("organization_not_found")
}

/// Reads an organization's id; a malformed one names none.
fn parse_organization(raw: &str) -> Result<OrganizationId, Problem> {
    raw.parse().map_err(|_| organization_not_found())
}

/// Reads the addresses that are sent a link.
fn parse_contacts(fields: &mut Fields, raw: Option<Vec<String>>) -> Vec<EmailAddress> {
    let parse = |raw: String| -> Result<_, EmailError> { EmailAddress::parse(&raw) };
    let mut contacts = fields.each("it_contact_emails", raw.unwrap_or_default(), parse);
    contacts.sort_unstable();
    contacts.dedup();
    contacts
}

/// The refusal of a link; `life` is the field that asked for how long it lives.
fn link_refused(error: MintLinkError, life: &'static str) -> Problem {
    let mut fields = Fields::new();
    match error {
        MintLinkError::UnknownOrganization => return organization_not_found(),
        MintLinkError::Refused(LinkRefused::TooManyAdmins) => {
            fields.wrong("it_contact_emails", format_args!("must have at most {LINK_ADMINS_MAX} addresses"));
        }
        MintLinkError::Refused(refused @ LinkRefused::Life { .. }) => fields.wrong(life, refused),
        MintLinkError::Refused(refused @ (LinkRefused::Intents(_) | LinkRefused::NoWayBack)) => {
            return Problem::bad_request(refused.to_string());
        }
        MintLinkError::LiveLinkExists => {
            return Problem::conflict("live_link_exists", "The organization already has a live link.");
        }
        MintLinkError::Store(error) => return error.into(),
    }
    fields.into_problem()
}
