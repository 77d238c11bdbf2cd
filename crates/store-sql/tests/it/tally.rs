//! Counting that was not done for days.

use time::Duration;
use vestibule_application::ports::store::{SignInDay, Store as _};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_store_sql::SqlStore;

use crate::given::{NOW, Place, attempt, connected, settled};

/// Attempts of a day that nobody came back from, one every three hours from midnight on.
async fn attempts(store: &SqlStore, connection: &Connection, midnight: Instant, count: i64) {
    let mut work = store.begin().await.unwrap();
    for n in 0..count {
        let started = midnight + Duration::hours(3 * n);
        work.sso_sessions().insert(&attempt(connection, started)).await.unwrap();
    }
    work.commit().await.unwrap();
}

async fn days(store: &SqlStore, connection: &Connection, now: Instant) -> Vec<(u8, u64)> {
    let overview = store.queries().overview(connection.environment_id, now).await.unwrap();
    let unfinished = |day: SignInDay| {
        assert_eq!((day.successful, day.failed), (0, 0));
        (day.day.day(), day.unfinished)
    };
    overview.days.into_iter().map(unfinished).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn days_without_a_tally_are_counted_by_the_next() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let connection = connected(&store, &home).await;
        let today = NOW.replace_time(time::Time::MIDNIGHT);
        let before = |days| today - Duration::days(days);

        // The first tally finds five days, which are more hours than one unit of work counts.
        for (ago, count) in [(5, 8), (4, 1), (2, 3)] {
            attempts(&store, &connection, before(ago), count).await;
        }
        let then = before(2) + Duration::hours(23);
        store.jobs().tally(then).await.unwrap();
        assert_eq!(days(&store, &connection, then).await, [(16, 8), (17, 1), (19, 3)]);

        // Nobody counts for two days, and what is settled is not counted again.
        place.execute("DELETE FROM sso_sessions WHERE started_at < '2026-11-17 00:00:00+00:00'");
        attempts(&store, &connection, before(1), 8).await;
        attempts(&store, &connection, today, 4).await;
        assert_eq!(days(&store, &connection, NOW).await, [(16, 8), (17, 1), (19, 3)], "not counted yet");
        store.jobs().tally(NOW).await.unwrap();
        let all = [(16, 8), (17, 1), (19, 3), (20, 8), (21, 4)];
        assert_eq!(days(&store, &connection, NOW).await, all);
        // Once more changes nothing.
        store.jobs().tally(NOW).await.unwrap();
        assert_eq!(days(&store, &connection, NOW).await, all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_workers_that_count_the_same_days_at_once_each_finds_them_counted_once() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let connection = connected(&store, &home).await;
        let today = NOW.replace_time(time::Time::MIDNIGHT);
        for ago in 1..=3 {
            attempts(&store, &connection, today - Duration::days(ago), 2).await;
        }
        let mut counting = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let store = place.connect().await;
            counting.spawn(async move { store.jobs().tally(NOW).await });
        }
        while let Some(counted) = counting.join_next().await {
            counted.unwrap().unwrap();
        }
        assert_eq!(days(&store, &connection, NOW).await, [(18, 2), (19, 2), (20, 2)]);
    }
}
