//! `cargo xtask fuzz`: the properties of what comes from outside, longer than the tests try them.
//!
//! The targets are ordinary tests. What is asked for reaches them through the environment, see the
//! crate `vestibule-fuzz`.

use std::hash::{BuildHasher as _, RandomState};

use crate::run::{cargo, run, step};
use crate::{Failure, Outcome, target};

/// Cases of each property, unless told otherwise.
const CASES: u64 = 100_000;

/// What can be tried.
struct Target {
    name: &'static str,
    package: &'static str,
    /// Among which tests of the package.
    tests: &'static [&'static str],
    /// Their names.
    properties: &'static [&'static str],
}

const IT: &[&str] = &["--test", "it"];
const LIB: &[&str] = &["--lib"];

const TARGETS: &[Target] = &[
    Target {
        name: "metadata",
        package: "vestibule-saml",
        tests: IT,
        properties: &["fuzz::metadata_with_anything_wrong_in_it_gives_a_usable_provider_or_none"],
    },
    Target {
        name: "response",
        package: "vestibule-saml",
        tests: IT,
        properties: &[
            "fuzz::a_response_with_anything_wrong_in_it_gives_its_own_person_or_nobody",
            "wrapping::no_mutation_of_a_signed_message_is_accepted_with_a_forged_person",
        ],
    },
    Target {
        name: "relay-state",
        package: "vestibule-domain",
        tests: LIB,
        properties: &["redirect_uri::tests::whatever_a_relay_state_says_it_leads_to_a_registered_uri"],
    },
    Target {
        name: "id-token",
        package: "vestibule-oidc",
        tests: IT,
        properties: &["fuzz::an_id_token_with_anything_wrong_in_it_gives_its_own_person_or_nobody"],
    },
    Target {
        name: "discovery",
        package: "vestibule-oidc",
        tests: IT,
        properties: &["fuzz::discovery_with_anything_wrong_in_it_gives_a_usable_provider_or_none"],
    },
    Target {
        name: "key-set",
        package: "vestibule-oidc",
        tests: LIB,
        properties: &[
            "key_set::tests::keys_with_anything_wrong_in_them_verify_nothing_that_they_did_not_sign",
        ],
    },
];

/// How long a property is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    Cases(u64),
    Minutes(u64),
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    target: Option<&'a str>,
    amount: Amount,
    seed: Option<u64>,
}

impl<'a> Asked<'a> {
    fn parse(mut options: &[&'a str]) -> Option<Self> {
        let mut asked = Self { target: None, amount: Amount::Cases(CASES), seed: None };
        loop {
            options = match options {
                [] => return Some(asked),
                ["--cases", number, rest @ ..] => {
                    asked.amount = Amount::Cases(number.parse().ok()?);
                    rest
                }
                ["--minutes", number, rest @ ..] => {
                    asked.amount = Amount::Minutes(number.parse().ok()?);
                    rest
                }
                ["--seed", number, rest @ ..] => {
                    asked.seed = Some(number.parse().ok()?);
                    rest
                }
                [name, rest @ ..]
                    if asked.target.is_none() && TARGETS.iter().any(|target| target.name == *name) =>
                {
                    asked.target = Some(name);
                    rest
                }
                _ => return None,
            };
        }
    }
}

/// Tries what is asked for; ends with the first target that fails.
pub(crate) fn run_with(options: &[&str]) -> Outcome {
    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    let asked = Asked::parse(options).ok_or_else(|| {
        let usage = "cargo xtask fuzz [TARGET] [--cases N | --minutes M] [--seed S]";
        Failure::new(format!("Usage: {usage}\nTargets: {}", names.join(", ")))
    })?;
    // Another part of the unknown every time; a failure names its seed.
    let seed = asked.seed.unwrap_or_else(|| RandomState::new().hash_one(()) >> 32);
    let folder = target().join("fuzz");
    let wanted = TARGETS.iter().filter(|target| asked.target.is_none_or(|name| name == target.name));
    for target in wanted {
        step(&format!("Trying {} from seed {seed}", target.name));
        let mut command = cargo(&["test", "--quiet", "--package", target.package]);
        command.args(target.tests).args(["--", "--exact", "--nocapture"]).args(target.properties);
        let (name, number) = match asked.amount {
            Amount::Cases(cases) => ("VESTIBULE_FUZZ_CASES", cases),
            Amount::Minutes(minutes) => ("VESTIBULE_FUZZ_SECONDS", minutes * 60),
        };
        command.env(name, number.to_string()).env("VESTIBULE_FUZZ_SEED", seed.to_string());
        run(command.env("VESTIBULE_FUZZ_FOLDER", &folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_understood_or_refused() {
        let all = Asked { target: None, amount: Amount::Cases(CASES), seed: None };
        assert_eq!(Asked::parse(&[]), Some(all));
        let one = Asked { target: Some("id-token"), amount: Amount::Minutes(3), seed: Some(7) };
        assert_eq!(Asked::parse(&["--seed", "7", "id-token", "--minutes", "3"]), Some(one));
        for wrong in [&["nothing"][..], &["--cases"], &["--cases", "x"], &["metadata", "response"]] {
            assert_eq!(Asked::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn every_property_is_a_test_that_exists() {
        for target in TARGETS {
            for property in target.properties {
                let (path, name) = property.rsplit_once("::").unwrap_or(("", property));
                let modules = path.replace("::", "/");
                let krate =
                    crate::root().join("crates").join(target.package.trim_start_matches("vestibule-"));
                let folder = if target.tests == IT { "tests/it" } else { "src" };
                let inside = modules.trim_end_matches("/tests");
                let files = [format!("{folder}/{inside}.rs"), format!("{folder}/{modules}.rs")];
                let texts = files.iter().filter_map(|file| std::fs::read_to_string(krate.join(file)).ok());
                let found = texts.into_iter().any(|text| text.contains(&format!("fn {name}(")));
                assert!(found, "{property} of {}", target.package);
            }
        }
    }
}
