//! Understanding an OpenID Connect registration.

use vestibule_application::ports::oidc::DiscoveryError;
use vestibule_application::ports::outbound::OutboundError;
use vestibule_application::usecases::review_candidate::{OidcRegistration, ProviderData};
use vestibule_catalog::{FieldKey, Provider, WeNeed};
use vestibule_domain::oidc::{IdTokenAlgorithm, OidcProvider, TokenAuthMethod};
use vestibule_domain::secret::SecretText;
use vestibule_domain::url::{HttpsUrl, Issuer};
use vestibule_words::Text;

use super::super::ours;
use super::super::typed::Typed;
use super::super::words::faults;
use super::{Fault, Understood, suspect, tidy};
use crate::app::App;
use crate::discovery::{Undiscovered, discover};

/// The endpoints of a provider without discovery.
const ENDPOINTS: [FieldKey; 4] =
    [FieldKey::AuthorizationEndpoint, FieldKey::TokenEndpoint, FieldKey::JwksUri, FieldKey::UserinfoEndpoint];

/// Whether a connection keeps a field. A tenant is part of the issuer, and Google's hosted domain
/// is covered by the organization's verified domains: neither is asked for.
pub(in super::super) fn keeps(key: FieldKey) -> bool {
    match key {
        FieldKey::Issuer
        | FieldKey::ClientId
        | FieldKey::ClientSecret
        | FieldKey::AuthorizationEndpoint
        | FieldKey::TokenEndpoint
        | FieldKey::UserinfoEndpoint
        | FieldKey::JwksUri => true,
        FieldKey::TenantId
        | FieldKey::HostedDomain
        | FieldKey::IdpMetadataUrl
        | FieldKey::IdpMetadataXml
        | FieldKey::IdpEntityId
        | FieldKey::IdpSsoUrl
        | FieldKey::IdpCertificate => false,
    }
}

/// The fields that have to be known, in the file's order.
pub(in super::super) fn required(provider: &Provider) -> impl Iterator<Item = &WeNeed> {
    provider.we_need.iter().filter(|field| keeps(field.key) && field.must_be_asked())
}

/// Understands what is known of a registration.
pub(in super::super) async fn understand(
    app: &App,
    provider: &Provider,
    typed: &Typed,
) -> Result<Understood, Vec<Fault>> {
    let mut wrong: Vec<Fault> = required(provider)
        .filter(|field| typed.get(field.key).is_none())
        .map(|field| Fault::at(field.key, faults::missing(&field.label)))
        .collect();
    wrong.extend(credentials(app, provider, typed));
    let client_id = typed.get(FieldKey::ClientId).unwrap_or_default();
    let client_secret = typed.get(FieldKey::ClientSecret);
    let fixed = provider.field(FieldKey::Issuer).and_then(|field| field.fixed_value.as_deref());
    let issuer = fixed.or_else(|| typed.get(FieldKey::Issuer));
    let found = match issuer {
        None => None,
        Some(raw) => match find_provider(app, provider, raw, typed).await {
            Ok(found) => Some(found),
            Err(faults) => {
                wrong.extend(faults);
                None
            }
        },
    };
    let Some((found, discovery_url)) = found.filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let by_key = ours::proves_itself_by_key(provider);
    Ok(Understood::Data(Box::new(ProviderData::Oidc(OidcRegistration {
        provider: found,
        discovery_url,
        client_id: client_id.to_owned(),
        client_secret: client_secret.map(|secret| SecretText::new(secret.to_owned())),
        token_auth_method: by_key.then_some(TokenAuthMethod::PrivateKeyJwt),
        id_token_algorithm: None,
        pkce: None,
        fetch_user_info: None,
        redirect_uri: None,
    }))))
}

/// What is wrong with the client id and the secret, as far as they are known.
pub(in super::super) fn credentials(app: &App, provider: &Provider, typed: &Typed) -> Vec<Fault> {
    let judge = |key: FieldKey| {
        let value = typed.get(key)?;
        suspect::fault(app, provider, key.as_str(), key, value)
            .or_else(|| faults::credential(value).map(|text| Fault::at(key, text)))
    };
    [FieldKey::ClientId, FieldKey::ClientSecret].into_iter().filter_map(judge).collect()
}

async fn find_provider(
    app: &App,
    provider: &Provider,
    raw: &str,
    typed: &Typed,
) -> Result<(OidcProvider, Option<HttpsUrl>), Vec<Fault>> {
    if provider.manual_fields().any(|field| typed.get(field.key).is_some()) {
        return by_hand(raw, typed).map(|provider| (provider, None));
    }
    let fault = |text: Text| vec![Fault::at(FieldKey::Issuer, text)];
    if tidy::is_markup(raw) || raw.starts_with('{') {
        // The document itself, where its address was asked for.
        let read = app.oidc.read_discovery(raw.as_bytes(), None);
        return match read {
            Ok(found) => Ok((fitting(found, provider).map_err(fault)?, None)),
            Err(error) => Err(fault(faults::discovery(&error, provider))),
        };
    }
    if let Some(suspected) = suspect::fault(app, provider, FieldKey::Issuer.as_str(), FieldKey::Issuer, raw) {
        return Err(vec![suspected]);
    }
    match discover(app, raw).await {
        Ok((found, discovery_url)) => Ok((fitting(found, provider).map_err(fault)?, Some(discovery_url))),
        Err(Undiscovered::Address(error)) => Err(fault(faults::url(&error))),
        Err(Undiscovered::Fetch(_)) if suspect::is_example(provider, FieldKey::Issuer, raw) => {
            Err(fault(faults::example()))
        }
        Err(Undiscovered::Fetch(OutboundError::Status { status: 400..=499 })) if is_endpoint(raw) => {
            Err(fault(faults::endpoint_as_issuer(provider)))
        }
        Err(Undiscovered::Fetch(error)) => Err(fault(faults::fetch(&error))),
        Err(Undiscovered::Document(error)) => Err(fault(faults::discovery(&error, provider))),
    }
}

/// A provider without discovery. What it would say about methods and algorithms is taken to be
/// what every provider must offer. Source: OpenID Connect Core 1.0, sections 9 and 15.1.
fn by_hand(issuer: &str, typed: &Typed) -> Result<OidcProvider, Vec<Fault>> {
    let mut wrong = Vec::new();
    let issuer =
        Issuer::parse(issuer).map_err(|error| wrong.push(Fault::at(FieldKey::Issuer, faults::url(&error))));
    let [authorization, token, jwks, userinfo] = ENDPOINTS.map(|key| match typed.get(key) {
        None if key == FieldKey::UserinfoEndpoint => Ok(None),
        raw => HttpsUrl::parse(raw.unwrap_or_default())
            .map(Some)
            .map_err(|error| wrong.push(Fault::at(key, faults::url(&error)))),
    });
    let (
        Ok(issuer),
        Ok(Some(authorization_endpoint)),
        Ok(Some(token_endpoint)),
        Ok(Some(jwks_uri)),
        Ok(userinfo_endpoint),
    ) = (issuer, authorization, token, jwks, userinfo)
    else {
        return Err(wrong);
    };
    Ok(OidcProvider {
        issuer,
        authorization_endpoint,
        token_endpoint,
        userinfo_endpoint,
        jwks_uri,
        end_session_endpoint: None,
        token_auth_methods: vec![TokenAuthMethod::ClientSecretBasic],
        id_token_algorithms: vec![IdTokenAlgorithm::Rs256],
        supports_pkce_s256: false,
        sends_iss: false,
    })
}

/// The provider, if it takes what its walkthrough has us prove ourselves by: a secret as a rule, or
/// the key whose certificate the admin uploaded.
fn fitting(found: OidcProvider, provider: &Provider) -> Result<OidcProvider, Text> {
    let methods = &found.token_auth_methods;
    if ours::proves_itself_by_key(provider) {
        let takes = methods.contains(&TokenAuthMethod::PrivateKeyJwt);
        let refused = || faults::discovery(&DiscoveryError::NoTokenAuthMethod, provider);
        return if takes { Ok(found) } else { Err(refused()) };
    }
    let takes = methods.iter().any(|method| method.takes_secret());
    if takes { Ok(found) } else { Err(faults::no_secret()) }
}

/// Whether an address ends like an endpoint that consoles show beside the issuer.
fn is_endpoint(raw: &str) -> bool {
    const ENDS: [&str; 9] =
        ["/authorize", "/auth", "/token", "/keys", "/certs", "/jwks", "/jwks.json", "/userinfo", "/logout"];
    let path = raw.split(['?', '#']).next().unwrap_or(raw).trim_end_matches('/');
    ENDS.iter().any(|end| path.ends_with(end))
}
