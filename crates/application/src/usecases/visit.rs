//! What the use cases of an open visit share: whose visit it is, and whether it may go on.

use vestibule_domain::Instant;
use vestibule_domain::audit::{Actor, ActorKind};
use vestibule_domain::connection::Connection;
use vestibule_domain::id::ConnectionId;
use vestibule_domain::intent::Intent;
use vestibule_domain::portal_link::{Capability, Consumption, LinkUnusable, PortalLink};
use vestibule_domain::portal_session::{PortalSession, SessionOver};
use vestibule_domain::secret::SecretDigest;

use crate::chronicle::Scene;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::Contended;

/// Why a visit cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// No visit with this cookie.
    #[error("no such visit")]
    Unknown,
    /// The visit is over.
    #[error(transparent)]
    Over(#[from] SessionOver),
    /// The link behind it is spent, expired or withdrawn.
    #[error(transparent)]
    Link(#[from] LinkUnusable),
    /// The visit is for something else.
    #[error("the link does not cover this")]
    NotCovered,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for VisitError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

/// A visit that goes on, held against others' changes, with its link.
pub(super) struct OpenVisit {
    pub(super) session: PortalSession,
    pub(super) link: PortalLink,
    pub(super) scene: Scene,
}

/// Finds a visit by its cookie's digest and checks that it may act for an intent.
///
/// The link is asked too: a link that was spent or withdrawn meanwhile takes its visits' right to
/// change anything with it. That reason is told before the visit's own end, since it is what the
/// admin has to hear.
pub(super) async fn open_visit(
    work: &mut dyn UnitOfWork,
    digest: &SecretDigest,
    intent: Intent,
    now: Instant,
) -> Result<OpenVisit, VisitError> {
    let session = work.sessions().lock_by_digest(digest).await?.ok_or(VisitError::Unknown)?;
    // Held too: two visits that finish different intents of one link must both be counted.
    let link =
        work.links().lock(session.environment_id, session.link_id).await?.ok_or(VisitError::Unknown)?;
    match link.kind.policy().consumption {
        // Opening spent a launch link; its visit lives on its own, until the link's maker revokes.
        Consumption::Opening => {}
        Consumption::AllIntents | Consumption::FirstSave => link.usable(now)?,
    }
    session.live(now)?;
    if !session.admitted(&link) {
        return Err(VisitError::Unknown);
    }
    if !session.covers(intent) {
        return Err(VisitError::NotCovered);
    }
    let scene = Scene { environment_id: session.environment_id, actor: actor_of(&session), now };
    Ok(OpenVisit { session, link, scene })
}

/// Why a connection that is set up was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// The visit cannot go on.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The visit may set up, not change.
    #[error("the visit may not change what is set up")]
    NotAllowed,
    /// The organization has no such connection (any more).
    #[error("the organization has no such connection")]
    NoSuchConnection,
}

impl From<StoreError> for ManageError {
    fn from(error: StoreError) -> Self {
        Self::Visit(error.into())
    }
}

impl Contended for ManageError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Visit(error) if error.is_contended())
    }
}

/// Finds a visit that may change what is set up, and the connection that it was shown, both held
/// against others' changes. One that was set up since is left alone.
pub(super) async fn open_to_manage(
    work: &mut dyn UnitOfWork,
    digest: &SecretDigest,
    shown: ConnectionId,
    now: Instant,
) -> Result<(OpenVisit, Connection), ManageError> {
    let visit = open_visit(work, digest, Intent::Sso, now).await?;
    match visit.session.capability {
        Capability::SetUp => return Err(ManageError::NotAllowed),
        Capability::SetUpAndManage => {}
    }
    let held = work
        .connections()
        .lock_of_organization(visit.session.environment_id, visit.session.organization_id)
        .await?
        .filter(|held| held.id == shown)
        .ok_or(ManageError::NoSuchConnection)?;
    Ok((visit, held))
}

/// Whoever is in a visit, as the audit trail names them.
pub fn actor_of(session: &PortalSession) -> Actor {
    let name = session.admin.as_ref().map(|admin| admin.email().to_string());
    Actor { kind: ActorKind::PortalSession, id: session.id.to_string(), name, origin: None }
}
