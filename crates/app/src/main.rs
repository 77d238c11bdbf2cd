//! The `vestibule` binary: configuration and wiring, no decisions.

mod bootstrap;
mod brand;
mod check;
mod config;
mod connections;
mod environment;
mod first_run;
mod keys;
mod logging;
mod member;
mod serve;
mod social;
#[cfg(debug_assertions)]
mod stand_in;
mod wiring;
mod workers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Settings};

/// A self-hostable Admin Portal: your customers' IT admins set up single sign-on themselves.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves (the default).
    Serve,
    /// Brings the database's schema up to date.
    Migrate,
    /// Makes a team, its admin, environments and API keys on an empty database.
    Bootstrap(bootstrap::BootstrapArguments),
    /// Changes the settings of an environment.
    Environment(environment::EnvironmentArguments),
    /// Changes how an environment presents itself to customers.
    Brand(brand::BrandArguments),
    /// Lets a member in who lost their second factor or password, and whom no admin can help.
    Member(member::MemberArguments),
    /// Says what is wrong with configuration, database and mail, and changes nothing.
    Check,
    /// Manages the key that seals secrets at rest.
    Key {
        #[command(subcommand)]
        command: keys::KeyCommand,
    },
}

/// Why the process ends without having done what it was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The configuration is at fault; exit code 2.
    #[error("{0}")]
    Configuration(String),
    /// Anything else; exit code 1.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    fn other(what: &str, error: &dyn std::error::Error) -> Self {
        Self::Other(format!("{what}: {}", logging::chain(error)))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    logging::init();
    // Two TLS-capable crypto libraries are in the tree; rustls panics unless one is chosen.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed already");
    }
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tracing::error!("{failure}");
            match failure {
                Failure::Configuration(_) => ExitCode::from(2),
                Failure::Other(_) => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = Config::load(arguments.settings)?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(config).await,
        Command::Migrate => serve::migrate(&config).await,
        Command::Bootstrap(arguments) => bootstrap::run(&config, arguments).await,
        Command::Environment(arguments) => environment::run(&config, arguments).await,
        Command::Brand(arguments) => brand::run(&config, &arguments).await,
        Command::Member(arguments) => member::run(&config, arguments).await,
        Command::Check => check::run(&config).await,
        Command::Key { command } => keys::run(&config, &command),
    }
}
