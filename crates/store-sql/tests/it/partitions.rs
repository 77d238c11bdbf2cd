//! Partitions by month on PostgreSQL.

use time::macros::datetime;
use ulid::Ulid;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::id::{EventId, Id as _};

use crate::given::{NOW, Place, entry, event, events_shown, settled, written};

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
    for table in ["audit_trail", "events", "webhook_deliveries", "webhook_attempts"] {
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
