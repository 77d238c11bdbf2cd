//! The steps that a colleague is sent.

use serde::{Deserialize, Serialize};
use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};

#[derive(Serialize, Deserialize)]
pub(super) struct SheetForm {
    provider: String,
    console: Option<String>,
    menu: String,
    role: Option<String>,
    steps: Vec<StepForm>,
}

#[derive(Serialize, Deserialize)]
struct StepForm {
    title: String,
    when: Option<String>,
    body: String,
    entries: Vec<EntryForm>,
    values: Vec<EntryForm>,
    brings: Vec<EntryForm>,
}

#[derive(Serialize, Deserialize)]
struct EntryForm {
    name: String,
    value: String,
}

impl From<&StepSheet> for SheetForm {
    fn from(sheet: &StepSheet) -> Self {
        Self {
            provider: sheet.provider.clone(),
            console: sheet.console.clone(),
            menu: sheet.menu.clone(),
            role: sheet.role.clone(),
            steps: sheet.steps.iter().map(StepForm::from).collect(),
        }
    }
}

impl From<SheetForm> for StepSheet {
    fn from(form: SheetForm) -> Self {
        Self {
            provider: form.provider,
            console: form.console,
            menu: form.menu,
            role: form.role,
            steps: form.steps.into_iter().map(SheetStep::from).collect(),
        }
    }
}

impl From<&SheetStep> for StepForm {
    fn from(step: &SheetStep) -> Self {
        Self {
            title: step.title.clone(),
            when: step.when.clone(),
            body: step.body.clone(),
            entries: forms(&step.entries),
            values: forms(&step.values),
            brings: forms(&step.brings),
        }
    }
}

impl From<StepForm> for SheetStep {
    fn from(form: StepForm) -> Self {
        Self {
            title: form.title,
            when: form.when,
            body: form.body,
            entries: entries(form.entries),
            values: entries(form.values),
            brings: entries(form.brings),
        }
    }
}

fn forms(entries: &[SheetEntry]) -> Vec<EntryForm> {
    entries.iter().map(|entry| EntryForm { name: entry.name.clone(), value: entry.value.clone() }).collect()
}

fn entries(forms: Vec<EntryForm>) -> Vec<SheetEntry> {
    forms.into_iter().map(|form| SheetEntry { name: form.name, value: form.value }).collect()
}
