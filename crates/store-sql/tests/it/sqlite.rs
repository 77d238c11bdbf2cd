//! What is SQLite's own: the file and who may write it.

use vestibule_application::ports::store::{Store as _, StoreError};
use vestibule_store_sql::{ConnectError, ConnectOptions, SqlStore};

use crate::given::{Place, link, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_may_write_one_file() {
    let place = Place::sqlite();
    let (one, other) = (place.store().await, place.store().await);
    let home = settled(&one).await;
    let mut running = tokio::task::JoinSet::new();
    for store in [one, other] {
        let home = home.clone();
        running.spawn(async move {
            for _ in 0..50 {
                written!(store, |work| work.links().insert(&link(&home)));
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    assert_eq!(place.lines("SELECT CAST(count(*) AS TEXT) FROM portal_links"), ["100"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_go_on_while_another_process_writes_for_ever() {
    let place = Place::sqlite();
    let store = place.store().await;
    let home = settled(&store).await;
    // Another process has the write lock for longer than anybody waits.
    let url = place.url();
    let path = url.strip_prefix("sqlite://").unwrap();
    let mut other = {
        use diesel::Connection as _;
        diesel::SqliteConnection::establish(path).unwrap()
    };
    {
        use diesel::connection::SimpleConnection as _;
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
    }
    let refused = store.begin().await.map(drop);
    assert!(matches!(refused, Err(StoreError::Contention)), "{refused:?}");
    // Readers go on beside it.
    assert!(store.queries().organization(home.environment_id, home.id).await.unwrap().is_some());
    drop(other);
    written!(store, |work| work.links().insert(&link(&home)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_said_at_once() {
    let refused = SqlStore::connect("sqlite:///nowhere/v.db", ConnectOptions::default()).await.err();
    assert!(matches!(refused, Some(ConnectError::Unreachable(_))), "{refused:?}");
}
