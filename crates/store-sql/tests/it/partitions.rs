//! Partitions by month on PostgreSQL.

use time::macros::datetime;
use ulid::Ulid;
use vestibule_application::ports::store::{Store as _, StoreError};
use vestibule_domain::id::{EventId, Id as _};
use vestibule_domain::sso::check::CheckName;
use vestibule_domain::sso::failure::{Failure, FailureCode};
use vestibule_domain::sso::session::SsoSession;
use vestibule_store_sql::SqlStore;

use crate::given::{NOW, Place, attempt, connected, entry, event, events_shown, settled, written};

fn partitions(place: &Place, table: &str) -> Vec<String> {
    place.lines(&format!(
        "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
         WHERE inhparent = '{table}'::regclass ORDER BY 1"
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn this_and_the_next_two_months_are_ready() {
    let place = Place::postgres();
    let store = place.store().await;
    for table in ["audit_trail", "events", "webhook_deliveries", "webhook_attempts", "sso_sessions"] {
        let names = ["2026_11", "2026_12", "2027_01", "default"].map(|month| format!("{table}_{month}"));
        assert_eq!(partitions(&place, table), names);
    }
    // A month later the next one is made, by the sweep, and nothing else is touched.
    store.jobs().sweep(datetime!(2026-12-01 0:00 UTC)).await.unwrap();
    store.jobs().sweep(datetime!(2026-12-01 0:00 UTC)).await.unwrap();
    assert_eq!(partitions(&place, "events")[3], "events_2027_02");
    assert_eq!(partitions(&place, "events").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_lies_in_the_month_of_its_id() {
    let place = Place::postgres();
    let store = place.store().await;
    let home = settled(&store).await;
    let (now, mut before) = (event(&home), event(&home));
    before.id = EventId::from_ulid(Ulid::from_parts(1, 1));
    written!(
        store,
        |work| work.outbox().append(now.clone()),
        work.outbox().append(before.clone()),
        work.outbox().record(entry(home.environment_id)),
    );
    let count = |table: &str| place.lines(&format!("SELECT count(*) FROM {table}"))[0].clone();
    assert_eq!(count("events_2026_11"), "1");
    assert_eq!(count("events_default"), "1");
    assert_eq!(count("audit_trail_2026_11"), "1");
    assert_eq!(events_shown(&store, home.environment_id, 2).await, [now.id, before.id]);
    assert_eq!(store.queries().event(home.environment_id, before.id).await.unwrap(), Some(before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_the_default_partition_has_begun_is_left_there() {
    let place = Place::postgres();
    let store = place.store().await;
    let home = settled(&store).await;
    place.execute("DROP TABLE events_2026_11");
    let told = event(&home);
    written!(store, |work| work.outbox().append(told.clone()));
    store.jobs().sweep(NOW).await.unwrap();
    assert_eq!(partitions(&place, "events"), ["events_2026_12", "events_2027_01", "events_default"]);
    assert_eq!(events_shown(&store, home.environment_id, 1).await, [told.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_month_compresses_records_quickly_if_the_server_can() {
    let place = Place::postgres();
    place.store().await;
    let can = place.lines(
        "SELECT 'x' FROM pg_settings WHERE name = 'default_toast_compression'
        AND 'lz4' = ANY (enumvals)",
    );
    let compressions = place.lines(
        "SELECT DISTINCT attcompression FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
         WHERE attname = 'record' AND c.relname LIKE 'sso_sessions%'",
    );
    assert_eq!(compressions, [if can.is_empty() { "" } else { "l" }]);
}

/// Whether an attempt is kept.
async fn kept(store: &SqlStore, session: &SsoSession) -> bool {
    store.queries().sso_session(session.environment_id, session.id).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_attempts_that_no_environment_keeps_is_dropped() {
    let place = Place::postgres();
    let store = place.store().await;
    let connection = connected(&store, &settled(&store).await).await;
    // One environment keeps them longer than the other.
    place.execute("UPDATE environments SET session_days = 60");
    settled(&store).await;
    let old = attempt(&connection, datetime!(2026-11-30 23:59:59.999 UTC));
    let young = attempt(&connection, datetime!(2026-12-01 0:00 UTC));
    written!(store, |work| work.sso_sessions().insert(&old), work.sso_sessions().insert(&young));
    let months = || partitions(&place, "sso_sessions");

    // November is over for ninety days from the last of February on.
    let just_before = datetime!(2027-02-28 23:59:59.999 UTC);
    store.jobs().sweep(just_before).await.unwrap();
    assert!(months().contains(&"sso_sessions_2026_11".to_owned()));
    assert_eq!((kept(&store, &old).await, kept(&store, &young).await), (false, false), "sixty days are past");

    store.jobs().sweep(datetime!(2027-03-01 0:00 UTC)).await.unwrap();
    let names = ["2026_12", "2027_01", "2027_02", "2027_03", "2027_04", "2027_05", "default"];
    assert_eq!(months(), names.map(|month| format!("sso_sessions_{month}")));
    assert!(partitions(&place, "events").contains(&"events_2026_11".to_owned()), "events are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_somebody_uses_is_dropped_the_next_time() {
    let place = Place::postgres();
    let store = place.store().await;
    let connection = connected(&store, &settled(&store).await).await;
    let session = attempt(&connection, NOW);
    written!(store, |work| work.sso_sessions().insert(&session));
    let failure = Failure {
        code: FailureCode::AccessDenied,
        check: CheckName::Status,
        message: "They said no.".into(),
    };
    let failed = session.clone().failed(failure, NOW);
    let mut work = store.begin().await.unwrap();
    assert!(work.sso_sessions().advance(&failed, &session.state).await.unwrap());

    let much_later = datetime!(2028-01-01 0:00 UTC);
    let november = "sso_sessions_2026_11".to_owned();
    let swept = store.jobs().sweep(much_later).await;
    assert!(matches!(swept, Ok(()) | Err(StoreError::Contention)), "{swept:?}");
    assert!(partitions(&place, "sso_sessions").contains(&november));
    work.commit().await.unwrap();

    store.jobs().sweep(much_later).await.unwrap();
    assert!(!partitions(&place, "sso_sessions").contains(&november));
    assert!(!kept(&store, &session).await);
}
