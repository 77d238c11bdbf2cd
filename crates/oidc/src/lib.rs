//! OpenID Connect, the relying party's side: reading what providers publish, signing people in; the
//! access tokens that we issue ourselves; and the documents of the test identity provider.
//!
//! Everything from outside comes and goes through the `Outbound` port. This crate must never know
//! for whom somebody signs in, or what becomes of them.

mod access_token;
mod claims;
mod client_auth;
mod discovery;
mod id_token;
mod jws;
mod key_set;
mod key_sets;
mod request;
mod sign_in;
mod signing_pair;
mod test_provider;
mod token_endpoint;
mod trail;
mod user_info;

pub use access_token::JwtAccessTokens;
pub use claims::CLAIM_SUBJECT_BYTES_MAX;
pub use discovery::OidcAdapter;
pub use key_set::KEYS_MAX;
pub use key_sets::{KEY_SET_LIFE, KEY_SET_REFRESH_PAUSE, KEY_SET_RETRY_PAUSE, KEY_SETS_MAX};
pub use sign_in::{CODE_BYTES_MAX, OidcRelyingParty};
pub use test_provider::TestOidcProvider;
