//! Lets somebody in: one statement after the other. There is no round trip to save, and nobody else
//! writes meanwhile.

use vestibule_application::ports::store::{
    AcceptedAssertions as _, Admission, Admitted, Profiles as _, SsoSessions as _, StoreResult,
};
use vestibule_domain::sso::session::{IssuedCode, SsoSession, SsoSessionState};

use super::shared::SqlUnitOfWork;

pub(super) async fn admit(work: &mut SqlUnitOfWork, admission: &Admission) -> StoreResult<Admitted> {
    let Admission { session, profile, assertion } = admission;
    if !work.is_started(session).await? {
        return Ok(Admitted::Ended);
    }
    if let Some(assertion) = assertion
        && !work.accept(assertion).await?
    {
        return Ok(Admitted::AssertionUsed);
    }
    let profile_id = work.save(profile).await?.id;
    let code = session.code.map(|code| IssuedCode { profile_id, ..code });
    work.advance(&SsoSession { code, ..session.clone() }, &SsoSessionState::Started).await?;
    Ok(Admitted::In(profile_id))
}

impl SqlUnitOfWork {
    async fn is_started(&mut self, session: &SsoSession) -> StoreResult<bool> {
        use diesel::prelude::*;

        use super::shared::schema::sso_sessions;

        let query = sso_sessions::table
            .filter(sso_sessions::id.eq(session.id.to_string()))
            .filter(sso_sessions::environment_id.eq(session.environment_id.to_string()))
            .filter(sso_sessions::state.eq(SsoSessionState::Started.as_str()))
            .select(sso_sessions::id);
        let found: Vec<String> = self.rows("sso_sessions", query).await?;
        Ok(!found.is_empty())
    }
}
