//! Attempts to sign in.

use time::Duration;
use vestibule_application::ports::store::{Conflict, SsoSessionFilter, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::SsoSessionId;
use vestibule_domain::page::PageRequest;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::failure::FailureCode;
use vestibule_domain::sso::session::{
    IssuedCode, LOGGED_MESSAGE_BYTES_MAX, LoggedMessage, MessageKind, Origin, SessionRecord, SsoSession,
    SsoSessionState,
};

use crate::fixtures;
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{at_micros, failure, full_attempt, sealed};
use crate::world::{NOW, World, done, later, refused_in_the_end};

crate::cases![
    an_attempt_comes_back_as_it_was_added,
    an_attempt_comes_back_in_every_state,
    every_origin_and_every_failure_comes_back,
    the_longest_messages_come_back,
    an_unknown_attempt_is_not_found,
    an_attempt_needs_its_connection,
    an_attempt_needs_a_connection_of_its_environment,
    an_attempt_is_added_once,
    an_attempt_that_is_taken_back_leaves_no_trace,
    advancing_writes_what_changes_and_nothing_else,
    a_ticket_begins_its_test_and_writes_nothing_else,
    a_ticket_begins_no_other_test,
    of_many_that_come_with_a_ticket_one_begins,
    an_attempt_advances_from_where_it_stands_only,
    an_attempt_of_another_environment_does_not_advance,
    an_unknown_attempt_does_not_advance,
    an_attempt_advances_in_the_unit_of_work_that_added_it,
    of_many_that_advance_an_attempt_one_succeeds,
    an_attempt_that_was_taken_back_may_be_advanced_again,
    attempts_go_with_their_connection,
    attempts_go_with_their_organization,
    attempts_older_than_their_environment_keeps_them_are_swept_away,
];

pub(crate) async fn given_connection(world: &World) -> Connection {
    let organization = world.given_organization().await;
    world.given_connection(&organization).await
}

async fn found(world: &World, like: &SsoSession) -> Option<SsoSession> {
    world.queries().sso_session(like.environment_id, like.id).await.expect("a look-up")
}

pub(crate) fn authorized(world: &World, session: &SsoSession, at: Instant) -> SsoSession {
    let code =
        IssuedCode { digest: world.digest(), expires_at: at + Duration::minutes(10), profile_id: world.id() };
    session.clone().authorized(code, None, at)
}

async fn an_attempt_comes_back_as_it_was_added(world: World) {
    let connection = given_connection(&world).await;
    for session in [fixtures::attempt_to_sign_in(&world, &connection), full_attempt(&world, &connection)] {
        let session = world.given_attempt(session).await;
        assert_eq!(found(&world, &session).await, Some(session));
    }
}

async fn an_attempt_comes_back_in_every_state(world: World) {
    let connection = given_connection(&world).await;
    let at = at_micros(499_999);
    for begun in [fixtures::attempt_to_sign_in(&world, &connection), full_attempt(&world, &connection)] {
        for state in [
            SsoSessionState::Started,
            SsoSessionState::Authorized { at },
            SsoSessionState::Successful { at },
            SsoSessionState::Failed { at, failure: failure(FailureCode::AccessDenied) },
        ] {
            let session = SsoSession { id: world.id(), state, ..begun.clone() };
            let session = world.given_attempt(session).await;
            assert_eq!(found(&world, &session).await, Some(session));
        }
        let with_code = world.given_attempt(authorized(&world, &begun, at)).await;
        assert_eq!(found(&world, &with_code).await, Some(with_code));
    }
}

async fn every_origin_and_every_failure_comes_back(world: World) {
    let connection = given_connection(&world).await;
    for origin in Origin::ALL {
        for code in FailureCode::ALL {
            let session = SsoSession { origin, ..fixtures::attempt_to_sign_in(&world, &connection) };
            let session = world.given_attempt(session.failed(failure(code), later(1))).await;
            assert_eq!(found(&world, &session).await, Some(session));
        }
    }
}

async fn the_longest_messages_come_back(world: World) {
    let connection = given_connection(&world).await;
    let message = |kind| LoggedMessage::new(kind, NOW, "\u{1}<é&\"\\".repeat(LOGGED_MESSAGE_BYTES_MAX));
    let record = SessionRecord {
        messages: [MessageKind::SamlRequest, MessageKind::SamlResponse, MessageKind::DecryptedAssertion]
            .map(message)
            .into(),
        ..SessionRecord::default()
    };
    let session = SsoSession { record, ..fixtures::attempt_to_sign_in(&world, &connection) };
    let session = world.given_attempt(session).await;
    assert_eq!(found(&world, &session).await, Some(session));
}

async fn an_unknown_attempt_is_not_found(world: World) {
    let session = fixtures::attempt_to_sign_in(&world, &given_connection(&world).await);
    assert_eq!(found(&world, &session).await, None);
}

async fn an_attempt_needs_its_connection(world: World) {
    let missing = fixtures::connection(&world, &world.given_organization().await);
    let session = fixtures::attempt_to_sign_in(&world, &missing);
    let conflict = refused_in_the_end!(world, |work| work.sso_sessions().insert(&session));
    assert_eq!(conflict, Conflict::Reference);
    assert_eq!(found(&world, &session).await, None);
}

async fn an_attempt_needs_a_connection_of_its_environment(world: World) {
    let connection = given_connection(&world).await;
    let session =
        SsoSession { environment_id: world.abroad, ..fixtures::attempt_to_sign_in(&world, &connection) };
    let conflict = refused_in_the_end!(world, |work| work.sso_sessions().insert(&session));
    assert_eq!(conflict, Conflict::Reference);
}

async fn an_attempt_is_added_once(world: World) {
    let connection = given_connection(&world).await;
    let session = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let twin = SsoSession { id: session.id, ..full_attempt(&world, &connection) };
    let conflict = refused_in_the_end!(world, |work| work.sso_sessions().insert(&twin));
    assert_eq!(conflict, Conflict::Other);
    assert_eq!(found(&world, &session).await, Some(session));
}

async fn an_attempt_that_is_taken_back_leaves_no_trace(world: World) {
    let session = fixtures::attempt_to_sign_in(&world, &given_connection(&world).await);
    let mut work = world.begin().await;
    work.sso_sessions().insert(&session).await.expect("an attempt is added");
    work.rollback().await.expect("taken back");
    assert_eq!(found(&world, &session).await, None);
}

async fn advancing_writes_what_changes_and_nothing_else(world: World) {
    let connection = given_connection(&world).await;
    let before = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let bystander = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let with_code = authorized(&world, &full_attempt(&world, &connection), at_micros(1));
    let handed = SsoSession { id: before.id, exchange: Some(sealed()), ..with_code };
    assert!(done!(world, |work| work.sso_sessions().advance(&handed, &before.state)));
    let after = SsoSession {
        state: handed.state.clone(),
        code: handed.code,
        exchange: handed.exchange.clone(),
        trial: handed.trial.clone(),
        record: handed.record.clone(),
        ..before.clone()
    };
    assert_eq!(found(&world, &after).await.as_ref(), Some(&after));

    // And what is gone is gone; but the record is complete.
    let last = SsoSession { record: SessionRecord::default(), ..before }
        .failed(failure(FailureCode::InvalidAttributes), at_micros(2));
    assert!(done!(world, |work| work.sso_sessions().advance(&last, &after.state)));
    let last = SsoSession { record: after.record, ..last };
    assert_eq!(found(&world, &last).await.as_ref(), Some(&last));
    let filter = SsoSessionFilter { email: last.record.address(), ..SsoSessionFilter::all(NOW) };
    let listed = world.queries().sso_sessions(world.home, &filter, PageRequest::default()).await;
    assert_eq!(listed.expect("a page").items.len(), 1, "it is found by its address");
    assert_eq!(found(&world, &bystander).await, Some(bystander));
}

async fn given_ticket(world: &World) -> (SsoSession, SecretDigest) {
    let connection = given_connection(world).await;
    let ticket = SecretDigest::of("ticket");
    let waiting = SsoSession { ticket: Some(ticket), ..fixtures::attempt_to_sign_in(world, &connection) };
    (world.given_attempt(waiting).await, ticket)
}

async fn a_ticket_begins_its_test_and_writes_nothing_else(world: World) {
    let (waiting, ticket) = given_ticket(&world).await;
    let connection = given_connection(&world).await;
    let handed = SsoSession { id: waiting.id, ..full_attempt(&world, &connection) };
    assert!(done!(world, |work| work.sso_sessions().depart(&handed, &ticket)));
    let begun = SsoSession {
        ticket: None,
        exchange: handed.exchange.clone(),
        record: handed.record.clone(),
        ip_address: handed.ip_address.clone(),
        user_agent: handed.user_agent.clone(),
        ..waiting
    };
    assert_eq!(found(&world, &begun).await.as_ref(), Some(&begun));
    assert!(!done!(world, |work| work.sso_sessions().depart(&handed, &ticket)), "it is spent");
}

async fn a_ticket_begins_no_other_test(world: World) {
    let (waiting, ticket) = given_ticket(&world).await;
    let connection = given_connection(&world).await;
    let other = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let abroad = SsoSession { environment_id: world.abroad, ..waiting.clone() };
    let wrong = SecretDigest::of("another");
    assert!(!done!(world, |work| work.sso_sessions().depart(&other, &ticket)));
    assert!(!done!(world, |work| work.sso_sessions().depart(&abroad, &ticket)));
    assert!(!done!(world, |work| work.sso_sessions().depart(&waiting, &wrong)));
    assert_eq!(found(&world, &waiting).await, Some(waiting));
}

async fn of_many_that_come_with_a_ticket_one_begins(world: World) {
    let (waiting, ticket) = given_ticket(&world).await;
    let begun: Vec<StoreResult<bool>> = all((0..CONTENDERS).map(|_| {
        let (world, waiting) = (world.clone(), waiting.clone());
        async move {
            retried!(world, |work| {
                let begun = work.sso_sessions().depart(&waiting, &ticket).await?;
                work.commit().await?;
                Ok(begun)
            })
        }
    }))
    .await;
    assert!(begun.iter().all(Result::is_ok), "{begun:?}");
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Ok(true))).count(), 1, "{begun:?}");
}

async fn an_attempt_advances_from_where_it_stands_only(world: World) {
    let connection = given_connection(&world).await;
    let started = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let with_code = authorized(&world, &started, later(1));
    let failed = started.clone().failed(failure(FailureCode::AccessDenied), later(2));
    assert!(!done!(world, |work| work.sso_sessions().advance(&failed, &with_code.state)));
    assert_eq!(found(&world, &started).await.as_ref(), Some(&started));
    assert!(done!(world, |work| work.sso_sessions().advance(&with_code, &started.state)));
    assert!(!done!(world, |work| work.sso_sessions().advance(&failed, &started.state)));
    assert_eq!(found(&world, &started).await, Some(with_code));
}

async fn an_attempt_of_another_environment_does_not_advance(world: World) {
    let organization = world.given_foreign_organization().await;
    let connection = world.given_connection(&organization).await;
    let theirs = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let ours = SsoSession { environment_id: world.home, ..theirs.clone() };
    let failed = ours.clone().failed(failure(FailureCode::AccessDenied), later(1));
    assert!(!done!(world, |work| work.sso_sessions().advance(&failed, &theirs.state)));
    assert_eq!(found(&world, &ours).await, None);
    assert_eq!(found(&world, &theirs).await, Some(theirs));
}

async fn an_unknown_attempt_does_not_advance(world: World) {
    let session = fixtures::attempt_to_sign_in(&world, &given_connection(&world).await);
    let failed = session.clone().failed(failure(FailureCode::AccessDenied), later(1));
    assert!(!done!(world, |work| work.sso_sessions().advance(&failed, &session.state)));
    assert_eq!(found(&world, &session).await, None);
}

async fn an_attempt_advances_in_the_unit_of_work_that_added_it(world: World) {
    let session = fixtures::attempt_to_sign_in(&world, &given_connection(&world).await);
    let with_code = authorized(&world, &session, later(1));
    let mut work = world.begin().await;
    work.sso_sessions().insert(&session).await.expect("an attempt is added");
    assert!(work.sso_sessions().advance(&with_code, &session.state).await.expect("an answer"));
    work.commit().await.expect("a commit");
    assert_eq!(found(&world, &session).await, Some(with_code));
}

async fn of_many_that_advance_an_attempt_one_succeeds(world: World) {
    let connection = given_connection(&world).await;
    let started = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let contenders: Vec<_> =
        (1..=CONTENDERS).map(|seconds| authorized(&world, &started, later(seconds.into()))).collect();
    let wins: Vec<StoreResult<bool>> = all(contenders.clone().into_iter().map(|with_code| {
        let (world, from) = (world.clone(), started.state.clone());
        async move {
            retried!(world, |work| {
                let won = work.sso_sessions().advance(&with_code, &from).await?;
                work.commit().await?;
                Ok(won)
            })
        }
    }))
    .await;
    let winners: Vec<_> = contenders
        .into_iter()
        .zip(&wins)
        .filter_map(|(session, won)| matches!(won, Ok(true)).then_some(session))
        .collect();
    assert!(wins.iter().all(Result::is_ok), "{wins:?}");
    assert_eq!(winners.len(), 1, "{wins:?}");
    assert_eq!(found(&world, &started).await.as_ref(), winners.first());
}

async fn an_attempt_that_was_taken_back_may_be_advanced_again(world: World) {
    let connection = given_connection(&world).await;
    let started = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let with_code = authorized(&world, &started, later(1));
    let mut work = world.begin().await;
    assert!(work.sso_sessions().advance(&with_code, &started.state).await.expect("an answer"));
    work.rollback().await.expect("taken back");
    assert_eq!(found(&world, &started).await.as_ref(), Some(&started));
    assert!(done!(world, |work| work.sso_sessions().advance(&with_code, &started.state)));
    assert_eq!(found(&world, &started).await, Some(with_code));
}

async fn attempts_go_with_their_connection(world: World) {
    let (connection, other) = (given_connection(&world).await, given_connection(&world).await);
    let session = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    let bystander = world.given_attempt(fixtures::attempt_to_sign_in(&world, &other)).await;
    assert!(done!(world, |work| work.connections().delete(world.home, connection.id)));
    assert_eq!(found(&world, &session).await, None);
    assert_eq!(found(&world, &bystander).await, Some(bystander));
}

async fn attempts_go_with_their_organization(world: World) {
    let connection = given_connection(&world).await;
    let session = world.given_attempt(fixtures::attempt_to_sign_in(&world, &connection)).await;
    assert!(done!(world, |work| work.organizations().delete(world.home, connection.organization_id)));
    assert_eq!(found(&world, &session).await, None);
}

async fn attempts_older_than_their_environment_keeps_them_are_swept_away(world: World) {
    // Far enough back that other worlds in the same database lose nothing.
    let now = NOW - Duration::days(100);
    let home = world.queries().environment(world.home).await.expect("a look-up").expect("home");
    done!(world, |work| work.accounts().update_environment(&Environment { session_days: 2, ..home }));
    let abroad = world.given_foreign_organization().await;
    let (ours, theirs) = (given_connection(&world).await, world.given_connection(&abroad).await);
    let kept_from = now - Duration::days(2);
    let before = kept_from - Duration::milliseconds(1);
    let started = |of: &Connection, at| {
        let id: SsoSessionId = world.id_at(at);
        world.given_attempt(SsoSession { id, started_at: at, ..fixtures::attempt_to_sign_in(&world, of) })
    };
    let old = [started(&ours, before).await, started(&ours, before - Duration::days(500)).await];
    let kept = [started(&ours, kept_from).await, started(&ours, now).await, started(&theirs, before).await];
    world.store().jobs().sweep(now).await.expect("a sweep");
    for session in &old {
        assert_eq!(found(&world, session).await, None);
    }
    for session in &kept {
        assert_eq!(found(&world, session).await.as_ref(), Some(session));
    }
}
