//! The vendors' SDKs and the identity providers of the tests as published, installed into caches under
//! `target/`.
//!
//! Versions are pinned by `tests/node/package-lock.json` and `tests/python/requirements.txt`, and are
//! Debian's for what is a Debian package; a cache is made afresh when its pin changed.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::run::{run, step};
use crate::{Failure, Outcome, machine, root, target};

/// Where the SDKs were installed, as the tests are told.
pub(crate) struct Sdks {
    /// Environment variables for the tests.
    pub(crate) environment: Vec<(&'static str, OsString)>,
}

/// Installs them unless they are there.
pub(crate) fn install() -> Outcome<Sdks> {
    let cache = target().join("test-sdks");
    let node = cache.join("node");
    cached(&node, &root().join("tests/node"), &["package.json", "package-lock.json"], |cache| {
        step("Installing the Node SDK and an OpenID Connect provider");
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(cache))
    })?;
    let python = cache.join("python");
    cached(&python, &root().join("tests/python"), &["requirements.txt"], |cache| {
        step("Installing the Python SDK and a SAML provider");
        run(Command::new("python3").args(["-m", "venv", "--clear", "venv"]).current_dir(cache))?;
        run(Command::new(cache.join("venv/bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--requirement", "requirements.txt"])
            .current_dir(cache))
    })?;
    let simplesamlphp = cache.join("simplesamlphp");
    cached(&simplesamlphp, &root(), &[], |cache| {
        step("Unpacking SimpleSAMLphp");
        machine::unpack("simplesamlphp", cache)
    })?;
    let simplesamlphp = simplesamlphp.join("unpacked/usr/share/simplesamlphp");
    Ok(Sdks {
        environment: vec![
            ("VESTIBULE_TEST_SIMPLESAMLPHP", simplesamlphp.into_os_string()),
            ("VESTIBULE_TEST_NODE_MODULES", node.join("node_modules").into_os_string()),
            ("VESTIBULE_TEST_VENV", python.join("venv").into_os_string()),
        ],
    })
}

/// Runs `install` in a folder that holds copies of the pins, unless that succeeded with the same
/// pins before.
fn cached(cache: &Path, pins: &Path, names: &[&str], install: impl FnOnce(&Path) -> Outcome) -> Outcome {
    let done = cache.join("installed");
    let same = |name: &&str| {
        let wanted = std::fs::read(pins.join(name));
        wanted.is_ok_and(|wanted| std::fs::read(cache.join(name)).is_ok_and(|had| had == wanted))
    };
    if done.is_file() && names.iter().all(same) {
        return Ok(());
    }
    let at = |what: &str, error: &std::io::Error| Failure::new(format!("{what}: {error}"));
    if cache.exists() {
        std::fs::remove_dir_all(cache).map_err(|error| at(&cache.display().to_string(), &error))?;
    }
    std::fs::create_dir_all(cache).map_err(|error| at(&cache.display().to_string(), &error))?;
    for name in names {
        let pin = pins.join(name);
        std::fs::copy(&pin, cache.join(name)).map_err(|error| at(&pin.display().to_string(), &error))?;
    }
    install(cache)?;
    std::fs::write(&done, "").map_err(|error| at(&done.display().to_string(), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_is_made_once_for_the_same_pins_and_again_for_others() {
        let folder = target().join("xtask-tests").join(format!("cached-{}", std::process::id()));
        let (cache, pins) = (folder.join("cache"), folder.join("pins"));
        std::fs::create_dir_all(&pins).unwrap();
        std::fs::write(pins.join("pin"), "1").unwrap();
        let mut installs = 0;
        let mut go = |outcome: Outcome| {
            let before = installs;
            let result = cached(&cache, &pins, &["pin"], |_| {
                installs += 1;
                outcome
            });
            (result.is_ok(), installs - before)
        };
        assert_eq!(go(Err(Failure::new("no network"))), (false, 1));
        assert_eq!(go(Ok(())), (true, 1), "what failed is tried again");
        assert_eq!(go(Ok(())), (true, 0));
        std::fs::write(pins.join("pin"), "2").unwrap();
        assert_eq!(go(Ok(())), (true, 1));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
