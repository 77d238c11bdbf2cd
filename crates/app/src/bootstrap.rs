//! `vestibule bootstrap`: a team, its admin, environments and API keys.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use serde_json::json;
use vestibule_application::ambient::Ambient;
use vestibule_application::ports::ambient::PasswordHasher;
use vestibule_application::usecase;
use vestibule_application::usecases::bootstrap::{
    Bootstrap, BootstrapCommand, BootstrapError, Bootstrapped, Company, NewEnvironment,
};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use vestibule_domain::redirect_uri::{REDIRECT_URIS_MAX, RedirectUri};
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;
use vestibule_secrets::Argon2Hasher;

use crate::config::Config;
use crate::{Failure, logging, wiring};

/// Random bytes of a first password: 144 bits, 24 characters.
const PASSWORD_BYTES: usize = 18;

// It is one that its owner might choose.
const _: () =
    assert!(PASSWORD_BYTES * 4 / 3 >= PASSWORD_CHARS_MIN && PASSWORD_BYTES * 4 / 3 <= PASSWORD_CHARS_MAX);

/// What `bootstrap` can be told.
#[derive(Debug, Default, Args)]
pub(crate) struct BootstrapArguments {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Make a production environment as well.
    #[arg(long)]
    production: bool,
    /// Add another team to a database that has one.
    #[arg(long)]
    force: bool,
    /// Where the portal sends people back to by default.
    #[arg(long)]
    return_url: Option<String>,
    /// Where sign-ins may send people back to; may be given several times.
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// The team's name.
    #[arg(long, default_value = "My team")]
    team: String,
    /// The admin's address; one that no other member has is made up otherwise.
    #[arg(long)]
    email: Option<String>,
    #[arg(skip)]
    organization: Option<&'static str>,
}

impl BootstrapArguments {
    /// A team with an organization to try things out with.
    pub(crate) fn for_first_run() -> Self {
        Self { team: "Example Product".into(), organization: Some("Example Customer"), ..Self::default() }
    }
}

fn wrong(flag: &str, reason: impl std::fmt::Display) -> Failure {
    Failure::Configuration(format!("--{flag} {reason}"))
}

/// The use case's command, with the admin's password in the clear.
pub(crate) async fn command(
    arguments: &BootstrapArguments,
    ambient: &Ambient,
) -> Result<(BootstrapCommand, String), Failure> {
    let mut random = [0; PASSWORD_BYTES];
    ambient.entropy.fill(&mut random);
    let password = URL_SAFE_NO_PAD.encode(random);
    let clear = password.clone();
    let member_password_hash = tokio::task::spawn_blocking(move || Argon2Hasher::new().hash(&clear))
        .await
        .map_err(|error| Failure::other("hashing failed", &error))?;
    let mut environments = vec![environment(arguments, EnvironmentKind::Sandbox, "Sandbox")?];
    if arguments.production {
        environments.push(environment(arguments, EnvironmentKind::Production, "Production")?);
    }
    let made_up = || {
        let mut tail = [0; 4];
        ambient.entropy.fill(&mut tail);
        format!("admin-{:08x}@vestibule.invalid", u32::from_be_bytes(tail))
    };
    let email = arguments.email.clone().unwrap_or_else(made_up);
    let command = BootstrapCommand {
        company: if arguments.force { Company::Another } else { Company::First },
        team_name: Name::parse(&arguments.team).map_err(|error| wrong("team", error))?,
        member_email: EmailAddress::parse(&email).map_err(|error| wrong("email", error))?,
        member_password_hash,
        environments,
        organization_name: arguments
            .organization
            .map(|name| Name::parse(name).map_err(|error| wrong("organization", error)))
            .transpose()?,
    };
    Ok((command, password))
}

fn environment(
    arguments: &BootstrapArguments,
    kind: EnvironmentKind,
    name: &str,
) -> Result<NewEnvironment, Failure> {
    if arguments.redirect_uri.len() > REDIRECT_URIS_MAX {
        return Err(wrong("redirect-uri", format!("may be given at most {REDIRECT_URIS_MAX} times")));
    }
    // A loopback address is for trying things out: it is registered with the sandbox, and left out
    // of production, where nothing could ever be sent to it.
    let loopback_only = |raw: &str, for_kind: bool| !for_kind && raw.starts_with("http://");
    let default_return_url = match arguments.return_url.as_deref() {
        Some(raw) => match ReturnUrl::parse(raw, kind) {
            Ok(url) => Some(url),
            Err(_)
                if loopback_only(raw, kind == EnvironmentKind::Sandbox)
                    && ReturnUrl::parse(raw, EnvironmentKind::Sandbox).is_ok() =>
            {
                None
            }
            Err(error) => return Err(wrong("return-url", error)),
        },
        None => None,
    };
    let mut redirect_uris = Vec::new();
    for raw in &arguments.redirect_uri {
        match RedirectUri::parse(raw, kind) {
            Ok(uri) => redirect_uris.push(uri),
            Err(_)
                if loopback_only(raw, kind == EnvironmentKind::Sandbox)
                    && RedirectUri::parse(raw, EnvironmentKind::Sandbox).is_ok() => {}
            Err(error) => return Err(wrong("redirect-uri", error)),
        }
    }
    Ok(NewEnvironment {
        kind,
        name: Name::parse(name).map_err(|error| wrong("team", error))?,
        default_return_url,
        redirect_uris,
    })
}

/// Runs `bootstrap`.
pub(crate) async fn run(config: &Config, arguments: BootstrapArguments) -> Result<(), Failure> {
    let ambient = wiring::ambient(config, config.bind)?;
    let store = wiring::connect(config).await?;
    store
        .migrate(ambient.now())
        .await
        .map_err(|error| Failure::other("the schema cannot be brought up to date", &error))?;
    let (order, password) = command(&arguments, &ambient).await?;
    let case = Bootstrap { ambient: ambient.clone() };
    let made = usecase::run(&store, &case, order).await.map_err(|error| match error {
        BootstrapError::NotEmpty => {
            Failure::Other("this database already has a team; --force adds another".into())
        }
        other => Failure::Other(logging::chain(&other)),
    })?;
    let text = describe(&arguments, &ambient, &made, &password);
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::other("cannot print", &error))
}

fn describe(
    arguments: &BootstrapArguments,
    ambient: &Ambient,
    made: &Bootstrapped,
    password: &str,
) -> String {
    let dashboard_url = format!("{}/dashboard", ambient.addresses.public_url());
    let one = |kind| made.environments.iter().find(|(environment, _)| environment.kind == kind);
    let Some((environment, key)) = one(EnvironmentKind::Sandbox) else { return String::new() };
    let mut object = json!({
        "team_id": made.team.id.to_string(),
        "environment_id": environment.id.to_string(),
        "client_id": environment.client_id.to_string(),
        "api_key": key.expose(),
        "dashboard_url": dashboard_url,
        "member_email": made.member.email.as_str(),
        "member_password": password,
    });
    if let Some((environment, key)) = one(EnvironmentKind::Production) {
        object["production"] = json!({
            "environment_id": environment.id.to_string(),
            "client_id": environment.client_id.to_string(),
            "api_key": key.expose(),
        });
    }
    if arguments.json {
        return format!("{object}\n");
    }
    let keys: Vec<String> = made
        .environments
        .iter()
        .map(|(environment, key)| {
            format!(
                "  {}  {}  {}\n    API key {}\n",
                environment.name,
                environment.id,
                environment.client_id,
                key.expose()
            )
        })
        .collect();
    let (keys, email) = (keys.concat(), &made.member.email);
    format!("Shown this once:\n\n{keys}\n  {dashboard_url}  {email} / {password}\n")
}
