//! Picking an identity provider, or one of several in a metadata document.

use serde::Serialize;
use vestibule_catalog::QUERY_CHARS_MAX;
use vestibule_words::{Piece, Text, text};

use super::HOSTILE;
use super::frame::{ErrorLink, Frame, samples};
use crate::pages::Page;

/// The picker.
#[derive(Debug, Serialize)]
pub(crate) struct PickerPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// What happened just now.
    pub notice: Option<Text>,
    /// What was searched for.
    pub query: String,
    /// How much of it is read.
    pub query_chars_max: usize,
    /// A provider that was picked before.
    pub resume: Option<Resume>,
    /// The cards; empty shelves are left out.
    pub shelves: Vec<ShelfView>,
    /// Whether the test identity provider is offered.
    pub test_provider: bool,
    /// Whether a search found nothing.
    pub nothing_found: bool,
}

/// A walkthrough that was begun.
#[derive(Debug, Serialize)]
pub(crate) struct Resume {
    /// The provider's name.
    pub name: String,
    /// Where it goes on.
    pub href: String,
}

/// Cards under one heading.
#[derive(Debug, Serialize)]
pub(crate) struct ShelfView {
    /// The heading.
    pub title: Text,
    /// The cards.
    pub cards: Vec<CardView>,
}

/// A product.
#[derive(Debug, Serialize)]
pub(crate) struct CardView {
    /// Slug of the recommended choice.
    pub slug: String,
    /// The product.
    pub product: Piece,
    /// Letters of its mark.
    pub monogram: String,
    /// Hue of its mark.
    pub hue: u8,
    /// What the recommended choice speaks.
    pub protocol: &'static str,
    /// The other protocol.
    pub alternative: Option<AlternativeView>,
    /// Whether the link's maker named it.
    pub suggested: bool,
}

/// The same product by the other protocol.
#[derive(Debug, Serialize)]
pub(crate) struct AlternativeView {
    /// Its slug.
    pub slug: String,
    /// What it speaks.
    pub protocol: &'static str,
}

impl Page for PickerPage {
    const TEMPLATE: &'static str = "portal/picker.html";

    fn samples() -> Vec<Self> {
        let card = |slug: &str, product: &str, alternative| CardView {
            slug: slug.to_owned(),
            product: product.into(),
            monogram: "O".to_owned(),
            hue: 3,
            protocol: "SAML",
            alternative,
            suggested: slug == "okta-saml",
        };
        let other = |slug: &str| AlternativeView { slug: slug.to_owned(), protocol: "OpenID Connect" };
        let page = |frame, query: &str, shelves| Self {
            frame,
            form_token: "token".to_owned(),
            notice: None,
            query: query.to_owned(),
            query_chars_max: QUERY_CHARS_MAX,
            resume: None,
            shelves,
            test_provider: true,
            nothing_found: false,
        };
        let shelf = |title, cards| ShelfView { title, cards };
        vec![
            page(
                samples::frame(),
                "",
                vec![
                    shelf(text!("picker-first"), vec![card("okta-saml", "Okta", Some(other("okta-oidc")))]),
                    shelf(text!("picker-more"), vec![card("cas-saml", "Apereo CAS", None)]),
                ],
            ),
            Self {
                form_token: HOSTILE.to_owned(),
                notice: Some(text!("notice-reset")),
                resume: Some(Resume { name: HOSTILE.to_owned(), href: HOSTILE.to_owned() }),
                ..page(
                    samples::hostile_frame(),
                    HOSTILE,
                    vec![shelf(text!("picker-found"), vec![card(HOSTILE, HOSTILE, Some(other(HOSTILE)))])],
                )
            },
            Self { nothing_found: true, test_provider: false, ..page(samples::frame(), HOSTILE, Vec::new()) },
        ]
    }
}

/// Choosing one of several providers in a metadata document.
#[derive(Debug, Serialize)]
pub(crate) struct ChoosePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The step that asked for the document, from 1.
    pub step: usize,
    /// What was handed over, to be handed over again.
    pub document: Vec<Kept>,
    /// How many there are.
    pub total: usize,
    /// Those that are shown.
    pub choices: Vec<ChoiceView>,
    /// Whether there are more than are shown.
    pub more: bool,
    /// What is wrong with the choice.
    pub error: Option<Piece>,
    /// The same for the summary.
    pub errors: Vec<ErrorLink>,
}

/// A value that a form carries along.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    /// Name in the form.
    pub name: String,
    /// The value.
    pub value: String,
}

/// One of several providers.
#[derive(Debug, Serialize)]
pub(crate) struct ChoiceView {
    /// Its entity id.
    pub entity_id: String,
    /// Its name, if the document says it.
    pub name: Option<String>,
}

impl Page for ChoosePage {
    const TEMPLATE: &'static str = "portal/choose.html";

    fn samples() -> Vec<Self> {
        let choice = |name: Option<&str>, entity_id: &str| ChoiceView {
            entity_id: entity_id.to_owned(),
            name: name.map(str::to_owned),
        };
        vec![
            Self {
                frame: samples::frame(),
                form_token: "token".to_owned(),
                step: 7,
                document: vec![Kept {
                    name: "idp_metadata_url".to_owned(),
                    value: "https://a.example".to_owned(),
                }],
                total: 2,
                choices: vec![choice(Some("A"), "urn:a"), choice(None, "urn:b")],
                more: false,
                error: None,
                errors: Vec::new(),
            },
            Self {
                frame: samples::hostile_frame(),
                form_token: HOSTILE.to_owned(),
                step: 1,
                document: vec![Kept { name: HOSTILE.to_owned(), value: HOSTILE.to_owned() }],
                total: 500,
                choices: vec![choice(Some(HOSTILE), HOSTILE)],
                more: true,
                error: Some(HOSTILE.into()),
                errors: vec![ErrorLink { field_id: "field-entity_id".to_owned(), text: HOSTILE.into() }],
            },
        ]
    }
}
