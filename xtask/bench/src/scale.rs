//! How much is measured.

use std::time::Duration;

/// Connections that ask at the same time, each waiting for its answer before it asks again.
pub(crate) const CONNECTIONS: usize = 16;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// Rounds of each side of a comparison.
    pub(crate) rounds: usize,
    /// How long one side of a round is measured.
    pub(crate) round: Duration,
    /// How long it runs before that.
    pub(crate) warm_up: Duration,
    /// Organizations in the small database.
    pub(crate) few: u32,
    /// Organizations in the large one.
    pub(crate) many: u32,
    /// Starts that are timed.
    pub(crate) starts: usize,
    /// Requests before memory is looked at again.
    pub(crate) requests: u32,
    /// Sign-ins of one side of a round.
    pub(crate) sign_ins: u32,
    /// Connections in the small database of sign-ins.
    pub(crate) few_connections: u32,
    /// Connections in the large one.
    pub(crate) many_connections: u32,
}

impl Scale {
    /// What the budgets speak of.
    pub(crate) const FULL: Self = Self {
        rounds: 11,
        round: Duration::from_secs(2),
        warm_up: Duration::from_millis(500),
        few: 1_000,
        many: 1_000_000,
        starts: 9,
        requests: 200_000,
        sign_ins: 1_600,
        few_connections: 100,
        many_connections: 100_000,
    };

    /// Enough to see that measuring works.
    pub(crate) const QUICK: Self = Self {
        rounds: 3,
        round: Duration::from_millis(700),
        warm_up: Duration::from_millis(200),
        few: 1_000,
        many: 20_000,
        starts: 3,
        requests: 10_000,
        sign_ins: 320,
        few_connections: 100,
        many_connections: 2_000,
    };
}
