//! Back from the identity provider: finds the attempt, judges the answer, writes down what came of
//! it, and says where the person goes.

use std::sync::Arc;

use vestibule_domain::Instant;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::{ConnectionId, SsoSessionId};
use vestibule_domain::key_pair::SpKeyPair;
use vestibule_domain::oidc::{OidcClient, OidcSettings, TokenAuthMethod};
use vestibule_domain::redirect_uri;
use vestibule_domain::saml::{SamlSettings, TrustedIdentityProvider};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::CLOCK_SKEW;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::authorization::{Authorization, AuthorizationCode};
use vestibule_domain::sso::check::{Check, CheckName};
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::mapping;
use vestibule_domain::sso::session::{
    AttemptClosed, LoggedMessage, MessageKind, Origin, SsoSession, SsoSessionState,
};

use super::departure::{request_id, session_of_request};
use super::grounding::no_provider;
use super::{Browser, Landing, SignIns};
use crate::ambient::SecretOf;
use crate::ports::oidc_sign_in::{
    ClientCredential, IssuerRule, OidcCallback, OidcExchange, OidcExchangeOrder, OidcJudgement, OidcSignIn,
};
use crate::ports::saml_sign_in::{
    Allowance, OpenedResponse, SAML_CHECKS, SamlAllowances, SamlExpectation, SamlJudgement, SamlUnreadable,
};
use crate::ports::store::{ArrivalKey, SignInArrival, Store, StoreError};
use crate::usecase;
use crate::usecases::finish_sign_in::{
    FinishSignIn, FinishSignInCommand, FinishSignInError, SignedIn, Written,
};

/// How much is kept of a message that answers no open attempt, in bytes. Anybody can send those.
pub const UNSOLICITED_MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// What a browser posted to a connection's assertion consumer address.
#[derive(Clone, Debug)]
pub struct SamlAnswer {
    /// The connection in the address.
    pub connection_id: ConnectionId,
    /// The form field `SAMLResponse`.
    pub response: String,
    /// The form field `RelayState`.
    pub relay_state: Option<String>,
    /// The browser.
    pub browser: Browser,
}

/// What a browser brought to the redirect URI of OpenID Connect.
#[derive(Clone)]
pub struct OidcAnswer {
    /// `state`, by which the attempt is found.
    pub session: SsoSessionId,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
    /// `iss`.
    pub iss: Option<String>,
    /// The browser.
    pub browser: Browser,
}

/// What was made of an answer, before it is written down.
pub(super) struct Judged {
    pub(super) messages: Vec<LoggedMessage>,
    pub(super) checks: Vec<Check>,
    pub(super) outcome: Result<Vouched, Failure>,
}

/// Somebody for whom the provider vouches.
pub(super) struct Vouched {
    pub(super) asserted: Asserted,
    /// SAML's assertion: digest of its id, and until when it has to be remembered.
    assertion: Option<(SecretDigest, Instant)>,
    /// What the provider gave for its own interfaces.
    pub(super) tokens: Option<ProviderTokens>,
}

/// A response as far as it could be read: if it could not even be decoded, the text is that of the form.
struct Posted<'x> {
    text: &'x str,
    opened: Result<Box<dyn OpenedResponse + 'x>, SamlUnreadable>,
}

impl Judged {
    fn refused(failure: Failure, checks: Vec<Check>, messages: Vec<LoggedMessage>) -> Self {
        Self { messages, checks, outcome: Err(failure) }
    }
}

impl SignIns {
    /// Takes a SAML response. None if there is no such connection.
    ///
    /// The future must be driven to its end once it has begun: callers that may be cancelled spawn
    /// it.
    pub async fn arrive_by_saml(
        &self,
        store: &dyn Store,
        answer: SamlAnswer,
    ) -> Result<Option<Landing>, StoreError> {
        let now = self.ambient.now();
        let decoded = self.saml.decode(&answer.response);
        let opened = decoded.as_deref().map_err(Clone::clone).and_then(|xml| self.saml.open(xml));
        let claimed = opened.as_ref().ok().and_then(|response| response.in_response_to());
        let queries = store.queries();
        let mut arrival = None;
        if let Some(session) = claimed.and_then(session_of_request) {
            arrival = queries.sign_in_arrival(ArrivalKey::Attempt(session)).await?;
        }
        // An attempt through another connection is none of this address's.
        arrival = arrival.filter(|arrival| arrival.connection.id == answer.connection_id);
        if arrival.is_none() {
            arrival = queries.sign_in_arrival(ArrivalKey::Connection(answer.connection_id)).await?;
        }
        let Some(mut arrival) = arrival else { return Ok(None) };
        // Whoever comes back to an attempt that is over is judged as if there were none, and so
        // refused for claiming to answer it.
        let attempt = arrival.attempt.take().filter(|attempt| attempt.open(now).is_ok());
        let request = attempt.as_ref().map(|attempt| request_id(attempt.id));
        arrival.connection = as_tried(arrival.connection, attempt.as_ref());
        let Ok(saml) = arrival.connection.saml() else { return Ok(None) };
        let posted = Posted { text: decoded.as_deref().unwrap_or(&answer.response), opened };
        let judged = self.judge_saml(&arrival.connection, saml, posted, request.as_deref(), now);
        let (session, judged, written) = if let Some(session) = attempt {
            (session, judged, Written::Yes)
        } else {
            let session = self.unsolicited(&arrival, answer.relay_state.as_deref(), answer.browser, now);
            let refusal = uninvited(&arrival.connection, saml, &session);
            (session, overruled(judged, refusal), Written::NotYet)
        };
        self.settle(store, &arrival, session, judged, written).await.map(Some)
    }

    /// Takes the answer of an OpenID Connect provider. None if it belongs to no attempt.
    ///
    /// Talks to the provider. Like [`SignIns::arrive_by_saml`], it must be driven to its end.
    pub async fn arrive_by_oidc(
        &self,
        store: &dyn Store,
        answer: OidcAnswer,
    ) -> Result<Option<Landing>, StoreError> {
        let now = self.ambient.now();
        let arrival = store.queries().sign_in_arrival(ArrivalKey::Attempt(answer.session)).await?;
        let Some(mut arrival) = arrival else { return self.arrive_socially(store, answer).await };
        let Some(session) = arrival.attempt.take() else { return Ok(None) };
        if let Err(closed) = session.open(now) {
            return Ok(Some(too_late(&session, closed)));
        }
        arrival.connection = as_tried(arrival.connection, Some(&session));
        let Ok(oidc) = arrival.connection.oidc() else { return Ok(None) };
        let party = if arrival.connection.is_test() { &self.test_oidc } else { &self.oidc };
        let judged = self.judge_oidc(&**party, oidc, IssuerRule::Exact, &session, &answer, now).await;
        self.settle(store, &arrival, session, judged, Written::Yes).await.map(Some)
    }

    /// Judges a response to a request of ours, or to none.
    fn judge_saml(
        &self,
        connection: &Connection,
        saml: &SamlSettings,
        posted: Posted<'_>,
        request: Option<&str>,
        now: Instant,
    ) -> Judged {
        let kept = |kind, text| kept_message(kind, text, request.is_some(), now);
        let mut messages = Vec::new();
        if !posted.text.is_empty() {
            messages.push(kept(MessageKind::SamlResponse, posted.text.to_owned()));
        }
        let response = match posted.opened {
            Ok(response) => response,
            Err(unreadable) => {
                return Judged::refused(unreadable.failure(), unreadable.checks(), messages);
            }
        };
        let Some(idp) = &saml.idp else {
            let failure = failure(
                FailureCode::MalformedSamlResponse,
                CheckName::Issuer,
                "The connection has no identity provider yet.",
            );
            return Judged::refused(failure, SAML_CHECKS.map(Check::skipped).into(), messages);
        };
        let judgement = match self.saml_judgement(connection, saml, idp, &*response, request, now) {
            Ok(judgement) => judgement,
            Err(failure) => {
                return Judged::refused(failure, SAML_CHECKS.map(Check::skipped).into(), messages);
            }
        };
        messages.extend(judgement.decrypted.map(|text| kept(MessageKind::DecryptedAssertion, text)));
        let outcome = judgement.outcome.map(|accepted| Vouched {
            assertion: Some((SecretDigest::of(&accepted.assertion_id), accepted.expires_at)),
            asserted: accepted.asserted,
            tokens: None,
        });
        Judged { messages, checks: judgement.checks, outcome }
    }

    fn saml_judgement(
        &self,
        connection: &Connection,
        saml: &SamlSettings,
        idp: &TrustedIdentityProvider,
        response: &dyn OpenedResponse,
        request: Option<&str>,
        now: Instant,
    ) -> Result<SamlJudgement, Failure> {
        let open = |pair: &SpKeyPair| self.ambient.open(SecretOf::SpKey(pair.id), &pair.private_key);
        let decryption_keys: Result<Vec<_>, _> = saml.encryption_keys.iter().map(open).collect();
        let decryption_keys = decryption_keys.map_err(|error| {
            tracing::error!(connection.id = %connection.id, error = %error, "a key cannot be opened");
            failure(
                FailureCode::DecryptionFailed,
                CheckName::Decryption,
                "A private key of the connection cannot be opened on this server.",
            )
        })?;
        let certificates: Vec<_> = idp.signing_certificates.iter().map(|held| &held.certificate).collect();
        let allowance = |allowed| if allowed { Allowance::Allowed } else { Allowance::Refused };
        Ok(response.judge(&SamlExpectation {
            idp_entity_id: idp.entity_id.as_str(),
            certificates: &certificates,
            sp_entity_id: &self.ambient.addresses.entity_id_of(connection),
            acs_url: &self.ambient.addresses.acs_url_of(connection),
            in_response_to: request,
            now,
            skew: saml.options.clock_skew,
            decryption_keys: &decryption_keys,
            allowances: SamlAllowances {
                sha1: allowance(saml.options.allow_sha1),
                short_rsa: allowance(saml.options.allow_short_rsa),
            },
        }))
    }

    pub(super) async fn judge_oidc(
        &self,
        party: &dyn OidcSignIn,
        oidc: &OidcSettings,
        issuer: IssuerRule<'_>,
        session: &SsoSession,
        answer: &OidcAnswer,
        now: Instant,
    ) -> Judged {
        let unusable = |what: &str| {
            let message = format!("{what} of the connection is missing, or cannot be opened on this server.");
            let failure = failure(FailureCode::OidcExchangeFailed, CheckName::Exchange, &message);
            Judged::refused(failure, Vec::new(), Vec::new())
        };
        let exchange = session.exchange.as_ref().and_then(|sealed| {
            let bytes = self.ambient.open(SecretOf::SsoExchange(session.id), sealed).ok()?;
            OidcExchange::from_bytes(&bytes).ok()
        });
        let Some(exchange) = exchange else { return unusable("The open request") };
        let Some(client) = &oidc.client else { return unusable("The registration") };
        let Some(secret) = self.client_secret(oidc, client, session.connection_id) else {
            return unusable("The client secret or key");
        };
        let mut assertion_id = [0; 16];
        self.ambient.entropy.fill(&mut assertion_id);
        let OidcJudgement { checks, outcome, messages, tokens } = party
            .finish(&OidcExchangeOrder {
                client,
                issuer,
                credential: secret.credential(),
                redirect_uri: &self.redirect_uri_of(client),
                callback: OidcCallback {
                    code: answer.code.as_deref(),
                    error: answer.error.as_deref(),
                    error_description: answer.error_description.as_deref(),
                    iss: answer.iss.as_deref(),
                },
                exchange: &exchange,
                assertion_id,
                now,
                skew: CLOCK_SKEW,
            })
            .await;
        let messages = messages.into_iter().map(|(kind, text)| LoggedMessage::new(kind, now, text));
        Judged {
            messages: messages.collect(),
            checks,
            outcome: outcome.map(|asserted| Vouched { asserted, assertion: None, tokens }),
        }
    }

    /// What proves who we are to a provider.
    fn client_secret<'a>(
        &self,
        oidc: &'a OidcSettings,
        client: &OidcClient,
        connection: ConnectionId,
    ) -> Option<ClientSecret<'a>> {
        let opened = match client.token_auth_method {
            TokenAuthMethod::PrivateKeyJwt => {
                let pair = oidc.signing_key.as_ref()?;
                let opened = self.ambient.open(SecretOf::SpKey(pair.id), &pair.private_key);
                opened.map(|pkcs8| ClientSecret::Key { pkcs8, certificate: &pair.certificate })
            }
            TokenAuthMethod::ClientSecretBasic | TokenAuthMethod::ClientSecretPost => {
                let sealed = client.client_secret.as_ref()?;
                let opened = self.ambient.open(SecretOf::OidcClient(connection), sealed);
                opened.map(|bytes| ClientSecret::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            TokenAuthMethod::None => Ok(ClientSecret::None),
        };
        opened
            .inspect_err(|error| {
                tracing::error!(connection.id = %connection, error = %error, "a secret cannot be opened");
            })
            .ok()
    }

    /// An attempt that begins with its answer. It goes where the provider was told, or to the
    /// environment's first redirect URI.
    fn unsolicited(
        &self,
        arrival: &SignInArrival,
        relay_state: Option<&str>,
        browser: Browser,
        now: Instant,
    ) -> SsoSession {
        let redirect_uri = redirect_uri::relayed(&arrival.environment.redirect_uris, relay_state);
        SsoSession {
            authorization: redirect_uri.map(|redirect_uri| Authorization {
                redirect_uri,
                state: None,
                code_challenge: None,
            }),
            ..self.begun(&arrival.connection, Origin::IdentityProvider, browser, now)
        }
    }

    /// Applies the attribute map and the organization's rule, writes down what came of it all, and
    /// says where the person goes.
    async fn settle(
        &self,
        store: &dyn Store,
        arrival: &SignInArrival,
        mut session: SsoSession,
        judged: Judged,
        written: Written,
    ) -> Result<Landing, StoreError> {
        session.record.messages.extend(judged.messages);
        session.record.checks = judged.checks;
        let absent = arrival.connection.lacks_test_provider(arrival.environment.test_provider);
        let outcome = match (judged.outcome, absent) {
            (_, Some(reason)) => Err(no_provider(reason)),
            (Ok(_), None) if switched_off(arrival, &session) => Err(failure(
                FailureCode::AccessDenied,
                CheckName::Request,
                "The connection was switched off while the person was signing in.",
            )),
            (Ok(vouched), None) => profiled(arrival, &mut session, vouched),
            (Err(failure), None) => Err(failure),
        };
        let conclusion = Conclusion {
            // What is tried says nothing about what is kept.
            has_metadata_url: session.trial.is_none() && has_metadata_url(&arrival.connection),
            session,
            written,
            outcome,
            connection_type: arrival.connection.connection_type,
            listened: arrival.listened,
        };
        self.conclude(store, conclusion).await
    }

    /// Writes down what came of an attempt, and says where the person goes.
    pub(super) async fn conclude(
        &self,
        store: &dyn Store,
        conclusion: Conclusion,
    ) -> Result<Landing, StoreError> {
        let Conclusion { session, written, outcome, connection_type, listened, has_metadata_url } =
            conclusion;
        let id = session.id;
        let code = AuthorizationCode::from_random(id, self.ambient.token_bytes());
        let command = FinishSignInCommand {
            session,
            written,
            outcome,
            connection_type,
            code: code.digest(),
            listened,
            has_metadata_url,
        };
        let case = FinishSignIn { ambient: self.ambient.clone() };
        match usecase::run(store, &case, command).await {
            Ok(session) => Ok(landing(session, &code)),
            Err(FinishSignInError::Ended) => {
                Ok(Landing::Stranded { session: Some(id), failure: ended(AttemptClosed::Ended) })
            }
            Err(FinishSignInError::Store(error)) => Err(error),
        }
    }
}

/// What came of an attempt, to be written down.
pub(super) struct Conclusion {
    pub(super) session: SsoSession,
    pub(super) written: Written,
    pub(super) outcome: Result<SignedIn, Failure>,
    pub(super) connection_type: ConnectionType,
    pub(super) listened: bool,
    pub(super) has_metadata_url: bool,
}

/// An opened secret of a registration.
enum ClientSecret<'a> {
    Text(String),
    Key {
        pkcs8: Vec<u8>,
        certificate: &'a Certificate,
    },
    /// A public client has none.
    None,
}

impl ClientSecret<'_> {
    fn credential(&self) -> ClientCredential<'_> {
        match self {
            Self::Text(text) => ClientCredential::Secret(text),
            Self::Key { pkcs8, certificate } => ClientCredential::Key { pkcs8, certificate },
            Self::None => ClientCredential::None,
        }
    }
}

/// The connection that an answer is judged by: with what its test tries, if it is one that tries
/// something.
fn as_tried(connection: Connection, attempt: Option<&SsoSession>) -> Connection {
    match attempt.and_then(|attempt| attempt.trial.as_deref()) {
        Some(trial) => trial.tried_on(connection),
        None => connection,
    }
}

/// Whether the provider's metadata can be read again.
fn has_metadata_url(connection: &Connection) -> bool {
    let idp = connection.saml().ok().and_then(|saml| saml.idp.as_ref());
    idp.is_some_and(|idp| idp.metadata_url.is_some())
}

/// A message for the session log; of what nobody asked for, not much.
fn kept_message(kind: MessageKind, mut text: String, solicited: bool, now: Instant) -> LoggedMessage {
    if !solicited {
        text.truncate(text.floor_char_boundary(UNSOLICITED_MESSAGE_BYTES_MAX));
    }
    LoggedMessage::new(kind, now, text)
}

fn failure(code: FailureCode, check: CheckName, message: &str) -> Failure {
    Failure { code, check, message: message.to_owned() }
}

/// The failure of an answer to an attempt that is over.
fn ended(closed: AttemptClosed) -> Failure {
    let message = format!("This answer came too late: {closed}.");
    failure(FailureCode::StateMismatch, CheckName::Request, &message)
}

/// Where somebody goes whose attempt is over.
pub(super) fn too_late(session: &SsoSession, closed: AttemptClosed) -> Landing {
    Landing::Stranded { session: Some(session.id), failure: ended(closed) }
}

/// Why a sign-in is refused that its provider began, if it is.
fn uninvited(connection: &Connection, saml: &SamlSettings, session: &SsoSession) -> Option<Failure> {
    let refused = |message| failure(FailureCode::IdpInitiatedSsoDisabled, CheckName::Request, message);
    if !saml.options.idp_initiated {
        Some(refused("The sign-in began at the identity provider, which this connection does not take."))
    } else if connection.state != ConnectionState::Active {
        Some(refused("The connection is not active."))
    } else {
        session.authorization.is_none().then(nowhere)
    }
}

/// A judgement that is overruled, if it is. What was wrong with the message itself says more than
/// that nobody waited for it.
fn overruled(judged: Judged, refusal: Option<Failure>) -> Judged {
    let Judged { messages, mut checks, outcome } = judged;
    let outcome = match (outcome, refusal) {
        (Ok(_), Some(refusal)) => {
            if let Some(check) = checks.iter_mut().find(|check| check.name == refusal.check) {
                let expected = "an answer to a sign-in that is open";
                *check = Check::failed(refusal.check, expected, refusal.message.clone());
            }
            Err(refusal)
        }
        (outcome, _) => outcome,
    };
    Judged { messages, checks, outcome }
}

/// The failure of a sign-in that a provider began and that has nowhere to go.
fn nowhere() -> Failure {
    failure(
        FailureCode::IdpInitiatedSsoDisabled,
        CheckName::Request,
        "The environment has no redirect URI to which a sign-in could go that began at the provider.",
    )
}

/// Whether nobody signs in through the connection any more. A connection can be tried in any state.
fn switched_off(arrival: &SignInArrival, session: &SsoSession) -> bool {
    session.origin != Origin::Test && arrival.connection.state != ConnectionState::Active
}

/// The person, if the attributes give one and the organization takes them.
fn profiled(
    arrival: &SignInArrival,
    session: &mut SsoSession,
    vouched: Vouched,
) -> Result<SignedIn, Failure> {
    let asserted = Arc::new(vouched.asserted);
    session.record.asserted = Some(asserted.clone());
    let (check, person) = mapping::person(asserted, &arrival.connection.attribute_map);
    session.record.checks.push(check);
    let person = person.inspect_err(|_| session.record.checks.push(Check::skipped(CheckName::Domain)))?;
    let person = Arc::new(person);
    session.record.person = Some(person.clone());
    let verified = arrival.domains.iter().filter(|domain| domain.is_verified).map(|domain| &domain.domain);
    let (check, admitted) = mapping::admitted(&person.email, arrival.organization.profiles, verified);
    session.record.checks.push(check);
    admitted?;
    Ok(SignedIn { person, assertion: vouched.assertion, handed_on: None })
}

/// Where a person goes now.
fn landing(session: SsoSession, code: &AuthorizationCode) -> Landing {
    if session.origin == Origin::Test {
        return tested(session);
    }
    let failure = match session.state {
        SsoSessionState::Failed { failure, .. } => Some(failure),
        SsoSessionState::Started
        | SsoSessionState::Authorized { .. }
        | SsoSessionState::Successful { .. } => None,
    };
    // Whoever posts what nobody asked for is not sent on to the app with their failure; but the app
    // is told that it does not take what its own customer does on purpose.
    let told = |failure: &Failure| {
        session.origin == Origin::ServiceProvider || failure.code == FailureCode::IdpInitiatedSsoDisabled
    };
    match (failure, session.authorization) {
        (None, Some(asked)) => {
            let mut parameters = vec![("code", code.expose().to_owned())];
            parameters.extend(asked.state.map(|state| ("state", state)));
            Landing::App { redirect_uri: asked.redirect_uri, parameters }
        }
        (Some(failure), Some(asked)) if told(&failure) => {
            let mut parameters = vec![
                ("error", failure.code.redirect_error().to_owned()),
                ("error_description", public_description(&failure).to_owned()),
            ];
            if session.origin == Origin::IdentityProvider {
                parameters.push(("connection_id", session.connection_id.to_string()));
                let organization = session.organization_id.map(|id| ("organization_id", id.to_string()));
                parameters.extend(organization);
            }
            parameters.extend(asked.state.map(|state| ("state", state)));
            Landing::App { redirect_uri: asked.redirect_uri, parameters }
        }
        (failure, _) => {
            Landing::Stranded { session: Some(session.id), failure: failure.unwrap_or_else(nowhere) }
        }
    }
}

/// Where whoever tested goes now: to where the program wants them that asked for the test, or to its
/// report.
fn tested(session: SsoSession) -> Landing {
    let Some(asked) = session.authorization else {
        return Landing::Test { session: session.id, environment: session.environment_id };
    };
    let result = if session.state.failure().is_none() { "success" } else { "failed" };
    let parameters = vec![("sso_session_id", session.id.to_string()), ("test_result", result.to_owned())];
    Landing::App { redirect_uri: asked.redirect_uri, parameters }
}

/// What the app is told of a failure. The details are in the session log: here they could help
/// somebody who posts what they forged (see [`SamlJudgement::outcome`]).
fn public_description(failure: &Failure) -> &'static str {
    match failure.code {
        FailureCode::AccessDenied => "The sign-in was refused at the identity provider.",
        FailureCode::ProfileNotAllowedOutsideOrganization => {
            "The person's e-mail domain is not one of the organization's verified domains."
        }
        FailureCode::IdpInitiatedSsoDisabled => {
            "The sign-in began at the identity provider, which this connection does not take."
        }
        FailureCode::IdpReportedError => "The identity provider reported an error.",
        FailureCode::InvalidAttributes => {
            "The identity provider did not send what a profile needs, such as the e-mail address."
        }
        FailureCode::OidcExchangeFailed => "The exchange with the identity provider failed.",
        FailureCode::InvalidX509Certificate
        | FailureCode::MalformedSamlResponse
        | FailureCode::DecryptionFailed
        | FailureCode::StateMismatch => {
            "The identity provider's answer was not accepted; the session log says why."
        }
    }
}
