//! Who asks: proven before a body is read or an object is looked up.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use vestibule_application::caller::Caller;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::id::{ApiKeyId, EnvironmentId};
use vestibule_domain::secret::SecretDigest;

use super::address::client_address;
use super::known_keys::KnownKeys;
use super::limits::Limits;
use super::problem::Problem;
use crate::app::{App, WebSettings};

/// A program that proved an API key. A handler that takes it cannot be reached without.
#[derive(Clone, Debug)]
pub(crate) struct ApiCaller {
    /// Who asks, as use cases want to know it.
    pub(crate) caller: Caller,
    /// The record of the key.
    pub(crate) api_key_id: ApiKeyId,
}

impl ApiCaller {
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
pub(crate) fn address_of(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    client_address(peer, request.headers(), &app.settings.trusted_proxies)
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
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let presented = presented(request.headers());
    match gate.admit(&app, request.request(), presented).await {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
        Ok(None) => Ok(request.error_response(Problem::unauthorized())),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn identify(app: &App, known: &KnownKeys, digest: SecretDigest) -> Result<Option<ApiCaller>, Problem> {
    let now = Instant::now();
    if let Some(caller) = known.recall(&digest, now) {
        return Ok(Some(caller));
    }
    let Some(credential) = app.store.queries().api_credential(&digest).await? else { return Ok(None) };
    let caller = ApiCaller { caller: Caller::from_credential(&credential), api_key_id: credential.key.id };
    known.remember(digest, caller.clone(), now);
    Ok(Some(caller))
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
