//! What is the SQL store's own: migrations, order of commits, partitions, recovery, round trips,
//! rows that cannot be read. What every store promises is in the contract.

#![expect(clippy::unwrap_used, reason = "a test ends at its first surprise")]

mod backfill;
mod corrupt;
mod given;
mod migrations;
mod partitions;
mod recovery;
mod round_trips;
mod sign_ins;
mod sqlite;
mod tally;
mod timeline;
mod units;
mod unsought;
