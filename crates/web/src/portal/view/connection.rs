//! A connection that exists: right after it was saved, and later.

use serde::Serialize;
use vestibule_words::{Text, text};

use super::HOSTILE;
use super::frame::{Frame, samples};
use super::review::{DataView, hostile_data};
use crate::pages::Page;

/// After saving.
#[derive(Debug, Serialize)]
pub(crate) struct DonePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The provider's name.
    pub provider: String,
    /// The connection's state.
    pub state: &'static str,
    /// What that means.
    pub state_text: Text,
    /// What keeps people from signing in, and the way to mend it.
    pub domain_note: Option<String>,
    /// Where to go on.
    pub return_url: Option<String>,
}

impl Page for DonePage {
    const TEMPLATE: &'static str = "portal/done.html";

    fn samples() -> Vec<Self> {
        let page = |frame, state, domain_note, return_url| Self {
            frame,
            provider: HOSTILE.to_owned(),
            state,
            state_text: text!("state-active"),
            domain_note,
            return_url,
        };
        vec![
            page(samples::frame(), "active", None, Some("https://app.acme.example/?a=1&b=2".to_owned())),
            page(samples::hostile_frame(), "validating", Some(HOSTILE.to_owned()), Some(HOSTILE.to_owned())),
            page(
                Frame { support_email: None, ..samples::frame() },
                "inactive",
                Some("note".to_owned()),
                None,
            ),
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
    /// What that means.
    pub state_text: Text,
    /// What keeps people from signing in, and the way to mend it.
    pub domain_note: Option<String>,
    /// What it consists of.
    pub data: DataView,
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
}

impl Page for ConnectionPage {
    const TEMPLATE: &'static str = "portal/connection.html";

    fn samples() -> Vec<Self> {
        let page = |frame, manage| Self {
            frame,
            form_token: HOSTILE.to_owned(),
            provider: HOSTILE.to_owned(),
            state: "active",
            state_text: text!("state-active"),
            domain_note: None,
            data: hostile_data(),
            manage,
            notice: None,
        };
        let manage = |update_href| ManageView { connection_id: HOSTILE.to_owned(), update_href };
        vec![
            page(samples::frame(), Some(manage(None))),
            Self {
                domain_note: Some(HOSTILE.to_owned()),
                notice: Some(text!("notice-already-connected")),
                ..page(samples::hostile_frame(), Some(manage(Some(HOSTILE.to_owned()))))
            },
            Self {
                domain_note: Some(HOSTILE.to_owned()),
                ..page(Frame { back_url: None, support_email: None, ..samples::frame() }, None)
            },
            page(samples::frame(), None),
        ]
    }
}
