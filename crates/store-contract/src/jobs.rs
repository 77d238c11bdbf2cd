//! Work after the answer. Workers take jobs of every environment, so each case has them alone.

use time::Duration;
use vestibule_domain::Instant;
use vestibule_domain::id::JobId;
use vestibule_domain::job::{JOB_LEASE, Job, JobEnd, Task};

use crate::fixtures;
use crate::samples::{HOSTILE, at_micros};
use crate::sso_sessions::given_connection;
use crate::world::{NOW, World, later};

crate::cases![
    a_job_comes_back_as_it_was_added,
    a_job_of_a_unit_of_work_taken_back_is_not_there,
    a_job_that_is_there_is_not_added_again,
    a_job_waits_until_its_time,
    the_longest_due_job_is_taken_first,
    no_more_jobs_are_taken_than_asked_for,
    a_job_is_taken_once_while_its_lease_lasts,
    a_job_is_taken_over_when_its_lease_ends,
    a_job_that_is_done_is_gone,
    a_late_end_counts_if_nobody_took_over,
    the_end_of_a_job_that_was_taken_over_does_nothing,
    a_job_to_retry_waits_for_its_time,
    a_job_given_up_is_not_taken_again,
    the_next_due_job_is_told,
    two_hundred_jobs_are_taken_once_each_by_concurrent_workers,
    connections_that_no_job_watches_are_told_in_order,
    environments_that_nobody_looks_around_in_are_told_in_order,
];

async fn claim(world: &World, most: u16, now: Instant) -> Vec<Job> {
    world.store().jobs().claim(most, now).await.expect("jobs are claimed")
}

async fn end(world: &World, job: &Job, end: JobEnd) {
    world.store().jobs().end(job, &end).await.expect("a job ends");
}

async fn next_due(world: &World) -> Option<Instant> {
    world.store().jobs().next_due().await.expect("an answer")
}

fn started(job: &Job, starts: u32) -> Job {
    Job { starts, ..job.clone() }
}

async fn a_job_comes_back_as_it_was_added(world: World) {
    let _alone = world.alone_with_jobs().await;
    let tasks = [
        Task::DispatchEvent(world.id()),
        Task::DeliverWebhook(world.id()),
        Task::SendMessage(world.id()),
        Task::ExpireSignIn(world.id()),
        Task::RefreshMetadata(world.id()),
        Task::WatchCertificates(world.id()),
    ];
    for task in tasks {
        let job = Job { task, ..fixtures::job(&world, at_micros(999_999)) };
        let job = world.given_job(job).await;
        assert_eq!(claim(&world, 10, later(1)).await, vec![started(&job, 1)]);
    }
}

async fn a_job_of_a_unit_of_work_taken_back_is_not_there(world: World) {
    let _alone = world.alone_with_jobs().await;
    let mut work = world.begin().await;
    work.outbox().enqueue(fixtures::job(&world, NOW)).await.expect("a job is added");
    work.rollback().await.expect("taken back");
    let mut work = world.begin().await;
    work.outbox().enqueue(fixtures::job(&world, NOW)).await.expect("a job is added");
    drop(work);
    assert_eq!(next_due(&world).await, None);
    assert_eq!(claim(&world, 10, later(9_999)).await, Vec::new());
}

async fn a_job_that_is_there_is_not_added_again(world: World) {
    let _alone = world.alone_with_jobs().await;
    let job = world.given_job(fixtures::job(&world, later(5))).await;
    // Neither sooner, nor as something else; and what comes with it is added all the same.
    let mut work = world.begin().await;
    let again = Job { run_at: NOW, task: Task::WatchCertificates(world.id()), ..job.clone() };
    let other = fixtures::job(&world, later(6));
    for added in [&again, &other, &other] {
        work.outbox().enqueue(added.clone()).await.expect("a job is added");
    }
    work.commit().await.expect("a commit");
    assert_eq!(claim(&world, 10, later(4)).await, Vec::new());
    let taken = claim(&world, 10, later(6)).await;
    assert_eq!(taken, vec![started(&job, 1), started(&other, 1)]);
    // A job that somebody has is there, and one that is done is not.
    let mut work = world.begin().await;
    work.outbox().enqueue(job.clone()).await.expect("a job is added");
    work.commit().await.expect("a commit");
    assert_eq!(claim(&world, 10, later(6)).await, Vec::new());
    end(&world, &taken[0], JobEnd::Done).await;
    world.given_job(job.clone()).await;
    assert_eq!(claim(&world, 10, later(6)).await, vec![started(&job, 1)]);
}

async fn a_job_waits_until_its_time(world: World) {
    let _alone = world.alone_with_jobs().await;
    let job = world.given_job(fixtures::job(&world, at_micros(500_000))).await;
    assert_eq!(claim(&world, 10, at_micros(499_999)).await, Vec::new());
    assert_eq!(claim(&world, 10, at_micros(500_000)).await, vec![started(&job, 1)]);
}

async fn the_longest_due_job_is_taken_first(world: World) {
    let _alone = world.alone_with_jobs().await;
    let mut jobs = Vec::new();
    for seconds in [3, 1, 2, 1] {
        jobs.push(world.given_job(fixtures::job(&world, later(seconds))).await.id);
    }
    let taken: Vec<JobId> = claim(&world, 10, later(9)).await.iter().map(|job| job.id).collect();
    assert_eq!(taken, [jobs[1], jobs[3], jobs[2], jobs[0]]);
}

async fn no_more_jobs_are_taken_than_asked_for(world: World) {
    let _alone = world.alone_with_jobs().await;
    let mut jobs = Vec::new();
    for seconds in 0..5 {
        jobs.push(world.given_job(fixtures::job(&world, later(seconds))).await.id);
    }
    for expected in jobs.chunks(2) {
        let taken: Vec<JobId> = claim(&world, 2, later(9)).await.iter().map(|job| job.id).collect();
        assert_eq!(taken, expected);
    }
    assert_eq!(claim(&world, 2, later(9)).await, Vec::new());
}

async fn a_job_is_taken_once_while_its_lease_lasts(world: World) {
    let _alone = world.alone_with_jobs().await;
    world.given_job(fixtures::job(&world, NOW)).await;
    assert_eq!(claim(&world, 10, NOW).await.len(), 1);
    let almost = NOW + JOB_LEASE - Duration::microseconds(1);
    for now in [NOW, later(1), almost] {
        assert_eq!(claim(&world, 10, now).await, Vec::new());
    }
}

async fn a_job_is_taken_over_when_its_lease_ends(world: World) {
    let _alone = world.alone_with_jobs().await;
    let job = world.given_job(fixtures::job(&world, NOW)).await;
    let mut now = later(5);
    for starts in 1..4 {
        assert_eq!(claim(&world, 10, now).await, vec![started(&job, starts)]);
        now += JOB_LEASE;
    }
}

async fn a_job_that_is_done_is_gone(world: World) {
    let _alone = world.alone_with_jobs().await;
    world.given_job(fixtures::job(&world, NOW)).await;
    let other = world.given_job(fixtures::job(&world, later(1))).await;
    let taken = claim(&world, 1, later(1)).await;
    end(&world, &taken[0], JobEnd::Done).await;
    assert_eq!(claim(&world, 10, later(9_999)).await, vec![started(&other, 1)]);
}

async fn a_late_end_counts_if_nobody_took_over(world: World) {
    let _alone = world.alone_with_jobs().await;
    world.given_job(fixtures::job(&world, NOW)).await;
    let taken = claim(&world, 1, NOW).await;
    end(&world, &taken[0], JobEnd::Done).await;
    assert_eq!(claim(&world, 10, NOW + JOB_LEASE * 2).await, Vec::new());
}

async fn the_end_of_a_job_that_was_taken_over_does_nothing(world: World) {
    let _alone = world.alone_with_jobs().await;
    let job = world.given_job(fixtures::job(&world, NOW)).await;
    let first = claim(&world, 1, NOW).await;
    let mut now = NOW + JOB_LEASE;
    let mut starts = 2;
    for late in [JobEnd::Done, JobEnd::Retry { at: NOW }, JobEnd::GiveUp { reason: "late".into() }] {
        assert_eq!(claim(&world, 1, now).await, vec![started(&job, starts)]);
        end(&world, &first[0], late).await;
        assert_eq!(claim(&world, 1, now).await, Vec::new(), "the lease of the second worker was cut");
        now += JOB_LEASE;
        starts += 1;
    }
    let last = claim(&world, 1, now).await;
    assert_eq!(last, vec![started(&job, starts)]);
    end(&world, &last[0], JobEnd::Done).await;
    assert_eq!(next_due(&world).await, None);
}

async fn a_job_to_retry_waits_for_its_time(world: World) {
    let _alone = world.alone_with_jobs().await;
    let job = world.given_job(fixtures::job(&world, NOW)).await;
    let taken = claim(&world, 1, NOW).await;
    // Later than the lease, and sooner than it.
    end(&world, &taken[0], JobEnd::Retry { at: later(86_400) }).await;
    assert_eq!(claim(&world, 1, later(86_399)).await, Vec::new());
    let taken = claim(&world, 1, later(86_400)).await;
    assert_eq!(taken, vec![Job { run_at: later(86_400), ..started(&job, 2) }]);
    end(&world, &taken[0], JobEnd::Retry { at: later(86_401) }).await;
    assert_eq!(claim(&world, 1, later(86_400)).await, Vec::new());
    let taken = claim(&world, 1, later(86_401)).await;
    assert_eq!(taken, vec![Job { run_at: later(86_401), ..started(&job, 3) }]);
}

async fn a_job_given_up_is_not_taken_again(world: World) {
    let _alone = world.alone_with_jobs().await;
    world.given_job(fixtures::job(&world, NOW)).await;
    let taken = claim(&world, 1, NOW).await;
    end(&world, &taken[0], JobEnd::GiveUp { reason: HOSTILE.into() }).await;
    assert_eq!(claim(&world, 1, later(86_400 * 365)).await, Vec::new());
    assert_eq!(next_due(&world).await, None);
}

async fn the_next_due_job_is_told(world: World) {
    let _alone = world.alone_with_jobs().await;
    assert_eq!(next_due(&world).await, None);
    world.given_job(fixtures::job(&world, later(60))).await;
    assert_eq!(next_due(&world).await, Some(later(60)));
    world.given_job(fixtures::job(&world, at_micros(999_999))).await;
    assert_eq!(next_due(&world).await, Some(at_micros(999_999)));
    // A claimed job is due again when its lease ends: its worker may have died.
    let taken = claim(&world, 1, later(1)).await;
    assert_eq!(next_due(&world).await, Some(later(60)));
    end(&world, &taken[0], JobEnd::Done).await;
    let taken = claim(&world, 1, later(60)).await;
    assert_eq!(next_due(&world).await, Some(later(60) + JOB_LEASE));
    end(&world, &taken[0], JobEnd::Retry { at: later(61) }).await;
    assert_eq!(next_due(&world).await, Some(later(61)));
}

async fn two_hundred_jobs_are_taken_once_each_by_concurrent_workers(world: World) {
    let _alone = world.alone_with_jobs().await;
    let mut work = world.begin().await;
    let mut expected = Vec::new();
    for _ in 0..200 {
        let job = fixtures::job(&world, NOW);
        expected.push(job.id);
        work.outbox().enqueue(job).await.expect("a job is added");
    }
    work.commit().await.expect("a commit");
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let jobs = claim(&world, 7, later(1)).await;
                    if jobs.is_empty() {
                        return mine;
                    }
                    for job in jobs {
                        mine.push(job.id);
                        end(&world, &job, JobEnd::Done).await;
                    }
                }
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.expect("the worker ends"));
    }
    // A worker may find nothing while others hold locks on what is left: see what remains.
    taken.extend(claim(&world, 200, later(1)).await.iter().map(|job| job.id));
    taken.sort_unstable();
    assert_eq!(taken, expected);
}

async fn connections_that_no_job_watches_are_told_in_order(world: World) {
    let _alone = world.alone_with_jobs().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(given_connection(&world).await);
    }
    made.sort_by_key(|connection| connection.id);
    let watch = |id| Job { task: Task::WatchCertificates(id), ..fixtures::job(&world, NOW) };
    world.given_job(watch(made[1].id)).await;
    // Another task says nothing about it.
    world.given_job(Job { task: Task::RefreshMetadata(made[2].id), ..watch(made[2].id) }).await;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.queries().unwatched_connections(after, 2).await.expect("a page");
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        found.extend(page);
    }
    assert!(found.is_sorted_by_key(|connection| connection.id));
    found.retain(|connection| made.iter().any(|one| one.id == connection.id));
    assert_eq!(found, [made[0].clone(), made[2].clone()]);
    world.store().jobs().claim(10, later(1)).await.expect("what is left is taken away");
}

async fn environments_that_nobody_looks_around_in_are_told_in_order(world: World) {
    let _alone = world.alone_with_jobs().await;
    let abroad = world.abroad;
    let mut made = [world.home, abroad];
    made.sort_unstable();
    let lacking = async || {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = world.queries().unattended_environments(after, 1).await.expect("a page");
            assert!(page.len() <= 1);
            let Some(last) = page.last() else { break };
            after = Some(*last);
            found.extend(page);
        }
        assert!(found.is_sorted());
        found.retain(|id| made.contains(id));
        found
    };
    assert_eq!(lacking().await, made);
    // Another task says nothing about it.
    world.given_job(Job { task: Task::CheckHosts(abroad), ..fixtures::job(&world, NOW) }).await;
    assert_eq!(lacking().await, made);
    world.given_job(Job { task: Task::LookAround(abroad), ..fixtures::job(&world, NOW) }).await;
    assert_eq!(lacking().await, [world.home]);
    world.store().jobs().claim(10, later(1)).await.expect("what is left is taken away");
}
