//! Events and the audit trail: what comes back, pages and filters.

use vestibule_application::ports::store::{AuditFilter, EventFilter};
use vestibule_domain::audit::{Actor, ActorKind, AuditAction, AuditEntry, AuditTarget, Origin};
use vestibule_domain::connection::ConnectionState;
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::event::{
    CertificateSnapshot, ConnectionSnapshot, Event, EventName, Fact, FailedDomain, OrganizationSnapshot,
    SignInSnapshot, WebhookTest,
};
use vestibule_domain::id::{AuditId, EventId};
use vestibule_domain::organization::Organization;
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, OrganizationDomain, Proof, ProofSearch,
};
use vestibule_domain::page::{Cursor, Order, Page, PageRequest};
use vestibule_domain::readout::FieldChange;

use crate::fixtures::{self, domain_name, verified};
use crate::paging::{every_page_is_right, limit};
use crate::samples::{HOSTILE, at_micros, full_organization, full_person, hostile_name, megabyte};
use crate::world::{World, later};

crate::cases![
    an_event_comes_back_with_every_fact,
    an_unknown_event_is_not_found,
    an_entry_comes_back_with_every_action,
    an_entry_with_everything_set_comes_back,
    events_come_in_pages,
    filtered_events_come_in_pages,
    entries_come_in_pages,
    events_of_one_unit_of_work_keep_their_order,
    a_cursor_of_an_unknown_event_gives_an_empty_page,
    a_cursor_of_an_unknown_entry_gives_an_empty_page,
    a_cursor_is_a_place_even_where_the_filter_leaves_it_out,
    events_are_filtered,
    entries_are_filtered,
];

async fn events(world: &World, filter: &EventFilter) -> Vec<EventId> {
    let page = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
    let page = world.queries().events(world.home, filter, page).await.expect("a page");
    page.items.iter().map(|event| event.id).collect()
}

async fn entries(world: &World, filter: &AuditFilter) -> Vec<AuditEntry> {
    let page = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
    world.queries().audit_trail(world.home, filter, page).await.expect("a page").items
}

fn facts(world: &World, organization: &Organization) -> Vec<Fact> {
    let domain = |state| OrganizationDomain {
        state,
        // How its record is looked for is told to nobody.
        search: ProofSearch::begun(at_micros(1)),
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
        ..fixtures::domain(world, organization, "acme.example")
    };
    let pending = domain(DomainState::Pending);
    let proven = domain(DomainState::Verified { at: at_micros(500_000), by: Proof::Dns });
    let failed = domain(DomainState::Failed { at: at_micros(499_999), why: DomainFailure::Taken });
    let connection = |state, domains| ConnectionSnapshot {
        id: world.id(),
        organization_id: organization.id,
        connection_type: ConnectionType::Auth0Saml,
        name: hostile_name(),
        state,
        domains,
        created_at: at_micros(1),
        updated_at: at_micros(999_999),
    };
    let with = |domains| OrganizationSnapshot { organization: organization.clone(), domains };
    let two = vec![(world.id(), domain_name("b.example")), (world.id(), domain_name("a.example"))];
    vec![
        Fact::ConnectionActivated(connection(ConnectionState::Active, two)),
        Fact::ConnectionDeactivated(connection(ConnectionState::Inactive, Vec::new())),
        Fact::ConnectionDeleted(connection(ConnectionState::Draft, Vec::new())),
        Fact::OrganizationCreated(with(Vec::new())),
        Fact::OrganizationUpdated(with(vec![pending.clone(), verified(failed.clone())])),
        Fact::OrganizationDeleted(with(vec![failed.clone()])),
        Fact::OrganizationDomainCreated(pending),
        Fact::OrganizationDomainUpdated(failed.clone()),
        Fact::OrganizationDomainDeleted(failed.clone()),
        Fact::OrganizationDomainVerified(proven),
        Fact::OrganizationDomainVerificationFailed(FailedDomain {
            why: DomainFailure::Taken,
            domain: failed,
        }),
        Fact::SsoStarted(sign_in(world, None)),
        Fact::SsoSucceeded(sign_in(world, None)),
        Fact::SsoFailed(sign_in(world, Some(("access_denied".into(), HOSTILE.into())))),
        Fact::SsoTimedOut(sign_in(world, None)),
        Fact::SamlCertificateRenewalRequired(certificate(world)),
        Fact::SamlCertificateRenewed(certificate(world)),
        Fact::WebhookEndpointTested(WebhookTest { endpoint_id: world.id() }),
    ]
}

fn certificate(world: &World) -> CertificateSnapshot {
    CertificateSnapshot {
        of: vestibule_domain::certificate_watch::CertificateUse::RequestSigning,
        connection_id: world.id(),
        organization_id: world.id(),
        expires_at: at_micros(999_999),
        at: at_micros(1),
    }
}

fn sign_in(world: &World, error: Option<(String, String)>) -> SignInSnapshot {
    SignInSnapshot {
        session_id: world.id(),
        connection_id: world.id(),
        organization_id: error.is_none().then(|| world.id()),
        profile_id: error.is_none().then(|| world.id()),
        email: Some(HOSTILE.into()),
        roles: full_person().roles,
        ip_address: Some("2001:db8::1".into()),
        user_agent: error.is_some().then(|| HOSTILE.into()),
        error,
    }
}

async fn an_event_comes_back_with_every_fact(world: World) {
    for organization in [fixtures::organization(&world), full_organization(&world)] {
        for fact in facts(&world, &organization) {
            let actor = Actor {
                kind: ActorKind::PortalSession,
                id: HOSTILE.into(),
                name: Some(HOSTILE.into()),
                origin: None,
            };
            let event = Event {
                fact,
                actor,
                created_at: at_micros(999_999),
                ..fixtures::event(&world, &organization)
            };
            let event = world.given_event(event).await;
            assert_eq!(world.queries().event(world.home, event.id).await.expect("a look-up"), Some(event));
        }
    }
}

async fn an_unknown_event_is_not_found(world: World) {
    world.given_event(fixtures::event(&world, &fixtures::organization(&world))).await;
    assert_eq!(world.queries().event(world.home, world.id()).await.expect("a look-up"), None);
}

async fn an_entry_comes_back_with_every_action(world: World) {
    let mut expected = Vec::new();
    for action in AuditAction::ALL.iter().copied() {
        expected.push(world.given_entry(AuditEntry { action, ..fixtures::entry(&world, world.home) }).await);
    }
    assert_eq!(entries(&world, &AuditFilter::default()).await, expected);
}

/// Of one kind all, of another half of where they acted from.
fn origin(kind: ActorKind) -> Option<Origin> {
    let ip_address = Some("2001:db8::1".to_owned());
    match kind {
        ActorKind::Member => Some(Origin { ip_address, user_agent: Some(HOSTILE.to_owned()) }),
        ActorKind::ApiKey => Some(Origin { ip_address, user_agent: None }),
        ActorKind::PortalSession | ActorKind::System => None,
    }
}

async fn an_entry_with_everything_set_comes_back(world: World) {
    let mut expected = Vec::new();
    for kind in ActorKind::ALL {
        let detail = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let change = |field: &str, before: Option<&str>, after: Option<&str>| FieldChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let entry = AuditEntry {
            organization_id: Some(world.id()),
            at: at_micros(999_999),
            actor: Actor { kind, id: HOSTILE.into(), name: Some(HOSTILE.into()), origin: origin(kind) },
            target: AuditTarget { kind: "portal_link".into(), id: HOSTILE.into() },
            // In no order, and with a name twice.
            details: vec![
                detail("z", HOSTILE),
                detail("a", ""),
                detail("a", "again"),
                detail(HOSTILE, "x"),
                detail("long", &megabyte()),
            ],
            changes: vec![
                change("z", Some(HOSTILE), None),
                change(HOSTILE, None, Some("")),
                change("z", Some(""), Some(HOSTILE)),
            ],
            ..fixtures::entry(&world, world.home)
        };
        expected.push(world.given_entry(entry).await);
    }
    assert_eq!(entries(&world, &AuditFilter::default()).await, expected);
}

async fn events_come_in_pages(world: World) {
    let mut expected = Vec::new();
    for _ in 0..7 {
        let organization = fixtures::organization(&world);
        expected.push(world.given_event(fixtures::event(&world, &organization)).await);
        let foreign = Organization { environment_id: world.abroad, ..organization };
        world.given_event(fixtures::event(&world, &foreign)).await;
    }
    let all = EventFilter::default();
    every_page_is_right(
        &expected,
        |event| event.id,
        async |page| world.queries().events(world.home, &all, page).await.expect("a page"),
    )
    .await;
}

async fn filtered_events_come_in_pages(world: World) {
    let (wanted, other) = (fixtures::organization(&world), fixtures::organization(&world));
    let mut expected = Vec::new();
    for _ in 0..5 {
        world.given_event(fixtures::event(&world, &other)).await;
        expected.push(world.given_event(fixtures::event(&world, &wanted)).await);
        world.given_event(fixtures::event(&world, &other)).await;
    }
    let filter = EventFilter { organization_id: Some(wanted.id), ..Default::default() };
    every_page_is_right(
        &expected,
        |event| event.id,
        async |page| world.queries().events(world.home, &filter, page).await.expect("a page"),
    )
    .await;
}

async fn entries_come_in_pages(world: World) {
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.push(world.given_entry(fixtures::entry(&world, world.home)).await);
        world.given_entry(fixtures::entry(&world, world.abroad)).await;
    }
    let all = AuditFilter::default();
    every_page_is_right(
        &expected,
        |entry| entry.id,
        async |page| world.queries().audit_trail(world.home, &all, page).await.expect("a page"),
    )
    .await;
}

async fn events_of_one_unit_of_work_keep_their_order(world: World) {
    let organization = fixtures::organization(&world);
    let mut made: Vec<Event> = (0..5).map(|_| fixtures::event(&world, &organization)).collect();
    let mut recorded: Vec<AuditEntry> = (0..5).map(|_| fixtures::entry(&world, world.home)).collect();
    // The order is that of the calls, whatever the ids.
    made.swap(0, 3);
    recorded.swap(1, 4);
    let mut work = world.begin().await;
    for (event, entry) in made.iter().zip(&recorded) {
        work.outbox().append(event.clone()).await.expect("an event is added");
        work.outbox().record(entry.clone()).await.expect("an entry is added");
    }
    work.commit().await.expect("a commit");
    let made: Vec<EventId> = made.iter().map(|event| event.id).collect();
    assert_eq!(events(&world, &EventFilter::default()).await, made);
    assert_eq!(entries(&world, &AuditFilter::default()).await, recorded);
}

fn cursors<I: Copy>(id: I) -> Vec<PageRequest<I>> {
    let orders = [Order::Ascending, Order::Descending];
    let request = |order, cursor| PageRequest { order, cursor: Some(cursor), limit: limit(10) };
    orders.iter().flat_map(|o| [request(*o, Cursor::After(id)), request(*o, Cursor::Before(id))]).collect()
}

async fn a_cursor_of_an_unknown_event_gives_an_empty_page(world: World) {
    let organization = fixtures::organization(&world);
    let unknown: EventId = world.id();
    world.given_event(fixtures::event(&world, &organization)).await;
    let foreign = Organization { environment_id: world.abroad, ..organization.clone() };
    let foreign = world.given_event(fixtures::event(&world, &foreign)).await;
    world.given_event(fixtures::event(&world, &organization)).await;
    for id in [unknown, foreign.id] {
        for page in cursors(id) {
            let page = world.queries().events(world.home, &EventFilter::default(), page).await;
            let empty = Page { items: Vec::new(), has_previous: false, has_next: false };
            assert_eq!(page.expect("a page"), empty);
        }
    }
}

async fn a_cursor_of_an_unknown_entry_gives_an_empty_page(world: World) {
    let unknown: AuditId = world.id();
    world.given_entry(fixtures::entry(&world, world.home)).await;
    let foreign = world.given_entry(fixtures::entry(&world, world.abroad)).await;
    world.given_entry(fixtures::entry(&world, world.home)).await;
    for id in [unknown, foreign.id] {
        for page in cursors(id) {
            let page = world.queries().audit_trail(world.home, &AuditFilter::default(), page).await;
            let empty = Page { items: Vec::new(), has_previous: false, has_next: false };
            assert_eq!(page.expect("a page"), empty);
        }
    }
}

async fn a_cursor_is_a_place_even_where_the_filter_leaves_it_out(world: World) {
    let (wanted, other) = (fixtures::organization(&world), fixtures::organization(&world));
    let first = world.given_event(fixtures::event(&world, &wanted)).await;
    let between = world.given_event(fixtures::event(&world, &other)).await;
    let last = world.given_event(fixtures::event(&world, &wanted)).await;
    let filter = EventFilter { organization_id: Some(wanted.id), ..Default::default() };
    for (cursor, expected) in [(Cursor::After(between.id), last), (Cursor::Before(between.id), first)] {
        let page = PageRequest { order: Order::Ascending, cursor: Some(cursor), limit: limit(10) };
        let page = world.queries().events(world.home, &filter, page).await.expect("a page");
        assert_eq!(page.items, vec![expected]);
    }
}

async fn events_are_filtered(world: World) {
    let organization = fixtures::organization(&world);
    let other = fixtures::organization(&world);
    let mut made = Vec::new();
    for (number, fact) in facts(&world, &organization).into_iter().take(10).enumerate() {
        let of = if number % 2 == 0 { &organization } else { &other };
        let at = later(i64::try_from(number).expect("a small number"));
        made.push(world.given_event(Event { fact, created_at: at, ..fixtures::event(&world, of) }).await);
    }
    let all = EventFilter::default;
    let named = |names: &[&str]| EventFilter {
        names: names.iter().map(|name| EventName::parse(name).expect("a name")).collect(),
        ..all()
    };
    let between = |from: Option<i64>, until: Option<i64>| EventFilter {
        from: from.map(later),
        until: until.map(later),
        ..all()
    };
    let microsecond = time::Duration::microseconds(1);
    let cases: Vec<(EventFilter, &[usize])> = vec![
        (all(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (named(&["organization.created"]), &[3]),
        (named(&["organization_domain.verified", "connection.activated"]), &[0, 9]),
        (named(&["never.sent"]), &[]),
        (EventFilter { organization_id: Some(organization.id), ..all() }, &[0, 2, 4, 6, 8]),
        (EventFilter { organization_id: Some(world.id()), ..all() }, &[]),
        (between(Some(8), None), &[8, 9]),
        (between(None, Some(1)), &[0, 1]),
        (between(Some(4), Some(4)), &[4]),
        (between(Some(5), Some(4)), &[]),
        (EventFilter { from: Some(later(4) + microsecond), ..between(None, Some(5)) }, &[5]),
        (EventFilter { until: Some(later(5) - microsecond), ..between(Some(4), None) }, &[4]),
        (
            EventFilter {
                organization_id: Some(other.id),
                from: Some(later(1)),
                until: Some(later(5)),
                ..named(&["connection.deactivated", "organization.deleted", "connection.activated"])
            },
            &[1, 5],
        ),
    ];
    for (filter, expected) in cases {
        let expected: Vec<EventId> = expected.iter().map(|number| made[*number].id).collect();
        assert_eq!(events(&world, &filter).await, expected, "{filter:?}");
    }
}

async fn entries_are_filtered(world: World) {
    let organization = Some(world.id());
    let mut made = Vec::new();
    for (number, action) in (0..).zip(AuditAction::ALL.iter().copied().take(6)) {
        let organization_id = organization.filter(|_| number % 2 == 0);
        let entry = fixtures::entry(&world, world.home);
        let name = (number != 5).then(|| format!("Somebody {}", number % 3));
        let actor = Actor { id: format!("member_{number}"), name, ..Actor::system() };
        let entry = AuditEntry { actor, organization_id, at: later(number), action, ..entry };
        made.push(world.given_entry(entry).await);
    }
    let all = AuditFilter::default;
    let action = |number: usize| AuditAction::ALL[number];
    let cases: Vec<(AuditFilter, &[usize])> = vec![
        (all(), &[0, 1, 2, 3, 4, 5]),
        (AuditFilter { actions: vec![action(1)], ..all() }, &[1]),
        (AuditFilter { actions: vec![action(5), action(0)], ..all() }, &[0, 5]),
        (AuditFilter { actions: vec![action(9)], ..all() }, &[]),
        (AuditFilter { actor: Some("member_3".into()), ..all() }, &[3]),
        (AuditFilter { actor: Some("Somebody 0".into()), ..all() }, &[0, 3]),
        (AuditFilter { actor: Some("somebody 0".into()), ..all() }, &[]),
        (AuditFilter { actor: Some("Somebody".into()), ..all() }, &[]),
        (AuditFilter { organization_id: organization, ..all() }, &[0, 2, 4]),
        (AuditFilter { organization_id: Some(world.id()), ..all() }, &[]),
        (AuditFilter { from: Some(later(4)), ..all() }, &[4, 5]),
        (AuditFilter { until: Some(later(1)), ..all() }, &[0, 1]),
        (AuditFilter { from: Some(later(2)), until: Some(later(2)), ..all() }, &[2]),
        (
            AuditFilter {
                actions: vec![action(2), action(3), action(4)],
                actor: Some("Somebody 1".into()),
                organization_id: organization,
                from: Some(later(3)),
                until: Some(later(9)),
            },
            &[4],
        ),
    ];
    for (filter, expected) in cases {
        let expected: Vec<AuditEntry> = expected.iter().map(|number| made[*number].clone()).collect();
        assert_eq!(entries(&world, &filter).await, expected, "{filter:?}");
    }
}
