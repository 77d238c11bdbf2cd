//! The home of a visit: what it can set up, and how far each is.

use serde::Serialize;
use vestibule_words::{Piece, Text, text};

use super::HOSTILE;
use super::frame::{Frame, samples};
use crate::pages::Page;

/// What a visit can set up.
#[derive(Debug, Serialize)]
pub(crate) struct HomePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Single sign-on, if the link covers it.
    pub sso: Option<SsoTask>,
    /// Whether the certificate of the connection can be renewed.
    pub renewal: bool,
    /// What single sign-on depends on and the vendor does: the organization's domains.
    pub domains: Vec<DomainView>,
    /// What the link names and this version cannot do, in words.
    pub missing: Vec<Text>,
}

/// Single sign-on on the home.
#[derive(Debug, Serialize)]
pub(crate) struct SsoTask {
    /// A stable word.
    pub state: &'static str,
    /// The state in words.
    pub word: Text,
    /// What is behind it.
    pub text: Piece,
}

/// A domain on the home.
#[derive(Debug, Serialize)]
pub(crate) struct DomainView {
    /// Its name; none where there is no domain at all.
    pub name: Option<String>,
    /// A stable word, as connections have it.
    pub state: &'static str,
    /// The state in words.
    pub word: Text,
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "portal/home.html";

    fn samples() -> Vec<Self> {
        let task = |state, text: Piece| SsoTask { state, word: text!("state-word-none"), text };
        let domain = |name: Option<&str>| DomainView {
            name: name.map(str::to_owned),
            state: "validating",
            word: text!("state-word-unverified"),
        };
        vec![
            Self {
                frame: samples::frame(),
                sso: Some(task("none", text!("home-sso-why").into())),
                renewal: false,
                domains: Vec::new(),
                missing: Vec::new(),
            },
            Self {
                frame: samples::hostile_frame(),
                sso: Some(task("active", HOSTILE.into())),
                renewal: true,
                domains: vec![domain(None), domain(Some(HOSTILE))],
                missing: vec![text!("task-dsync"), text!("task-log-streams"), text!("task-audit-logs")],
            },
            Self {
                frame: Frame { support_email: None, ..samples::frame() },
                sso: None,
                renewal: false,
                domains: Vec::new(),
                missing: vec![text!("task-dsync")],
            },
            Self {
                frame: samples::frame(),
                sso: None,
                renewal: true,
                domains: Vec::new(),
                missing: vec![text!("task-dsync")],
            },
        ]
    }
}
