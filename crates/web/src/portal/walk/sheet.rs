//! The steps as a colleague gets them by mail.

use std::collections::BTreeSet;

use vestibule_catalog::WeNeed;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::language::Language;
use vestibule_domain::portal_session::SHEETS_SENT_MAX;
use vestibule_domain::step_sheet::{SheetEntry, SheetStep, StepSheet};
use vestibule_words::{Piece, Text, text};

use super::super::Portal;
use super::super::view::frame::Field;
use super::super::view::walkthrough::FileView;
use super::step::Walk;

/// The field of the colleague's address.
const COLLEAGUE: &str = "colleague";

/// The form's field.
pub(super) fn field() -> Field {
    Field::plain(COLLEAGUE, text!("sheet-field"), "email")
}

/// The field after something was wrong with it.
pub(super) fn refused(typed: &str, error: Text) -> Field {
    Field { value: typed.to_owned(), error: Some(error.into()), ..field() }
}

/// Why nothing more is sent.
pub(super) fn too_many() -> Text {
    text!("sheet-too-many", count = SHEETS_SENT_MAX)
}

/// Reads the colleague's address.
pub(super) fn address(typed: &str) -> Result<EmailAddress, Text> {
    EmailAddress::parse(typed.trim()).map_err(|_| text!("sheet-address-wrong"))
}

/// The steps with our values, said in a language; what the catalogue says stays in its own.
pub(super) fn sheet(walk: &Walk<'_>, language: Language) -> StepSheet {
    let provider = walk.provider;
    StepSheet {
        provider: provider.product().to_owned(),
        console: provider.console_link().map(str::to_owned),
        menu: provider.console_path.clone(),
        role: provider.admin_role.clone(),
        steps: (0..provider.steps.len()).map(|step| sheet_step(&Walk { step, ..*walk }, language)).collect(),
    }
}

fn sheet_step(walk: &Walk<'_>, language: Language) -> SheetStep {
    let step = &walk.provider.steps[walk.step];
    let (rows, values) = walk.ours(&mut BTreeSet::new());
    let entries = rows.into_iter().map(|row| {
        let value = reachable(row.value, row.long);
        // What one does with a control that is no text box stands before the choice.
        let value = match row.verb {
            Some(verb) => format!("{} {value}", walk.portal.pages.say(language, &verb)),
            None => value,
        };
        SheetEntry { name: row.field, value }
    });
    let values = values.into_iter().map(|value| SheetEntry {
        name: say(walk.portal, language, &value.label),
        value: reachable(value.value, value.long),
    });
    let asked = step.collect.iter().filter_map(|key| walk.provider.field(*key));
    let brings = asked.filter(|need| need.fixed_value.is_none()).map(bring);
    SheetStep {
        title: step.title.clone(),
        when: step.when.clone(),
        body: step.body_text.clone(),
        entries: entries.collect(),
        values: values.collect(),
        brings: brings.collect(),
    }
}

/// A document by its public address where it has one; a page of the visit is no use to others.
fn reachable(value: String, document: Option<FileView>) -> String {
    match document {
        Some(file) if !file.href.starts_with('/') => file.href,
        Some(_) | None => value,
    }
}

fn say(portal: &Portal, language: Language, piece: &Piece) -> String {
    match piece {
        Piece::Verbatim(text) => text.clone(),
        Piece::Text(text) => portal.pages.say(language, text),
        // Names of values are texts.
        Piece::Number(_) | Piece::List(_) | Piece::Day(_) | Piece::Moment(_) => String::new(),
    }
}

fn bring(need: &WeNeed) -> SheetEntry {
    SheetEntry { name: need.label.clone(), value: need.where_.clone().unwrap_or_default() }
}
