//! `cargo xtask test`: prepares the machine, runs every test, says how it ended.
//!
//! The tests are ordinary `cargo test` targets. Databases, browsers and servers belong to the tests
//! that use them, which start them and stop them; what is left to do here is what a test cannot:
//! installing programs and SDKs.

use std::time::Instant;

use crate::machine::{self, For};
use crate::run::{cargo, since, step, watched};
use crate::sdks::{self, Sdks};
use crate::{Failure, Outcome, target};

/// The package of the end to end tests: the binary, a browser, the SDKs.
const END_TO_END: &str = "vestibule-tests";

/// How much is tested.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All there is.
    Everything,
    /// Without the end to end tests.
    Fast,
}

/// Runs the tests.
pub(crate) fn run(scope: Scope) -> Outcome {
    let start = Instant::now();
    let sdks = match scope {
        Scope::Everything => {
            machine::prepare(For::Everything)?;
            sdks::install()?
        }
        Scope::Fast => {
            machine::prepare(For::Databases)?;
            Sdks { environment: Vec::new() }
        }
    };
    let mut results = Results::default();
    // Built before anything runs, so that the tests find the binary and an error of the compiler is
    // not buried among results.
    step("Building");
    built(&["build", "--workspace", "--all-targets"])?;
    step("Testing");
    let mut targets = vec!["test", "--workspace", "--all-targets", "--no-fail-fast"];
    let mut docs = vec!["test", "--workspace", "--doc", "--no-fail-fast"];
    if scope == Scope::Fast {
        for arguments in [&mut targets, &mut docs] {
            arguments.extend(["--exclude", END_TO_END]);
        }
    }
    for arguments in [targets, docs] {
        let mut command = cargo(&arguments);
        command.env("VESTIBULE_TEST_BINARY", target().join("debug/vestibule"));
        command.envs(sdks.environment.iter().map(|(name, value)| (name, value)));
        let well = watched(&mut command, |line| results.read(line))?;
        results.well &= well;
    }
    println!("\n{} ({})", results.summary(), since(start));
    if results.well { Ok(()) } else { Err(Failure::new("The tests failed.")) }
}

fn built(arguments: &[&str]) -> Outcome {
    crate::run::run(&mut cargo(arguments))
}

/// What the lines of `cargo test` add up to.
#[derive(Debug)]
struct Results {
    suites: u32,
    passed: u32,
    ignored: u32,
    failed: Vec<String>,
    /// Whether cargo said so too: a test program that crashes prints no result.
    well: bool,
}

impl Default for Results {
    fn default() -> Self {
        Self { suites: 0, passed: 0, ignored: 0, failed: Vec::new(), well: true }
    }
}

impl Results {
    fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.suites += 1;
            for part in counts.split(['.', ';']) {
                let mut words = part.split_whitespace();
                let Some(Ok(count)) = words.next().map(str::parse::<u32>) else { continue };
                match words.next() {
                    Some("passed") => self.passed += count,
                    Some("ignored") => self.ignored += count,
                    _ => {}
                }
            }
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failed.push(name.to_owned());
        }
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} tests passed, {} failed, {} ignored, in {} suites",
            self.passed,
            self.failed.len(),
            self.ignored,
            self.suites
        );
        for name in &self.failed {
            text.push_str("\n  failed: ");
            text.push_str(name);
        }
        if !self.well && self.failed.is_empty() {
            text.push_str("\n  a test program ended without a result: see above");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_add_up_over_suites() {
        let mut results = Results::default();
        for line in [
            "running 3 tests",
            "test a::b ... ok",
            "test a::c ... FAILED",
            "test d - should panic ... ok",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s",
            "test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.25s",
        ] {
            results.read(line);
        }
        results.well = false;
        assert_eq!(results.summary(), "42 tests passed, 1 failed, 2 ignored, in 2 suites\n  failed: a::c");
    }

    #[test]
    fn a_crash_is_told_although_no_test_is_named() {
        let results = Results { well: false, ..Results::default() };
        assert!(results.summary().ends_with("ended without a result: see above"));
    }
}
