//! Which pages of their console a step is about, and what stands on them.

use vestibule_catalog::{
    Control, EnterRow, EnterValue, FieldKey, FieldKind, OurValue, Provider, Step, WeNeed,
};

use super::super::view::drawing::{Drawing, Shape, Sketch, Sketchbook};

/// What a secret looks like in a picture.
const SECRET: &str = "••••••••••••";

/// What a document looks like in a picture.
const DOCUMENT: &str = "metadata.xml";

/// The pictures of a step, and the numbers by which rows and fields are found in them.
pub(super) struct Pictures {
    pub(super) drawings: Vec<Drawing>,
    collected: Vec<(FieldKey, usize)>,
}

impl Pictures {
    /// Draws a step. `value` tells what stands in a field for one of our values.
    pub(super) fn of(provider: &Provider, step: &Step, value: impl Fn(OurValue) -> Option<String>) -> Self {
        let mut book = Sketchbook::default();
        let product = provider.product();
        let entered: Vec<Sketch> = step
            .enter
            .iter()
            .filter_map(|row| {
                let text = match &row.value {
                    EnterValue::Literal(text) => text.clone(),
                    EnterValue::Ref(key) => value(*key)?,
                };
                Some(Sketch { label: row.field.clone(), value: text, shape: shape(row) })
            })
            .collect();
        if !entered.is_empty() {
            book.draw(product, place_of(provider, &step.enter), entered);
        }
        let mut collected = Vec::new();
        for (place, needs) in by_place(provider, step) {
            let sketches = needs.iter().map(|need| taken(need)).collect();
            let first = book.draw(product, Some(place), sketches);
            collected.extend(needs.iter().zip(first..).map(|(need, number)| (need.key, number)));
        }
        Self { drawings: book.into_drawings(), collected }
    }

    /// The number of a field that is brought back.
    pub(super) fn pin_of(&self, key: &str) -> Option<usize> {
        self.collected.iter().find(|(collected, _)| collected.as_str() == key).map(|(_, number)| *number)
    }
}

/// The page with these rows: where the catalogue says that one of them is.
fn place_of<'a>(provider: &'a Provider, rows: &[EnterRow]) -> Option<&'a str> {
    let given = |row: &EnterRow| match row.value {
        EnterValue::Ref(key) => {
            provider.given(key).find(|given| given.their_label == row.field)?.where_.as_deref()
        }
        EnterValue::Literal(_) => None,
    };
    rows.iter().find_map(given)
}

/// What a step collects, by the page it is found on; what has no place has no picture.
fn by_place<'a>(provider: &'a Provider, step: &Step) -> Vec<(&'a str, Vec<&'a WeNeed>)> {
    let mut places: Vec<(&str, Vec<&WeNeed>)> = Vec::new();
    let needs = step.collect.iter().filter_map(|key| provider.field(*key));
    for need in needs.filter(|need| need.fixed_value.is_none()) {
        let Some(place) = need.where_.as_deref() else { continue };
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, there)) => there.push(need),
            None => places.push((place, vec![need])),
        }
    }
    places
}

fn shape(row: &EnterRow) -> Shape {
    match (row.control, &row.value) {
        (Control::TextBox, EnterValue::Ref(OurValue::SpMetadataXml)) => Shape::File,
        (Control::TextBox, _) => Shape::Text,
        (Control::Select, _) => Shape::Select,
        (Control::Radio, _) => Shape::Radio,
        (Control::Checkbox, _) => Shape::Checkbox,
        (Control::Toggle, _) => Shape::On,
    }
}

/// A value to take away, as far as its look is known.
fn taken(need: &WeNeed) -> Sketch {
    let value = match need.kind {
        FieldKind::Secret => SECRET,
        FieldKind::MetadataXml => DOCUMENT,
        FieldKind::MetadataUrl
        | FieldKind::Certificate
        | FieldKind::Text
        | FieldKind::Url
        | FieldKind::Select
        | FieldKind::Toggle => need.example.as_deref().unwrap_or_default(),
    };
    Sketch { label: need.label.clone(), value: value.to_owned(), shape: Shape::Copy }
}
