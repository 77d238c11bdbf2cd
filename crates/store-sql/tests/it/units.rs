//! Units of work: what travels with the commit fails with it.

use vestibule_application::ports::store::{Conflict, Store as _, StoreError};

use crate::given::{Place, entry, event, id, link, organization, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_fails_with_the_commit_takes_everything_back() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let taken = entry(home.environment_id);
        written!(store, |work| work.outbox().record(taken.clone()));

        let (new, told) = (organization(home.environment_id), event(&home));
        let mut work = store.begin().await.unwrap();
        work.organizations().insert(&new).await.unwrap();
        work.outbox().append(told.clone()).await.unwrap();
        work.outbox().record(taken).await.unwrap();
        let refused = work.commit().await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Other))), "{refused:?}");
        assert_eq!(store.queries().organization(home.environment_id, new.id).await.unwrap(), None);
        assert_eq!(store.queries().event(home.environment_id, told.id).await.unwrap(), None);
        // And the store goes on.
        written!(store, |work| work.organizations().insert(&new));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_of_work_that_writes_nothing_but_its_outbox_is_committed() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let told = event(&home);
        written!(store, |work| work.outbox().append(told.clone()));
        assert_eq!(store.queries().event(home.environment_id, told.id).await.unwrap(), Some(told));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_may_be_larger_than_one_statement_takes() {
    // One more than two statements' worth, see `ROWS_MAX`.
    const ROWS: usize = 1_001;
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let mut work = store.begin().await.unwrap();
        for _ in 0..ROWS {
            work.outbox().record(entry(home.environment_id)).await.unwrap();
        }
        work.commit().await.unwrap();
        assert_eq!(place.lines("SELECT CAST(count(*) AS TEXT) FROM audit_trail"), [ROWS.to_string()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_units_of_work_leave_no_transaction_open() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        for _ in 0..40 {
            let mut work = store.begin().await.unwrap();
            work.links().insert(&link(&home)).await.unwrap();
        }
        // More than the pool holds; and nobody else waits for their locks.
        let mut changed = home.clone();
        changed.external_id = Some(vestibule_domain::organization::ExternalId::parse("x").unwrap());
        written!(store, |work| work.organizations().update(&changed));
        assert_eq!(place.lines("SELECT CAST(count(*) AS TEXT) FROM portal_links"), ["0"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_given_up_halfway_harms_nobody() {
    // Web workers have runtimes of one thread, where waiting for a blocking call would panic.
    for place in Place::both() {
        let store = std::sync::Arc::new(place.store().await);
        let home = settled(&store).await;
        let theirs = std::sync::Arc::clone(&store);
        let environment = home.environment_id;
        let worker = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for _ in 0..50 {
                    let query = theirs.queries().organization(environment, id());
                    drop(tokio::time::timeout(std::time::Duration::from_micros(50), query).await);
                }
            });
        });
        worker.join().unwrap();
        assert!(store.queries().organization(environment, home.id).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_decides_is_true_at_once_and_what_follows_is_not() {
    let place = Place::postgres();
    let store = place.store().await;
    let home = settled(&store).await;
    let [first, second] = [(); 2].map(|()| organization(home.environment_id));
    let mut work = store.begin().await.unwrap();
    work.decide_by_next();
    work.organizations().insert(&first).await.unwrap();
    work.organizations().insert(&second).await.unwrap();
    work.rollback().await.unwrap();
    for (organization, there) in [(first, true), (second, false)] {
        let found = store.queries().organization(home.environment_id, organization.id).await.unwrap();
        assert_eq!(found.is_some(), there);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_statement_that_decides_keeps_the_unit_of_work_whole() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let [first, second] = [(); 2].map(|()| organization(home.environment_id));
        let mut work = store.begin().await.unwrap();
        work.organizations().insert(&first).await.unwrap();
        work.decide_by_next();
        work.organizations().insert(&second).await.unwrap();
        work.rollback().await.unwrap();
        let mut work = store.begin().await.unwrap();
        work.outbox().append(event(&home)).await.unwrap();
        work.decide_by_next();
        work.organizations().insert(&second).await.unwrap();
        work.rollback().await.unwrap();
        for organization in [first, second] {
            let found = store.queries().organization(home.environment_id, organization.id).await.unwrap();
            assert_eq!(found, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_decides_and_is_refused_leaves_the_store_as_it_was() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let mut work = store.begin().await.unwrap();
        work.decide_by_next();
        let refused = work.organizations().insert(&home).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        work.rollback().await.unwrap();
        written!(store, |work| work.organizations().insert(&organization(home.environment_id)));
    }
}
