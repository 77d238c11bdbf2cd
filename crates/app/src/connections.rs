//! How the connections to PostgreSQL are shared out within a process.

use std::num::NonZero;

/// Connections for work in the background, unless set otherwise.
const BACKGROUND: usize = 4;

/// Connections of each HTTP worker, unless set otherwise.
const EACH_WORKER: usize = 8;

/// Most connections of a process, unless set otherwise: PostgreSQL takes 100 as it is shipped, and
/// a deployment has more processes than one.
const UNSET_MAX: usize = 48;

/// The most connections of each part; they are opened when they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connections {
    /// For work in the background.
    pub(crate) background: usize,
    /// For each HTTP worker.
    pub(crate) each_worker: usize,
}

impl Connections {
    /// What suits so many workers when nothing is set.
    pub(crate) fn suited_to(workers: usize) -> Self {
        Self::split((BACKGROUND + EACH_WORKER * workers).min(UNSET_MAX), workers)
    }

    /// So many in all, as far as that is possible: nobody can do without any.
    pub(crate) fn split(all: usize, workers: usize) -> Self {
        let background = (all / 4).clamp(1, BACKGROUND);
        let each_worker = (all.saturating_sub(background) / workers.max(1)).max(1);
        Self { background, each_worker }
    }
}

/// HTTP workers of a process: one for each processor that it may use.
pub(crate) fn http_workers() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_left_without_a_connection_and_no_more_are_shared_out_than_there_are() {
        for workers in 1..=64 {
            for all in 1..=1_000 {
                let Connections { background, each_worker } = Connections::split(all, workers);
                assert!(background >= 1 && each_worker >= 1, "{all} for {workers}");
                assert!(
                    background + each_worker * workers <= all || each_worker == 1,
                    "{all} for {workers}: {background} and {each_worker} each"
                );
            }
        }
    }

    #[test]
    fn unset_it_grows_with_the_processors_up_to_a_bound() {
        assert_eq!(Connections::suited_to(2), Connections { background: 4, each_worker: 8 });
        assert_eq!(Connections::suited_to(16), Connections { background: 4, each_worker: 2 });
    }
}
