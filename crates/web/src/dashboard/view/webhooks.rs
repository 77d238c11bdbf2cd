//! Webhooks: where events are told, and how that went.

use serde::Serialize;

use super::choices::{Choice, Choices};
use super::deliveries::{DeliveryRow, sample};
use super::meanwhile::{self, MeanwhileView};
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
    pub form: EndpointForm,
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
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// The form to change it.
    pub form: EndpointForm,
    /// Since when given up deliveries can be sent again.
    pub since: Vec<SinceView>,
    /// The deliveries, newest first.
    pub deliveries: Vec<DeliveryRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// The form of an endpoint.
#[derive(Debug, Serialize)]
pub(crate) struct EndpointForm {
    /// Where to, and in which style.
    pub fields: [Field; 2],
    /// Which events.
    pub events: Choices,
}

/// A span of time to choose.
#[derive(Debug, Serialize)]
pub(crate) struct SinceView {
    /// As the form sends it.
    pub value: &'static str,
    /// In words.
    pub label: &'static str,
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

fn form(error: Option<&str>) -> EndpointForm {
    let choice = |text: &str| Choice {
        heading: error.map(|_| "Connections"),
        value: text.to_owned(),
        label: text.to_owned(),
        note: None,
        chosen: error.is_some(),
    };
    EndpointForm {
        fields: [
            Field { error: error.map(Into::into), ..Field::plain("url", "Address", "url") },
            Field::plain("style", "Style", "choice"),
        ],
        events: Choices {
            error: error.map(Into::into),
            ..Choices::plain("event", "Events", vec![choice(error.unwrap_or("connection.activated"))])
        },
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
            form: form(error),
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
        let page = |shell: Shell, endpoint, deliveries: Vec<DeliveryRow>, secret: Option<&str>| Self {
            errors: (secret == Some(HOSTILE))
                .then(|| ErrorLink { field_id: "field-url".to_owned(), text: HOSTILE.into() })
                .into_iter()
                .collect(),
            meanwhile: (secret == Some(HOSTILE)).then(meanwhile::sample),
            made_from: "00".to_owned(),
            form: form(secret.filter(|secret| *secret == HOSTILE)),
            since: vec![SinceView { value: "1h", label: "of the last hour" }],
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
            page(member, row(HOSTILE), vec![sample(false)], None),
            page(hostile, row(HOSTILE), vec![sample(true)], Some(HOSTILE)),
        ]
    }
}
