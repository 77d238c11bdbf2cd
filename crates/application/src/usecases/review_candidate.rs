//! Keeps provider data that was understood, to be shown before it is saved.

use async_trait::async_trait;
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcClient, OidcProvider, TokenAuthMethod};
use vestibule_domain::portal_link::Capability;
use vestibule_domain::portal_session::{Candidate, CandidateData, Progress};
use vestibule_domain::saml::IdentityProvider;
use vestibule_domain::secret::{SecretDigest, SecretText};
use vestibule_domain::url::HttpsUrl;

use super::visit::{VisitError, open_visit};
use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Keeps a candidate.
pub struct ReviewCandidate {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ReviewCandidateCommand {
    /// Whose visit.
    pub session: SecretDigest,
    /// The data, already read and checked.
    pub data: ProviderData,
}

/// Provider data as it came in.
#[derive(Clone, Debug)]
pub enum ProviderData {
    /// Of a SAML identity provider.
    Saml {
        /// What the metadata said.
        idp: IdentityProvider,
        /// Where it was fetched, if it was.
        metadata_url: Option<HttpsUrl>,
    },
    /// Of an OpenID Connect provider.
    Oidc(OidcRegistration),
}

/// Our registration at an OpenID Connect provider, the secret still open.
#[derive(Clone, Debug)]
pub struct OidcRegistration {
    /// The provider.
    pub provider: OidcProvider,
    /// Where discovery was read.
    pub discovery_url: Option<HttpsUrl>,
    /// Our client id there.
    pub client_id: String,
    /// Our client secret there.
    pub client_secret: Option<SecretText>,
    /// How we authenticate; the provider's first choice among ours otherwise.
    pub token_auth_method: Option<TokenAuthMethod>,
    /// A fixed algorithm of id tokens.
    pub id_token_algorithm: Option<IdTokenAlgorithm>,
    /// Whether PKCE is used; on unless said otherwise.
    pub pkce: Option<bool>,
    /// Whether userinfo is fetched; if the provider has it, unless said otherwise.
    pub fetch_user_info: Option<bool>,
    /// A redirect URI other than ours.
    pub redirect_uri: Option<HttpsUrl>,
}

impl OidcRegistration {
    /// Seals the secret under the connection's id.
    pub fn into_client(self, connection: ConnectionId, ambient: &Ambient) -> OidcClient {
        let seal =
            |secret: SecretText| ambient.seal(SecretOf::OidcClient(connection), secret.expose().as_bytes());
        let offered = self.provider.token_auth_methods.first().copied();
        OidcClient {
            token_auth_method: self
                .token_auth_method
                .or(offered)
                .unwrap_or(TokenAuthMethod::ClientSecretBasic),
            fetch_user_info: self.fetch_user_info.unwrap_or(self.provider.userinfo_endpoint.is_some()),
            provider: self.provider,
            discovery_url: self.discovery_url,
            client_id: self.client_id,
            client_secret: self.client_secret.map(seal),
            id_token_algorithm: self.id_token_algorithm,
            pkce: self.pkce.unwrap_or(true),
            redirect_uri: self.redirect_uri,
        }
    }
}

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum ReviewCandidateError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// No provider was picked yet.
    #[error("no provider was picked")]
    NoProvider,
    /// The organization has a working connection that this visit may not change.
    #[error("the organization already has a connection")]
    AlreadyConnected,
}

impl From<StoreError> for ReviewCandidateError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for ReviewCandidateError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ReviewCandidate {
    type Command = ReviewCandidateCommand;
    type Outcome = Candidate;
    type Error = ReviewCandidateError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ReviewCandidateCommand,
    ) -> Result<Candidate, ReviewCandidateError> {
        let now = self.ambient.now();
        let mut session = open_visit(work, &command.session, Intent::Sso, now).await?.session;
        let connection = work
            .connections()
            .lock_of_organization(session.environment_id, session.organization_id)
            .await?
            .ok_or(ReviewCandidateError::NoProvider)?;
        if connection.state != ConnectionState::Draft && session.capability == Capability::SetUp {
            return Err(ReviewCandidateError::AlreadyConnected);
        }
        let data = match command.data {
            ProviderData::Saml { idp, metadata_url } => CandidateData::Saml { idp, metadata_url },
            ProviderData::Oidc(registration) => {
                CandidateData::Oidc(registration.into_client(connection.id, &self.ambient))
            }
        };
        let mut revision = [0; 8];
        self.ambient.entropy.fill(&mut revision);
        let revision = format!("{:016x}", u64::from_be_bytes(revision));
        let candidate = Candidate { revision, data };
        let progress = Progress { candidate: Some(candidate.clone()), ..session.progress.clone() };
        session.note(progress, now);
        work.sessions().update_progress(&session).await?;
        Ok(candidate)
    }
}
