//! The audit trail as a file: read from the store a page at a time while it is sent, so that a long
//! one takes no more memory than a short one.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Serialize;
use time::Date;
use vestibule_application::ports::store::{AuditFilter, EnvironmentLine, StoreError};
use vestibule_domain::Instant;
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::id::{AuditId, EnvironmentId};
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_wire::timestamp::Timestamp;

use super::Dashboard;
use super::failure::Failure;
use crate::app::App;

/// How many entries are read at a time.
const ENTRIES_AT_ONCE: u16 = 100;

/// Columns of a CSV file.
const COLUMNS: [&str; 13] = [
    "id",
    "at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_name",
    "ip_address",
    "user_agent",
    "organization_id",
    "target_kind",
    "target_id",
    "details",
    "changes",
];

/// How entries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Comma-separated values. Source: RFC 4180.
    Csv,
    /// One JSON object on each line.
    JsonLines,
}

impl Format {
    /// The last part of the address, which is what browsers call the file.
    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "audit-trail.csv",
            Self::JsonLines => "audit-trail.jsonl",
        }
    }

    /// The format of an address.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        [Self::Csv, Self::JsonLines].into_iter().find(|format| format.file_name() == raw)
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }

    /// What stands before the entries.
    fn beginning(self) -> String {
        match self {
            Self::Csv => line(COLUMNS.map(str::to_owned)),
            Self::JsonLines => String::new(),
        }
    }

    fn write(self, entry: &AuditEntry) -> Result<String, serde_json::Error> {
        match self {
            Self::Csv => Ok(csv(entry)),
            Self::JsonLines => serde_json::to_string(&EntryLine::new(entry)).map(|json| json + "\n"),
        }
    }
}

/// Where the reading is.
struct Reading {
    app: App,
    environment: EnvironmentId,
    filter: AuditFilter,
    format: Format,
    /// What is sent before the next page.
    beginning: String,
    /// The next page; none after the last.
    next: Option<PageRequest<AuditId>>,
}

/// Why the rest of a file is missing: the browser is told by a connection that breaks off.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error("the audit trail cannot be read")]
    Store(#[from] StoreError),
    #[error("an entry of the audit trail cannot be written")]
    Json(#[from] serde_json::Error),
}

/// Answers with a file, newest entries first.
pub(super) fn answer(
    dashboard: &Dashboard,
    environment: &EnvironmentLine,
    filter: AuditFilter,
    format: Format,
    now: Instant,
) -> Result<HttpResponse, Failure> {
    let limit = PageLimit::new(ENTRIES_AT_ONCE).map_err(Failure::internal)?;
    let reading = Reading {
        app: dashboard.app.clone(),
        environment: environment.id,
        filter,
        format,
        beginning: format.beginning(),
        next: Some(PageRequest { limit, order: Order::Descending, cursor: None }),
    };
    let body = stream::try_unfold(reading, |reading| async move {
        let written = piece(reading).await;
        written.inspect_err(|error| {
            tracing::error!(error = %error, source = ?std::error::Error::source(error), "an export broke off");
        })
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CONTENT_DISPOSITION, disposition(format, now.date())))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(Box::pin(body)))
}

fn disposition(format: Format, today: Date) -> String {
    let (name, extension) = format.file_name().split_once('.').unwrap_or((format.file_name(), ""));
    format!("attachment; filename=\"{name}-{today}.{extension}\"")
}

/// The next piece of the file, and what is left to read.
async fn piece(mut reading: Reading) -> Result<Option<(Bytes, Reading)>, ExportError> {
    let Some(request) = reading.next.take() else { return Ok(None) };
    let queries = reading.app.store.queries();
    let found = queries.audit_trail(reading.environment, &reading.filter, request).await?;
    let mut text = std::mem::take(&mut reading.beginning);
    for entry in &found.items {
        text.push_str(&reading.format.write(entry)?);
    }
    let last = found.items.last().filter(|_| found.has_next);
    reading.next = last.map(|last| PageRequest { cursor: Some(Cursor::After(last.id)), ..request });
    Ok(Some((Bytes::from(text), reading)))
}

/// An entry as a line of JSON.
#[derive(Serialize)]
struct EntryLine<'a> {
    id: String,
    at: Timestamp,
    action: &'static str,
    actor: ActorPart<'a>,
    organization_id: Option<String>,
    target: TargetPart<'a>,
    details: Vec<DetailPart<'a>>,
    changes: Vec<ChangePart<'a>>,
}

#[derive(Serialize)]
struct ActorPart<'a> {
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
}

#[derive(Serialize)]
struct TargetPart<'a> {
    kind: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct DetailPart<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct ChangePart<'a> {
    field: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> EntryLine<'a> {
    fn new(entry: &'a AuditEntry) -> Self {
        let origin = entry.actor.origin.as_ref();
        Self {
            id: entry.id.to_string(),
            at: entry.at.into(),
            action: entry.action.as_str(),
            actor: ActorPart {
                kind: entry.actor.kind.as_str(),
                id: &entry.actor.id,
                name: entry.actor.name.as_deref(),
                ip_address: origin.and_then(|origin| origin.ip_address.as_deref()),
                user_agent: origin.and_then(|origin| origin.user_agent.as_deref()),
            },
            organization_id: entry.organization_id.map(|id| id.to_string()),
            target: TargetPart { kind: &entry.target.kind, id: &entry.target.id },
            details: entry.details.iter().map(|(name, value)| DetailPart { name, value }).collect(),
            changes: entry
                .changes
                .iter()
                .map(|change| ChangePart {
                    field: &change.field,
                    before: change.before.as_deref(),
                    after: change.after.as_deref(),
                })
                .collect(),
        }
    }
}

/// An entry as a line of CSV.
fn csv(entry: &AuditEntry) -> String {
    let of = EntryLine::new(entry);
    let some = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let details: Vec<_> = of.details.iter().map(|part| format!("{}: {}", part.name, part.value)).collect();
    let value = |value: Option<&str>| value.map_or_else(|| "(not set)".to_owned(), str::to_owned);
    let changes = of.changes.iter();
    let changes: Vec<_> = changes
        .map(|part| format!("{}: {} → {}", part.field, value(part.before), value(part.after)))
        .collect();
    line([
        of.id,
        of.at.to_string(),
        of.action.to_owned(),
        of.actor.kind.to_owned(),
        of.actor.id.to_owned(),
        some(of.actor.name),
        some(of.actor.ip_address),
        some(of.actor.user_agent),
        of.organization_id.unwrap_or_default(),
        of.target.kind.to_owned(),
        of.target.id.to_owned(),
        details.join("\n"),
        changes.join("\n"),
    ])
}

/// A line of quoted cells.
fn line(cells: [String; COLUMNS.len()]) -> String {
    let quoted: Vec<_> =
        cells.into_iter().map(|cell| format!("\"{}\"", defused(cell).replace('"', "\"\""))).collect();
    quoted.join(",") + "\r\n"
}

/// A cell that no program for tables takes for a formula: names and addresses are other people's.
///
/// Source: OWASP, "CSV Injection".
fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};
    use vestibule_domain::audit::{Actor, ActorKind, AuditAction, AuditTarget, Origin};
    use vestibule_domain::id::Id as _;
    use vestibule_domain::readout::FieldChange;

    fn entry() -> AuditEntry {
        let at = datetime!(2026-11-22 10:00:00.123_456 UTC);
        let change = |before: Option<&str>, after: Option<&str>| FieldChange {
            field: "name".to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        AuditEntry {
            id: AuditId::least_at(at),
            environment_id: EnvironmentId::least_at(at),
            organization_id: None,
            at,
            action: AuditAction::OrganizationUpdated,
            actor: Actor {
                kind: ActorKind::Member,
                id: "member_1".to_owned(),
                name: Some("=cmd|' /C calc'!A0".to_owned()),
                origin: Some(Origin { ip_address: Some("192.0.2.1".to_owned()), user_agent: None }),
            },
            target: AuditTarget { kind: "organization".to_owned(), id: "org_1".to_owned() },
            details: vec![("a".to_owned(), "say \"hi\"".to_owned())],
            changes: vec![change(Some("Acme, Inc."), Some("Acme")), change(None, Some(""))],
        }
    }

    #[test]
    fn a_line_of_csv_has_every_column_quoted_and_no_formula() {
        let expected = "\"audit_01KANB0XBV0000000000000000\",\"2026-11-22T10:00:00.123Z\",\
            \"organization.updated\",\"member\",\"member_1\",\"'=cmd|' /C calc'!A0\",\"192.0.2.1\",\"\",\"\",\
            \"organization\",\"org_1\",\"a: say \"\"hi\"\"\",\
            \"name: Acme, Inc. → Acme\nname: (not set) → \"\r\n";
        let written = Format::Csv.write(&entry()).unwrap();
        let id = entry().id.to_string();
        assert_eq!(written.replace(&id, "audit_01KANB0XBV0000000000000000"), expected);
        assert_eq!(Format::Csv.beginning().matches(',').count(), COLUMNS.len() - 1);
    }

    #[test]
    fn cells_that_would_be_formulas_are_texts() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(defused(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "Acme = 1", "a-b", "192.0.2.1", "'=1"] {
            assert_eq!(defused(cell.to_owned()), cell);
        }
    }

    #[test]
    fn a_line_of_json_tells_what_is_not_set_from_what_is_empty() {
        let written = Format::JsonLines.write(&entry()).unwrap();
        assert!(written.ends_with('\n') && written.matches('\n').count() == 1);
        let json: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(json["actor"]["name"], "=cmd|' /C calc'!A0");
        assert_eq!(json["changes"][1]["before"], serde_json::Value::Null);
        assert_eq!(json["changes"][1]["after"], "");
        assert_eq!(json["details"][0]["value"], "say \"hi\"");
    }

    #[test]
    fn files_are_called_by_what_they_are_and_when_they_were_made() {
        assert_eq!(
            disposition(Format::JsonLines, date!(2026 - 11 - 22)),
            "attachment; filename=\"audit-trail-2026-11-22.jsonl\""
        );
        assert_eq!(Format::parse("audit-trail.csv"), Some(Format::Csv));
        assert_eq!(Format::parse("audit-trail.xlsx"), None);
    }
}
