//! The form to sign in with.

use serde::Serialize;

use crate::pages::Page;
use crate::portal::HOSTILE;

/// The form.
#[derive(Debug, Serialize)]
pub(crate) struct SignInPage {
    /// The theme's word.
    pub theme: &'static str,
    /// The address as it was typed.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    /// Whether a new password was chosen just before.
    pub password_set: bool,
    /// Whether the address or the password was wrong.
    pub refused: bool,
}

impl Page for SignInPage {
    const TEMPLATE: &'static str = "dashboard/sign_in.html";

    fn samples() -> Vec<Self> {
        let empty = || Self {
            theme: "system",
            email: String::new(),
            next: "/dashboard".to_owned(),
            password_set: false,
            refused: false,
        };
        vec![
            empty(),
            Self { password_set: true, ..empty() },
            Self {
                theme: "dark",
                email: HOSTILE.to_owned(),
                next: HOSTILE.to_owned(),
                refused: true,
                ..empty()
            },
        ]
    }
}
