//! Values, states and rules of Vestibule.
//!
//! Everything here is synchronous and total: a rule takes what it needs as arguments (`now`
//! included) and answers with a new state or with the reason why not. This crate must never know
//! a store, a clock, a random source, a serialisation format or HTTP; `clippy.toml` beside it and
//! `cargo xtask tidy` hold it to that.

pub mod address_code;
pub mod admission;
pub mod api_key;
pub mod attention;
pub mod attribute_map;
pub mod audit;
pub mod brand;
pub mod certificate;
pub mod certificate_watch;
pub mod connection;
pub mod connection_type;
pub mod contrast;
pub mod custom_attributes;
pub mod custom_host;
pub mod digest;
pub mod domain_name;
pub mod email;
pub mod environment;
pub mod event;
pub mod id;
pub mod intent;
pub mod it_contact;
pub mod job;
pub mod key_pair;
pub mod language;
pub mod member;
pub mod member_session;
pub mod message;
pub mod metadata_refresh;
pub mod notice;
pub mod oidc;
pub mod organization;
pub mod organization_domain;
pub mod page;
pub mod password;
pub mod password_reset;
pub mod portal_link;
pub mod portal_session;
pub mod readout;
pub mod redirect;
pub mod redirect_uri;
pub mod role_mapping;
pub mod saml;
pub mod secret;
pub mod social;
pub mod sso;
pub mod step_sheet;
pub mod team;
pub mod team_trail;
pub mod test_provider;
pub mod text;
pub mod totp;
pub mod url;
pub mod webhook;

/// An instant, always UTC. Stores keep it to the microsecond, see [`truncate_to_micros`].
pub type Instant = time::OffsetDateTime;

/// Cuts an instant to whole microseconds in UTC: the precision that every store keeps.
///
/// Text order equals time order only when every instant has the same precision and offset, and
/// SQLite compares text; PostgreSQL keeps microseconds and would round.
pub fn truncate_to_micros(at: Instant) -> Instant {
    let at = at.to_offset(time::UtcOffset::UTC);
    let micros = at.microsecond();
    // A value below one million times one thousand is below one thousand million, always valid.
    at.replace_nanosecond(micros * 1_000).unwrap_or(at)
}
