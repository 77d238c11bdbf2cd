//! Vestibule inside another program: the domain, the use cases and the in-memory store, nothing
//! else. Run with `cargo run -p vestibule-application --example embed`.

use std::io::Write as _;
use std::sync::Arc;

use time::macros::datetime;
use vestibule_application::addresses::Addresses;
use vestibule_application::ambient::Ambient;
use vestibule_application::caller::Caller;
use vestibule_application::ports::ambient::{Clock, Entropy, Vault, VaultError};
use vestibule_application::ports::store::Store;
use vestibule_application::usecase;
use vestibule_application::usecases::begin_visit::{BeginVisit, BeginVisitCommand};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapCommand, Company, NewEnvironment};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand};
use vestibule_domain::Instant;
use vestibule_domain::audit::Actor;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::Sealed;
use vestibule_domain::text::Name;
use vestibule_store_memory::MemoryStore;

/// The host program's clock; here one that stands.
struct HostClock;

impl Clock for HostClock {
    fn now(&self) -> Instant {
        datetime!(2026-11-21 12:00 UTC)
    }
}

/// The host program's random source. A counter, so that the example prints the same each time: a
/// real program passes the system's cryptographic source.
#[derive(Default)]
struct HostEntropy(std::sync::atomic::AtomicU8);

impl Entropy for HostEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

/// The host program keeps no secrets at rest in this example, so nothing is ever opened.
struct NoVault;

impl Vault for NoVault {
    fn seal(&self, _context: &str, _plaintext: &[u8]) -> Sealed {
        Sealed::from_bytes(Vec::new())
    }

    fn open(&self, _context: &str, _sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        Err(VaultError::Refused)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let ambient = Ambient {
        clock: Arc::new(HostClock),
        entropy: Arc::new(HostEntropy::default()),
        vault: Arc::new(NoVault),
        addresses: Addresses::new("https://portal.example.com"),
    };
    let order = BootstrapCommand {
        company: Company::First,
        team_name: Name::parse("Host")?,
        member_email: EmailAddress::parse("admin@host.example")?,
        member_password_hash: "unused".into(),
        environments: vec![NewEnvironment {
            kind: EnvironmentKind::Sandbox,
            name: Name::parse("Sandbox")?,
            default_return_url: None,
            redirect_uris: Vec::new(),
        }],
        organization_name: Some(Name::parse("Acme")?),
    };
    let made = usecase::run(&*store, &Bootstrap { ambient: ambient.clone() }, order).await?;
    let (Some((environment, _)), Some(organization)) =
        (made.environments.into_iter().next(), made.organization)
    else {
        return Err("the bootstrap made no organization".into());
    };
    let order = MintLinkCommand {
        caller: Caller { environment: Arc::new(environment), actor: Actor::system() },
        organization_id: organization.id,
        kind: LinkKind::Launch,
        intents: vec![Intent::Sso],
        redirects: LinkRedirects::default(),
        admins: Vec::new(),
        mail_to: Vec::new(),
        language: Language::default(),
        external_user_id: None,
        provider_hint: None,
        life: None,
    };
    let minted = usecase::run(&*store, &MintLink { ambient: ambient.clone() }, order).await?;
    let begin = BeginVisit { ambient: ambient.clone() };
    let command = BeginVisitCommand { token: minted.token, admin: None };
    let visit = usecase::run(&*store, &begin, command.clone()).await?;
    let second = usecase::run(&*store, &begin, command).await;
    let mut out = std::io::stdout().lock();
    writeln!(out, "minted {} for {}", minted.link.id, organization.name)?;
    writeln!(out, "opened as {}", visit.session.id)?;
    writeln!(out, "opened again: {}", second.err().map_or("yes".into(), |error| error.to_string()))?;
    Ok(())
}
