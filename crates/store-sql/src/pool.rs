//! Pools of connections.

use std::time::Duration;

use deadpool::managed::{Manager, Object, Pool, PoolError};
use vestibule_application::ports::store::{StoreError, StoreResult};

/// How long somebody waits for a connection that others use, in seconds.
pub(crate) const WAIT_S_MAX: u64 = 10;

/// A pool of at most so many connections; nothing is opened yet.
pub(crate) fn pool<M: Manager>(manager: M, most: usize) -> Pool<M> {
    let mut builder = Pool::builder(manager);
    builder = builder.max_size(most.max(1));
    // The last one returned is taken first: its caches are warm, and the others may grow old.
    builder = builder.queue_mode(deadpool::managed::QueueMode::Lifo);
    match builder.build() {
        Ok(pool) => pool,
        // Building fails only for time limits without a runtime, and none are set here.
        Err(error) => unreachable!("{error}"),
    }
}

/// A connection from a pool.
pub(crate) async fn checkout<M>(pool: &Pool<M>) -> StoreResult<Object<M>>
where
    M: Manager<Error = Box<dyn std::error::Error + Send + Sync>>,
{
    match tokio::time::timeout(Duration::from_secs(WAIT_S_MAX), pool.get()).await {
        Ok(Ok(conn)) => Ok(conn),
        Ok(Err(PoolError::Backend(error))) => Err(StoreError::Unavailable(error)),
        Ok(Err(error)) => Err(StoreError::Unavailable(error.to_string().into())),
        Err(_) => {
            Err(StoreError::Unavailable(format!("no connection became free within {WAIT_S_MAX} s").into()))
        }
    }
}
