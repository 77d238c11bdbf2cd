//! `vestibule environment`: settings of one environment.

use std::io::Write;

use clap::{Args, ValueEnum};
use vestibule_application::usecase;
use vestibule_application::usecases::set_address_rule::{
    SetAddressRule, SetAddressRuleCommand, SetAddressRuleError,
};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::audit::Actor;
use vestibule_domain::id::EnvironmentId;

use crate::config::Config;
use crate::{Failure, logging, wiring};

/// What can be set.
#[derive(Debug, Args)]
pub(crate) struct EnvironmentArguments {
    /// The environment's id (environment_…).
    id: String,
    /// Whether admins whom a link does not name may just say who they are, or prove an address by
    /// a code.
    #[arg(long, value_enum)]
    admin_addresses: AdminAddresses,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AdminAddresses {
    /// They may say who they are.
    Stated,
    /// They prove an address.
    Confirmed,
}

/// Runs `environment`.
pub(crate) async fn run(config: &Config, arguments: EnvironmentArguments) -> Result<(), Failure> {
    let environment_id: EnvironmentId =
        arguments.id.parse().map_err(|error| Failure::Configuration(format!("{}: {error}", arguments.id)))?;
    let addresses = match arguments.admin_addresses {
        AdminAddresses::Stated => AddressRule::Stated,
        AdminAddresses::Confirmed => AddressRule::Confirmed,
    };
    let ambient = wiring::ambient(config, config.bind)?;
    let store = wiring::connect(config).await?;
    let command = SetAddressRuleCommand { actor: Actor::system(), environment_id, addresses };
    let environment =
        usecase::run(&store, &SetAddressRule { ambient }, command).await.map_err(|error| match error {
            SetAddressRuleError::Unknown => Failure::Other(format!("{environment_id}: {error}")),
            SetAddressRuleError::Store(_) => Failure::Other(logging::chain(&error)),
        })?;
    let text = match environment.addresses {
        AddressRule::Stated => "admins may say who they are",
        AddressRule::Confirmed => "admins prove an address by a code",
    };
    writeln!(std::io::stdout(), "{} ({}): {text}", environment.id, environment.name)
        .map_err(|error| Failure::other("cannot print", &error))
}
