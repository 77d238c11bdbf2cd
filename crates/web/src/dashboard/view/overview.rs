//! An environment at a glance.

use serde::Serialize;
use vestibule_words::Moment;

use super::chart::{ChartView, samples as charts};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// The page.
#[derive(Debug, Serialize)]
pub(crate) struct OverviewPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Whether there is any organization.
    pub begun: bool,
    /// Whether nothing needs attention.
    pub calm: bool,
    /// Where the organizations are.
    pub organizations_href: String,
    /// Where the API keys are.
    pub keys_href: String,
    /// Where redirects are.
    pub redirects_href: String,
    /// What needs attention; no empty list.
    pub attention: Vec<AttentionView>,
    /// Sign-ins by the day.
    pub sign_ins: ChartView,
    /// Set-ups by the week.
    pub set_ups: ChartView,
}

/// Things of a kind that need attention.
#[derive(Debug, Serialize)]
pub(crate) struct AttentionView {
    /// The word of the kind.
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// How many there are.
    pub count: String,
    /// The first of them.
    pub entries: Vec<EntryView>,
    /// Where all are.
    pub all_href: String,
}

/// A thing that needs attention.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView {
    /// Where its page is.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What happened or will happen then.
    pub note: String,
    /// When.
    pub at: Moment,
}

impl Page for OverviewPage {
    const TEMPLATE: &'static str = "dashboard/overview.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let entry = || EntryView {
            href: "/dashboard/e/organizations/o".to_owned(),
            name: HOSTILE.to_owned(),
            note: HOSTILE.to_owned(),
            at: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
        };
        let list = |kind, title| AttentionView {
            kind,
            title,
            count: "1".to_owned(),
            entries: vec![entry()],
            all_href: "/dashboard/e/organizations?need=stuck".to_owned(),
        };
        let page = |shell, begun, attention: Vec<AttentionView>| {
            let [sign_ins, set_ups] = charts(begun);
            Self {
                shell,
                begun,
                calm: attention.is_empty(),
                organizations_href: "/dashboard/e/organizations".to_owned(),
                keys_href: "/dashboard/e/keys".to_owned(),
                redirects_href: "/dashboard/e/redirects".to_owned(),
                attention,
                sign_ins,
                set_ups,
            }
        };
        vec![
            page(plain.clone(), false, Vec::new()),
            page(plain, true, Vec::new()),
            page(hostile, true, vec![list("stuck", "Stuck set-ups"), list("undelivered", "Undelivered")]),
        ]
    }
}
