//! What a machine must have before the tests can run, and how it gets it.
//!
//! Only Debian's own packages, by their names, and only those that are missing.

use std::path::Path;
use std::process::Command;

use crate::run::{run, step, succeeds, which};
use crate::{Failure, Outcome};

/// A Debian package and how one sees that what it brings is there.
struct Need {
    package: &'static str,
    present: fn() -> bool,
}

const DATABASES: &[Need] = &[
    Need { package: "postgresql", present: postgresql_is_present },
    Need { package: "pgbouncer", present: || which("pgbouncer").is_some() },
];

const BROWSER: &[Need] = &[
    Need { package: "chromium", present: || which("chromium").is_some() },
    Need { package: "chromium-driver", present: || which("chromedriver").is_some() },
];

const SDKS: &[Need] = &[Need { package: "python3-venv", present: python_makes_environments }];

const PEERS: &[Need] = &[
    Need { package: "xmlsec1", present: || which("xmlsec1").is_some() },
    Need { package: "php-cli", present: || which("php").is_some() },
    Need { package: "php-xml", present: || php_has("dom") },
    Need { package: "php-mbstring", present: || php_has("mbstring") },
];

/// What is to be run, and so what it needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// PostgreSQL and PgBouncer.
    Databases,
    /// A browser.
    Pictures,
    /// All of these, what installs the SDKs, and what identity providers run on.
    Everything,
}

/// Makes sure that the machine has what is needed.
pub(crate) fn prepare(purpose: For) -> Outcome {
    let needs: Vec<&Need> = match purpose {
        For::Databases => DATABASES.iter().collect(),
        For::Pictures => BROWSER.iter().collect(),
        For::Everything => DATABASES.iter().chain(BROWSER).chain(SDKS).chain(PEERS).collect(),
    };
    if purpose == For::Everything {
        for program in ["node", "npm", "python3"] {
            if which(program).is_none() {
                return Err(Failure::new(format!(
                    "`{program}` is not on the PATH. The tests drive the real SDKs and need Node.js 20 \
                     and Python 3; `cargo xtask test --fast` does without."
                )));
            }
        }
    }
    let missing = missing(&needs);
    if missing.is_empty() {
        return Ok(());
    }
    step(&format!("Installing what this machine lacks: {}", missing.join(", ")));
    install(&missing)?;
    match self::missing(&needs).as_slice() {
        [] => Ok(()),
        still => Err(Failure::new(format!(
            "{} installed, and yet what it brings is not found: is there another one in its place?",
            still.join(", ")
        ))),
    }
}

/// Unpacks a package into a folder without installing it, for what would start a server of its own.
pub(crate) fn unpack(package: &str, folder: &Path) -> Outcome {
    let download = || {
        let mut command = Command::new("apt-get");
        command.args(["--quiet", "download", package]).current_dir(folder);
        command
    };
    if !succeeds(&mut download()) {
        // A machine that never asked for Debian's lists, or long ago.
        let privilege = Privilege::find();
        let privilege = privilege.ok_or_else(|| Failure::new(format!("{package} cannot be downloaded.")))?;
        run(privilege.apt_get().arg("update"))?;
        run(&mut download())?;
    }
    let script = format!("dpkg-deb -x {package}_*.deb unpacked");
    run(Command::new("sh").args(["-c", &script]).current_dir(folder))
}

fn missing(needs: &[&Need]) -> Vec<&'static str> {
    needs.iter().filter(|need| !(need.present)()).map(|need| need.package).collect()
}

fn install(packages: &[&str]) -> Outcome {
    let by_hand = format!("apt-get update && apt-get install --yes {}", packages.join(" "));
    if which("apt-get").is_none() {
        return Err(Failure::new(format!(
            "This machine lacks {} and is not a Debian that could install them. On Debian: {by_hand}",
            packages.join(", ")
        )));
    }
    let Some(privilege) = Privilege::find() else {
        return Err(Failure::new(format!(
            "This machine lacks {} and we may not install them: run `{by_hand}` as root first.",
            packages.join(", ")
        )));
    };
    run(privilege.apt_get().arg("update"))?;
    let mut install = privilege.apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    run(&mut install)
}

/// How we come to be allowed to install.
#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn find() -> Option<Self> {
        if is_root() {
            Some(Self::Root)
        } else if succeeds(Command::new("sudo").args(["--non-interactive", "true"])) {
            Some(Self::Sudo)
        } else {
            None
        }
    }

    fn apt_get(self) -> Command {
        let mut command = match self {
            Self::Root => Command::new("env"),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["--non-interactive", "env"]);
                sudo
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
        command
    }
}

/// Whether this process is the superuser's: its own entry under `/proc` belongs to it.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

/// Debian keeps the server's programs off the `PATH`, in a folder for each version.
fn postgresql_is_present() -> bool {
    which("initdb").is_some()
        || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
            versions.flatten().any(|version| version.path().join("bin/initdb").is_file())
        })
}

/// Debian splits what makes virtual environments from Python itself.
fn python_makes_environments() -> bool {
    succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]).current_dir(Path::new("/")))
}

/// Whether PHP has an extension.
fn php_has(extension: &str) -> bool {
    succeeds(Command::new("php").args(["-r", &format!("exit(extension_loaded('{extension}') ? 0 : 1);")]))
}
