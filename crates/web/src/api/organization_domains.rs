//! Organization domains.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::store::StoreError;
use vestibule_application::replay::Answer;
use vestibule_application::usecases::add_organization_domain::{
    AddOrganizationDomain, AddOrganizationDomainCommand, AddOrganizationDomainError,
};
use vestibule_application::usecases::check_organization_domain::CheckDomainError;
use vestibule_application::usecases::delete_organization_domain::{
    DeleteOrganizationDomain, DeleteOrganizationDomainCommand, DeleteOrganizationDomainError,
};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::organization_domain::{
    ClaimedDomain, DomainClaim, ORGANIZATION_DOMAINS_MAX, OrganizationDomain,
};
use vestibule_wire::organization::OrganizationDomainJson;

use super::organizations;
use crate::app::App;
use crate::domain_check::{self, Checked};
use crate::transport::{ApiCaller, Fields, Methods, Nothing, Posted, Problem, Routes, answer, named};

/// The word for people.
const ENTITY: &str = "Organization domain";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/organization_domains", Methods::new().post(create));
    routes.api("/organization_domains/{id}", Methods::new().get(get).delete(delete));
    routes.api("/organization_domains/{id}/verify", Methods::new().post(verify));
}

/// A domain to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateOrganizationDomainBody {
    /// The organization's id.
    #[schema(required = true)]
    organization_id: Option<String>,
    /// The domain: `example.com`.
    #[schema(required = true)]
    domain: Option<String>,
}

/// Add a domain
///
/// The answer says what the TXT record at the domain, or at `<verification_prefix>.<domain>`, has to
/// hold: `verification_token=<verification_token>`. It is looked for from then on, for 30 days.
#[utoipa::path(post, path = "/organization_domains", tag = "Organization domains",
    request_body = CreateOrganizationDomainBody,
    responses(
        (status = 201, description = "The domain, pending", body = OrganizationDomainJson),
        (status = 404, description = "No such organization"),
        (status = 409, description = "An organization has it: `domain_already_exists`"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateOrganizationDomainBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let organization = fields.required("organization_id", posted.body.organization_id, Ok::<_, String>);
    let domain = fields.required("domain", posted.body.domain, |raw| DomainName::parse(&raw));
    let (Some(organization), Some(domain)) = (organization, domain) else {
        return Err(fields.into_problem());
    };
    let command = AddOrganizationDomainCommand {
        caller: api.caller,
        organization_id: named(organizations::ENTITY, &organization)?,
        claimed: ClaimedDomain { domain, claim: DomainClaim::Pending },
    };
    let case = AddOrganizationDomain { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, created, |error| refused(error, &organization)).await
}

/// Get a domain
#[utoipa::path(get, path = "/organization_domains/{id}", tag = "Organization domains",
    params(("id" = String, Path, description = "The domain's id")),
    responses(
        (status = 200, description = "The domain", body = OrganizationDomainJson),
        (status = 404, description = "No such domain"),
    ))]
pub(crate) async fn get(app: Data<App>, api: ApiCaller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let domain = find(&app, &api, &path).await?;
    Ok(HttpResponse::Ok().json(OrganizationDomainJson::new(&domain)))
}

/// Delete a domain
#[utoipa::path(delete, path = "/organization_domains/{id}", tag = "Organization domains",
    params(("id" = String, Path, description = "The domain's id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such domain"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let domain_id = named(ENTITY, &path)?;
    let command = DeleteOrganizationDomainCommand { caller: api.caller, domain_id };
    let case = DeleteOrganizationDomain { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        DeleteOrganizationDomainError::Unknown => Problem::entity_not_found(ENTITY, &path),
        DeleteOrganizationDomainError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::NoContent().finish())
}

/// Check a domain's record
///
/// Looks the TXT record up, at the domain and at `<verification_prefix>.<domain>`, and answers with the
/// domain as it stands then. A domain that failed is waited for again, for another 30 days. Within ten
/// seconds of the last look nothing is looked up. Without being asked it is looked for as well, at
/// growing distances.
#[utoipa::path(post, path = "/organization_domains/{id}/verify", tag = "Organization domains",
    params(("id" = String, Path, description = "The domain's id")),
    responses(
        (status = 201, description = "The domain as it stands now: `verified`, `pending`, or `failed` if \
                                      another organization has it verified", body = OrganizationDomainJson),
        (status = 400, description = "It is verified: `domain_already_verified`"),
        (status = 404, description = "No such domain"),
    ))]
pub(crate) async fn verify(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    _posted: Posted<Nothing>,
) -> Result<HttpResponse, Problem> {
    let checked = domain_check::check(&app, api.caller, named(ENTITY, &path)?).await;
    let (Checked::Now(domain) | Checked::JustBefore(domain)) =
        checked.map_err(|error| unchecked(error, &path))?;
    Ok(HttpResponse::Created().json(OrganizationDomainJson::new(&domain)))
}

fn unchecked(error: CheckDomainError, domain: &str) -> Problem {
    match error {
        CheckDomainError::Unknown => Problem::entity_not_found(ENTITY, domain),
        CheckDomainError::Verified => {
            Problem::bad_request("The domain is already verified.").with_code("domain_already_verified")
        }
        // Only the worker means one search; and who is overtaken time and again meets a busy store.
        CheckDomainError::Ended | CheckDomainError::Overtaken => StoreError::Contention.into(),
        CheckDomainError::Store(error) => error.into(),
    }
}

async fn find(app: &App, api: &ApiCaller, raw: &str) -> Result<OrganizationDomain, Problem> {
    let found = app.store.queries().organization_domain(api.environment_id(), named(ENTITY, raw)?).await?;
    found.ok_or_else(|| Problem::entity_not_found(ENTITY, raw))
}

fn created(domain: &OrganizationDomain, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &OrganizationDomainJson::new(domain))
}

fn refused(error: AddOrganizationDomainError, organization: &str) -> Problem {
    match error {
        AddOrganizationDomainError::UnknownOrganization => {
            Problem::entity_not_found(organizations::ENTITY, organization)
        }
        AddOrganizationDomainError::Exists => {
            Problem::conflict("domain_already_exists", "The domain already belongs to an organization.")
        }
        AddOrganizationDomainError::TooMany => {
            let mut fields = Fields::new();
            let message = format_args!("would be more than the {ORGANIZATION_DOMAINS_MAX} that fit");
            fields.wrong("domain", message);
            fields.into_problem()
        }
        AddOrganizationDomainError::Store(error) => error.into(),
    }
}
