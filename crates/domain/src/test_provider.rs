//! The test identity provider of sandbox environments: where it exists, whom it vouches for, and
//! what it remembers from one step to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use crate::Instant;
use crate::connection::{Connection, ProtocolSettings};
use crate::connection_type::ConnectionType;
use crate::email::{EmailAddress, EmailError};
use crate::environment::{Environment, EnvironmentKind};
use crate::key_pair::SpKeyPair;
use crate::secret::Sealed;
use crate::sso::authorization::CodeChallenge;

/// Longest first or last name that is vouched for, in characters.
pub const TEST_NAME_CHARS_MAX: usize = 100;

/// Most groups of a person.
pub const TEST_GROUPS_MAX: usize = 10;

/// Longest name of a group, in characters.
pub const TEST_GROUP_CHARS_MAX: usize = 64;

/// How long a code of the test identity provider may be exchanged.
pub const TEST_CODE_LIFE: Duration = Duration::minutes(2);

/// Longest code of the test identity provider that is read, in bytes: the id token of a person with
/// the longest names and the most groups, sealed and in base64, has 7 KiB.
pub const TEST_CODE_BYTES_MAX: usize = 8 * 1024;

/// Whether a sandbox environment has the test identity provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TestProviderRule {
    /// It has.
    #[default]
    On,
    /// Somebody switched it off.
    Off,
}

/// Why an environment has no test identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTestProvider {
    /// It is for real customers.
    #[error("there is no test identity provider in production environments")]
    Production,
    /// Somebody switched it off.
    #[error("the test identity provider is switched off in this environment")]
    SwitchedOff,
}

impl TestProviderRule {
    /// Whether an environment of a kind has the test identity provider.
    ///
    /// # Errors
    /// Why not.
    pub fn within(self, kind: EnvironmentKind) -> Result<(), NoTestProvider> {
        match (kind, self) {
            (EnvironmentKind::Production, _) => Err(NoTestProvider::Production),
            (EnvironmentKind::Sandbox, Self::Off) => Err(NoTestProvider::SwitchedOff),
            (EnvironmentKind::Sandbox, Self::On) => Ok(()),
        }
    }
}

impl Environment {
    /// Whether the environment has the test identity provider.
    ///
    /// # Errors
    /// Why not.
    pub fn test_provider(&self) -> Result<(), NoTestProvider> {
        self.test_provider.within(self.kind)
    }
}

impl Connection {
    /// Whether people sign in through the test identity provider.
    pub fn is_test(&self) -> bool {
        self.connection_type == ConnectionType::TestIdp
    }

    /// Why nobody signs in through the connection, if so: its provider is the test identity provider,
    /// and its environment, of which is said whether it has it, has none.
    pub fn lacks_test_provider(&self, of_environment: Result<(), NoTestProvider>) -> Option<NoTestProvider> {
        if self.is_test() { of_environment.err() } else { None }
    }

    /// The pair with which the test identity provider signs for the connection, if that is its
    /// provider.
    pub fn test_key(&self) -> Option<&SpKeyPair> {
        let key = match &self.settings {
            ProtocolSettings::Saml(saml) => saml.test_key.as_ref(),
            ProtocolSettings::Oidc(oidc) => oidc.test_key.as_ref(),
        };
        key.filter(|_| self.is_test())
    }
}

/// Somebody whom the test identity provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPerson {
    /// Their address, which is their id at the provider too.
    pub email: EmailAddress,
    /// First name; may be empty.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// Groups, in order, each once.
    pub groups: Vec<String>,
}

/// Why nobody is vouched for. The message completes a sentence that names the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TestPersonError {
    /// The address is none.
    #[error(transparent)]
    Email(EmailError),
    /// A name is too long, or has control characters.
    #[error("must have at most {TEST_NAME_CHARS_MAX} characters, and no control characters")]
    Name,
    /// A group's name is too long, has control characters, or there are too many.
    #[error("must be at most {TEST_GROUPS_MAX} groups of at most {TEST_GROUP_CHARS_MAX} characters each")]
    Groups,
}

impl TestPerson {
    /// Reads what was typed; groups have commas between them.
    pub fn parse(
        email: &str,
        first_name: &str,
        last_name: &str,
        groups: &str,
    ) -> Result<Self, TestPersonError> {
        let plain = |text: &str, chars_max| {
            let text = text.trim();
            let fits = text.chars().count() <= chars_max && !text.chars().any(char::is_control);
            fits.then(|| text.to_owned())
        };
        let name = |text| plain(text, TEST_NAME_CHARS_MAX).ok_or(TestPersonError::Name);
        let mut distinct: Vec<String> = Vec::new();
        for group in groups.split(',') {
            let group = plain(group, TEST_GROUP_CHARS_MAX).ok_or(TestPersonError::Groups)?;
            if !group.is_empty() && !distinct.contains(&group) {
                distinct.push(group);
            }
            if distinct.len() > TEST_GROUPS_MAX {
                return Err(TestPersonError::Groups);
            }
        }
        Ok(Self {
            email: EmailAddress::parse(email).map_err(TestPersonError::Email)?,
            first_name: name(first_name)?,
            last_name: name(last_name)?,
            groups: distinct,
        })
    }
}

/// How the test identity provider refuses, when it is asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestRefusal {
    /// The person is not allowed to use the app.
    Denied,
    /// The person could not prove who they are.
    NotAuthenticated,
    /// The provider failed.
    Failed,
}

impl TestRefusal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Denied, Self::NotAuthenticated, Self::Failed];

    /// The word in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NotAuthenticated => "not_authenticated",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.as_str() == raw)
    }
}

/// What the test identity provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestAnswer {
    /// It vouches for somebody.
    Person(TestPerson),
    /// It refuses.
    Refusal(TestRefusal),
}

/// What a code of the test identity provider stands for. The code is this, sealed: the provider
/// keeps nothing. That a code is exchanged once is left to the attempt it belongs to, which takes
/// one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestGrant {
    /// From when on it is worth nothing, to the second.
    pub expires_at: Instant,
    /// The SHA-256 that the verifier must have.
    pub challenge: Option<CodeChallenge>,
    /// The id token that is handed out.
    pub id_token: String,
}

impl TestGrant {
    /// The code: the sealed grant as text.
    pub fn code(sealed: &Sealed) -> String {
        URL_SAFE_NO_PAD.encode(sealed.as_bytes())
    }

    /// Reads a code, to be opened.
    pub fn sealed(code: &str) -> Option<Sealed> {
        if code.len() > TEST_CODE_BYTES_MAX {
            return None;
        }
        URL_SAFE_NO_PAD.decode(code).ok().map(Sealed::from_bytes)
    }

    /// The form that is sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let challenge = self.challenge.as_ref().map(CodeChallenge::encode).unwrap_or_default();
        format!("{}\n{challenge}\n{}", self.expires_at.unix_timestamp(), self.id_token).into_bytes()
    }

    /// Reads the form that was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut lines = str::from_utf8(bytes).ok()?.split('\n');
        let (expires_at, challenge, id_token) = (lines.next()?, lines.next()?, lines.next()?);
        if lines.next().is_some() {
            return None;
        }
        Some(Self {
            expires_at: Instant::from_unix_timestamp(expires_at.parse().ok()?).ok()?,
            challenge: match challenge {
                "" => None,
                challenge => Some(CodeChallenge::parse(challenge).ok()?),
            },
            id_token: id_token.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn typed(first_name: &str, groups: &str) -> Result<TestPerson, TestPersonError> {
        TestPerson::parse(" Ada@Acme.example ", first_name, "Lovelace", groups)
    }

    #[test]
    fn a_person_is_what_was_typed() {
        let ada = typed("Ada", " Engineering, ,Admins,Engineering").unwrap();
        assert_eq!(ada.email.as_str(), "ada@acme.example");
        assert_eq!(ada.groups, ["Engineering", "Admins"]);
        assert_eq!(typed("", "").unwrap().groups, [""; 0]);
        assert!(matches!(TestPerson::parse("ada", "", "", ""), Err(TestPersonError::Email(_))));
    }

    #[test]
    fn names_are_limited() {
        assert!(typed(&"é".repeat(TEST_NAME_CHARS_MAX), "").is_ok());
        assert_eq!(typed(&"é".repeat(TEST_NAME_CHARS_MAX + 1), ""), Err(TestPersonError::Name));
        assert_eq!(typed("A\u{0}da", ""), Err(TestPersonError::Name));
    }

    #[test]
    fn groups_are_limited() {
        let numbered = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(typed("", &numbered(TEST_GROUPS_MAX)).unwrap().groups.len(), TEST_GROUPS_MAX);
        assert_eq!(typed("", &numbered(TEST_GROUPS_MAX + 1)), Err(TestPersonError::Groups));
        assert!(typed("", &"é".repeat(TEST_GROUP_CHARS_MAX)).is_ok());
        assert_eq!(typed("", &"é".repeat(TEST_GROUP_CHARS_MAX + 1)), Err(TestPersonError::Groups));
        assert_eq!(typed("", "a\nb"), Err(TestPersonError::Groups));
    }

    #[test]
    fn a_grant_survives_its_bytes_and_nothing_else_is_one() {
        let challenge = CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").ok();
        for challenge in [None, challenge] {
            let grant = TestGrant {
                expires_at: datetime!(2026-11-22 12:00 UTC),
                challenge,
                id_token: "a.b.c".to_owned(),
            };
            assert_eq!(TestGrant::from_bytes(&grant.to_bytes()), Some(grant));
        }
        for bytes in [&b""[..], b"1\n\n", b"x\n\na", b"1\nshort\na", b"1\n\na\nb", b"\xff"] {
            let read = TestGrant::from_bytes(bytes);
            assert_eq!(read.map(|grant| grant.id_token), (bytes == b"1\n\n").then(String::new));
        }
    }

    #[test]
    fn codes_are_limited() {
        let longest = "A".repeat(TEST_CODE_BYTES_MAX);
        let sealed = TestGrant::sealed(&longest).unwrap();
        assert_eq!(TestGrant::code(&sealed), longest);
        assert_eq!(TestGrant::sealed(&format!("{longest}AAAA")), None);
        assert_eq!(TestGrant::sealed("no base64"), None);
    }

    #[test]
    fn every_refusal_is_read_again() {
        for refusal in TestRefusal::ALL {
            assert_eq!(TestRefusal::parse(refusal.as_str()), Some(refusal));
        }
        assert_eq!(TestRefusal::parse("other"), None);
    }
}
