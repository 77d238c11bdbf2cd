//! Webhooks: where events are told, and how that went.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The endpoints of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct WebhooksPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the page is.
    pub href: String,
    /// The endpoints, newest first.
    pub rows: Vec<EndpointRow>,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The form for a new one.
    pub fields: Vec<Field>,
}

/// An endpoint.
#[derive(Debug, Serialize)]
pub(crate) struct EndpointRow {
    /// Where all about it is.
    pub href: String,
    /// Where events are sent.
    pub url: String,
    /// `enabled` or `disabled`.
    pub state: &'static str,
    /// How bodies look and are signed.
    pub style: &'static str,
    /// Which events; all if empty.
    pub events: Vec<String>,
}

/// All about an endpoint.
#[derive(Debug, Serialize)]
pub(crate) struct WebhookPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// The endpoint.
    pub endpoint: EndpointRow,
    /// Its signing secret; only admins of the team see it.
    pub secret: Option<String>,
    /// The deliveries, newest first.
    pub deliveries: Vec<DeliveryRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

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

fn row(text: &str) -> EndpointRow {
    EndpointRow {
        href: "/dashboard/e/webhooks/w".to_owned(),
        url: text.to_owned(),
        state: "enabled",
        style: "workos",
        events: vec![text.to_owned()],
    }
}

impl Page for WebhooksPage {
    const TEMPLATE: &'static str = "dashboard/webhooks.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, rows, error: Option<&str>| Self {
            shell,
            href: "/dashboard/e/webhooks".to_owned(),
            rows,
            errors: error
                .map(|error| ErrorLink { field_id: "field-url".to_owned(), text: error.into() })
                .into_iter()
                .collect(),
            fields: vec![Field { error: error.map(Into::into), ..Field::plain("url", "Address", "url") }],
        };
        let all = EndpointRow { events: Vec::new(), state: "disabled", ..row(HOSTILE) };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, Vec::new(), None),
            page(member, vec![all], None),
            page(hostile, vec![row(HOSTILE)], Some(HOSTILE)),
        ]
    }
}

impl Page for WebhookPage {
    const TEMPLATE: &'static str = "dashboard/webhook.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let at = Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC));
        let attempt = |body: Option<&str>| TryRow {
            at,
            duration_ms: 12,
            answer: HOSTILE.to_owned(),
            body: body.map(str::to_owned),
        };
        let delivery = |replay: bool| DeliveryRow {
            id: HOSTILE.to_owned(),
            event_id: HOSTILE.to_owned(),
            state: "given_up",
            created_at: at,
            replay_href: replay.then(|| "/dashboard/e/webhooks/w/deliveries/d/replay".to_owned()),
            attempts: vec![attempt(Some(HOSTILE)), attempt(None)],
        };
        let page = |shell: Shell, endpoint, deliveries: Vec<DeliveryRow>, secret: Option<&str>| Self {
            shell,
            list_href: "/dashboard/e/webhooks".to_owned(),
            endpoint,
            secret: secret.map(str::to_owned),
            newer_href: (!deliveries.is_empty()).then(|| "?before=1".to_owned()),
            older_href: (!deliveries.is_empty()).then(|| "?after=1".to_owned()),
            deliveries,
        };
        let member = Shell { admin: false, ..plain.clone() };
        let off = EndpointRow { events: Vec::new(), state: "disabled", ..row("https://hooks.example/") };
        vec![
            page(plain, off, Vec::new(), Some("whsec_a")),
            page(member, row(HOSTILE), vec![delivery(false)], None),
            page(hostile, row(HOSTILE), vec![delivery(true)], Some(HOSTILE)),
        ]
    }
}
