//! Reading OpenID Connect documents.

use vestibule_domain::oidc::OidcProvider;
use vestibule_domain::url::{Issuer, UrlError};

/// Largest discovery document that is read, in bytes. The largest in the corpus has 6 KiB.
pub const DISCOVERY_BYTES_MAX: usize = 256 * 1024;

/// Reads what OpenID Connect providers publish.
pub trait Oidc: Send + Sync {
    /// Reads a discovery document.
    ///
    /// `asked` is the issuer whose well-known address was read; the issuer inside must be equal,
    /// or one provider could speak for another. Without it (a pasted document) the one inside is
    /// taken.
    fn read_discovery(&self, document: &[u8], asked: Option<&Issuer>)
    -> Result<OidcProvider, DiscoveryError>;
}

/// Why a document is no usable discovery document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// Larger than [`DISCOVERY_BYTES_MAX`].
    #[error("the document is larger than {DISCOVERY_BYTES_MAX} bytes")]
    TooLarge,
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// SAML metadata.
    #[error("the document is SAML metadata, not a discovery document")]
    SamlMetadata,
    /// The provider's key set, to which the discovery document only points.
    #[error("the document is a key set, not a discovery document")]
    KeySet,
    /// A web page instead of JSON.
    #[error("the document is a web page, not a discovery document")]
    WebPage,
    /// Not a JSON object.
    #[error("the document is not a JSON object: {reason}")]
    NotJson {
        /// The parser's reason.
        reason: String,
    },
    /// A member that must be there is not, or is not text.
    #[error("`{member}` is missing")]
    Missing {
        /// Name of the member.
        member: &'static str,
    },
    /// A member that must be an address is none.
    #[error("`{member}` {reason}")]
    Url {
        /// Name of the member.
        member: &'static str,
        /// What is wrong with it.
        reason: UrlError,
    },
    /// The issuer inside is another one than was asked for.
    #[error("the issuer is `{found}`, but `{asked}` was asked for")]
    IssuerMismatch {
        /// The issuer in the document.
        found: String,
        /// The issuer that was asked for.
        asked: String,
    },
    /// The issuer is a pattern for many tenants, such as Entra ID's `common` endpoint publishes;
    /// no id token ever carries it.
    #[error("the issuer `{found}` stands for many tenants; use the address of the own tenant")]
    IssuerTemplate {
        /// The issuer in the document.
        found: String,
    },
    /// A member that must be a list of texts is something else.
    #[error("`{member}` must be a list of texts")]
    NotAList {
        /// Name of the member.
        member: &'static str,
    },
    /// The authorization code flow is not offered.
    #[error("the provider does not offer the authorization code flow")]
    NoCodeFlow,
    /// None of our token endpoint authentication methods.
    #[error("the provider offers none of client_secret_basic, client_secret_post and private_key_jwt")]
    NoTokenAuthMethod,
    /// None of our id token algorithms.
    #[error("the provider signs id tokens with none of the accepted algorithms")]
    NoIdTokenAlgorithm,
}
