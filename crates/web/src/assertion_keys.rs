//! Key pairs for `private_key_jwt`, and for the test identity provider, made here.

use actix_web::web;
use time::Duration;
use url::Url;
use vestibule_application::ports::saml::{KeyGenerationError, KeyPairRequest};
use vestibule_application::test_provider::TEST_CERTIFICATE_LIFE;
use vestibule_application::usecases::add_sp_key::NewKeyPair;

use crate::app::App;

/// How long the certificate is valid. Login.gov takes no more than three years.
const CERTIFICATE_LIFE: Duration = Duration::days(3 * 365);

/// Makes a pair, on a thread that may be busy for a second. It is named after this deployment: the
/// provider's staff look at it, and know the vendor by that.
pub(crate) async fn new_assertion_key(app: &App) -> Result<NewKeyPair, KeyGenerationError> {
    let address = app.ambient.addresses.public_url();
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    generate(app, host.unwrap_or_else(|| "Vestibule".to_owned()), CERTIFICATE_LIFE).await
}

/// Makes the pair with which the test identity provider signs for one connection.
pub(crate) async fn new_test_key(app: &App) -> Result<NewKeyPair, KeyGenerationError> {
    generate(app, "Test identity provider".to_owned(), TEST_CERTIFICATE_LIFE).await
}

async fn generate(app: &App, common_name: String, life: Duration) -> Result<NewKeyPair, KeyGenerationError> {
    let now = app.ambient.now();
    let request = KeyPairRequest { common_name, not_before: now, not_after: now + life };
    let saml = app.saml.clone();
    let pair = web::block(move || saml.generate_key_pair(&request)).await;
    Ok(pair.map_err(|error| KeyGenerationError(error.to_string()))??.into())
}
