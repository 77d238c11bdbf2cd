//! Steps of a walkthrough that are done in one go.

use serde::Serialize;
use vestibule_words::{Piece, Text, text};

use super::HOSTILE;
use super::drawing::{Drawing, samples::hostile_drawings};
use super::frame::{ErrorLink, Field, Frame, samples};
use crate::pages::Page;

/// The steps of one stretch of work in a console.
#[derive(Debug, Serialize)]
pub(crate) struct StepPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// Whose console it is about.
    pub provider: ProviderView,
    /// All steps.
    pub steps: Vec<StepLink>,
    /// Whether there is something to review already.
    pub reviewable: bool,
    /// Where another provider can be picked, if that is possible.
    pub other_provider_href: Option<&'static str>,
    /// Which steps of how many these are.
    pub count: Text,
    /// The first step on the page, from 1.
    pub first: usize,
    /// The last one.
    pub last: usize,
    /// The furthest step that is noted, from 1.
    pub reached: usize,
    /// How many there are.
    pub total: usize,
    /// The steps on the page.
    pub sections: Vec<SectionView>,
    /// What the last step on the page asks for.
    pub form: Option<FormView>,
    /// Who gets the steps by mail.
    pub colleague: Field,
    /// Where the page before is.
    pub back_href: Option<String>,
    /// What happened just now.
    pub notice: Option<Text>,
    /// What has to be fixed.
    pub errors: Vec<ErrorLink>,
}

/// One step.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SectionView {
    /// Its number, from 1.
    pub number: usize,
    /// What it achieves.
    pub heading: String,
    /// What to do: HTML made by the catalogue, safe as it is.
    pub body_html: String,
    /// When the step applies.
    pub when: Option<String>,
    /// What goes into which field of their console.
    pub rows: Vec<RowView>,
    /// Our values that stand in no row.
    pub values: Vec<CopyView>,
    /// The vendor's picture for the tile in their console.
    pub tile: Option<FileView>,
    /// Our values that can be left out.
    pub spare: Vec<SpareView>,
    /// Pictures of the pages of their console that the step names fields of.
    pub drawings: Vec<Drawing>,
}

/// The provider, as a step shows it.
#[derive(Debug, Serialize)]
pub(crate) struct ProviderView {
    /// Its name.
    pub name: String,
    /// Letters of its mark.
    pub monogram: String,
    /// Hue of its mark.
    pub hue: u8,
    /// The console's address, where it is the same for everybody.
    pub console_link: Option<String>,
    /// The way through its menus.
    pub console_path: String,
    /// Rights that are needed.
    pub admin_role: Option<String>,
    /// Whether the facts are weak enough to say so.
    pub labels_may_differ: bool,
}

/// A step in the list of all.
#[derive(Debug, Serialize)]
pub(crate) struct StepLink {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub href: String,
    /// Where it is, seen from the page.
    pub place: StepPlace,
    /// Whether it lies behind the furthest step that was reached.
    pub passed: bool,
    /// Whether it asks for something.
    pub collects: bool,
}

/// Where a step is, seen from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepPlace {
    /// On another page.
    Elsewhere,
    /// On the page.
    Here,
    /// On the page, and the one that was asked for.
    Current,
}

/// A field of their console and what to put there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RowView {
    /// Its number in the drawing.
    pub pin: usize,
    /// The field.
    pub field: String,
    /// What to do, where that is not typing.
    pub verb: Option<Text>,
    /// What to put there.
    pub value: String,
    /// The value as a file, if it is a document.
    pub long: Option<FileView>,
    /// How to copy the value.
    pub copy: Option<CopyView>,
}

/// One of our values, to be copied.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CopyView {
    /// Its key.
    pub key: &'static str,
    /// Its name.
    pub label: Piece,
    /// The value.
    pub value: String,
    /// Whether it stands further up on the page too, and is found by its key there.
    pub again: bool,
    /// The value as a file, if it is a document.
    pub long: Option<FileView>,
}

/// One of our values that their console takes, and that sign-in works without.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SpareView {
    /// The field.
    pub field: String,
    /// Where it is.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The value.
    pub value: String,
    /// The value as a file, if it is a document.
    pub long: Option<FileView>,
}

/// A value that is better taken as a file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FileView {
    /// Where it is.
    pub href: String,
    /// What to call it.
    pub file_name: &'static str,
}

/// What a step asks for.
#[derive(Debug, Serialize)]
pub(crate) struct FormView {
    /// The ways to hand it over.
    pub ways: Vec<WayView>,
    /// What is known already.
    pub known: Option<Text>,
    /// Marks of what was brought and could not be used.
    pub tried: String,
    /// What the button says.
    pub submit: Text,
}

/// One way to hand something over.
#[derive(Debug, Serialize)]
pub(crate) struct WayView {
    /// What it is called.
    pub title: Option<Text>,
    /// Whether it is folded away at first.
    pub folded: bool,
    /// Whether it is open nevertheless.
    pub open: bool,
    /// Its fields.
    pub fields: Vec<Field>,
    /// A file that can be brought instead.
    pub file: Option<UploadView>,
}

/// A file field.
#[derive(Debug, Serialize)]
pub(crate) struct UploadView {
    /// Name in the form.
    pub key: &'static str,
    /// Id on the page.
    pub id: String,
    /// Its label.
    pub label: Text,
    /// File types to offer.
    pub accept: &'static str,
    /// What is wrong.
    pub error: Option<Piece>,
}

impl Page for StepPage {
    const TEMPLATE: &'static str = "portal/step.html";

    fn samples() -> Vec<Self> {
        vec![plain_sample(), hostile_sample()]
    }
}

fn plain_sample() -> StepPage {
    StepPage {
        frame: samples::frame(),
        form_token: "token".to_owned(),
        provider: ProviderView {
            name: "Okta".to_owned(),
            monogram: "O".to_owned(),
            hue: 1,
            console_link: None,
            console_path: "Applications".to_owned(),
            admin_role: None,
            labels_may_differ: false,
        },
        steps: vec![StepLink {
            title: "Create".to_owned(),
            href: "/portal/sso/steps/1".to_owned(),
            place: StepPlace::Current,
            passed: false,
            collects: false,
        }],
        reviewable: false,
        other_provider_href: None,
        count: text!("step-number", number = 1_usize, total = 1_usize),
        first: 1,
        last: 1,
        reached: 1,
        total: 1,
        sections: vec![plain_section()],
        form: None,
        colleague: Field::plain("colleague", text!("sheet-field"), "email"),
        back_href: None,
        notice: None,
        errors: Vec::new(),
    }
}

fn plain_section() -> SectionView {
    SectionView {
        number: 1,
        heading: "Create".to_owned(),
        body_html: "<p>Press <strong>Create</strong>.</p>".to_owned(),
        when: None,
        rows: Vec::new(),
        values: Vec::new(),
        tile: None,
        spare: Vec::new(),
        drawings: Vec::new(),
    }
}

fn hostile_section() -> SectionView {
    let hostile = || HOSTILE.to_owned();
    let file = || FileView { href: hostile(), file_name: "sp-metadata.xml" };
    let copy = |key, again, long| CopyView { key, label: HOSTILE.into(), value: hostile(), again, long };
    let row = |long, copy: Option<CopyView>| RowView {
        pin: 1,
        field: hostile(),
        verb: Some(text!("step-choose")),
        value: hostile(),
        long,
        copy,
    };
    let spare = |long: Option<FileView>| SpareView {
        field: hostile(),
        place: long.is_none().then(hostile),
        note: long.is_none().then(hostile),
        value: hostile(),
        long,
    };
    SectionView {
        heading: hostile(),
        when: Some(hostile()),
        rows: vec![
            row(None, Some(copy("acs_url", false, None))),
            row(None, Some(copy("acs_url", true, None))),
            row(Some(file()), Some(copy("sp_metadata_xml", false, Some(file())))),
        ],
        values: vec![copy("sp_entity_id", false, None), copy("sp_metadata_url", false, Some(file()))],
        tile: Some(file()),
        spare: vec![spare(None), spare(Some(file()))],
        drawings: hostile_drawings(),
        ..plain_section()
    }
}

fn hostile_sample() -> StepPage {
    let hostile = || HOSTILE.to_owned();
    let way = |title, folded, fields, file| WayView { title, folded, open: folded, fields, file };
    let link =
        |place, passed| StepLink { title: hostile(), href: hostile(), place, passed, collects: !passed };
    let controls = ["line", "url", "email", "area", "secret", "choice"];
    StepPage {
        frame: samples::hostile_frame(),
        form_token: hostile(),
        provider: ProviderView {
            name: hostile(),
            monogram: hostile(),
            hue: 7,
            console_link: Some(hostile()),
            console_path: hostile(),
            admin_role: Some(hostile()),
            labels_may_differ: true,
        },
        steps: vec![
            link(StepPlace::Current, false),
            link(StepPlace::Here, false),
            link(StepPlace::Elsewhere, true),
        ],
        reviewable: true,
        other_provider_href: Some("/portal/sso?change=1"),
        count: text!("step-range", first = 1_usize, last = 2_usize, total = 3_usize),
        last: 2,
        total: 3,
        sections: vec![hostile_section(), SectionView { number: 2, ..plain_section() }],
        form: Some(FormView {
            ways: vec![
                way(None, false, controls.map(samples::hostile_field).to_vec(), None),
                way(
                    Some(text!("step-by-hand")),
                    true,
                    Vec::new(),
                    Some(UploadView {
                        key: "file",
                        id: "field-file".to_owned(),
                        label: text!("step-metadata-file"),
                        accept: ".xml",
                        error: Some(HOSTILE.into()),
                    }),
                ),
            ],
            known: Some(text!("step-known-metadata", entity_id = HOSTILE)),
            tried: hostile(),
            submit: text!("step-check"),
        }),
        colleague: Field {
            value: hostile(),
            error: Some(hostile().into()),
            ..Field::plain("colleague", text!("sheet-field"), "email")
        },
        back_href: Some(hostile()),
        notice: Some(text!("notice-understood")),
        errors: vec![
            ErrorLink { field_id: "field-file".to_owned(), text: HOSTILE.into() },
            ErrorLink { field_id: "field-sample_url".to_owned(), text: HOSTILE.into() },
        ],
        ..plain_sample()
    }
}
