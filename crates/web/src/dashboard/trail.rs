//! The audit trail: who did what, of an environment or of one customer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration};
use vestibule_application::ports::store::{AuditFilter, EnvironmentLine};
use vestibule_domain::Instant;
use vestibule_domain::audit::{AuditAction, AuditEntry};
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization::Organization;
use vestibule_domain::readout::FieldChange;
use vestibule_words::Moment;

use super::Dashboard;
use super::answer::page;
use super::failure::Failure;
use super::operator::Operator;
use super::organization::{self, head};
use super::organizations;
use super::trail_export::{self, Format};
use super::view::head::Tab;
use super::view::shell::{Area, area_href};
use super::view::trail::{ActionChoice, ChangeView, DetailView, TrailPage, TrailRow};
use crate::pages::paging::{Position, Ways};

/// How many entries stand on a page.
const ROWS_MAX: u16 = 50;

/// Longest name or id of an actor that is looked for, in characters.
const ACTOR_CHARS_MAX: usize = 255;

/// A day as forms have it.
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// How the list is narrowed. What is not understood is as if it were not there.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Narrowing {
    action: Option<String>,
    actor: Option<String>,
    from: Option<String>,
    until: Option<String>,
    organization: Option<String>,
}

/// The same, and from where the list is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowing: Narrowing,
    #[serde(flatten)]
    position: Position,
}

impl Narrowing {
    fn organization(&self) -> Option<OrganizationId> {
        self.organization.as_deref().and_then(|raw| raw.parse().ok())
    }

    fn action(&self) -> Option<AuditAction> {
        self.action.as_deref().and_then(AuditAction::parse)
    }

    fn actor(&self) -> Option<&str> {
        let actor = self.actor.as_deref().map(str::trim).filter(|actor| !actor.is_empty())?;
        (actor.chars().count() <= ACTOR_CHARS_MAX && !actor.contains(char::is_control)).then_some(actor)
    }

    fn from(&self) -> Option<Date> {
        day(self.from.as_deref())
    }

    fn until(&self) -> Option<Date> {
        day(self.until.as_deref())
    }

    pub(super) fn filter(&self, organization_id: Option<OrganizationId>) -> AuditFilter {
        AuditFilter {
            actions: self.action().into_iter().collect(),
            actor: self.actor().map(str::to_owned),
            organization_id,
            from: self.from().map(begins),
            // The whole day, to the last microsecond.
            until: self.until().and_then(Date::next_day).map(|next| begins(next) - Duration::MICROSECOND),
        }
    }

    /// What links have to keep, by name.
    fn kept(&self) -> [(&'static str, Option<String>); 4] {
        let written = |day: Option<Date>| day.and_then(|day| day.format(DAY).ok());
        [
            ("action", self.action().map(|action| action.as_str().to_owned())),
            ("actor", self.actor().map(str::to_owned)),
            ("from", written(self.from())),
            ("until", written(self.until())),
        ]
    }
}

/// A day of the calendar in UTC.
fn day(raw: Option<&str>) -> Option<Date> {
    Date::parse(raw?.trim(), DAY).ok()
}

fn begins(day: Date) -> Instant {
    day.midnight().assume_utc()
}

/// Lists entries of an environment.
pub(super) async fn list(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path)?;
    let organization = match wanted.narrowing.organization() {
        // The trail of one that was deleted stays.
        Some(id) => match organization::find(&dashboard, environment, id).await {
            Ok(found) => Of::Customer(Box::new(found.organization)),
            Err(Failure::NotFound) => Of::Deleted(id),
            Err(failure) => return Err(failure),
        },
        None => Of::Environment,
    };
    render(&dashboard, &operator, environment, organization, &wanted).await
}

/// Lists entries of a customer.
pub(super) async fn list_of(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let (environment, id) = operator.place(&path.0, &path.1)?;
    let organization = organization::find(&dashboard, environment, id).await?.organization;
    render(&dashboard, &operator, environment, Of::Customer(Box::new(organization)), &wanted).await
}

/// Sends all entries as a file.
pub(super) async fn export(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<(String, String)>,
    narrowing: Query<Narrowing>,
) -> Result<HttpResponse, Failure> {
    let environment = operator.environment(&path.0)?;
    let format = Format::parse(&path.1).ok_or(Failure::NotFound)?;
    let filter = narrowing.filter(narrowing.organization());
    trail_export::answer(&dashboard, environment, filter, format, operator.now)
}

/// Whose trail it is.
enum Of {
    Environment,
    Customer(Box<Organization>),
    Deleted(OrganizationId),
}

impl Of {
    fn id(&self) -> Option<OrganizationId> {
        match self {
            Self::Environment => None,
            Self::Customer(organization) => Some(organization.id),
            Self::Deleted(id) => Some(*id),
        }
    }
}

async fn render(
    dashboard: &Dashboard,
    operator: &Operator,
    environment: &EnvironmentLine,
    of: Of,
    Wanted { narrowing, position }: &Wanted,
) -> Result<HttpResponse, Failure> {
    let filter = narrowing.filter(of.id());
    let request = position.request(ROWS_MAX).map_err(Failure::internal)?;
    let found = dashboard.app.store.queries().audit_trail(environment.id, &filter, request).await?;
    let trail_href = area_href(environment.id, Area::Trail);
    let list_href = match &of {
        Of::Customer(organization) => Tab::Trail.href(&organizations::href(environment.id, organization.id)),
        Of::Environment | Of::Deleted(_) => trail_href.clone(),
    };
    let kept = narrowing.kept();
    let organization = of.id().map(|id| id.to_string());
    let deleted = organization.as_deref().filter(|_| matches!(of, Of::Deleted(_)));
    let mut narrowed: Vec<_> = kept.iter().map(|(name, value)| (*name, value.as_deref())).collect();
    narrowed.push(("organization", deleted));
    let Ways { newer_href, older_href } = Ways::from(&found, |entry| entry.id, &list_href, &narrowed);
    let exported = |format: Format| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))));
        query.extend_pairs(organization.iter().map(|id| ("organization", id)));
        format!("{trail_href}/{}?{}", format.file_name(), query.finish())
    };
    let [_, actor, from, until] = kept.clone().map(|(_, value)| value.unwrap_or_default());
    let content = TrailPage {
        shell: operator.shell(
            environment,
            if matches!(of, Of::Customer(_)) { Area::Organizations } else { Area::Trail },
        ),
        actions: actions(narrowing.action()),
        actor,
        from,
        until,
        organization: deleted.map(str::to_owned),
        narrowed: kept.iter().any(|(_, value)| value.is_some()) || deleted.is_some(),
        rows: found.items.iter().map(|entry| row(environment, &list_href, entry)).collect(),
        csv_href: exported(Format::Csv),
        json_href: exported(Format::JsonLines),
        newer_href,
        older_href,
        list_href,
        head: match &of {
            Of::Customer(organization) => Some(head(environment, organization, Tab::Trail)),
            Of::Environment | Of::Deleted(_) => None,
        },
    };
    page(StatusCode::OK, &content)
}

fn actions(chosen: Option<AuditAction>) -> Vec<ActionChoice> {
    let mut words: Vec<_> = AuditAction::ALL.iter().collect();
    words.sort_unstable_by_key(|action| action.as_str());
    let choice =
        |action: &AuditAction| ActionChoice { value: action.as_str(), chosen: chosen == Some(*action) };
    words.into_iter().map(choice).collect()
}

/// What is shown of a field that changed.
pub(super) fn change_view(FieldChange { field, before, after }: &FieldChange) -> ChangeView {
    ChangeView { field: field.clone(), before: before.clone(), after: after.clone() }
}

fn row(environment: &EnvironmentLine, list_href: &str, entry: &AuditEntry) -> TrailRow {
    let detail = |(name, value): &(String, String)| DetailView { name: name.clone(), value: value.clone() };
    let actor: String = url::form_urlencoded::byte_serialize(entry.actor.id.as_bytes()).collect();
    let origin = entry.actor.origin.clone().unwrap_or_default();
    // What changed says more than the details of the same name.
    let said = |name: &str| entry.changes.iter().any(|change| change.field == name);
    TrailRow {
        at: Moment::of(entry.at),
        action: entry.action.as_str(),
        actor_kind: entry.actor.kind.as_str(),
        actor: entry.actor.name.clone().unwrap_or_else(|| entry.actor.id.clone()),
        actor_href: format!("{list_href}?actor={actor}"),
        ip_address: origin.ip_address,
        user_agent: origin.user_agent,
        target: entry.target.id.clone(),
        organization_href: entry.organization_id.map(|id| organizations::href(environment.id, id)),
        details: entry.details.iter().filter(|(name, _)| !said(name)).map(detail).collect(),
        changes: entry.changes.iter().map(change_view).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_day_counts_to_its_last_microsecond() {
        let narrowing = Narrowing {
            from: Some("2026-02-28".to_owned()),
            until: Some(" 2026-02-28 ".to_owned()),
            ..Narrowing::default()
        };
        let filter = narrowing.filter(None);
        assert_eq!(filter.from, Some(datetime!(2026-02-28 00:00 UTC)));
        assert_eq!(filter.until, Some(datetime!(2026-02-28 23:59:59.999_999 UTC)));
    }

    #[test]
    fn what_is_not_understood_narrows_nothing() {
        for nonsense in ["", "28.2.2026", "2026-02-30", "+20260-01-01", "'--", "\u{0}"] {
            let some = Some(nonsense.to_owned());
            let narrowing = Narrowing {
                action: some.clone(),
                actor: Some("x".repeat(ACTOR_CHARS_MAX + 1)),
                from: some.clone(),
                until: some.clone(),
                organization: some,
            };
            assert_eq!(narrowing.filter(narrowing.organization()), AuditFilter::default(), "{nonsense}");
        }
        let longest = Narrowing { actor: Some("é".repeat(ACTOR_CHARS_MAX)), ..Narrowing::default() };
        assert!(longest.filter(None).actor.is_some());
    }
}
