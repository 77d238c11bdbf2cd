//! `cargo xtask`: everything the project does to itself, in one place and the same everywhere.
//!
//! Two ways of failing: a [`Failure`] says what was wrong with the project or the machine, in a
//! sentence somebody can act on; panics are bugs of this program.

#![expect(clippy::print_stdout, reason = "a program of the command line talks to its terminal")]

mod bench;
mod ci;
mod fuzz;
mod generated;
mod machine;
mod run;
mod screenshots;
mod sdks;
mod test;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

/// What went wrong, as one would say it.
#[derive(Debug)]
struct Failure(String);

type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

const USAGE: &str = "\
Usage: cargo xtask <command>

  test [--fast]         installs or starts what the tests need, then runs all of them;
                        --fast leaves the browser and the SDKs out
  ci [--without-tests]  what the continuous integration runs: formatting, tidy, licences,
                        clippy, then the tests
  tidy                  checks the project's own rules; needs no compiler run
  generate              writes the files made from code; a test says whether they are current
  bench [--quick]       measures the budgets as ratios and prints them
  fuzz [TARGET] [--cases N | --minutes M] [--seed S]
                        tries what comes from outside with more hostile input than the tests
  screenshots [FOLDER [LANGUAGE]]
                        pictures of every page, light and dark, on a phone and on a desktop;
                        into target/screenshots and in English unless told otherwise
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test"] => test::run(test::Scope::Everything),
        ["test", "--fast"] => test::run(test::Scope::Fast),
        ["ci"] => ci::run().and_then(|()| test::run(test::Scope::Everything)),
        ["ci", "--without-tests"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["generate"] => generated::write(),
        ["bench", options @ ..] => bench::run_with(options),
        ["fuzz", options @ ..] => fuzz::run_with(options),
        ["screenshots"] => screenshots::take("target/screenshots", "en"),
        ["screenshots", folder] => screenshots::take(folder, "en"),
        ["screenshots", folder, language] => screenshots::take(folder, language),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(what)) => {
            println!("\n{what}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let mut here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.pop();
    here
}

/// Where built things and caches go; never tracked.
fn target() -> PathBuf {
    // Joining keeps a folder that is absolute, and takes another from where cargo is run.
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
