//! Letting somebody in: all of it, or nothing.

use vestibule_application::ports::store::{AcceptedAssertion, Admission, Admitted, StoreResult};
use vestibule_domain::connection::Connection;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{IssuedCode, SsoSession, SsoSessionState};

use crate::fixtures::{self, person};
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{at_micros, full_attempt, full_person};
use crate::sso_sessions::{authorized, given_connection};
use crate::world::{World, done, later};

crate::cases![
    a_person_is_let_in_with_all_that_is_said_of_them,
    a_person_who_is_known_keeps_their_profile,
    a_person_is_let_in_without_an_assertion_too,
    an_attempt_is_let_in_in_the_unit_of_work_that_added_it,
    an_assertion_that_was_used_lets_nobody_in_and_leaves_no_trace,
    an_attempt_that_has_ended_lets_nobody_in_and_leaves_no_trace,
    an_attempt_of_another_environment_lets_nobody_in,
    an_admission_that_is_taken_back_leaves_no_trace,
    of_many_that_answer_one_attempt_one_is_let_in,
    of_many_that_use_one_assertion_one_is_let_in,
    of_many_attempts_of_one_person_all_get_the_same_profile,
];

/// Somebody about whom everything is known.
fn admission(world: &World, connection: &Connection, started: &SsoSession) -> Admission {
    let full = full_attempt(world, connection);
    let session = SsoSession { record: full.record, ..started.clone() };
    Admission {
        session: authorized(world, &session, later(1)),
        profile: Profile { person: full_person().into(), ..fixtures::profile(world, connection, "anna") },
        assertion: Some(fixtures::assertion(world, connection)),
    }
}

async fn given_started(world: &World, connection: &Connection) -> SsoSession {
    world.given_attempt(fixtures::attempt_to_sign_in(world, connection)).await
}

async fn admitted(world: &World, admission: &Admission) -> Admitted {
    done!(world, |work| work.sso_sessions().admit(admission))
}

async fn found(world: &World, like: &SsoSession) -> Option<SsoSession> {
    world.queries().sso_session(like.environment_id, like.id).await.expect("a look-up")
}

async fn known(world: &World, like: &Profile) -> Option<Profile> {
    world.queries().profile(like.environment_id, like.id).await.expect("a look-up")
}

async fn is_unused(world: &World, assertion: &AcceptedAssertion) -> bool {
    done!(world, |work| work.assertions().accept(assertion))
}

/// The attempt as it stands once it was let in with this profile.
fn with_profile(admission: &Admission, profile: &Profile) -> SsoSession {
    let code = admission.session.code.map(|code| IssuedCode { profile_id: profile.id, ..code });
    SsoSession { code, ..admission.session.clone() }
}

async fn a_person_is_let_in_with_all_that_is_said_of_them(world: World) {
    let connection = given_connection(&world).await;
    let bystander = given_started(&world, &connection).await;
    let admission = admission(&world, &connection, &given_started(&world, &connection).await);
    assert_eq!(admitted(&world, &admission).await, Admitted::In(admission.profile.id));
    let right = with_profile(&admission, &admission.profile);
    assert_eq!(found(&world, &right).await, Some(right));
    assert_eq!(known(&world, &admission.profile).await.as_ref(), Some(&admission.profile));
    assert!(!is_unused(&world, admission.assertion.as_ref().expect("an assertion")).await);
    assert_eq!(found(&world, &bystander).await, Some(bystander));
}

async fn a_person_who_is_known_keeps_their_profile(world: World) {
    let connection = given_connection(&world).await;
    let first = world.given_profile(&connection, &full_person().idp_id).await;
    let mut admission = admission(&world, &connection, &given_started(&world, &connection).await);
    admission.profile.created_at = at_micros(3);
    admission.profile.updated_at = at_micros(4);
    assert_eq!(admitted(&world, &admission).await, Admitted::In(first.id));
    let right = Profile { person: full_person().into(), updated_at: at_micros(4), ..first };
    let session = with_profile(&admission, &right);
    assert_eq!(found(&world, &session).await, Some(session));
    assert_eq!(known(&world, &right).await, Some(right));
    assert_eq!(known(&world, &admission.profile).await, None);
}

async fn a_person_is_let_in_without_an_assertion_too(world: World) {
    let connection = given_connection(&world).await;
    for _ in 0..2 {
        let started = given_started(&world, &connection).await;
        let admission = Admission { assertion: None, ..admission(&world, &connection, &started) };
        assert!(matches!(admitted(&world, &admission).await, Admitted::In(_)));
    }
}

async fn an_attempt_is_let_in_in_the_unit_of_work_that_added_it(world: World) {
    let connection = given_connection(&world).await;
    let started = fixtures::attempt_to_sign_in(&world, &connection);
    let admission = admission(&world, &connection, &started);
    let mut work = world.begin().await;
    work.sso_sessions().insert(&started).await.expect("an attempt is added");
    let outcome = work.sso_sessions().admit(&admission).await.expect("an answer");
    work.commit().await.expect("committed");
    assert_eq!(outcome, Admitted::In(admission.profile.id));
    let right = with_profile(&admission, &admission.profile);
    assert_eq!(found(&world, &right).await, Some(right));
}

async fn an_assertion_that_was_used_lets_nobody_in_and_leaves_no_trace(world: World) {
    let connection = given_connection(&world).await;
    let started = given_started(&world, &connection).await;
    let admission = admission(&world, &connection, &started);
    assert!(is_unused(&world, admission.assertion.as_ref().expect("an assertion")).await);
    assert_eq!(admitted(&world, &admission).await, Admitted::AssertionUsed);
    assert_eq!(found(&world, &started).await, Some(started));
    assert_eq!(known(&world, &admission.profile).await, None);
}

async fn an_attempt_that_has_ended_lets_nobody_in_and_leaves_no_trace(world: World) {
    let connection = given_connection(&world).await;
    let missing = fixtures::attempt_to_sign_in(&world, &connection);
    let ended = authorized(&world, &given_started(&world, &connection).await, later(1));
    assert!(done!(world, |work| work.sso_sessions().advance(&ended, &SsoSessionState::Started)));
    for session in [&missing, &ended] {
        let admission = admission(&world, &connection, session);
        assert_eq!(admitted(&world, &admission).await, Admitted::Ended);
        assert_eq!(known(&world, &admission.profile).await, None);
        assert!(is_unused(&world, admission.assertion.as_ref().expect("an assertion")).await);
    }
    assert_eq!(found(&world, &ended).await, Some(ended));
}

async fn an_attempt_of_another_environment_lets_nobody_in(world: World) {
    let connection = given_connection(&world).await;
    let started = given_started(&world, &connection).await;
    let foreign = SsoSession { environment_id: world.abroad, ..started.clone() };
    let admission = admission(&world, &connection, &foreign);
    assert_eq!(admitted(&world, &admission).await, Admitted::Ended);
    assert_eq!(found(&world, &started).await, Some(started));
}

async fn an_admission_that_is_taken_back_leaves_no_trace(world: World) {
    let connection = given_connection(&world).await;
    let started = given_started(&world, &connection).await;
    let admission = admission(&world, &connection, &started);
    let mut work = world.begin().await;
    let outcome = work.sso_sessions().admit(&admission).await.expect("an answer");
    assert_eq!(outcome, Admitted::In(admission.profile.id));
    work.rollback().await.expect("taken back");
    assert_eq!(found(&world, &started).await, Some(started));
    assert_eq!(known(&world, &admission.profile).await, None);
    assert!(is_unused(&world, admission.assertion.as_ref().expect("an assertion")).await);
}

/// Lets all of them in at once.
async fn raced(world: &World, admissions: Vec<Admission>) -> Vec<Admitted> {
    let outcomes: Vec<StoreResult<Admitted>> = all(admissions.into_iter().map(|admission| {
        let world = world.clone();
        async move {
            retried!(world, |work| {
                let outcome = work.sso_sessions().admit(&admission).await?;
                work.commit().await?;
                Ok(outcome)
            })
        }
    }))
    .await;
    outcomes.into_iter().map(|outcome| outcome.expect("an outcome")).collect()
}

fn count(outcomes: &[Admitted], wanted: fn(&Admitted) -> bool) -> usize {
    outcomes.iter().filter(|outcome| wanted(outcome)).count()
}

async fn of_many_that_answer_one_attempt_one_is_let_in(world: World) {
    let connection = given_connection(&world).await;
    let started = given_started(&world, &connection).await;
    let one = admission(&world, &connection, &started);
    let same = (0..CONTENDERS).map(|_| one.clone()).collect();
    let outcomes = raced(&world, same).await;
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Admitted::In(_))), 1, "{outcomes:?}");
    let lost = outcomes.len() - 1;
    assert_eq!(count(&outcomes, |outcome| *outcome == Admitted::Ended), lost, "{outcomes:?}");
}

async fn of_many_that_use_one_assertion_one_is_let_in(world: World) {
    let connection = given_connection(&world).await;
    let assertion = fixtures::assertion(&world, &connection);
    let mut admissions = Vec::new();
    for _ in 0..CONTENDERS {
        let started = given_started(&world, &connection).await;
        let assertion = Some(assertion.clone());
        admissions.push(Admission { assertion, ..admission(&world, &connection, &started) });
    }
    let outcomes = raced(&world, admissions).await;
    assert_eq!(count(&outcomes, |outcome| matches!(outcome, Admitted::In(_))), 1, "{outcomes:?}");
    let lost = outcomes.len() - 1;
    assert_eq!(count(&outcomes, |outcome| *outcome == Admitted::AssertionUsed), lost, "{outcomes:?}");
}

async fn of_many_attempts_of_one_person_all_get_the_same_profile(world: World) {
    let connection = given_connection(&world).await;
    let mut admissions = Vec::new();
    for _ in 0..CONTENDERS {
        let started = given_started(&world, &connection).await;
        let person = person("anna", "anna@acme.example");
        let profile = Profile { person: person.into(), ..fixtures::profile(&world, &connection, "anna") };
        admissions.push(Admission { profile, ..admission(&world, &connection, &started) });
    }
    let outcomes = raced(&world, admissions).await;
    assert!(matches!(outcomes[0], Admitted::In(_)), "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:?}");
}
