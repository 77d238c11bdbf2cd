//! Measures the budgets of DESIGN.md: rates as ratios to what the machine can do at all, times,
//! memory. Everything is measured in one run, on a throw-away PostgreSQL with `fsync` on, over
//! loopback. What is compared takes turns (A, B, A, B, …) and the median counts, so that a machine
//! that is busy now and idle then treats both alike.
//!
//! Nothing here is a test: a budget that is missed is printed, with its figures, and the run ends
//! well.

#![expect(clippy::print_stdout, reason = "a program of the command line talks to its terminal")]

mod bare;
mod desk_seed;
mod http;
mod idp;
mod load;
mod measure;
mod plans;
mod postgres;
mod process;
mod raw;
mod raw_sign_in;
mod report;
mod scale;
mod scratch;
mod seed;
mod service;
mod statements;

use std::process::ExitCode;

use measure::Parts;
use scale::Scale;

/// What went wrong, as one would say it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

type Outcome<T = ()> = Result<T, Failure>;

const USAGE: &str = "\
Usage: cargo xtask bench [--quick] [--part PART[,PART…]]

  --quick  fewer organizations, rounds and requests: to see that measuring works, not to judge
  --part   of: mint, page, scale, start, memory, weight, sign-ins, dashboard; also --only
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        [bare::COMMAND, words @ ..] => match bare::Answer::parse(words) {
            Some(answer) => bare::serve(&answer),
            None => Err(USAGE.into()),
        },
        options => parse(options).map_err(Into::into).and_then(|(scale, parts)| run(scale, &parts)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut options: &[&str]) -> Result<(Scale, Parts), &'static str> {
    let (mut scale, mut parts) = (Scale::FULL, Parts::all());
    loop {
        options = match options {
            [] => return Ok((scale, parts)),
            ["--quick", rest @ ..] => {
                scale = Scale::QUICK;
                rest
            }
            ["--part" | "--only", names, rest @ ..] => {
                parts = Parts::named(names).ok_or(USAGE)?;
                rest
            }
            _ => return Err(USAGE),
        };
    }
}

/// One thread: the load generator shares the machine with what it measures and must stay small.
fn run(scale: Scale, parts: &Parts) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Dropping the measurement stops what it started.
        tokio::select! {
            outcome = measure::run(scale, parts) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_understood_or_the_usage_is_told() {
        assert_eq!(parse(&[]).unwrap(), (Scale::FULL, Parts::all()));
        let (scale, parts) = parse(&["--only", "mint,start", "--quick"]).unwrap();
        assert_eq!(scale, Scale::QUICK);
        assert!(parts.has("mint") && parts.has("start") && !parts.has("page"));
        assert!(parse(&["--part", "sign-ins"]).unwrap().1.has("sign-ins"));
        assert_eq!(parse(&["--only", "nothing"]), Err(USAGE));
        assert_eq!(parse(&["--only"]), Err(USAGE));
    }
}
