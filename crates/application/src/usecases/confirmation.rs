//! A member proves once more that it is them: what a stolen visit alone must not change asks for
//! the password again, and counts wrong ones as signing in does.

use vestibule_domain::Instant;
use vestibule_domain::member::{Member, PasswordAttempts, WRONG_PASSWORDS_MAX};
use vestibule_domain::team_trail::TeamAction;

use super::begin_member_session::ComparedPassword;
use crate::ambient::Ambient;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::team_chronicle::{self, Acting, TeamDeed};

/// Why a member is not believed. It is no error of a use case: the count has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unconfirmed {
    /// The password is wrong.
    Wrong,
    /// The account takes none now: too many were wrong.
    Resting,
}

/// The member, locked, if the password is theirs.
pub(super) async fn confirmed(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    by: &Acting,
    compared: &ComparedPassword,
    now: Instant,
) -> Result<Result<Member, Unconfirmed>, StoreError> {
    let Some(member) = work.members().lock(by.member_id).await? else { return Ok(Err(Unconfirmed::Wrong)) };
    if member.attempts.open(now).is_err() {
        return Ok(Err(Unconfirmed::Resting));
    }
    if !compared.right || compared.hash != member.password_hash {
        note_wrong(work, ambient, member, by.ip_address.clone(), now).await?;
        return Ok(Err(Unconfirmed::Wrong));
    }
    Ok(Ok(Member { attempts: PasswordAttempts::default(), ..member }))
}

/// Counts a wrong password or code; the one that makes the account rest is in the team's trail.
pub(super) async fn note_wrong(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    member: Member,
    ip_address: Option<String>,
    now: Instant,
) -> Result<(), StoreError> {
    let attempts = member.attempts.with_wrong(now);
    let (id, team_id) = (member.id, member.team_id);
    work.members().update(&Member { attempts, ..member }).await?;
    if attempts.wrong == WRONG_PASSWORDS_MAX {
        let deed = TeamDeed::to(id, TeamAction::MemberLockedOut);
        team_chronicle::record_of_nobody(work, ambient, (team_id, ip_address), now, deed).await?;
    }
    Ok(())
}
