//! The session log: every attempt of an organization's people to sign in, and what was found.

pub(crate) mod detail;
mod pretty;
mod remedy;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use url::form_urlencoded;
use vestibule_application::ports::store::{SsoSessionFilter, SsoSessionLine};
use vestibule_domain::email::EMAIL_BYTES_MAX;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{Origin, SsoSession, Standing};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_words::{Moment, Text, text};

use super::Portal;
use super::answer::page;
use super::failure::{Failure, FailureKind};
use super::test_sign_in::with_test;
use super::view::session::{ChoiceView, LineView, SessionsPage};
use super::visitor::{CONNECTION, DONE, RENEWAL, RENEWED, REVIEW, SetUp, Visitor};

/// Where the list is.
const LOG: &str = "/portal/sso/sessions";

/// How many attempts stand on a page.
const LINES_MAX: u16 = 25;

/// How the list is narrowed, and from where it is read. What is not understood is as if it were not
/// there: an address that somebody kept must not end in an error.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    standing: Option<String>,
    origin: Option<String>,
    email: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl Wanted {
    fn standing(&self) -> Option<Standing> {
        self.standing.as_deref().and_then(Standing::parse)
    }

    fn origin(&self) -> Option<Origin> {
        self.origin.as_deref().and_then(Origin::parse)
    }

    fn email(&self) -> Option<&str> {
        let email = self.email.as_deref().map(str::trim)?;
        let plain = !email.is_empty() && email.len() <= EMAIL_BYTES_MAX && !email.contains(char::is_control);
        plain.then_some(email)
    }

    fn cursor(&self) -> Option<Cursor<SsoSessionId>> {
        let id = |raw: &Option<String>| raw.as_deref().and_then(|raw| raw.parse().ok());
        id(&self.after).map(Cursor::After).or_else(|| id(&self.before).map(Cursor::Before))
    }

    /// The same list, read from an attempt on.
    fn href(&self, name: &str, id: SsoSessionId) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let standing = self.standing().map(Standing::as_str);
        let origin = self.origin().map(Origin::as_str);
        for (name, value) in [("standing", standing), ("origin", origin), ("email", self.email())] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair(name, &id.to_string());
        format!("{LOG}?{}", query.finish())
    }
}

/// Lists the attempts.
pub(super) async fn list(
    portal: Data<Portal>,
    visitor: Visitor,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let over = visitor.may_set_up()?;
    let filter = SsoSessionFilter {
        connection_id: None,
        organization_id: Some(visitor.visit.organization.id),
        standing: wanted.standing(),
        failure: None,
        origin: wanted.origin(),
        email: wanted.email().map(str::to_lowercase),
        from: None,
        until: None,
        now: visitor.now,
    };
    let limit = PageLimit::new(LINES_MAX).map_err(Failure::internal)?;
    let request = PageRequest { limit, order: Order::Descending, cursor: wanted.cursor() };
    let queries = portal.app.store.queries();
    let found = queries.sso_sessions(visitor.visit.environment.id, &filter, request).await?;
    let newest = found.items.first().map(|line| line.id).filter(|_| found.has_previous);
    let oldest = found.items.last().map(|line| line.id).filter(|_| found.has_next);
    let content = SessionsPage {
        frame: visitor.frame(),
        lines: found.items.iter().map(line).collect(),
        standings: Standing::ALL
            .map(|standing| ChoiceView {
                value: standing.as_str(),
                label: standing_word(standing),
                chosen: wanted.standing() == Some(standing),
            })
            .into(),
        origins: Origin::ALL
            .map(|origin| ChoiceView {
                value: origin.as_str(),
                label: origin_word(origin),
                chosen: wanted.origin() == Some(origin),
            })
            .into(),
        email: wanted.email().unwrap_or_default().to_owned(),
        narrowed: filter.standing.is_some() || filter.origin.is_some() || filter.email.is_some(),
        newer_href: newest.map(|id| wanted.href("before", id)),
        older_href: oldest.map(|id| wanted.href("after", id)),
        back_href: back_href(over, None),
    };
    page(StatusCode::OK, &content)
}

/// Shows all about one.
pub(super) async fn show(
    portal: Data<Portal>,
    visitor: Visitor,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let over = visitor.may_look()?;
    let nowhere = || visitor.fail(FailureKind::NotFound);
    let id: SsoSessionId = id.parse().map_err(|_| nowhere())?;
    let queries = portal.app.store.queries();
    let session = queries.sso_session(visitor.visit.environment.id, id).await?;
    // Another organization's is as if it were not there.
    let session = session.filter(|session| session.organization_id == Some(visitor.visit.organization.id));
    let whole = visitor.visit.session.covers(Intent::Sso);
    let session = session.filter(|session| whole || tries_certificates(session)).ok_or_else(nowhere)?;
    page(StatusCode::OK, &detail::page(&portal, &visitor, over, &session)).map(with_test)
}

fn tries_certificates(session: &SsoSession) -> bool {
    session.trial.as_ref().is_some_and(|trial| trial.of == TrialOf::Certificates)
}

/// Where an attempt is shown.
fn session_href(id: SsoSessionId) -> String {
    format!("{LOG}/{id}")
}

/// Where to go back to: what waits to be saved, or the page of the connection that the visit may
/// see.
fn back_href(over: SetUp, trial: Option<&Trial>) -> &'static str {
    match (trial.map(|trial| trial.of), over) {
        (Some(TrialOf::Connection), SetUp::Open) => REVIEW,
        (Some(TrialOf::Certificates), SetUp::Open) => RENEWAL,
        (Some(TrialOf::Certificates), SetUp::Over) => RENEWED,
        (None, SetUp::Open) => CONNECTION,
        (None | Some(TrialOf::Connection), SetUp::Over) => DONE,
    }
}

fn line(line: &SsoSessionLine) -> LineView {
    LineView {
        href: session_href(line.id),
        at: Moment::of(line.started_at),
        email: line.email.clone(),
        standing: line.standing.as_str(),
        standing_word: standing_word(line.standing),
        origin: origin_word(line.origin),
        error: line.failure.map(FailureCode::as_str),
    }
}

pub(crate) fn standing_word(standing: Standing) -> Text {
    match standing {
        Standing::InProgress => text!("sessions-in-progress"),
        Standing::Success => text!("sessions-success"),
        Standing::Failed => text!("sessions-failed"),
        Standing::TimedOut => text!("sessions-timed-out"),
    }
}

pub(crate) fn origin_word(origin: Origin) -> Text {
    match origin {
        Origin::ServiceProvider => text!("sessions-by-app"),
        Origin::IdentityProvider => text!("sessions-by-provider"),
        Origin::Test => text!("sessions-by-test"),
    }
}
