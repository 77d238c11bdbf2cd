//! What `steps.*` is filled with: the steps of a walkthrough for a colleague.

use serde::Serialize;
use vestibule_domain::message::{OutgoingMessage, StepsNote};
use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};
use vestibule_domain::text::Name;

use super::shorten;
use crate::compose::one_line;

#[derive(Clone, Debug, Serialize)]
pub(super) struct StepsView<'a> {
    lang: &'static str,
    product: String,
    organization: String,
    from: Option<String>,
    sheet: SheetView<'a>,
}

#[derive(Clone, Debug, Serialize)]
struct SheetView<'a> {
    provider: String,
    console: Option<&'a str>,
    menu: &'a str,
    role: Option<&'a str>,
    steps: Vec<StepView<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct StepView<'a> {
    title: &'a str,
    when: Option<&'a str>,
    body: &'a str,
    entries: Vec<EntryView<'a>>,
    values: Vec<EntryView<'a>>,
    brings: Vec<EntryView<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct EntryView<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> StepsView<'a> {
    pub(super) fn new(message: &OutgoingMessage, organization: &Name, note: &'a StepsNote) -> Self {
        Self {
            lang: note.language.as_str(),
            product: one_line(message.sender_name.as_str()),
            organization: one_line(organization.as_str()),
            from: note.from.as_ref().map(ToString::to_string),
            sheet: SheetView::from(&note.sheet),
        }
    }

    /// The same with names short enough for a header.
    pub(super) fn shortened(&self) -> Self {
        let sheet = SheetView { provider: shorten(&self.sheet.provider), ..self.sheet.clone() };
        Self { product: shorten(&self.product), sheet, ..self.clone() }
    }
}

impl<'a> From<&'a StepSheet> for SheetView<'a> {
    fn from(sheet: &'a StepSheet) -> Self {
        Self {
            provider: one_line(&sheet.provider),
            console: sheet.console.as_deref(),
            menu: &sheet.menu,
            role: sheet.role.as_deref(),
            steps: sheet.steps.iter().map(StepView::from).collect(),
        }
    }
}

impl<'a> From<&'a SheetStep> for StepView<'a> {
    fn from(step: &'a SheetStep) -> Self {
        Self {
            title: &step.title,
            when: step.when.as_deref(),
            body: &step.body,
            entries: entries(&step.entries),
            values: entries(&step.values),
            brings: entries(&step.brings),
        }
    }
}

fn entries(entries: &[SheetEntry]) -> Vec<EntryView<'_>> {
    entries.iter().map(|entry| EntryView { name: &entry.name, value: &entry.value }).collect()
}
