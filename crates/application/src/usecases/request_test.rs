//! Prepares a test of a connection for a program: a browser begins it at an address that works once,
//! and the program reads what came of it in the session log.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::id::{ConnectionId, SsoSessionId};
use vestibule_domain::sso::authorization::Authorization;
use vestibule_domain::sso::session::{Origin, SsoSession};
use vestibule_domain::sso::ticket::TestTicket;

use super::start_test::deed;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Prepares a test.
pub struct RequestTest {
    /// Time, chance, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RequestTestCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which connection.
    pub connection_id: ConnectionId,
    /// Where the person goes when the test is over.
    pub back: TestReturn,
}

/// Where a person goes when a test is over. The address is given the attempt's id and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestReturn {
    /// To a page that says how it ended, and that it can be closed.
    Page,
    /// To an address that has to be among the environment's redirect URIs.
    Registered(String),
    /// To a path of ours, chosen by us: the page of whoever asks here.
    Own(String),
}

/// A test that waits for a browser.
#[derive(Clone, Debug)]
pub struct RequestedTest {
    /// The attempt.
    pub session_id: SsoSessionId,
    /// The secret of the address where it begins.
    pub ticket: TestTicket,
    /// Until when it can be begun and ended.
    pub expires_at: Instant,
}

/// Why there is no test.
#[derive(Debug, thiserror::Error)]
pub enum RequestTestError {
    /// No such connection in the environment.
    #[error("no such connection")]
    Unknown,
    /// It has no provider yet.
    #[error("the connection has no complete provider data yet")]
    Incomplete,
    /// Nobody may be sent there.
    #[error("is not among the redirect URIs of the environment")]
    NotRegistered,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RequestTestError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for RequestTest {
    type Command = RequestTestCommand;
    type Outcome = RequestedTest;
    type Error = RequestTestError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RequestTestCommand,
    ) -> Result<RequestedTest, RequestTestError> {
        let now = self.ambient.now();
        let RequestTestCommand { caller, connection_id, back } = command;
        let environment_id = caller.environment_id();
        let held = work.connections().lock(environment_id, connection_id).await?;
        let held = held.ok_or(RequestTestError::Unknown)?;
        if !held.settings.is_complete() {
            return Err(RequestTestError::Incomplete);
        }
        let redirect_uri = match back {
            TestReturn::Page => self.ambient.addresses.test_ended(),
            TestReturn::Own(path) => format!("{}{path}", self.ambient.addresses.public_url()),
            TestReturn::Registered(asked) => {
                // Asked anew: what is known of a caller may be some seconds old.
                let environment = work.accounts().find_environment(environment_id).await?;
                let registered = environment.map(|environment| environment.redirect_uris);
                let known = registered.iter().flatten().any(|uri| uri.matches(&asked));
                known.then_some(asked).ok_or(RequestTestError::NotRegistered)?
            }
        };
        let session_id = self.ambient.id(now);
        let ticket = TestTicket::from_random(session_id, self.ambient.token_bytes());
        let session = SsoSession {
            authorization: Some(Authorization { redirect_uri, state: None, code_challenge: None }),
            ticket: Some(ticket.digest()),
            ..SsoSession::begun(session_id, &held, Origin::Test, now)
        };
        work.sso_sessions().insert(&session).await?;
        let scene = Scene { environment_id, actor: caller.actor, now };
        chronicle::record(work, &self.ambient, &scene, deed(&session)).await?;
        Ok(RequestedTest { session_id, ticket, expires_at: now + Origin::Test.timeout() })
    }
}
