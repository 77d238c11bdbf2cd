//! Lets somebody in: one statement instead of three, since each would wait for the answer of the one
//! before it.

use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Json, Nullable, Text, Timestamptz};
use vestibule_application::ports::store::{Admission, Admitted, StoreResult};

use super::shared::SqlUnitOfWork;
use super::shared::rows::{AcceptedRow, ProfileRow, SsoSessionRow};
use crate::parse::Table;

/// The attempt is locked first: of many that let the same person in, one finds it started, and the
/// others wait and do not. Everything else hangs on that, and the profile on the assertion.
const ADMIT: &str = "\
    WITH attempt AS (
        SELECT id FROM sso_sessions WHERE id = $1 AND environment_id = $2 AND state = 'started' FOR UPDATE
    ), accepted AS (
        INSERT INTO accepted_assertions (environment_id, connection_id, digest, expires_at)
        SELECT $2, $4, $5, $6 FROM attempt WHERE $5 IS NOT NULL
        ON CONFLICT (environment_id, connection_id, digest) DO NOTHING
        RETURNING digest
    ), saved AS (
        INSERT INTO profiles (id, environment_id, organization_id, connection_id, connection_type, idp_digest,
            person, created_at, updated_at)
        SELECT $7, $2, $3, $4, $8, $9, $10, $11, $12 FROM attempt
        WHERE $5 IS NULL OR EXISTS (SELECT 1 FROM accepted)
        ON CONFLICT (environment_id, connection_id, idp_digest) DO UPDATE
        SET connection_type = excluded.connection_type, person = excluded.person,
            updated_at = excluded.updated_at
        RETURNING id
    ), advanced AS (
        UPDATE sso_sessions SET state = $13, state_at = $14, failure_code = NULL, failure = NULL,
            exchange = $15, code_digest = $16, code_expires_at = $17, profile_id = saved.id, email = $18,
            record = $19
        FROM saved WHERE sso_sessions.id = $1 AND environment_id = $2 AND state = 'started'
        RETURNING profile_id
    )
    SELECT EXISTS (SELECT 1 FROM attempt) AS stood, (SELECT profile_id FROM advanced) AS profile_id";

#[derive(QueryableByName)]
struct Outcome {
    #[diesel(sql_type = Bool)]
    stood: bool,
    #[diesel(sql_type = Nullable<Text>)]
    profile_id: Option<String>,
}

pub(super) async fn admit(work: &mut SqlUnitOfWork, admission: &Admission) -> StoreResult<Admitted> {
    let session = SsoSessionRow::from(&admission.session);
    let profile = ProfileRow::from(&admission.profile);
    let (digest, expires_at) =
        admission.assertion.as_ref().map(AcceptedRow::from).map(|row| (row.digest, row.expires_at)).unzip();
    let query = diesel::sql_query(ADMIT)
        .bind::<Text, _>(session.id)
        .bind::<Text, _>(session.environment_id)
        .bind::<Nullable<Text>, _>(profile.organization_id)
        .bind::<Text, _>(profile.connection_id)
        .bind::<Nullable<Binary>, _>(digest)
        .bind::<Nullable<Timestamptz>, _>(expires_at)
        .bind::<Text, _>(profile.id)
        .bind::<Text, _>(profile.connection_type)
        .bind::<Binary, _>(profile.idp_digest)
        .bind::<Json, _>(profile.person)
        .bind::<Timestamptz, _>(profile.created_at)
        .bind::<Timestamptz, _>(profile.updated_at)
        .bind::<Text, _>(session.state)
        .bind::<Nullable<Timestamptz>, _>(session.state_at)
        .bind::<Nullable<Binary>, _>(session.exchange)
        .bind::<Nullable<Binary>, _>(session.code_digest)
        .bind::<Nullable<Timestamptz>, _>(session.code_expires_at)
        .bind::<Nullable<Text>, _>(session.email)
        .bind::<Json, _>(session.record);
    let outcome: Option<Outcome> = work.rows("sso_sessions", query).await?.pop();
    Ok(match outcome {
        Some(Outcome { profile_id: Some(id), .. }) => Admitted::In(Table("profiles").id("id", &id)?),
        Some(Outcome { stood: true, profile_id: None }) => Admitted::AssertionUsed,
        Some(Outcome { stood: false, profile_id: None }) | None => Admitted::Ended,
    })
}
