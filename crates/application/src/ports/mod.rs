//! What the use cases need from the world, as traits; adapters implement them.

pub mod access_tokens;
pub mod ambient;
pub mod dns;
pub mod mail;
pub mod oidc;
pub mod oidc_sign_in;
pub mod outbound;
pub mod pictures;
pub mod saml;
pub mod saml_sign_in;
pub mod store;
pub mod test_provider;
pub mod webhook_format;
