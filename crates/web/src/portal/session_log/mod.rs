//! The session log: every attempt of an organization's people to sign in, and what was found.

mod detail;
mod pretty;
mod remedy;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use vestibule_application::ports::store::{SsoSessionFilter, SsoSessionLine};
use vestibule_domain::Instant;
use vestibule_domain::email::EMAIL_BYTES_MAX;
use vestibule_domain::id::{OrganizationId, SsoSessionId};
use vestibule_domain::intent::Intent;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{Origin, SsoSession, Standing};
use vestibule_domain::sso::trial::{Trial, TrialOf};
use vestibule_words::{Moment, Text, text};

pub(crate) use detail::findings;

use super::Portal;
use super::answer::page;
use super::failure::{Failure, FailureKind};
use super::test_sign_in::with_test;
use super::view::session::{ChoiceView, GroupView, LineView, SessionsPage, StandingView};
use super::visitor::{CONNECTION, DONE, RENEWAL, RENEWED, REVIEW, SetUp, Visitor};
use crate::pages::paging::{Position, Ways, list_href};

/// Where the list is.
const LOG: &str = "/portal/sso/sessions";

/// How many attempts stand on a page.
const LINES_MAX: u16 = 25;

/// How many attempts of each state stand on a page that has them by state.
const LINES_OF_A_STATE_MAX: u16 = 10;

/// The states in the order in which somebody who looks for trouble wants them.
const BY_STATE: [Standing; 4] =
    [Standing::Failed, Standing::TimedOut, Standing::InProgress, Standing::Success];

/// How a list of attempts is narrowed by state and address. What is not understood is as if it were
/// not there: an address that somebody kept must not end in an error.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Narrowing {
    standing: Option<String>,
    email: Option<String>,
}

impl Narrowing {
    /// How the attempts read that are wanted.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.standing.as_deref().and_then(Standing::parse)
    }

    /// Whose attempts are wanted, as it was typed.
    pub(crate) fn email(&self) -> Option<&str> {
        let email = self.email.as_deref().map(str::trim)?;
        let plain = !email.is_empty() && email.len() <= EMAIL_BYTES_MAX && !email.contains(char::is_control);
        plain.then_some(email)
    }

    /// The attempts of an organization, or of all, that are wanted.
    pub(crate) fn filter(&self, organization_id: Option<OrganizationId>, now: Instant) -> SsoSessionFilter {
        SsoSessionFilter {
            organization_id,
            standing: self.standing(),
            email: self.email().map(str::to_lowercase),
            ..SsoSessionFilter::all(now)
        }
    }

    /// The states to choose from.
    pub(crate) fn standings(&self) -> Vec<ChoiceView> {
        let choice = |standing: Standing| ChoiceView {
            value: standing.as_str(),
            label: standing_word(standing),
            chosen: self.standing() == Some(standing),
        };
        Standing::ALL.map(choice).into()
    }
}

/// In which order the attempts stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sorting {
    /// Newest first.
    Time,
    /// By state, and newest first in each.
    State,
}

impl Sorting {
    const ALL: [Self; 2] = [Self::Time, Self::State];

    fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::State => "state",
        }
    }

    fn label(self) -> Text {
        match self {
            Self::Time => text!("sessions-by-time"),
            Self::State => text!("sessions-by-state"),
        }
    }
}

/// How the list is narrowed and put in order, and from where it is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(flatten)]
    narrowing: Narrowing,
    origin: Option<String>,
    sort: Option<String>,
    #[serde(flatten)]
    position: Position,
}

impl Wanted {
    fn origin(&self) -> Option<Origin> {
        self.origin.as_deref().and_then(Origin::parse)
    }

    fn sorting(&self) -> Sorting {
        let wanted = |sorting: &Sorting| self.sort.as_deref() == Some(sorting.as_str());
        Sorting::ALL.into_iter().find(wanted).unwrap_or(Sorting::Time)
    }
}

/// Lists the attempts.
pub(super) async fn list(
    portal: Data<Portal>,
    visitor: Visitor,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let over = visitor.may_set_up()?;
    let Wanted { narrowing, position, .. } = &*wanted;
    let organization = Some(visitor.visit.organization.id);
    let filter = SsoSessionFilter { origin: wanted.origin(), ..narrowing.filter(organization, visitor.now) };
    let queries = portal.app.store.queries();
    let environment = visitor.visit.environment.id;
    let sorting = wanted.sorting();
    let narrowed = |standing: Option<Standing>| {
        [
            ("standing", standing.map(Standing::as_str)),
            ("origin", wanted.origin().map(Origin::as_str)),
            ("email", narrowing.email()),
            ("sort", (sorting == Sorting::State).then(|| sorting.as_str())),
        ]
    };
    let lines = |found: &[SsoSessionLine]| {
        found.iter().map(|found| line(found, session_href(found.id))).collect::<Vec<_>>()
    };
    let mut groups = Vec::new();
    let mut ways = Ways::default();
    if sorting == Sorting::State && filter.standing.is_none() {
        for standing in BY_STATE {
            let filter = SsoSessionFilter { standing: Some(standing), ..filter.clone() };
            let request = Position::default().request(LINES_OF_A_STATE_MAX).map_err(Failure::internal)?;
            let found = queries.sso_sessions(environment, &filter, request).await?;
            if !found.items.is_empty() {
                groups.push(GroupView {
                    standing: Some(StandingView { value: standing.as_str(), label: standing_word(standing) }),
                    lines: lines(&found.items),
                    rest_href: found.has_next.then(|| list_href(LOG, narrowed(Some(standing)))),
                });
            }
        }
    } else {
        let request = position.request(LINES_MAX).map_err(Failure::internal)?;
        let found = queries.sso_sessions(environment, &filter, request).await?;
        ways = Ways::from(&found, |line| line.id, LOG, &narrowed(filter.standing));
        if !found.items.is_empty() {
            groups.push(GroupView { standing: None, lines: lines(&found.items), rest_href: None });
        }
    }
    let content = SessionsPage {
        frame: visitor.frame(),
        groups,
        standings: narrowing.standings(),
        origins: Origin::ALL
            .map(|origin| ChoiceView {
                value: origin.as_str(),
                label: origin_word(origin),
                chosen: wanted.origin() == Some(origin),
            })
            .into(),
        orders: Sorting::ALL
            .map(|order| ChoiceView { value: order.as_str(), label: order.label(), chosen: order == sorting })
            .into(),
        email: narrowing.email().unwrap_or_default().to_owned(),
        narrowed: filter.standing.is_some() || filter.origin.is_some() || filter.email.is_some(),
        newer_href: ways.newer_href,
        older_href: ways.older_href,
        back_href: back_href(&visitor, over, None),
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
    let of = session.trial.as_ref().map(|trial| trial.of);
    matches!(of, Some(TrialOf::Certificates | TrialOf::SigningKey))
}

/// Where an attempt is shown.
fn session_href(id: SsoSessionId) -> String {
    format!("{LOG}/{id}")
}

/// Where to go back to: what waits to be saved, or the page of the connection that the visit may
/// see.
fn back_href(visitor: &Visitor, over: SetUp, trial: Option<&Trial>) -> &'static str {
    let renews = visitor.visit.session.covers(Intent::CertificateRenewal);
    match (trial.map(|trial| trial.of), over) {
        (Some(TrialOf::Connection), SetUp::Open) => REVIEW,
        (Some(TrialOf::Certificates), SetUp::Open) => RENEWAL,
        (Some(TrialOf::Certificates), SetUp::Over) => RENEWED,
        (Some(TrialOf::SigningKey), _) if renews => RENEWAL,
        (None | Some(TrialOf::SigningKey), SetUp::Open) => CONNECTION,
        (None | Some(TrialOf::Connection | TrialOf::SigningKey), SetUp::Over) => DONE,
    }
}

/// An attempt in a list, and where all about it is.
pub(crate) fn line(line: &SsoSessionLine, href: String) -> LineView {
    LineView {
        href,
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

fn origin_word(origin: Origin) -> Text {
    match origin {
        Origin::ServiceProvider => text!("sessions-by-app"),
        Origin::IdentityProvider => text!("sessions-by-provider"),
        Origin::Test => text!("sessions-by-test"),
    }
}
