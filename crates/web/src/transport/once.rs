//! Running the use case of a POST once per idempotency key.
//!
//! The SDKs send the same key again whenever they try a request again, so that a client whose
//! first answer was lost gets that answer instead of a second organization or link.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::store::ReplayClaim;
use vestibule_application::replay::{ANSWER_LIFE, Answer, Given, KEY_BYTES_MAX, ReplayError};
use vestibule_application::usecase::UseCase;
use vestibule_domain::secret::SecretDigest;

use super::caller::ApiCaller;
use super::problem::Problem;
use crate::app::App;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The claim of a request on its idempotency key, if it has one.
#[derive(Debug)]
pub(crate) struct Once(Option<ReplayClaim>);

impl Once {
    /// Reads the key. An empty one counts as none.
    pub(super) fn claim(
        app: &App,
        caller: &ApiCaller,
        request: &HttpRequest,
        body: &[u8],
    ) -> Result<Self, Problem> {
        let refused = |why: String| {
            Problem::bad_request(format!("The Idempotency-Key header {why}."))
                .with_code("invalid_idempotency_key")
        };
        let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else { return Ok(Self(None)) };
        let key = value.to_str().map_err(|_| refused("must be visible ASCII".into()))?;
        if key.len() > KEY_BYTES_MAX {
            return Err(refused(format!("must be at most {KEY_BYTES_MAX} bytes long")));
        }
        if key.is_empty() {
            return Ok(Self(None));
        }
        let now = app.ambient.now();
        Ok(Self(Some(ReplayClaim {
            api_key_id: caller.api_key_id,
            environment_id: caller.environment_id(),
            route: format!("{} {}", request.method(), request.match_pattern().unwrap_or_default()),
            key: key.to_owned(),
            body: digest(request.uri().path(), body),
            now,
            expires_at: now + ANSWER_LIFE,
        })))
    }

    /// Runs the use case, or gives the answer that the same request got before.
    ///
    /// `render` makes the answer of an outcome, `refuse` the problem of a refusal.
    pub(crate) async fn run<U: UseCase + 'static>(
        self,
        app: &App,
        case: U,
        command: U::Command,
        render: fn(&U::Outcome, &Ambient) -> Answer,
        refuse: impl FnOnce(U::Error) -> Problem,
    ) -> Result<HttpResponse, Problem> {
        let Some(claim) = self.0 else {
            let outcome = app.run(case, command).await.map_err(refuse)?;
            return Ok(present(render(&outcome, &app.ambient)));
        };
        match app.run_replayable(claim, case, command, render).await {
            Ok(Given::Now(answer)) => Ok(present(answer)),
            Ok(Given::Again(answer)) => {
                let mut response = present(answer);
                response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
                Ok(response)
            }
            Err(ReplayError::Case(error)) => Err(refuse(error)),
            Err(ReplayError::OtherBody) => Err(Problem::conflict(
                "idempotency_key_reused",
                "The Idempotency-Key was used with another request.",
            )),
            Err(ReplayError::Unreadable) => {
                Err(Problem::internal("a kept answer does not open: its key is no longer configured"))
            }
        }
    }
}

/// Digest of what makes requests to one route the same: address and body, not their spelling in
/// headers.
fn digest(path: &str, body: &[u8]) -> SecretDigest {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(path.as_bytes());
    context.update(&[0]);
    context.update(body);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    SecretDigest::from_bytes(bytes)
}

/// An answer with a JSON body.
pub(crate) fn answer(status: StatusCode, view: &impl Serialize) -> Answer {
    // Views are structs of texts, numbers, maps with text keys and lists of such: none of them can
    // fail, and an empty body would be the mildest way to tell if one could.
    let body = serde_json::to_vec(view).unwrap_or_default();
    Answer { status: status.as_u16(), body }
}

/// The answer of a call that has nothing to say.
pub(crate) fn nothing<T>(_: &T, _: &Ambient) -> Answer {
    Answer { status: StatusCode::NO_CONTENT.as_u16(), body: Vec::new() }
}

fn present(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if answer.body.is_empty() {
        // Never a JSON content type on an empty body: the Node SDK would parse it.
        return HttpResponse::new(status);
    }
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .body(answer.body)
}
