//! Identifiers: a type prefix and a ULID, one Rust type for each entity.
//!
//! ULIDs are time-ordered, so B-trees stay dense and the id alone is a keyset cursor. The text
//! form is the only form that leaves the process: `org_01HZ…`, 26 Crockford characters after the
//! prefix, upper case.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

/// Why a text is not an identifier of the wanted type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text does not start with the prefix of the type.
    #[error("the id must start with `{expected}`")]
    Prefix {
        /// The prefix that was expected, underscore included.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 upper-case Crockford base-32 characters.
    #[error("the id must have 26 Crockford base-32 characters after `{expected}`")]
    Ulid {
        /// The prefix that was found.
        expected: &'static str,
    },
}

/// What all identifier types share; lets stores and cursors treat them alike.
pub trait Id: Copy + Ord + fmt::Display + FromStr<Err = IdError> + Send + Sync + 'static {
    /// The type prefix, underscore included.
    const PREFIX: &'static str;
    /// Wraps a ULID.
    fn from_ulid(ulid: Ulid) -> Self;
    /// The ULID inside.
    fn ulid(self) -> Ulid;
    /// The least id that is made at an instant, to the millisecond: all that are made before it are
    /// less.
    fn least_at(at: crate::Instant) -> Self {
        // Instants before 1970 do not occur; nothing is less than the least id of the epoch.
        let ms = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        Self::from_ulid(Ulid::from_parts(ms, 0))
    }
}

fn parse_ulid(raw: &str, prefix: &'static str) -> Result<Ulid, IdError> {
    let rest = raw.strip_prefix(prefix).ok_or(IdError::Prefix { expected: prefix })?;
    // The parser of the crate is lenient about case and length of the value; ours is not, so that
    // one entity has one spelling and text comparison in stores stays right.
    let ulid = Ulid::from_string(rest).map_err(|_| IdError::Ulid { expected: prefix })?;
    if ulid.to_string() == rest { Ok(ulid) } else { Err(IdError::Ulid { expected: prefix }) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_ulid(ulid: Ulid) -> Self { Self(ulid) }
            fn ulid(self) -> Ulid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(raw: &str) -> Result<Self, IdError> { parse_ulid(raw, $prefix).map(Self) }
        }
    )*};
}

ids! {
    /// The vendor's account on this deployment.
    TeamId = "team_";
    /// A person who signs in to the dashboard.
    MemberId = "member_";
    /// A member's visit to the dashboard.
    MemberSessionId = "member_session_";
    /// An invitation to a team.
    TeamInvitationId = "team_invitation_";
    /// An isolated space of a team.
    EnvironmentId = "environment_";
    /// The public id that an environment's applications send.
    ClientId = "client_";
    /// The record of an API key; the key itself starts with `sk_`.
    ApiKeyId = "key_";
    /// One customer of the vendor.
    OrganizationId = "org_";
    /// A mail domain of an organization.
    OrganizationDomainId = "org_domain_";
    /// A person at the customer who sets things up.
    ItContactId = "it_contact_";
    /// The right to open the portal.
    PortalLinkId = "portal_link_";
    /// An IT admin's open visit.
    PortalSessionId = "portal_session_";
    /// A code that proves an address.
    AddressCodeId = "address_code_";
    /// How an organization's people sign in.
    ConnectionId = "conn_";
    /// A signing certificate of the identity provider.
    IdpCertificateId = "saml_x509_cert_";
    /// A certificate of ours that a connection presents.
    SpCertificateId = "saml_party_trust_";
    /// One attempt to sign in through a connection.
    SsoSessionId = "sess_";
    /// The normalised person that a sign-in yields.
    ProfileId = "prof_";
    /// A key that signs an environment's access tokens.
    SigningKeyId = "sso_key_";
    /// An entry of the audit trail.
    AuditId = "audit_";
    /// A fact told to the vendor.
    EventId = "event_";
    /// An address that receives events.
    WebhookEndpointId = "we_";
    /// One event on its way to one endpoint.
    WebhookDeliveryId = "delivery_";
    /// One HTTP request of a delivery, with its answer.
    WebhookAttemptId = "attempt_";
    /// A message to a person.
    MessageId = "message_";
    /// A piece of work after the answer.
    JobId = "job_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_id_of_an_instant_divides_before_from_after() {
        let at = time::macros::datetime!(2026-11-22 12:00:00.123 UTC);
        let made = |ms: i64, chance| {
            let at = at + time::Duration::milliseconds(ms);
            let ms = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap();
            OrganizationId::from_ulid(Ulid::from_parts(ms, chance))
        };
        assert_eq!(OrganizationId::least_at(at), made(0, 0));
        assert!(made(-1, u128::MAX >> 48) < OrganizationId::least_at(at));
        let epoch = OrganizationId::from_ulid(Ulid::from_parts(0, 0));
        assert_eq!(OrganizationId::least_at(crate::Instant::UNIX_EPOCH - time::Duration::DAY), epoch);
    }

    const RAW: &str = "org_01J9ZQK3V0000000000000000A";

    #[test]
    fn an_id_survives_its_text_form() {
        let id: OrganizationId = RAW.parse().unwrap();
        assert_eq!(id.to_string(), RAW);
    }

    #[test]
    fn another_types_prefix_is_refused() {
        assert_eq!(RAW.parse::<ConnectionId>(), Err(IdError::Prefix { expected: "conn_" }));
        // `org_domain_…` starts with `org_` but is no organization id.
        assert!(matches!(
            "org_domain_01J9ZQK3V0000000000000000A".parse::<OrganizationId>(),
            Err(IdError::Ulid { .. })
        ));
    }

    #[test]
    fn one_entity_has_one_spelling() {
        for raw in [
            "org_",
            "org_01j9zqk3v0000000000000000a",
            "org_01J9ZQK3V0000000000000000",
            "org_01J9ZQK3V0000000000000000AA",
            "org_01J9ZQK3V000000000000000OA",
            "org_81J9ZQK3V0000000000000000A",
            "org_01J9ZQK3V0000000000000000\u{e9}",
        ] {
            assert_eq!(raw.parse::<OrganizationId>(), Err(IdError::Ulid { expected: "org_" }), "{raw}");
        }
    }

    #[test]
    fn ids_sort_by_their_time() {
        let early = OrganizationId::from_ulid(Ulid::from_parts(1, u128::MAX));
        let late = OrganizationId::from_ulid(Ulid::from_parts(2, 0));
        assert!(early < late && early.to_string() < late.to_string());
    }
}
