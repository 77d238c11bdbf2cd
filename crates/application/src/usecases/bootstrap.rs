//! Makes a team with its first member, environments and API keys: the first thing on a new
//! deployment.

use async_trait::async_trait;
use vestibule_domain::admission::AddressRule;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::custom_host::CustomHosts;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::{
    ActivationRule, Branding, Environment, EnvironmentKind, PortalRedirects, SESSION_DAYS_DEFAULT,
};
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::member::{Member, MemberRole, PasswordAttempts};
use vestibule_domain::organization::{Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::redirect_uri::RedirectUri;
use vestibule_domain::secret::SecretText;
use vestibule_domain::team::Team;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::text::Name;
use vestibule_domain::url::ReturnUrl;

use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::store::{Conflict, StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Makes a team.
pub struct Bootstrap {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// Whether a team may stand beside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Only on an empty deployment.
    First,
    /// Beside others.
    Another,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct BootstrapCommand {
    /// Whether other teams may exist.
    pub company: Company,
    /// The team's name.
    pub team_name: Name,
    /// Address of the first member.
    pub member_email: EmailAddress,
    /// Hash of their password.
    pub member_password_hash: String,
    /// The environments to make.
    pub environments: Vec<NewEnvironment>,
    /// An organization to begin with in the first environment.
    pub organization_name: Option<Name>,
}

/// An environment to be made.
#[derive(Clone, Debug)]
pub struct NewEnvironment {
    /// Its kind.
    pub kind: EnvironmentKind,
    /// Its name.
    pub name: Name,
    /// Its default return URL.
    pub default_return_url: Option<ReturnUrl>,
    /// Where sign-ins may send people back to.
    pub redirect_uris: Vec<RedirectUri>,
}

/// What was made. The keys are shown once, here.
#[derive(Clone, Debug)]
pub struct Bootstrapped {
    /// The team.
    pub team: Team,
    /// The first member.
    pub member: Member,
    /// The environments with the text of their API keys.
    pub environments: Vec<(Environment, SecretText)>,
    /// The organization to begin with.
    pub organization: Option<Organization>,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The deployment has a team.
    #[error("this database already has a team")]
    NotEmpty,
    /// Another team has a member with this address.
    #[error("a member with this e-mail address exists")]
    MemberExists,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for BootstrapError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

#[async_trait]
impl UseCase for Bootstrap {
    type Command = BootstrapCommand;
    type Outcome = Bootstrapped;
    type Error = BootstrapError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BootstrapCommand,
    ) -> Result<Bootstrapped, BootstrapError> {
        let now = self.ambient.now();
        if command.company == Company::First && work.accounts().any_team().await? {
            return Err(BootstrapError::NotEmpty);
        }
        let team = Team { id: self.ambient.id(now), name: command.team_name, created_at: now };
        work.accounts().insert_team(&team).await?;
        let member = Member {
            id: self.ambient.id(now),
            team_id: team.id,
            email: command.member_email,
            name: None,
            password_hash: command.member_password_hash,
            role: MemberRole::Admin,
            attempts: PasswordAttempts::default(),
            created_at: now,
        };
        work.accounts().insert_member(&member).await.map_err(|error| match error {
            StoreError::Conflict(Conflict::MemberEmail) => BootstrapError::MemberExists,
            other => other.into(),
        })?;
        let mut environments = Vec::with_capacity(command.environments.len());
        for new in command.environments {
            environments.push(self.environment(work, &team, new).await?);
        }
        let organization = match (command.organization_name, environments.first()) {
            (Some(name), Some((environment, _))) => {
                Some(self.organization(work, environment.id, name).await?)
            }
            _ => None,
        };
        Ok(Bootstrapped { team, member, environments, organization })
    }
}

impl Bootstrap {
    async fn environment(
        &self,
        work: &mut dyn UnitOfWork,
        team: &Team,
        new: NewEnvironment,
    ) -> Result<(Environment, SecretText), StoreError> {
        let now = self.ambient.now();
        let environment = Environment {
            id: self.ambient.id(now),
            team_id: team.id,
            kind: new.kind,
            name: new.name,
            client_id: self.ambient.id(now),
            redirects: PortalRedirects {
                default_return_url: new.default_return_url,
                success_urls: Vec::new(),
            },
            redirect_uris: new.redirect_uris,
            // The customer knows the vendor, not the vendor's word for an environment.
            branding: Branding { product_name: Some(team.name.clone()), ..Branding::default() },
            activation: ActivationRule::default(),
            session_days: SESSION_DAYS_DEFAULT,
            addresses: AddressRule::default(),
            custom_attributes: CustomAttributes::default(),
            hosts: CustomHosts::default(),
            test_provider: TestProviderRule::default(),
            created_at: now,
        };
        work.accounts().insert_environment(&environment).await?;
        let scene = Scene { environment_id: environment.id, actor: Actor::system(), now };
        let (key, text) = ApiKey::issue(
            self.ambient.id(now),
            (environment.id, environment.kind),
            environment.name.clone(),
            self.ambient.token_bytes(),
            now,
        );
        work.accounts().insert_api_key(&key).await?;
        for (action, target) in [
            (AuditAction::EnvironmentCreated, ("environment", environment.id.to_string())),
            (AuditAction::ApiKeyCreated, ("api_key", key.id.to_string())),
        ] {
            let deed = Deed { action, organization_id: None, target, details: Vec::new() };
            chronicle::record(work, &self.ambient, &scene, deed).await?;
        }
        Ok((environment, text))
    }

    async fn organization(
        &self,
        work: &mut dyn UnitOfWork,
        environment_id: EnvironmentId,
        name: Name,
    ) -> Result<Organization, StoreError> {
        let now = self.ambient.now();
        let organization = Organization {
            id: self.ambient.id(now),
            environment_id,
            slug: Slug::of_name(&name),
            name,
            external_id: None,
            metadata: Metadata::default(),
            stripe_customer_id: None,
            profiles: ProfileRule::default(),
            created_at: now,
            updated_at: now,
        };
        work.organizations().insert(&organization).await?;
        let scene = Scene { environment_id, actor: Actor::system(), now };
        let deed = Deed {
            action: AuditAction::OrganizationCreated,
            organization_id: Some(organization.id),
            target: ("organization", organization.id.to_string()),
            details: Vec::new(),
        };
        chronicle::record(work, &self.ambient, &scene, deed).await?;
        Ok(organization)
    }
}
