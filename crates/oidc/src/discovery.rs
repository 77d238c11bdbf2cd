//! Discovery documents. Source: OpenID Connect Discovery 1.0, section 3.

use serde::Deserialize;
use serde_json::Value;
use vestibule_application::ports::oidc::{DISCOVERY_BYTES_MAX, DiscoveryError, Oidc};
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::url::{HttpsUrl, Issuer, UrlError};

/// Reads OpenID Connect documents. Holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct OidcAdapter;

/// The members that are read. A member given twice is refused by serde: which of the two counts
/// would depend on the reader.
#[derive(Deserialize)]
struct Document {
    issuer: Option<Value>,
    /// No member of discovery, but of the key set that it points to.
    keys: Option<Value>,
    authorization_endpoint: Option<Value>,
    token_endpoint: Option<Value>,
    userinfo_endpoint: Option<Value>,
    jwks_uri: Option<Value>,
    end_session_endpoint: Option<Value>,
    response_types_supported: Option<Value>,
    token_endpoint_auth_methods_supported: Option<Value>,
    id_token_signing_alg_values_supported: Option<Value>,
    code_challenge_methods_supported: Option<Value>,
    authorization_response_iss_parameter_supported: Option<Value>,
}

impl Oidc for OidcAdapter {
    fn read_discovery(
        &self,
        document: &[u8],
        asked: Option<&Issuer>,
    ) -> Result<OidcProvider, DiscoveryError> {
        let document = parse(document)?;
        if document.issuer.is_none() && document.keys.as_ref().is_some_and(Value::is_array) {
            return Err(DiscoveryError::KeySet);
        }
        let issuer = read_issuer(document.issuer, asked)?;

        let response_types = list("response_types_supported", document.response_types_supported)?;
        if response_types.is_some_and(|types| !types.iter().any(|known| known == "code")) {
            return Err(DiscoveryError::NoCodeFlow);
        }

        let methods =
            list("token_endpoint_auth_methods_supported", document.token_endpoint_auth_methods_supported)?;
        let token_auth_methods: Vec<_> = match methods {
            // "If omitted, the default is client_secret_basic."
            None => vec![TokenAuthMethod::ClientSecretBasic],
            Some(offered) => TokenAuthMethod::ALL
                .into_iter()
                .filter(|method| offered.iter().any(|name| name == method.as_str()))
                .collect(),
        };
        if token_auth_methods.is_empty() {
            return Err(DiscoveryError::NoTokenAuthMethod);
        }

        let algorithms =
            list("id_token_signing_alg_values_supported", document.id_token_signing_alg_values_supported)?;
        let id_token_algorithms: Vec<_> = match algorithms {
            // Required by the specification, yet missing in the wild; RS256 must be in the list.
            None => vec![IdTokenAlgorithm::Rs256],
            Some(offered) => IdTokenAlgorithm::ALL
                .into_iter()
                .filter(|algorithm| offered.iter().any(|name| name == algorithm.as_str()))
                .collect(),
        };
        if id_token_algorithms.is_empty() {
            return Err(DiscoveryError::NoIdTokenAlgorithm);
        }

        let challenges = list("code_challenge_methods_supported", document.code_challenge_methods_supported)?;
        Ok(OidcProvider {
            issuer,
            authorization_endpoint: required_url("authorization_endpoint", document.authorization_endpoint)?,
            token_endpoint: required_url("token_endpoint", document.token_endpoint)?,
            userinfo_endpoint: optional_url("userinfo_endpoint", document.userinfo_endpoint)?,
            jwks_uri: required_url("jwks_uri", document.jwks_uri)?,
            end_session_endpoint: optional_url("end_session_endpoint", document.end_session_endpoint)?,
            token_auth_methods,
            id_token_algorithms,
            supports_pkce_s256: challenges.is_some_and(|methods| methods.iter().any(|name| name == "S256")),
            sends_iss: document.authorization_response_iss_parameter_supported == Some(Value::Bool(true)),
        })
    }
}

fn parse(document: &[u8]) -> Result<Document, DiscoveryError> {
    if document.len() > DISCOVERY_BYTES_MAX {
        return Err(DiscoveryError::TooLarge);
    }
    let not_json = |reason: &str| DiscoveryError::NotJson { reason: reason.to_owned() };
    let text = std::str::from_utf8(document).map_err(|_| not_json("it is not text in UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    match text.chars().next() {
        Some('{') => serde_json::from_str(text).map_err(|error| not_json(&error.to_string())),
        Some('<') if is_web_page(text) => Err(DiscoveryError::WebPage),
        Some('<') if text.contains("EntityDescriptor") || text.contains("EntitiesDescriptor") => {
            Err(DiscoveryError::SamlMetadata)
        }
        Some('<') => Err(not_json("it looks like XML")),
        Some(_) => Err(not_json("it does not begin with `{`")),
        None => Err(DiscoveryError::Empty),
    }
}

/// Sign-in and error pages come with status 200 and all kinds of content types.
fn is_web_page(text: &str) -> bool {
    let beginning = text.chars().take(1_024).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| beginning.contains(tag))
}

fn read_issuer(value: Option<Value>, asked: Option<&Issuer>) -> Result<Issuer, DiscoveryError> {
    const MEMBER: &str = "issuer";
    let Some(Value::String(found)) = value else { return Err(DiscoveryError::Missing { member: MEMBER }) };
    let issuer =
        Issuer::parse_published(&found).map_err(|reason| DiscoveryError::Url { member: MEMBER, reason })?;
    match asked {
        // A template is never what was asked for, but its own reason helps more than a mismatch.
        _ if found.contains(['{', '}']) => Err(DiscoveryError::IssuerTemplate { found }),
        Some(asked) if *asked != issuer => {
            Err(DiscoveryError::IssuerMismatch { found, asked: asked.as_str().to_owned() })
        }
        _ => Ok(issuer),
    }
}

fn required_url(member: &'static str, value: Option<Value>) -> Result<HttpsUrl, DiscoveryError> {
    match value {
        Some(Value::String(raw)) => {
            HttpsUrl::parse_allowing_http(&raw).map_err(|reason| DiscoveryError::Url { member, reason })
        }
        _ => Err(DiscoveryError::Missing { member }),
    }
}

/// An empty text counts as absent: some providers write every member they know.
fn optional_url(member: &'static str, value: Option<Value>) -> Result<Option<HttpsUrl>, DiscoveryError> {
    match value {
        None => Ok(None),
        Some(Value::String(raw)) if raw.is_empty() => Ok(None),
        Some(Value::String(_)) => required_url(member, value).map(Some),
        Some(_) => Err(DiscoveryError::Url { member, reason: UrlError::Syntax }),
    }
}

fn list(member: &'static str, value: Option<Value>) -> Result<Option<Vec<String>>, DiscoveryError> {
    value
        .map(|value| serde_json::from_value(value).map_err(|_| DiscoveryError::NotAList { member }))
        .transpose()
}
