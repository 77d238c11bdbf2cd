//! The audit trail of this deployment.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use time::Duration;
use vestibule_application::ports::store::AuditFilter;
use vestibule_domain::Instant;
use vestibule_domain::audit::{ActorKind, AuditAction, AuditEntry};
use vestibule_domain::page::{Cursor, Order, PAGE_LIMIT_MAX, PageLimit, PageRequest};
use vestibule_domain::readout::FieldChange;
use vestibule_wire::timestamp::Timestamp;

use super::check_project;
use crate::app::App;
use crate::transport::{ApiCaller, Fields, Methods, Params, Problem, Routes};

/// Mounts the route.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/v1/events", Methods::new().get(list));
}

/// A page of the audit trail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditTrailView {
    /// The entries, oldest first.
    data: Vec<AuditEntryView>,
    /// Where the next page is.
    list_metadata: AuditTrailMetadata,
}

/// Where the next page is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditTrailMetadata {
    /// What to pass as `after`; null on the last page.
    #[schema(required = true)]
    after: Option<String>,
}

/// An entry of the audit trail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditEntryView {
    /// `audit_…`
    id: String,
    /// The action.
    event: &'static str,
    /// When it happened.
    created_at: Timestamp,
    /// What happened.
    data: AuditDataView,
}

/// Who did what to what.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AuditDataView {
    /// The organization concerned.
    organization_id: Option<String>,
    /// `member_…` if a member of the vendor's team did it.
    user_id: Option<String>,
    /// `api_key`, `portal_session`, `member` or `system`.
    actor_type: &'static str,
    /// Their id.
    actor_id: String,
    /// Type of what it was done to.
    target_type: String,
    /// Id of what it was done to.
    target_id: String,
    /// More about it. What was changed reads so: under the field's name what it reads now, and under the
    /// name with `_before` what it read; what was or is not set is left out.
    metadata: BTreeMap<String, String>,
}

/// Details and changes as one map.
fn metadata(details: Vec<(String, String)>, changes: Vec<FieldChange>) -> BTreeMap<String, String> {
    let mut metadata: BTreeMap<_, _> = details.into_iter().collect();
    for FieldChange { field, before, after } in changes {
        metadata.extend(before.map(|before| (format!("{field}_before"), before)));
        metadata.extend(after.map(|after| (field, after)));
    }
    metadata
}

impl AuditEntryView {
    fn new(entry: AuditEntry) -> Self {
        let user_id = (entry.actor.kind == ActorKind::Member).then(|| entry.actor.id.clone());
        Self {
            id: entry.id.to_string(),
            event: entry.action.as_str(),
            created_at: entry.at.into(),
            data: AuditDataView {
                organization_id: entry.organization_id.map(|id| id.to_string()),
                user_id,
                actor_type: entry.actor.kind.as_str(),
                actor_id: entry.actor.id,
                target_type: entry.target.kind,
                target_id: entry.target.id,
                metadata: metadata(entry.details, entry.changes),
            },
        }
    }
}

/// List the audit trail
///
/// Every mint, open, save, test and revocation in the project, oldest first. Whoever resumes with
/// the last `after` misses nothing and sees nothing twice.
#[utoipa::path(get, path = "/v1/events", tag = "Audit trail",
    params(
        ("project_id" = Option<String>, Query, description = "The environment's id"),
        ("events[]" = Option<Vec<String>>, Query, description = "With one of these actions"),
        ("range_start" = Option<String>, Query, description = "Not before: RFC 3339"),
        ("range_end" = Option<String>, Query, description = "Not after: RFC 3339"),
        ("limit" = Option<u16>, Query, description = "1 to 100, 100 unless given"),
        ("after" = Option<String>, Query, description = "`list_metadata.after` of the last answer"),
    ),
    responses(
        (status = 200, description = "A page", body = AuditTrailView),
        (status = 404, description = "`project_not_found`"),
        (status = 422, description = "A parameter is wrong"),
    ))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    check_project(&api, params.one("project_id"))?;
    let mut fields = Fields::new();
    let names = params.array(&mut fields, "events");
    let from = fields.optional("range_start", params.one("range_start"), Timestamp::parse);
    let until = fields.optional("range_end", params.one("range_end"), Timestamp::parse);
    let limit = params.limit(&mut fields);
    let after = params.parsed(&mut fields, "after");
    fields.finish()?;
    // Actions that never occur here match nothing; with none left over, nothing matches.
    let actions: Vec<_> = names.iter().filter_map(|name| AuditAction::parse(name)).collect();
    if actions.is_empty() && !names.is_empty() {
        return Ok(present(Vec::new(), None));
    }
    let filter = AuditFilter {
        actions,
        actor: None,
        organization_id: None,
        from: from.map(|from| from.0),
        until: until.map(|until| end_of_millisecond(until.0)),
    };
    let page = PageRequest {
        limit: limit.or(PageLimit::new(PAGE_LIMIT_MAX).ok()).unwrap_or_default(),
        order: Order::Ascending,
        cursor: after.map(Cursor::After),
    };
    let page = app.store.queries().audit_trail(api.environment_id(), &filter, page).await?;
    let next = page.items.last().filter(|_| page.has_next).map(|entry| entry.id.to_string());
    Ok(present(page.items, next))
}

fn present(entries: Vec<AuditEntry>, after: Option<String>) -> HttpResponse {
    HttpResponse::Ok().json(AuditTrailView {
        data: entries.into_iter().map(AuditEntryView::new).collect(),
        list_metadata: AuditTrailMetadata { after },
    })
}

/// Answers show milliseconds and the store keeps microseconds: an end that was copied from an
/// answer includes the entry it came from.
fn end_of_millisecond(at: Instant) -> Instant {
    if at.microsecond().is_multiple_of(1_000) { at + Duration::microseconds(999) } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_reads_before_and_after() {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| {
            let [before, after] = [before, after].map(|text| text.map(str::to_owned));
            FieldChange { field: field.to_owned(), before, after }
        };
        let changes = vec![
            change("name", Some("Acme"), Some("Acme Ltd")),
            change("external_id", None, Some("crm-17")),
            change("color", Some("#ffffff"), None),
        ];
        let told = metadata(vec![("kind".to_owned(), "token".to_owned())], changes);
        let told: Vec<_> = told.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let wanted = [
            ("color_before", "#ffffff"),
            ("external_id", "crm-17"),
            ("kind", "token"),
            ("name", "Acme Ltd"),
            ("name_before", "Acme"),
        ];
        assert_eq!(told, wanted);
    }
}
