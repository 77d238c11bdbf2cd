//! A member whose password was right gives the code of their second factor, or a recovery code.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::member::Member;
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::message::AccountChange;
use vestibule_domain::totp::{RecoveryCode, SecondFactor, TotpCode, TotpSecret};

use super::begin_member_session::{BegunMemberSession, open};
use super::confirmation::note_wrong;
use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::sign_in::Browser;
use crate::team_chronicle::{self, Says};
use crate::usecase::UseCase;

/// Opens a visit that waits for a code.
pub struct ProveSecondFactor {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What was given.
#[derive(Clone, Debug)]
pub struct ProveSecondFactorCommand {
    /// The visit that waits.
    pub session: MemberSession,
    /// What was typed: a code, or a recovery code.
    pub proof: Proof,
    /// Where from.
    pub browser: Browser,
}

/// What was typed.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Six digits.
    Code(TotpCode),
    /// One of the codes for when the app is gone.
    Recovery(RecoveryCode),
    /// Neither.
    Nonsense,
}

impl Proof {
    /// Reads what was typed.
    pub fn read(typed: &str) -> Self {
        TotpCode::parse(typed)
            .map(Self::Code)
            .or_else(|| RecoveryCode::parse(typed).map(Self::Recovery))
            .unwrap_or(Self::Nonsense)
    }
}

/// What came of it. A wrong code is no error: its count has to be written.
#[derive(Clone, Debug)]
pub enum Proven {
    /// A visit that opens the dashboard, in place of the one that waited.
    Begun(Box<BegunMemberSession>),
    /// The code is wrong, was used, or is too old.
    Wrong,
    /// The account takes none now: too many were wrong.
    Resting,
    /// Nothing waits any more: begin with the password again.
    Over,
}

#[async_trait]
impl UseCase for ProveSecondFactor {
    type Command = ProveSecondFactorCommand;
    type Outcome = Proven;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: ProveSecondFactorCommand,
    ) -> Result<Proven, StoreError> {
        let now = self.ambient.now();
        let waiting = command.session;
        let Some(member) = work.members().lock(waiting.member_id).await? else { return Ok(Proven::Over) };
        let Some(factor) = member.second_factor.clone() else { return Ok(Proven::Over) };
        if !waiting.awaits_code(now) {
            return Ok(Proven::Over);
        }
        if member.attempts.open(now).is_err() {
            return Ok(Proven::Resting);
        }
        let Some((factor, proof)) = self.accepted(&member, &factor, &command.proof, now) else {
            note_wrong(work, &self.ambient, member, command.browser.ip_address, now).await?;
            return Ok(Proven::Wrong);
        };
        // Whoever ends the waiting visit is the one whose code counts.
        if !work.members().end_session(member.id, waiting.id, now).await? {
            return Ok(Proven::Over);
        }
        if proof == RECOVERY {
            let says = Says::Changed(AccountChange::RecoveryCodeUsed);
            team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        }
        let member = Member { second_factor: Some(factor), ..member };
        let begun = open(work, &self.ambient, member, command.browser, now, proof).await?;
        Ok(Proven::Begun(Box::new(begun)))
    }
}

/// How the trail calls a recovery code.
const RECOVERY: &str = "recovery_code";

impl ProveSecondFactor {
    /// The second factor after a proof that counts.
    fn accepted(
        &self,
        member: &Member,
        factor: &SecondFactor,
        proof: &Proof,
        now: Instant,
    ) -> Option<(SecondFactor, &'static str)> {
        match proof {
            Proof::Code(code) => {
                let opened = self.ambient.open(SecretOf::TotpSecret(member.id), &factor.sealed_secret);
                let secret = match opened {
                    Ok(bytes) => TotpSecret::from_bytes(bytes.try_into().ok()?),
                    Err(error) => {
                        tracing::error!(member.id = %member.id, error = %error, "a second factor does not open");
                        return None;
                    }
                };
                let last_step = secret.step_of(*code, now, Some(factor.last_step))?;
                Some((SecondFactor { last_step, ..factor.clone() }, "totp"))
            }
            Proof::Recovery(code) => Some((factor.spend(code)?, RECOVERY)),
            Proof::Nonsense => None,
        }
    }
}
