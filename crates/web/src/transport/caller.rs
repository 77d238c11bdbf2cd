//! Who asks: proven before a body is read or an object is looked up.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, USER_AGENT};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use vestibule_application::caller::Caller;
use vestibule_application::ports::store::ApiCredential;
use vestibule_application::sign_in::Browser;
use vestibule_application::usecases::note_key_use::{NoteKeyUse, NoteKeyUseCommand};
use vestibule_domain::api_key::{ApiKey, ApiKeyScope, ApiKeyScopes};
use vestibule_domain::audit::Origin;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::id::{ApiKeyId, EnvironmentId};
use vestibule_domain::secret::SecretDigest;

use super::address::client_address;
use super::known_keys::KnownKeys;
use super::limits::Limits;
use super::problem::Problem;
use super::routes::NeededScopes;
use crate::app::{App, WebSettings};

/// A program that proved an API key. A handler that takes it cannot be reached without.
#[derive(Clone, Debug)]
pub(crate) struct ApiCaller {
    /// Who asks, as use cases want to know it.
    pub(crate) caller: Caller,
    /// The record of the key.
    pub(crate) api_key_id: ApiKeyId,
    /// What the key may be used for.
    pub(crate) scopes: Arc<ApiKeyScopes>,
    /// From when on the key works no more.
    expires_at: Option<vestibule_domain::Instant>,
}

impl ApiCaller {
    /// Who presents a key.
    fn of(credential: &ApiCredential) -> Self {
        Self {
            caller: Caller::from_credential(credential),
            api_key_id: credential.key.id,
            scopes: Arc::new(credential.key.scopes.clone()),
            expires_at: credential.key.expires_at,
        }
    }

    /// The environment; every look-up names it.
    pub(crate) fn environment_id(&self) -> EnvironmentId {
        self.caller.environment_id()
    }

    /// What the environment is for; some addresses are accepted in a sandbox only.
    pub(crate) fn environment_kind(&self) -> EnvironmentKind {
        self.caller.environment.kind
    }
}

impl FromRequest for ApiCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// Takes what [`authenticate`] left. A route outside of it answers 401 to everybody.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(Problem::unauthorized))
    }
}

/// What stands before the APIs; shared by all workers of a process.
#[derive(Clone)]
pub(crate) struct Gate {
    limits: Limits,
    known_keys: Arc<KnownKeys>,
}

impl Gate {
    /// A gate with limits as the settings say.
    pub(crate) fn new(settings: &WebSettings) -> Self {
        Self { limits: Limits::new(settings), known_keys: Arc::default() }
    }
}

/// The address that a request is attributed to.
fn address_of(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    client_address(peer, request.headers(), &app.settings.trusted_proxies)
}

/// A person's browser, or a program, as logs show it.
pub(crate) fn browser(app: &App, request: &HttpRequest) -> Browser {
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Browser {
        ip_address: address_of(app, request).map(|address| address.to_string()),
        user_agent: user_agent.map(str::to_owned),
    }
}

/// Where somebody acts from, for the audit trail.
pub(crate) fn origin_of(app: &App, request: &HttpRequest) -> Origin {
    let Browser { ip_address, user_agent } = browser(app, request).shortened();
    Origin { ip_address, user_agent }
}

impl Gate {
    /// Counts a password or a key that was wrong against the address it came from.
    pub(crate) fn count_failure(&self, app: &App, request: &HttpRequest) -> Result<(), Problem> {
        self.limits.count_failure(address_of(app, request))
    }

    /// Who presents an API key as a client secret, if anybody does. What is wrong counts against
    /// the address, as everywhere.
    pub(crate) async fn identify_secret(
        &self,
        app: &App,
        request: &HttpRequest,
        secret: &str,
    ) -> Result<Option<ApiCaller>, Problem> {
        self.admit(app, request, ApiKey::digest_of_presented(secret)).await
    }

    /// Whose key has this digest, within the rates of keys and of addresses.
    async fn admit(
        &self,
        app: &App,
        request: &HttpRequest,
        presented: Option<SecretDigest>,
    ) -> Result<Option<ApiCaller>, Problem> {
        let known = match presented {
            Some(digest) => identify(app, &self.known_keys, digest).await?,
            None => None,
        };
        match &known {
            Some(caller) => self.limits.count_key(caller.api_key_id)?,
            None => self.count_failure(app, request)?,
        }
        Ok(known)
    }
}

/// Lets requests through that carry an API key, within the key's rate.
pub(super) async fn authenticate<B: MessageBody + 'static>(
    app: App,
    gate: Gate,
    needed: NeededScopes,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let presented = presented(request.headers());
    match gate.admit(&app, request.request(), presented).await {
        Ok(Some(known)) => {
            let scope = needed.of(request.method());
            if let Some(scope) = scope.filter(|scope| !known.scopes.allow(*scope)) {
                return Ok(request.error_response(out_of_scope(scope)));
            }
            let caller = known.caller.acting_from(origin_of(&app, request.request()));
            request.extensions_mut().insert(ApiCaller { caller, ..known });
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
        Ok(None) => Ok(request.error_response(Problem::unauthorized())),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// 403 for a key that was not made for this. The code is that of RFC 6750, section 3.1.
fn out_of_scope(scope: ApiKeyScope) -> Problem {
    let message = format!("This API key may not be used for this: it lacks the scope {}.", scope.as_str());
    Problem::new(StatusCode::FORBIDDEN, message).with_code("insufficient_scope")
}

async fn identify(app: &App, known: &KnownKeys, digest: SecretDigest) -> Result<Option<ApiCaller>, Problem> {
    let (now, looked_up) = (app.ambient.now(), Instant::now());
    if let Some(caller) = known.recall(&digest, looked_up) {
        // A key may end while it is remembered.
        return Ok(Some(caller).filter(|caller| caller.expires_at.is_none_or(|end| now < end)));
    }
    let found = app.store.queries().api_credential(&digest).await?;
    let Some(credential) = found.filter(|found| found.key.works(now)) else { return Ok(None) };
    if credential.key.is_use_news(now) {
        note_use(app, &credential.key, now);
    }
    let caller = ApiCaller::of(&credential);
    known.remember(digest, caller.clone(), looked_up);
    Ok(Some(caller))
}

/// Notes that a key is used, beside the request: it waits for nothing, and fails for nothing.
fn note_use(app: &App, key: &ApiKey, at: vestibule_domain::Instant) {
    let command = NoteKeyUseCommand { environment_id: key.environment_id, key_id: key.id, at };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = app.run(NoteKeyUse, command).await {
            tracing::warn!(key = %command.key_id, error = %error, "the use of an API key was not noted");
        }
    });
}

/// The digest of the presented key: the comparison is made by the store's index over digests, so
/// its time tells nothing about the key.
fn presented(headers: &HeaderMap) -> Option<SecretDigest> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, key) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    ApiKey::digest_of_presented(key.trim_matches(' '))
}
