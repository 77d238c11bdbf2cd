//! A connection that exists: right after it was saved, and later.

use serde::Serialize;
use time::macros::datetime;
use vestibule_words::{Day, Text, text};

use super::HOSTILE;
use super::frame::{Frame, samples};
use super::review::{DataView, FactView, hostile_data};
use super::signing_key::SigningKeyView;
use crate::pages::Page;

/// After saving.
#[derive(Debug, Serialize)]
pub(crate) struct DonePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The provider's name.
    pub provider: String,
    /// What came of it.
    pub heading: Text,
    /// The connection's state.
    pub state: &'static str,
    /// The same in a word.
    pub state_word: Text,
    /// What that means.
    pub state_text: Text,
    /// What keeps people from signing in, and the way to mend it.
    pub domain_note: Option<Text>,
    /// Where to go on.
    pub return_url: Option<String>,
    /// Whether this visit may change the connection.
    pub manageable: bool,
}

/// A note with hostile text in it.
fn note() -> Text {
    text!("connection-unproven", organization = HOSTILE, product = HOSTILE)
}

impl Page for DonePage {
    const TEMPLATE: &'static str = "portal/done.html";

    fn samples() -> Vec<Self> {
        let page = |frame, state, domain_note, return_url| Self {
            frame,
            form_token: HOSTILE.to_owned(),
            provider: HOSTILE.to_owned(),
            heading: text!("done-active"),
            state,
            state_word: text!("state-word-active"),
            state_text: text!("state-active"),
            domain_note,
            return_url,
            manageable: state == "active",
        };
        vec![
            page(samples::frame(), "active", None, Some("https://app.acme.example/?a=1&b=2".to_owned())),
            page(samples::hostile_frame(), "validating", Some(note()), Some(HOSTILE.to_owned())),
            page(Frame { support_email: None, ..samples::frame() }, "inactive", Some(note()), None),
        ]
    }
}

/// A connection that exists.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The form's token.
    pub form_token: String,
    /// The provider's name.
    pub provider: String,
    /// The connection's state.
    pub state: &'static str,
    /// The same in a word.
    pub state_word: Text,
    /// What that means.
    pub state_text: Text,
    /// What keeps people from signing in, and the way to mend it.
    pub domain_note: Option<Text>,
    /// How many certificates need attention.
    pub certificate_note: Option<Text>,
    /// What it consists of.
    pub data: DataView,
    /// Which attributes fill which fields.
    pub attributes: Vec<FactView>,
    /// How it takes sign-ins.
    pub options: Vec<FactView>,
    /// The certificate that our requests are to be signed with next, where the visit may switch.
    pub signing_key: Option<SigningKeyView>,
    /// What this visit may do with it.
    pub manage: Option<ManageView>,
    /// What happened just now.
    pub notice: Option<Text>,
}

/// What a visit may do with a connection.
#[derive(Debug, Serialize)]
pub(crate) struct ManageView {
    /// Which connection: a reset that was confirmed for one must not hit the next.
    pub connection_id: String,
    /// Where the provider's data is asked for again.
    pub update_href: Option<String>,
    /// Whether sign-ins are taken that begin at the provider; none where that cannot be switched.
    pub idp_initiated: Option<bool>,
    /// The certificates that are trusted, if there are several: one of them can go.
    pub certificates: Vec<TrustedView>,
}

/// A certificate that can go.
#[derive(Debug, Serialize)]
pub(crate) struct TrustedView {
    /// Its id.
    pub id: String,
    /// Whom it names.
    pub subject: String,
    /// Last day.
    pub not_after: Day,
    /// SHA-256, in pairs.
    pub fingerprint: String,
}

impl TrustedView {
    /// One with hostile text.
    fn hostile() -> Self {
        Self {
            id: HOSTILE.to_owned(),
            subject: HOSTILE.to_owned(),
            not_after: Day::of(datetime!(2026-11-21 12:00 UTC)),
            fingerprint: HOSTILE.to_owned(),
        }
    }
}

impl Page for ConnectionPage {
    const TEMPLATE: &'static str = "portal/connection.html";

    fn samples() -> Vec<Self> {
        let page = |frame, manage| Self {
            frame,
            form_token: HOSTILE.to_owned(),
            provider: HOSTILE.to_owned(),
            state: "active",
            state_word: text!("state-word-active"),
            state_text: text!("state-active"),
            domain_note: None,
            certificate_note: None,
            attributes: hostile_data().facts,
            options: hostile_data().facts,
            data: hostile_data(),
            signing_key: None,
            manage,
            notice: None,
        };
        let manage = |update_href: Option<String>| ManageView {
            connection_id: HOSTILE.to_owned(),
            idp_initiated: update_href.as_ref().map(|_| true),
            certificates: update_href.iter().map(|_| TrustedView::hostile()).collect(),
            update_href,
        };
        vec![
            page(samples::frame(), Some(manage(None))),
            Self {
                domain_note: Some(note()),
                certificate_note: Some(text!("connection-certificates", count = 2)),
                notice: Some(text!("notice-already-connected")),
                signing_key: Some(SigningKeyView::hostile()),
                ..page(samples::hostile_frame(), Some(manage(Some(HOSTILE.to_owned()))))
            },
            Self {
                domain_note: Some(note()),
                ..page(Frame { back_url: None, support_email: None, ..samples::frame() }, None)
            },
            Self { options: Vec::new(), ..page(samples::frame(), None) },
            page(
                samples::frame(),
                Some(ManageView { idp_initiated: Some(false), ..manage(Some(HOSTILE.to_owned())) }),
            ),
        ]
    }
}
