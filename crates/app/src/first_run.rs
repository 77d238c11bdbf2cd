//! The first start on an empty SQLite database: something to click within a minute.

use std::io::Write;

use vestibule_application::ambient::Ambient;
use vestibule_application::caller::Caller;
use vestibule_application::ports::store::Store;
use vestibule_application::usecase;
use vestibule_application::usecases::add_organization_domain::{
    AddOrganizationDomain, AddOrganizationDomainCommand,
};
use vestibule_application::usecases::bootstrap::{Bootstrap, BootstrapError, Bootstrapped};
use vestibule_application::usecases::mint_link::{MintLink, MintLinkCommand};
use vestibule_domain::audit::Actor;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::intent::Intent;
use vestibule_domain::language::Language;
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::redirect::LinkRedirects;

use crate::bootstrap::{BootstrapArguments, command};
use crate::{Failure, logging};

/// The domain of the first organization. Nobody can own it. Source: RFC 2606, section 2.
const DOMAIN: &str = "customer.example";

/// Makes a sandbox with an organization if the database is empty, and prints what to click.
pub(crate) async fn welcome(store: &dyn Store, ambient: &Ambient) -> Result<(), Failure> {
    let (order, password) = command(&BootstrapArguments::for_first_run(), ambient).await?;
    let case = Bootstrap { ambient: ambient.clone() };
    let made = match usecase::run(store, &case, order).await {
        Ok(made) => made,
        Err(BootstrapError::NotEmpty) => return Ok(()),
        Err(error) => return Err(Failure::Other(logging::chain(&error))),
    };
    domain(store, ambient, &made).await?;
    let link = link(store, ambient, &made).await?;
    let text = greeting(ambient.addresses.public_url(), &made, &password, &link);
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::other("cannot print", &error))
}

/// Gives the organization a domain, without which nobody could sign in to it.
async fn domain(store: &dyn Store, ambient: &Ambient, made: &Bootstrapped) -> Result<(), Failure> {
    let (Some((environment, _)), Some(organization)) = (made.environments.first(), &made.organization) else {
        return Err(Failure::Other("the first run made no organization".into()));
    };
    let domain = DomainName::parse(DOMAIN).map_err(|error| Failure::Other(format!("{DOMAIN} {error}")))?;
    let order = AddOrganizationDomainCommand {
        caller: Caller { environment: environment.clone().into(), actor: Actor::system() },
        organization_id: organization.id,
        claimed: ClaimedDomain { domain, claim: DomainClaim::Verified },
    };
    usecase::run(store, &AddOrganizationDomain { ambient: ambient.clone() }, order)
        .await
        .map_err(|error| Failure::Other(logging::chain(&error)))?;
    Ok(())
}

async fn link(store: &dyn Store, ambient: &Ambient, made: &Bootstrapped) -> Result<String, Failure> {
    let (Some((environment, _)), Some(organization)) = (made.environments.first(), &made.organization) else {
        return Err(Failure::Other("the first run made no organization".into()));
    };
    let caller = Caller { environment: environment.clone().into(), actor: Actor::system() };
    let order = MintLinkCommand {
        caller,
        organization_id: organization.id,
        kind: LinkKind::Token,
        intents: vec![Intent::Sso],
        redirects: LinkRedirects::default(),
        admins: Vec::new(),
        mail_to: Vec::new(),
        language: Language::default(),
        external_user_id: None,
        provider_hint: None,
        life: None,
    };
    let minted = usecase::run(store, &MintLink { ambient: ambient.clone() }, order)
        .await
        .map_err(|error| Failure::Other(logging::chain(&error)))?;
    Ok(ambient.addresses.portal_link(&minted.token))
}

fn greeting(public_url: &str, made: &Bootstrapped, password: &str, link: &str) -> String {
    let key = made.environments.first().map_or("", |(_, key)| key.expose());
    let organization = made.organization.as_ref().map(|o| o.id.to_string()).unwrap_or_default();
    format!(
        "\n\
         Vestibule made a sandbox with an organization to try things out.\n\
         \n\
         Your API key, shown this once:\n\
         \n  {key}\n\
         \n\
         Your own dashboard is {public_url}/dashboard; its first admin, shown this once:\n\
         \n  {email}  {password}\n\
         \n\
         Open this link as your customer's IT admin would (it works for 24 hours):\n\
         \n  {link}\n\
         \n\
         To see the whole round trip without an identity provider, choose \"Test identity provider\" there,\n\
         then \"Test sign-in\" on the page that follows.\n\
         \n\
         Mint another:\n\
         \n  curl -X POST {public_url}/v1/sso/admin-portal/tokens \\\n    -H 'Authorization: Bearer {key}' \\\n    -H 'Content-Type: application/json' \\\n    -d '{{\"organization_id\":\"{organization}\"}}'\n\
         \n",
        email = made.member.email,
    )
}
