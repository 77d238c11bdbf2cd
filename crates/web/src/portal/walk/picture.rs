//! Which pages of their console a step is about, and what stands on them.

use vestibule_catalog::{
    Control, EnterRow, EnterValue, FieldKey, FieldKind, OurValue, Protocol, Provider, Step, WeNeed,
};

use super::super::intake;
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
    /// Draws a step, from 0. `value` tells what stands in a field for one of our values.
    pub(super) fn of(provider: &Provider, step: usize, value: impl Fn(OurValue) -> Option<String>) -> Self {
        let mut book = Sketchbook::new(step + 1);
        let step = &provider.steps[step];
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

/// Whether a field that a step collects is asked for: what is always the same is not, nor what no
/// connection keeps.
pub(super) fn is_asked(provider: &Provider, need: &WeNeed) -> bool {
    let kept = match provider.protocol {
        Protocol::Saml => true,
        Protocol::Oidc => intake::oidc::keeps(need.key),
    };
    kept && need.fixed_value.is_none()
}

/// What a step collects, by the page it is found on; what has no place has no picture.
fn by_place<'a>(provider: &'a Provider, step: &Step) -> Vec<(&'a str, Vec<&'a WeNeed>)> {
    let mut places: Vec<(&str, Vec<&WeNeed>)> = Vec::new();
    let needs = step.collect.iter().filter_map(|key| provider.field(*key));
    for need in needs.filter(|need| is_asked(provider, need)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Page;
    use crate::pages::assets::Assets;
    use crate::pages::{Here, Pages, Prepared, proof::assert_sound};
    use crate::portal::view::walkthrough::StepPage;
    use vestibule_catalog::Catalog;
    use vestibule_domain::language::Language;

    /// Every step of every walkthrough, and its pictures.
    fn each(mut judge: impl FnMut(&Provider, &Step, Pictures)) {
        let catalog = Catalog::embedded().unwrap();
        let value =
            |key: OurValue| Some(format!("https://sso.acme.example/{key}/conn_01KA0000000000000000000000"));
        for provider in catalog.providers() {
            for (index, step) in provider.steps.iter().enumerate() {
                judge(provider, step, Pictures::of(provider, index, value));
            }
        }
    }

    fn without_spaces(text: &str) -> String {
        text.split_whitespace().collect()
    }

    #[test]
    fn every_field_that_a_step_names_is_drawn_with_its_whole_label() {
        each(|provider, step, pictures| {
            let asked = step.collect.iter().filter_map(|key| provider.field(*key));
            let placed = asked.filter(|need| need.where_.is_some() && is_asked(provider, need));
            let named: Vec<String> = step
                .enter
                .iter()
                .map(|row| &row.field)
                .chain(placed.clone().map(|need| &need.label))
                .map(|label| without_spaces(label))
                .collect();
            let fields: Vec<_> = pictures.drawings.iter().flat_map(|drawing| &drawing.fields).collect();
            let mut drawn: Vec<String> = fields
                .iter()
                .map(|field| field.lines.iter().map(|line| without_spaces(&line.text)).collect())
                .collect();
            let mut wanted = named;
            wanted.sort();
            drawn.sort();
            assert_eq!(drawn, wanted, "{} {}", provider.slug, step.title);
            let numbers: Vec<usize> = fields.iter().map(|field| field.number).collect();
            assert_eq!(numbers, (1..=fields.len()).collect::<Vec<_>>());
            for need in placed {
                let pin = pictures.pin_of(need.key.as_str()).unwrap();
                assert_eq!(fields[pin - 1].label, need.label);
            }
        });
    }

    #[test]
    fn pictures_of_every_walkthrough_stay_in_their_frame() {
        each(|provider, _, pictures| {
            for drawing in &pictures.drawings {
                drawing.assert_within_frame(&provider.slug);
            }
        });
    }

    #[test]
    fn pictures_of_every_walkthrough_make_a_sound_page() {
        let pages = Pages::load(&Assets::load()).unwrap();
        each(|_, _, pictures| {
            let plain = StepPage::samples().into_iter().next().unwrap();
            let mut page = plain;
            page.sections[0].drawings = pictures.drawings;
            let page = Prepared::new(&page).unwrap();
            let html = pages.render(page, &Here::speaking(Language::En)).unwrap();
            assert_sound(&html, "en");
        });
    }

    #[test]
    fn nothing_that_is_not_in_the_catalogue_is_told_as_the_place_of_a_field() {
        each(|provider, step, pictures| {
            let given = provider.we_give.iter().filter_map(|given| given.where_.as_deref());
            let places: Vec<&str> =
                given.chain(provider.we_need.iter().filter_map(|need| need.where_.as_deref())).collect();
            for drawing in pictures.drawings {
                let known = |part: &String| places.iter().any(|place| place.contains(part.as_str()));
                assert!(
                    drawing.path.iter().all(known),
                    "{} {}: {:?}",
                    provider.slug,
                    step.title,
                    drawing.path
                );
            }
        });
    }
}
