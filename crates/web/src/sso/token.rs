//! `POST /sso/token`: a code becomes a profile and an access token.
//!
//! Source: api/workos-wire-contract.md, section 7.2; RFC 6749, sections 4.1.3 and 5.2.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::access_tokens::AccessToken;
use vestibule_application::ports::store::{SignInExchange, StoreError};
use vestibule_application::usecases::exchange_code::{ExchangeCode, ExchangeCodeCommand, ExchangeCodeError};
use vestibule_domain::Instant;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::id::{ClientId, EnvironmentId};
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::authorization::{ACCESS_TOKEN_LIFE, AuthorizationCode};
use vestibule_domain::sso::session::{Exchanger, SsoSession};
use vestibule_wire::profile::ProfileJson;

use super::{Desk, Here};
use crate::transport::Problem;

/// The answer. Source: api/workos-wire-contract.md, section 7.2.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TokenAnswer {
    /// Always `Bearer`.
    token_type: &'static str,
    /// Tells the profile for ten minutes.
    access_token: String,
    /// How long the token works, in seconds.
    expires_in: i64,
    /// Who signed in.
    profile: ProfileJson,
    /// What a public provider gave for its own interfaces; told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_tokens: Option<OAuthTokens>,
}

/// What lets the app act for the person at a public provider.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OAuthTokens {
    /// `GoogleOAuth` or `MicrosoftOAuth`.
    provider: String,
    /// For the provider's interfaces.
    access_token: String,
    /// For further access tokens; empty unless the app asked the provider for it.
    refresh_token: String,
    /// Until when the access token works, in seconds since 1970; 0 if the provider does not say.
    expires_at: i64,
    /// What the access token is good for.
    scopes: Vec<String>,
}

impl OAuthTokens {
    fn new(provider: ConnectionType, tokens: &ProviderTokens) -> Self {
        Self {
            provider: provider.to_string(),
            access_token: tokens.access_token().to_owned(),
            refresh_token: tokens.refresh_token().unwrap_or_default().to_owned(),
            expires_at: tokens.expires_at().map_or(0, Instant::unix_timestamp),
            scopes: tokens.scopes().to_vec(),
        }
    }
}

/// A refusal. Source: RFC 6749, section 5.2.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OAuthRefusal {
    /// A word for programs.
    error: &'static str,
    /// A sentence for people.
    error_description: String,
}

/// The parameters of an exchange, in a form, in JSON or in the query.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TokenRequest {
    /// `client_…`.
    client_id: String,
    /// The API key; absent for a public client, which must use PKCE.
    client_secret: Option<String>,
    /// Always `authorization_code`.
    grant_type: String,
    /// What the redirect brought.
    code: String,
    /// What belongs to the challenge that the sign-in was begun with.
    code_verifier: Option<String>,
}

/// Why nothing was exchanged.
enum Refused {
    OAuth(&'static str, String),
    Problem(Problem),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

fn refused(error: &'static str, description: impl Into<String>) -> Refused {
    Refused::OAuth(error, description.into())
}

/// Exchange a code for a profile
///
/// Takes the parameters as a form, as JSON or in the query. A confidential client sends its API key
/// as `client_secret`; a public one sends none, and the verifier of its challenge.
#[utoipa::path(post, path = "/sso/token", tag = "Sign-in", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The profile, and a token that tells it", body = TokenAnswer),
        (status = 400, description = "Why nothing was exchanged", body = OAuthRefusal),
    ))]
pub(crate) async fn post(desk: Here, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Problem> {
    let answer = match exchange(&desk, &request, &body).await {
        Ok(answer) => HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Pragma", "no-cache"))
            .json(answer),
        Err(Refused::OAuth(error, error_description)) => HttpResponse::build(StatusCode::BAD_REQUEST)
            .insert_header(("Cache-Control", "no-store"))
            .json(OAuthRefusal { error, error_description }),
        Err(Refused::Problem(problem)) => return Err(problem),
    };
    Ok(answer)
}

async fn exchange(desk: &Desk, request: &HttpRequest, body: &[u8]) -> Result<TokenAnswer, Refused> {
    let given = Given::read(request.headers(), request.query_string(), body)?;
    match given.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => {
            return Err(refused("unsupported_grant_type", "The grant type must be authorization_code."));
        }
        None => return Err(refused("invalid_request", "grant_type is required.")),
    }
    if given.get("subject_token").is_some() {
        return Err(refused("invalid_request", "The exchange of id tokens is not offered: send a code."));
    }
    let (environment_id, client_id, exchanger) = client(desk, request, &given).await?;
    let code = given.get("code").ok_or_else(|| refused("invalid_request", "code is required."))?;
    let unknown = || refused("invalid_grant", "The code is unknown or was used already.");
    let code = AuthorizationCode::parse(code).map_err(|_| unknown())?;
    let found = desk.app.store.queries().sign_in_exchange(environment_id, code.session()).await?;
    let SignInExchange { session, profile, listened } = found.ok_or_else(unknown)?;
    let handed_on = handed_on(desk, &session)?;
    // Before the code is used up: without a key there would be no answer.
    let keys = desk.keys.of(&desk.app, environment_id).await?;
    let command = ExchangeCodeCommand {
        session,
        email: profile.person.email.clone(),
        digest: code.digest(),
        exchanger,
        verifier: given.get("code_verifier").map(str::to_owned),
        listened,
    };
    let case = ExchangeCode { ambient: desk.app.ambient.clone() };
    desk.app.run(case, command).await.map_err(|error| match error {
        ExchangeCodeError::Code(reason) => {
            refused("invalid_grant", format!("{}.", sentence(&reason.to_string())))
        }
        ExchangeCodeError::Store(error) => error.into(),
    })?;
    let now = desk.app.ambient.now();
    let token = keys.signer.sign(&AccessToken {
        issuer: desk.app.ambient.addresses.public_url().to_owned(),
        audience: client_id.to_string(),
        profile_id: profile.id,
        session_id: code.session(),
        organization_id: profile.organization_id,
        connection_id: profile.connection_id,
        issued_at: now,
        expires_at: now + ACCESS_TOKEN_LIFE,
    });
    Ok(TokenAnswer {
        token_type: "Bearer",
        access_token: token.map_err(Problem::internal)?.expose().to_owned(),
        expires_in: ACCESS_TOKEN_LIFE.whole_seconds(),
        profile: ProfileJson::new(&profile),
        oauth_tokens: handed_on.map(|tokens| OAuthTokens::new(profile.connection_type, &tokens)),
    })
}

/// What waits for the app besides the profile.
fn handed_on(desk: &Desk, session: &SsoSession) -> Result<Option<ProviderTokens>, Problem> {
    let Some(sealed) = &session.exchange else { return Ok(None) };
    let opened = desk.app.ambient.open(SecretOf::ProviderTokens(session.id), sealed);
    let opened = opened.map_err(Problem::internal)?;
    ProviderTokens::from_bytes(&opened).map(Some).map_err(Problem::internal)
}

/// Who exchanges, proven by the secret or, without one, to be proven by the verifier.
async fn client(
    desk: &Desk,
    request: &HttpRequest,
    given: &Given,
) -> Result<(EnvironmentId, ClientId, Exchanger), Refused> {
    // One answer for an unknown client, a wrong secret, and one that belongs to another client.
    let invalid = || refused("invalid_client", "The client id or the client secret is not right.");
    let id = given.get("client_id").ok_or_else(|| refused("invalid_request", "client_id is required."))?;
    let id: ClientId = id.parse().map_err(|_| invalid())?;
    let Some(secret) = given.get("client_secret") else {
        let environment = desk.app.store.queries().environment_of_client(id).await?;
        return Ok((environment.ok_or_else(invalid)?.id, id, Exchanger::Public));
    };
    let known = desk.gate.identify_secret(&desk.app, request, secret).await?;
    let environment = known.map(|caller| caller.caller.environment);
    let environment = environment.filter(|environment| environment.client_id == id).ok_or_else(invalid)?;
    Ok((environment.id, id, Exchanger::Confidential))
}

/// A message with its first letter large.
fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The parameters as they came.
#[derive(Debug)]
struct Given(Vec<(String, String)>);

impl Given {
    /// Reads a form, an object, or the query where there is no body.
    fn read(headers: &HeaderMap, query: &str, body: &[u8]) -> Result<Self, Refused> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if body.is_empty() {
            return Ok(Self::form(query.as_bytes()));
        }
        if !kind.eq_ignore_ascii_case("application/json") {
            return Ok(Self::form(body));
        }
        let unreadable = || refused("invalid_request", "The body must be an object whose members are texts.");
        let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return Err(unreadable()) };
        let pairs = members.into_iter().filter(|(_, value)| !value.is_null());
        let text = |(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            _ => Err(unreadable()),
        };
        pairs.map(text).collect::<Result<_, _>>().map(Self)
    }

    fn form(raw: &[u8]) -> Self {
        Self(form_urlencoded::parse(raw).into_owned().collect())
    }

    /// The first value under a name; an empty one is none.
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn parameters_are_read_from_a_form_an_object_or_the_query() {
        let mut json = HeaderMap::new();
        json.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let none = HeaderMap::new();
        for (headers, query, body) in [
            (&none, "", "code=a&code_verifier="),
            (&json, "", r#"{"code":"a","code_verifier":null}"#),
            (&none, "code=a", ""),
        ] {
            let Ok(given) = Given::read(headers, query, body.as_bytes()) else { panic!("{body}") };
            assert_eq!((given.get("code"), given.get("code_verifier")), (Some("a"), None), "{body}");
        }
        for body in ["[]", "{", r#"{"code":1}"#, "null"] {
            assert!(Given::read(&json, "", body.as_bytes()).is_err(), "{body}");
        }
    }
}
