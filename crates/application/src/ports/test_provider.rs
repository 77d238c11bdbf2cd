//! The documents of the test identity provider: what it publishes, reads and signs.
//!
//! All of it is synchronous and pure: ids, times and keys are handed in. Whether there is a test
//! identity provider at all is decided before.

use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::oidc::OidcProvider;
use vestibule_domain::saml::SsoBinding;
use vestibule_domain::sso::authorization::CodeChallenge;
use vestibule_domain::test_provider::{TestAnswer, TestPerson};

use super::saml_sign_in::SamlSigner;

/// Largest request of a service provider that is read, in bytes after all encodings are taken off.
/// Ours have one KiB, signed ones three.
pub const SAML_REQUEST_BYTES_MAX: usize = 16 * 1024;

/// Longest value that is taken of a request, in bytes: ids, entity ids, addresses.
pub const SAML_REQUEST_VALUE_BYTES_MAX: usize = 2 * 1024;

/// Largest token request that is read, in bytes.
pub const TOKEN_REQUEST_BYTES_MAX: usize = 32 * 1024;

/// The provider's side of SAML.
pub trait TestSaml: Send + Sync {
    /// Reads the parameter or form field `SAMLRequest`.
    fn read_request(&self, sent: &str, binding: SsoBinding)
    -> Result<TestSamlRequest, TestRequestUnreadable>;

    /// Writes the answer, as the form field `SAMLResponse` has it: an assertion that is signed, or a
    /// response without one that is signed itself.
    fn respond(&self, order: &TestSamlOrder<'_>) -> Result<String, TestKeyUnusable>;

    /// Writes the provider's metadata.
    fn metadata(&self, provider: &TestSamlProvider<'_>) -> String;
}

/// What is read of a service provider's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestSamlRequest {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub issuer: String,
    /// Who probably signs in.
    pub subject: Option<String>,
}

/// What was sent is no request. The message completes a sentence that begins with "the request".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TestRequestUnreadable(pub String);

/// A key of the test identity provider does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of the test identity provider cannot sign")]
pub struct TestKeyUnusable;

/// What an answer by SAML is made of.
#[derive(Clone, Copy, Debug)]
pub struct TestSamlOrder<'a> {
    /// What is answered.
    pub answer: &'a TestAnswer,
    /// The id of the response: an XML name, never used before.
    pub response_id: &'a str,
    /// The id of the assertion: likewise.
    pub assertion_id: &'a str,
    /// The provider's entity id.
    pub issuer: &'a str,
    /// The service provider's entity id.
    pub audience: &'a str,
    /// Where the answer is posted.
    pub acs_url: &'a str,
    /// The request that is answered, if one is.
    pub in_response_to: Option<&'a str>,
    /// Now.
    pub now: Instant,
    /// What it is signed with.
    pub signer: SamlSigner<'a>,
}

/// What the provider's metadata says.
#[derive(Clone, Copy, Debug)]
pub struct TestSamlProvider<'a> {
    /// The provider's entity id.
    pub entity_id: &'a str,
    /// Where requests go, by either binding.
    pub sso_url: &'a str,
    /// The certificate of its key.
    pub certificate: &'a Certificate,
}

/// The provider's side of OpenID Connect.
pub trait TestOidc: Send + Sync {
    /// Signs an id token.
    fn id_token(&self, order: &TestIdTokenOrder<'_>) -> Result<String, TestKeyUnusable>;

    /// Reads a request to the token endpoint: the header `Authorization` and the form. None if it is
    /// no request for the tokens of a code by a client that proves itself by a secret.
    fn read_token_request(&self, authorization: Option<&str>, form: &[u8]) -> Option<TestTokenRequest>;

    /// Writes the answer of the token endpoint.
    fn tokens(&self, id_token: &str, access_token: &str) -> String;

    /// Writes a refusal of the token endpoint. Source: RFC 6749, section 5.2.
    fn refusal(&self, error: &str) -> String;

    /// Writes the discovery document.
    fn discovery(&self, provider: &OidcProvider) -> String;

    /// Writes the key set with one key.
    fn key_set(&self, certificate: &Certificate) -> String;
}

/// What an id token is made of.
#[derive(Clone, Copy, Debug)]
pub struct TestIdTokenOrder<'a> {
    /// Who signs in.
    pub person: &'a TestPerson,
    /// The provider.
    pub issuer: &'a str,
    /// The client.
    pub audience: &'a str,
    /// The request's nonce, if it had one.
    pub nonce: Option<&'a str>,
    /// Now.
    pub now: Instant,
    /// What it is signed with.
    pub signer: SamlSigner<'a>,
}

/// A request for the tokens of a code.
#[derive(Clone, PartialEq, Eq)]
pub struct TestTokenRequest {
    /// Who asks.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The code.
    pub code: String,
    /// Where the person was sent with it.
    pub redirect_uri: String,
    /// The verifier of PKCE, if there is one.
    pub code_verifier: Option<String>,
}

/// Secrets are not printed.
impl std::fmt::Debug for TestTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestTokenRequest({}, …)", self.client_id)
    }
}

/// What a client asks of the person's browser. The redirect URI is the client's registered one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestAuthorization {
    /// Handed back unchanged.
    pub state: Option<String>,
    /// Repeated in the id token.
    pub nonce: Option<String>,
    /// The SHA-256 that the verifier must have.
    pub challenge: Option<CodeChallenge>,
}
