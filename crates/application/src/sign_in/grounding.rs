//! Nobody departs: the connection's provider is the test identity provider, and the environment has
//! none.

use vestibule_domain::connection::Connection;
use vestibule_domain::sso::authorization::{Authorization, AuthorizationCode};
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::{Origin, SsoSession};
use vestibule_domain::test_provider::NoTestProvider;

use super::{Browser, SignIns};
use crate::ports::store::Store;
use crate::usecase;
use crate::usecases::finish_sign_in::{FinishSignIn, FinishSignInCommand, FinishSignInError, Written};

/// The failure of an attempt for which there is no test identity provider.
pub(super) fn no_provider(reason: NoTestProvider) -> Failure {
    Failure { code: FailureCode::AccessDenied, check: CheckName::Request, message: sentence(reason) }
}

fn sentence(reason: NoTestProvider) -> String {
    let mut text = reason.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text + "."
}

/// An attempt that ended where it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounded {
    /// The attempt, as the session log has it.
    pub session: SsoSession,
    /// Why.
    pub failure: Failure,
}

impl SignIns {
    /// Looks whether an attempt could not get anywhere, its environment having the test identity
    /// provider or not, and if so writes down that it was made and why it failed. None: depart.
    pub async fn ground(
        &self,
        store: &dyn Store,
        (test_provider, connection): (Result<(), NoTestProvider>, &Connection),
        (origin, authorization): (Origin, Option<&Authorization>),
        browser: &Browser,
        listened: bool,
    ) -> Result<Option<Grounded>, FinishSignInError> {
        let Some(reason) = connection.lacks_test_provider(test_provider) else { return Ok(None) };
        let now = self.ambient.now();
        let failure = no_provider(reason);
        let begun = self.begun(connection, origin, browser.clone(), now);
        let mut session = SsoSession { authorization: authorization.cloned(), ..begun };
        let expected = "an identity provider that is there";
        session.record.checks.push(Check::failed(failure.check, expected, failure.message.clone()));
        let code = AuthorizationCode::from_random(session.id, self.ambient.token_bytes());
        let command = FinishSignInCommand {
            session,
            written: Written::NotYet,
            outcome: Err(failure.clone()),
            connection_type: connection.connection_type,
            code: code.digest(),
            listened,
            has_metadata_url: false,
        };
        let case = FinishSignIn { ambient: self.ambient.clone() };
        let session = usecase::run(store, &case, command).await?;
        Ok(Some(Grounded { session, failure }))
    }
}
