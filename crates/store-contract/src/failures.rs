//! Failure injected into every write of a use case: nothing half-written remains.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_application::ports::store::{AuditFilter, Store, StoreError, StoreResult, UnitOfWork};
use vestibule_application::usecase::{self, UseCase};
use vestibule_domain::audit::AuditEntry;
use vestibule_domain::event::Event;
use vestibule_domain::job::Job;
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::OrganizationDomain;
use vestibule_domain::page::PageRequest;

use crate::failing::FailingStore;
use crate::fixtures;
use crate::world::{NOW, World, done, later};

crate::cases![
    a_use_case_that_fails_at_any_write_leaves_no_trace,
    a_change_that_fails_at_any_write_leaves_what_was,
    reading_does_not_count_as_writing,
];

/// Writes of a use case, the commit included.
const WRITES: usize = 6;

/// Makes an organization with all that goes with it, as the management API does.
struct MakeOrganization;

#[derive(Clone)]
struct Made {
    organization: Organization,
    domain: OrganizationDomain,
    event: Event,
    entry: AuditEntry,
    job: Job,
}

impl Made {
    fn new(world: &World) -> Self {
        let organization = fixtures::organization(world);
        Self {
            domain: fixtures::domain(world, &organization, "acme.example"),
            event: fixtures::event(world, &organization),
            entry: fixtures::entry(world, world.home),
            job: fixtures::job(world, NOW),
            organization,
        }
    }

    /// What others see of it: organization, slug, domain, event, entry, job.
    async fn seen(&self, world: &World) -> [bool; 6] {
        let (home, id) = (world.home, self.organization.id);
        let queries = world.queries();
        let trail = queries.audit_trail(home, &AuditFilter::default(), PageRequest::default()).await;
        let due = world.store().jobs().next_due().await.expect("an answer");
        [
            queries.organization(home, id).await.expect("a look-up").is_some(),
            done!(world, |work| work.organizations().slug_taken(home, &self.organization.slug)),
            queries.organization_domain(home, self.domain.id).await.expect("a look-up").is_some(),
            queries.event(home, self.event.id).await.expect("a look-up").is_some(),
            trail.expect("a page").items.contains(&self.entry),
            due.is_some(),
        ]
    }
}

#[async_trait]
impl UseCase for MakeOrganization {
    type Command = Made;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, made: Made) -> StoreResult<()> {
        if work.organizations().slug_taken(made.organization.environment_id, &made.organization.slug).await? {
            return Ok(());
        }
        work.organizations().insert(&made.organization).await?;
        work.organization_domains().insert(&made.domain).await?;
        work.outbox().append(made.event).await?;
        work.outbox().record(made.entry).await?;
        work.outbox().enqueue(made.job).await
    }
}

/// Renames an organization and drops its domain.
struct ChangeOrganization;

#[async_trait]
impl UseCase for ChangeOrganization {
    type Command = Made;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(&self, work: &mut dyn UnitOfWork, made: Made) -> StoreResult<()> {
        let renamed = Organization { name: fixtures::name("Renamed"), ..made.organization.clone() };
        assert!(work.organizations().update(&renamed).await?, "the organization is there");
        let environment = made.organization.environment_id;
        assert!(
            work.organization_domains().delete(environment, made.domain.id).await?,
            "the domain is there"
        );
        assert!(work.organizations().delete(environment, renamed.id).await?, "the organization is there");
        work.outbox().append(made.event).await
    }
}

async fn run<U: UseCase<Command = Made, Outcome = (), Error = StoreError>>(
    world: &World,
    case: &U,
    command: &Made,
    failing: usize,
) -> StoreResult<()> {
    let store: Arc<dyn Store> = Arc::new(FailingStore::new(world.store(), failing));
    usecase::run(&*store, case, command.clone()).await
}

async fn a_use_case_that_fails_at_any_write_leaves_no_trace(world: World) {
    let _alone = world.alone_with_jobs().await;
    let made = Made::new(&world);
    for nth in 1..=WRITES {
        let outcome = run(&world, &MakeOrganization, &made, nth).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "write {nth}: {outcome:?}");
        assert_eq!(made.seen(&world).await, [false; 6], "after write {nth} failed");
    }
    run(&world, &MakeOrganization, &made, WRITES + 1).await.expect("no write fails");
    assert_eq!(made.seen(&world).await, [true; 6]);
    assert_eq!(world.store().jobs().claim(9, later(1)).await.expect("jobs are claimed").len(), 1);
}

async fn a_change_that_fails_at_any_write_leaves_what_was(world: World) {
    let made = Made::new(&world);
    world.given(made.organization.clone()).await;
    done!(world, |work| work.organization_domains().insert(&made.domain));
    let (home, id) = (world.home, made.organization.id);
    // Three changes, an event and the commit.
    for nth in 1..=5 {
        let outcome = run(&world, &ChangeOrganization, &made, nth).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "write {nth}: {outcome:?}");
        let view = world.queries().organization(home, id).await.expect("a look-up").expect("what was");
        assert_eq!((view.organization, view.domains), (made.organization.clone(), vec![made.domain.clone()]));
        assert_eq!(world.queries().event(home, made.event.id).await.expect("a look-up"), None);
    }
    run(&world, &ChangeOrganization, &made, 6).await.expect("no write fails");
    assert_eq!(world.queries().organization(home, id).await.expect("a look-up"), None);
}

async fn reading_does_not_count_as_writing(world: World) {
    let organization = world.given_organization().await;
    let store = FailingStore::new(world.store(), 1);
    let mut work = store.begin().await.expect("a unit of work begins");
    for _ in 0..3 {
        let found = work.organizations().find(world.home, organization.id).await.expect("a look-up");
        assert_eq!(found.as_ref(), Some(&organization));
    }
    let refused = work.organizations().update(&organization).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    work.rollback().await.expect("taken back");
}
