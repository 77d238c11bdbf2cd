//! The session log: pages, filters, and how attempts read as time goes by.

use time::Duration;
use vestibule_application::ports::store::{SsoSessionFilter, SsoSessionLine};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::email::EMAIL_BYTES_MAX;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::page::{Order, Page, PageRequest};
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{Origin, SessionRecord, SsoSession, SsoSessionState, Standing};

use crate::fixtures::{self, person};
use crate::paging::{every_page_is_right, limit};
use crate::samples::{at_micros, failure, full_attempt};
use crate::sso_sessions::{authorized, given_connection};
use crate::world::{NOW, World, later};

crate::cases![
    attempts_come_in_pages,
    attempts_of_a_connection_come_in_pages,
    attempts_of_an_organization_come_in_pages,
    failed_attempts_come_in_pages,
    an_environment_without_attempts_has_an_empty_page,
    a_line_shows_what_is_known,
    answers_are_waited_for_five_minutes_and_for_tests_an_hour,
    a_code_is_waited_for_ten_minutes,
    a_failure_is_found_by_its_class,
    an_origin_is_filtered,
    an_address_is_found_whatever_its_case,
    addresses_are_found_by_how_they_begin,
    what_is_no_address_is_not_shown,
    a_range_of_time_includes_both_ends,
    filters_hold_together,
];

async fn given_attempt(world: &World, of: &Connection) -> SsoSession {
    world.given_attempt(fixtures::attempt_to_sign_in(world, of)).await
}

async fn given_failed(world: &World, of: &Connection, code: FailureCode) -> SsoSession {
    let session = fixtures::attempt_to_sign_in(world, of);
    world.given_attempt(session.failed(failure(code), later(1))).await
}

/// The line of an attempt at the time of the filter.
fn line(session: &SsoSession, now: Instant) -> SsoSessionLine {
    SsoSessionLine {
        id: session.id,
        organization_id: session.organization_id,
        connection_id: session.connection_id,
        origin: session.origin,
        standing: session.standing(now),
        failure: session.state.failure().map(|failure| failure.code),
        email: session.record.address(),
        ip_address: session.ip_address.clone(),
        started_at: session.started_at,
        ended_at: session.state.ended_at(),
    }
}

async fn page(
    world: &World,
    filter: &SsoSessionFilter,
    page: PageRequest<SsoSessionId>,
) -> Page<SsoSessionLine> {
    world.queries().sso_sessions(world.home, filter, page).await.expect("a page")
}

/// The ids that a filter finds, oldest first.
async fn ids(world: &World, filter: &SsoSessionFilter) -> Vec<SsoSessionId> {
    let request = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
    page(world, filter, request).await.items.iter().map(|line| line.id).collect()
}

async fn comes_in_pages(world: &World, sessions: &[SsoSession], filter: SsoSessionFilter) {
    let lines: Vec<_> = sessions.iter().map(|session| line(session, filter.now)).collect();
    every_page_is_right(&lines, |line| line.id, async |request| page(world, &filter, request).await).await;
}

/// Two customers at home and one abroad, with seven attempts each in turn: all that are at home,
/// and those of the first customer.
async fn given_log(world: &World) -> (Connection, Vec<SsoSession>, Vec<SsoSession>) {
    let (one, other) = (given_connection(world).await, given_connection(world).await);
    let abroad = world.given_foreign_organization().await;
    let abroad = world.given_connection(&abroad).await;
    let (mut all, mut of_one) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let session = given_attempt(world, &one).await;
        of_one.push(session.clone());
        all.push(session);
        all.push(given_attempt(world, &other).await);
        given_attempt(world, &abroad).await;
    }
    (one, all, of_one)
}

async fn attempts_come_in_pages(world: World) {
    let (_, all, _) = given_log(&world).await;
    comes_in_pages(&world, &all, SsoSessionFilter::all(NOW)).await;
}

async fn attempts_of_a_connection_come_in_pages(world: World) {
    let (connection, _, theirs) = given_log(&world).await;
    let filter = SsoSessionFilter { connection_id: Some(connection.id), ..SsoSessionFilter::all(NOW) };
    comes_in_pages(&world, &theirs, filter).await;
}

async fn attempts_of_an_organization_come_in_pages(world: World) {
    let (connection, _, theirs) = given_log(&world).await;
    let organization_id = Some(connection.organization_id);
    let filter = SsoSessionFilter { organization_id, ..SsoSessionFilter::all(NOW) };
    comes_in_pages(&world, &theirs, filter).await;
    let none = SsoSessionFilter { organization_id: Some(world.id()), ..SsoSessionFilter::all(NOW) };
    assert_eq!(ids(&world, &none).await, []);
}

async fn failed_attempts_come_in_pages(world: World) {
    let (one, other) = (given_connection(&world).await, given_connection(&world).await);
    let (mut all, mut of_one) = (Vec::new(), Vec::new());
    for code in FailureCode::ALL {
        given_attempt(&world, &one).await;
        let session = given_failed(&world, &one, code).await;
        of_one.push(session.clone());
        all.push(session);
        all.push(given_failed(&world, &other, code).await);
    }
    let failed = SsoSessionFilter { standing: Some(Standing::Failed), ..SsoSessionFilter::all(NOW) };
    comes_in_pages(&world, &all, failed.clone()).await;
    comes_in_pages(&world, &of_one, SsoSessionFilter { connection_id: Some(one.id), ..failed }).await;
}

async fn an_environment_without_attempts_has_an_empty_page(world: World) {
    let empty = Page { items: Vec::new(), has_previous: false, has_next: false };
    let abroad = world.given_foreign_organization().await;
    let abroad = world.given_connection(&abroad).await;
    given_attempt(&world, &abroad).await;
    for filter in [
        SsoSessionFilter::all(NOW),
        SsoSessionFilter { connection_id: Some(abroad.id), ..SsoSessionFilter::all(NOW) },
        SsoSessionFilter { organization_id: Some(abroad.organization_id), ..SsoSessionFilter::all(NOW) },
    ] {
        assert_eq!(page(&world, &filter, PageRequest::default()).await, empty);
    }
}

async fn a_line_shows_what_is_known(world: World) {
    let connection = given_connection(&world).await;
    let full = world.given_attempt(full_attempt(&world, &connection)).await;
    let with_code = authorized(&world, &full_attempt(&world, &connection), at_micros(1));
    let with_code = world.given_attempt(SsoSession { id: world.id(), ..with_code }).await;
    let failed = full_attempt(&world, &connection).failed(failure(FailureCode::AccessDenied), at_micros(2));
    let failed = world.given_attempt(SsoSession { id: world.id(), ..failed }).await;
    let tested = fixtures::attempt_to_sign_in(&world, &connection).tested(at_micros(3));
    let tested = world.given_attempt(SsoSession { id: world.id(), ..tested }).await;
    let listed = page(&world, &SsoSessionFilter::all(later(5)), PageRequest::default()).await.items;
    let right = [&tested, &failed, &with_code, &full].map(|session| line(session, later(5)));
    assert_eq!(listed, right);
    assert_eq!(listed[3].email.as_deref(), Some("zoë.o'hara@acme.example"));
    assert_eq!(listed[2].ended_at, None, "a code is no outcome");
}

/// How an attempt reads at a time, as its line and the filters agree.
async fn standing(world: &World, session: &SsoSession, now: Instant) -> Standing {
    let mut right = None;
    for standing in Standing::ALL {
        let filter = SsoSessionFilter { standing: Some(standing), ..SsoSessionFilter::all(now) };
        let request = PageRequest { limit: limit(100), ..PageRequest::default() };
        let lines = page(world, &filter, request).await.items;
        if let Some(line) = lines.iter().find(|line| line.id == session.id) {
            assert_eq!(line.standing, standing);
            assert_eq!(right.replace(standing), None, "it reads in one way");
        }
    }
    right.expect("it reads in some way")
}

async fn answers_are_waited_for_five_minutes_and_for_tests_an_hour(world: World) {
    let connection = given_connection(&world).await;
    for (origin, minutes) in [(Origin::ServiceProvider, 5), (Origin::IdentityProvider, 5), (Origin::Test, 60)]
    {
        let started_at = at_micros(999_999);
        let session = SsoSession { origin, started_at, ..fixtures::attempt_to_sign_in(&world, &connection) };
        let session = world.given_attempt(session).await;
        let end = started_at + Duration::minutes(minutes);
        let just_before = end - Duration::nanoseconds(1);
        assert_eq!(standing(&world, &session, started_at).await, Standing::InProgress);
        assert_eq!(standing(&world, &session, just_before).await, Standing::InProgress, "{origin:?}");
        assert_eq!(standing(&world, &session, end).await, Standing::TimedOut, "{origin:?}");
        assert_eq!(standing(&world, &session, end + Duration::days(80)).await, Standing::TimedOut);
    }
}

async fn a_code_is_waited_for_ten_minutes(world: World) {
    let connection = given_connection(&world).await;
    let at = at_micros(250_000_001);
    for origin in Origin::ALL {
        let session = SsoSession { origin, ..fixtures::attempt_to_sign_in(&world, &connection) };
        let session = world.given_attempt(authorized(&world, &session, at)).await;
        let end = at + Duration::minutes(10);
        assert_eq!(standing(&world, &session, end - Duration::nanoseconds(1)).await, Standing::InProgress);
        assert_eq!(standing(&world, &session, end).await, Standing::TimedOut);
    }
    // What has an outcome keeps it.
    let failed = given_failed(&world, &connection, FailureCode::AccessDenied).await;
    let done = SsoSession {
        state: SsoSessionState::Successful { at },
        ..fixtures::attempt_to_sign_in(&world, &connection)
    };
    let done = world.given_attempt(done).await;
    for now in [NOW, later(86_400)] {
        assert_eq!(standing(&world, &failed, now).await, Standing::Failed);
        assert_eq!(standing(&world, &done, now).await, Standing::Success);
    }
}

async fn a_failure_is_found_by_its_class(world: World) {
    let connection = given_connection(&world).await;
    given_attempt(&world, &connection).await;
    for code in FailureCode::ALL {
        let session = given_failed(&world, &connection, code).await;
        let filter = SsoSessionFilter { failure: Some(code), ..SsoSessionFilter::all(NOW) };
        assert_eq!(ids(&world, &filter).await, [session.id]);
    }
}

async fn an_origin_is_filtered(world: World) {
    let connection = given_connection(&world).await;
    for origin in Origin::ALL {
        let session = SsoSession { origin, ..fixtures::attempt_to_sign_in(&world, &connection) };
        let session = world.given_attempt(session).await;
        let filter = SsoSessionFilter { origin: Some(origin), ..SsoSessionFilter::all(NOW) };
        assert_eq!(ids(&world, &filter).await, [session.id]);
    }
}

async fn given_person(world: &World, of: &Connection, email: &str) -> SsoSession {
    let record = SessionRecord { person: Some(person("anna", email).into()), ..SessionRecord::default() };
    world.given_attempt(SsoSession { record, ..fixtures::attempt_to_sign_in(world, of) }).await
}

async fn found_by_address(world: &World, email: &str) -> Vec<SsoSessionId> {
    ids(world, &SsoSessionFilter { email: Some(email.to_owned()), ..SsoSessionFilter::all(NOW) }).await
}

async fn an_address_is_found_whatever_its_case(world: World) {
    let connection = given_connection(&world).await;
    given_attempt(&world, &connection).await;
    let anna = given_person(&world, &connection, "Anna.Ö@Acme.example").await;
    let again = given_person(&world, &connection, "anna.ö@acme.example").await;
    given_person(&world, &connection, "anna.o@acme.example").await;
    for email in ["anna.ö@acme.example", "ANNA.Ö@ACME.EXAMPLE"] {
        assert_eq!(found_by_address(&world, email).await, [anna.id, again.id]);
    }
    for email in ["anna", "anna.%@acme.example", "", " anna.ö@acme.example", "anna.ö@acme.example\0"] {
        assert_eq!(found_by_address(&world, email).await, [], "{email:?}");
    }
}

async fn addresses_are_found_by_how_they_begin(world: World) {
    let connection = given_connection(&world).await;
    given_attempt(&world, &connection).await;
    let anna = given_person(&world, &connection, "Anna.Ö@Acme.example").await;
    let annabel = given_person(&world, &connection, "annabel@acme.example").await;
    given_person(&world, &connection, "joanna@acme.example").await;
    let begins = async |prefix: &str| {
        let email_prefix = Some(prefix.to_owned());
        ids(&world, &SsoSessionFilter { email_prefix, ..SsoSessionFilter::all(NOW) }).await
    };
    assert_eq!(begins("ANNA").await, [anna.id, annabel.id]);
    assert_eq!(begins("anna.ö@").await, [anna.id]);
    for prefix in ["%", "anna_", " anna", "anna\0", "b"] {
        assert_eq!(begins(prefix).await, [], "{prefix:?}");
    }
}

async fn what_is_no_address_is_not_shown(world: World) {
    let connection = given_connection(&world).await;
    let longest = format!("{}@acme.example", "x".repeat(EMAIL_BYTES_MAX - "@acme.example".len()));
    let shown = given_person(&world, &connection, &longest).await;
    assert_eq!(found_by_address(&world, &longest).await, [shown.id]);
    for email in [format!("x{longest}"), "x".repeat(100_000), "a\0@acme.example".to_owned()] {
        let session = given_person(&world, &connection, &email).await;
        let lines = page(&world, &SsoSessionFilter::all(NOW), PageRequest::default()).await.items;
        assert_eq!((lines[0].id, lines[0].email.as_deref()), (session.id, None));
        assert_eq!(found_by_address(&world, &email).await, []);
    }
}

async fn a_range_of_time_includes_both_ends(world: World) {
    let connection = given_connection(&world).await;
    let mut made = Vec::new();
    // Some lie in other months than their neighbours.
    for started_at in [NOW - Duration::days(40), at_micros(1), at_micros(2), NOW + Duration::days(40)] {
        let id = world.id_at(started_at);
        let session = SsoSession { id, started_at, ..fixtures::attempt_to_sign_in(&world, &connection) };
        made.push(world.given_attempt(session).await.id);
    }
    let all = SsoSessionFilter::all(NOW);
    for (from, until, right) in [
        (None, None, &made[..]),
        (Some(at_micros(1)), None, &made[1..]),
        (Some(at_micros(2)), None, &made[2..]),
        (None, Some(at_micros(1)), &made[..2]),
        (None, Some(NOW), &made[..1]),
        (Some(at_micros(1)), Some(at_micros(1)), &made[1..2]),
        (Some(at_micros(2)), Some(at_micros(1)), &[]),
        (Some(NOW + Duration::days(41)), None, &[]),
        (None, Some(NOW - Duration::days(41)), &[]),
    ] {
        let filter = SsoSessionFilter { from, until, ..all.clone() };
        assert_eq!(ids(&world, &filter).await, right, "{from:?} {until:?}");
    }
}

async fn filters_hold_together(world: World) {
    let (one, other) = (given_connection(&world).await, given_connection(&world).await);
    let failed = |of: &Connection, origin, code, email: &str| {
        let record = SessionRecord { person: Some(person("anna", email).into()), ..SessionRecord::default() };
        let session = SsoSession { origin, record, ..fixtures::attempt_to_sign_in(&world, of) };
        world.given_attempt(session.failed(failure(code), later(1)))
    };
    let (anna, bob) = ("anna@acme.example", "bob@acme.example");
    let (domain, audience) =
        (FailureCode::ProfileNotAllowedOutsideOrganization, FailureCode::MalformedSamlResponse);
    let right = failed(&one, Origin::Test, domain, anna).await;
    failed(&other, Origin::Test, domain, anna).await;
    failed(&one, Origin::ServiceProvider, domain, anna).await;
    failed(&one, Origin::Test, audience, anna).await;
    failed(&one, Origin::Test, domain, bob).await;
    let filter = SsoSessionFilter {
        connection_id: Some(one.id),
        organization_id: Some(one.organization_id),
        standing: Some(Standing::Failed),
        failure: Some(domain),
        origin: Some(Origin::Test),
        email: Some(anna.into()),
        email_prefix: Some("ann".into()),
        from: Some(NOW),
        until: Some(NOW),
        now: NOW,
    };
    assert_eq!(ids(&world, &filter).await, [right.id]);
    let other_organization = Some(other.organization_id);
    assert_eq!(
        ids(&world, &SsoSessionFilter { organization_id: other_organization, ..filter.clone() }).await,
        []
    );
    assert_eq!(ids(&world, &SsoSessionFilter { standing: Some(Standing::TimedOut), ..filter }).await, []);
}
