//! What a connection's protocol needs, in bodies: which of the two it is, and whether it goes with
//! the type. Everything is checked, fetched and read before any unit of work begins.

use std::fmt::Display;

use actix_web::http::StatusCode;
use vestibule_application::usecases::create_connection::{NewOptions, NewTestOptions};
use vestibule_application::usecases::update_connection::OptionsChange;
use vestibule_domain::connection_type::{ConnectionType, Protocol};

use super::oidc_options::OidcOptionsBody;
use super::saml_options::SamlOptionsBody;
use crate::app::App;
use crate::assertion_keys::new_test_key;
use crate::transport::{FieldError, Problem};

/// A 422 with one of the contract's codes (section 2.4), the field at fault and a message that
/// completes a sentence with it.
pub(super) fn refusal(code: &'static str, field: &str, message: impl Display) -> Problem {
    let error = FieldError { code: code.into(), field: field.to_owned(), message: message.to_string() };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("The request is not valid: {error}."))
        .with_code(code)
        .with_errors(vec![error])
}

/// The type and options of a new connection.
pub(super) async fn new_options(
    app: &App,
    given: Option<ConnectionType>,
    saml: Option<SamlOptionsBody>,
    oidc: Option<OidcOptionsBody>,
) -> Result<(ConnectionType, NewOptions), Problem> {
    if given == Some(ConnectionType::TestIdp) {
        return Ok((ConnectionType::TestIdp, test_options(app, saml, oidc).await?));
    }
    let protocol = match given {
        None => None,
        Some(given) => Some(given.protocol().ok_or_else(|| {
            let why = "must be a SAML or OpenID Connect type; others belong to no organization";
            refusal("connection_type_not_supported", "connection_type", why)
        })?),
    };
    let conflict = || {
        let why = "does not go with the options";
        refusal("connection_type_conflicts_with_options", "connection_type", why)
    };
    match (saml, oidc, protocol) {
        (Some(_), Some(_), _) => Err(both_given()),
        (Some(_), None, Some(Protocol::Oidc)) | (None, Some(_), Some(Protocol::Saml)) => Err(conflict()),
        (Some(saml), None, None | Some(Protocol::Saml)) => {
            let options = saml.into_new(app).await?;
            Ok((given.unwrap_or(ConnectionType::GenericSaml), NewOptions::Saml(Box::new(options))))
        }
        (None, Some(oidc), None | Some(Protocol::Oidc)) => {
            let options = oidc.into_new(app).await?;
            Ok((given.unwrap_or(ConnectionType::GenericOidc), NewOptions::Oidc(Box::new(options))))
        }
        (None, None, None) => Err(refusal(
            "connection_type_or_options_required",
            "connection_type",
            "is required, or saml_options or oidc_options",
        )),
        (None, None, Some(Protocol::Saml)) => {
            Err(refusal("saml_options_required", "saml_options", "is required for this connection type"))
        }
        (None, None, Some(Protocol::Oidc)) => {
            Err(refusal("oidc_options_required", "oidc_options", "is required for this connection type"))
        }
    }
}

/// The options of a connection with the test identity provider, which knows all that it needs: it
/// speaks OpenID Connect where `oidc_options` are there, and SAML otherwise.
async fn test_options(
    app: &App,
    saml: Option<SamlOptionsBody>,
    oidc: Option<OidcOptionsBody>,
) -> Result<NewOptions, Problem> {
    let protocol = match (saml, oidc) {
        (None, None) => Protocol::Saml,
        (None, Some(oidc)) if oidc.is_empty() => Protocol::Oidc,
        (None, Some(_)) => {
            let why = "must be empty for the test identity provider";
            return Err(refusal("connection_type_conflicts_with_options", "oidc_options", why));
        }
        (Some(_), _) => {
            let why = "must be left out for the test identity provider";
            return Err(refusal("connection_type_conflicts_with_options", "saml_options", why));
        }
    };
    let key = new_test_key(app).await.map_err(Problem::internal)?;
    Ok(NewOptions::Test(Box::new(NewTestOptions { protocol, key })))
}

/// The options of a connection that change.
pub(super) async fn changed_options(
    app: &App,
    saml: Option<SamlOptionsBody>,
    oidc: Option<OidcOptionsBody>,
) -> Result<Option<OptionsChange>, Problem> {
    match (saml, oidc) {
        (Some(_), Some(_)) => Err(both_given()),
        (Some(saml), None) => Ok(Some(OptionsChange::Saml(Box::new(saml.into_change(app).await?)))),
        (None, Some(oidc)) => Ok(Some(OptionsChange::Oidc(Box::new(oidc.into_change(app).await?)))),
        (None, None) => Ok(None),
    }
}

fn both_given() -> Problem {
    refusal("both_saml_and_oidc_options_provided", "saml_options", "cannot be combined with oidc_options")
}
