//! The next certificate of a provider: what to do there, what was brought, and how it ended.

use serde::Serialize;
use vestibule_words::{Text, text};

use super::HOSTILE;
use super::frame::{ErrorLink, Field, Frame, samples};
use super::review::{DataView, hostile_data};
use super::signing_key::SigningKeyView;
use super::walkthrough::{UploadView, WayView};
use crate::pages::Page;

/// Where the next certificate is brought.
#[derive(Debug, Serialize)]
pub(crate) struct RenewalPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The provider's name; none where there is nothing to renew.
    pub provider: Option<String>,
    /// Where the metadata is read every day, if it is.
    pub metadata_url: Option<String>,
    /// What is trusted now.
    pub held: DataView,
    /// How it is renewed there.
    pub guide: Option<RenewalGuide>,
    /// The ways to bring it.
    pub ways: Vec<WayView>,
    /// Marks of what was brought and could not be used.
    pub tried: String,
    /// The certificate that our requests are to be signed with next.
    pub signing_key: Option<SigningKeyView>,
    /// What happened just now.
    pub notice: Option<Text>,
    /// What was brought, before it is saved.
    pub brought: Option<BroughtView>,
    /// What has to be fixed.
    pub errors: Vec<ErrorLink>,
}

/// How a provider's certificate is renewed, in English.
#[derive(Debug, Serialize)]
pub(crate) struct RenewalGuide {
    /// How long a certificate lasts.
    pub validity: String,
    /// Whether and when the provider warns its admins.
    pub notice: Option<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// A certificate that was brought and waits to be saved.
#[derive(Debug, Serialize)]
pub(crate) struct BroughtView {
    /// What is new.
    pub data: DataView,
    /// The form with it.
    pub next: NextView,
}

/// The form that tries or saves the next certificates; it carries them.
#[derive(Debug, Serialize)]
pub(crate) struct NextView {
    /// Where they are saved; they are tried at `/test` below.
    pub action: String,
    /// The certificates as PEM.
    pub pem: String,
    /// Where the metadata would be read from now on.
    pub metadata_url: Option<String>,
}

/// How a renewal ended.
#[derive(Debug, Serialize)]
pub(crate) struct RenewedPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The provider's name.
    pub provider: String,
    /// What is trusted now.
    pub held: DataView,
    /// Where to go on.
    pub return_url: Option<String>,
}

fn nothing() -> DataView {
    DataView { facts: Vec::new(), certificates: Vec::new() }
}

impl NextView {
    /// One with hostile text.
    pub(super) fn hostile() -> Self {
        Self {
            action: "/portal/renewal/conn_1".to_owned(),
            pem: HOSTILE.to_owned(),
            metadata_url: Some(HOSTILE.to_owned()),
        }
    }
}

impl Page for RenewalPage {
    const TEMPLATE: &'static str = "portal/renewal.html";

    fn samples() -> Vec<Self> {
        let bare = |provider: Option<&str>| Self {
            frame: samples::frame(),
            form_token: "token".to_owned(),
            provider: provider.map(str::to_owned),
            metadata_url: None,
            held: nothing(),
            guide: None,
            ways: Vec::new(),
            tried: String::new(),
            signing_key: None,
            notice: None,
            brought: None,
            errors: Vec::new(),
        };
        let upload = |error| UploadView {
            key: "idp_certificate_file",
            id: "field-idp_certificate_file".to_owned(),
            label: text!("step-certificate-file"),
            accept: ".pem",
            error,
        };
        let way = |title: Option<Text>, folded, file| WayView {
            title,
            folded,
            open: folded,
            fields: vec![Field::plain(
                if folded { "idp_metadata_url" } else { "idp_certificate" },
                text!("renewal-certificate"),
                "area",
            )],
            file,
        };
        let hostile = Self {
            frame: samples::hostile_frame(),
            form_token: HOSTILE.to_owned(),
            metadata_url: Some(HOSTILE.to_owned()),
            held: hostile_data(),
            guide: Some(RenewalGuide {
                validity: HOSTILE.to_owned(),
                notice: Some(HOSTILE.to_owned()),
                steps: vec![HOSTILE.to_owned()],
            }),
            tried: HOSTILE.to_owned(),
            signing_key: Some(SigningKeyView::hostile()),
            notice: Some(text!("notice-signing-key-switched")),
            ..bare(Some(HOSTILE))
        };
        vec![
            bare(None),
            Self {
                ways: vec![
                    way(None, false, Some(upload(Some(HOSTILE.into())))),
                    way(Some(text!("renewal-by-document")), true, None),
                ],
                errors: vec![ErrorLink {
                    field_id: "field-idp_certificate_file".to_owned(),
                    text: HOSTILE.into(),
                }],
                ..hostile
            },
            Self {
                guide: Some(RenewalGuide { validity: "3 years".to_owned(), notice: None, steps: Vec::new() }),
                ways: vec![way(Some(text!("renewal-by-address")), false, Some(upload(None)))],
                ..bare(Some("Okta"))
            },
            Self {
                brought: Some(BroughtView { data: hostile_data(), next: NextView::hostile() }),
                held: hostile_data(),
                ..bare(Some(HOSTILE))
            },
            Self {
                brought: Some(BroughtView {
                    data: nothing(),
                    next: NextView { metadata_url: None, ..NextView::hostile() },
                }),
                ..bare(Some("Okta"))
            },
        ]
    }
}

impl Page for RenewedPage {
    const TEMPLATE: &'static str = "portal/renewed.html";

    fn samples() -> Vec<Self> {
        let page = |frame, provider: &str, held, return_url| Self {
            frame,
            provider: provider.to_owned(),
            held,
            return_url,
        };
        vec![
            page(samples::frame(), "Okta", nothing(), None),
            page(samples::hostile_frame(), HOSTILE, hostile_data(), Some(HOSTILE.to_owned())),
        ]
    }
}
