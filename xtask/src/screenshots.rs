//! `cargo xtask screenshots`: pictures of every page, for people to look at.

use crate::machine::{self, For};
use crate::run::{cargo, run, step};
use crate::{Failure, Outcome, target};

/// Takes the pictures, into a folder that counts from where the command was called.
pub(crate) fn take(folder: &str, language: &str) -> Outcome {
    let folder = std::path::absolute(folder).map_err(|error| Failure::new(format!("{folder}: {error}")))?;
    machine::prepare(For::Pictures)?;
    step("Building");
    run(&mut cargo(&["build", "--package", "vestibule"]))?;
    step("Taking pictures");
    let example = ["--package", "vestibule-tests", "--example", "screenshots"];
    let mut camera = cargo(&["run", "--quiet"]);
    camera.args(example).arg("--").arg(folder).arg(language);
    run(camera.env("VESTIBULE_TEST_BINARY", target().join("debug/vestibule")))
}
