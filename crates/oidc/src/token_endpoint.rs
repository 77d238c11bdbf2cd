//! The exchange of a code for tokens. Source: RFC 6749, sections 4.1.3 and 5; OpenID Connect Core
//! 1.0, section 3.1.3.

use serde::Deserialize;
use serde_json::{Map, Value};
use time::Duration;
use url::form_urlencoded::Serializer;
use vestibule_application::ports::oidc_sign_in::{OidcExchangeOrder, TOKEN_ANSWER_BYTES_MAX};
use vestibule_application::ports::outbound::{
    AnswerLimits, Method, Outbound, OutboundAnswer, OutboundRequest,
};
use vestibule_domain::social::ProviderTokens;
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::Failure;
use vestibule_domain::sso::session::MessageKind;

use crate::client_auth::{self, Proof};
use crate::request::text_of;
use crate::trail::{Trail, Wrong, quote};

/// How far an answer is read.
const LIMITS: AnswerLimits = AnswerLimits { body_bytes_max: TOKEN_ANSWER_BYTES_MAX, timeout_ms: 10_000 };

/// Members of an answer that are no secrets; of the others the log has the length alone.
const SHOWN: [&str; 7] =
    ["token_type", "expires_in", "scope", "error", "error_description", "error_uri", "error_codes"];

/// What is taken of an answer.
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    /// For userinfo, if there is one of a type that can be used.
    pub(crate) access_token: Option<String>,
    /// For the app, if the provider gave what can be handed on.
    pub(crate) handed_on: Option<ProviderTokens>,
}

/// An answer's members that are read.
#[derive(Default, Deserialize)]
struct Answer {
    id_token: Option<Value>,
    access_token: Option<Value>,
    token_type: Option<Value>,
    refresh_token: Option<Value>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    error: Option<Value>,
    error_description: Option<Value>,
}

/// Exchanges the code.
pub(crate) async fn exchange(
    outbound: &dyn Outbound,
    order: &OidcExchangeOrder<'_>,
    code: &str,
    trail: &mut Trail,
) -> Result<Tokens, Failure> {
    const EXPECTED: &str = "tokens for the code";
    let refuse = |trail: &mut Trail, received: String, message: String| {
        Err(trail.refuse(CheckName::Exchange, Wrong::new(EXPECTED, received, message)))
    };
    let proof = match client_auth::prove(order) {
        Ok(proof) => proof,
        Err(error) => return refuse(trail, "no request was made".into(), format!("{error}.")),
    };
    let answer = match outbound.send(request(order, code, proof), LIMITS).await {
        Ok(answer) => answer,
        Err(error) => {
            let message = format!("The provider's token endpoint gave no answer: {error}.");
            return refuse(trail, error.to_string(), message);
        }
    };
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(&answer.body) else {
        let received = outside(&answer);
        trail.keep(MessageKind::OidcTokens, received.clone());
        return refuse(trail, received, not_json(&answer));
    };
    trail.keep(MessageKind::OidcTokens, logged(&members));
    let parts = Answer::deserialize(Value::Object(members)).unwrap_or_default();
    if parts.error.is_some() || !(200..300).contains(&answer.status) {
        let error = quote(text(parts.error.as_ref()).unwrap_or("no error code"));
        let description = text(parts.error_description.as_ref()).map(quote).unwrap_or_default();
        let received = format!("status {}, {error}: {description}", answer.status);
        return refuse(trail, received, advice(&error, answer.status));
    }
    let Some(id_token) = text(parts.id_token.as_ref()) else {
        let message = "The provider answered without an id token; allow the scope `openid` for our client.";
        return refuse(trail, "an answer without id_token".into(), message.into());
    };
    let is_bearer = text(parts.token_type.as_ref()).is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let access_token = text(parts.access_token.as_ref()).filter(|_| is_bearer).map(str::to_owned);
    trail.pass(CheckName::Exchange, format!("status {}, an id token", answer.status));
    let id_token = id_token.to_owned();
    let handed_on = access_token.clone().and_then(|access_token| parts.handed_on(access_token, order));
    Ok(Tokens { id_token, access_token, handed_on })
}

impl Answer {
    /// What an app gets of it.
    fn handed_on(&self, access_token: String, order: &OidcExchangeOrder<'_>) -> Option<ProviderTokens> {
        let expires_in = self.expires_in.as_ref().and_then(Value::as_i64).filter(|seconds| *seconds >= 0);
        let expires_at = expires_in.and_then(|seconds| order.now.checked_add(Duration::seconds(seconds)));
        let scopes = text(self.scope.as_ref()).unwrap_or_default().split(' ');
        let scopes = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let refresh_token = text(self.refresh_token.as_ref()).map(str::to_owned);
        ProviderTokens::new(access_token, refresh_token, expires_at, scopes).ok()
    }
}

fn request(order: &OidcExchangeOrder<'_>, code: &str, proof: Proof) -> OutboundRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", order.redirect_uri)
        .extend_pairs(proof.form);
    if let Some(verifier) = order.exchange.verifier() {
        form.append_pair("code_verifier", &text_of(verifier));
    }
    let mut headers = vec![
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ("accept".to_owned(), "application/json".to_owned()),
    ];
    headers.extend(proof.authorization.map(|value| ("authorization".to_owned(), value)));
    OutboundRequest {
        method: Method::Post,
        url: order.client.provider.token_endpoint.as_str().to_owned(),
        headers,
        body: form.finish().into_bytes(),
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// An answer that is not what was asked for, as far as it may be shown.
fn outside(answer: &OutboundAnswer) -> String {
    let kind = answer.content_type.as_deref().unwrap_or("no content type");
    format!("status {}, {}, {} bytes", answer.status, quote(kind), answer.body.len())
}

fn not_json(answer: &OutboundAnswer) -> String {
    match answer.status {
        401 | 403 => advice("invalid_client", answer.status),
        300..=399 => "The provider's token endpoint redirects elsewhere, which is not followed; \
                      check the address in its discovery document."
            .to_owned(),
        _ => "The provider's token endpoint did not answer with JSON.".to_owned(),
    }
}

/// What to change when the provider refuses. Source: RFC 6749, section 5.2.
fn advice(error: &str, status: u16) -> String {
    match error {
        "invalid_client" => "The provider refused our client id or secret; enter the secret anew, and compare \
                             the client id and the way of authentication with the provider's console."
            .to_owned(),
        "invalid_grant" => "The provider refused the code: it expired, was used before, or belongs to another \
                            redirect URI or client. Sign in again; if it stays, compare the redirect URI."
            .to_owned(),
        "redirect_uri_mismatch" => {
            "The provider does not know our redirect URI; add it in the provider's console.".to_owned()
        }
        "unauthorized_client" | "unsupported_grant_type" => {
            "The provider does not let our client use authorization codes; allow them in its console.".to_owned()
        }
        "invalid_request" => {
            "The provider found the token request incomplete; compare the way of authentication and PKCE with \
             its console."
                .to_owned()
        }
        "invalid_scope" => "The provider does not know a scope that was asked for.".to_owned(),
        _ if status >= 500 => "The provider's token endpoint failed; try again later.".to_owned(),
        _ => format!("The provider refused the code with `{error}`."),
    }
}

/// The answer for the log.
fn logged(members: &Map<String, Value>) -> String {
    let shown = |(name, value): (&String, &Value)| {
        let value = match value {
            value if SHOWN.contains(&name.as_str()) => value.clone(),
            Value::String(secret) => format!("({} characters)", secret.chars().count()).into(),
            _ => "(not shown)".into(),
        };
        (name.clone(), value)
    };
    serde_json::to_string_pretty(&members.iter().map(shown).collect::<Map<_, _>>()).unwrap_or_default()
}
