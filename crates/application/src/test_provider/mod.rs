//! The test identity provider of sandbox environments: both sides of a sign-in in one deployment,
//! so that the whole round trip can be seen before anybody has a provider.
//!
//! It is a provider like any other to everything that judges sign-ins. Only two things are special:
//! where it exists ([`TestProvider::desk`] is the one way in), and that the deployment talks to it
//! without leaving the process ([`Indoors`]).

mod indoors;
mod registration;

use std::sync::Arc;

use vestibule_domain::connection::Connection;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::key_pair::SpKeyPair;
use vestibule_domain::oidc::OidcClient;
use vestibule_domain::saml::SsoBinding;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::test_provider::{TEST_CODE_LIFE, TestAnswer, TestGrant, TestPerson, TestRefusal};

pub use indoors::Indoors;
pub use registration::{TEST_CERTIFICATE_LIFE, TestAddressRefused, TestPages};
pub(crate) use registration::{client_secret, registration};

use crate::ambient::{Ambient, SecretOf};
use crate::ports::ambient::VaultError;
use crate::ports::saml_sign_in::SamlSigner;
use crate::ports::store::{ArrivalKey, SignInArrival, SignInDomain, SignInOrganization, Store, StoreResult};
use crate::ports::test_provider::{
    TestAuthorization, TestIdTokenOrder, TestKeyUnusable, TestOidc, TestRequestUnreadable, TestSaml,
    TestSamlOrder, TestSamlProvider, TestSamlRequest, TestTokenRequest,
};
use crate::sign_in::Route;

/// The provider.
#[derive(Clone)]
pub struct TestProvider {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
    /// Its documents of SAML.
    pub saml: Arc<dyn TestSaml>,
    /// Its documents of OpenID Connect.
    pub oidc: Arc<dyn TestOidc>,
}

/// A connection that the provider serves, in an environment that has the provider.
#[derive(Clone, Debug)]
pub struct TestDesk {
    /// The connection.
    pub connection: Connection,
    /// The organization.
    pub organization: SignInOrganization,
    /// The organization's domains, oldest first.
    pub domains: Vec<SignInDomain>,
    key: SpKeyPair,
}

impl TestDesk {
    /// Where there is one.
    fn of(arrival: SignInArrival) -> Option<Self> {
        arrival.environment.test_provider.ok()?;
        let key = arrival.connection.test_key()?.clone();
        let SignInArrival { connection, organization, domains, .. } = arrival;
        Some(Self { connection, organization, domains, key })
    }

    /// What people sign in to the organization with: a verified domain, or any.
    pub fn domain(&self) -> Option<&str> {
        let verified = self.domains.iter().find(|domain| domain.is_verified);
        verified.or(self.domains.first()).map(|domain| domain.domain.as_str())
    }
}

/// Why the provider does not answer.
#[derive(Debug, thiserror::Error)]
pub enum TestProviderError {
    /// The connection speaks the other protocol.
    #[error("the connection speaks another protocol")]
    Protocol,
    /// The key does not open.
    #[error("the key of the test identity provider cannot be opened")]
    Vault(#[from] VaultError),
    /// The key does not serve.
    #[error(transparent)]
    Key(#[from] TestKeyUnusable),
}

/// Where a browser is sent with an answer of OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRedirect {
    /// The redirect URI of the registration.
    pub redirect_uri: String,
    /// What is added to it.
    pub parameters: Vec<(&'static str, String)>,
}

/// An answer of the token endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct TestTokens {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl TestProvider {
    /// The desk for a connection: none if there is no such connection, if it has another provider,
    /// or if its environment has no test identity provider.
    pub async fn desk(&self, store: &dyn Store, connection: ConnectionId) -> StoreResult<Option<TestDesk>> {
        let arrival = store.queries().sign_in_arrival(ArrivalKey::Connection(connection)).await?;
        Ok(arrival.and_then(TestDesk::of))
    }

    /// The provider's addresses for a connection.
    pub fn pages(&self, desk: &TestDesk) -> TestPages {
        TestPages::of(&self.ambient.addresses, desk.connection.id)
    }

    /// Reads a SAML request, which must be the connection's own.
    pub fn read_saml_request(
        &self,
        desk: &TestDesk,
        sent: &str,
        binding: SsoBinding,
    ) -> Result<TestSamlRequest, TestRequestUnreadable> {
        let request = self.saml.read_request(sent, binding)?;
        if request.issuer != self.ambient.addresses.entity_id_of(&desk.connection) {
            return Err(TestRequestUnreadable("comes from another service provider".to_owned()));
        }
        Ok(request)
    }

    /// Answers by SAML, to a request or to none. Where the answer goes is the connection's to say,
    /// whatever a request named.
    pub fn respond(
        &self,
        desk: &TestDesk,
        in_response_to: Option<&str>,
        relay_state: Option<String>,
        answer: &TestAnswer,
    ) -> Result<Route, TestProviderError> {
        desk.connection.saml().map_err(|_| TestProviderError::Protocol)?;
        let private_key = self.private_key(desk)?;
        let addresses = &self.ambient.addresses;
        let acs_url = addresses.acs_url_of(&desk.connection);
        let response = self.saml.respond(&TestSamlOrder {
            answer,
            response_id: &self.message_id(),
            assertion_id: &self.message_id(),
            issuer: &self.pages(desk).saml_metadata,
            audience: &addresses.entity_id_of(&desk.connection),
            acs_url: &acs_url,
            in_response_to,
            now: self.ambient.now(),
            signer: signer(desk, &private_key),
        })?;
        let mut fields = vec![("SAMLResponse", response)];
        fields.extend(relay_state.map(|state| ("RelayState", state)));
        Ok(Route::Post { url: acs_url, fields })
    }

    /// The provider's metadata.
    pub fn metadata(&self, desk: &TestDesk) -> Result<String, TestProviderError> {
        desk.connection.saml().map_err(|_| TestProviderError::Protocol)?;
        let pages = self.pages(desk);
        Ok(self.saml.metadata(&TestSamlProvider {
            entity_id: &pages.saml_metadata,
            sso_url: &pages.saml,
            certificate: &desk.key.certificate,
        }))
    }

    /// Answers by OpenID Connect.
    pub fn redirect(
        &self,
        desk: &TestDesk,
        asked: &TestAuthorization,
        answer: &TestAnswer,
    ) -> Result<TestRedirect, TestProviderError> {
        let client = client(desk)?;
        let issuer = self.pages(desk).issuer;
        let mut parameters = match answer {
            TestAnswer::Person(person) => vec![("code", self.code(desk, client, asked, person)?)],
            TestAnswer::Refusal(refusal) => {
                let (error, description) = refused(*refusal);
                vec![("error", error.to_owned()), ("error_description", description.to_owned())]
            }
        };
        parameters.extend(asked.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", issuer));
        Ok(TestRedirect { redirect_uri: self.ambient.addresses.redirect_uri_of(client), parameters })
    }

    /// Whether a redirect URI is the one that is registered.
    pub fn is_registered(&self, desk: &TestDesk, redirect_uri: &str) -> bool {
        client(desk).is_ok_and(|client| self.ambient.addresses.redirect_uri_of(client) == redirect_uri)
    }

    /// Answers a request to the token endpoint.
    pub fn tokens(
        &self,
        desk: &TestDesk,
        authorization: Option<&str>,
        form: &[u8],
    ) -> Result<TestTokens, TestProviderError> {
        let client = client(desk)?;
        let refused = |status, error| Ok(TestTokens { status, body: self.oidc.refusal(error) });
        let Some(request) = self.oidc.read_token_request(authorization, form) else {
            return refused(400, "invalid_request");
        };
        if !self.is_client(desk, client, &request)? {
            return refused(401, "invalid_client");
        }
        let Some(grant) = self.grant(desk, client, &request) else { return refused(400, "invalid_grant") };
        // There is nothing that the access token opens; the answer must have one.
        let body = self.oidc.tokens(&grant.id_token, &self.message_id());
        Ok(TestTokens { status: 200, body })
    }

    /// The discovery document.
    pub fn discovery(&self, desk: &TestDesk) -> Result<String, TestProviderError> {
        Ok(self.oidc.discovery(&client(desk)?.provider))
    }

    /// The key set.
    pub fn keys(&self, desk: &TestDesk) -> Result<String, TestProviderError> {
        client(desk)?;
        Ok(self.oidc.key_set(&desk.key.certificate))
    }

    /// A code: the id token itself, sealed.
    fn code(
        &self,
        desk: &TestDesk,
        client: &OidcClient,
        asked: &TestAuthorization,
        person: &TestPerson,
    ) -> Result<String, TestProviderError> {
        let now = self.ambient.now();
        let private_key = self.private_key(desk)?;
        let id_token = self.oidc.id_token(&TestIdTokenOrder {
            person,
            issuer: &self.pages(desk).issuer,
            audience: &client.client_id,
            nonce: asked.nonce.as_deref(),
            now,
            signer: signer(desk, &private_key),
        })?;
        let grant = TestGrant { expires_at: now + TEST_CODE_LIFE, challenge: asked.challenge, id_token };
        let sealed = self.ambient.seal(SecretOf::TestCode(desk.connection.id), &grant.to_bytes());
        Ok(TestGrant::code(&sealed))
    }

    /// What the request's code stands for, if the request may have it.
    fn grant(&self, desk: &TestDesk, client: &OidcClient, request: &TestTokenRequest) -> Option<TestGrant> {
        let sealed = TestGrant::sealed(&request.code)?;
        let opened = self.ambient.open(SecretOf::TestCode(desk.connection.id), &sealed).ok()?;
        let grant = TestGrant::from_bytes(&opened)?;
        let proves = match (&grant.challenge, &request.code_verifier) {
            (Some(challenge), Some(verifier)) => challenge.answers(verifier),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let is_its_own = request.redirect_uri == self.ambient.addresses.redirect_uri_of(client);
        (proves && is_its_own && self.ambient.now() < grant.expires_at).then_some(grant)
    }

    fn is_client(
        &self,
        desk: &TestDesk,
        client: &OidcClient,
        request: &TestTokenRequest,
    ) -> Result<bool, VaultError> {
        let Some(sealed) = &client.client_secret else { return Ok(false) };
        let secret = self.ambient.open(SecretOf::OidcClient(desk.connection.id), sealed)?;
        // Digests are compared, so that the time tells nothing about the secret.
        let is_secret =
            SecretDigest::of(&String::from_utf8_lossy(&secret)) == SecretDigest::of(&request.client_secret);
        Ok(is_secret && request.client_id == client.client_id)
    }

    fn private_key(&self, desk: &TestDesk) -> Result<Vec<u8>, VaultError> {
        self.ambient.open(SecretOf::SpKey(desk.key.id), &desk.key.private_key)
    }

    /// An id that nobody guesses: an XML name.
    fn message_id(&self) -> String {
        let mut bytes = [0; 16];
        self.ambient.entropy.fill(&mut bytes);
        format!("_{:032x}", u128::from_be_bytes(bytes))
    }
}

fn client(desk: &TestDesk) -> Result<&OidcClient, TestProviderError> {
    let oidc = desk.connection.oidc().map_err(|_| TestProviderError::Protocol)?;
    oidc.client.as_ref().ok_or(TestProviderError::Protocol)
}

fn signer<'a>(desk: &'a TestDesk, private_key: &'a [u8]) -> SamlSigner<'a> {
    SamlSigner { certificate: &desk.key.certificate, private_key }
}

/// Source: RFC 6749, section 4.1.2.1; OpenID Connect Core 1.0, section 3.1.2.6.
fn refused(refusal: TestRefusal) -> (&'static str, &'static str) {
    match refusal {
        TestRefusal::Denied => ("access_denied", "The test identity provider was told to refuse."),
        TestRefusal::NotAuthenticated => {
            ("login_required", "The test identity provider was told that nobody signed in.")
        }
        TestRefusal::Failed => ("server_error", "The test identity provider was told to fail."),
    }
}
