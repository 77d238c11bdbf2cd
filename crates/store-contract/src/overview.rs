//! What the dashboard shows at a glance, and the list of organizations that need something.

use time::Duration;
use time::macros::date;
use vestibule_application::ports::store::{
    ATTENTION_MAX, NeedAt, OpenSetUp, OrganizationFilter, OrganizationMarks, OrganizationView, Overview,
    SetUpWeek, SignInDay, Undelivered,
};
use vestibule_domain::Instant;
use vestibule_domain::attention::{CERTIFICATE_SOON, FAILING_FOR, Need, STUCK_AFTER, UNDELIVERED_FOR};
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::id::{OrganizationId, WebhookDeliveryId};
use vestibule_domain::organization::Organization;
use vestibule_domain::page::{Order, PageRequest};
use vestibule_domain::portal_link::{LinkKind, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{Origin, SsoSession, SsoSessionState};
use vestibule_domain::webhook::{DeliveryState, WebhookDelivery};

use crate::fixtures::{self, domain_name, name, verified};
use crate::paging::{every_page_is_right, limit};
use crate::samples::{failure, full_saml};
use crate::sso_sessions::authorized;
use crate::world::{NOW, World, done, later};

crate::cases![
    organizations_without_a_connection_are_found,
    organizations_with_an_unproven_domain_are_found,
    a_set_up_is_stuck_three_days_after_it_last_moved,
    an_open_set_up_is_told_until_its_link_ends,
    only_links_of_which_there_is_one_count_as_set_ups,
    certificates_are_found_thirty_days_before_their_end,
    three_failures_in_a_row_make_a_connection_fail,
    failures_of_long_ago_count_no_more,
    a_connection_that_is_switched_off_or_deleted_needs_no_attention,
    organizations_in_need_come_in_pages,
    a_need_holds_together_with_the_other_filters,
    an_environment_at_a_glance_shows_what_needs_attention_by_its_time,
    deliveries_that_were_given_up_lately_are_shown,
    sign_ins_are_counted_by_the_day,
    set_ups_are_counted_by_the_week,
    a_new_environment_shows_nothing_at_a_glance,
];

/// When everything is looked at.
const LOOK: Instant = NOW.saturating_add(Duration::MINUTE);

async fn tally(world: &World) {
    world.store().jobs().tally(LOOK).await.expect("everything is counted");
}

/// The organizations of the environment that need something, oldest first.
async fn in_need(world: &World, need: Need, now: Instant) -> Vec<OrganizationId> {
    let filter = OrganizationFilter { need: Some(NeedAt { need, now }), ..Default::default() };
    let page = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
    let page = world.queries().organizations(world.home, &filter, page).await.expect("a page");
    page.items.iter().map(|view| view.organization.id).collect()
}

async fn marks(world: &World, of: &Organization) -> OrganizationMarks {
    let mut marks =
        world.queries().organization_marks(world.home, &[of.id], LOOK).await.expect("where it stands");
    assert_eq!(marks.len(), 1);
    marks.remove(0)
}

async fn overview(world: &World) -> Overview {
    world.queries().overview(world.home, LOOK).await.expect("an overview")
}

/// A connection in a state, whose provider has certificates that end then.
async fn given_connected(
    world: &World,
    of: &Organization,
    state: ConnectionState,
    ends: &[Instant],
) -> Connection {
    let mut saml = full_saml(world);
    if let Some(idp) = &mut saml.idp {
        idp.signing_certificates.truncate(ends.len());
        for (held, end) in idp.signing_certificates.iter_mut().zip(ends) {
            held.certificate.not_after = *end;
        }
    }
    let settings = ProtocolSettings::Saml(Box::new(saml));
    let connection = Connection { state, settings, ..fixtures::connection(world, of) };
    done!(world, |work| work.connections().insert(&connection));
    connection
}

/// An organization with an active connection.
async fn given_active(world: &World) -> (Organization, Connection) {
    let organization = world.given_organization().await;
    let connection = given_connected(world, &organization, ConnectionState::Active, &[]).await;
    (organization, connection)
}

fn failed(session: SsoSession) -> SsoSession {
    session.failed(failure(FailureCode::InvalidX509Certificate), later(1))
}

async fn given_failures(world: &World, of: &Connection, count: usize) {
    for _ in 0..count {
        world.given_attempt(failed(fixtures::attempt_to_sign_in(world, of))).await;
    }
}

async fn organizations_without_a_connection_are_found(world: World) {
    let without = world.given_organization().await;
    let draft = world.given_organization().await;
    let connection = world.given_connection(&draft).await;
    world.given_foreign_organization().await;
    assert_eq!(in_need(&world, Need::Connection, LOOK).await, [without.id]);
    assert!(done!(world, |work| work.connections().delete(world.home, connection.id)));
    assert_eq!(in_need(&world, Need::Connection, LOOK).await, [without.id, draft.id]);
}

async fn organizations_with_an_unproven_domain_are_found(world: World) {
    let [none, one, two, proven] = [
        world.given_organization().await,
        world.given_organization().await,
        world.given_organization().await,
        world.given_organization().await,
    ];
    let own = world.word();
    let first = world.given_domain(&one, &format!("{own}-a.example")).await;
    let second = world.given_domain(&two, &format!("{own}-b.example")).await;
    let third = world.given_domain(&two, &format!("{own}-c.example")).await;
    let fourth = verified(fixtures::domain(&world, &proven, &format!("{own}-d.example")));
    done!(world, |work| work.organization_domains().insert(&fourth));
    assert_eq!(in_need(&world, Need::Domain, LOOK).await, [one.id, two.id]);
    assert_eq!(marks(&world, &none).await.unproven_domains, 0);
    assert_eq!(marks(&world, &two).await.unproven_domains, 2);
    for domain in [first, second] {
        let domain = verified(domain);
        assert!(done!(world, |work| work.organization_domains().update(&domain)));
    }
    assert_eq!(in_need(&world, Need::Domain, LOOK).await, [two.id]);
    assert!(done!(world, |work| work.organization_domains().delete(world.home, third.id)));
    assert_eq!(in_need(&world, Need::Domain, LOOK).await, []);
}

async fn a_set_up_is_stuck_three_days_after_it_last_moved(world: World) {
    let [invited, opened, moved] = [
        world.given_organization().await,
        world.given_organization().await,
        world.given_organization().await,
    ];
    world.given_open_link(&invited, LinkKind::Setup).await;
    let link = world.given_open_link(&opened, LinkKind::Setup).await;
    let visit = PortalSession { started_at: later(60), ..fixtures::session(&world, &link) };
    done!(world, |work| work.sessions().insert(&visit));
    let link = world.given_open_link(&moved, LinkKind::Setup).await;
    let visit = world.given_session(&link).await;
    let visit = PortalSession { progress_at: later(120), ..visit };
    assert!(done!(world, |work| work.sessions().update_progress(&visit)));
    let after = |seconds| later(seconds) + STUCK_AFTER;
    for (now, expected) in [
        (after(-1), vec![]),
        (after(0), vec![invited.id]),
        (after(59), vec![invited.id]),
        (after(60), vec![invited.id, opened.id]),
        (after(119), vec![invited.id, opened.id]),
        (after(120), vec![invited.id, opened.id, moved.id]),
    ] {
        assert_eq!(in_need(&world, Need::SetUp, now).await, expected, "{now}");
    }
    let set_up = |moved_at, opened| Some(OpenSetUp { moved_at, opened });
    assert_eq!(marks(&world, &invited).await.set_up, set_up(NOW, false));
    assert_eq!(marks(&world, &opened).await.set_up, set_up(later(60), true));
    assert_eq!(marks(&world, &moved).await.set_up, set_up(later(120), true));
}

async fn an_open_set_up_is_told_until_its_link_ends(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    world.given_session(&link).await;
    assert!(marks(&world, &organization).await.set_up.is_some());
    assert!(done!(world, |work| work.links().revoke(world.home, link.id, later(1))));
    assert_eq!(marks(&world, &organization).await.set_up, None);
    // Visits that go on tell nothing of a link that has ended.
    let visit = world.given_session(&link).await;
    let visit = PortalSession { progress_at: later(120), ..visit };
    assert!(done!(world, |work| work.sessions().update_progress(&visit)));
    assert_eq!(marks(&world, &organization).await.set_up, None);
    let link = PortalLink { created_at: later(5), ..fixtures::link(&world, &organization, LinkKind::Setup) };
    let link = world.given_link(link).await;
    let open = OpenSetUp { moved_at: later(5), opened: false };
    assert_eq!(marks(&world, &organization).await.set_up, Some(open));
    let spent = fixtures::consumed(&link, later(6));
    assert!(done!(world, |work| work.links().advance(&spent, later(6))));
    assert_eq!(marks(&world, &organization).await.set_up, None);
}

async fn only_links_of_which_there_is_one_count_as_set_ups(world: World) {
    let organization = world.given_organization().await;
    for kind in [LinkKind::Launch, LinkKind::Token] {
        let link = world.given_open_link(&organization, kind).await;
        world.given_session(&link).await;
    }
    assert_eq!(marks(&world, &organization).await.set_up, None);
    let link = world.given_open_link(&organization, LinkKind::Setup).await;
    let token = world.given_open_link(&organization, LinkKind::Token).await;
    world.given_session(&token).await;
    assert!(done!(world, |work| work.links().revoke(world.home, token.id, later(1))));
    let open = OpenSetUp { moved_at: link.created_at, opened: false };
    assert_eq!(marks(&world, &organization).await.set_up, Some(open));
}

async fn certificates_are_found_thirty_days_before_their_end(world: World) {
    let end = NOW + Duration::days(100);
    let [last, earlier, draft] = [
        world.given_organization().await,
        world.given_organization().await,
        world.given_organization().await,
    ];
    // Of several the one that lasts longest counts.
    given_connected(&world, &last, ConnectionState::Active, &[end, NOW]).await;
    let ends_later = end + Duration::SECOND;
    let connection = given_connected(&world, &earlier, ConnectionState::Active, &[ends_later]).await;
    given_connected(&world, &draft, ConnectionState::Draft, &[NOW]).await;
    given_active(&world).await;
    let soon = end - CERTIFICATE_SOON;
    for (now, expected) in [
        (soon - Duration::SECOND, vec![]),
        (soon, vec![last.id]),
        (soon + Duration::SECOND, vec![last.id, earlier.id]),
        (end + Duration::days(9), vec![last.id, earlier.id]),
    ] {
        assert_eq!(in_need(&world, Need::Certificate, now).await, expected, "{now}");
    }
    assert_eq!(marks(&world, &last).await.certificate_end, Some(end));
    assert_eq!(marks(&world, &draft).await.certificate_end, None);
    // Renewed.
    let mut saml = full_saml(&world);
    if let Some(idp) = &mut saml.idp {
        idp.signing_certificates.truncate(1);
        idp.signing_certificates[0].certificate.not_after = end + Duration::days(365);
    }
    let renewed = Connection { settings: ProtocolSettings::Saml(Box::new(saml)), ..connection };
    assert!(done!(world, |work| work.connections().update(&renewed)));
    assert_eq!(in_need(&world, Need::Certificate, end).await, [last.id]);
}

async fn three_failures_in_a_row_make_a_connection_fail(world: World) {
    let (two, of_two) = given_active(&world).await;
    given_failures(&world, &of_two, 2).await;
    let (three, of_three) = given_active(&world).await;
    given_failures(&world, &of_three, 3).await;
    let (broken, of_broken) = given_active(&world).await;
    given_failures(&world, &of_broken, 2).await;
    let at = later(1);
    let good = SsoSession {
        state: SsoSessionState::Successful { at },
        ..fixtures::attempt_to_sign_in(&world, &of_broken)
    };
    world.given_attempt(good).await;
    given_failures(&world, &of_broken, 2).await;
    // Neither tests nor attempts that go on say anything.
    let (tested, of_tested) = given_active(&world).await;
    given_failures(&world, &of_tested, 3).await;
    let test = SsoSession { origin: Origin::Test, ..fixtures::attempt_to_sign_in(&world, &of_tested) };
    world.given_attempt(SsoSession { id: world.id(), ..failed(test.clone()) }).await;
    world.given_attempt(SsoSession { state: SsoSessionState::Successful { at }, ..test }).await;
    world.given_attempt(fixtures::attempt_to_sign_in(&world, &of_tested)).await;
    let (only_tests, of_only_tests) = given_active(&world).await;
    for _ in 0..3 {
        let test = fixtures::attempt_to_sign_in(&world, &of_only_tests);
        world.given_attempt(failed(SsoSession { origin: Origin::Test, ..test })).await;
    }
    tally(&world).await;
    assert_eq!(in_need(&world, Need::SignIns, LOOK).await, [three.id, tested.id]);
    assert_eq!(marks(&world, &three).await.failing_at, Some(NOW));
    for other in [two, broken, only_tests] {
        assert_eq!(marks(&world, &other).await.failing_at, None);
    }
    // The provider vouched for somebody.
    let vouched = authorized(&world, &fixtures::attempt_to_sign_in(&world, &of_three), later(1));
    world.given_attempt(vouched).await;
    tally(&world).await;
    assert_eq!(in_need(&world, Need::SignIns, LOOK).await, [tested.id]);
}

async fn failures_of_long_ago_count_no_more(world: World) {
    let (lately, connection) = given_active(&world).await;
    given_failures(&world, &connection, 3).await;
    let (long_ago, connection) = given_active(&world).await;
    for _ in 0..3 {
        let started_at = LOOK - FAILING_FOR - Duration::HOUR;
        let attempt = fixtures::attempt_to_sign_in(&world, &connection);
        let attempt = SsoSession { id: world.id_at(started_at), started_at, ..failed(attempt) };
        world.given_attempt(attempt).await;
    }
    tally(&world).await;
    assert_eq!(in_need(&world, Need::SignIns, LOOK).await, [lately.id]);
    assert_eq!(marks(&world, &long_ago).await.failing_at, None);
    assert_eq!(in_need(&world, Need::SignIns, NOW + FAILING_FOR).await, [lately.id]);
    assert_eq!(in_need(&world, Need::SignIns, later(1) + FAILING_FOR).await, []);
}

async fn a_connection_that_is_switched_off_or_deleted_needs_no_attention(world: World) {
    let [off, gone] = [world.given_organization().await, world.given_organization().await];
    let ends = [NOW];
    let of_off = given_connected(&world, &off, ConnectionState::Active, &ends).await;
    let of_gone = given_connected(&world, &gone, ConnectionState::Active, &ends).await;
    given_failures(&world, &of_off, 3).await;
    given_failures(&world, &of_gone, 3).await;
    tally(&world).await;
    assert_eq!(in_need(&world, Need::SignIns, LOOK).await, [off.id, gone.id]);
    assert_eq!(in_need(&world, Need::Certificate, LOOK).await, [off.id, gone.id]);
    let of_off = Connection { state: ConnectionState::Inactive, ..of_off };
    assert!(done!(world, |work| work.connections().update(&of_off)));
    assert!(done!(world, |work| work.connections().delete(world.home, of_gone.id)));
    assert_eq!(in_need(&world, Need::SignIns, LOOK).await, []);
    assert_eq!(in_need(&world, Need::Certificate, LOOK).await, []);
    assert!(done!(world, |work| work.organizations().delete(world.home, off.id)));
    assert_eq!(in_need(&world, Need::Connection, LOOK).await, [gone.id]);
}

/// An organization that needs everything but a connection.
async fn given_in_need(world: &World) -> Organization {
    let organization = world.given_organization().await;
    world.given_domain(&organization, &format!("{}.example", world.word())).await;
    let link = fixtures::link(world, &organization, LinkKind::Setup);
    world.given_link(PortalLink { created_at: LOOK - STUCK_AFTER, ..link }).await;
    let connection = given_connected(world, &organization, ConnectionState::Active, &[NOW]).await;
    given_failures(world, &connection, 3).await;
    organization
}

async fn organizations_in_need_come_in_pages(world: World) {
    let mut needy = Vec::new();
    for _ in 0..5 {
        needy.push(given_in_need(&world).await);
        given_active(&world).await;
    }
    tally(&world).await;
    for need in [Need::SetUp, Need::SignIns, Need::Certificate, Need::Domain] {
        let filter = OrganizationFilter { need: Some(NeedAt { need, now: LOOK }), ..Default::default() };
        let mut views = Vec::new();
        for organization in &needy {
            let view = world.queries().organization(world.home, organization.id).await.expect("an answer");
            views.push(view.expect("the organization"));
        }
        every_page_is_right(
            &views,
            |view: &OrganizationView| view.organization.id,
            async |page| world.queries().organizations(world.home, &filter, page).await.expect("a page"),
        )
        .await;
    }
}

async fn a_need_holds_together_with_the_other_filters(world: World) {
    let domain = format!("{}.example", world.word());
    let mut expected = Vec::new();
    for (text, with_domain, connected) in [
        ("Acme", true, false),
        ("Acme two", true, true),
        ("Acme three", false, false),
        ("Other", true, false),
    ] {
        let organization =
            world.given(Organization { name: name(text), ..fixtures::organization(&world) }).await;
        if with_domain {
            world.given_domain(&organization, &domain).await;
        }
        if connected {
            world.given_connection(&organization).await;
        }
        expected.push(organization.id);
    }
    let filter = OrganizationFilter {
        domains: vec![domain_name(&domain)],
        search: Some("acme".into()),
        need: Some(NeedAt { need: Need::Connection, now: LOOK }),
    };
    let page = world.queries().organizations(world.home, &filter, PageRequest::default()).await;
    let ids: Vec<_> = page.expect("a page").items.iter().map(|view| view.organization.id).collect();
    assert_eq!(ids, [expected[0]]);
}

async fn an_environment_at_a_glance_shows_what_needs_attention_by_its_time(world: World) {
    let mut organizations = Vec::new();
    for days in [9, 4, 6] {
        let organization = world.given_organization().await;
        let link = fixtures::link(&world, &organization, LinkKind::Setup);
        let created_at = NOW - Duration::days(days);
        let link = world.given_link(PortalLink { created_at, ..link }).await;
        if days == 4 {
            let visit = fixtures::session(&world, &link);
            let visit = PortalSession { started_at: created_at, progress_at: created_at, ..visit };
            done!(world, |work| work.sessions().insert(&visit));
        }
        let ends = [NOW + Duration::days(days)];
        let connection = given_connected(&world, &organization, ConnectionState::Active, &ends).await;
        given_failures(&world, &connection, 3).await;
        organizations.push(organization.id);
    }
    let [nine, four, six] = organizations[..] else { panic!("three organizations") };
    let foreign = world.given_foreign_organization().await;
    let abroad = given_connected(&world, &foreign, ConnectionState::Active, &[NOW]).await;
    given_failures(&world, &abroad, 3).await;
    tally(&world).await;
    let overview = overview(&world).await;
    let told = |list: &[vestibule_application::ports::store::InNeed]| {
        list.iter().map(|of| (of.organization_id, (of.at - NOW).whole_days(), of.opened)).collect::<Vec<_>>()
    };
    assert!(overview.begun);
    assert_eq!(told(&overview.stuck), [(four, -4, true), (six, -6, false), (nine, -9, false)]);
    assert_eq!(told(&overview.certificates), [(four, 4, true), (six, 6, false), (nine, 9, false)]);
    assert_eq!(told(&overview.failing), [(six, 0, false), (four, 0, true), (nine, 0, false)]);
    assert!(overview.failing.iter().all(|of| of.at == NOW && of.name == name("Acme")));
}

async fn deliveries_that_were_given_up_lately_are_shown(world: World) {
    let endpoint = world.given_endpoint().await;
    world.given_delivery(&endpoint).await;
    let mut expected = Vec::new();
    for seconds in [3, 1, 2] {
        let at = later(seconds);
        let delivery = fixtures::delivery(&world, &endpoint, world.id());
        let delivery = WebhookDelivery { state: DeliveryState::GivenUp { at }, ..delivery };
        assert!(done!(world, |work| work.webhooks().insert_delivery(&delivery)));
        expected.insert(0, Undelivered { endpoint_id: endpoint.id, at });
    }
    let old: WebhookDeliveryId = world.id_at(LOOK - UNDELIVERED_FOR - Duration::SECOND);
    let delivery = fixtures::delivery(&world, &endpoint, world.id());
    let delivery = WebhookDelivery { id: old, state: DeliveryState::GivenUp { at: NOW }, ..delivery };
    assert!(done!(world, |work| work.webhooks().insert_delivery(&delivery)));
    assert_eq!(overview(&world).await.undelivered, expected);
    for _ in 0..ATTENTION_MAX {
        let delivery = fixtures::delivery(&world, &endpoint, world.id());
        let delivery = WebhookDelivery { state: DeliveryState::GivenUp { at: NOW }, ..delivery };
        assert!(done!(world, |work| work.webhooks().insert_delivery(&delivery)));
    }
    assert_eq!(overview(&world).await.undelivered.len(), usize::from(ATTENTION_MAX));
}

async fn sign_ins_are_counted_by_the_day(world: World) {
    let (_, connection) = given_active(&world).await;
    given_failures(&world, &connection, 2).await;
    let attempt = |state| SsoSession { state, ..fixtures::attempt_to_sign_in(&world, &connection) };
    for _ in 0..3 {
        world.given_attempt(attempt(SsoSessionState::Successful { at: later(1) })).await;
    }
    world.given_attempt(attempt(SsoSessionState::Started)).await;
    world
        .given_attempt(SsoSession { origin: Origin::Test, ..failed(attempt(SsoSessionState::Started)) })
        .await;
    let foreign = world.given_foreign_organization().await;
    let abroad = world.given_connection(&foreign).await;
    given_failures(&world, &abroad, 1).await;
    let day = date!(2026 - 11 - 21);
    for _ in 0..2 {
        tally(&world).await;
        let counted = SignInDay { day, successful: 3, failed: 2, unfinished: 1 };
        assert_eq!(overview(&world).await.days, [counted]);
    }
    // What goes on may still end well.
    let started = world.given_attempt(attempt(SsoSessionState::Started)).await;
    tally(&world).await;
    assert_eq!(overview(&world).await.days[0].unfinished, 2);
    let ended = failed(started.clone());
    assert!(done!(world, |work| work.sso_sessions().advance(&ended, &started.state)));
    tally(&world).await;
    assert_eq!(overview(&world).await.days, [SignInDay { day, successful: 3, failed: 3, unfinished: 1 }]);
}

async fn set_ups_are_counted_by_the_week(world: World) {
    for minutes in [30, 9, 12] {
        let organization = world.given_organization().await;
        let draft = world.given_connection(&organization).await;
        let updated_at = NOW + Duration::minutes(minutes);
        let saved = Connection { state: ConnectionState::Active, updated_at, ..draft };
        assert!(done!(world, |work| work.connections().update(&saved)));
        // Whatever comes later was not the end of the set-up.
        let updated_at = NOW + Duration::hours(5);
        let off = Connection { state: ConnectionState::Inactive, updated_at, ..saved };
        assert!(done!(world, |work| work.connections().update(&off)));
        if minutes == 9 {
            assert!(done!(world, |work| work.connections().delete(world.home, off.id)));
        }
    }
    world.given_connection(&world.given_organization().await).await;
    // Made by a program, at once.
    given_active(&world).await;
    let abroad = world.given_foreign_organization().await;
    world.given_connection(&abroad).await;
    tally(&world).await;
    let monday = date!(2026 - 11 - 16);
    let median = Some(Duration::minutes(12));
    assert_eq!(overview(&world).await.weeks, [SetUpWeek { monday, started: 4, finished: 3, median }]);
}

async fn a_new_environment_shows_nothing_at_a_glance(world: World) {
    let foreign = world.given_foreign_organization().await;
    world.given_connection(&foreign).await;
    tally(&world).await;
    let nothing = Overview {
        begun: false,
        stuck: Vec::new(),
        failing: Vec::new(),
        certificates: Vec::new(),
        undelivered: Vec::new(),
        days: Vec::new(),
        weeks: Vec::new(),
    };
    assert_eq!(overview(&world).await, nothing);
    let marks = world.queries().organization_marks(world.home, &[foreign.id], LOOK).await;
    assert_eq!(marks.expect("an answer"), []);
}
