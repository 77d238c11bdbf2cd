//! Opens a portal link: starts a visit where the last one was, and spends the link if opening
//! spends its kind.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::admission::{Admin, Admission};
use vestibule_domain::audit::AuditAction;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::PortalSessionId;
use vestibule_domain::portal_link::{Consumption, LinkState, LinkUnusable, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::{PortalSessionToken, PortalToken};

use super::visit::actor_of;
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Opens a portal link that asks for no proof of an address; see
/// [`super::confirm_address::ConfirmAddress`] for those that do.
pub struct BeginVisit {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct BeginVisitCommand {
    /// The link's token.
    pub token: PortalToken,
    /// Who they say they are, if they say it.
    pub admin: Option<EmailAddress>,
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
    /// The link, or its environment, asks for an address that is proven.
    #[error("the link asks for a proof of an address")]
    Unproven,
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
    type Command = BeginVisitCommand;
    type Outcome = BegunVisit;
    type Error = BeginVisitError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BeginVisitCommand,
    ) -> Result<BegunVisit, BeginVisitError> {
        let now = self.ambient.now();
        let link =
            work.links().find_by_digest(&command.token.digest()).await?.ok_or(BeginVisitError::Unknown)?;
        let opened = link.opened(now)?;
        let admin = command.admin.map(Admin::Stated);
        let admission = admission_of(work, &opened).await?.ok_or(BeginVisitError::Unknown)?;
        if !admission.admits(&opened, admin.as_ref()) {
            return Err(BeginVisitError::Unproven);
        }
        enter(work, &self.ambient, Entry { opened, admin, judged_at: now, now }).await
    }
}

/// What a link asks for; nothing if its environment is gone.
pub(super) async fn admission_of(
    work: &mut dyn UnitOfWork,
    link: &PortalLink,
) -> Result<Option<Admission>, StoreError> {
    let environment = work.accounts().find_environment(link.environment_id).await?;
    Ok(environment.map(|environment| Admission::of(link, environment.addresses)))
}

/// Somebody who comes in.
pub(super) struct Entry {
    /// The link as it is after being opened.
    pub(super) opened: PortalLink,
    /// Who comes in, as far as known.
    pub(super) admin: Option<Admin>,
    /// As of when the link has to work.
    pub(super) judged_at: Instant,
    /// Now.
    pub(super) now: Instant,
}

/// Starts a visit of an admin whom the link admits.
pub(super) async fn enter(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    entry: Entry,
) -> Result<BegunVisit, BeginVisitError> {
    let Entry { opened, admin, judged_at, now } = entry;
    let spent = matches!(opened.state, LinkState::Consumed { .. });
    if spent && !work.links().advance(&opened, judged_at).await? {
        return Err(why_unusable(work, &opened, judged_at).await?.into());
    }
    let token = PortalSessionToken::from_random(ambient.token_bytes());
    let id: PortalSessionId = ambient.id(now);
    let earlier = earlier_visit(work, &opened).await?;
    let session = PortalSession::start(id, &opened, token.digest(), admin, now).going_on(earlier);
    work.sessions().insert(&session).await?;
    let scene = Scene { environment_id: opened.environment_id, actor: actor_of(&session), now };
    let deed = |action| Deed {
        action,
        organization_id: Some(opened.organization_id),
        target: ("portal_link", opened.id.to_string()),
        details: vec![("portal_session_id", id.to_string())],
    };
    let rendered = Deed {
        details: [deed(AuditAction::PortalTokenRendered).details, proof(&session)].concat(),
        ..deed(AuditAction::PortalTokenRendered)
    };
    chronicle::record(work, ambient, &scene, rendered).await?;
    if spent {
        chronicle::record(work, ambient, &scene, deed(AuditAction::PortalTokenConsumed)).await?;
    }
    Ok(BegunVisit { session, token })
}

/// How the audit trail tells a proven address from one that was only said.
fn proof(session: &PortalSession) -> Vec<(&'static str, String)> {
    let proof = session.admin.as_ref().map(|admin| match admin {
        Admin::Stated(_) => "stated",
        Admin::Confirmed { .. } => "confirmed",
    });
    proof.map(|proof| ("address", proof.to_owned())).into_iter().collect()
}

/// The visit of the same link that got last to where it is. The link is held meanwhile: whoever
/// is in that visit finishes their step first.
async fn earlier_visit(
    work: &mut dyn UnitOfWork,
    link: &PortalLink,
) -> Result<Option<PortalSession>, StoreError> {
    match link.kind.policy().consumption {
        // Opened once, so there is no earlier one.
        Consumption::Opening => Ok(None),
        Consumption::AllIntents | Consumption::FirstSave => {
            work.links().lock(link.environment_id, link.id).await?;
            work.sessions().furthest_of_link(link.environment_id, link.id).await
        }
    }
}

/// Why a compare-and-set on a link failed: somebody else was first, and this is what they did.
pub(super) async fn why_unusable(
    work: &mut dyn UnitOfWork,
    link: &PortalLink,
    now: Instant,
) -> Result<LinkUnusable, StoreError> {
    let current = work.links().find(link.environment_id, link.id).await?;
    Ok(match current.map(|link| link.usable(now)) {
        Some(Err(reason)) => reason,
        // Open again is impossible, gone means that its organization was deleted.
        Some(Ok(())) => LinkUnusable::Consumed,
        None => LinkUnusable::Revoked,
    })
}
