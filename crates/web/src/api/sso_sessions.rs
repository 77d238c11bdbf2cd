//! The session log: every attempt to sign in, with what was checked and what was sent. Routes of our
//! own: the WorkOS API has none.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;
use vestibule_application::ports::store::{SsoSessionFilter, SsoSessionLine};
use vestibule_domain::Instant;
use vestibule_domain::email::EMAIL_BYTES_MAX;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::sso::check::Check;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{LoggedMessage, Origin, SsoSession, SsoSessionState, Standing};
use vestibule_wire::timestamp::Timestamp;

use crate::app::App;
use crate::transport::{ApiCaller, Fields, List, Listing, Methods, PageParams, Params, Problem, Routes};

/// The word for people.
const ENTITY: &str = "SSO session";

/// Mounts the routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    routes.api("/sso_sessions", Methods::new().get(list));
    routes.api("/sso_sessions/{id}", Methods::new().get(get));
}

/// An attempt to sign in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SsoSession)]
pub(crate) struct SsoSessionView {
    /// Always `sso_session`.
    #[schema(value_type = String, example = "sso_session")]
    object: &'static str,
    /// `sess_…`
    id: String,
    /// `org_…`; null for people who sign in with an account of their own.
    organization_id: Option<String>,
    /// `conn_…`
    connection_id: String,
    /// `service_provider`, `identity_provider` or `test`.
    #[schema(value_type = String)]
    origin: &'static str,
    /// `in_progress`, `success`, `failed` or `timed_out`.
    #[schema(value_type = String)]
    status: &'static str,
    /// The class of failure; null unless it failed.
    #[schema(value_type = Option<String>)]
    error: Option<&'static str>,
    /// The person's e-mail address; null until it is known.
    email: Option<String>,
    /// The address of the person's browser.
    ip_address: Option<String>,
    /// When it was started.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When it got its outcome.
    #[schema(value_type = Option<String>)]
    ended_at: Option<Timestamp>,
}

impl SsoSessionView {
    fn of_line(line: SsoSessionLine) -> Self {
        Self {
            object: "sso_session",
            id: line.id.to_string(),
            organization_id: line.organization_id.map(|id| id.to_string()),
            connection_id: line.connection_id.to_string(),
            origin: line.origin.as_str(),
            status: line.standing.as_str(),
            error: line.failure.map(FailureCode::as_str),
            email: line.email,
            ip_address: line.ip_address,
            created_at: line.started_at.into(),
            ended_at: line.ended_at.map(Timestamp::from),
        }
    }

    fn of_session(session: &SsoSession, now: Instant) -> Self {
        let error = match &session.state {
            SsoSessionState::Failed { failure, .. } => Some(failure.code.as_str()),
            SsoSessionState::Started
            | SsoSessionState::Authorized { .. }
            | SsoSessionState::Successful { .. } => None,
        };
        Self {
            object: "sso_session",
            id: session.id.to_string(),
            organization_id: session.organization_id.map(|id| id.to_string()),
            connection_id: session.connection_id.to_string(),
            origin: session.origin.as_str(),
            status: session.standing(now).as_str(),
            error,
            email: session.record.person.as_ref().map(|person| person.email.clone()),
            ip_address: session.ip_address.clone(),
            created_at: session.started_at.into(),
            ended_at: session.state.at().map(Timestamp::from),
        }
    }
}

/// An attempt with all that is known of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SsoSessionLog)]
pub(crate) struct SsoSessionLogView {
    /// The attempt.
    #[serde(flatten)]
    session: SsoSessionView,
    /// Why it failed, for whoever must mend it; null unless it failed.
    error_message: Option<String>,
    /// What the browser calls itself.
    user_agent: Option<String>,
    /// What a test tried that was not saved: `connection` or `certificates`; null for all others.
    not_saved: Option<String>,
    /// Every check, in order.
    checks: Vec<CheckView>,
    /// What the provider said of the person, once that was verified.
    attributes: BTreeMap<String, Vec<String>>,
    /// What was sent and what came, secrets removed.
    messages: Vec<MessageView>,
}

/// One check.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SsoSessionCheck)]
pub(crate) struct CheckView {
    /// What was checked.
    #[schema(value_type = String)]
    name: &'static str,
    /// `passed`, `failed` or `skipped`.
    #[schema(value_type = String)]
    outcome: &'static str,
    /// What would have been right.
    expected: Option<String>,
    /// What came.
    received: Option<String>,
}

impl CheckView {
    fn new(check: &Check) -> Self {
        Self {
            name: check.name.as_str(),
            outcome: check.outcome.as_str(),
            expected: check.expected.clone(),
            received: check.received.clone(),
        }
    }
}

/// A message to or from the provider.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SsoSessionMessage)]
pub(crate) struct MessageView {
    /// What it is: `saml_request`, `saml_response`, …
    #[schema(value_type = String)]
    kind: &'static str,
    /// The message.
    text: String,
    /// When it was sent or came.
    #[schema(value_type = String)]
    created_at: Timestamp,
}

impl MessageView {
    fn new(message: &LoggedMessage) -> Self {
        Self { kind: message.kind.as_str(), text: message.text.clone(), created_at: message.at.into() }
    }
}

/// List SSO sessions
///
/// Newest first unless told otherwise.
#[utoipa::path(get, path = "/sso_sessions", tag = "Sign-in",
    params(
        PageParams,
        ("connection_id" = Option<String>, Query, description = "Through this connection"),
        ("organization_id" = Option<String>, Query, description = "Of this organization"),
        ("status" = Option<String>, Query, description = "`in_progress`, `success`, `failed` or `timed_out`"),
        ("origin" = Option<String>, Query, description = "`service_provider`, `identity_provider` or `test`"),
        ("error" = Option<String>, Query, description = "Failed with this class of failure"),
        ("email" = Option<String>, Query, description = "Of the person with this address"),
        ("range_start" = Option<String>, Query, description = "Not before, as 2026-01-02T03:04:05.678Z"),
        ("range_end" = Option<String>, Query, description = "Not after"),
    ),
    responses(
        (status = 200, description = "A page", body = List<SsoSessionView>),
        (status = 422, description = "A parameter is wrong"),
    ))]
pub(crate) async fn list(app: Data<App>, api: ApiCaller, params: Params) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::new();
    let listing: Listing<SsoSessionId> = params.listing(&mut fields);
    let filter = filter(&params, &mut fields, app.ambient.now());
    fields.finish()?;
    let page = app.store.queries().sso_sessions(api.environment_id(), &filter, listing.page).await?;
    let id = |line: &SsoSessionLine| line.id.to_string();
    Ok(HttpResponse::Ok().json(List::of(&listing, page, id, SsoSessionView::of_line)))
}

/// Get an SSO session
///
/// With every check in order, what was expected and what came, and the messages.
#[utoipa::path(get, path = "/sso_sessions/{id}", tag = "Sign-in",
    params(("id" = String, Path, description = "The session's id")),
    responses(
        (status = 200, description = "The session", body = SsoSessionLogView),
        (status = 404, description = "No such session"),
    ))]
pub(crate) async fn get(app: Data<App>, api: ApiCaller, path: Path<String>) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::entity_not_found(ENTITY, &path);
    let id = path.parse().map_err(|_| unknown())?;
    let session = app.store.queries().sso_session(api.environment_id(), id).await?.ok_or_else(unknown)?;
    let error_message = match &session.state {
        SsoSessionState::Failed { failure, .. } => Some(failure.message.clone()),
        SsoSessionState::Started
        | SsoSessionState::Authorized { .. }
        | SsoSessionState::Successful { .. } => None,
    };
    let attributes = session.record.asserted.iter().flat_map(|asserted| &asserted.attributes);
    Ok(HttpResponse::Ok().json(SsoSessionLogView {
        session: SsoSessionView::of_session(&session, app.ambient.now()),
        error_message,
        user_agent: session.user_agent.clone(),
        not_saved: session.trial.as_ref().map(|trial| trial.of.as_str().to_owned()),
        checks: session.record.checks.iter().map(CheckView::new).collect(),
        attributes: attributes.map(|attribute| (attribute.name.clone(), attribute.values.clone())).collect(),
        messages: session.record.messages.iter().map(MessageView::new).collect(),
    }))
}

fn filter(params: &Params, fields: &mut Fields, now: Instant) -> SsoSessionFilter {
    let standing = fields.optional("status", params.one("status"), |raw| {
        Standing::parse(raw).ok_or("must be in_progress, success, failed or timed_out")
    });
    let origin = fields.optional("origin", params.one("origin"), |raw| {
        Origin::parse(raw).ok_or("must be service_provider, identity_provider or test")
    });
    let failure = fields.optional("error", params.one("error"), |raw| {
        FailureCode::parse(raw).ok_or("must be a class of failure such as invalid_attributes")
    });
    let email = fields.optional("email", params.one("email"), |raw| {
        let fits = raw.len() <= EMAIL_BYTES_MAX;
        fits.then(|| raw.trim().to_lowercase()).ok_or(format!("must be at most {EMAIL_BYTES_MAX} bytes long"))
    });
    let mut instant = |name| fields.optional(name, params.one(name), Timestamp::parse).map(|at| at.0);
    let (from, until) = (instant("range_start"), instant("range_end"));
    SsoSessionFilter {
        connection_id: params.parsed(fields, "connection_id"),
        organization_id: params.parsed(fields, "organization_id"),
        standing,
        origin,
        failure,
        email,
        email_prefix: None,
        from,
        until,
        now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn what_cannot_be_read_is_named() {
        let at_fault = |query: &str| {
            let mut fields = Fields::new();
            let _ = filter(&Params::parse(query), &mut fields, datetime!(2026-11-22 12:00 UTC));
            let problem = fields.finish().err();
            problem
                .map(|problem| problem.errors().iter().map(|error| error.field.clone()).collect::<Vec<_>>())
        };
        assert_eq!(at_fault("status=failed&origin=test&email=A@x.com"), None);
        assert_eq!(
            at_fault("status=wrong&origin=x&error=y&connection_id=org_1&range_end=now").unwrap(),
            ["status", "origin", "error", "range_end", "connection_id"]
        );
        let email = |n: usize| at_fault(&format!("email={}", "a".repeat(n)));
        assert_eq!(email(EMAIL_BYTES_MAX), None);
        assert_eq!(email(EMAIL_BYTES_MAX + 1).unwrap(), ["email"]);
    }
}
