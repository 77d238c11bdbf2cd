//! Typing in the code that proves an address.

use serde::Serialize;
use vestibule_words::{Text, text};

use super::HOSTILE;
use super::frame::{Frame, samples};
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
    /// Where another address can be given, if one was given.
    pub other_url: Option<String>,
}

impl Page for CodePage {
    const TEMPLATE: &'static str = "portal/code.html";

    fn samples() -> Vec<Self> {
        let plain = || Self {
            frame: samples::frame(),
            sent: text!("code-sent", address = "a•••@acme.example"),
            notice: None,
            error: None,
            other_url: None,
        };
        let hostile = Self {
            frame: samples::hostile_frame(),
            sent: text!("code-sent-if", address = HOSTILE),
            error: Some(text!("code-wrong", left = 1_u8)),
            other_url: Some(format!("/portal?token={HOSTILE}")),
            ..plain()
        };
        let again = Self { notice: Some(text!("code-again-sent")), ..plain() };
        let wrong = Self { error: Some(text!("code-wrong", left = 4_u8)), ..plain() };
        let late = Self { error: Some(text!("code-too-many", minutes = 17_u64)), ..plain() };
        vec![plain(), hostile, again, wrong, late]
    }
}
