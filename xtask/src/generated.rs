//! Files that are made from code and kept in the repository, so that they can be read and reviewed.
//!
//! `xtask/generate` makes them, because that needs the service compiled and this program should not;
//! a test there says whether they are current.

use crate::Outcome;
use crate::run::{cargo, run};

/// Writes them all.
pub(crate) fn write() -> Outcome {
    run(&mut cargo(&["run", "--quiet", "--package", "vestibule-generate"]))
}
