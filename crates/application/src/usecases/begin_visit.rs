//! Opens a portal link: starts a visit, and spends the link if opening spends its kind.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, ActorKind, AuditAction};
use vestibule_domain::id::PortalSessionId;
use vestibule_domain::portal_link::{LinkState, LinkUnusable, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::{PortalSessionToken, PortalToken};

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Opens a portal link.
pub struct BeginVisit {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// A visit that began. The cookie's token is shown once, here.
#[derive(Clone, Debug)]
pub struct BegunVisit {
    /// The visit.
    pub session: PortalSession,
    /// The token for its cookie.
    pub token: PortalSessionToken,
}

/// Why no visit began.
#[derive(Debug, thiserror::Error)]
pub enum BeginVisitError {
    /// No such link.
    #[error("no such link")]
    Unknown,
    /// The link cannot be used.
    #[error(transparent)]
    Unusable(#[from] LinkUnusable),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for BeginVisitError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for BeginVisit {
    type Command = PortalToken;
    type Outcome = BegunVisit;
    type Error = BeginVisitError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        token: PortalToken,
    ) -> Result<BegunVisit, BeginVisitError> {
        let now = self.ambient.now();
        let link = work.links().find_by_digest(&token.digest()).await?.ok_or(BeginVisitError::Unknown)?;
        let opened = link.opened(now)?;
        if matches!(opened.state, LinkState::Consumed { .. }) && !work.links().advance(&opened, now).await? {
            return Err(why_unusable(work, &opened, now).await?.into());
        }
        let token = PortalSessionToken::from_random(self.ambient.token_bytes());
        let id: PortalSessionId = self.ambient.id(now);
        let session = PortalSession::start(id, &opened, token.digest(), now);
        work.sessions().insert(&session).await?;
        let actor = Actor { kind: ActorKind::PortalSession, id: id.to_string(), name: None };
        let scene = Scene { environment_id: opened.environment_id, actor, now };
        let deed = |action| Deed {
            action,
            organization_id: Some(opened.organization_id),
            target: ("portal_link", opened.id.to_string()),
            details: vec![("portal_session_id", id.to_string())],
        };
        chronicle::record(work, &self.ambient, &scene, deed(AuditAction::PortalTokenRendered)).await?;
        if matches!(opened.state, LinkState::Consumed { .. }) {
            chronicle::record(work, &self.ambient, &scene, deed(AuditAction::PortalTokenConsumed)).await?;
        }
        Ok(BegunVisit { session, token })
    }
}

/// Why a compare-and-set on a link failed: somebody else was first, and this is what they did.
pub(super) async fn why_unusable(
    work: &mut dyn UnitOfWork,
    link: &PortalLink,
    now: vestibule_domain::Instant,
) -> Result<LinkUnusable, StoreError> {
    let current = work.links().find(link.environment_id, link.id).await?;
    Ok(match current.map(|link| link.usable(now)) {
        Some(Err(reason)) => reason,
        // Open again is impossible, gone means that its organization was deleted.
        Some(Ok(())) => LinkUnusable::Consumed,
        None => LinkUnusable::Revoked,
    })
}
