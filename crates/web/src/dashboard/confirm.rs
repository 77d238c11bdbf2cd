//! Asks before something is gone for good: its name has to be typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::answer::page;
use super::failure::Failure;
use super::form::{Sent, Wrong};
use super::view::confirm::ConfirmPage;
use super::view::shell::Shell;
use crate::portal::Field;

/// The field to type the name in.
const FIELD: &str = "confirm";

/// What is asked.
pub(super) struct Question {
    pub(super) heading: String,
    /// What goes with it.
    pub(super) consequences: Vec<&'static str>,
    /// The name that has to be typed.
    pub(super) wanted: String,
    /// Where the form goes.
    pub(super) action: String,
    pub(super) button: &'static str,
    pub(super) back_href: String,
}

impl Question {
    /// Whether the name was typed.
    pub(super) fn is_answered(&self, form: &Sent) -> bool {
        form.one(FIELD) == self.wanted
    }

    /// Asks.
    pub(super) fn ask(self, shell: Shell) -> Result<HttpResponse, Failure> {
        self.render(shell, StatusCode::OK, "", &Wrong::default())
    }

    /// Asks again, since something else was typed.
    pub(super) fn ask_again(self, shell: Shell, form: &Sent) -> Result<HttpResponse, Failure> {
        let mut wrong = Wrong::default();
        wrong.note(FIELD, "must be typed exactly as it stands above");
        self.render(shell, StatusCode::UNPROCESSABLE_ENTITY, form.one(FIELD), &wrong)
    }

    fn render(
        self,
        shell: Shell,
        status: StatusCode,
        typed: &str,
        wrong: &Wrong,
    ) -> Result<HttpResponse, Failure> {
        let Self { heading, consequences, wanted, action, button, back_href } = self;
        let field = Field { value: typed.to_owned(), ..Field::plain(FIELD, "The name", "line") };
        let ([field], errors) = wrong.onto([field]);
        let content =
            ConfirmPage { shell, heading, consequences, wanted, action, errors, field, button, back_href };
        page(status, &content)
    }
}
