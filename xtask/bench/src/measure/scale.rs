//! The same operations with few organizations and with many.

use super::World;
use crate::Outcome;
use crate::load::{Until, drive};
use crate::postgres::Postgres;
use crate::report::{Pair, Row};
use crate::scale::Scale;

/// The most by which the 99th percentile may grow.
const BUDGET: f64 = 1.3;

pub(super) async fn measure(
    scale: Scale,
    postgres: &Postgres,
    small: &World,
    large: &World,
) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for (what, requests) in [
        ("mint", [small.mint(), large.mint()]),
        ("get", [small.get(), large.get()]),
        ("list", [small.list(), large.list()]),
    ] {
        println!(
            "Comparing {what} with {} and with {} organizations …",
            small.organizations, large.organizations
        );
        let mut rounds = Vec::new();
        for _ in 0..scale.rounds {
            let mut p99s_ms = [0.0; 2];
            for (side, world) in [small, large].into_iter().enumerate() {
                postgres.checkpoint().await?;
                let mut sample = drive(world.service.address, &requests[side], Until::round(scale)).await?;
                p99s_ms[side] = sample.p99_ms();
            }
            rounds.push(Pair { measured: p99s_ms[1], against: p99s_ms[0] });
        }
        let what = format!(
            "p99 of {what} with {} organizations, against {}",
            large.organizations, small.organizations
        );
        rows.push(Row::growth(&what, &rounds, BUDGET));
    }
    Ok(rows)
}
