//! Customers: the list, and new ones.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::{
    EnvironmentLine, NeedAt, OrganizationFilter, OrganizationMarks, OrganizationView,
};
use vestibule_application::usecases::create_organization::{
    CreateOrganization, CreateOrganizationCommand, WriteOrganizationError,
};
use vestibule_domain::Instant;
use vestibule_domain::attention::{Need, ends_soon_by, stuck_by};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::id::{EnvironmentId, OrganizationId};
use vestibule_domain::organization::{Metadata, ProfileRule};
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim, OrganizationDomain};
use vestibule_domain::text::{NAME_CHARS_MAX, Name};
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::form::Wrong;
use super::operator::{Operator, Signed};
use super::view::organizations::{DomainMark, MarkView, NeedChoice, OrganizationRow, OrganizationsPage};
use super::view::shell::{Area, area_href};
use crate::pages::paging::{Position, Ways};
use crate::portal::Field;

/// How many customers stand on a page: of more, the page would be heavier than 15 KiB.
const ROWS_MAX: u16 = 15;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there: an address that somebody kept must not end in an error.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    need: Option<String>,
    #[serde(flatten)]
    position: Position,
}

impl Wanted {
    fn query(&self) -> &str {
        let query = self.q.trim();
        let plain = query.chars().count() <= NAME_CHARS_MAX && !query.contains(char::is_control);
        if plain { query } else { "" }
    }

    fn need(&self) -> Option<Need> {
        self.need.as_deref().and_then(Need::parse)
    }

    /// What looks like a domain is looked for among domains, anything else among names.
    fn filter(&self, now: Instant) -> OrganizationFilter {
        let need = self.need().map(|need| NeedAt { need, now });
        let mut filter = OrganizationFilter { need, ..OrganizationFilter::default() };
        let query = self.query();
        let domain = Some(query.trim_start_matches('@')).filter(|query| query.contains('.'));
        match domain.and_then(|domain| DomainName::parse(domain).ok()) {
            Some(domain) => filter.domains = vec![domain],
            None => filter.search = Some(query.to_lowercase()).filter(|query| !query.is_empty()),
        }
        filter
    }
}

/// Lists the customers.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let content =
        content(&dashboard, &operator, environment, &wanted, new_fields(), &Wrong::default()).await?;
    page(StatusCode::OK, &content)
}

/// Makes a customer.
pub(super) async fn create(
    dashboard: Data<Dashboard>,
    Signed { operator, form }: Signed,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let mut wrong = Wrong::default();
    let name = wrong.take("name", Name::parse(form.one("name")));
    let domain = match form.one("domain") {
        "" => None,
        raw => wrong.take("domain", DomainName::parse(raw)),
    };
    if let (Some(name), true) = (name, wrong.is_empty()) {
        let claimed = domain.map(|domain| ClaimedDomain { domain, claim: DomainClaim::Pending });
        let command = CreateOrganizationCommand {
            caller: operator.caller(&dashboard, environment.id).await?,
            name,
            slug: None,
            domains: claimed.into_iter().collect(),
            profiles: ProfileRule::default(),
            metadata: Metadata::default(),
            external_id: None,
        };
        let case = CreateOrganization { ambient: dashboard.app.ambient.clone() };
        match dashboard.app.run(case, command).await {
            Ok(made) => return Ok(see_other(&href(environment.id, made.organization.id))),
            Err(WriteOrganizationError::DomainInUse) => {
                wrong.note("domain", "belongs to another organization that has proven it");
            }
            Err(WriteOrganizationError::Store(error)) => return Err(error.into()),
            // A form without these fields cannot be refused for them.
            Err(
                error @ (WriteOrganizationError::Unknown
                | WriteOrganizationError::SlugInUse
                | WriteOrganizationError::ExternalIdInUse
                | WriteOrganizationError::StripeCustomerIdInUse
                | WriteOrganizationError::Overtaken(_)
                | WriteOrganizationError::Metadata(_)),
            ) => return Err(Failure::internal(error)),
        }
    }
    let mut fields = new_fields();
    form.fill(&mut fields);
    let content = content(&dashboard, &operator, environment, &Wanted::default(), fields, &wrong).await?;
    page(StatusCode::UNPROCESSABLE_ENTITY, &content)
}

/// Where all about a customer is.
pub(super) fn href(environment: EnvironmentId, organization: OrganizationId) -> String {
    format!("{}/{organization}", area_href(environment, Area::Organizations))
}

/// Where the customers are listed that need something.
pub(super) fn list_href(environment: EnvironmentId, need: Need) -> String {
    format!("{}?need={}", area_href(environment, Area::Organizations), need.as_str())
}

fn new_fields() -> [Field; 2] {
    [
        Field::plain("name", "Name", "line"),
        Field {
            optional: true,
            note: Some("People whose mail lies in a proven domain can sign in.".into()),
            example: Some("example.com".to_owned()),
            ..Field::plain("domain", "Domain", "line")
        },
    ]
}

async fn content(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    wanted: &Wanted,
    fields: [Field; 2],
    wrong: &Wrong,
) -> Result<OrganizationsPage, Failure> {
    let request = wanted.position.request(ROWS_MAX).map_err(Failure::internal)?;
    let queries = dashboard.app.store.queries();
    let found = queries.organizations(environment.id, &wanted.filter(operator.now), request).await?;
    let ids: Vec<_> = found.items.iter().map(|view| view.organization.id).collect();
    let connections: BTreeMap<_, _> = queries
        .connections_of(environment.id, &ids)
        .await?
        .into_iter()
        .map(|connection| (connection.organization_id, connection))
        .collect();
    let marks: BTreeMap<_, _> = queries
        .organization_marks(environment.id, &ids, operator.now)
        .await?
        .into_iter()
        .map(|marks| (marks.organization_id, marks))
        .collect();
    let list_href = area_href(environment.id, Area::Organizations);
    let (query, need) = (wanted.query(), wanted.need());
    let narrowed = [("q", Some(query).filter(|query| !query.is_empty())), ("need", need.map(Need::as_str))];
    let Ways { newer_href, older_href } =
        Ways::from(&found, |view| view.organization.id, &list_href, &narrowed);
    let (fields, errors) = wrong.onto(fields);
    Ok(OrganizationsPage {
        shell: operator.shell(environment, Area::Organizations),
        query: query.to_owned(),
        rows: found
            .items
            .iter()
            .map(|view| {
                let marks = marks.get(&view.organization.id);
                let marks = marks.map(|marks| attention(marks, operator.now)).unwrap_or_default();
                row(dashboard, environment.id, view, connections.get(&view.organization.id), marks)
            })
            .collect(),
        needs: Need::ALL
            .map(|choice| NeedChoice {
                value: choice.as_str(),
                label: need_word(choice),
                chosen: need == Some(choice),
            })
            .into(),
        narrowed: need.is_some() || !query.is_empty(),
        errors,
        fields: fields.into(),
        newer_href,
        older_href,
        list_href,
    })
}

fn row(
    dashboard: &Dashboard,
    environment: EnvironmentId,
    view: &OrganizationView,
    connection: Option<&Connection>,
    marks: Vec<MarkView>,
) -> OrganizationRow {
    let (state, state_word) = state(connection);
    let domain = |domain: &OrganizationDomain| DomainMark {
        name: domain.domain.to_string(),
        proven: domain.is_verified(),
    };
    OrganizationRow {
        href: href(environment, view.organization.id),
        name: view.organization.name.to_string(),
        domains: view.domains.iter().map(domain).collect(),
        state,
        state_word,
        provider: connection.map(|connection| provider_name(dashboard, connection)),
        created_at: Moment::of(view.organization.created_at),
        marks,
    }
}

/// What people call those who need something.
fn need_word(need: Need) -> &'static str {
    match need {
        Need::SetUp => "Stuck set-up",
        Need::SignIns => "Failing sign-ins",
        Need::Certificate => "Certificate ends or has ended",
        Need::Connection => "No connection",
        Need::Domain => "Unproven domain",
    }
}

/// What to see at a glance, besides domains and connection.
fn attention(marks: &OrganizationMarks, now: Instant) -> Vec<MarkView> {
    let mark = |kind, text, at: Option<Instant>| MarkView { kind, text, at: at.map(Moment::of) };
    let mut shown = Vec::new();
    if marks.failing_at.is_some() {
        shown.push(mark("failed", "Sign-ins fail", None));
    }
    if let Some(end) = marks.certificate_end.filter(|end| *end <= ends_soon_by(now)) {
        let text = if end <= now { "Certificate ended" } else { "Certificate ends" };
        shown.push(mark(if end <= now { "failed" } else { "pending" }, text, Some(end)));
    }
    if let Some(open) = marks.set_up {
        shown.push(match (open.moved_at <= stuck_by(now), open.opened) {
            (true, true) => mark("failed", "Stuck since", Some(open.moved_at)),
            (true, false) => mark("failed", "Never opened", None),
            (false, true) => mark("pending", "Under way", None),
            (false, false) => mark("pending", "Invited", None),
        });
    }
    shown
}

/// Where single sign-on of a customer stands: the word for marks, and the one for people.
pub(super) fn state(connection: Option<&Connection>) -> (&'static str, &'static str) {
    match connection.map(|connection| connection.state) {
        None => ("none", "Not set up"),
        Some(ConnectionState::Draft) => ("draft", "Being set up"),
        Some(ConnectionState::Validating) => ("validating", "Waiting for a domain"),
        Some(ConnectionState::Active) => ("active", "Active"),
        Some(ConnectionState::Inactive) => ("inactive", "Switched off"),
    }
}

/// What people call a connection's provider.
pub(super) fn provider_name(dashboard: &Dashboard, connection: &Connection) -> String {
    if connection.is_test() {
        return "Test identity provider".to_owned();
    }
    let product = dashboard.app.product(connection);
    product.unwrap_or(connection.connection_type.as_str()).to_owned()
}
