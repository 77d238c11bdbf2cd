//! `GET /sso/authorize`: an app sends a person to sign in.
//!
//! Source: api/workos-wire-contract.md, section 7.1.

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;
use vestibule_application::ports::oidc_sign_in::Login;
use vestibule_application::ports::store::{ConnectionSelector, SignInDesk, SignInEnvironment, SocialDesk};
use vestibule_application::sign_in::{Browser, Departure, Route, Wishes};
use vestibule_application::usecases::start_sign_in::{StartSignIn, StartSignInCommand};
use vestibule_domain::connection::{Connection, ConnectionState};
use vestibule_domain::connection_type::{ConnectionType, Family};
use vestibule_domain::id::{ClientId, ConnectionId};
use vestibule_domain::social::{SocialConnection, SocialProvider};
use vestibule_domain::sso::authorization::{Authorization, CodeChallenge, HINT_BYTES_MAX, STATE_BYTES_MAX};
use vestibule_domain::sso::session::Origin;

use super::page::{Refusal, of_store, refuse};
use super::{Desk, Here, away, browser, ground, redirect};

/// Most scopes and further parameters that are handed on to a provider.
const HANDED_ON_MAX: usize = 50;

/// The parameters, as they came.
#[derive(Debug, Default)]
struct Asked {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    connection: Option<String>,
    organization: Option<String>,
    provider: Option<String>,
    domain: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
    wishes: Wishes,
}

/// Why a person is sent back at once.
struct Back {
    error: &'static str,
    description: String,
}

fn back(error: &'static str, description: impl Into<String>) -> Back {
    Back { error, description: description.into() }
}

/// Start a sign-in
///
/// A browser is sent here by an app, and from here to the identity provider. Refusals go back to the
/// redirect URI as `error` and `error_description`, once that URI is known to be registered.
#[utoipa::path(get, path = "/sso/authorize", tag = "Sign-in", security(()),
    params(
        ("client_id" = String, Query, description = "The environment's client id"),
        ("redirect_uri" = String, Query, description = "Where the person goes afterwards; registered"),
        ("response_type" = String, Query, description = "Always `code`"),
        ("connection" = Option<String>, Query, description = "Through this connection"),
        ("organization" = Option<String>, Query, description = "Through the connection of this organization"),
        ("provider" = Option<String>, Query, description = "Through a public provider"),
        ("state" = Option<String>, Query, description = "Handed back unchanged"),
        ("code_challenge" = Option<String>, Query, description = "PKCE, by S256"),
        ("code_challenge_method" = Option<String>, Query, description = "Always `S256`"),
        ("login_hint" = Option<String>, Query, description = "Who probably signs in"),
        ("domain_hint" = Option<String>, Query, description = "By which the provider may pick a directory"),
        ("prompt" = Option<String>, Query, description = "`login`: the person must prove themselves anew"),
        ("provider_scopes" = Option<Vec<String>>, Query, description = "Scopes besides the usual"),
    ),
    responses(
        (status = 200, description = "A page that posts the request on to the provider"),
        (status = 302, description = "To the provider, or back with an error"),
        (status = 400, description = "A page: the client or the redirect URI is not known"),
    ))]
pub(crate) async fn get(desk: Here, request: HttpRequest) -> HttpResponse {
    let asked = Asked::read(request.query_string());
    match begin(&desk, asked, browser(&desk.app, &request)).await {
        Ok(Sent::Away(route)) => away(&desk, &request, route),
        Ok(Sent::Back { redirect_uri, parameters }) => redirect(&redirect_uri, &parameters)
            .unwrap_or_else(|| refuse(&desk, &request, Refusal::RedirectUri)),
        Err(refusal) => refuse(&desk, &request, refusal),
    }
}

enum Sent {
    Away(Route),
    Back { redirect_uri: String, parameters: Vec<(&'static str, String)> },
}

async fn begin(desk: &Desk, asked: Asked, browser: Browser) -> Result<Sent, Refusal> {
    let client: ClientId =
        asked.client_id.as_deref().and_then(|id| id.parse().ok()).ok_or(Refusal::Client)?;
    let queries = desk.app.store.queries();
    let (environment, selected, listened) = match asked.selector() {
        Ok(Selector::Connection(selector)) => {
            let found = queries.sign_in_desk(client, selector).await.map_err(of_store)?;
            let SignInDesk { environment, found, listened } = found.ok_or(Refusal::Client)?;
            let usable = usable(selector, found);
            (environment, usable.map(|connection| Through::Organization(Box::new(connection))), listened)
        }
        Ok(Selector::Social(provider)) => {
            let found = queries.social_desk(client, provider).await.map_err(of_store)?;
            let SocialDesk { environment, connection, listened } = found.ok_or(Refusal::Client)?;
            let registered = connection.ok_or_else(|| not_registered(provider.connection_type()));
            (environment, registered.map(Through::Social), listened)
        }
        // The environment is needed all the same, to know whether the person can be sent back.
        Err(reason) => {
            let environment = queries.environment_of_client(client).await.map_err(of_store)?;
            (SignInEnvironment::from(&environment.ok_or(Refusal::Client)?), Err(reason), false)
        }
    };
    let redirect_uri = asked.redirect_uri.clone().ok_or(Refusal::RedirectUri)?;
    if !environment.redirect_uris.iter().any(|registered| registered.matches(&redirect_uri)) {
        return Err(Refusal::RedirectUri);
    }
    // From here on every refusal goes back to the app.
    let state = asked.state.clone().filter(|state| state.len() <= STATE_BYTES_MAX);
    let sent_back = |reason: Back| {
        let mut parameters =
            vec![("error", reason.error.to_owned()), ("error_description", reason.description)];
        parameters.extend(state.clone().map(|state| ("state", state)));
        Ok(Sent::Back { redirect_uri: redirect_uri.clone(), parameters })
    };
    let through = match selected {
        Ok(through) => through,
        Err(reason) => return sent_back(reason),
    };
    let authorization = match asked.authorization(redirect_uri.clone(), state.clone()) {
        Ok(authorization) => authorization,
        Err(reason) => return sent_back(reason),
    };
    let wishes = Wishes {
        login: if asked.prompt.as_deref() == Some("login") { Login::Again } else { Login::IfNeeded },
        ..asked.wishes
    };
    if let Through::Organization(connection) = &through
        && let Some(grounded) = ground(
            &desk.app,
            (environment.test_provider, connection),
            (Origin::ServiceProvider, Some(&authorization)),
            &browser,
            listened,
        )
        .await?
    {
        return sent_back(back("connection_unlinked", grounded.failure.message));
    }
    let sign_ins = &desk.app.sign_ins;
    let departed = match &through {
        Through::Organization(connection) => {
            sign_ins.depart(connection, Origin::ServiceProvider, Some(authorization), &wishes, browser)
        }
        Through::Social(connection) => sign_ins.depart_socially(connection, authorization, &wishes, browser),
    };
    let Departure { session, route } = match departed {
        Ok(departure) => departure,
        Err(error) => {
            tracing::error!(connection.id = %through.id(), error = %error, "nobody can be sent off");
            return sent_back(back("server_error", "The sign-in could not be started."));
        }
    };
    let case = StartSignIn { ambient: desk.app.ambient.clone() };
    desk.app.run(case, StartSignInCommand { session, listened }).await.map_err(of_store)?;
    Ok(Sent::Away(route))
}

/// What an app asked for.
enum Selector {
    /// A connection of an organization.
    Connection(ConnectionSelector),
    /// A public provider.
    Social(SocialProvider),
}

/// Through what somebody signs in.
enum Through {
    Organization(Box<Connection>),
    Social(SocialConnection),
}

impl Through {
    fn id(&self) -> ConnectionId {
        match self {
            Self::Organization(connection) => connection.id,
            Self::Social(connection) => connection.id,
        }
    }
}

/// The refusal of a provider at which the environment has no client.
fn not_registered(provider: ConnectionType) -> Back {
    let description = match SocialProvider::of_type(provider) {
        None => format!("{provider} is not offered; GoogleOAuth and MicrosoftOAuth are."),
        Some(of) => {
            let flag = of.name().to_lowercase();
            format!(
                "The environment has no credentials for {provider}: set them with `vestibule environment <id> \
                 --{flag}-client-id … --{flag}-client-secret-file …`."
            )
        }
    };
    back("connection_strategy_invalid", description)
}

/// The connection, if people sign in through it.
fn usable(selector: ConnectionSelector, found: Option<Connection>) -> Result<Connection, Back> {
    match (selector, found) {
        (_, Some(connection)) if connection.state == ConnectionState::Active => Ok(connection),
        (ConnectionSelector::Connection(_), Some(_)) => {
            Err(back("connection_unlinked", "The connection is not active."))
        }
        (ConnectionSelector::Connection(id), None) => {
            Err(back("connection_invalid", format!("There is no connection {id}.")))
        }
        (ConnectionSelector::Organization(_), Some(_)) => {
            Err(back("organization_invalid", "The organization has no active connection."))
        }
        (ConnectionSelector::Organization(id), None) => {
            Err(back("organization_invalid", format!("There is no organization {id} with a connection.")))
        }
    }
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "client_id" => &mut asked.client_id,
                "redirect_uri" => &mut asked.redirect_uri,
                "response_type" => &mut asked.response_type,
                "connection" => &mut asked.connection,
                "organization" => &mut asked.organization,
                "provider" => &mut asked.provider,
                "domain" => &mut asked.domain,
                "state" => &mut asked.state,
                "code_challenge" => &mut asked.code_challenge,
                "code_challenge_method" => &mut asked.code_challenge_method,
                "prompt" => &mut asked.prompt,
                "login_hint" => &mut asked.wishes.login_hint,
                "domain_hint" => &mut asked.wishes.domain_hint,
                "provider_scopes" | "provider_scopes[]" => {
                    asked.wishes.scopes.extend(listed(&value));
                    continue;
                }
                name => {
                    let parameter = name
                        .strip_prefix("provider_query_params[")
                        .and_then(|rest| rest.strip_suffix(']'))
                        .filter(|key| !key.is_empty());
                    if let Some(key) = parameter {
                        asked.wishes.parameters.push((key.to_owned(), value.into_owned()));
                    }
                    continue;
                }
            };
            // The first counts, and an empty one is none: SDKs send what was left out as empty.
            if place.is_none() && !value.is_empty() {
                *place = Some(value.into_owned());
            }
        }
        asked.wishes.scopes.truncate(HANDED_ON_MAX);
        asked.wishes.parameters.truncate(HANDED_ON_MAX);
        for hint in [&mut asked.wishes.login_hint, &mut asked.wishes.domain_hint] {
            hint.take_if(|hint| hint.len() > HINT_BYTES_MAX || hint.chars().any(char::is_control));
        }
        asked
    }

    /// Which connection is wanted.
    fn selector(&self) -> Result<Selector, Back> {
        let unknown = |what: &str| back("invalid_connection_selector", what);
        let given = [&self.connection, &self.organization, &self.provider, &self.domain];
        if given.into_iter().flatten().count() > 1 {
            return Err(unknown("Exactly one of connection, organization and provider is taken."));
        }
        if let Some(id) = &self.connection {
            let no_such = || back("connection_invalid", "The connection parameter is no id of a connection.");
            let id = id.parse().map_err(|_| no_such())?;
            return Ok(Selector::Connection(ConnectionSelector::Connection(id)));
        }
        if let Some(id) = &self.organization {
            let no_such =
                || back("organization_invalid", "The organization parameter is no id of an organization.");
            let id = id.parse().map_err(|_| no_such())?;
            return Ok(Selector::Connection(ConnectionSelector::Organization(id)));
        }
        match (&self.provider, &self.domain) {
            (Some(provider), _) => match ConnectionType::parse(provider) {
                Some(of) if of.family() == Family::OAuth => {
                    SocialProvider::of_type(of).map(Selector::Social).ok_or_else(|| not_registered(of))
                }
                Some(_) | None => Err(unknown("The provider parameter names none that can be asked for.")),
            },
            (None, Some(_)) => Err(back(
                "domain_connection_selector_not_allowed",
                "The domain selector is not taken: use connection or organization.",
            )),
            (None, None) => Err(unknown("One of connection, organization and provider is required.")),
        }
    }

    /// What the code will be bound to.
    fn authorization(&self, redirect_uri: String, state: Option<String>) -> Result<Authorization, Back> {
        if self.state.is_some() && state.is_none() {
            return Err(back(
                "invalid_request",
                format!("The state is longer than {STATE_BYTES_MAX} bytes."),
            ));
        }
        if self.response_type.as_deref() != Some("code") {
            return Err(back("unsupported_response_type", "The response type must be code."));
        }
        let code_challenge = match (&self.code_challenge, self.code_challenge_method.as_deref()) {
            (None, _) => None,
            (Some(challenge), Some("S256")) => Some(
                CodeChallenge::parse(challenge)
                    .map_err(|error| back("invalid_request", format!("The code challenge {error}.")))?,
            ),
            (Some(_), _) => {
                return Err(back("invalid_request", "The code challenge method must be S256."));
            }
        };
        Ok(Authorization { redirect_uri, state, code_challenge })
    }
}

/// The scopes of one value: one, several with commas between, or a list as Python writes it.
fn listed(value: &str) -> Vec<String> {
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    let plain = |item: &str| item.trim().trim_matches(['\'', '"']).to_owned();
    let usable = |item: &String| {
        !item.is_empty() && item.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
    };
    inner.split([',', ' ']).map(plain).filter(usable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_all_the_forms_that_the_sdks_send() {
        for raw in ["a,b", "['a', 'b']", "[\"a\",\"b\"]", "a b"] {
            assert_eq!(listed(raw), ["a", "b"], "{raw}");
        }
        let repeated = Asked::read("provider_scopes=a&provider_scopes=b");
        assert_eq!(repeated.wishes.scopes, ["a", "b"]);
        assert!(listed("\u{7f},\"\",é").is_empty());
    }

    #[test]
    fn parameters_for_the_provider_are_read_and_dictionaries_of_python_ignored() {
        let asked =
            Asked::read("provider_query_params%5Bhd%5D=acme.com&provider_query_params=%7B%27a%27%3A+1%7D");
        assert_eq!(asked.wishes.parameters, [("hd".to_owned(), "acme.com".to_owned())]);
    }

    #[test]
    fn exactly_one_selector_is_taken() {
        let error = |query: &str| Asked::read(query).selector().err().map(|reason| reason.error);
        let connection = "connection=conn_00000000010000000000000002";
        assert_eq!(error(connection), None);
        assert_eq!(error("organization=org_00000000010000000000000002"), None);
        assert_eq!(error(""), Some("invalid_connection_selector"));
        assert_eq!(error("connection=&organization="), Some("invalid_connection_selector"));
        assert_eq!(error(&format!("{connection}&provider=GoogleOAuth")), Some("invalid_connection_selector"));
        assert_eq!(error("connection=x"), Some("connection_invalid"));
        assert_eq!(error("organization=x"), Some("organization_invalid"));
        assert_eq!(error("domain=acme.com"), Some("domain_connection_selector_not_allowed"));
        assert_eq!(error("provider=GoogleOAuth"), None);
        assert_eq!(error("provider=GitHubOAuth"), Some("connection_strategy_invalid"));
        assert_eq!(error("provider=authkit"), Some("invalid_connection_selector"));
        assert_eq!(error("provider=OktaSAML"), Some("invalid_connection_selector"));
    }

    #[test]
    fn long_hints_and_states_are_not_handed_on() {
        let hint = |n: usize| Asked::read(&format!("login_hint={}", "a".repeat(n))).wishes.login_hint;
        assert!(hint(HINT_BYTES_MAX).is_some());
        assert!(hint(HINT_BYTES_MAX + 1).is_none());
        let many = "provider_scopes=a&".repeat(HANDED_ON_MAX + 1);
        assert_eq!(Asked::read(&many).wishes.scopes.len(), HANDED_ON_MAX);
    }
}
