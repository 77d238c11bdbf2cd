//! Arriving: the landing page of a link, and pages that end the way.

use serde::Serialize;
use time::macros::datetime;
use vestibule_domain::Instant;
use vestibule_domain::environment::{Branding, Environment};
use vestibule_words::{Moment, Text, text};

use super::HOSTILE;
use super::frame::{ErrorLink, Frame, samples};
use crate::pages::Page;

/// Where an invitation is shown before anything happens.
#[derive(Debug, Serialize)]
pub(crate) struct LandingPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The customer's name.
    pub organization: String,
    /// The link's token, on its way back to us.
    pub token: String,
    /// What the link is for, in words.
    pub tasks: Vec<Text>,
    /// When the link stops working, for people.
    pub expires: Moment,
    /// The same for programs.
    pub expires_iso: String,
    /// Whether the first save spends the link.
    pub once: bool,
    /// What has to be said before it begins.
    pub asked: Asked,
    /// The address that was typed.
    pub email: String,
    /// What is wrong with it, or with having asked for so many codes.
    pub error: Option<Text>,
    /// The same for the summary, if there is a field to mend it in.
    pub errors: Vec<ErrorLink>,
}

/// What the landing page asks for.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Asked {
    /// Nothing.
    Nothing,
    /// Nothing: this browser is in the middle of a visit with this link.
    Continuing,
    /// An address, if they like.
    Address {
        /// What for.
        note: Text,
    },
    /// An address, which a code is sent to.
    ProvenAddress {
        /// What for, and which.
        note: Text,
    },
    /// No address, since there is only one; the code is sent there.
    Proof {
        /// Where the code is sent.
        note: Text,
    },
}

impl LandingPage {
    /// The page as nobody is shown it, for whoever chooses how an environment looks.
    pub(crate) fn example(
        environment: &Environment,
        branding: &Branding,
        organization: &str,
        expires_at: Instant,
    ) -> Self {
        Self {
            frame: Frame::example(environment, branding, organization),
            organization: organization.to_owned(),
            token: String::new(),
            tasks: vec![text!("task-sso")],
            expires: Moment::of(expires_at),
            expires_iso: String::new(),
            once: false,
            asked: Asked::Nothing,
            email: String::new(),
            error: None,
            errors: Vec::new(),
        }
    }

    /// The page again, with what was typed and what is wrong.
    pub(crate) fn refused(self, typed: &str, error: Text) -> Self {
        let link = ErrorLink { field_id: "field-email".to_owned(), text: error.clone().into() };
        let errors = match self.asked {
            Asked::Address { .. } | Asked::ProvenAddress { .. } => vec![link],
            Asked::Nothing | Asked::Continuing | Asked::Proof { .. } => Vec::new(),
        };
        Self { email: typed.to_owned(), error: Some(error), errors, ..self }
    }
}

impl Page for LandingPage {
    const TEMPLATE: &'static str = "portal/landing.html";

    fn samples() -> Vec<Self> {
        let plain = || Self {
            frame: samples::frame(),
            organization: "Example Corp".to_owned(),
            token: "vpt_AAAA".to_owned(),
            tasks: vec![text!("task-sso")],
            expires: Moment::of(datetime!(2026-11-21 12:00 UTC)),
            expires_iso: "2026-11-21T12:00:00Z".to_owned(),
            once: false,
            asked: Asked::Address { note: text!("arrival-email-kept") },
            email: String::new(),
            error: None,
            errors: Vec::new(),
        };
        let hostile = Self {
            frame: samples::hostile_frame(),
            organization: HOSTILE.to_owned(),
            token: HOSTILE.to_owned(),
            tasks: vec![text!("task-sso"), text!("task-dsync"), text!("task-domain-verification")],
            expires_iso: HOSTILE.to_owned(),
            once: true,
            asked: Asked::ProvenAddress {
                note: text!("arrival-email-named", addresses = vec![HOSTILE.to_owned(), HOSTILE.to_owned()]),
            },
            ..plain()
        }
        .refused(HOSTILE, text!("arrival-email-wrong"));
        let bare = Self {
            frame: Frame { support_email: None, back_url: None, ..samples::frame() },
            tasks: vec![text!("task-sso"), text!("task-dsync")],
            once: true,
            asked: Asked::Nothing,
            ..plain()
        };
        let proof = || Asked::Proof { note: text!("arrival-code-to", address = "a•••@acme.example") };
        let others =
            [Asked::Continuing, Asked::ProvenAddress { note: text!("arrival-email-proven") }, proof()]
                .map(|asked| Self { asked, ..plain() });
        let late = Self { asked: proof(), ..plain() }.refused("", text!("code-too-many", minutes = 42_u64));
        let wrong = plain().refused("nobody", text!("arrival-email-wrong"));
        [plain(), hostile, bare, late, wrong].into_iter().chain(others).collect()
    }
}

/// A link or a visit that cannot be used.
#[derive(Debug, Serialize)]
pub(crate) struct UnusablePage {
    /// What surrounds it.
    pub frame: Frame,
    /// `consumed`, `expired`, `revoked` or `unknown`.
    pub reason: &'static str,
    /// What is the matter.
    pub title: Text,
    /// Why, and what to do.
    pub explanation: Text,
    /// Where a browser that set the connection up may see it.
    pub result_url: Option<&'static str>,
}

impl Page for UnusablePage {
    const TEMPLATE: &'static str = "portal/unusable.html";

    fn samples() -> Vec<Self> {
        [samples::frame(), samples::hostile_frame(), Frame::unknown()]
            .into_iter()
            .zip([None, Some("/portal/sso/done"), None])
            .map(|(frame, result_url)| Self {
                frame,
                reason: "consumed",
                title: text!("failure-consumed"),
                explanation: text!("failure-consumed-why"),
                result_url,
            })
            .collect()
    }
}

/// A link that leads on.
#[derive(Debug, Serialize)]
pub(crate) struct Onward {
    /// Where to.
    pub href: String,
    /// What it says.
    pub label: Text,
}

/// A request that was not taken.
#[derive(Debug, Serialize)]
pub(crate) struct RefusedPage {
    /// What surrounds it.
    pub frame: Frame,
    /// A stable word.
    pub reason: &'static str,
    /// What is the matter.
    pub title: Text,
    /// Why, and what to do.
    pub explanation: Text,
    /// The way back.
    pub back: Option<Onward>,
    /// What to mention to those who run the service, where that helps.
    pub request_id: Option<String>,
}

impl Page for RefusedPage {
    const TEMPLATE: &'static str = "portal/refused.html";

    fn samples() -> Vec<Self> {
        let back = |href: &str| Onward { href: href.to_owned(), label: text!("failure-go-on") };
        [
            (samples::frame(), Some(back("/portal/home")), None),
            (samples::hostile_frame(), Some(back(HOSTILE)), Some(HOSTILE.to_owned())),
            (Frame::unknown(), None, None),
        ]
        .into_iter()
        .map(|(frame, back, request_id)| Self {
            frame,
            reason: "form_token",
            title: text!("failure-form-token"),
            explanation: text!("failure-form-token-why"),
            back,
            request_id,
        })
        .collect()
    }
}
