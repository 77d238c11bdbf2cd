//! The checks and messages of one sign-in, as they come.

use vestibule_application::ports::oidc_sign_in::OidcJudgement;
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::MessageKind;

/// Everything that is checked, in order. The issuer is checked twice: in the redirect, where it
/// may be named, and in the id token, after whose signature it is noted.
const ORDER: [CheckName; 9] = [
    CheckName::Message,
    CheckName::Status,
    CheckName::Exchange,
    CheckName::Signature,
    CheckName::Issuer,
    CheckName::Audience,
    CheckName::Times,
    CheckName::Fresh,
    CheckName::UserInfo,
];

/// Longest text of a provider that is quoted in a check or a message, in bytes.
const QUOTE_BYTES_MAX: usize = 500;

/// What was checked and said so far.
#[derive(Default)]
pub(crate) struct Trail {
    checks: Vec<Check>,
    messages: Vec<(MessageKind, String)>,
    tokens: Option<ProviderTokens>,
}

impl Trail {
    /// Keeps a message for the session log; whoever calls has removed secrets and tokens.
    pub(crate) fn keep(&mut self, kind: MessageKind, text: String) {
        self.messages.push((kind, text));
    }

    /// Hands on what the provider gave for its own interfaces.
    pub(crate) fn hand_on(&mut self, tokens: ProviderTokens) {
        self.tokens = Some(tokens);
    }

    /// Notes a check that went well.
    pub(crate) fn pass(&mut self, name: CheckName, received: impl Into<String>) {
        self.checks.push(Check::passed(name, received));
    }

    /// Notes a check that was not asked for.
    pub(crate) fn skip(&mut self, name: CheckName) {
        self.checks.push(Check::skipped(name));
    }

    /// Notes a check that failed.
    pub(crate) fn fail(&mut self, name: CheckName, code: FailureCode, wrong: Wrong) -> Failure {
        self.checks.push(Check::failed(name, wrong.expected, wrong.received));
        Failure { code, check: name, message: wrong.message }
    }

    /// Notes a check of the exchange or the id token that failed.
    pub(crate) fn refuse(&mut self, name: CheckName, wrong: Wrong) -> Failure {
        self.fail(name, FailureCode::OidcExchangeFailed, wrong)
    }

    /// What came of it: what was not checked is named too.
    pub(crate) fn judgement(self, outcome: Result<Asserted, Failure>) -> OidcJudgement {
        let Self { mut checks, messages, tokens } = self;
        let skipped: Vec<_> = ORDER
            .into_iter()
            .filter(|name| checks.iter().all(|check| check.name != *name))
            .map(Check::skipped)
            .collect();
        checks.extend(skipped);
        OidcJudgement { checks, outcome, messages, tokens }
    }
}

/// What a check did not find as it must be.
pub(crate) struct Wrong {
    /// What would have been right.
    pub(crate) expected: String,
    /// What came.
    pub(crate) received: String,
    /// What to do about it, one sentence.
    pub(crate) message: String,
}

impl Wrong {
    pub(crate) fn new(
        expected: impl Into<String>,
        received: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { expected: expected.into(), received: received.into(), message: message.into() }
    }
}

/// A text of the provider's as it may be shown: one line, not too long.
pub(crate) fn quote(raw: &str) -> String {
    let mut text: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.len() > QUOTE_BYTES_MAX {
        text.truncate(text.floor_char_boundary(QUOTE_BYTES_MAX));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_one_line_within_its_limit() {
        assert_eq!(quote("a\r\nb\0c"), "a  b c");
        let at = "x".repeat(QUOTE_BYTES_MAX);
        assert_eq!(quote(&at), at);
        assert_eq!(quote(&format!("{at}x")), format!("{at}…"));
        assert!(quote(&"é".repeat(QUOTE_BYTES_MAX)).len() <= QUOTE_BYTES_MAX + '…'.len_utf8());
    }
}
