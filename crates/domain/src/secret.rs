//! Secrets: a plain type that is shown once, a digest type that is stored. Neither prints itself.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes behind every opaque token: 256 bits.
pub const TOKEN_BYTES: usize = 32;

/// SHA-256 of a secret, the only form of it that a store sees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Digests a secret's text.
    ///
    /// A plain hash suffices: the secrets are 256 random bits, so there is nothing to guess.
    pub fn of(secret: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, secret.as_bytes()).as_ref());
        Self(bytes)
    }

    /// Rebuilds a digest from a store's row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for a store's row.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}

/// Why a text cannot be a token of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token of the form `{prefix}…`")]
pub struct TokenError {
    /// The prefix of the kind of token.
    pub prefix: &'static str,
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The fixed beginning of every token of this kind.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a token from fresh random bytes.
            pub fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
                Self(format!("{}{}", $prefix, URL_SAFE_NO_PAD.encode(bytes)))
            }

            /// Accepts a token as it came from outside.
            pub fn parse(raw: &str) -> Result<Self, TokenError> {
                let error = TokenError { prefix: $prefix };
                let body = raw.strip_prefix($prefix).ok_or(error)?;
                match URL_SAFE_NO_PAD.decode(body) {
                    Ok(bytes) if bytes.len() == TOKEN_BYTES => Ok(Self(raw.to_owned())),
                    _ => Err(error),
                }
            }

            /// The secret itself: for the one answer that shows it, or for a signature.
            pub fn expose(&self) -> &str { &self.0 }

            /// What is stored.
            pub fn digest(&self) -> SecretDigest { SecretDigest::of(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(", $prefix, "…)"))
            }
        }
    )*};
}

tokens! {
    /// The secret inside a portal link.
    PortalToken = "vpt_";
    /// The secret in the cookie of a portal session.
    PortalSessionToken = "vps_";
    /// The secret in the cookie of a member's visit to the dashboard.
    MemberSessionToken = "vms_";
    /// The secret in a link to choose a new password.
    PasswordResetToken = "vpr_";
    /// The secret in an invitation to a team.
    TeamInvitationToken = "vti_";
    /// An API key of a sandbox environment.
    TestApiKey = "sk_test_";
    /// An API key of a production environment.
    LiveApiKey = "sk_live_";
    /// The key that signs an endpoint's webhooks.
    WebhookSecret = "whsec_";
}

/// A secret that came sealed by the vault: opaque bytes to everybody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Wraps what a vault made, or what a store's row held.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes, safe to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// A secret text in memory on its way to the vault, such as an OAuth client secret. Never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a secret.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_text_form() {
        let token = PortalToken::from_random([7; TOKEN_BYTES]);
        assert!(token.expose().starts_with("vpt_"));
        assert_eq!(PortalToken::parse(token.expose()), Ok(token));
    }

    #[test]
    fn what_is_not_exactly_a_token_is_refused() {
        let good = PortalToken::from_random([7; TOKEN_BYTES]).expose().to_owned();
        for raw in ["", "vpt_", "vps_AAAA", &good[..good.len() - 1], &format!("{good}A"), &format!(" {good}")]
        {
            assert_eq!(PortalToken::parse(raw), Err(TokenError { prefix: "vpt_" }), "{raw}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let token = PortalToken::from_random([7; TOKEN_BYTES]);
        let printed = format!("{token:?} {:?} {:?}", token.digest(), SecretText::new("hush".into()));
        assert_eq!(printed, "PortalToken(vpt_…) SecretDigest(…) SecretText(…)");
    }
}
