//! What the environment asks for.

use std::path::PathBuf;
use std::time::Duration;

/// Names the variable with the number of cases of each property.
pub const CASES: &str = "VESTIBULE_FUZZ_CASES";

/// Names the variable with how long each property is tried, in seconds; comes before [`CASES`].
pub const SECONDS: &str = "VESTIBULE_FUZZ_SECONDS";

/// Names the variable with the number from which all chance is drawn.
pub const SEED: &str = "VESTIBULE_FUZZ_SEED";

/// Names the variable with the folder for input that fails.
pub const FOLDER: &str = "VESTIBULE_FUZZ_FOLDER";

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// So many cases.
    Cases(u64),
    /// As many as fit into this time.
    Time(Duration),
}

/// How a property is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) amount: Amount,
    pub(crate) seed: u64,
    pub(crate) folder: PathBuf,
    /// Whether somebody waits for more than the usual.
    pub(crate) longer: bool,
}

impl Asked {
    /// What the environment says; without a word of it, the usual number of cases.
    #[expect(clippy::disallowed_methods, reason = "a test has no command line of its own to ask by")]
    pub(crate) fn of_environment(usual: u32) -> Self {
        Self::of(usual, |name| std::env::var(name).ok())
    }

    fn of(usual: u32, variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| {
            variable(name)
                .map(|text| text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
        };
        let (cases, seconds) = (number(CASES), number(SECONDS));
        let amount = match (seconds, cases) {
            (Some(seconds), _) => Amount::Time(Duration::from_secs(seconds)),
            (None, Some(cases)) => Amount::Cases(cases),
            (None, None) => Amount::Cases(u64::from(usual)),
        };
        Self {
            amount,
            seed: number(SEED).unwrap_or(0),
            folder: variable(FOLDER)
                .map_or_else(|| std::env::temp_dir().join("vestibule-fuzz"), PathBuf::from),
            longer: cases.or(seconds).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_the_usual_cases_run_from_the_usual_seed() {
        let asked = Asked::of(7, |_| None);
        assert_eq!((asked.amount, asked.seed, asked.longer), (Amount::Cases(7), 0, false));
    }

    #[test]
    fn time_comes_before_a_number() {
        let asked = Asked::of(7, |name| (name != FOLDER).then(|| "12".to_owned()));
        assert_eq!((asked.amount, asked.seed), (Amount::Time(Duration::from_secs(12)), 12));
        let asked = Asked::of(7, |name| (name == CASES).then(|| "12".to_owned()));
        assert_eq!((asked.amount, asked.longer), (Amount::Cases(12), true));
    }

    #[test]
    #[should_panic(expected = "VESTIBULE_FUZZ_CASES is not a number: many")]
    fn what_is_no_number_is_told() {
        Asked::of(7, |name| (name == CASES).then(|| "many".to_owned()));
    }
}
