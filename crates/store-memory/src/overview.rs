//! What the dashboard shows at a glance. Everything is looked up when it is asked for, so nothing
//! waits for a tally.

use std::collections::BTreeMap;

use vestibule_application::ports::store::{
    ATTENTION_MAX, InNeed, NeedAt, OpenSetUp, OrganizationMarks, Overview, SetUpWeek, SignInDay, Undelivered,
    first_day, first_monday, median, monday,
};
use vestibule_domain::Instant;
use vestibule_domain::attention::{
    FAILING_FOR, FAILURES_IN_A_ROW, Need, UNDELIVERED_FOR, ends_soon_by, stuck_by,
};
use vestibule_domain::certificate_watch::provider_certificates_end;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::id::{ConnectionId, EnvironmentId, Id as _, OrganizationId, WebhookDeliveryId};
use vestibule_domain::organization::Organization;
use vestibule_domain::sso::session::{Origin, SsoSessionState};
use vestibule_domain::webhook::DeliveryState;

use crate::rows::{
    DeliveryIndex, EndpointIndex, LinkIndex, OrganizationIndex, SessionIndex, SsoSessionIndex,
};
use crate::table::Row;
use crate::tables::Tables;

/// A set-up, from the provider that was picked to the first save.
#[derive(Clone)]
pub(crate) struct SetUp {
    connection_id: ConnectionId,
    environment_id: EnvironmentId,
    started_at: Instant,
    finished_at: Option<Instant>,
}

impl Row for SetUp {
    type Key = ConnectionId;
    type Index = EnvironmentId;
    fn key(&self) -> ConnectionId {
        self.connection_id
    }
    fn indexes(&self) -> Vec<EnvironmentId> {
        vec![self.environment_id]
    }
}

impl Tables {
    /// Notes where the set-up of a connection that is written stands.
    pub(crate) fn note_set_up(&mut self, connection: &Connection) {
        let held = self.set_ups.get(&connection.id).cloned();
        match (connection.state, held) {
            (ConnectionState::Draft, None) => self.set_ups.put(SetUp {
                connection_id: connection.id,
                environment_id: connection.environment_id,
                started_at: connection.created_at,
                finished_at: None,
            }),
            (
                ConnectionState::Validating | ConnectionState::Active | ConnectionState::Inactive,
                Some(held @ SetUp { finished_at: None, .. }),
            ) => self.set_ups.put(SetUp { finished_at: Some(connection.updated_at), ..held }),
            (_, _) => {}
        }
    }

    fn open_set_up(&self, organization: OrganizationId) -> Option<OpenSetUp> {
        let link = self.links.one(&LinkIndex::OpenSetup(organization))?;
        let mut open = OpenSetUp { moved_at: link.created_at, opened: false };
        for visit in self.sessions.by(&SessionIndex::Link(link.id)) {
            open = OpenSetUp {
                moved_at: open.moved_at.max(visit.started_at).max(visit.progress_at),
                opened: true,
            };
        }
        Some(open)
    }

    /// When the newest of the failures began, if the sign-ins of a connection fail.
    fn failing_at(&self, connection: &Connection, now: Instant) -> Option<Instant> {
        let keys = self.sso_sessions.keys(&SsoSessionIndex::Connection(connection.id))?;
        let ended =
            keys.iter().rev().filter_map(|key| self.sso_sessions.get(key)).filter(|attempt| {
                attempt.origin != Origin::Test && attempt.state != SsoSessionState::Started
            });
        let last: Vec<_> = ended.take(FAILURES_IN_A_ROW.into()).collect();
        let all = last.len() == usize::from(FAILURES_IN_A_ROW)
            && last.iter().all(|attempt| attempt.state.failure().is_some());
        last.first().filter(|_| all).map(|newest| newest.started_at).filter(|at| *at >= now - FAILING_FOR)
    }

    fn marks(&self, organization: &Organization, now: Instant) -> OrganizationMarks {
        let domains = self.domains_of(organization.environment_id, organization.id);
        let connection = self.connection_of(organization.environment_id, organization.id);
        let active = connection.filter(|connection| connection.state == ConnectionState::Active);
        let unproven = domains.iter().filter(|domain| !domain.is_verified()).count();
        OrganizationMarks {
            organization_id: organization.id,
            certificate_end: active.as_ref().and_then(|active| provider_certificates_end(&active.settings)),
            unproven_domains: u32::try_from(unproven).unwrap_or(u32::MAX),
            set_up: self.open_set_up(organization.id),
            failing_at: active.and_then(|active| self.failing_at(&active, now)),
        }
    }

    pub(crate) fn marks_of(
        &self,
        environment: EnvironmentId,
        organizations: &[OrganizationId],
        now: Instant,
    ) -> Vec<OrganizationMarks> {
        let rows = organizations.iter().filter_map(|id| self.organizations.find(environment, id));
        rows.map(|row| self.marks(row, now)).collect()
    }

    /// Since when, or until when, if the organization needs it; and whether its link was opened.
    fn need(&self, organization: &Organization, NeedAt { need, now }: NeedAt) -> Option<(Instant, bool)> {
        let marks = self.marks(organization, now);
        let opened = marks.set_up.is_some_and(|open| open.opened);
        let at = match need {
            Need::Connection => {
                let connection = self.connection_of(organization.environment_id, organization.id);
                connection.is_none().then_some(organization.created_at)
            }
            Need::Domain => (marks.unproven_domains > 0).then_some(organization.created_at),
            Need::SetUp => marks.set_up.map(|open| open.moved_at).filter(|at| *at <= stuck_by(now)),
            Need::SignIns => marks.failing_at,
            Need::Certificate => marks.certificate_end.filter(|at| *at <= ends_soon_by(now)),
        };
        at.map(|at| (at, opened))
    }

    pub(crate) fn needs(&self, organization: &Organization, need: NeedAt) -> bool {
        self.need(organization, need).is_some()
    }

    fn in_need(&self, environment: EnvironmentId, need: Need, now: Instant) -> Vec<InNeed> {
        let rows = self.organizations.by(&OrganizationIndex::Environment(environment));
        let found = rows.filter_map(|row| {
            let (at, opened) = self.need(row, NeedAt { need, now })?;
            Some(InNeed { organization_id: row.id, name: row.name.clone(), at, opened })
        });
        found.collect()
    }

    fn undelivered(&self, environment: EnvironmentId, now: Instant) -> Vec<Undelivered> {
        let endpoints = self.endpoints.by(&EndpointIndex::Environment(environment));
        let deliveries = endpoints.flat_map(|to| self.deliveries.by(&DeliveryIndex::Endpoint(to.id)));
        let mut found: Vec<_> = deliveries
            .filter_map(|delivery| match delivery.state {
                DeliveryState::GivenUp { at } => Some((delivery.id, delivery.endpoint_id, at)),
                DeliveryState::Pending | DeliveryState::Delivered { .. } => None,
            })
            .filter(|(id, _, _)| *id >= WebhookDeliveryId::least_at(now - UNDELIVERED_FOR))
            .collect();
        found.sort_unstable_by_key(|(id, _, _)| std::cmp::Reverse(*id));
        found.into_iter().map(|(_, endpoint_id, at)| Undelivered { endpoint_id, at }).collect()
    }

    fn sign_in_days(&self, environment: EnvironmentId, now: Instant) -> Vec<SignInDay> {
        let mut days = BTreeMap::new();
        for attempt in self.sso_sessions.by(&SsoSessionIndex::Environment(environment)) {
            let day = attempt.started_at.date();
            if attempt.origin == Origin::Test || day < first_day(now) {
                continue;
            }
            let none = SignInDay { day, successful: 0, failed: 0, unfinished: 0 };
            let sums = days.entry(day).or_insert(none);
            match attempt.state {
                SsoSessionState::Successful { .. } => sums.successful += 1,
                SsoSessionState::Failed { .. } => sums.failed += 1,
                SsoSessionState::Started | SsoSessionState::Authorized { .. } => sums.unfinished += 1,
            }
        }
        days.into_values().collect()
    }

    fn set_up_weeks(&self, environment: EnvironmentId, now: Instant) -> Vec<SetUpWeek> {
        let mut weeks: BTreeMap<_, (u64, Vec<_>)> = BTreeMap::new();
        for set_up in self.set_ups.by(&environment) {
            weeks.entry(monday(set_up.started_at)).or_default().0 += 1;
            if let Some(finished_at) = set_up.finished_at {
                weeks.entry(monday(finished_at)).or_default().1.push(finished_at - set_up.started_at);
            }
        }
        let shown = weeks.into_iter().filter(|(monday, _)| *monday >= first_monday(now));
        let week = |(monday, (started, took)): (_, (u64, Vec<_>))| SetUpWeek {
            monday,
            started,
            finished: u64::try_from(took.len()).unwrap_or(u64::MAX),
            median: median(took),
        };
        shown.map(week).collect()
    }

    pub(crate) fn overview(&self, environment: EnvironmentId, now: Instant) -> Overview {
        let mut stuck = self.in_need(environment, Need::SetUp, now);
        stuck.sort_by_key(|of| std::cmp::Reverse((of.at, of.organization_id)));
        let mut failing = self.in_need(environment, Need::SignIns, now);
        failing.reverse();
        let mut certificates = self.in_need(environment, Need::Certificate, now);
        certificates.sort_by_key(|of| (of.at, of.organization_id));
        let mut undelivered = self.undelivered(environment, now);
        for list in [&mut stuck, &mut failing, &mut certificates] {
            list.truncate(ATTENTION_MAX.into());
        }
        undelivered.truncate(ATTENTION_MAX.into());
        Overview {
            begun: self.organizations.by(&OrganizationIndex::Environment(environment)).next().is_some(),
            stuck,
            failing,
            certificates,
            undelivered,
            days: self.sign_in_days(environment, now),
            weeks: self.set_up_weeks(environment, now),
        }
    }
}
