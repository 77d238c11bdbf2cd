//! Typing in the code that proves an address.

use serde::Serialize;
use vestibule_words::{Text, text};

use super::HOSTILE;
use super::frame::{ErrorLink, Frame, samples};
use crate::pages::Page;

/// Where the code is typed in.
#[derive(Debug, Serialize)]
pub(crate) struct CodePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Where the code is.
    pub sent: Text,
    /// What happened just before.
    pub notice: Option<Text>,
    /// What is wrong.
    pub error: Option<Text>,
    /// The same for the summary.
    pub errors: Vec<ErrorLink>,
    /// Where another address can be given, if one was given.
    pub other_url: Option<String>,
}

impl CodePage {
    /// The page again, with what is wrong.
    pub(crate) fn refused(self, error: Text) -> Self {
        let errors = vec![ErrorLink { field_id: "field-code".to_owned(), text: error.clone().into() }];
        Self { error: Some(error), errors, ..self }
    }
}

impl Page for CodePage {
    const TEMPLATE: &'static str = "portal/code.html";

    fn samples() -> Vec<Self> {
        let plain = || Self {
            frame: samples::frame(),
            sent: text!("code-sent", address = "a•••@acme.example", minutes = 10),
            notice: None,
            error: None,
            errors: Vec::new(),
            other_url: None,
        };
        let hostile = Self {
            frame: samples::hostile_frame(),
            sent: text!("code-sent-if", address = HOSTILE, minutes = 10),
            other_url: Some(format!("/portal?token={HOSTILE}")),
            ..plain()
        }
        .refused(text!("code-wrong", left = 1_u8));
        let again = Self { notice: Some(text!("code-again-sent")), ..plain() };
        let wrong = plain().refused(text!("code-wrong", left = 4_u8));
        let late = plain().refused(text!("code-too-many", minutes = 17_u64));
        vec![plain(), hostile, again, wrong, late]
    }
}
