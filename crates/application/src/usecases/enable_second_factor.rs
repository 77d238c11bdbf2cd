//! A member switches their second factor on.

use async_trait::async_trait;
use vestibule_domain::id::MemberSessionId;
use vestibule_domain::member::Member;
use vestibule_domain::message::AccountChange;
use vestibule_domain::team_trail::TeamAction;
use vestibule_domain::totp::{
    RECOVERY_CODE_BYTES, RECOVERY_CODES, RecoveryCode, SecondFactor, TotpCode, TotpSecret,
};

use super::begin_member_session::ComparedPassword;
use super::confirmation::{Unconfirmed, confirmed};
use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{StoreError, UnitOfWork, Visits};
use crate::team_chronicle::{self, Acting, Says, TeamDeed};
use crate::usecase::UseCase;

/// Keeps the secret that a member's app has, once a code shows that it has it. Other visits end:
/// they were begun without it.
pub struct EnableSecondFactor {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct EnableSecondFactorCommand {
    /// Who asks.
    pub by: Acting,
    /// The visit in which they ask: it goes on.
    pub session_id: MemberSessionId,
    /// What came of comparing their password.
    pub compared: ComparedPassword,
    /// The secret that they were shown.
    pub secret: TotpSecret,
    /// What their app made of it.
    pub code: TotpCode,
}

/// Why it was not switched on. It is no error: the count of wrong passwords has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotEnabled {
    /// The password.
    Unconfirmed(Unconfirmed),
    /// The code does not fit the secret now.
    WrongCode,
    /// It is on.
    AlreadyOn,
}

#[async_trait]
impl UseCase for EnableSecondFactor {
    type Command = EnableSecondFactorCommand;
    type Outcome = Result<Vec<RecoveryCode>, NotEnabled>;
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: EnableSecondFactorCommand,
    ) -> Result<Result<Vec<RecoveryCode>, NotEnabled>, StoreError> {
        let now = self.ambient.now();
        let EnableSecondFactorCommand { by, session_id, compared, secret, code } = command;
        let member = match confirmed(work, &self.ambient, &by, &compared, now).await? {
            Ok(member) => member,
            Err(unconfirmed) => return Ok(Err(NotEnabled::Unconfirmed(unconfirmed))),
        };
        if member.second_factor.is_some() {
            return Ok(Err(NotEnabled::AlreadyOn));
        }
        let Some(last_step) = secret.step_of(code, now, None) else { return Ok(Err(NotEnabled::WrongCode)) };
        let codes = fresh_codes(&self.ambient);
        let factor = SecondFactor {
            sealed_secret: self.ambient.seal(SecretOf::TotpSecret(member.id), secret.expose()),
            last_step,
            recovery_codes: codes.iter().map(RecoveryCode::digest).collect(),
            since: now,
        };
        let member = Member { second_factor: Some(factor), ..member };
        work.members().update(&member).await?;
        work.members().end_sessions(member.id, Visits::AllBut(session_id), now).await?;
        let says = Says::Changed(AccountChange::SecondFactorOn);
        team_chronicle::write_to(work, &self.ambient, (member.team_id, &member.email), now, says).await?;
        let deed = TeamDeed::to(member.id, TeamAction::SecondFactorEnabled);
        team_chronicle::record(work, &self.ambient, &by, now, deed).await?;
        Ok(Ok(codes))
    }
}

/// New recovery codes.
pub(super) fn fresh_codes(ambient: &Ambient) -> Vec<RecoveryCode> {
    let fresh = || {
        let mut bytes = [0; RECOVERY_CODE_BYTES];
        ambient.entropy.fill(&mut bytes);
        RecoveryCode::from_random(bytes)
    };
    std::iter::repeat_with(fresh).take(RECOVERY_CODES).collect()
}
