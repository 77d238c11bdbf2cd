//! The authentication request. Source: OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded::Serializer;
use vestibule_application::ports::oidc_sign_in::{Login, OidcExchange, OidcRequest, OidcRequestOrder};
use vestibule_domain::secret::TOKEN_BYTES;

/// Scopes of every request: who somebody is, their names, their address.
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// Parameters that the flow stands on. The caller's own cannot touch them, whatever they ask for.
const RESERVED: [&str; 15] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "request",
    "request_uri",
    "registration",
    "id_token_hint",
];

/// Parameters whose values are one-time secrets of a sort; the log shows their beginning.
const SHORTENED: [&str; 3] = ["state", "nonce", "code_challenge"];

/// The text form of random bytes: 43 characters, as RFC 7636 asks of verifiers.
pub(crate) fn text_of(bytes: &[u8; TOKEN_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn begin(order: &OidcRequestOrder<'_>) -> OidcRequest {
    let client = order.client;
    let exchange = OidcExchange::new(order.nonce, client.pkce.then_some(order.verifier));
    let mut parameters = vec![
        ("response_type", "code".to_owned()),
        ("client_id", client.client_id.clone()),
        ("redirect_uri", order.redirect_uri.to_owned()),
        ("scope", scope(order.scopes)),
        ("state", order.state.to_owned()),
        ("nonce", text_of(exchange.nonce())),
    ];
    if let Some(verifier) = exchange.verifier() {
        let challenge = digest(&SHA256, text_of(verifier).as_bytes());
        parameters.push(("code_challenge", URL_SAFE_NO_PAD.encode(challenge)));
        parameters.push(("code_challenge_method", "S256".to_owned()));
    }
    if order.login == Login::Again {
        parameters.push(("prompt", "login".to_owned()));
    }
    let hints = [("login_hint", order.login_hint), ("domain_hint", order.domain_hint)];
    parameters.extend(hints.into_iter().filter_map(|(name, hint)| Some((name, hint?.to_owned()))));
    for (name, value) in order.parameters {
        let is_taken = RESERVED.contains(&name.as_str()) || parameters.iter().any(|(taken, _)| taken == name);
        if !is_taken {
            parameters.push((name, value.clone()));
        }
    }
    OidcRequest {
        url: with_query(client.provider.authorization_endpoint.as_str(), &parameters),
        exchange,
        logged: logged(&parameters),
    }
}

/// All scopes, each once.
fn scope(further: &[String]) -> String {
    let mut scopes = SCOPES.to_vec();
    for scope in further.iter().flat_map(|scopes| scopes.split_whitespace()) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes.join(" ")
}

/// The endpoint's own query stays, as RFC 6749, section 3.1, demands: some providers name a policy
/// or a tenant there.
fn with_query(endpoint: &str, parameters: &[(&str, String)]) -> String {
    let mut url = endpoint.to_owned();
    match endpoint.find('?') {
        None => url.push('?'),
        Some(_) if endpoint.ends_with(['?', '&']) => {}
        Some(_) => url.push('&'),
    }
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters);
    url.push_str(&query.finish());
    url
}

fn logged(parameters: &[(&str, String)]) -> String {
    let line = |(name, value): &(&str, String)| {
        if SHORTENED.contains(name) {
            let beginning: String = value.chars().take(6).collect();
            return format!("{name}={beginning}…");
        }
        format!("{name}={value}")
    };
    parameters.iter().map(line).collect::<Vec<_>>().join("\n")
}
