//! An environment at a glance: what needs attention first, then how sign-ins and set-ups go.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use vestibule_application::ports::store::{ATTENTION_MAX, EnvironmentLine, InNeed, Overview, Undelivered};
use vestibule_domain::Instant;
use vestibule_domain::attention::Need;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::id::WebhookEndpointId;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::{page, see_other};
use super::failure::Failure;
use super::operator::Operator;
use super::organizations;
use super::view::chart::{set_ups, sign_ins};
use super::view::overview::{AttentionView, EntryView, OverviewPage};
use super::view::shell::{Area, area_href};

/// Entries of each kind that need attention; the rest is behind a link, and with more, the page would
/// be heavier than 15 KiB.
const ENTRIES_MAX: usize = 2;

/// Leads to the environment that is worked in first: production, once there is one.
pub(super) async fn home(operator: Operator) -> Result<HttpResponse, Failure> {
    let environments = &operator.visit.environments;
    let production = environments.iter().find(|line| line.kind == EnvironmentKind::Production);
    let first = production.or_else(|| environments.first()).ok_or(Failure::NotFound)?;
    Ok(see_other(&area_href(first.id, Area::Overview)))
}

/// Leads to the first page of an environment.
pub(super) async fn environment_home(
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    Ok(see_other(&area_href(operator.environment(&path)?.id, Area::Overview)))
}

/// Shows the environment.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let overview = dashboard.app.store.queries().overview(environment.id, operator.now).await?;
    let mut attention = attention(environment, &overview, operator.now);
    attention.push(undelivered(&dashboard, environment, &overview.undelivered).await?);
    let content = OverviewPage {
        shell: operator.shell(environment, Area::Overview),
        begun: overview.begun,
        calm: attention.iter().all(|list| list.entries.is_empty()),
        organizations_href: area_href(environment.id, Area::Organizations),
        keys_href: area_href(environment.id, Area::Keys),
        redirects_href: area_href(environment.id, Area::Redirects),
        attention: attention.into_iter().filter(|list| !list.entries.is_empty()).collect(),
        sign_ins: sign_ins(&overview.days, operator.now),
        set_ups: set_ups(&overview.weeks, operator.now),
    };
    page(StatusCode::OK, &content)
}

/// How many there are, as far as they were counted.
fn count(found: usize) -> String {
    if found < usize::from(ATTENTION_MAX) { found.to_string() } else { format!("{found} or more") }
}

fn attention(environment: &EnvironmentLine, overview: &Overview, now: Instant) -> Vec<AttentionView> {
    let list = |need: Need, title, found: &[InNeed], note: &dyn Fn(&InNeed) -> &'static str| {
        let entry = |of: &InNeed| EntryView {
            href: organizations::href(environment.id, of.organization_id),
            name: of.name.to_string(),
            note: note(of).to_owned(),
            at: Moment::of(of.at),
        };
        AttentionView {
            kind: need.as_str(),
            title,
            count: count(found.len()),
            entries: found.iter().take(ENTRIES_MAX).map(entry).collect(),
            all_href: organizations::list_href(environment.id, need),
        }
    };
    vec![
        list(Need::SetUp, "Stuck set-ups", &overview.stuck, &|of| {
            if of.opened { "nothing moved since" } else { "invited, never opened; link made" }
        }),
        list(Need::SignIns, "Failing sign-ins", &overview.failing, &|_| "last failure"),
        list(Need::Certificate, "Certificates", &overview.certificates, &|of| {
            if of.at <= now { "ended" } else { "ends" }
        }),
    ]
}

/// Deliveries that were given up, by endpoint.
async fn undelivered(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    found: &[Undelivered],
) -> Result<AttentionView, Failure> {
    let mut endpoints: BTreeMap<WebhookEndpointId, (usize, Instant)> = BTreeMap::new();
    for Undelivered { endpoint_id, at } in found {
        let (count, last) = endpoints.entry(*endpoint_id).or_insert((0, *at));
        *count += 1;
        *last = (*last).max(*at);
    }
    let all_href = area_href(environment.id, Area::Webhooks);
    let mut entries = Vec::new();
    for (id, (given_up, last)) in endpoints.into_iter().take(ENTRIES_MAX) {
        let endpoint = dashboard.app.store.queries().webhook_endpoint(environment.id, id).await?;
        entries.extend(endpoint.map(|endpoint| EntryView {
            href: format!("{all_href}/{id}"),
            name: endpoint.url.to_string(),
            note: format!("{} given up, the last", count(given_up)),
            at: Moment::of(last),
        }));
    }
    Ok(AttentionView {
        kind: "undelivered",
        title: "Undelivered webhooks",
        count: count(found.len()),
        entries,
        all_href,
    })
}
