//! The order of becoming visible, over the life of a database.

use vestibule_application::ports::store::{EventFilter, Store as _};
use vestibule_domain::page::{Cursor, Order, PageLimit, PageRequest};
use vestibule_store_sql::{ConnectOptions, SqlStore};
use vestibule_test_servers::Postgres;

use crate::given::{NOW, event, settled, written};

/// Uses up transaction ids, as months of work would.
const BUSY: &str = "DO $$ BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$";

#[tokio::test(flavor = "multi_thread")]
async fn after_a_dump_is_restored_into_a_fresh_cluster_events_still_come_last() {
    let (old, fresh) = (Postgres::start().unwrap(), Postgres::start().unwrap());
    let url = old.create_database("v").unwrap();
    let store = SqlStore::connect(&url, ConnectOptions::default()).await.unwrap();
    store.migrate(NOW).await.unwrap();
    old.execute("v", BUSY).unwrap();
    let home = settled(&store).await;
    let before = event(&home);
    written!(store, |work| work.outbox().append(before.clone()));
    drop(store);

    let url = old.copy_database("v", &fresh, "v").unwrap();
    let store = SqlStore::connect(&url, ConnectOptions::default()).await.unwrap();
    store.migrate(NOW).await.unwrap();
    let after = event(&home);
    written!(store, |work| work.outbox().append(after.clone()));
    let page = PageRequest {
        limit: PageLimit::new(10).unwrap(),
        order: Order::Ascending,
        cursor: Some(Cursor::After(before.id)),
    };
    let page = store.queries().events(home.environment_id, &EventFilter::default(), page).await.unwrap();
    assert_eq!(page.items, [after]);

    // Doing it again raises nothing.
    let start = |server: &Postgres| server.query("v", "SELECT start FROM commit_timeline").unwrap();
    let raised = start(&fresh);
    assert_ne!(raised, start(&old));
    store.migrate(NOW).await.unwrap();
    assert_eq!(start(&fresh), raised);
}
