//! The second factor: switching it on and off, and its recovery codes.

use serde::Serialize;

use super::super::qr::QrDrawing;
use super::shell::{Shell, samples};
use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// Switches the second factor on.
#[derive(Debug, Serialize)]
pub(crate) struct EnrolPage {
    /// What surrounds it.
    pub shell: Shell,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// What the app is given.
    pub offer: Offer,
    /// The code of the app.
    pub code: Field,
    /// The password.
    pub password: Field,
}

/// What the app is given.
#[derive(Debug, Serialize)]
pub(crate) struct Offer {
    /// The picture that it reads.
    pub qr: Option<QrDrawing>,
    /// The secret, to be typed.
    pub secret: String,
    /// The account's name there.
    pub account: String,
    /// The secret, sealed for this visit.
    pub sealed: String,
}

fn errors(key: &str, error: Option<&str>) -> Vec<ErrorLink> {
    let link = |error: &str| ErrorLink { field_id: format!("field-{key}"), text: error.into() };
    error.map(link).into_iter().collect()
}

impl Page for EnrolPage {
    const TEMPLATE: &'static str = "dashboard/second_factor.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, text: &str, qr: Option<QrDrawing>, error: Option<&str>| Self {
            shell,
            errors: errors("code", error),
            offer: Offer {
                qr,
                secret: "GEZD GNBV GY3T QOJQ".to_owned(),
                account: text.to_owned(),
                sealed: text.to_owned(),
            },
            code: Field { error: error.map(Into::into), ..Field::plain("code", "Code", "line") },
            password: Field {
                error: error.map(Into::into),
                ..Field::plain("password", "Your password", "secret")
            },
        };
        let drawing = QrDrawing { size: 29, path: "M4 4h7v1H4z".to_owned() };
        vec![
            page(plain, "ada@vendor.example", Some(drawing), None),
            page(hostile, HOSTILE, None, Some(HOSTILE)),
        ]
    }
}

/// Asks for the password.
#[derive(Debug, Serialize)]
pub(crate) struct AskPage {
    /// What surrounds it.
    pub shell: Shell,
    /// The question.
    pub heading: &'static str,
    /// What follows.
    pub explanation: &'static str,
    /// Where the form goes.
    pub action: &'static str,
    /// The button's words.
    pub button: &'static str,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The password.
    pub password: Field,
}

impl Page for AskPage {
    const TEMPLATE: &'static str = "dashboard/ask_password.html";

    fn samples() -> Vec<Self> {
        let [plain, hostile] = samples();
        let page = |shell, error: Option<&str>| Self {
            shell,
            heading: "Switch it off?",
            explanation: "Then it is off.",
            action: "/dashboard/account/second-factor/off",
            button: "Switch it off",
            errors: errors("password", error),
            password: Field {
                error: error.map(Into::into),
                ..Field::plain("password", "Your password", "secret")
            },
        };
        vec![page(plain, None), page(hostile, Some(HOSTILE))]
    }
}

/// Recovery codes, shown once.
#[derive(Debug, Serialize)]
pub(crate) struct RecoveryCodesPage {
    /// What surrounds it.
    pub shell: Shell,
    /// Whether the second factor was switched on just now.
    pub just_enabled: bool,
    /// The codes.
    pub codes: Vec<String>,
    /// All of them, to be copied.
    pub all: String,
}

impl Page for RecoveryCodesPage {
    const TEMPLATE: &'static str = "dashboard/recovery_codes.html";

    fn samples() -> Vec<Self> {
        let code = "abcd-efgh-ijkl-mnop-qrst-uvwx".to_owned();
        let page = |shell, just_enabled| Self {
            shell,
            just_enabled,
            all: format!("{code}\n{code}"),
            codes: vec![code.clone(), code.clone()],
        };
        let [plain, hostile] = samples();
        vec![page(plain, true), page(hostile, false)]
    }
}
