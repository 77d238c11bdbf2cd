//! A new password by mail, and an invitation to a team.

use serde::Serialize;
use vestibule_words::Moment;

use crate::pages::Page;
use crate::portal::{ErrorLink, Field, HOSTILE};

/// Whose password is forgotten?
#[derive(Debug, Serialize)]
pub(crate) struct ForgottenPage {
    /// The theme's word.
    pub theme: &'static str,
    /// Whether it was asked just before.
    pub sent: bool,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The address.
    pub field: Field,
}

fn errors(key: &str, error: Option<&str>) -> Vec<ErrorLink> {
    let link = |error: &str| ErrorLink { field_id: format!("field-{key}"), text: error.into() };
    error.map(link).into_iter().collect()
}

impl Page for ForgottenPage {
    const TEMPLATE: &'static str = "dashboard/forgotten.html";

    fn samples() -> Vec<Self> {
        let page = |sent, error: Option<&str>| Self {
            theme: "system",
            sent,
            errors: errors("email", error),
            field: Field { error: error.map(Into::into), ..Field::plain("email", "E-mail address", "email") },
        };
        vec![page(false, None), page(true, None), page(false, Some(HOSTILE))]
    }
}

/// A new password, by the link in a mail.
#[derive(Debug, Serialize)]
pub(crate) struct NewPasswordPage {
    /// The theme's word.
    pub theme: &'static str,
    /// Where the form goes. Secret: it holds the token.
    pub action: String,
    /// Whose password.
    pub member: String,
    /// Whether they will be asked for a code as well.
    pub second_factor: bool,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// The password.
    pub field: Field,
}

impl Page for NewPasswordPage {
    const TEMPLATE: &'static str = "dashboard/new_password.html";

    fn samples() -> Vec<Self> {
        let page = |member: &str, second_factor, error: Option<&str>| Self {
            theme: "dark",
            action: "/dashboard/reset/vpr_A".to_owned(),
            member: member.to_owned(),
            second_factor,
            errors: errors("password", error),
            field: Field { error: error.map(Into::into), ..Field::plain("password", "Password", "secret") },
        };
        vec![page("ada@vendor.example", false, None), page(HOSTILE, true, Some(HOSTILE))]
    }
}

/// An invitation to a team.
#[derive(Debug, Serialize)]
pub(crate) struct JoinPage {
    /// The theme's word.
    pub theme: &'static str,
    /// Where the form goes. Secret: it holds the token.
    pub action: String,
    /// The team.
    pub team: String,
    /// Who is invited.
    pub email: String,
    /// By whom.
    pub invited_by: String,
    /// As what.
    pub role: &'static str,
    /// How long.
    pub until: Moment,
    /// What is wrong with the form.
    pub errors: Vec<ErrorLink>,
    /// Their name.
    pub name: Field,
    /// Their password.
    pub password: Field,
}

impl Page for JoinPage {
    const TEMPLATE: &'static str = "dashboard/join.html";

    fn samples() -> Vec<Self> {
        let page = |text: &str, role, error: Option<&str>| Self {
            theme: "light",
            action: "/dashboard/join/vti_A".to_owned(),
            team: text.to_owned(),
            email: text.to_owned(),
            invited_by: text.to_owned(),
            role,
            until: Moment::of(time::macros::datetime!(2026-11-22 10:00 UTC)),
            errors: errors("name", error),
            name: Field { error: error.map(Into::into), ..Field::plain("name", "Your name", "line") },
            password: Field::plain("password", "Password", "secret"),
        };
        vec![page("Acme", "member", None), page(HOSTILE, "admin", Some(HOSTILE))]
    }
}
