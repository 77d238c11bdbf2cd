//! What was understood, before and after it is saved.

use serde::Serialize;
use time::macros::datetime;
use vestibule_words::{Day, Piece, Text, text};

use super::HOSTILE;
use super::frame::{ErrorLink, Field, Frame, samples};
use crate::pages::Page;

/// Provider data as people read it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DataView {
    /// Facts in order.
    pub facts: Vec<FactView>,
    /// Certificates in order.
    pub certificates: Vec<CertificateView>,
}

/// A fact.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FactView {
    /// What it is.
    pub name: Piece,
    /// Its value.
    pub value: Piece,
    /// Whether every character counts.
    pub code: bool,
}

/// A certificate.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CertificateView {
    /// Whom it names.
    pub subject: String,
    /// First day.
    pub not_before: Day,
    /// Last day.
    pub not_after: Day,
    /// The kind of key.
    pub key: Text,
    /// SHA-256, in pairs.
    pub fingerprint: String,
    /// What is wrong with it.
    pub warnings: Vec<Text>,
}

/// A provider that the data seems to come from.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OtherView {
    /// Its guide.
    pub slug: String,
    /// Its name.
    pub product: String,
}

/// What was understood and waits to be saved.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The provider's name.
    pub provider: String,
    /// Whether a connection that exists gets this data.
    pub replaces: bool,
    /// The data.
    pub data: DataView,
    /// What looks unusual, and is taken nevertheless.
    pub warnings: Vec<Text>,
    /// The provider that the data seems to come from, if that is another one than was picked.
    pub other: Option<OtherView>,
    /// What exactly would be saved.
    pub revision: String,
    /// The admin's address.
    pub email: Field,
    /// The names of attributes, where the connection is new.
    pub attributes: Vec<Field>,
    /// Where something can be changed.
    pub back_href: String,
    /// What happened just now.
    pub notice: Option<Text>,
    /// What has to be fixed.
    pub errors: Vec<ErrorLink>,
}

impl Page for ReviewPage {
    const TEMPLATE: &'static str = "portal/review.html";

    fn samples() -> Vec<Self> {
        vec![
            Self {
                frame: samples::frame(),
                form_token: "token".to_owned(),
                provider: "Okta".to_owned(),
                replaces: false,
                data: DataView { facts: Vec::new(), certificates: Vec::new() },
                warnings: Vec::new(),
                other: None,
                revision: "0011223344556677".to_owned(),
                email: Field::plain("admin_email", text!("review-email"), "email"),
                attributes: vec![Field::plain("attribute_email", text!("attributes-email"), "line")],
                back_href: "/portal/sso/steps/7".to_owned(),
                notice: None,
                errors: Vec::new(),
            },
            Self {
                frame: samples::hostile_frame(),
                form_token: HOSTILE.to_owned(),
                provider: HOSTILE.to_owned(),
                replaces: true,
                data: hostile_data(),
                warnings: vec![text!("review-http", address = HOSTILE)],
                other: Some(OtherView { slug: HOSTILE.to_owned(), product: HOSTILE.to_owned() }),
                revision: HOSTILE.to_owned(),
                email: samples::hostile_field("email"),
                attributes: vec![samples::hostile_field("line")],
                back_href: HOSTILE.to_owned(),
                notice: Some(text!("notice-stale")),
                errors: vec![ErrorLink { field_id: "field-sample_email".to_owned(), text: HOSTILE.into() }],
            },
        ]
    }
}

/// Data with hostile text in every place.
pub(crate) fn hostile_data() -> DataView {
    let hostile = || HOSTILE.to_owned();
    let certificate = |warnings| CertificateView {
        subject: hostile(),
        not_before: Day::of(datetime!(2026-01-01 0:00 UTC)),
        not_after: Day::of(datetime!(2027-01-01 0:00 UTC)),
        key: text!("certificate-rsa", bits = 2048),
        fingerprint: hostile(),
        warnings,
    };
    DataView {
        facts: vec![
            FactView { name: text!("review-entity-id").into(), value: hostile().into(), code: true },
            FactView { name: hostile().into(), value: hostile().into(), code: false },
        ],
        certificates: vec![certificate(Vec::new()), certificate(vec![text!("certificate-weak-kind")])],
    }
}
