//! Lets somebody in: one statement instead of three, since each would wait for the answer of the one
//! before it.

use diesel::QueryableByName;
use diesel::sql_types::{Binary, Json, Nullable, Text, Timestamptz};
use vestibule_application::ports::store::{Admission, Admitted, StoreResult};

use super::shared::SqlUnitOfWork;
use super::shared::rows::{AcceptedRow, ProfileRow, SsoSessionRow};
use crate::parse::Table;

/// The statement; `$saved_from` is what the profile hangs on.
///
/// The attempt is locked first: of many that let the same person in, one finds it started, and the
/// others wait and do not. Everything else hangs on that by joins alone: each subquery would be a plan
/// of its own, begun and ended for one row, and its locks looked for anew at every call.
macro_rules! admit {
    ($accepted:literal, $saved_from:literal) => {
        concat!(
            "WITH attempt AS (
                SELECT id FROM sso_sessions WHERE id = $1 AND environment_id = $2 AND state = 'started'
                FOR UPDATE
            ), ",
            $accepted,
            "saved AS (
                INSERT INTO profiles (id, environment_id, organization_id, connection_id, connection_type,
                    idp_digest, person, created_at, updated_at)
                SELECT $7, $2, $3, $4, $8, $9, $10, $11, $12 FROM ",
            $saved_from,
            " ON CONFLICT (environment_id, connection_id, idp_digest) DO UPDATE
                SET connection_type = excluded.connection_type, person = excluded.person,
                    updated_at = excluded.updated_at
                RETURNING id
            ), advanced AS (
                UPDATE sso_sessions SET state = $13, state_at = $14, failure_code = NULL, failure = NULL,
                    exchange = $15, code_digest = $16, code_expires_at = $17, profile_id = saved.id,
                    email = $18, record = $19
                FROM saved WHERE sso_sessions.id = $1 AND environment_id = $2 AND state = 'started'
                RETURNING profile_id
            )
            SELECT advanced.profile_id FROM attempt LEFT JOIN advanced ON TRUE"
        )
    };
}

/// With an assertion, on which the profile hangs.
const BY_ASSERTION: &str = admit!(
    "accepted AS (
        INSERT INTO accepted_assertions (environment_id, connection_id, digest, expires_at)
        SELECT $2, $4, $5, $6 FROM attempt
        ON CONFLICT (environment_id, connection_id, digest) DO NOTHING
        RETURNING digest
    ), ",
    "accepted"
);

/// Without one. `$5` and `$6` are bound nevertheless, so that both have the same parameters.
const BY_WORD: &str = admit!("", "attempt");

/// A row for an attempt that was started; without a profile if the assertion was used.
#[derive(QueryableByName)]
struct Stood {
    #[diesel(sql_type = Nullable<Text>)]
    profile_id: Option<String>,
}

pub(super) async fn admit(work: &mut SqlUnitOfWork, admission: &Admission) -> StoreResult<Admitted> {
    let session = SsoSessionRow::from(&admission.session);
    let profile = ProfileRow::from(&admission.profile);
    let (digest, expires_at) =
        admission.assertion.as_ref().map(AcceptedRow::from).map(|row| (row.digest, row.expires_at)).unzip();
    let sql = if admission.assertion.is_some() { BY_ASSERTION } else { BY_WORD };
    let query = diesel::sql_query(sql)
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
    let stood: Option<Stood> = work.rows("sso_sessions", query).await?.pop();
    Ok(match stood {
        Some(Stood { profile_id: Some(id) }) => Admitted::In(Table("profiles").id("id", &id)?),
        Some(Stood { profile_id: None }) => Admitted::AssertionUsed,
        None => Admitted::Ended,
    })
}
