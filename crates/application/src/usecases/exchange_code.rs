//! Exchanges a code for the profile that it stands for: once.

use async_trait::async_trait;
use vestibule_domain::audit::Actor;
use vestibule_domain::event::{Fact, SignInSnapshot};
use vestibule_domain::id::ProfileId;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::session::{CodeRefused, Exchanger, SsoSession};

use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Exchanges a code.
pub struct ExchangeCode {
    /// Time, chance.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ExchangeCodeCommand {
    /// The attempt, as it was found by the code.
    pub session: SsoSession,
    /// The person's address, for whoever is told of the sign-in.
    pub email: String,
    /// Digest of the code.
    pub digest: SecretDigest,
    /// Who exchanges it.
    pub exchanger: Exchanger,
    /// The verifier, if one was sent.
    pub verifier: Option<String>,
    /// Whether an endpoint asks for events of sign-ins.
    pub listened: bool,
}

/// Why a code was not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeCodeError {
    /// It does not work.
    #[error(transparent)]
    Code(#[from] CodeRefused),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for ExchangeCodeError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for ExchangeCode {
    type Command = ExchangeCodeCommand;
    type Outcome = ProfileId;
    type Error = ExchangeCodeError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ExchangeCodeCommand,
    ) -> Result<ProfileId, ExchangeCodeError> {
        let now = self.ambient.now();
        let ExchangeCodeCommand { session, email, digest, exchanger, verifier, listened } = command;
        let from = session.state.clone();
        let (exchanged, profile_id) = session.exchanged(&digest, exchanger, verifier.as_deref(), now)?;
        if !listened {
            work.decide_by_next();
        }
        // Of many exchanges of one code, this statement lets one through.
        if !work.sso_sessions().advance(&exchanged, &from).await? {
            return Err(CodeRefused::Unknown.into());
        }
        if listened {
            let scene = Scene { environment_id: exchanged.environment_id, actor: Actor::system(), now };
            let snapshot = SignInSnapshot::of(&exchanged, Some(profile_id));
            let fact = Fact::SsoSucceeded(SignInSnapshot { email: Some(email), ..snapshot });
            chronicle::announce(work, &self.ambient, &scene, exchanged.organization_id, fact).await?;
        }
        Ok(profile_id)
    }
}
