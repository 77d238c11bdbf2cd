//! Answers that are given again.

use std::time::Duration as Wait;

use vestibule_application::ports::store::{ReplayClaim, ReplayOutcome};
use vestibule_domain::Instant;
use vestibule_domain::secret::{Sealed, SecretDigest};

use crate::races::{all, retried};
use crate::samples::{HOSTILE, at_micros, megabyte, sealed};
use crate::world::{World, done, later};

crate::cases![
    a_new_key_is_claimed,
    a_kept_answer_is_given_again,
    a_large_answer_is_given_again,
    a_key_with_another_body_is_told,
    a_key_is_told_apart_by_who_asks_and_what_for,
    an_answer_is_forgotten_at_its_last_microsecond,
    an_expired_key_can_be_claimed_and_kept_anew,
    a_claim_taken_back_counts_as_none,
    a_claim_without_an_answer_counts_as_none,
    concurrent_claims_wait_and_find_the_answer,
    a_waiting_claim_wins_if_the_first_is_taken_back,
    sweeping_forgets_expired_answers_only,
];

fn claim(world: &World) -> ReplayClaim {
    ReplayClaim {
        api_key_id: world.id(),
        environment_id: world.home,
        route: "POST /organizations".into(),
        key: HOSTILE.into(),
        body: SecretDigest::of("body"),
        now: later(0),
        expires_at: later(86_400),
    }
}

async fn ask(world: &World, claim: &ReplayClaim) -> ReplayOutcome {
    let mut work = world.begin().await;
    let outcome = work.replays().claim(claim).await.expect("an outcome");
    work.rollback().await.expect("taken back");
    outcome
}

async fn keep(world: &World, claim: &ReplayClaim, answer: &Sealed) {
    let mut work = world.begin().await;
    let outcome = work.replays().claim(claim).await.expect("an outcome");
    assert_eq!(outcome, ReplayOutcome::Claimed);
    work.replays().keep(claim, answer).await.expect("an answer is kept");
    work.commit().await.expect("a commit");
}

fn answer(text: &str) -> Sealed {
    Sealed::from_bytes(text.as_bytes().to_vec())
}

async fn a_new_key_is_claimed(world: World) {
    assert_eq!(ask(&world, &claim(&world)).await, ReplayOutcome::Claimed);
}

async fn a_kept_answer_is_given_again(world: World) {
    let claim = claim(&world);
    keep(&world, &claim, &sealed()).await;
    for _ in 0..2 {
        let again = ReplayClaim { now: later(60), expires_at: later(90_000), ..claim.clone() };
        assert_eq!(ask(&world, &again).await, ReplayOutcome::Answered(sealed()));
    }
}

async fn a_large_answer_is_given_again(world: World) {
    let claim = claim(&world);
    let large = answer(&megabyte());
    keep(&world, &claim, &large).await;
    assert_eq!(ask(&world, &claim).await, ReplayOutcome::Answered(large));
}

async fn a_key_with_another_body_is_told(world: World) {
    let claim = claim(&world);
    keep(&world, &claim, &sealed()).await;
    let other = ReplayClaim { body: SecretDigest::of("other"), ..claim.clone() };
    assert_eq!(ask(&world, &other).await, ReplayOutcome::OtherBody);
    assert_eq!(ask(&world, &claim).await, ReplayOutcome::Answered(sealed()));
}

async fn a_key_is_told_apart_by_who_asks_and_what_for(world: World) {
    let claim = claim(&world);
    keep(&world, &claim, &answer("first")).await;
    let others = [
        ReplayClaim { api_key_id: world.id(), ..claim.clone() },
        ReplayClaim { environment_id: world.abroad, ..claim.clone() },
        ReplayClaim { route: "POST /connections".into(), ..claim.clone() },
        ReplayClaim { key: format!("{HOSTILE}!"), ..claim.clone() },
        ReplayClaim { key: HOSTILE.to_uppercase(), ..claim.clone() },
    ];
    for (number, other) in others.iter().enumerate() {
        keep(&world, other, &answer(&number.to_string())).await;
    }
    for (number, other) in others.iter().enumerate() {
        assert_eq!(ask(&world, other).await, ReplayOutcome::Answered(answer(&number.to_string())));
    }
    assert_eq!(ask(&world, &claim).await, ReplayOutcome::Answered(answer("first")));
}

async fn an_answer_is_forgotten_at_its_last_microsecond(world: World) {
    let claim = ReplayClaim { expires_at: at_micros(500_000), ..claim(&world) };
    keep(&world, &claim, &sealed()).await;
    let at = |now: Instant| ReplayClaim { now, expires_at: later(9), ..claim.clone() };
    assert_eq!(ask(&world, &at(at_micros(499_999))).await, ReplayOutcome::Answered(sealed()));
    assert_eq!(ask(&world, &at(at_micros(500_000))).await, ReplayOutcome::Claimed);
}

async fn an_expired_key_can_be_claimed_and_kept_anew(world: World) {
    let first = ReplayClaim { expires_at: later(1), ..claim(&world) };
    keep(&world, &first, &answer("first")).await;
    let body = SecretDigest::of("another body");
    let second = ReplayClaim { now: later(2), expires_at: later(100), body, ..first.clone() };
    keep(&world, &second, &answer("second")).await;
    let third = ReplayClaim { now: later(99), ..second };
    assert_eq!(ask(&world, &third).await, ReplayOutcome::Answered(answer("second")));
}

async fn a_claim_taken_back_counts_as_none(world: World) {
    let claim = claim(&world);
    let mut work = world.begin().await;
    assert_eq!(work.replays().claim(&claim).await.expect("an outcome"), ReplayOutcome::Claimed);
    work.replays().keep(&claim, &sealed()).await.expect("an answer is kept");
    drop(work);
    let other = ReplayClaim { body: SecretDigest::of("other"), ..claim };
    keep(&world, &other, &answer("other")).await;
    assert_eq!(ask(&world, &other).await, ReplayOutcome::Answered(answer("other")));
}

async fn a_claim_without_an_answer_counts_as_none(world: World) {
    let claim = claim(&world);
    let outcome = done!(world, |work| work.replays().claim(&claim));
    assert_eq!(outcome, ReplayOutcome::Claimed);
    let other = ReplayClaim { body: SecretDigest::of("other"), ..claim };
    keep(&world, &other, &sealed()).await;
}

/// Claims and, if that wins, keeps an answer of its own.
async fn claim_and_keep(world: World, claim: ReplayClaim, answer: Sealed) -> ReplayOutcome {
    let outcome = retried!(world, |work| {
        let outcome = work.replays().claim(&claim).await?;
        if outcome == ReplayOutcome::Claimed {
            // Others come while the winner works.
            tokio::time::sleep(Wait::from_millis(5)).await;
            work.replays().keep(&claim, &answer).await?;
        }
        work.commit().await?;
        Ok(outcome)
    });
    outcome.expect("an outcome")
}

async fn concurrent_claims_wait_and_find_the_answer(world: World) {
    let claim = claim(&world);
    let outcomes = all((0..8)
        .map(|number: u8| claim_and_keep(world.clone(), claim.clone(), Sealed::from_bytes(vec![number]))))
    .await;
    let winners: Vec<usize> = (0..8).filter(|number| outcomes[*number] == ReplayOutcome::Claimed).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let kept = Sealed::from_bytes(vec![u8::try_from(winners[0]).expect("a small number")]);
    let losers = outcomes.into_iter().filter(|outcome| *outcome != ReplayOutcome::Claimed);
    for outcome in losers {
        assert_eq!(outcome, ReplayOutcome::Answered(kept.clone()));
    }
}

async fn a_waiting_claim_wins_if_the_first_is_taken_back(world: World) {
    let claim = claim(&world);
    let mut first = world.begin().await;
    assert_eq!(first.replays().claim(&claim).await.expect("an outcome"), ReplayOutcome::Claimed);
    first.replays().keep(&claim, &answer("first")).await.expect("an answer is kept");
    let mut second = tokio::spawn(claim_and_keep(world.clone(), claim.clone(), answer("second")));
    let early = tokio::time::timeout(Wait::from_millis(100), &mut second).await;
    assert!(early.is_err(), "the second claim did not wait: {early:?}");
    first.rollback().await.expect("taken back");
    assert_eq!(second.await.expect("the second claim ends"), ReplayOutcome::Claimed);
    assert_eq!(ask(&world, &claim).await, ReplayOutcome::Answered(answer("second")));
}

async fn sweeping_forgets_expired_answers_only(world: World) {
    // Long ago: nobody else's answers are that old.
    let past = |microseconds| at_micros(microseconds) - time::Duration::days(9_000);
    let with = |expires_at| ReplayClaim { now: past(0), expires_at, ..claim(&world) };
    let expired = with(past(499_999));
    let expiring = with(past(500_000));
    let live = with(past(500_001));
    for claim in [&expired, &expiring, &live] {
        keep(&world, claim, &sealed()).await;
    }
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, vestibule_domain::portal_link::LinkKind::Token).await;
    let session = world.given_session(&link).await;

    world.store().jobs().sweep(past(500_000)).await.expect("a sweep");

    // Asked at a time when none of them had expired.
    assert_eq!(ask(&world, &expired).await, ReplayOutcome::Claimed);
    assert_eq!(ask(&world, &expiring).await, ReplayOutcome::Claimed);
    assert_eq!(ask(&world, &live).await, ReplayOutcome::Answered(sealed()));
    assert_eq!(crate::links::stored(&world, &link).await, Some(link));
    assert_eq!(crate::sessions::stored(&world, &session).await, Some(session));
}
