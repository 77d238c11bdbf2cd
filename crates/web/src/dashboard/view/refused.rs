//! What is shown instead of a page.

use serde::Serialize;

use crate::pages::Page;
use crate::portal::HOSTILE;

/// A refusal.
#[derive(Debug, Serialize)]
pub(crate) struct RefusedPage {
    /// The theme's word.
    pub theme: &'static str,
    /// A stable word.
    pub reason: &'static str,
    /// What is the matter.
    pub title: &'static str,
    /// What to do.
    pub explanation: &'static str,
    /// What the log knows it by, if it is a failure of ours.
    pub request_id: Option<String>,
}

impl Page for RefusedPage {
    const TEMPLATE: &'static str = "dashboard/refused.html";

    fn samples() -> Vec<Self> {
        [None, Some(HOSTILE.to_owned())]
            .into_iter()
            .map(|request_id| Self {
                theme: "system",
                reason: "not_found",
                title: "Nothing is here",
                explanation: "There is no such page.",
                request_id,
            })
            .collect()
    }
}
