//! `POST /sso/logout/authorize` and `GET /sso/logout`: ends a person's session at their provider,
//! where the provider has an address for that.
//!
//! Source: api/workos-wire-contract.md, section 7.4; OpenID Connect RP-Initiated Logout 1.0.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::Duration;
use url::Url;
use vestibule_application::ambient::{Ambient, SecretOf};
use vestibule_application::ports::store::StoreError;
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::id::{EnvironmentId, ProfileId};
use vestibule_domain::redirect_uri::relayed;
use vestibule_domain::secret::Sealed;

use super::page::{Refusal, of_store, refuse};
use super::{Here, parameter};
use crate::app::App;
use crate::transport::{ApiCaller, Body, Problem};

/// How long a browser may take to be sent to [`get`].
const LOGOUT_TOKEN_LIFE: Duration = Duration::minutes(10);

/// Longest token that is looked at, in bytes. Ours have about 250.
const LOGOUT_TOKEN_BYTES_MAX: usize = 1024;

/// Whose session ends.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct LogoutRequest {
    /// `prof_…`.
    profile_id: String,
}

/// Where to send the person.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LogoutAnswer {
    /// The address to redirect the browser to.
    logout_url: String,
    /// The token in that address; it works for ten minutes.
    logout_token: String,
}

/// Prepare a logout
///
/// Answers with an address to which the app redirects the browser; from there it goes on to the
/// identity provider, which ends its own session.
#[utoipa::path(post, path = "/sso/logout/authorize", tag = "Sign-in",
    request_body = LogoutRequest,
    responses(
        (status = 200, description = "Where to send the person", body = LogoutAnswer),
        (status = 400, description = "The connection's provider has no address for that"),
        (status = 404, description = "No such profile"),
    ))]
pub(crate) async fn authorize(
    app: Data<App>,
    caller: ApiCaller,
    body: Body<LogoutRequest>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::entity_not_found("Profile", &body.0.profile_id);
    let id: ProfileId = body.0.profile_id.parse().map_err(|_| unknown())?;
    let environment = caller.environment_id();
    let queries = app.store.queries();
    let profile = queries.profile(environment, id).await?.ok_or_else(unknown)?;
    let connection = queries.connection(environment, profile.connection_id).await?;
    if connection.as_ref().and_then(|view| end_session(&view.connection)).is_none() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "The connection's identity provider has no address at which sessions end.",
        )
        .with_code("connection_invalid"));
    }
    let token = LogoutToken { environment, profile: id, expires_at: app.ambient.now() + LOGOUT_TOKEN_LIFE };
    let logout_token = token.sealed(&app.ambient);
    let logout_url = format!("{}/sso/logout?token={logout_token}", app.ambient.addresses.public_url());
    Ok(HttpResponse::Ok().json(LogoutAnswer { logout_url, logout_token }))
}

/// Log out
///
/// Sends the browser on to the identity provider, which ends its own session.
#[utoipa::path(get, path = "/sso/logout", tag = "Sign-in", security(()),
    params(("token" = String, Query, description = "The `logout_token`")),
    responses(
        (status = 302, description = "To the provider"),
        (status = 404, description = "A page: the token is wrong or too old"),
    ))]
pub(crate) async fn get(desk: Here, request: HttpRequest) -> HttpResponse {
    let token = parameter(request.query_string(), "token")
        .and_then(|token| LogoutToken::open(&token, &desk.app.ambient));
    let Some(token) = token else { return refuse(&desk, &request, Refusal::Unknown) };
    match destination(&desk.app, &token).await {
        Ok(Some(url)) => HttpResponse::Found()
            .insert_header(("Location", url))
            .insert_header(("Cache-Control", "no-store"))
            .finish(),
        Ok(None) => refuse(&desk, &request, Refusal::Unknown),
        Err(error) => refuse(&desk, &request, of_store(error)),
    }
}

async fn destination(app: &App, token: &LogoutToken) -> Result<Option<String>, StoreError> {
    let queries = app.store.queries();
    let Some(profile) = queries.profile(token.environment, token.profile).await? else { return Ok(None) };
    let connection = queries.connection(token.environment, profile.connection_id).await?;
    let environment = queries.environment(token.environment).await?;
    let found = connection.as_ref().and_then(|view| end_session(&view.connection)).zip(environment);
    let Some(((mut url, client_id), environment)) = found else { return Ok(None) };
    url.query_pairs_mut().append_pair("client_id", client_id);
    if let Some(back) = relayed(&environment.redirect_uris, None) {
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", &back);
    }
    Ok(Some(url.into()))
}

/// Where sessions end at a connection's provider, and our client id there.
fn end_session(connection: &Connection) -> Option<(Url, &str)> {
    let client = connection.oidc().ok()?.client.as_ref()?;
    let url = Url::parse(client.provider.end_session_endpoint.as_ref()?.as_str()).ok()?;
    Some((url, &client.client_id))
}

/// What the address of a logout says, sealed: nobody else can make one, or read it.
struct LogoutToken {
    environment: EnvironmentId,
    profile: ProfileId,
    expires_at: Instant,
}

impl LogoutToken {
    fn sealed(&self, ambient: &Ambient) -> String {
        let text = format!("{} {} {}", self.environment, self.profile, self.expires_at.unix_timestamp());
        URL_SAFE_NO_PAD.encode(ambient.seal(SecretOf::LogoutToken, text.as_bytes()).as_bytes())
    }

    fn open(token: &str, ambient: &Ambient) -> Option<Self> {
        if token.len() > LOGOUT_TOKEN_BYTES_MAX {
            return None;
        }
        let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(token).ok()?);
        let text = String::from_utf8(ambient.open(SecretOf::LogoutToken, &sealed).ok()?).ok()?;
        let mut parts = text.split(' ');
        let mut next = || parts.next();
        let token = Self {
            environment: next()?.parse().ok()?,
            profile: next()?.parse().ok()?,
            expires_at: Instant::from_unix_timestamp(next()?.parse().ok()?).ok()?,
        };
        (ambient.now() < token.expires_at).then_some(token)
    }
}
