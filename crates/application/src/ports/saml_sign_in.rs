//! Signing in by SAML: what is sent to an identity provider, and what comes back.
//!
//! Everything here is synchronous and pure: ids, times and keys are handed in. Whether an answer
//! was used before, and to which attempt it belongs, only a store can tell.
//!
//! Source: SAML Core 2.0; SAML Bindings 2.0, sections 3.4 and 3.5; SAML Profiles 2.0, section 4.1.

use time::Duration;
use vestibule_domain::Instant;
use vestibule_domain::certificate::{Certificate, Fingerprint};
use vestibule_domain::saml::SsoEndpoint;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};

/// Largest response that is read, in bytes after base64 is taken off.
///
/// The largest of the corpus has 20 KiB; a person with two thousand groups makes some 400 KiB.
pub const SAML_RESPONSE_BYTES_MAX: usize = 1024 * 1024;

/// Longest `RelayState`, in bytes. Source: SAML Bindings 2.0, sections 3.4.3 and 3.5.3.
pub const RELAY_STATE_BYTES_MAX: usize = 80;

/// Writes requests, and judges responses.
pub trait SamlSignIn: Send + Sync {
    /// Writes the request that a browser carries to the provider.
    fn request(&self, order: &SamlRequestOrder<'_>) -> Result<SamlRequest, SamlRequestError>;

    /// Takes the encoding of the form field `SAMLResponse` off: the message as it came, which may be
    /// any text.
    fn decode(&self, posted: &str) -> Result<String, SamlUnreadable>;

    /// Opens a decoded message, if it is a response that may be looked at.
    fn open<'x>(&self, xml: &'x str) -> Result<Box<dyn OpenedResponse + 'x>, SamlUnreadable>;
}

/// A response that was opened. Nothing in it is to be believed yet.
///
/// It is read once: whom it answers must be known before there is anything to judge it by.
pub trait OpenedResponse: Send + Sync {
    /// The request that it claims to answer; none if it claims that nobody asked.
    fn in_response_to(&self) -> Option<&str>;

    /// Judges it by every rule but two: that its assertion was not used before, and that the attempt
    /// is still open.
    fn judge(&self, expectation: &SamlExpectation<'_>) -> SamlJudgement;
}

/// What a request is made of.
#[derive(Clone, Copy, Debug)]
pub struct SamlRequestOrder<'a> {
    /// The request's id: an XML name (begins with a letter or `_`), unguessable, never used before.
    pub id: &'a str,
    /// Now.
    pub issued_at: Instant,
    /// Where it goes.
    pub endpoint: &'a SsoEndpoint,
    /// Our entity id.
    pub sp_entity_id: &'a str,
    /// Where the answer shall be posted.
    pub acs_url: &'a str,
    /// What the provider hands back beside its answer, at most [`RELAY_STATE_BYTES_MAX`].
    pub relay_state: Option<&'a str>,
    /// The name id format that is asked for; none leaves it to the provider.
    pub name_id_format: Option<&'a str>,
    /// Whether the provider must ask the person again although it knows them.
    pub authentication: SamlAuthentication,
    /// Who probably signs in. Left out of the request unless it is a plain address or name: a
    /// provider that does not understand a subject refuses the whole request.
    pub login_hint: Option<&'a str>,
    /// What it is signed with, if it is.
    pub signer: Option<SamlSigner<'a>>,
}

/// Whether a session at the provider is enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SamlAuthentication {
    /// It is.
    #[default]
    MayBeKnown,
    /// The provider must ask again (`ForceAuthn`).
    MustBeAsked,
}

/// A key pair that signs requests.
#[derive(Clone, Copy)]
pub struct SamlSigner<'a> {
    /// The certificate that the provider was given.
    pub certificate: &'a Certificate,
    /// Its private key, RSA, PKCS#8 DER.
    pub private_key: &'a [u8],
}

impl std::fmt::Debug for SamlSigner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamlSigner({}, …)", self.certificate.fingerprint)
    }
}

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlRequest {
    /// The `AuthnRequest`, for the session log.
    pub xml: String,
    /// How it travels.
    pub travel: SamlTravel,
}

/// How a request travels through the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SamlTravel {
    /// A redirect to this address, which holds the request. SAML Bindings 2.0, section 3.4.
    Redirect {
        /// The address.
        url: String,
    },
    /// A form that the browser posts. SAML Bindings 2.0, section 3.5.
    Post {
        /// The form's action.
        url: String,
        /// Its hidden fields, in order.
        fields: Vec<(&'static str, String)>,
    },
}

/// Why a request cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SamlRequestError {
    /// The relay state is longer than the bindings allow.
    #[error("the relay state is longer than {RELAY_STATE_BYTES_MAX} bytes")]
    RelayState,
    /// The id is no XML name, or longer than any of ours.
    #[error("the id of the request is no XML name")]
    Id,
    /// The private key cannot sign.
    #[error("the signing key of the connection cannot be used")]
    SigningKey,
}

/// What was posted is no response that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SamlUnreadable {
    /// Why, one English sentence.
    pub message: String,
}

impl SamlUnreadable {
    /// The failure of an attempt that got this for an answer.
    pub fn failure(&self) -> Failure {
        Failure {
            code: FailureCode::MalformedSamlResponse,
            check: CheckName::Message,
            message: self.message.clone(),
        }
    }

    /// The checks of such an attempt.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks: Vec<Check> = SAML_CHECKS.into_iter().map(Check::skipped).collect();
        checks[0] = Check::failed(CheckName::Message, "a SAML 2.0 response", self.message.clone());
        checks
    }
}

/// The checks that a judgement lists, in this order.
pub const SAML_CHECKS: [CheckName; 10] = [
    CheckName::Message,
    CheckName::Status,
    CheckName::Request,
    CheckName::Destination,
    CheckName::Signature,
    CheckName::Decryption,
    CheckName::Issuer,
    CheckName::Audience,
    CheckName::Recipient,
    CheckName::Times,
];

/// What a response is judged by.
#[derive(Clone, Copy)]
pub struct SamlExpectation<'a> {
    /// The provider's entity id.
    pub idp_entity_id: &'a str,
    /// The certificates that are trusted; nothing in the message adds to them.
    pub certificates: &'a [&'a Certificate],
    /// Our entity id.
    pub sp_entity_id: &'a str,
    /// Where the response was received.
    pub acs_url: &'a str,
    /// The request that it must answer; none if it must answer none (IdP-initiated).
    pub in_response_to: Option<&'a str>,
    /// Now.
    pub now: Instant,
    /// How far clocks may be off, either way; [`CLOCK_SKEW`] unless there is a reason.
    pub skew: Duration,
    /// Private keys that responses may be encrypted to, PKCS#8 DER.
    pub decryption_keys: &'a [Vec<u8>],
    /// What is let pass for this connection.
    pub allowances: SamlAllowances,
}

impl std::fmt::Debug for SamlExpectation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SamlExpectation")
            .field("idp_entity_id", &self.idp_entity_id)
            .field("certificates", &self.certificates)
            .field("sp_entity_id", &self.sp_entity_id)
            .field("acs_url", &self.acs_url)
            .field("in_response_to", &self.in_response_to)
            .field("now", &self.now)
            .field("skew", &self.skew)
            .field("decryption_keys", &self.decryption_keys.len())
            .field("allowances", &self.allowances)
            .finish()
    }
}

/// Weak algorithms that one connection lets pass; nothing by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SamlAllowances {
    /// SHA-1 in signatures and digests.
    pub sha1: Allowance,
    /// RSA keys of the provider with 1024 to 2047 bits.
    pub short_rsa: Allowance,
}

/// Whether something weak is let pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allowance {
    /// It is refused.
    #[default]
    Refused,
    /// Somebody answered for it.
    Allowed,
}

/// How a response was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlJudgement {
    /// The [`SAML_CHECKS`], in that order, each once. After the one that failed there may be some
    /// that passed: what can be looked at without trust is looked at.
    pub checks: Vec<Check>,
    /// What came of it.
    ///
    /// The failure is for administrators. Whoever posted the response must not be able to tell
    /// `decryption_failed` from what follows it: of ciphertext that nobody signed, the difference
    /// would give the plaintext away, block by block.
    pub outcome: Result<SamlAccepted, Failure>,
    /// The assertion in clear, if it was encrypted and could be opened; for the session log.
    pub decrypted: Option<String>,
    /// The certificates that the message shows. They prove nothing; they help to see that the
    /// provider signs with another one than the connection has.
    pub message_certificates: Vec<Certificate>,
    /// The trusted certificate whose key made the signature.
    pub signed_by: Option<Fingerprint>,
}

/// What may be believed of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlAccepted {
    /// Who signs in, and what the provider says of them.
    pub asserted: Asserted,
    /// The assertion's id: to be accepted once.
    pub assertion_id: String,
    /// From when on its times alone refuse it, skew included.
    pub expires_at: Instant,
    /// When the provider wants our session to end.
    pub session_not_on_or_after: Option<Instant>,
}
