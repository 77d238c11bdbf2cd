//! What `digest.*` is filled with: what of an environment needs attention. It speaks English, as the
//! dashboard does.

use serde::Serialize;
use vestibule_domain::attention::STUCK_AFTER;
use vestibule_domain::digest::{Digest, StuckSetUp, UndeliveredTo};
use vestibule_domain::language::Language;
use vestibule_domain::message::{OutgoingContent, OutgoingMessage};
use vestibule_words::Moment;

use super::shorten;
use crate::compose::one_line;

#[derive(Clone, Debug, Serialize)]
pub(super) struct DigestView {
    lang: &'static str,
    /// Which of the texts.
    what: &'static str,
    team: String,
    environment: String,
    /// How many there are, named or not.
    count: usize,
    /// The first that is named.
    first: String,
    /// Days after which a set-up is stuck.
    days: i64,
    stuck: Vec<StuckRow>,
    endpoints: Vec<EndpointRow>,
    /// How many are not named.
    more: u32,
    url: String,
    account_url: String,
}

#[derive(Clone, Debug, Serialize)]
struct StuckRow {
    name: String,
    opened: bool,
    moved_at: Moment,
}

#[derive(Clone, Debug, Serialize)]
struct EndpointRow {
    url: String,
    given_up: u32,
    last_at: Moment,
    disabled: bool,
}

impl DigestView {
    /// None of any other message.
    pub(super) fn new(message: &OutgoingMessage) -> Option<Self> {
        let OutgoingContent::Digest { environment_name, digest, url, account_url } = &message.content else {
            return None;
        };
        let (what, stuck, endpoints, more) = match digest {
            Digest::StuckSetUps { named, more } => {
                ("stuck", named.iter().map(StuckRow::new).collect(), Vec::new(), *more)
            }
            Digest::Undelivered { named, more } => {
                ("undelivered", Vec::new(), named.iter().map(EndpointRow::new).collect(), *more)
            }
        };
        let first_stuck = stuck.first().map(|row: &StuckRow| row.name.clone());
        let first_endpoint = endpoints.first().map(|row: &EndpointRow| row.url.clone());
        Some(Self {
            lang: Language::En.as_str(),
            what,
            team: one_line(message.sender_name.as_str()),
            environment: one_line(environment_name.as_str()),
            count: stuck.len() + endpoints.len() + usize::try_from(more).unwrap_or(usize::MAX),
            first: first_stuck.or(first_endpoint).unwrap_or_default(),
            days: STUCK_AFTER.whole_days(),
            stuck,
            endpoints,
            more,
            url: url.clone(),
            account_url: account_url.clone(),
        })
    }

    /// The same with names short enough for a header.
    pub(super) fn shortened(&self) -> Self {
        Self { first: shorten(&self.first), environment: shorten(&self.environment), ..self.clone() }
    }
}

impl StuckRow {
    fn new(stuck: &StuckSetUp) -> Self {
        Self {
            name: one_line(stuck.name.as_str()),
            opened: stuck.opened,
            moved_at: Moment::of(stuck.moved_at),
        }
    }
}

impl EndpointRow {
    fn new(endpoint: &UndeliveredTo) -> Self {
        Self {
            url: one_line(&endpoint.url),
            given_up: endpoint.given_up,
            last_at: Moment::of(endpoint.last_at),
            disabled: endpoint.disabled,
        }
    }
}
