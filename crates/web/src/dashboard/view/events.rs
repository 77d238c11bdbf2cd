//! Events: what the vendor is told of.

use serde::Serialize;
use vestibule_words::Moment;

use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// The events of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct EventsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the list is.
    pub list_href: String,
    /// The name that is looked for.
    pub name: String,
    /// The organization that is looked for.
    pub organization: String,
    /// Whether the list is narrowed.
    pub narrowed: bool,
    /// The events, newest first.
    pub rows: Vec<EventRow>,
    /// Where newer ones are.
    pub newer_href: Option<String>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

/// An event.
#[derive(Debug, Serialize)]
pub(crate) struct EventRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: &'static str,
    /// When it was made.
    pub at: Moment,
    /// As receivers get it.
    pub payload: String,
    /// The organization concerned.
    pub organization_href: Option<String>,
    /// Who was told, or is to be.
    pub told: Vec<ToldView>,
}

/// An endpoint that is told of an event.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ToldView {
    /// Its address.
    pub url: String,
    /// Where the delivery stands.
    pub state: &'static str,
    /// Where the delivery is.
    pub href: String,
}

impl Page for EventsPage {
    const TEMPLATE: &'static str = "dashboard/events.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let told = ToldView {
            url: HOSTILE.to_owned(),
            state: "given_up",
            href: "/dashboard/e/webhooks/w/deliveries/d".to_owned(),
        };
        let row = |told: Vec<ToldView>| EventRow {
            id: format!("{HOSTILE}{}", told.len()),
            organization_href: (!told.is_empty()).then(|| "/dashboard/e/organizations/o".to_owned()),
            told,
            name: "connection.activated",
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            payload: HOSTILE.to_owned(),
        };
        let page = |shell, rows, name: &str| Self {
            shell,
            list_href: "/dashboard/e/events".to_owned(),
            name: name.to_owned(),
            organization: name.to_owned(),
            narrowed: !name.is_empty(),
            rows,
            newer_href: (!name.is_empty()).then(|| "?before=1".to_owned()),
            older_href: (!name.is_empty()).then(|| "?after=1".to_owned()),
        };
        vec![page(plain, Vec::new(), ""), page(hostile, vec![row(vec![told]), row(Vec::new())], HOSTILE)]
    }
}
