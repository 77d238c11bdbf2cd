//! The audit trail: what happened here.

use crate::Instant;
use crate::id::{AuditId, EnvironmentId, OrganizationId};
use crate::readout::FieldChange;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What sort of actor.
    pub kind: ActorKind,
    /// Their id: of the API key, the portal session, the member; `system` for the service itself.
    pub id: String,
    /// Name for people, if there is one.
    pub name: Option<String>,
    /// Where they acted from. Kept in the audit trail; vendors' events do not have it.
    pub origin: Option<Origin>,
}

/// Where somebody acted from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Their address.
    pub ip_address: Option<String>,
    /// What their browser or program calls itself.
    pub user_agent: Option<String>,
}

/// What sort of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A program with an API key.
    ApiKey,
    /// An IT admin in the portal.
    PortalSession,
    /// A member in the dashboard.
    Member,
    /// The service itself.
    System,
}

impl ActorKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::ApiKey, Self::PortalSession, Self::Member, Self::System];

    /// The word on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::PortalSession => "portal_session",
            Self::Member => "member",
            Self::System => "system",
        }
    }

    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw)
    }
}

impl Actor {
    /// The service itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: "system".into(), name: None, origin: None }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $wire:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $variant,)*
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire and in stores.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }
        }
    };
}

actions! {
    /// A team was made.
    TeamCreated = "team.created",
    /// An environment was made.
    EnvironmentCreated = "environment.created",
    /// A setting of an environment was changed.
    EnvironmentUpdated = "environment.updated",
    /// How an environment presents itself was changed.
    EnvironmentBranded = "environment.branded",
    /// An API key was made.
    ApiKeyCreated = "api_key.created",
    /// An API key was withdrawn.
    ApiKeyRevoked = "api_key.revoked",
    /// An API key was replaced by another.
    ApiKeyRolled = "api_key.rolled",
    /// An organization was made.
    OrganizationCreated = "organization.created",
    /// An organization was changed.
    OrganizationUpdated = "organization.updated",
    /// An organization was removed with all it had.
    OrganizationDeleted = "organization.deleted",
    /// A domain was added.
    OrganizationDomainCreated = "organization_domain.created",
    /// A domain that failed is waited for again.
    OrganizationDomainUpdated = "organization_domain.updated",
    /// A domain is not waited for any more.
    OrganizationDomainFailed = "organization_domain.verification_failed",
    /// A domain was vouched for or proven.
    OrganizationDomainVerified = "organization_domain.verified",
    /// A domain was removed.
    OrganizationDomainDeleted = "organization_domain.deleted",
    /// An IT contact was added.
    ItContactCreated = "it_contact.created",
    /// An IT contact was removed.
    ItContactDeleted = "it_contact.deleted",
    /// A test of a connection was begun, or asked for by a program.
    TestSignInStarted = "test_sign_in.started",
    /// A portal link was made.
    PortalTokenMinted = "portal_token.minted",
    /// A portal link was opened.
    PortalTokenRendered = "portal_token.rendered",
    /// A code was made to prove an address, and sent if the address may open the link.
    PortalCodeRequested = "portal.code_requested",
    /// A code was tried so often that it is worth nothing any more.
    PortalCodeRefused = "portal.code_refused",
    /// A portal link was spent.
    PortalTokenConsumed = "portal_token.consumed",
    /// A portal link was withdrawn.
    PortalTokenRevoked = "portal_token.revoked",
    /// A provider was picked in the portal.
    PortalProviderPicked = "portal.provider_picked",
    /// A step of a walkthrough was reached.
    PortalStepReached = "portal.step_reached",
    /// The steps of a walkthrough were sent to a colleague.
    PortalStepsSent = "portal.steps_sent",
    /// A connection went live or was made through the API.
    ConnectionCreated = "sso.connection.created",
    /// A connection was changed.
    ConnectionUpdated = "sso.connection.updated",
    /// A test sign-in ran.
    ConnectionTested = "sso.connection.tested",
    /// A connection was removed.
    ConnectionDeleted = "sso.connection.deleted",
    /// An endpoint was made.
    WebhookEndpointCreated = "webhook_endpoint.created",
    /// An endpoint was changed.
    WebhookEndpointUpdated = "webhook_endpoint.updated",
    /// An endpoint was removed.
    WebhookEndpointDeleted = "webhook_endpoint.deleted",
    /// A test event was sent to an endpoint.
    WebhookEndpointTested = "webhook_endpoint.tested",
    /// An endpoint's signing secret was replaced.
    WebhookSecretRolled = "webhook_endpoint.secret_rolled",
    /// A delivery was started again.
    WebhookDeliveryReplayed = "webhook_delivery.replayed",
    /// A host of the vendor's own was added.
    CustomDomainCreated = "custom_domain.created",
    /// A host of the vendor's own is used, or not any more.
    CustomDomainUpdated = "custom_domain.updated",
    /// A host of the vendor's own was removed.
    CustomDomainDeleted = "custom_domain.deleted",
}

impl AuditAction {
    /// Reads the word.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == raw)
    }
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization concerned, if one is.
    pub organization_id: Option<OrganizationId>,
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: AuditAction,
    /// Who did it.
    pub actor: Actor,
    /// What it was done to.
    pub target: AuditTarget,
    /// More about it: short texts by name, never secrets.
    pub details: Vec<(String, String)>,
    /// What it changed, field by field; never secrets.
    pub changes: Vec<FieldChange>,
}

/// What an action was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditTarget {
    /// Type, as the wire calls it: `portal_link`, `connection`, …
    pub kind: String,
    /// Its id.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_survives_its_word() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::parse(action.as_str()), Some(*action));
        }
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::parse(kind.as_str()), Some(kind));
        }
    }
}
