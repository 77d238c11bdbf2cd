//! Organization domains: mail domains with their proof of ownership.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Instant;
use crate::domain_name::DomainName;
use crate::id::{EnvironmentId, OrganizationDomainId, OrganizationId};
use crate::secret::TOKEN_BYTES;

/// A mail domain of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationDomain {
    /// Its id.
    pub id: OrganizationDomainId,
    /// The environment it lives in.
    pub environment_id: EnvironmentId,
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// The domain.
    pub domain: DomainName,
    /// How far the proof is.
    pub state: DomainState,
    /// What the TXT record has to say. Not a secret: it is published in DNS.
    pub verification_token: String,
    /// When it was added.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// How far the proof of a domain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainState {
    /// Waiting for the DNS record.
    Pending,
    /// Proven.
    Verified {
        /// When.
        at: Instant,
        /// How.
        by: Proof,
    },
    /// Not proven in time.
    Failed {
        /// When it was given up.
        at: Instant,
    },
}

/// How a domain was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a TXT record.
    Dns,
    /// By the vendor's word.
    Manual,
}

/// How a domain is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DomainClaim {
    /// To be proven by DNS.
    #[default]
    Pending,
    /// The vendor vouches for it.
    Verified,
}

/// A domain as it is claimed for an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDomain {
    /// The domain.
    pub domain: DomainName,
    /// How it is added.
    pub claim: DomainClaim,
}

/// Most domains of an organization.
pub const ORGANIZATION_DOMAINS_MAX: usize = 100;

impl OrganizationDomain {
    /// Adds a claimed domain to an organization, with fresh random bytes for its proof.
    pub fn claimed(
        id: OrganizationDomainId,
        organization: (EnvironmentId, OrganizationId),
        claimed: ClaimedDomain,
        random: [u8; TOKEN_BYTES],
        now: Instant,
    ) -> Self {
        let state = match claimed.claim {
            DomainClaim::Pending => DomainState::Pending,
            DomainClaim::Verified => DomainState::Verified { at: now, by: Proof::Manual },
        };
        Self {
            id,
            environment_id: organization.0,
            organization_id: organization.1,
            domain: claimed.domain,
            state,
            verification_token: URL_SAFE_NO_PAD.encode(random),
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether addresses in the domain count as the organization's.
    pub fn is_verified(&self) -> bool {
        matches!(self.state, DomainState::Verified { .. })
    }

    /// Accepts the vendor's word for the domain. `None` if it is proven already.
    pub fn vouched(self, now: Instant) -> Option<Self> {
        if self.is_verified() {
            return None;
        }
        Some(Self { state: DomainState::Verified { at: now, by: Proof::Manual }, updated_at: now, ..self })
    }
}
