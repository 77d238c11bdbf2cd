//! Public providers: people sign in with an account of their own, whatever organization they are of.
//!
//! The vendor registers its product there once for each environment. Connections of organizations
//! are another thing: an IT admin sets those up.

use std::fmt;

use crate::Instant;
use crate::attribute_map::AttributeMap;
use crate::connection_type::ConnectionType;
use crate::id::{ConnectionId, EnvironmentId};
use crate::readout::Readout;
use crate::secret::Sealed;
use crate::sso::asserted::Asserted;
use crate::sso::check::{Check, CheckName};
use crate::sso::failure::{Failure, FailureCode};

/// Longest client id at a public provider, in bytes. Google's have 72.
pub const SOCIAL_CLIENT_ID_BYTES_MAX: usize = 256;
/// Longest client secret at a public provider, in bytes. Microsoft's have 40.
pub const SOCIAL_CLIENT_SECRET_BYTES_MAX: usize = 1024;
/// Longest token of a provider that is handed on, in bytes.
pub const PROVIDER_TOKEN_BYTES_MAX: usize = 16 * 1024;

/// A public provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SocialProvider {
    /// Google accounts.
    Google,
    /// Microsoft accounts: of any organization, and personal ones.
    Microsoft,
}

impl SocialProvider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Google, Self::Microsoft];

    /// The type of its connections.
    pub fn connection_type(self) -> ConnectionType {
        match self {
            Self::Google => ConnectionType::GoogleOAuth,
            Self::Microsoft => ConnectionType::MicrosoftOAuth,
        }
    }

    /// The provider whose connections are of a type.
    pub fn of_type(of: ConnectionType) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.connection_type() == of)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
        }
    }

    /// The claim by which it says that the address in `email` was proven.
    ///
    /// At Microsoft an administrator of any tenant may write any address into `email`; this optional
    /// claim tells whether the domain's owner stands behind it.
    ///
    /// Sources: OpenID Connect Core 1.0, section 5.1;
    /// <https://learn.microsoft.com/entra/identity-platform/optional-claims-reference>.
    fn proof_of_address(self) -> &'static str {
        match self {
            Self::Google => "email_verified",
            Self::Microsoft => "xms_edov",
        }
    }

    /// Which claims become which fields. Only `email` is an address: that alone is proven.
    pub fn attribute_map(self) -> AttributeMap {
        AttributeMap { email: Some("email".to_owned()), ..AttributeMap::default() }
    }

    /// Whether the address that came was proven to the provider.
    pub fn proven(self, asserted: &Asserted) -> Result<(), (Check, Failure)> {
        let claim = self.proof_of_address();
        let said = asserted.first(claim);
        if said.is_some_and(|said| matches!(said, "true" | "1")) {
            return Ok(());
        }
        let received = said.map_or_else(|| format!("no `{claim}`"), |said| format!("{claim}: {said}"));
        let message = match (self, said) {
            (Self::Microsoft, None) => {
                "Microsoft does not say whether the e-mail address was proven: add the \
                                        optional claim `xms_edov` for id tokens to the app registration."
                    .to_owned()
            }
            (Self::Google | Self::Microsoft, _) => {
                format!("The e-mail address was not proven to {}.", self.name())
            }
        };
        let check = Check::failed(CheckName::Attributes, format!("{claim}: true"), received);
        let code = FailureCode::InvalidAttributes;
        Err((check, Failure { code, check: CheckName::Attributes, message }))
    }
}

impl fmt::Display for SocialProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An environment's registration at a public provider: a connection that belongs to no organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialConnection {
    /// Its id, which profiles and attempts name.
    pub id: ConnectionId,
    /// The environment. It has one for each provider.
    pub environment_id: EnvironmentId,
    /// Where.
    pub provider: SocialProvider,
    /// What we are there.
    pub client: SocialClient,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl SocialConnection {
    /// What can change of a registration; nothing where there is none.
    pub fn readout(held: Option<&Self>) -> Readout {
        held.map_or_else(Readout::default, |held| {
            let field = |name: &str| format!("{}.{name}", held.provider.connection_type());
            Readout::default().with(field("client_id"), &held.client.id).with_marked(
                field("client_secret"),
                "set",
                held.client.secret.as_bytes(),
            )
        })
    }
}

/// A client at a public provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialClient {
    /// Its id.
    pub id: String,
    /// Its secret, sealed under the connection's id.
    pub secret: Sealed,
}

/// Why a client id or secret was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SocialCredentialError {
    /// Empty or too long.
    #[error("must be 1 to {max} bytes long")]
    Length {
        /// The longest that is taken.
        max: usize,
    },
    /// Something that no provider gives out.
    #[error("must not contain spaces or control characters")]
    Form,
}

/// A client id as a provider gave it out.
pub fn social_client_id(raw: &str) -> Result<&str, SocialCredentialError> {
    credential(raw, SOCIAL_CLIENT_ID_BYTES_MAX)
}

/// A client secret as a provider gave it out.
pub fn social_client_secret(raw: &str) -> Result<&str, SocialCredentialError> {
    credential(raw, SOCIAL_CLIENT_SECRET_BYTES_MAX)
}

fn credential(raw: &str, max: usize) -> Result<&str, SocialCredentialError> {
    if raw.is_empty() || raw.len() > max {
        return Err(SocialCredentialError::Length { max });
    }
    if raw.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(SocialCredentialError::Form);
    }
    Ok(raw)
}

/// What lets an app act for a person at the provider. Handed out once, with the profile.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderTokens {
    access_token: String,
    refresh_token: Option<String>,
    expires_at: Option<Instant>,
    scopes: Vec<String>,
}

/// These are no tokens that can be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 1 to {PROVIDER_TOKEN_BYTES_MAX} visible ASCII characters")]
pub struct ProviderTokensError;

impl ProviderTokens {
    /// Tokens as a provider gave them, checked. Source: RFC 6749, appendix A.12 and A.17.
    pub fn new(
        access_token: String,
        refresh_token: Option<String>,
        expires_at: Option<Instant>,
        scopes: Vec<String>,
    ) -> Result<Self, ProviderTokensError> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| (0x20..=0x7e).contains(&b));
        let token = |text: &str| visible(text) && text.len() <= PROVIDER_TOKEN_BYTES_MAX;
        let scope = |scope: &String| visible(scope) && !scope.contains(' ');
        let fits = scopes.iter().map(String::len).sum::<usize>() <= PROVIDER_TOKEN_BYTES_MAX;
        if !token(&access_token) || !refresh_token.as_deref().is_none_or(token) || !fits {
            return Err(ProviderTokensError);
        }
        if !scopes.iter().all(scope) {
            return Err(ProviderTokensError);
        }
        Ok(Self { access_token, refresh_token, expires_at, scopes })
    }

    /// For the provider's interfaces.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// For further access tokens, if the provider gave one.
    pub fn refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_deref()
    }

    /// Until when the access token works, in whole seconds, if the provider says.
    pub fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }

    /// What the access token is good for.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The form that is sealed: four lines, of which no token can have two.
    pub fn to_bytes(&self) -> Vec<u8> {
        let expires_at = self.expires_at.map(|at| at.unix_timestamp().to_string()).unwrap_or_default();
        let refresh_token = self.refresh_token.as_deref().unwrap_or_default();
        [&self.access_token, refresh_token, &expires_at, &self.scopes.join(" ")].join("\n").into_bytes()
    }

    /// Reads the form that was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProviderTokensError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProviderTokensError)?;
        let lines: Vec<&str> = text.split('\n').collect();
        let [access_token, refresh_token, expires_at, scopes] = lines[..] else {
            return Err(ProviderTokensError);
        };
        let expires_at = match expires_at {
            "" => None,
            seconds => {
                let seconds = seconds.parse().map_err(|_| ProviderTokensError)?;
                Some(Instant::from_unix_timestamp(seconds).map_err(|_| ProviderTokensError)?)
            }
        };
        Self::new(
            access_token.to_owned(),
            Some(refresh_token.to_owned()).filter(|token| !token.is_empty()),
            expires_at,
            scopes.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        )
    }
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderTokens(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso::asserted::AssertedAttribute;
    use time::macros::datetime;

    fn said(claims: &[(&str, &str)]) -> Asserted {
        let attribute = |(name, value): &(&str, &str)| AssertedAttribute {
            name: (*name).to_owned(),
            friendly_name: None,
            values: vec![(*value).to_owned()],
        };
        Asserted {
            subject: "1".to_owned(),
            subject_format: None,
            session_index: None,
            attributes: claims.iter().map(attribute).collect(),
        }
    }

    #[test]
    fn a_type_names_its_provider() {
        for provider in SocialProvider::ALL {
            assert_eq!(SocialProvider::of_type(provider.connection_type()), Some(provider));
        }
        assert_eq!(SocialProvider::of_type(ConnectionType::GoogleOidc), None);
    }

    #[test]
    fn only_proven_addresses_are_taken() {
        use SocialProvider::{Google, Microsoft};
        for (provider, claims, proven) in [
            (Google, vec![("email_verified", "true")], true),
            (Google, vec![("email_verified", "false")], false),
            (Google, vec![("xms_edov", "true")], false),
            (Google, vec![], false),
            (Microsoft, vec![("xms_edov", "1")], true),
            (Microsoft, vec![("xms_edov", "true")], true),
            (Microsoft, vec![("xms_edov", "0")], false),
            (Microsoft, vec![("email_verified", "true")], false),
        ] {
            let judged = provider.proven(&said(&claims));
            assert_eq!(judged.is_ok(), proven, "{provider} {claims:?}");
            if let Err((check, failure)) = judged {
                assert_eq!(
                    (check.name, failure.code),
                    (CheckName::Attributes, FailureCode::InvalidAttributes)
                );
            }
        }
        let (_, failure) = Microsoft.proven(&said(&[])).unwrap_err();
        assert!(failure.message.contains("optional claim `xms_edov`"));
    }

    #[test]
    fn credentials_have_a_form_and_a_length() {
        let of = |n: usize| "c".repeat(n);
        assert!(social_client_id(&of(SOCIAL_CLIENT_ID_BYTES_MAX)).is_ok());
        assert!(social_client_id(&of(SOCIAL_CLIENT_ID_BYTES_MAX + 1)).is_err());
        assert!(social_client_secret(&of(SOCIAL_CLIENT_SECRET_BYTES_MAX)).is_ok());
        assert!(social_client_secret(&of(SOCIAL_CLIENT_SECRET_BYTES_MAX + 1)).is_err());
        assert!(social_client_id("").is_err());
        for raw in ["a b", "a\n", "\u{a0}"] {
            assert_eq!(social_client_secret(raw), Err(SocialCredentialError::Form), "{raw:?}");
        }
    }

    #[test]
    fn tokens_survive_being_sealed_and_print_nothing() {
        let at = datetime!(2026-11-22 12:00 UTC);
        let scopes = || vec!["openid".to_owned(), "https://www.googleapis.com/auth/drive".to_owned()];
        for (refresh, expires_at, scopes) in
            [(Some("r-1".to_owned()), Some(at), scopes()), (None, None, Vec::new())]
        {
            let tokens = ProviderTokens::new("a.b".to_owned(), refresh, expires_at, scopes).unwrap();
            assert_eq!(ProviderTokens::from_bytes(&tokens.to_bytes()), Ok(tokens.clone()));
            assert_eq!(format!("{tokens:?}"), "ProviderTokens(…)");
        }
        for bytes in ["", "a", "a\n\n\n\n", "\n\n\n", "a\n\nx\n"] {
            assert_eq!(ProviderTokens::from_bytes(bytes.as_bytes()), Err(ProviderTokensError), "{bytes:?}");
        }
    }

    #[test]
    fn tokens_are_visible_characters_and_not_too_many() {
        let of = |token: &str| ProviderTokens::new(token.to_owned(), None, None, Vec::new());
        assert!(of(&"t".repeat(PROVIDER_TOKEN_BYTES_MAX)).is_ok());
        assert!(of(&"t".repeat(PROVIDER_TOKEN_BYTES_MAX + 1)).is_err());
        for token in ["", "a\nb", "é"] {
            assert!(of(token).is_err(), "{token:?}");
        }
        let scopes = vec!["a b".to_owned()];
        assert!(ProviderTokens::new("t".to_owned(), None, None, scopes).is_err());
    }
}
