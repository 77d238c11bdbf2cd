//! `cargo xtask screenshots`: pictures of every page, for people to look at.

use crate::machine::{self, For};
use crate::run::{cargo, run, step};
use crate::{Failure, Outcome, target};

/// Takes the pictures, into a folder that counts from where the command was called.
pub(crate) fn take(folder: Option<&str>) -> Outcome {
    let folder = match folder {
        Some(folder) => {
            std::path::absolute(folder).map_err(|error| Failure::new(format!("{folder}: {error}")))?
        }
        None => target().join("screenshots"),
    };
    machine::prepare(For::Pictures)?;
    step("Building");
    run(&mut cargo(&["build", "--package", "vestibule"]))?;
    step("Taking pictures");
    let mut camera =
        cargo(&["run", "--quiet", "--package", "vestibule-tests", "--example", "screenshots", "--"]);
    camera.arg(folder).env("VESTIBULE_TEST_BINARY", target().join("debug/vestibule"));
    run(&mut camera)
}
