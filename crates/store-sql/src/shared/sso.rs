//! Sign-ins in units of work: attempts, profiles, accepted assertions, signing keys.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use vestibule_application::ports::store::{
    AcceptedAssertion, AcceptedAssertions, Admission, Admitted, Conflict, Profiles, SigningKeys, SsoSessions,
    StoreResult,
};
use vestibule_domain::id::{EnvironmentId, SigningKeyId};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{SsoSession, SsoSessionState};
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_wire::stored::TextForm as _;

use super::super::dialect;
use super::rows::{AcceptedRow, ProfileRow, SigningKeyRow, SsoSessionRow};
use super::schema::{accepted_assertions, profiles, signing_keys, sso_sessions};
use super::unit::SqlUnitOfWork;
use crate::doc::Doc;
use crate::parse::instant;

#[async_trait]
impl SsoSessions for SqlUnitOfWork {
    async fn insert(&mut self, session: &SsoSession) -> StoreResult<()> {
        self.kept.sso_sessions.push(SsoSessionRow::from(session));
        Ok(())
    }

    async fn advance(&mut self, session: &SsoSession, from: &SsoSessionState) -> StoreResult<bool> {
        self.plan_once();
        // One statement that repeats the check: of many only one finds the attempt where it was.
        let held = sso_sessions::table
            .filter(sso_sessions::id.eq(session.id.to_string()))
            .filter(sso_sessions::environment_id.eq(session.environment_id.to_string()))
            .filter(sso_sessions::state.eq(from.as_str()));
        let (state, code) = (&session.state, session.code.as_ref());
        let failure = state.failure();
        let changes = (
            sso_sessions::state.eq(state.as_str()),
            sso_sessions::state_at.eq(state.at().map(instant)),
            sso_sessions::failure_code.eq(failure.map(|failure| failure.code.to_text())),
            sso_sessions::failure.eq(failure.map(Doc::of)),
            sso_sessions::trial.eq(session.trial.as_ref().map(|trial| Doc::of(&**trial))),
            sso_sessions::exchange.eq(session.exchange.as_ref().map(|sealed| sealed.as_bytes().to_vec())),
            sso_sessions::code_digest.eq(code.map(|code| code.digest.as_bytes().to_vec())),
            sso_sessions::code_expires_at.eq(code.map(|code| instant(code.expires_at))),
            sso_sessions::profile_id.eq(code.map(|code| code.profile_id.to_string())),
        );
        if *from == SsoSessionState::Started {
            let record = (
                sso_sessions::email.eq(session.record.address()),
                sso_sessions::record.eq(Doc::of(&session.record)),
            );
            self.touch("sso_sessions", diesel::update(held).set((changes, record))).await
        } else {
            self.touch("sso_sessions", diesel::update(held).set(changes)).await
        }
    }

    async fn admit(&mut self, admission: &Admission) -> StoreResult<Admitted> {
        self.plan_once();
        dialect::admit(self, admission).await
    }

    async fn depart(&mut self, session: &SsoSession, ticket: &SecretDigest) -> StoreResult<bool> {
        self.plan_once();
        let row = SsoSessionRow::from(session);
        let held = sso_sessions::table
            .filter(sso_sessions::id.eq(row.id))
            .filter(sso_sessions::environment_id.eq(row.environment_id))
            .filter(sso_sessions::ticket.eq(ticket.as_bytes().to_vec()));
        let changes = (
            sso_sessions::ticket.eq(None::<Vec<u8>>),
            sso_sessions::exchange.eq(row.exchange),
            sso_sessions::record.eq(row.record),
            sso_sessions::ip_address.eq(row.ip_address),
            sso_sessions::user_agent.eq(row.user_agent),
        );
        self.touch("sso_sessions", diesel::update(held).set(changes)).await
    }
}

#[async_trait]
impl Profiles for SqlUnitOfWork {
    async fn save(&mut self, profile: &Profile) -> StoreResult<Profile> {
        let saved = diesel::insert_into(profiles::table)
            .values(ProfileRow::from(profile))
            .on_conflict((profiles::environment_id, profiles::connection_id, profiles::idp_digest))
            .do_update()
            .set((
                profiles::connection_type.eq(excluded(profiles::connection_type)),
                profiles::person.eq(excluded(profiles::person)),
                profiles::updated_at.eq(excluded(profiles::updated_at)),
            ))
            .returning(ProfileRow::as_returning());
        let kept = self.one::<_, ProfileRow, Profile>("profiles", saved).await?;
        // Either half of the statement gives its row.
        kept.ok_or_else(|| self.refused(Conflict::Other))
    }
}

#[async_trait]
impl AcceptedAssertions for SqlUnitOfWork {
    async fn accept(&mut self, assertion: &AcceptedAssertion) -> StoreResult<bool> {
        // Waits for a unit of work that has noted the same and goes on.
        let noted = diesel::insert_into(accepted_assertions::table)
            .values(AcceptedRow::from(assertion))
            .on_conflict((
                accepted_assertions::environment_id,
                accepted_assertions::connection_id,
                accepted_assertions::digest,
            ))
            .do_nothing();
        self.touch("accepted_assertions", noted).await
    }
}

#[async_trait]
impl SigningKeys for SqlUnitOfWork {
    async fn insert(&mut self, key: &SigningKey) -> StoreResult<()> {
        let insert = diesel::insert_into(signing_keys::table).values(SigningKeyRow::from(key));
        self.run("signing_keys", insert).await.map(drop)
    }

    async fn list(&mut self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>> {
        let query = signing_keys::table
            .filter(signing_keys::environment_id.eq(environment.to_string()))
            .order(signing_keys::id)
            .select(SigningKeyRow::as_select());
        self.all("signing_keys", query).await
    }

    async fn delete(&mut self, environment: EnvironmentId, id: SigningKeyId) -> StoreResult<bool> {
        let found = signing_keys::table
            .filter(signing_keys::id.eq(id.to_string()))
            .filter(signing_keys::environment_id.eq(environment.to_string()));
        self.touch("signing_keys", diesel::delete(found)).await
    }
}
