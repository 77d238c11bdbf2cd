//! Organizations in the words of the one-time-token API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Data, Path};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::store::{OrganizationFilter, OrganizationView, StoreError};
use vestibule_application::replay::Answer;
use vestibule_application::usecases::create_organization::{
    CreateOrganization, CreateOrganizationCommand, WriteOrganizationError,
};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::OrganizationSnapshot;
use vestibule_domain::id::{EnvironmentId, OrganizationId};
use vestibule_domain::organization::{Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim};
use vestibule_domain::page::{Cursor, Order, PAGE_LIMIT_MAX, Page, PageLimit, PageRequest};
use vestibule_domain::text::Name;
use vestibule_wire::timestamp::Timestamp;

use super::{check_project, organization_not_found, parse_organization};
use crate::app::App;
use crate::transport::{ApiCaller, Fields, Methods, Params, Posted, Problem, Routes, answer};

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/v1/organizations", Methods::new().get(list).post(create));
    routes.api("/v1/organizations/{id}", Methods::new().get(get));
}

/// An organization.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ProjectOrganization)]
pub(crate) struct ProjectOrganizationView {
    /// `org_…`
    id: String,
    /// `environment_…`
    project_id: String,
    /// The customer's name.
    name: String,
    /// The short name.
    slug: String,
    /// When it was made.
    created_at: Timestamp,
}

impl ProjectOrganizationView {
    fn new(organization: &Organization) -> Self {
        Self {
            id: organization.id.to_string(),
            project_id: organization.environment_id.to_string(),
            name: organization.name.to_string(),
            slug: organization.slug.as_str().to_owned(),
            created_at: organization.created_at.into(),
        }
    }
}

/// An organization to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateProjectOrganizationBody {
    /// The environment's id; the key's own when absent.
    project_id: Option<String>,
    /// The customer's name.
    #[schema(required = true)]
    name: Option<String>,
    /// A short name of lower-case letters, digits and single hyphens; one is made of the name
    /// unless given.
    slug: Option<String>,
    /// A domain, to be proven.
    domain: Option<String>,
}

/// List the project's organizations
///
/// All of them, oldest first, as a bare array.
#[utoipa::path(get, path = "/v1/organizations", tag = "Project organizations",
    params(("project_id" = Option<String>, Query, description = "The environment's id")),
    responses(
        (status = 200, description = "The organizations", body = [ProjectOrganizationView]),
        (status = 404, description = "`project_not_found`"),
    ))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    check_project(&api, params.one("project_id"))?;
    let environment = api.environment_id();
    let first = read_page(&app, environment, None).await?;
    let body = array(app.get_ref().clone(), environment, first);
    Ok(HttpResponse::Ok().content_type("application/json").streaming(Box::pin(body)))
}

/// Create an organization in the project
#[utoipa::path(post, path = "/v1/organizations", tag = "Project organizations",
    request_body = CreateProjectOrganizationBody,
    responses(
        (status = 201, description = "The organization", body = ProjectOrganizationView),
        (status = 404, description = "`project_not_found`"),
        (status = 409, description = "`slug_in_use`, or `domain_in_use`"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateProjectOrganizationBody>,
) -> Result<HttpResponse, Problem> {
    let command = posted.body.into_command(&api)?;
    let case = CreateOrganization { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, created, refused).await
}

/// Get an organization of the project
#[utoipa::path(get, path = "/v1/organizations/{id}", tag = "Project organizations",
    params(
        ("id" = String, Path, description = "The organization's id"),
        ("project_id" = Option<String>, Query, description = "The environment's id"),
    ),
    responses(
        (status = 200, description = "The organization", body = ProjectOrganizationView),
        (status = 404, description = "`project_not_found` or `organization_not_found`"),
    ))]
pub(crate) async fn get(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    check_project(&api, params.one("project_id"))?;
    let found = app.store.queries().organization(api.environment_id(), parse_organization(&path)?).await?;
    let view = found.ok_or_else(organization_not_found)?;
    Ok(HttpResponse::Ok().json(ProjectOrganizationView::new(&view.organization)))
}

impl CreateProjectOrganizationBody {
    fn into_command(self, api: &ApiCaller) -> Result<CreateOrganizationCommand, Problem> {
        check_project(api, self.project_id.as_deref())?;
        let mut fields = Fields::new();
        let name = fields.required("name", self.name, |raw| Name::parse(&raw));
        let slug = fields.optional("slug", self.slug, |raw| Slug::parse(&raw));
        let domain = fields.optional("domain", self.domain, |raw| DomainName::parse(&raw));
        let Some(name) = name else { return Err(fields.into_problem()) };
        fields.finish()?;
        let claimed = domain.map(|domain| ClaimedDomain { domain, claim: DomainClaim::Pending });
        Ok(CreateOrganizationCommand {
            caller: api.caller.clone(),
            name,
            slug,
            domains: claimed.into_iter().collect(),
            profiles: ProfileRule::default(),
            metadata: Metadata::default(),
            external_id: None,
        })
    }
}

fn created(snapshot: &OrganizationSnapshot, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &ProjectOrganizationView::new(&snapshot.organization))
}

fn refused(error: WriteOrganizationError) -> Problem {
    match error {
        WriteOrganizationError::SlugInUse => {
            Problem::conflict("slug_in_use", "Another organization has this slug.")
        }
        WriteOrganizationError::DomainInUse => {
            Problem::conflict("domain_in_use", "The domain belongs to another organization.")
        }
        WriteOrganizationError::Unknown => organization_not_found(),
        WriteOrganizationError::Store(error) => error.into(),
        // Nothing of these is asked for here.
        error @ (WriteOrganizationError::ExternalIdInUse
        | WriteOrganizationError::StripeCustomerIdInUse
        | WriteOrganizationError::Overtaken(_)
        | WriteOrganizationError::Metadata(_)) => Problem::internal(error),
    }
}

async fn read_page(
    app: &App,
    environment: EnvironmentId,
    after: Option<OrganizationId>,
) -> Result<Page<OrganizationView>, StoreError> {
    let limit = PageLimit::new(PAGE_LIMIT_MAX).unwrap_or_default();
    let request = PageRequest { limit, order: Order::Ascending, cursor: after.map(Cursor::After) };
    app.store.queries().organizations(environment, &OrganizationFilter::default(), request).await
}

/// What of the array is still to be written.
enum Rest {
    Page(Page<OrganizationView>),
    After(OrganizationId),
    Nothing,
}

/// The array, written page by page: the contract has no paging, and memory has an end. A store that
/// fails on the way ends the connection, so that nobody takes half of a list for the whole.
fn array(
    app: App,
    environment: EnvironmentId,
    first: Page<OrganizationView>,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold((app, Rest::Page(first), &b"["[..]), move |(app, rest, separator)| async move {
        let page = match rest {
            Rest::Page(page) => page,
            Rest::After(id) => read_page(&app, environment, Some(id)).await?,
            Rest::Nothing => return Ok(None),
        };
        let mut chunk = BytesMut::new();
        let mut before = separator;
        for view in &page.items {
            chunk.extend_from_slice(before);
            chunk.extend_from_slice(
                &answer(StatusCode::OK, &ProjectOrganizationView::new(&view.organization)).body,
            );
            before = b",";
        }
        let rest = match page.items.last() {
            Some(last) if page.has_next => Rest::After(last.organization.id),
            Some(_) | None => {
                if page.items.is_empty() {
                    chunk.extend_from_slice(before);
                }
                chunk.extend_from_slice(b"]");
                Rest::Nothing
            }
        };
        Ok(Some((chunk.freeze(), (app, rest, &b","[..]))))
    })
}
