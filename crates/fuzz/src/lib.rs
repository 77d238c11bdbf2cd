//! Properties that must hold for whatever comes from outside (for tests only).
//!
//! A test says how many cases it runs, always the same ones; `cargo xtask fuzz` runs the same test
//! with more and with others. It asks through the environment: [`CASES`] or [`SECONDS`], [`SEED`]
//! and [`FOLDER`]. A failure names the seed that leads back to it, and leaves the least input that
//! fails in the folder.
//!
//! This crate must never know what is tested.

mod asked;
mod mutants;
mod round;

pub use asked::{CASES, FOLDER, SECONDS, SEED};
pub use mutants::{Mutant, mutants};
pub use round::{ROUND_CASES, check};
