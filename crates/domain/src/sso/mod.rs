//! People sign in: what is asked, what an identity provider says, what is checked, what comes of it.

pub mod asserted;
pub mod authorization;
pub mod check;
pub mod failure;
pub mod mapping;
pub mod profile;
pub mod session;
pub mod signing_key;
pub mod ticket;
pub mod trial;

/// How far clocks may be apart, either way, unless a connection says otherwise. Source: DESIGN.md,
/// security, "forged or replayed SAML".
pub const CLOCK_SKEW: time::Duration = time::Duration::seconds(120);
