//! Units of work: all or nothing, and seen by others only after the commit.

use vestibule_application::ports::store::{AuditFilter, EventFilter, StoreError, UnitOfWork};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::PageRequest;

use crate::fixtures;
use crate::world::{World, conflict, done};

crate::cases![
    a_committed_unit_of_work_is_seen,
    a_unit_of_work_sees_what_it_wrote,
    nobody_sees_a_unit_of_work_before_its_commit,
    a_unit_of_work_taken_back_leaves_no_trace,
    a_dropped_unit_of_work_leaves_no_trace,
    a_unit_of_work_whose_task_was_cancelled_leaves_no_trace,
    a_removal_taken_back_leaves_everything,
    a_change_taken_back_leaves_what_was,
    a_unit_of_work_that_failed_cannot_be_committed,
    what_was_taken_back_can_be_written_again,
    an_empty_unit_of_work_can_be_committed_and_taken_back,
    units_of_work_follow_each_other,
    the_store_is_ready,
];

struct Written {
    organization: Organization,
    domain: OrganizationDomain,
}

/// Writes a bit of everything: rows, and what goes to the outbox.
async fn write(world: &World, work: &mut dyn UnitOfWork) -> Written {
    let organization = fixtures::organization(world);
    let domain = fixtures::domain(world, &organization, "acme.example");
    work.organizations().insert(&organization).await.expect("an organization is added");
    work.organization_domains().insert(&domain).await.expect("a domain is added");
    work.outbox().append(fixtures::event(world, &organization)).await.expect("an event is added");
    work.outbox().record(fixtures::entry(world, world.home)).await.expect("an entry is added");
    Written { organization, domain }
}

async fn is_seen(world: &World, written: &Written) -> [bool; 4] {
    let queries = world.queries();
    let events = queries.events(world.home, &EventFilter::default(), PageRequest::default()).await;
    let trail = queries.audit_trail(world.home, &AuditFilter::default(), PageRequest::default()).await;
    [
        queries.organization(world.home, written.organization.id).await.expect("a look-up").is_some(),
        queries.organization_domain(world.home, written.domain.id).await.expect("a look-up").is_some(),
        !events.expect("a look-up").items.is_empty(),
        !trail.expect("a look-up").items.is_empty(),
    ]
}

async fn a_committed_unit_of_work_is_seen(world: World) {
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    work.commit().await.expect("a commit");
    assert_eq!(is_seen(&world, &written).await, [true; 4]);
}

async fn a_unit_of_work_sees_what_it_wrote(world: World) {
    let mut work = world.begin().await;
    let Written { organization, domain } = write(&world, &mut *work).await;
    let found = work.organizations().find(world.home, organization.id).await.expect("a look-up");
    assert_eq!(found.as_ref(), Some(&organization));
    let listed = work.organization_domains().list(world.home, organization.id).await.expect("a list");
    assert_eq!(listed, vec![domain]);
    assert!(work.organizations().slug_taken(world.home, &organization.slug).await.expect("a look-up"));
    assert!(work.organizations().delete(world.home, organization.id).await.expect("a removal"));
    let listed = work.organization_domains().list(world.home, organization.id).await.expect("a list");
    assert_eq!(listed, Vec::new());
    assert!(!work.organizations().slug_taken(world.home, &organization.slug).await.expect("a look-up"));
    work.rollback().await.expect("taken back");
}

async fn nobody_sees_a_unit_of_work_before_its_commit(world: World) {
    let before = world.given_organization().await;
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    let changed = Organization { name: fixtures::name("Changed"), ..before.clone() };
    assert!(work.organizations().update(&changed).await.expect("a change"));
    assert_eq!(is_seen(&world, &written).await, [false; 4]);
    let seen = world.queries().organization(world.home, before.id).await.expect("a look-up");
    assert_eq!(seen.map(|view| view.organization), Some(before.clone()));
    work.commit().await.expect("a commit");
    assert_eq!(is_seen(&world, &written).await, [true; 4]);
    let seen = world.queries().organization(world.home, before.id).await.expect("a look-up");
    assert_eq!(seen.map(|view| view.organization), Some(changed));
}

async fn a_unit_of_work_taken_back_leaves_no_trace(world: World) {
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    work.rollback().await.expect("taken back");
    assert_eq!(is_seen(&world, &written).await, [false; 4]);
    assert_eq!(done!(world, |work| work.organizations().find(world.home, written.organization.id)), None);
}

async fn a_dropped_unit_of_work_leaves_no_trace(world: World) {
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    drop(work);
    assert_eq!(is_seen(&world, &written).await, [false; 4]);
    assert_eq!(done!(world, |work| work.organizations().find(world.home, written.organization.id)), None);
}

async fn a_unit_of_work_whose_task_was_cancelled_leaves_no_trace(world: World) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let task = tokio::spawn({
        let world = world.clone();
        async move {
            let mut work = world.begin().await;
            let written = write(&world, &mut *work).await;
            assert!(tell.send(written).is_ok(), "the case waits");
            std::future::pending::<()>().await;
        }
    });
    let written = told.await.expect("the task wrote");
    task.abort();
    assert!(task.await.is_err_and(|end| end.is_cancelled()));
    assert_eq!(is_seen(&world, &written).await, [false; 4]);
    // And nothing stays locked.
    world.given(written.organization).await;
}

async fn a_removal_taken_back_leaves_everything(world: World) {
    let organization = world.given_organization().await;
    let domain = world.given_domain(&organization, "acme.example").await;
    let connection = world.given_connection(&organization).await;
    let mut work = world.begin().await;
    assert!(work.organizations().delete(world.home, organization.id).await.expect("a removal"));
    work.rollback().await.expect("taken back");
    let view = world.queries().organization(world.home, organization.id).await.expect("a look-up");
    assert_eq!(view.map(|view| view.domains), Some(vec![domain]));
    let found = done!(world, |work| work.connections().lock_of_organization(world.home, organization.id));
    assert_eq!(found, Some(connection));
    assert!(done!(world, |work| work.organizations().slug_taken(world.home, &organization.slug)));
}

async fn a_change_taken_back_leaves_what_was(world: World) {
    let before = world.given_organization().await;
    let mut work = world.begin().await;
    for slug in ["one", "two"] {
        let slug = vestibule_domain::organization::Slug::parse(&format!("{slug}-{}", world.word()));
        let changed = Organization { slug: slug.expect("a slug"), ..before.clone() };
        assert!(work.organizations().update(&changed).await.expect("a change"));
    }
    drop(work);
    let after = done!(world, |work| work.organizations().find(world.home, before.id));
    assert_eq!(after.as_ref(), Some(&before));
    assert!(done!(world, |work| work.organizations().slug_taken(world.home, &before.slug)));
}

async fn a_unit_of_work_that_failed_cannot_be_committed(world: World) {
    let taken = world.given_organization().await;
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    let again = Organization { id: world.id(), ..taken };
    conflict(work.organizations().insert(&again).await);
    assert!(matches!(work.commit().await, Err(StoreError::Backend(_))));
    assert_eq!(is_seen(&world, &written).await, [false; 4]);
}

async fn what_was_taken_back_can_be_written_again(world: World) {
    let mut work = world.begin().await;
    let written = write(&world, &mut *work).await;
    work.rollback().await.expect("taken back");
    world.given(written.organization).await;
    done!(world, |work| work.organization_domains().insert(&written.domain));
}

async fn an_empty_unit_of_work_can_be_committed_and_taken_back(world: World) {
    world.begin().await.commit().await.expect("a commit");
    world.begin().await.rollback().await.expect("taken back");
    drop(world.begin().await);
    world.given_organization().await;
}

async fn units_of_work_follow_each_other(world: World) {
    // More than any pool has connections: one that is not given back would be missed.
    for _ in 0..40 {
        drop(world.begin().await);
        world.begin().await.rollback().await.expect("taken back");
        world.begin().await.commit().await.expect("a commit");
    }
}

async fn the_store_is_ready(world: World) {
    world.queries().ready().await.expect("the store is ready");
}
