//! The sheet of checks that a judgement fills in, in any order.

use vestibule_application::ports::saml_sign_in::SAML_CHECKS;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};

use crate::text::cut;

/// Longest text of a check, in characters: it may quote what others sent.
const SHOWN_CHARS_MAX: usize = 2_000;

/// Every check once, skipped until something is known.
pub(super) struct Sheet(Vec<Check>);

impl Sheet {
    pub(super) fn new() -> Self {
        Self(SAML_CHECKS.into_iter().map(Check::skipped).collect())
    }

    pub(super) fn into_checks(self) -> Vec<Check> {
        self.0
    }

    pub(super) fn pass(&mut self, name: CheckName, received: impl AsRef<str>) {
        self.set(Check::passed(name, shown(received.as_ref())));
    }

    /// Notes a failure, and gives it back to be answered with.
    pub(super) fn fail(&mut self, failed: Failed) -> Failure {
        let Failed { code, check, message, expected, received } = failed;
        self.set(Check::failed(check, shown(&expected), shown(&received)));
        Failure { code, check, message }
    }

    fn set(&mut self, check: Check) {
        if let Some(slot) = self.0.iter_mut().find(|slot| slot.name == check.name) {
            *slot = check;
        }
    }
}

/// A text of others, fit to be shown: white space around it is often all that is wrong, so that it
/// is put in quotation marks then.
fn shown(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let is_quoted = visible.trim() != visible;
    let visible = cut(visible, SHOWN_CHARS_MAX);
    if is_quoted { format!("\"{visible}\"") } else { visible }
}

/// A check that failed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) code: FailureCode,
    pub(super) check: CheckName,
    pub(super) message: String,
    pub(super) expected: String,
    pub(super) received: String,
}

impl Failed {
    /// A response that is not as it must be.
    pub(super) fn malformed(check: CheckName, message: impl Into<String>) -> Self {
        Self::new(FailureCode::MalformedSamlResponse, check, message)
    }

    pub(super) fn new(code: FailureCode, check: CheckName, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, check, received: message.clone(), expected: String::new(), message }
    }

    /// What would have been right.
    pub(super) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), ..self }
    }

    /// What came instead.
    pub(super) fn received(self, received: impl Into<String>) -> Self {
        Self { received: received.into(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_at_the_ends_is_seen_and_long_texts_are_cut() {
        assert_eq!(shown("https://sp.example/ "), "\"https://sp.example/ \"");
        assert_eq!(shown("a\nb"), "a\u{fffd}b");
        assert_eq!(shown(&"x".repeat(SHOWN_CHARS_MAX)), "x".repeat(SHOWN_CHARS_MAX));
        let cut = shown(&"x".repeat(SHOWN_CHARS_MAX + 1));
        assert!(cut.ends_with("x…") && cut.chars().count() == SHOWN_CHARS_MAX, "{cut}");
    }
}
