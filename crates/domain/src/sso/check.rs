//! What is checked of a sign-in, in order, so that whoever must mend it sees what was expected and
//! what came.

/// One check of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// How it went.
    pub outcome: CheckOutcome,
    /// What would have been right, as text for people; never a secret.
    pub expected: Option<String>,
    /// What came instead or as hoped for; never a secret.
    pub received: Option<String>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// As it must be.
    Passed,
    /// Not as it must be; the sign-in failed here.
    Failed,
    /// Not looked at: nothing to check, or an earlier check failed.
    Skipped,
}

impl CheckOutcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::Skipped];

    /// The word in stores and in message files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == raw)
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What is checked, in the order in which it happens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckName {
            $($(#[$doc])* $variant,)*
        }

        impl CheckName {
            /// Every check.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in stores and in message files.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

checks! {
    /// The message can be read: encoding, size, XML, the shape of a response.
    Message = "message",
    /// The provider reports success (SAML status, no OAuth error).
    Status = "status",
    /// The answer belongs to a request of ours that is still open (`InResponseTo`, `state`).
    Request = "request",
    /// The message was sent to this address (SAML `Destination`).
    Destination = "destination",
    /// The code was exchanged for tokens (OpenID Connect).
    Exchange = "exchange",
    /// A signature by a key of the provider covers it.
    Signature = "signature",
    /// What was encrypted to us can be opened.
    Decryption = "decryption",
    /// The issuer is the connection's identity provider.
    Issuer = "issuer",
    /// It was made for us (SAML audience, OpenID Connect `aud` and `azp`).
    Audience = "audience",
    /// The assertion may be used here (SAML subject confirmation: method, recipient).
    Recipient = "recipient",
    /// Now is within its times.
    Times = "times",
    /// It was not used before (SAML assertion id, OpenID Connect nonce).
    Fresh = "fresh",
    /// The person's further claims could be fetched (OpenID Connect userinfo).
    UserInfo = "user_info",
    /// The attributes that a profile needs are there and fit.
    Attributes = "attributes",
    /// The e-mail address lies in a domain of the organization.
    Domain = "domain",
}

impl CheckName {
    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == raw)
    }
}

impl Check {
    /// A check that went well.
    pub fn passed(name: CheckName, received: impl Into<String>) -> Self {
        Self { name, outcome: CheckOutcome::Passed, expected: None, received: Some(received.into()) }
    }

    /// A check that failed.
    pub fn failed(name: CheckName, expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self {
            name,
            outcome: CheckOutcome::Failed,
            expected: Some(expected.into()),
            received: Some(received.into()),
        }
    }

    /// A check that was not made.
    pub fn skipped(name: CheckName) -> Self {
        Self { name, outcome: CheckOutcome::Skipped, expected: None, received: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_again() {
        for name in CheckName::ALL {
            assert_eq!(CheckName::parse(name.as_str()), Some(*name));
        }
        for outcome in CheckOutcome::ALL {
            assert_eq!(CheckOutcome::parse(outcome.as_str()), Some(outcome));
        }
    }
}
