//! Reading and making SAML documents and keys.

use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::saml::{IdentityProvider, SP_CERTIFICATE_LIFE};
use vestibule_domain::url::{EntityId, EntityIdError, UrlError};

/// Largest metadata document that is read, in bytes.
///
/// The largest single provider's document in the corpus has 80 KiB; federation aggregates go
/// into megabytes, and of these one provider can be chosen.
pub const METADATA_BYTES_MAX: usize = 5 * 1024 * 1024;

/// Reads and makes what SAML needs. Synchronous: nothing here waits for anybody; key generation
/// takes up to a second and belongs on a blocking thread.
pub trait Saml: Send + Sync {
    /// Reads identity provider metadata.
    ///
    /// `choose` picks one provider of an aggregate; without it, an aggregate of several answers
    /// with the list.
    fn read_metadata(
        &self,
        document: &[u8],
        choose: Option<&EntityId>,
    ) -> Result<MetadataRead, MetadataError>;

    /// Reads one certificate as people paste it: PEM, DER, bare base64, with headers mangled by
    /// mail programs.
    fn read_certificate(&self, input: &[u8]) -> Result<Certificate, CertificateError>;

    /// Reads every certificate of an input, each once, in order; never none. Of a chain the
    /// authorities are left out: nobody signs assertions with them.
    fn read_certificates(&self, input: &[u8]) -> Result<Vec<Certificate>, CertificateError>;

    /// Reads the private key that belongs to a certificate, as PEM (PKCS#8 or PKCS#1), and answers
    /// with PKCS#8 DER.
    fn read_private_key(&self, pem: &str, certificate: &Certificate) -> Result<Vec<u8>, PrivateKeyError>;

    /// Makes an RSA key pair and a self-signed certificate. Slow: up to a second.
    fn generate_key_pair(&self, request: &KeyPairRequest) -> Result<GeneratedKeyPair, KeyGenerationError>;

    /// Writes our side's metadata document for one connection.
    fn service_provider_metadata(&self, description: &ServiceProvider) -> String;
}

/// What a metadata document turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataRead {
    /// Exactly one usable identity provider (or the chosen one).
    One(Box<IdentityProvider>),
    /// Several; one has to be chosen by its entity id. All of the document are listed in its
    /// order, whether usable or not: choosing an unusable one answers with the reason.
    Choose(Vec<ProviderChoice>),
}

/// One identity provider of an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderChoice {
    /// The value to choose it by.
    pub entity_id: EntityId,
    /// The organization or display name in the document, for people.
    pub display_name: Option<String>,
}

/// Why a document is not usable identity provider metadata. The message is for logs and API
/// answers; the portal has its own words for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// Larger than [`METADATA_BYTES_MAX`].
    #[error("the document is larger than {METADATA_BYTES_MAX} bytes")]
    TooLarge,
    /// Neither UTF-8 nor UTF-16 with a byte order mark, or binary.
    #[error("the document is not text in UTF-8 or UTF-16")]
    Encoding,
    /// A file of another kind.
    #[error("the document is {kind}, not metadata")]
    File {
        /// Which.
        kind: FileKind,
    },
    /// Text without any markup.
    #[error("the document is text, but not XML")]
    NotXml,
    /// XML whose quotation marks a word processor has replaced.
    #[error("the document has typographic quotation marks where XML has straight ones")]
    TypographicQuotes,
    /// JSON.
    #[error("the document is JSON, not XML")]
    Json,
    /// The discovery document of an OpenID Connect provider.
    #[error("the document is an OpenID Connect discovery document, not SAML metadata")]
    Discovery,
    /// A certificate alone.
    #[error("the document is a certificate, not metadata")]
    CertificateAlone,
    /// A private key. It is never stored or logged, and should be replaced.
    #[error("the document is a private key, not metadata")]
    PrivateKey,
    /// A message of a sign-in: a response, a request, an assertion.
    #[error("the document is a SAML message (`{name}`), not metadata")]
    Message {
        /// Name of its root element.
        name: String,
    },
    /// A web page, usually a sign-in page, instead of XML.
    #[error("the document is a web page, not metadata")]
    WebPage,
    /// A document type declaration, which has no place in metadata.
    #[error("the document has a DOCTYPE, which is not allowed")]
    Doctype,
    /// Elements nested too deep.
    #[error("the document is nested deeper than {max} elements")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// Too many elements and attributes.
    #[error("the document has more than {max} nodes")]
    TooManyNodes {
        /// The limit.
        max: usize,
    },
    /// An element with more attributes and namespaces than any real one: comparing them with each
    /// other takes quadratic time.
    #[error("an element has more than {max} attributes and namespaces")]
    TooManyAttributes {
        /// The limit.
        max: usize,
    },
    /// Not well-formed.
    #[error("the document is not well-formed XML: line {line}, column {column}: {reason}")]
    NotWellFormed {
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// The parser's reason.
        reason: String,
    },
    /// Another root element than `EntityDescriptor` or `EntitiesDescriptor`.
    #[error("the root element is `{root}`, not SAML metadata")]
    NotMetadata {
        /// Name of the root element, as `{namespace}local`: a wrong namespace cannot be seen
        /// otherwise.
        root: String,
    },
    /// Metadata of a service provider: people paste ours, or the wrong tab's.
    #[error("this is metadata of a service provider, not of an identity provider")]
    ServiceProvider,
    /// No `IDPSSODescriptor`, for any protocol.
    #[error("the document has no IDPSSODescriptor")]
    NoIdentityProvider,
    /// The entity id is missing or unusable.
    #[error("entityID {0}")]
    EntityId(EntityIdError),
    /// No single sign-on service with a binding that we speak; so it is with providers that know
    /// SAML 1 only.
    #[error("the document has no SingleSignOnService with HTTP-Redirect or HTTP-POST binding")]
    NoSsoEndpoint,
    /// The only addresses for sign-in are unusable.
    #[error("the SingleSignOnService location {0}")]
    SsoUrl(UrlError),
    /// No certificate for signatures.
    #[error("the document has no signing certificate")]
    NoSigningCertificate,
    /// There are certificates, but all of them are for encryption alone.
    #[error("the document has certificates for encryption only, none for signatures")]
    EncryptionOnly,
    /// A certificate is unusable, and there is no usable one beside it.
    #[error("signing certificate {position}: {reason}")]
    Certificate {
        /// Position among the signing certificates, from 1.
        position: usize,
        /// What is wrong with it.
        reason: CertificateError,
    },
    /// More certificates than a connection may trust.
    #[error("the document has {found} signing certificates, at most {max} are accepted")]
    TooManyCertificates {
        /// How many there were.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// The chosen entity id is not in the document.
    #[error("the document has no identity provider with the chosen entity ID")]
    NotInDocument,
}

/// A kind of file that is brought by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// ZIP, and the office documents that are ZIP inside.
    Archive,
    /// PDF.
    Pdf,
    /// A document of an older office program.
    Office,
    /// A picture.
    Image,
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Archive => "a ZIP archive or an office document",
            Self::Pdf => "a PDF file",
            Self::Office => "an office document",
            Self::Image => "a picture",
        })
    }
}

/// Why a certificate was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Nothing was given.
    #[error("must not be empty")]
    Empty,
    /// Longer than any certificate of use.
    #[error("must be at most {max} bytes long")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// A private key was given. It is never stored or logged, and should be replaced.
    #[error("is a private key, not a certificate")]
    PrivateKey,
    /// A certificate signing request was given.
    #[error("is a certificate signing request, not a certificate")]
    SigningRequest,
    /// A public key alone.
    #[error("is a public key, not a certificate")]
    PublicKey,
    /// The fingerprint of a certificate, also called thumbprint.
    #[error("is the fingerprint of a certificate, not the certificate")]
    Fingerprint,
    /// A PKCS#7 bundle.
    #[error("is a PKCS#7 bundle, not a certificate")]
    Bundle,
    /// More than one certificate where one was wanted.
    #[error("holds more than one certificate")]
    Several,
    /// More certificates than a connection may trust.
    #[error("holds more than {max} certificates")]
    TooMany {
        /// The limit.
        max: usize,
    },
    /// Not base64, or nothing between the markers.
    #[error("is neither PEM nor base64")]
    Encoding,
    /// Not an X.509 certificate.
    #[error("is not an X.509 certificate")]
    NotX509,
    /// A key that nothing can be verified with, RSA below 1024 bits among them. From there to
    /// 2048 bits a certificate is taken, and its [`key`](Certificate::key) says so. Metadata is
    /// read whatever its keys.
    #[error(
        "has a public key ({key}) that is not accepted; use RSA with at least 2048 bits, or EC P-256 or P-384"
    )]
    WeakKey {
        /// The kind of key that was found.
        key: String,
    },
}

/// Why a private key was refused. Never says anything about its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// Not an unencrypted PEM private key.
    #[error("is not an unencrypted private key in PEM form")]
    Encoding,
    /// Not RSA with at least 2048 bits.
    #[error("must be an RSA key with at least 2048 bits")]
    Kind,
    /// Not the key of the certificate.
    #[error("does not belong to the certificate")]
    Mismatch,
}

/// What a new key pair is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPairRequest {
    /// Common name of the self-signed certificate.
    pub common_name: String,
    /// First instant of validity.
    pub not_before: Instant,
    /// Last instant of validity.
    pub not_after: Instant,
}

impl KeyPairRequest {
    /// A pair of ours for a SAML connection, valid from now on.
    pub fn of(connection: ConnectionId, now: Instant) -> Self {
        Self { common_name: connection.to_string(), not_before: now, not_after: now + SP_CERTIFICATE_LIFE }
    }
}

/// A fresh key pair. The private key leaves for the vault at once.
pub struct GeneratedKeyPair {
    /// The self-signed certificate.
    pub certificate: Certificate,
    /// The private key, PKCS#8 DER.
    pub private_key: Vec<u8>,
}

impl std::fmt::Debug for GeneratedKeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GeneratedKeyPair({}, …)", self.certificate.fingerprint)
    }
}

/// A key pair could not be made.
#[derive(Debug, thiserror::Error)]
#[error("a key pair could not be generated: {0}")]
pub struct KeyGenerationError(pub String);

/// Our side of a connection, for its metadata document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider {
    /// Our entity id.
    pub entity_id: String,
    /// Our assertion consumer address (HTTP-POST).
    pub acs_url: String,
    /// Certificates that our requests are signed with; several during a roll-over.
    pub signing_certificates: Vec<Certificate>,
    /// Certificates that responses may be encrypted to.
    pub encryption_certificates: Vec<Certificate>,
    /// Whether requests are signed.
    pub signs_requests: bool,
}
