//! `cargo xtask bench`: builds the service as it is released, then measures it.

use crate::Outcome;
use crate::machine::{self, For};
use crate::run::{cargo, run, step};

/// Measures; the options are those of `xtask/bench`.
pub(crate) fn run_with(options: &[&str]) -> Outcome {
    machine::prepare(For::Databases)?;
    step("Building as released");
    run(&mut cargo(&["build", "--release", "--package", "vestibule", "--package", "vestibule-bench"]))?;
    step("Measuring");
    let mut arguments = vec!["run", "--quiet", "--release", "--package", "vestibule-bench", "--"];
    arguments.extend(options);
    run(&mut cargo(&arguments))
}
