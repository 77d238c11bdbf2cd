//! Runs a property, round after round.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestError, TestRng, TestRunner};

use crate::asked::{Amount, Asked};

/// Cases of one round. Every round has a seed of its own, the one after that of the round before,
/// so that a failure late in a long run is met again at once.
pub const ROUND_CASES: u32 = 10_000;

/// Tries a property on inputs of a strategy: `usual` of them, unless the environment asks for more.
///
/// # Panics
/// When the property fails or panics: with the seed, and with the file that holds the least input
/// found that fails too.
pub fn check<S>(target: &str, usual: u32, inputs: &S, property: impl Fn(&S::Value) -> TestCaseResult)
where
    S: Strategy,
    S::Value: AsRef<[u8]>,
{
    let asked = Asked::of_environment(usual);
    let outcome = check_as(&asked, target, inputs, property);
    match outcome {
        Ok(cases) if asked.longer => tell(&format!("{target}: {cases} cases from seed {}", asked.seed)),
        Ok(_) => {}
        Err(failure) => panic!("{failure}"),
    }
}

fn check_as<S>(
    asked: &Asked,
    target: &str,
    inputs: &S,
    property: impl Fn(&S::Value) -> TestCaseResult,
) -> Result<u64, String>
where
    S: Strategy,
    S::Value: AsRef<[u8]>,
{
    let (start, mut done) = (Instant::now(), 0);
    for round in 0.. {
        let cases = match asked.amount {
            Amount::Cases(all) if done >= all => break,
            Amount::Cases(all) => u32::try_from(all - done).unwrap_or(u32::MAX).min(ROUND_CASES),
            Amount::Time(limit) if start.elapsed() >= limit => break,
            // Short rounds, so that the time is kept to.
            Amount::Time(_) => ROUND_CASES / 10,
        };
        let seed = asked.seed.wrapping_add(round);
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, chance(seed));
        match runner.run(inputs, |input| property(&input)) {
            Ok(()) => done += u64::from(cases),
            Err(TestError::Fail(why, input)) => {
                let file = keep(asked, target, seed, input.as_ref());
                let place = file.unwrap_or_else(|error| format!("nowhere: {error}"));
                return Err(format!(
                    "{target} fails: {why}\nseed {seed}, within {cases} cases; the input is in {place}\n\
                     again: cargo xtask fuzz {target} --cases {cases} --seed {seed}\n{input:?}"
                ));
            }
            Err(TestError::Abort(why)) => return Err(format!("{target} cannot go on: {why}")),
        }
    }
    Ok(done)
}

/// All chance of a round.
fn chance(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// Writes an input that fails into the folder.
fn keep(asked: &Asked, target: &str, seed: u64, input: &[u8]) -> Result<String, std::io::Error> {
    fs::create_dir_all(&asked.folder)?;
    let file: PathBuf = asked.folder.join(format!("{target}-{seed}"));
    fs::write(&file, input)?;
    Ok(file.display().to_string())
}

#[expect(clippy::print_stdout, reason = "whoever asked for a longer run wants to hear of it")]
fn tell(what: &str) {
    println!("{what}");
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn asked(amount: Amount) -> Asked {
        let folder = std::env::temp_dir().join(format!("vestibule-fuzz-test-{}", std::process::id()));
        Asked { amount, seed: 3, folder, longer: true }
    }

    #[test]
    fn as_many_cases_run_as_were_asked_for() {
        for cases in [0, 1, u64::from(ROUND_CASES), u64::from(ROUND_CASES) + 1] {
            let count = Cell::new(0);
            let done = check_as(&asked(Amount::Cases(cases)), "count", &any::<Vec<u8>>(), |_| {
                count.set(count.get() + 1);
                Ok(())
            });
            assert_eq!((done, count.get()), (Ok(cases), cases));
        }
        let done = check_as(&asked(Amount::Time(Duration::ZERO)), "time", &any::<Vec<u8>>(), |_| Ok(()));
        assert_eq!(done, Ok(0));
    }

    #[test]
    fn the_same_seed_gives_the_same_cases() {
        let drawn = |seed| {
            let all = Cell::new(0_u64);
            let asked = Asked { seed, ..asked(Amount::Cases(50)) };
            check_as(&asked, "same", &any::<Vec<u8>>(), |input| {
                let sum = input.iter().map(|byte| u64::from(*byte)).sum::<u64>();
                all.set(all.get().wrapping_mul(31).wrapping_add(sum));
                Ok(())
            })
            .unwrap();
            all.get()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn a_failure_leaves_its_least_input_and_the_way_back() {
        let asked = asked(Amount::Cases(2_000));
        for (target, panics) in [("fails", false), ("panics", true)] {
            let told = check_as(&asked, target, &any::<Vec<u8>>(), |input| {
                assert!(!panics || input.len() < 5, "five");
                prop_assert!(input.len() < 5, "five");
                Ok(())
            })
            .unwrap_err();
            assert!(told.contains(&format!("cargo xtask fuzz {target} --cases 2000 --seed 3")), "{told}");
            let left = fs::read(asked.folder.join(format!("{target}-3"))).unwrap();
            assert_eq!(left, [0; 5]);
        }
        fs::remove_dir_all(&asked.folder).unwrap();
    }
}
