//! Webhooks: endpoints, deliveries, and when to try again.

use time::Duration;

use crate::Instant;
use crate::event::{EventName, Fact, SIGN_IN_EVENTS};
use crate::id::{EnvironmentId, EventId, WebhookAttemptId, WebhookDeliveryId, WebhookEndpointId};
use crate::readout::Readout;
use crate::secret::Sealed;
use crate::url::WebhookUrl;

/// Most events an endpoint may list.
pub const ENDPOINT_EVENTS_MAX: usize = 200;
/// Most endpoints of an environment.
pub const ENDPOINTS_MAX: usize = 50;

/// Most deliveries that are started again at once.
pub const REPLAYS_MAX: u16 = 200;

/// An address that receives events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Where to; unique in the environment.
    pub url: WebhookUrl,
    /// The signing secret, sealed under the endpoint's id.
    pub secret: Sealed,
    /// Whether events are sent.
    pub state: EndpointState,
    /// Which events are sent.
    pub events: EventFilter,
    /// How bodies look and are signed.
    pub style: PayloadStyle,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// Whether events are sent to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// Yes.
    Enabled,
    /// No; events of the meantime are not sent later.
    Disabled,
}

impl EndpointState {
    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|state| state.as_str() == raw)
    }
}

/// Which events an endpoint gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFilter {
    /// All of them; for the one-time-token API's style, which knows no list.
    All,
    /// These; never empty.
    Only(Vec<EventName>),
}

/// Why a list of events was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventFilterRefused {
    /// Nothing, in a style whose receivers must never get what they did not ask for.
    #[error("must name at least one event")]
    Empty,
    /// More than [`ENDPOINT_EVENTS_MAX`].
    #[error("must name at most {ENDPOINT_EVENTS_MAX} events")]
    TooMany,
}

impl EventFilter {
    /// What a list of names stands for in a style; each name is kept once.
    ///
    /// Receivers of the `WorkOS` style must list their events: an SDK gives nothing for names it
    /// does not know. Source: api/workos-wire-contract.md, section 12.1.
    pub fn of(names: Vec<EventName>, style: PayloadStyle) -> Result<Self, EventFilterRefused> {
        let mut kept: Vec<EventName> = Vec::with_capacity(names.len());
        for name in names {
            if !kept.contains(&name) {
                kept.push(name);
            }
        }
        match (kept.len(), style) {
            (0, PayloadStyle::WorkOs) => Err(EventFilterRefused::Empty),
            (0, PayloadStyle::Authio) => Ok(Self::All),
            (1..=ENDPOINT_EVENTS_MAX, _) => Ok(Self::Only(kept)),
            _ => Err(EventFilterRefused::TooMany),
        }
    }

    /// The names of the list; none when all pass.
    pub fn names(&self) -> &[EventName] {
        match self {
            Self::All => &[],
            Self::Only(names) => names,
        }
    }

    /// Whether an event passes. Sign-ins pass only where they are asked for by name.
    pub fn passes(&self, name: &str) -> bool {
        match self {
            Self::All => !name.starts_with(SIGN_IN_EVENTS),
            Self::Only(names) => names.iter().any(|wanted| wanted.as_str() == name),
        }
    }
}

/// How bodies look and are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadStyle {
    /// `WorkOS-Signature` and the event envelope.
    #[default]
    WorkOs,
    /// `Authio-Signature` and the flat body.
    Authio,
}

impl PayloadStyle {
    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorkOs => "workos",
            Self::Authio => "authio",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::WorkOs, Self::Authio].into_iter().find(|style| style.as_str() == raw)
    }
}

impl WebhookEndpoint {
    /// What can change of it, the signing secret aside.
    pub fn readout(&self) -> Readout {
        self.told_readout().with("state", self.state.as_str())
    }

    /// What is told, where to and how: what the form of an endpoint shows.
    pub fn told_readout(&self) -> Readout {
        let plain = Readout::default().with("url", &self.url).with("style", self.style.as_str());
        match &self.events {
            EventFilter::All => plain.with("events", "everything"),
            // One by one: a long list would not stand in the audit trail as a whole.
            EventFilter::Only(names) => {
                let mut names: Vec<_> = names.iter().map(EventName::as_str).collect();
                names.sort_unstable();
                names.into_iter().fold(plain, |readout, name| readout.with(format!("event.{name}"), "sent"))
            }
        }
    }

    /// The signing secret, of which nothing is shown.
    pub fn secret_readout(&self) -> Readout {
        Readout::default().with_marked("secret", "set", self.secret.as_bytes())
    }

    /// Whether it gets events of sign-ins now: only if it lists one. Whoever asks for everything
    /// does not mean every sign-in of every person.
    pub fn hears_sign_ins(&self) -> bool {
        let of_sign_ins = |name: &EventName| name.as_str().starts_with(SIGN_IN_EVENTS);
        self.state == EndpointState::Enabled && self.events.names().iter().any(of_sign_ins)
    }

    /// Whether a fact is told to this endpoint now. An endpoint may list what it wants in the
    /// words of its own style.
    pub fn wants(&self, fact: &Fact) -> bool {
        let listed = match self.style {
            PayloadStyle::WorkOs => self.events.passes(fact.name()),
            PayloadStyle::Authio => self.events.passes(fact.name()) || self.events.passes(fact.action()),
        };
        self.state == EndpointState::Enabled && listed
    }
}

/// One event on its way to one endpoint; unique by the pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// Where to.
    pub endpoint_id: WebhookEndpointId,
    /// What.
    pub event_id: EventId,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries made since it began or was last replayed.
    pub tries: u16,
    /// When it began.
    pub created_at: Instant,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Still to be tried.
    Pending,
    /// The receiver took it.
    Delivered {
        /// When.
        at: Instant,
    },
    /// All tries failed; it can be replayed.
    GivenUp {
        /// When.
        at: Instant,
    },
}

impl DeliveryState {
    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered { .. } => "delivered",
            Self::GivenUp { .. } => "given_up",
        }
    }
}

/// One HTTP request of a delivery, with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// Its id.
    pub id: WebhookAttemptId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The delivery.
    pub delivery_id: WebhookDeliveryId,
    /// When it was sent.
    pub at: Instant,
    /// How long the answer took, in milliseconds.
    pub duration_ms: u32,
    /// What came back.
    pub answer: AttemptAnswer,
}

/// What came back from a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptAnswer {
    /// An HTTP answer.
    Status {
        /// The status.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// None.
    Failed {
        /// Why.
        reason: String,
    },
}

impl AttemptAnswer {
    /// Whether the receiver took the event. Source: api/workos-wire-contract.md, section 13.2.
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Status { status: 200..=299, .. })
    }
}

/// Waits between the tries: six tries over three days, growing.
///
/// Source: api/workos-wire-contract.md, section 13.2.
const WAITS: [Duration; 5] = [
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(3),
    Duration::hours(20),
    Duration::hours(48),
];

/// When to try a delivery again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule {
    waits: Vec<Duration>,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self { waits: WAITS.to_vec() }
    }
}

impl RetrySchedule {
    /// A schedule of its own, for deployments that configure it and for tests.
    pub fn new(waits: Vec<Duration>) -> Self {
        Self { waits }
    }

    /// Tries in all.
    pub fn tries_max(&self) -> usize {
        self.waits.len() + 1
    }

    /// How long to wait after the given number of tries, or `None` to give up.
    ///
    /// `chance` spreads the wait by up to a tenth, so that what failed together does not return
    /// together.
    pub fn wait_after(&self, tries: u16, chance: u8) -> Option<Duration> {
        let wait = *self.waits.get(usize::from(tries).checked_sub(1)?)?;
        Some(wait + wait / 10 * i32::from(chance) / 255)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::ConnectionState;
    use crate::connection_type::ConnectionType;
    use crate::domain_name::DomainName;
    use crate::event::ConnectionSnapshot;
    use crate::id::{ConnectionId, Id, OrganizationDomainId, OrganizationId};
    use crate::organization_domain::{DomainState, OrganizationDomain, ProofSearch};
    use crate::text::Name;
    use time::macros::datetime;
    use ulid::Ulid;

    const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

    #[test]
    fn six_tries_take_about_three_days() {
        let schedule = RetrySchedule::default();
        assert_eq!(schedule.tries_max(), 6);
        let waits: Vec<_> = (1..=6).map(|tries| schedule.wait_after(tries, 0)).collect();
        assert_eq!(waits[5], None, "no seventh try");
        let total: Duration = waits.iter().flatten().copied().sum();
        assert!(total > Duration::hours(71) && total <= Duration::hours(72), "{total}");
        assert!(waits.windows(2).all(|w| w[1].is_none() || w[0] < w[1]), "growing");
    }

    #[test]
    fn chance_adds_at_most_a_tenth() {
        let schedule = RetrySchedule::default();
        let plain = schedule.wait_after(1, 0).unwrap();
        assert_eq!(schedule.wait_after(1, 255), Some(plain + plain / 10));
        assert_eq!(schedule.wait_after(0, 0), None);
    }

    #[test]
    fn an_endpoint_lists_facts_in_the_words_of_its_style() {
        let domain = OrganizationDomain {
            id: OrganizationDomainId::from_ulid(Ulid::from_parts(1, 1)),
            environment_id: EnvironmentId::from_ulid(Ulid::from_parts(1, 2)),
            organization_id: OrganizationId::from_ulid(Ulid::from_parts(1, 3)),
            domain: DomainName::parse("acme.example").unwrap(),
            state: DomainState::Pending,
            verification_token: String::new(),
            search: ProofSearch::begun(NOW),
            created_at: NOW,
            updated_at: NOW,
        };
        let connection = ConnectionSnapshot {
            id: ConnectionId::from_ulid(Ulid::from_parts(1, 4)),
            organization_id: domain.organization_id,
            connection_type: ConnectionType::OktaSaml,
            name: Name::parse("Okta").unwrap(),
            state: ConnectionState::Active,
            domains: Vec::new(),
            created_at: NOW,
            updated_at: NOW,
        };
        let live = Fact::ConnectionActivated(connection);
        let added = Fact::OrganizationDomainCreated(domain);
        let only = |name| EventFilter::Only(vec![EventName::parse(name).unwrap()]);
        for (style, events, wants_live, wants_added) in [
            (PayloadStyle::WorkOs, EventFilter::All, true, true),
            (PayloadStyle::WorkOs, only("connection.activated"), true, false),
            (PayloadStyle::WorkOs, only("sso.connection.created"), false, false),
            (PayloadStyle::Authio, only("sso.connection.created"), true, false),
            (PayloadStyle::Authio, only("connection.activated"), true, false),
            (PayloadStyle::Authio, only("organization_domain.created"), false, true),
        ] {
            let endpoint = WebhookEndpoint {
                id: WebhookEndpointId::from_ulid(Ulid::from_parts(1, 5)),
                environment_id: EnvironmentId::from_ulid(Ulid::from_parts(1, 2)),
                url: WebhookUrl::from_stored("https://app.example/hooks".into()),
                secret: Sealed::from_bytes(Vec::new()),
                state: EndpointState::Enabled,
                events,
                style,
                created_at: NOW,
                updated_at: NOW,
            };
            let wants = (endpoint.wants(&live), endpoint.wants(&added));
            assert_eq!(wants, (wants_live, wants_added), "{style:?} {:?}", endpoint.events);
            let off = WebhookEndpoint { state: EndpointState::Disabled, ..endpoint };
            assert!(!off.wants(&live) && !off.wants(&added));
        }
    }

    #[test]
    fn a_list_of_events_has_one_to_two_hundred_names() {
        let names =
            |n: usize| -> Vec<_> { (0..n).map(|i| EventName::parse(&format!("a.b{i}")).unwrap()).collect() };
        for style in [PayloadStyle::WorkOs, PayloadStyle::Authio] {
            let most = EventFilter::of(names(ENDPOINT_EVENTS_MAX), style).unwrap();
            assert_eq!(most.names(), names(ENDPOINT_EVENTS_MAX));
            let more = EventFilter::of(names(ENDPOINT_EVENTS_MAX + 1), style);
            assert_eq!(more, Err(EventFilterRefused::TooMany));
            let twice = [names(ENDPOINT_EVENTS_MAX), names(1)].concat();
            assert_eq!(EventFilter::of(twice, style), Ok(most));
        }
        assert_eq!(EventFilter::of(Vec::new(), PayloadStyle::WorkOs), Err(EventFilterRefused::Empty));
        assert_eq!(EventFilter::of(Vec::new(), PayloadStyle::Authio), Ok(EventFilter::All));
    }

    #[test]
    fn only_a_2xx_is_delivered() {
        let with = |status| AttemptAnswer::Status { status, body: String::new() }.is_delivered();
        assert!(with(200) && with(299) && !with(199) && !with(300) && !with(410));
        assert!(!AttemptAnswer::Failed { reason: String::new() }.is_delivered());
    }
}
