//! Organizations.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use vestibule_application::ambient::Ambient;
use vestibule_application::change::Change;
use vestibule_application::ports::store::{OrganizationFilter, OrganizationView};
use vestibule_application::replay::Answer;
use vestibule_application::usecases::create_organization::{
    CreateOrganization, CreateOrganizationCommand, WriteOrganizationError,
};
use vestibule_application::usecases::delete_organization::{
    DeleteOrganization, DeleteOrganizationCommand, DeleteOrganizationError,
};
use vestibule_application::usecases::update_organization::{UpdateOrganization, UpdateOrganizationCommand};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::OrganizationSnapshot;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization::{ExternalId, Metadata, MetadataChange, ProfileRule};
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim, ORGANIZATION_DOMAINS_MAX};
use vestibule_domain::text::Name;
use vestibule_wire::organization::OrganizationJson;

use crate::app::App;
use crate::transport::{
    ApiCaller, Body, Fields, List, Listing, Methods, PageParams, Params, Posted, Problem, Routes, answer,
    named, nullable, typed_or_text,
};

/// The word for people.
pub(super) const ENTITY: &str = "Organization";

/// Mounts the routes. Static segments come first: `external_id` is no organization's id.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/organizations", Methods::new().get(list).post(create));
    routes.api("/organizations/external_id/{external_id}", Methods::new().get(get_by_external_id));
    routes.api("/organizations/{id}", Methods::new().get(get).put(update).delete(delete));
    routes.api("/organizations/{id}/audit_log_configuration", Methods::new().get(audit_log_configuration));
}

/// An organization to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct CreateOrganizationBody {
    /// The customer's name.
    #[schema(required = true)]
    name: Option<String>,
    /// Domains, with the vendor's word for them or without.
    domain_data: Option<Vec<DomainDataBody>>,
    /// Domains to be proven. Deprecated: use `domain_data`.
    domains: Option<Vec<String>>,
    /// Whether people whose address lies outside the verified domains may sign in. Deprecated.
    #[serde(default, deserialize_with = "typed_or_text")]
    allow_profiles_outside_organization: Option<bool>,
    /// The vendor's notes: at most 50 keys of at most 40 ASCII characters, values of at most 600.
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    metadata: Option<BTreeMap<String, Option<String>>>,
    /// The vendor's own id, unique in the environment: at most 128 printable ASCII characters.
    external_id: Option<String>,
}

/// A domain of an organization.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct DomainDataBody {
    /// The domain: `example.com`.
    domain: String,
    /// `verified` when the vendor vouches for it, `pending` to have it proven.
    state: Option<String>,
}

/// A change to an organization. What is absent stays as it is.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct UpdateOrganizationBody {
    /// Another name.
    name: Option<String>,
    /// The whole set of domains: those that are not in it are removed.
    domain_data: Option<Vec<DomainDataBody>>,
    /// The same without the vendor's word. Deprecated: use `domain_data`.
    domains: Option<Vec<String>>,
    /// Whether people whose address lies outside the verified domains may sign in. Deprecated.
    #[serde(default, deserialize_with = "typed_or_text")]
    allow_profiles_outside_organization: Option<bool>,
    /// Merged into the notes: given keys are set, a null value removes its key; `{}` and null
    /// remove all.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<std::collections::HashMap<String, Option<String>>>)]
    metadata: Change<BTreeMap<String, Option<String>>>,
    /// The vendor's own id; null removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    external_id: Change<String>,
    /// The customer's id at Stripe; null removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    stripe_customer_id: Change<String>,
}

/// Create an organization
#[utoipa::path(post, path = "/organizations", tag = "Organizations", request_body = CreateOrganizationBody,
    responses(
        (status = 201, description = "The organization", body = OrganizationJson),
        (status = 400, description = "The external id is taken: `external_id_already_used`"),
        (status = 409, description = "A domain is another organization's: `domain_already_exists`"),
        (status = 422, description = "A field is missing or wrong"),
    ))]
pub(crate) async fn create(
    app: Data<App>,
    api: ApiCaller,
    posted: Posted<CreateOrganizationBody>,
) -> Result<HttpResponse, Problem> {
    let command = posted.body.into_command(&api)?;
    let case = CreateOrganization { ambient: app.ambient.clone() };
    posted.once.run(&app, case, command, created, |error| refused(error, "")).await
}

/// List organizations
#[utoipa::path(get, path = "/organizations", tag = "Organizations",
    params(
        PageParams,
        ("domains" = Option<String>, Query, description = "With any of these domains, comma-joined"),
        ("search" = Option<String>, Query, description = "Whose name begins with this"),
    ),
    responses((status = 200, description = "A page", body = List<OrganizationJson>)))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<OrganizationId> = params.listing(&mut fields);
    let asked = params.array(&mut fields, "domains");
    fields.finish()?;
    // A domain that no organization can have, such as a public mailbox provider's, matches none:
    // apps look up the domain of whoever signs in.
    let domains: Vec<_> = asked.iter().filter_map(|raw| DomainName::parse(raw).ok()).collect();
    if domains.is_empty() && !asked.is_empty() {
        return Ok(HttpResponse::Ok().json(List::<OrganizationJson>::whole(Vec::new())));
    }
    let filter = OrganizationFilter { domains, search: params.one("search").map(str::to_owned), need: None };
    let page = app.store.queries().organizations(api.environment_id(), &filter, listing.page).await?;
    let id = |view: &OrganizationView| view.organization.id.to_string();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, |view| present(&view))))
}

/// Get an organization
#[utoipa::path(get, path = "/organizations/{id}", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id")),
    responses(
        (status = 200, description = "The organization", body = OrganizationJson),
        (status = 404, description = "No such organization"),
    ))]
pub(crate) async fn get(app: Data<App>, api: ApiCaller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let view = find(&app, &api, &path).await?;
    Ok(HttpResponse::Ok().json(present(&view)))
}

/// Get an organization by the vendor's id
#[utoipa::path(get, path = "/organizations/external_id/{external_id}", tag = "Organizations",
    params(("external_id" = String, Path, description = "The vendor's own id")),
    responses(
        (status = 200, description = "The organization", body = OrganizationJson),
        (status = 404, description = "No such organization"),
    ))]
pub(crate) async fn get_by_external_id(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::entity_not_found(ENTITY, &path);
    let external_id = ExternalId::parse(&path).map_err(|_| unknown())?;
    let found = app.store.queries().organization_by_external_id(api.environment_id(), &external_id).await?;
    Ok(HttpResponse::Ok().json(present(&found.ok_or_else(unknown)?)))
}

/// Update an organization
///
/// What is absent stays as it is. `domain_data` is the whole set: domains that are not in it are
/// removed.
#[utoipa::path(put, path = "/organizations/{id}", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id")),
    request_body = UpdateOrganizationBody,
    responses(
        (status = 200, description = "The organization", body = OrganizationJson),
        (status = 400, description = "The external id is taken: `external_id_already_used`"),
        (status = 404, description = "No such organization"),
        (status = 409, description = "A domain or the Stripe customer id is another organization's"),
        (status = 422, description = "A field is wrong"),
    ))]
pub(crate) async fn update(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
    body: Body<UpdateOrganizationBody>,
) -> Result<HttpResponse, Problem> {
    let command = body.0.into_command(&api, named(ENTITY, &path)?)?;
    let case = UpdateOrganization { ambient: app.ambient.clone() };
    let updated = app.run(case, command).await.map_err(|error| refused(error, &path))?;
    Ok(HttpResponse::Ok().json(OrganizationJson::new(&updated.organization, &updated.domains)))
}

/// Delete an organization
///
/// With its domains, contacts, portal links and connection. Events and the audit trail stay.
#[utoipa::path(delete, path = "/organizations/{id}", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id")),
    responses(
        (status = 202, description = "It is gone"),
        (status = 404, description = "No such organization"),
    ))]
pub(crate) async fn delete(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let organization_id = named(ENTITY, &path)?;
    let command = DeleteOrganizationCommand { caller: api.caller, organization_id };
    let case = DeleteOrganization { ambient: app.ambient.clone() };
    app.run(case, command).await.map_err(|error| match error {
        DeleteOrganizationError::Unknown => Problem::entity_not_found(ENTITY, &path),
        DeleteOrganizationError::Store(error) => error.into(),
    })?;
    Ok(HttpResponse::Accepted().finish())
}

/// How an organization's audit logs are kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditLogConfigurationView {
    /// `org_…`
    organization_id: String,
    /// For how many days audit log events are kept.
    retention_period_in_days: u32,
    /// `active`, `inactive` or `disabled`.
    state: &'static str,
}

/// Get an organization's audit log configuration
///
/// This deployment takes no audit log events of the vendor's app, so that none are kept and the
/// state is `disabled` for every organization.
#[utoipa::path(get, path = "/organizations/{id}/audit_log_configuration", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id")),
    responses(
        (status = 200, description = "The configuration", body = AuditLogConfigurationView),
        (status = 404, description = "No such organization"),
    ))]
pub(crate) async fn audit_log_configuration(
    app: Data<App>,
    api: ApiCaller,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let view = find(&app, &api, &path).await?;
    Ok(HttpResponse::Ok().json(AuditLogConfigurationView {
        organization_id: view.organization.id.to_string(),
        retention_period_in_days: 0,
        state: "disabled",
    }))
}

/// Finds an organization of the caller's environment by the id in a path or body.
pub(crate) async fn find(app: &App, api: &ApiCaller, raw: &str) -> Result<OrganizationView, Problem> {
    let found = app.store.queries().organization(api.environment_id(), named(ENTITY, raw)?).await?;
    found.ok_or_else(|| Problem::entity_not_found(ENTITY, raw))
}

fn present(view: &OrganizationView) -> OrganizationJson {
    OrganizationJson::new(&view.organization, &view.domains)
}

fn created(snapshot: &OrganizationSnapshot, _: &Ambient) -> Answer {
    answer(StatusCode::CREATED, &OrganizationJson::new(&snapshot.organization, &snapshot.domains))
}

fn refused(error: WriteOrganizationError, id: &str) -> Problem {
    match error {
        WriteOrganizationError::Unknown => Problem::entity_not_found(ENTITY, id),
        WriteOrganizationError::SlugInUse => {
            Problem::conflict("slug_in_use", "Another organization has this slug.")
        }
        WriteOrganizationError::ExternalIdInUse => {
            Problem::bad_request("Another organization has this external id.")
                .with_code("external_id_already_used")
        }
        WriteOrganizationError::StripeCustomerIdInUse => Problem::conflict(
            "stripe_customer_id_already_used",
            "Another organization has this Stripe customer id.",
        ),
        WriteOrganizationError::DomainInUse => {
            Problem::conflict("domain_already_exists", "One of the domains belongs to another organization.")
        }
        WriteOrganizationError::Metadata(error) => {
            let mut fields = Fields::new();
            fields.add("metadata", "invalid_metadata", error);
            fields.into_problem()
        }
        // No program says what it was made from.
        error @ WriteOrganizationError::Overtaken(_) => Problem::internal(error),
        WriteOrganizationError::Store(error) => error.into(),
    }
}

impl CreateOrganizationBody {
    fn into_command(self, api: &ApiCaller) -> Result<CreateOrganizationCommand, Problem> {
        let mut fields = Fields::new();
        let name = fields.required("name", self.name, |raw| Name::parse(&raw));
        let domains = claimed_domains(&mut fields, self.domain_data, self.domains).unwrap_or_default();
        let entries = self.metadata.unwrap_or_default();
        let given = entries.into_iter().filter_map(|(key, value)| value.map(|value| (key, value)));
        let metadata = match Metadata::parse(given) {
            Ok(metadata) => metadata,
            Err(error) => {
                fields.add("metadata", "invalid_metadata", error);
                Metadata::default()
            }
        };
        let external_id = fields.optional("external_id", self.external_id, |raw| ExternalId::parse(&raw));
        let Some(name) = name else { return Err(fields.into_problem()) };
        fields.finish()?;
        Ok(CreateOrganizationCommand {
            caller: api.caller.clone(),
            name,
            slug: None,
            domains,
            profiles: profile_rule(self.allow_profiles_outside_organization).unwrap_or_default(),
            metadata,
            external_id,
        })
    }
}

impl UpdateOrganizationBody {
    fn into_command(
        self,
        api: &ApiCaller,
        organization_id: OrganizationId,
    ) -> Result<UpdateOrganizationCommand, Problem> {
        let mut fields = Fields::new();
        let name = fields.optional("name", self.name, |raw| Name::parse(&raw));
        let domains = claimed_domains(&mut fields, self.domain_data, self.domains);
        let external_id = fields.change("external_id", self.external_id, |raw| ExternalId::parse(&raw));
        let stripe_customer_id =
            fields.change("stripe_customer_id", self.stripe_customer_id, |raw| Name::parse(&raw));
        fields.finish()?;
        Ok(UpdateOrganizationCommand {
            caller: api.caller.clone(),
            organization_id,
            name,
            domains,
            profiles: profile_rule(self.allow_profiles_outside_organization),
            metadata: self.metadata.map(MetadataChange),
            external_id,
            stripe_customer_id,
            made_from: None,
        })
    }
}

fn profile_rule(allow_outside: Option<bool>) -> Option<ProfileRule> {
    allow_outside.map(|allow| if allow { ProfileRule::AnyDomain } else { ProfileRule::VerifiedDomains })
}

/// Reads both fields for domains into one set; a domain that is named twice is vouched for if
/// either says so.
fn claimed_domains(
    fields: &mut Fields,
    domain_data: Option<Vec<DomainDataBody>>,
    domains: Option<Vec<String>>,
) -> Option<Vec<ClaimedDomain>> {
    if domain_data.is_none() && domains.is_none() {
        return None;
    }
    let mut claims = Vec::new();
    for (index, entry) in domain_data.unwrap_or_default().into_iter().enumerate() {
        let at = format!("domain_data[{index}]");
        let domain =
            fields.optional(&format!("{at}.domain"), Some(entry.domain), |raw| DomainName::parse(&raw));
        let claim = match entry.state.as_deref() {
            None | Some("pending") => DomainClaim::Pending,
            Some("verified") => DomainClaim::Verified,
            Some(_) => {
                fields.wrong(&format!("{at}.state"), "must be pending or verified");
                continue;
            }
        };
        claims.extend(domain.map(|domain| ClaimedDomain { domain, claim }));
    }
    let plain = fields.each("domains", domains.unwrap_or_default(), |raw| DomainName::parse(&raw));
    claims.extend(plain.into_iter().map(|domain| ClaimedDomain { domain, claim: DomainClaim::Pending }));
    let mut set: BTreeMap<DomainName, DomainClaim> = BTreeMap::new();
    for ClaimedDomain { domain, claim } in claims {
        let held = set.entry(domain).or_insert(claim);
        if claim == DomainClaim::Verified {
            *held = DomainClaim::Verified;
        }
    }
    if set.len() > ORGANIZATION_DOMAINS_MAX {
        fields.wrong("domain_data", format_args!("must have at most {ORGANIZATION_DOMAINS_MAX} domains"));
    }
    Some(set.into_iter().map(|(domain, claim)| ClaimedDomain { domain, claim }).collect())
}
