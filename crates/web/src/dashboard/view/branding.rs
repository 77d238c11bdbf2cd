//! How the portal looks.

use serde::Serialize;

use super::meanwhile::{self, MeanwhileView};
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::pages::brand::{self, Legibility};
use crate::pages::contrast::WHITE;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// The branding of an environment, and how it will look.
#[derive(Debug, Serialize)]
pub(crate) struct BrandingPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Where the form goes.
    pub href: String,
    /// Whether it was saved just now.
    pub saved: bool,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What somebody else changed meanwhile.
    pub meanwhile: Option<MeanwhileView>,
    /// What the form was made from.
    pub made_from: String,
    /// The field of the product's name.
    pub product_name: Field,
    /// The field of the support address.
    pub support_email: Field,
    /// The field of the colour.
    pub color: Field,
    /// The colour as the browser's picker has it; empty for none.
    pub picked: String,
    /// The pictures.
    pub pictures: Vec<PictureField>,
    /// How well the colour is seen, if there is one.
    pub legible: Option<Legibility>,
    /// A page of the portal, whole.
    pub portal: String,
    /// Where a mail is.
    pub mail_href: String,
    /// Whether mails do not show a logo yet because it is not saved.
    pub logo_waits: bool,
}

/// The field of a picture.
#[derive(Debug, Serialize)]
pub(crate) struct PictureField {
    /// The field.
    pub field: Field,
    /// Where the picture is that is there, or would be.
    pub current: Option<String>,
    /// A picture that was uploaded and is not saved.
    pub kept: Option<KeptView>,
    /// Whether it is to be removed.
    pub removed: bool,
    /// Whether there is one to remove.
    pub removable: bool,
}

/// A picture that comes back with the form.
#[derive(Debug, Serialize)]
pub(crate) struct KeptView {
    /// Its name in the form.
    pub name: String,
    /// The picture, in base64.
    pub value: String,
}

impl Page for BrandingPage {
    const TEMPLATE: &'static str = "dashboard/branding.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell: Shell, text: &str, error: Option<&str>| {
            let picture = |removed| PictureField {
                field: Field {
                    note: Some(text.into()),
                    error: error.map(Into::into),
                    ..Field::plain(if removed { "logo" } else { "icon" }, "Logo", "file")
                },
                current: error.map(str::to_owned),
                kept: error.map(|error| KeptView { name: "kept_logo".to_owned(), value: error.to_owned() }),
                removed,
                removable: error.is_some(),
            };
            let field =
                |key, control| Field { value: text.to_owned(), ..Field::plain(key, "A field", control) };
            let told = error.filter(|_| shell.admin);
            Self {
                shell,
                href: "/dashboard/e/branding".to_owned(),
                saved: error.is_none(),
                errors: told
                    .map(|error| ErrorLink { field_id: "field-logo".to_owned(), text: error.into() })
                    .into_iter()
                    .collect(),
                meanwhile: told.map(|_| meanwhile::sample()),
                made_from: text.to_owned(),
                product_name: field("product_name", "line"),
                support_email: field("support_email", "email"),
                color: field("color", "line"),
                picked: error.map(|_| "#ffffff".to_owned()).unwrap_or_default(),
                pictures: vec![picture(true), picture(false)],
                legible: error.map(|_| brand::legibility(WHITE)),
                portal: text.to_owned(),
                mail_href: text.to_owned(),
                logo_waits: error.is_some(),
            }
        };
        let member = Shell { admin: false, ..plain.clone() };
        vec![
            page(plain, "Acme", None),
            page(member.clone(), "", None),
            page(member, HOSTILE, Some(HOSTILE)),
            page(hostile, HOSTILE, Some(HOSTILE)),
        ]
    }
}
