//! Key pairs for `private_key_jwt`, made here.

use actix_web::web;
use time::Duration;
use url::Url;
use vestibule_application::ports::saml::{KeyGenerationError, KeyPairRequest};
use vestibule_application::usecases::add_sp_key::NewKeyPair;

use crate::app::App;

/// How long the certificate is valid. Login.gov takes no more than three years.
const CERTIFICATE_LIFE: Duration = Duration::days(3 * 365);

/// Makes a pair, on a thread that may be busy for a second. It is named after this deployment: the
/// provider's staff look at it, and know the vendor by that.
pub(crate) async fn new_assertion_key(app: &App) -> Result<NewKeyPair, KeyGenerationError> {
    let address = app.ambient.addresses.public_url();
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let now = app.ambient.now();
    let request = KeyPairRequest {
        common_name: host.unwrap_or_else(|| "Vestibule".to_owned()),
        not_before: now,
        not_after: now + CERTIFICATE_LIFE,
    };
    let saml = app.saml.clone();
    let pair = web::block(move || saml.generate_key_pair(&request)).await;
    Ok(pair.map_err(|error| KeyGenerationError(error.to_string()))??.into())
}
