//! Runs jobs in the background until told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use vestibule_application::ports::store::StoreResult;
use vestibule_application::worker::{BATCH_MAX, Worker};

/// Longest sleep between looks: how late a job of another process may start.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Wait after the store failed.
const STORE_DOWN_WAIT: Duration = Duration::from_secs(2);

/// How often useless rows are removed.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// How often what the dashboard shows at a glance is counted.
const TALLY_EVERY: Duration = Duration::from_mins(1);

/// Runs jobs until `stop` turns true, then finishes those in hand; counts beside it.
pub(crate) async fn run(worker: Arc<Worker>, stop: watch::Receiver<bool>) {
    tokio::join!(work(Arc::clone(&worker), stop.clone()), count(worker, stop));
}

/// Counts until `stop` turns true. The first time may take a while: jobs do not wait for it.
async fn count(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = worker.store.jobs().tally(worker.ambient.now()).await {
            tracing::warn!(error = %crate::logging::chain(&error), "counting failed");
        }
        tokio::select! {
            () = tokio::time::sleep(TALLY_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn work(worker: Arc<Worker>, mut stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    let mut swept: Option<tokio::time::Instant> = None;
    let mut attended = false;
    while !*stop.borrow() {
        let wait = match look(&worker, &mut running).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(error = %crate::logging::chain(&error), "the store gives no jobs");
                STORE_DOWN_WAIT
            }
        };
        if swept.is_none_or(|at| at.elapsed() >= SWEEP_EVERY) {
            swept = Some(tokio::time::Instant::now());
            if !attended {
                match attend(&worker).await {
                    Ok(()) => attended = true,
                    Err(error) => {
                        let error = crate::logging::chain(&error);
                        tracing::warn!(error = %error, "what earlier versions left is not attended to");
                    }
                }
            }
            if let Err(error) = worker.attend_to_environments().await {
                let error = crate::logging::chain(&error);
                tracing::warn!(error = %error, "new environments are not attended to");
            }
            let now = worker.ambient.now();
            if let Err(error) = worker.store.jobs().sweep(now).await {
                tracing::warn!(error = %crate::logging::chain(&error), "sweeping failed");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
            Some(ended) = running.join_next() => note(ended),
        }
    }
    while let Some(ended) = running.join_next().await {
        note(ended);
    }
}

/// Begins what earlier versions did not.
async fn attend(worker: &Worker) -> StoreResult<()> {
    worker.attend_to_connections().await?;
    worker.attend_to_domains().await
}

fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        // The job's lease runs out and it starts again, until its starts are used up.
        tracing::error!(error = %error, "a job panicked");
    }
}

/// Starts what is due; answers how long to wait before the next look.
async fn look(worker: &Arc<Worker>, running: &mut JoinSet<()>) -> StoreResult<Duration> {
    let now = worker.ambient.now();
    if running.len() >= usize::from(BATCH_MAX) {
        return Ok(LOOK_EVERY);
    }
    // A cheap read first: claiming is a write, and idle deployments should not write.
    match worker.store.jobs().next_due().await? {
        Some(due) if due <= now => {}
        Some(due) => {
            let wait = Duration::try_from(due - now).unwrap_or(Duration::ZERO);
            return Ok(wait.min(LOOK_EVERY));
        }
        None => return Ok(LOOK_EVERY),
    }
    let claimed = worker.claim().await?;
    let more = !claimed.is_empty();
    for job in claimed {
        let worker = Arc::clone(worker);
        running.spawn(async move {
            if let Err(error) = worker.run(&job).await {
                tracing::warn!(job.id = %job.id, error = %crate::logging::chain(&error), "a job's end was not written down");
            }
        });
    }
    Ok(if more { Duration::ZERO } else { LOOK_EVERY })
}
