//! Deliveries of events to an endpoint.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// A delivery.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryRow {
    /// Its id.
    pub id: String,
    /// The event.
    pub event_id: String,
    /// `pending`, `delivered` or `given_up`.
    pub state: &'static str,
    /// When it was made.
    pub created_at: Moment,
    /// Where all about it is.
    pub href: String,
    /// Where it is started again, once it is over.
    pub replay_href: Option<String>,
    /// The tries, oldest first.
    pub attempts: Vec<TryRow>,
}

/// A try.
#[derive(Debug, Serialize)]
pub(crate) struct TryRow {
    /// When.
    pub at: Moment,
    /// How long the answer took, in milliseconds.
    pub duration_ms: u32,
    /// What came back: a status, or why nothing did.
    pub answer: String,
    /// The beginning of the answer's body.
    pub body: Option<String>,
}

/// A delivery with all about it.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the endpoint's page is.
    pub endpoint_href: String,
    /// Where it is sent.
    pub url: String,
    /// What the event is called; none if it is gone.
    pub event_name: Option<&'static str>,
    /// What is sent; none if the event is gone.
    pub request: Option<SentView>,
    /// The delivery.
    pub delivery: DeliveryRow,
}

/// A request.
#[derive(Debug, Serialize)]
pub(crate) struct SentView {
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body, byte for byte.
    pub body: String,
    /// The same for people.
    pub pretty: String,
}

/// How many deliveries would be sent again.
#[derive(Debug, Serialize)]
pub(crate) struct ReplaysPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the endpoint's page is.
    pub endpoint_href: String,
    /// Where they are sent.
    pub url: String,
    /// How many.
    pub count: usize,
    /// Whether there may be more, for another time.
    pub full: bool,
    /// Since when, as the form sends it.
    pub since: &'static str,
    /// The same in words.
    pub since_label: &'static str,
}

/// A delivery for samples, over or not.
pub(super) fn sample(over: bool) -> DeliveryRow {
    let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
    let attempt = |body: Option<&str>| TryRow {
        at,
        duration_ms: 12,
        answer: HOSTILE.to_owned(),
        body: body.map(str::to_owned),
    };
    DeliveryRow {
        id: HOSTILE.to_owned(),
        event_id: HOSTILE.to_owned(),
        state: if over { "given_up" } else { "pending" },
        created_at: at,
        href: "/dashboard/e/webhooks/w/deliveries/d".to_owned(),
        replay_href: over.then(|| "/dashboard/e/webhooks/w/deliveries/d/replay".to_owned()),
        attempts: if over { vec![attempt(Some(HOSTILE)), attempt(None)] } else { Vec::new() },
    }
}

impl Page for DeliveryPage {
    const TEMPLATE: &'static str = "dashboard/delivery.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, over: bool| Self {
            shell,
            endpoint_href: "/dashboard/e/webhooks/w".to_owned(),
            url: HOSTILE.to_owned(),
            event_name: over.then_some("webhook_endpoint.tested"),
            request: over.then(|| SentView {
                headers: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
                body: HOSTILE.to_owned(),
                pretty: HOSTILE.to_owned(),
            }),
            delivery: sample(over),
        };
        vec![page(plain, false), page(hostile, true)]
    }
}

impl Page for ReplaysPage {
    const TEMPLATE: &'static str = "dashboard/replays.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, count, full| Self {
            shell,
            endpoint_href: "/dashboard/e/webhooks/w".to_owned(),
            url: HOSTILE.to_owned(),
            count,
            full,
            since: "24h",
            since_label: "of the last 24 hours",
        };
        vec![page(plain.clone(), 0, false), page(plain, 1, false), page(hostile, 200, true)]
    }
}
