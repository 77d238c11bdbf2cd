//! Portal sessions: an IT admin's open visit, born of a link.

use crate::Instant;
use crate::admission::{AddressRule, Admin, Admission};
use crate::connection_type::Protocol;
use crate::id::{EnvironmentId, OrganizationId, PortalLinkId, PortalSessionId};
use crate::intent::Intent;
use crate::oidc::OidcClient;
use crate::portal_link::{Capability, Consumption, PortalLink};
use crate::saml::IdentityProvider;
use crate::secret::SecretDigest;
use crate::url::HttpsUrl;

/// An IT admin's open visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalSession {
    /// Its id.
    pub id: PortalSessionId,
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The organization it is bound to.
    pub organization_id: OrganizationId,
    /// The link it was born of.
    pub link_id: PortalLinkId,
    /// What a presented cookie is looked up by.
    pub digest: SecretDigest,
    /// What it may do.
    pub capability: Capability,
    /// What it is for; empty means everything.
    pub intents: Vec<Intent>,
    /// Who is in it, as far as known.
    pub admin: Option<Admin>,
    /// How far the admin is.
    pub progress: Progress,
    /// When they got there: of a link's visits the one with the latest is gone on with.
    pub progress_at: Instant,
    /// When it began.
    pub started_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// When it was ended, if it was: by the admin, or by withdrawing its link.
    pub ended_at: Option<Instant>,
}

/// How far an IT admin is with single sign-on; kept so that a closed browser loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The catalogue's entry that was picked.
    pub provider: Option<String>,
    /// The step of its walkthrough, from 0.
    pub step: u16,
    /// What was understood and waits to be saved.
    pub candidate: Option<Candidate>,
    /// How often the steps were sent to a colleague.
    pub sheets_sent: u16,
}

/// How often the steps are sent to colleagues from one visit, and from those that go on with it:
/// the portal must not become a way to send mail to anybody.
pub const SHEETS_SENT_MAX: u16 = 5;

/// The steps were sent to colleagues [`SHEETS_SENT_MAX`] times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the steps were sent {SHEETS_SENT_MAX} times already")]
pub struct TooManySheets;

impl Progress {
    /// The beginning of a walkthrough, or of nothing. What was sent stays counted.
    #[must_use]
    pub fn begun_anew(&self, provider: Option<String>) -> Self {
        Self { provider, sheets_sent: self.sheets_sent, ..Self::default() }
    }

    /// The same with the steps sent once more.
    pub fn with_sheet_sent(self) -> Result<Self, TooManySheets> {
        if self.sheets_sent >= SHEETS_SENT_MAX {
            return Err(TooManySheets);
        }
        Ok(Self { sheets_sent: self.sheets_sent + 1, ..self })
    }
}

/// Provider data that was understood and shown, and waits for the admin's "save".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Changes with every reading: what is saved must be what was shown.
    pub revision: String,
    /// The data.
    pub data: CandidateData,
}

/// The data of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CandidateData {
    /// A SAML identity provider.
    Saml {
        /// What the metadata said.
        idp: IdentityProvider,
        /// Where it was fetched, if it was.
        metadata_url: Option<HttpsUrl>,
    },
    /// An OpenID Connect provider with our registration; the secret is sealed already.
    Oidc(OidcClient),
}

impl CandidateData {
    /// The protocol it is for.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Saml { .. } => Protocol::Saml,
            Self::Oidc(_) => Protocol::Oidc,
        }
    }
}

/// Why a session cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionOver {
    /// Past its time.
    #[error("the visit has expired")]
    Expired,
    /// Ended by the admin or by withdrawing its link.
    #[error("the visit was ended")]
    Ended,
}

impl PortalSession {
    /// Opens a visit. The link has been asked whether it can be opened, and whether it admits the
    /// admin.
    pub fn start(
        id: PortalSessionId,
        link: &PortalLink,
        digest: SecretDigest,
        admin: Option<Admin>,
        now: Instant,
    ) -> Self {
        let policy = link.kind.policy();
        let longest = now + policy.session_life;
        let expires_at = match policy.consumption {
            // A launch link lives for minutes; its visit outlives it.
            Consumption::Opening => longest,
            Consumption::AllIntents | Consumption::FirstSave => longest.min(link.expires_at),
        };
        Self {
            id,
            environment_id: link.environment_id,
            organization_id: link.organization_id,
            link_id: link.id,
            digest,
            capability: policy.capability,
            intents: link.intents.clone(),
            admin,
            progress: Progress { provider: link.provider_hint.clone(), ..Progress::default() },
            progress_at: now,
            started_at: now,
            expires_at,
            ended_at: None,
        }
    }

    /// The visit, where an earlier one of the same link was: whoever closes their browser or changes
    /// to another device comes back to the same step.
    #[must_use]
    pub fn going_on(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) if earlier.link_id == self.link_id => Self { progress: earlier.progress, ..self },
            Some(_) | None => self,
        }
    }

    /// Notes how far the admin is.
    pub fn note(&mut self, progress: Progress, now: Instant) {
        self.progress = progress;
        self.progress_at = now;
    }

    /// Whether the admin is one that the link admits, if it names any.
    ///
    /// Visits are opened for such admins only; a visit that was opened before links asked for a
    /// proof has none, and ends here.
    pub fn admitted(&self, link: &PortalLink) -> bool {
        match Admission::of(link, AddressRule::Stated) {
            Admission::Named => Admission::Named.admits(link, self.admin.as_ref()),
            Admission::Confirmed | Admission::Stated | Admission::SignedIn => true,
        }
    }

    /// Whether the visit goes on.
    pub fn live(&self, now: Instant) -> Result<(), SessionOver> {
        if self.ended_at.is_some() {
            Err(SessionOver::Ended)
        } else if self.expires_at <= now {
            Err(SessionOver::Expired)
        } else {
            Ok(())
        }
    }

    /// Whether the visit is for an intent.
    pub fn covers(&self, intent: Intent) -> bool {
        self.intents.is_empty() || self.intents.contains(&intent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_sent_so_often_and_not_once_more() {
        let mut progress = Progress::default();
        for _ in 0..SHEETS_SENT_MAX {
            progress = progress.with_sheet_sent().unwrap();
        }
        // Picking another provider, saving and resetting begin anew without forgetting it.
        let anew = progress.begun_anew(Some("okta-saml".to_owned()));
        assert_eq!((anew.provider.as_deref(), anew.step), (Some("okta-saml"), 0));
        assert_eq!(anew.with_sheet_sent(), Err(TooManySheets));
    }
}
