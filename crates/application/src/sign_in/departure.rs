//! Off to the identity provider.

use vestibule_domain::Instant;
use vestibule_domain::connection::{Connection, ProtocolSettings};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::oidc::{OidcClient, OidcSettings};
use vestibule_domain::saml::{SamlSettings, SsoBinding};
use vestibule_domain::sso::authorization::Authorization;
use vestibule_domain::sso::session::{LoggedMessage, MessageKind, Origin, SsoSession};
use vestibule_domain::sso::trial::Trial;

use super::{Browser, SignIns};
use crate::ambient::SecretOf;
use crate::ports::ambient::VaultError;
use crate::ports::oidc_sign_in::{Login, OidcRequestOrder};
use crate::ports::saml_sign_in::{
    SamlAuthentication, SamlRequestError, SamlRequestOrder, SamlSigner, SamlTravel,
};

/// Longest name of a browser that is kept, in bytes.
pub const USER_AGENT_BYTES_MAX: usize = 512;

/// What is asked of the provider besides a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Who probably signs in.
    pub login_hint: Option<String>,
    /// The domain by which the provider may pick a directory.
    pub domain_hint: Option<String>,
    /// Scopes besides the usual.
    pub scopes: Vec<String>,
    /// Further parameters for the provider.
    pub parameters: Vec<(String, String)>,
    /// Whether the person must prove themselves anew.
    pub login: Login,
}

/// A person who is about to be sent to their provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The attempt, to be written down before the person leaves.
    pub session: SsoSession,
    /// The way there.
    pub route: Route,
}

/// The way to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A redirect.
    Redirect {
        /// Where to.
        url: String,
    },
    /// A form that the browser posts.
    Post {
        /// Where to.
        url: String,
        /// The hidden fields.
        fields: Vec<(&'static str, String)>,
    },
}

/// Why nobody can be sent off.
#[derive(Debug, thiserror::Error)]
pub enum DepartureError {
    /// The connection has no provider yet.
    #[error("the connection has no complete provider data yet")]
    Incomplete,
    /// A key of the connection does not open.
    #[error("a key of the connection cannot be used")]
    Key(#[from] VaultError),
    /// The request cannot be written.
    #[error(transparent)]
    Saml(#[from] SamlRequestError),
}

/// The id of the SAML request of an attempt: an XML name, by which the answer finds the attempt.
pub fn request_id(session: SsoSessionId) -> String {
    format!("_{session}")
}

/// The attempt whose request has this id.
pub(super) fn session_of_request(id: &str) -> Option<SsoSessionId> {
    id.strip_prefix('_')?.parse().ok()
}

impl SignIns {
    /// Prepares an attempt through a connection. Nothing is written down yet.
    pub fn depart(
        &self,
        connection: &Connection,
        origin: Origin,
        authorization: Option<Authorization>,
        wishes: &Wishes,
        browser: Browser,
    ) -> Result<Departure, DepartureError> {
        let session =
            SsoSession { authorization, ..self.begun(connection, origin, browser, self.ambient.now()) };
        self.sent_off(connection, session, wishes)
    }

    /// Prepares a test: of a connection as it is, or with what is not saved yet. Nothing is written
    /// down yet.
    pub fn depart_for_test(
        &self,
        connection: &Connection,
        trial: Option<Trial>,
        browser: Browser,
    ) -> Result<Departure, DepartureError> {
        let session = self.begun(connection, Origin::Test, browser, self.ambient.now());
        let Some(trial) = trial else { return self.sent_off(connection, session, &Wishes::default()) };
        let tried = trial.tried_on(connection.clone());
        let session = SsoSession { trial: Some(Box::new(trial)), ..session };
        self.sent_off(&tried, session, &Wishes::default())
    }

    /// Prepares a test that was written down before a browser was there for it.
    pub fn depart_with_ticket(
        &self,
        connection: &Connection,
        session: SsoSession,
        browser: Browser,
    ) -> Result<Departure, DepartureError> {
        self.sent_off(connection, seen_from(session, browser), &Wishes::default())
    }

    fn sent_off(
        &self,
        connection: &Connection,
        session: SsoSession,
        wishes: &Wishes,
    ) -> Result<Departure, DepartureError> {
        let now = self.ambient.now();
        match &connection.settings {
            ProtocolSettings::Saml(saml) => self.by_saml(connection, saml, session, wishes, now),
            ProtocolSettings::Oidc(oidc) => {
                self.by_oidc(connection.connection_type, oidc, session, wishes, now)
            }
        }
    }

    /// An attempt that starts now, from a browser.
    pub(super) fn begun(
        &self,
        connection: &Connection,
        origin: Origin,
        browser: Browser,
        now: Instant,
    ) -> SsoSession {
        seen_from(SsoSession::begun(self.ambient.id(now), connection, origin, now), browser)
    }

    fn by_saml(
        &self,
        connection: &Connection,
        saml: &SamlSettings,
        mut session: SsoSession,
        wishes: &Wishes,
        now: Instant,
    ) -> Result<Departure, DepartureError> {
        let idp = saml.idp.as_ref().ok_or(DepartureError::Incomplete)?;
        let endpoint = idp
            .sso
            .iter()
            .find(|endpoint| endpoint.binding == SsoBinding::Redirect)
            .or(idp.sso.first())
            .ok_or(DepartureError::Incomplete)?;
        let key = match &saml.signing_key {
            Some(pair) => Some((pair, self.ambient.open(SecretOf::SpKey(pair.id), &pair.private_key)?)),
            None => None,
        };
        let request = self.saml.request(&SamlRequestOrder {
            id: &request_id(session.id),
            issued_at: now,
            endpoint,
            sp_entity_id: &self.ambient.addresses.entity_id_of(connection),
            acs_url: &self.ambient.addresses.acs_url_of(connection),
            relay_state: None,
            name_id_format: None,
            authentication: match wishes.login {
                Login::IfNeeded => SamlAuthentication::MayBeKnown,
                Login::Again => SamlAuthentication::MustBeAsked,
            },
            login_hint: wishes.login_hint.as_deref(),
            signer: key
                .as_ref()
                .map(|(pair, private_key)| SamlSigner { certificate: &pair.certificate, private_key }),
        })?;
        session.record.messages.push(LoggedMessage::new(MessageKind::SamlRequest, now, request.xml));
        let route = match request.travel {
            SamlTravel::Redirect { url } => Route::Redirect { url },
            SamlTravel::Post { url, fields } => Route::Post { url, fields },
        };
        Ok(Departure { session, route })
    }

    pub(super) fn by_oidc(
        &self,
        connection_type: ConnectionType,
        oidc: &OidcSettings,
        mut session: SsoSession,
        wishes: &Wishes,
        now: Instant,
    ) -> Result<Departure, DepartureError> {
        let client = oidc.client.as_ref().ok_or(DepartureError::Incomplete)?;
        let demanded = connection_type.authorization_parameters().iter();
        let demanded = demanded.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        // What the app says comes first: of two with one name that one counts.
        let parameters: Vec<_> = wishes.parameters.iter().cloned().chain(demanded).collect();
        let request = self.oidc.begin(&OidcRequestOrder {
            client,
            redirect_uri: &self.redirect_uri_of(client),
            state: &session.id.to_string(),
            login_hint: wishes.login_hint.as_deref(),
            domain_hint: wishes.domain_hint.as_deref(),
            scopes: &wishes.scopes,
            parameters: &parameters,
            login: wishes.login,
            nonce: self.ambient.token_bytes(),
            verifier: self.ambient.token_bytes(),
        });
        let sealed = self.ambient.seal(SecretOf::SsoExchange(session.id), &request.exchange.to_bytes());
        session.exchange = Some(sealed);
        session.record.messages.push(LoggedMessage::new(MessageKind::OidcRequest, now, request.logged));
        Ok(Departure { session, route: Route::Redirect { url: request.url } })
    }

    /// Where a provider sends people back to: ours, or what a vendor brought along.
    pub(super) fn redirect_uri_of(&self, client: &OidcClient) -> String {
        self.ambient.addresses.redirect_uri_of(client)
    }
}

/// The attempt with what is known of the browser.
pub(super) fn seen_from(session: SsoSession, browser: Browser) -> SsoSession {
    let Browser { ip_address, user_agent } = browser.shortened();
    SsoSession { ip_address, user_agent, ..session }
}

/// A browser's name, cut at the end of a character.
pub(super) fn shortened(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(USER_AGENT_BYTES_MAX));
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;
    use vestibule_domain::id::Id as _;

    #[test]
    fn a_request_id_leads_back_to_its_attempt_and_nothing_else_does() {
        let id = SsoSessionId::from_ulid(Ulid::from_parts(1, 2));
        assert_eq!(session_of_request(&request_id(id)), Some(id));
        for other in ["", "_", "_1", &id.to_string(), "_conn_00000000010000000000000002"] {
            assert_eq!(session_of_request(other), None, "{other}");
        }
    }

    #[test]
    fn long_names_of_browsers_are_cut_between_characters() {
        assert_eq!(shortened("a".repeat(USER_AGENT_BYTES_MAX)).len(), USER_AGENT_BYTES_MAX);
        assert_eq!(shortened("a".repeat(USER_AGENT_BYTES_MAX + 1)).len(), USER_AGENT_BYTES_MAX);
        assert!(shortened("é".repeat(USER_AGENT_BYTES_MAX)).ends_with('é'));
    }
}
