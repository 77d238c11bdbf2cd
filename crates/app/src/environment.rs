//! `vestibule environment`: settings of one environment.

use std::io::Write;

use clap::{Args, ValueEnum};
use vestibule_application::usecase;
use vestibule_application::usecases::set_address_rule::{
    SetAddressRule, SetAddressRuleCommand, SetAddressRuleError,
};
use vestibule_application::usecases::set_custom_attributes::{
    SetCustomAttributes, SetCustomAttributesCommand, SetCustomAttributesError,
};
use vestibule_application::usecases::set_redirect_uris::{
    SetRedirectUris, SetRedirectUrisCommand, SetRedirectUrisError,
};
use vestibule_application::usecases::set_test_provider::{
    SetTestProvider, SetTestProviderCommand, SetTestProviderError,
};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::audit::Actor;
use vestibule_domain::custom_attributes::{CustomAttribute, CustomAttributeError, CustomAttributeKey};
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::text::Name;

use crate::config::Config;
use crate::social::SocialArguments;
use crate::{Failure, logging, wiring};

/// What can be set.
#[derive(Debug, Args)]
pub(crate) struct EnvironmentArguments {
    /// The environment's id (environment_…).
    id: String,
    /// Whether admins whom a link does not name may just say who they are, or prove an address by
    /// a code.
    #[arg(
        long,
        value_enum,
        required_unless_present_any = ["attributes", "gone", "redirect_uris", "gone_uris", "test_provider", "SocialArguments"]
    )]
    admin_addresses: Option<AdminAddresses>,
    /// A custom attribute that profiles carry, and what IT admins know it by; may be repeated. One
    /// that is there gets the new label.
    #[arg(long = "attribute", id = "attributes", value_name = "KEY=LABEL", value_parser = attribute)]
    attributes: Vec<CustomAttribute>,
    /// A custom attribute to take away; may be repeated.
    #[arg(long = "remove-attribute", id = "gone", value_name = "KEY", value_parser = CustomAttributeKey::parse)]
    gone: Vec<CustomAttributeKey>,
    /// Where sign-ins may send people back to; may be repeated. The first without a wildcard is
    /// where sign-ins go that began at an identity provider.
    #[arg(long = "redirect-uri", id = "redirect_uris", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// A redirect URI to take away, as it was registered; may be repeated.
    #[arg(long = "remove-redirect-uri", id = "gone_uris", value_name = "URI")]
    gone_uris: Vec<String>,
    /// Whether a sandbox has the test identity provider.
    #[arg(long, value_enum)]
    test_provider: Option<TestProvider>,
    #[command(flatten)]
    social: SocialArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TestProvider {
    /// Developers may connect organizations to it.
    On,
    /// There is none; nobody signs in through connections that have it.
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AdminAddresses {
    /// They may say who they are.
    Stated,
    /// They prove an address.
    Confirmed,
}

/// Reads a custom attribute; one without a label is shown by its key.
fn attribute(raw: &str) -> Result<CustomAttribute, CustomAttributeError> {
    let (key, label) = raw.split_once('=').unwrap_or((raw, raw));
    Ok(CustomAttribute { key: CustomAttributeKey::parse(key.trim())?, label: Name::parse(label)? })
}

/// Runs `environment`.
pub(crate) async fn run(config: &Config, arguments: EnvironmentArguments) -> Result<(), Failure> {
    let environment_id: EnvironmentId =
        arguments.id.parse().map_err(|error| Failure::Configuration(format!("{}: {error}", arguments.id)))?;
    let ambient = wiring::ambient(config, config.bind)?;
    let store = wiring::connect(config).await?;
    let refused = |error: &dyn std::fmt::Display| Failure::Other(format!("{environment_id}: {error}"));
    if let Some(addresses) = arguments.admin_addresses {
        let addresses = match addresses {
            AdminAddresses::Stated => AddressRule::Stated,
            AdminAddresses::Confirmed => AddressRule::Confirmed,
        };
        let command = SetAddressRuleCommand { actor: Actor::system(), environment_id, addresses };
        let case = SetAddressRule { ambient: ambient.clone() };
        let environment = usecase::run(&store, &case, command).await.map_err(|error| match error {
            SetAddressRuleError::Unknown => refused(&error),
            SetAddressRuleError::Store(_) => Failure::Other(logging::chain(&error)),
        })?;
        let text = match environment.addresses {
            AddressRule::Stated => "admins may say who they are",
            AddressRule::Confirmed => "admins prove an address by a code",
        };
        say(&environment, text)?;
    }
    if let Some(switch) = arguments.test_provider {
        let test_provider = match switch {
            TestProvider::On => TestProviderRule::On,
            TestProvider::Off => TestProviderRule::Off,
        };
        let command = SetTestProviderCommand { actor: Actor::system(), environment_id, test_provider };
        let case = SetTestProvider { ambient: ambient.clone() };
        let environment = usecase::run(&store, &case, command).await.map_err(|error| match error {
            SetTestProviderError::Unknown | SetTestProviderError::Production => refused(&error),
            SetTestProviderError::Store(_) => Failure::Other(logging::chain(&error)),
        })?;
        let text = match environment.test_provider {
            TestProviderRule::On => "the test identity provider is on",
            TestProviderRule::Off => "the test identity provider is off",
        };
        say(&environment, text)?;
    }
    if !arguments.attributes.is_empty() || !arguments.gone.is_empty() {
        let command = SetCustomAttributesCommand {
            actor: Actor::system(),
            environment_id,
            remove: arguments.gone,
            define: arguments.attributes,
            made_from: None,
        };
        let case = SetCustomAttributes { ambient: ambient.clone() };
        let environment = usecase::run(&store, &case, command).await.map_err(|error| match error {
            SetCustomAttributesError::Unknown
            | SetCustomAttributesError::NotDefined(_)
            | SetCustomAttributesError::Refused(_)
            | SetCustomAttributesError::Overtaken(_) => refused(&error),
            SetCustomAttributesError::Store(_) => Failure::Other(logging::chain(&error)),
        })?;
        let held: Vec<String> = environment
            .custom_attributes
            .iter()
            .map(|attribute| format!("{} ({})", attribute.key, attribute.label))
            .collect();
        let text = if held.is_empty() {
            "no custom attributes".to_owned()
        } else {
            format!("custom attributes {}", held.join(", "))
        };
        say(&environment, &text)?;
    }
    if !arguments.redirect_uris.is_empty() || !arguments.gone_uris.is_empty() {
        let command = SetRedirectUrisCommand {
            actor: Actor::system(),
            environment_id,
            remove: arguments.gone_uris,
            register: arguments.redirect_uris,
            first: None,
            made_from: None,
        };
        let case = SetRedirectUris { ambient: ambient.clone() };
        let environment = usecase::run(&store, &case, command).await.map_err(|error| match error {
            SetRedirectUrisError::Unknown
            | SetRedirectUrisError::NotRegistered(_)
            | SetRedirectUrisError::Refused { .. }
            | SetRedirectUrisError::TooMany
            | SetRedirectUrisError::Overtaken(_) => refused(&error),
            SetRedirectUrisError::Store(_) => Failure::Other(logging::chain(&error)),
        })?;
        let held: Vec<&str> = environment.redirect_uris.iter().map(RedirectUri::as_str).collect();
        let text = if held.is_empty() {
            "no redirect URIs".to_owned()
        } else {
            format!("redirect URIs {}", held.join(", "))
        };
        say(&environment, &text)?;
    }
    for text in arguments.social.run(&ambient, &store, environment_id).await? {
        writeln!(std::io::stdout(), "{environment_id}: {text}")
            .map_err(|error| Failure::other("cannot print", &error))?;
    }
    Ok(())
}

fn say(environment: &Environment, text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{} ({}): {text}", environment.id, environment.name)
        .map_err(|error| Failure::other("cannot print", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_attribute_is_a_key_and_a_label() {
        let read = |raw| attribute(raw).map(|read| (read.key.to_string(), read.label.to_string()));
        let pair = |key: &str, label: &str| Ok((key.to_owned(), label.to_owned()));
        assert_eq!(read("cost_center=Cost center"), pair("cost_center", "Cost center"));
        assert_eq!(read("formula=a=b"), pair("formula", "a=b"));
        assert_eq!(read("department"), pair("department", "department"));
        assert_eq!(read("Department=x"), Err(CustomAttributeError::Key));
        assert!(matches!(read("department="), Err(CustomAttributeError::Label(_))));
        assert!(matches!(read("email=E-mail"), Err(CustomAttributeError::Standard(_))));
    }
}
