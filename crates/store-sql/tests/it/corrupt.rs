//! Rows that cannot be read: an error that names them, never a panic, and never in others' way.

use vestibule_application::ports::store::{Store as _, StoreError};

use crate::given::{NOW, Place, event, job, link, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_names_its_table_and_column() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let link = link(&home);
        let told = event(&home);
        written!(store, |work| work.links().insert(&link), work.outbox().append(told.clone()));
        let (environment, id) = (home.environment_id, home.id);
        for (sql, column) in [
            ("UPDATE organizations SET slug = 'No Slug'", "slug"),
            ("UPDATE organizations SET slug = 'acme', profiles = 'some'", "profiles"),
            ("UPDATE organizations SET profiles = 'any_domain', metadata = '[1]'", "metadata"),
            ("UPDATE organizations SET metadata = '{}', name = ' '", "name"),
        ] {
            place.execute(sql);
            let error = store.queries().organization(environment, id).await.unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { table: "organizations", column: found } if found == column),
                "{sql}: {error:?}"
            );
        }
        for (sql, column) in [
            ("UPDATE portal_links SET state = 'consumed', state_at = NULL", "state"),
            ("UPDATE portal_links SET state = 'open', intents = '[\"x\"]'", "intents"),
        ] {
            place.execute(sql);
            let mut work = store.begin().await.unwrap();
            let error = work.links().find(environment, link.id).await.unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { table: "portal_links", column: found } if found == column),
                "{sql}: {error:?}"
            );
            work.rollback().await.unwrap();
        }
        place.execute("UPDATE events SET fact = '{\"v\":2}'");
        let error = store.queries().event(environment, told.id).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { table: "events", column: "fact" }), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_no_json_names_its_table() {
    // PostgreSQL does not let it in; in a file anybody may write.
    let place = Place::sqlite();
    let store = place.store().await;
    let home = settled(&store).await;
    place.execute("UPDATE organizations SET metadata = '{'");
    let error = store.queries().organization(home.environment_id, home.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { table: "organizations", .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_read_keeps_no_other_from_being_done() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let (broken, sound) = (job(home.environment_id), job(home.environment_id));
        written!(store, |work| work.outbox().enqueue(broken.clone()), work.outbox().enqueue(sound.clone()),);
        place.execute(&format!("UPDATE jobs SET kind = 'dance' WHERE id = '{}'", broken.id));
        let claimed = store.jobs().claim(10, NOW).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [sound.id]);
        let kept = place.lines("SELECT id FROM jobs WHERE given_up_reason IS NOT NULL");
        assert_eq!(kept, [broken.id.to_string()]);
    }
}
