//! `cargo xtask ci`: what the continuous integration demands beyond the tests.

use std::process::Command;
use std::time::Instant;

use crate::run::{self, cargo, since, step, succeeds};
use crate::{Outcome, tidy};

/// Runs the checks, the cheap ones first.
fn checks() -> Outcome {
    step("Formatting");
    run::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    step("Tidiness");
    tidy::run()?;
    step("Licences and bans");
    licences()?;
    step("Clippy");
    run::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--keep-going",
        "--",
        "--deny",
        "warnings",
    ]))
}

/// [`tidy`] has checked them against `deny.toml` already; where cargo-deny is installed it looks
/// too, with its wider knowledge. Advisories need a download and are left to people.
fn licences() -> Outcome {
    if succeeds(Command::new("cargo-deny").arg("--version")) {
        run::run(&mut cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]))
    } else {
        println!("cargo-deny is not installed: what `tidy` checks by deny.toml must do.");
        Ok(())
    }
}

/// Runs the checks and says how long they took.
pub(crate) fn run() -> Outcome {
    let start = Instant::now();
    checks()?;
    println!("\nEverything is in order ({}).", since(start));
    Ok(())
}
