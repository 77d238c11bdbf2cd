//! Code to begin with.

use serde::Serialize;

use super::settings::{FactsView, facts};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::HOSTILE;

/// Code with an environment's ids in it.
#[derive(Debug, Serialize)]
pub(crate) struct SnippetsPage {
    /// What surrounds it.
    pub shell: Shell,
    /// The ids.
    pub facts: FactsView,
    /// What can be done.
    pub tasks: Vec<TaskView>,
}

/// Something to do.
#[derive(Debug, Serialize)]
pub(crate) struct TaskView {
    /// What.
    pub title: &'static str,
    /// The code for it.
    pub snippets: [SnippetView; 3],
}

/// Code in a language.
#[derive(Debug, Serialize)]
pub(crate) struct SnippetView {
    /// The language.
    pub language: &'static str,
    /// The code.
    pub code: String,
}

impl Page for SnippetsPage {
    const TEMPLATE: &'static str = "dashboard/snippets.html";

    fn samples() -> Vec<Self> {
        let [_, hostile] = samples();
        let snippet = |language| SnippetView { language, code: HOSTILE.to_owned() };
        let snippets = ["curl", "Node", "Python"].map(snippet);
        let tasks = vec![TaskView { title: "Make a portal link", snippets }];
        vec![Self { shell: hostile, facts: facts(HOSTILE), tasks }]
    }
}
