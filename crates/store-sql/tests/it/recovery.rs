//! A database that goes away and comes back.

use std::sync::Arc;

use vestibule_application::ports::store::{Store as _, StoreError};
use vestibule_store_sql::{ConnectError, ConnectOptions, SqlStore};
use vestibule_test_servers::{PgBouncer, Postgres};

use crate::given::{NOW, in_time, link, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn a_store_outlives_a_restart_of_its_server() {
    let server = Postgres::start().unwrap();
    let url = server.create_database("v").unwrap();
    let bouncer = PgBouncer::start(&server, 4).unwrap();
    let direct = SqlStore::connect(&url, ConnectOptions::default()).await.unwrap();
    direct.migrate(NOW).await.unwrap();
    let pooled = SqlStore::connect(&bouncer.url("v"), ConnectOptions::default()).await.unwrap();
    let home = settled(&direct).await;

    for store in [&direct, &pooled] {
        let mut interrupted = store.begin().await.unwrap();
        interrupted.links().insert(&link(&home)).await.unwrap();
        server.stop().unwrap();
        let lost = interrupted.commit().await;
        assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
        let away = in_time(store.queries().ready()).await;
        assert!(matches!(away, Err(StoreError::Unavailable(_))), "{away:?}");

        server.resume().unwrap();
        // PgBouncer keeps its own memory of the failure for a moment.
        let back = async {
            while store.queries().ready().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        in_time(back).await;
        written!(store, |work| work.links().insert(&link(&home)));
    }
    assert_eq!(server.query("v", "SELECT count(*) FROM portal_links").unwrap().trim(), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_said_at_once() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://vestibule@{nobody}/v");
    let refused = SqlStore::connect(&url, ConnectOptions::default()).await.err();
    assert!(matches!(refused, Some(ConnectError::Unreachable(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_lock_too_long_may_try_again() {
    let server = crate::given::server();
    let place = crate::given::Place::postgres();
    let store = Arc::new(place.store().await);
    let home = settled(&store).await;
    drop(server);
    let mut holder = store.begin().await.unwrap();
    holder.organizations().lock(home.environment_id, home.id).await.unwrap();
    let theirs = Arc::clone(&store);
    let waits = tokio::spawn(async move {
        let mut work = theirs.begin().await.unwrap();
        work.organizations().lock(home.environment_id, home.id).await.map(drop)
    });
    let refused = in_time(waits).await.unwrap();
    assert!(matches!(refused, Err(StoreError::Contention)), "{refused:?}");
    holder.commit().await.unwrap();
}
