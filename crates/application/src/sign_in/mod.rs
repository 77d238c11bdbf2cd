//! The way of a sign-in: off to the identity provider, and back with its answer.
//!
//! What decides is in the domain and behind the ports of SAML and OpenID Connect; here it is put in
//! order. Nothing here holds a unit of work open while it talks to anybody.

mod arrival;
mod departure;
mod grounding;
mod social;

use std::sync::Arc;

use vestibule_domain::id::{EnvironmentId, SsoSessionId};
use vestibule_domain::sso::failure::Failure;

pub use arrival::{OidcAnswer, SamlAnswer, UNSOLICITED_MESSAGE_BYTES_MAX};
use departure::shortened;
pub use departure::{Departure, DepartureError, Route, USER_AGENT_BYTES_MAX, Wishes, request_id};
pub use grounding::Grounded;
pub use social::{PublicProvider, PublicProviders};

use crate::ambient::Ambient;
use crate::ports::oidc_sign_in::OidcSignIn;
use crate::ports::saml_sign_in::SamlSignIn;

/// Sends people off, and judges what they come back with.
#[derive(Clone)]
pub struct SignIns {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
    /// Requests and responses of SAML.
    pub saml: Arc<dyn SamlSignIn>,
    /// The flow of OpenID Connect.
    pub oidc: Arc<dyn OidcSignIn>,
    /// Where public providers are.
    pub public_providers: Arc<PublicProviders>,
    /// The same flow with the test identity provider, which is asked without leaving the process.
    pub test_oidc: Arc<dyn OidcSignIn>,
}

/// A person's browser, as logs show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// Its address.
    pub ip_address: Option<String>,
    /// What it calls itself.
    pub user_agent: Option<String>,
}

impl Browser {
    /// The same with its name cut to [`USER_AGENT_BYTES_MAX`], as logs keep it.
    #[must_use]
    pub fn shortened(self) -> Self {
        Self { user_agent: self.user_agent.map(shortened), ..self }
    }
}

/// Where a person goes after their identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// Back to the app.
    App {
        /// The redirect URI, without what is added to it.
        redirect_uri: String,
        /// What is added: code and state, or error, description and state.
        parameters: Vec<(&'static str, String)>,
    },
    /// To the report of a test.
    Test {
        /// The attempt.
        session: SsoSessionId,
        /// Its environment, whose portal may have a host of its own.
        environment: EnvironmentId,
    },
    /// Nowhere: there is no app to go back to.
    Stranded {
        /// The attempt, if one was written down.
        session: Option<SsoSessionId>,
        /// Why. Its message is for administrators, not for whoever stands here.
        failure: Failure,
    },
}
