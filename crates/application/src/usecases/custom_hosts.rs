//! Adds, checks and takes away hosts of an environment.

use async_trait::async_trait;
use vestibule_domain::audit::{Actor, AuditAction};
use vestibule_domain::custom_host::{CustomHost, CustomHosts, HostProblem, HostPurpose, HostState};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::job::{Job, Task};
use vestibule_domain::readout::Readout;

use crate::addresses::Addresses;
use crate::ambient::Ambient;
use crate::chronicle::{self, Deed, Scene};
use crate::ports::dns::Dns;
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::{Contended, UseCase};

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum CustomHostError {
    /// No such environment, or no host of the purpose.
    #[error("there is no such host")]
    Unknown,
    /// The purpose has a host.
    #[error("has a host already; remove it first")]
    Present,
    /// The deployment's own host.
    #[error("is this deployment’s own host")]
    Own,
    /// Another environment uses the host.
    #[error("belongs to another environment")]
    Taken,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Contended for CustomHostError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_contended())
    }
}

fn deed(action: AuditAction, host: &CustomHost) -> Deed {
    let details = vec![("purpose", host.purpose.as_str().to_owned())];
    Deed { action, organization_id: None, target: ("custom_domain", host.host.to_string()), details }
}

/// What can change of a host.
fn readout(host: &CustomHost) -> Readout {
    Readout::default().with("host", &host.host).with("state", word(&host.state))
}

/// Adds a host, which waits for its records.
pub struct AddCustomHost {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct AddCustomHostCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// What for.
    pub purpose: HostPurpose,
    /// Which.
    pub host: DomainName,
}

#[async_trait]
impl UseCase for AddCustomHost {
    type Command = AddCustomHostCommand;
    type Outcome = Environment;
    type Error = CustomHostError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddCustomHostCommand,
    ) -> Result<Environment, CustomHostError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let mut environment = held.ok_or(CustomHostError::Unknown)?;
        if environment.hosts.get(command.purpose).is_some() {
            return Err(CustomHostError::Present);
        }
        if self.ambient.addresses.host().is_some_and(|own| own == command.host.as_str()) {
            return Err(CustomHostError::Own);
        }
        let owner = work.accounts().host_owner(&command.host).await?;
        if owner.is_some_and(|owner| owner != environment.id) {
            return Err(CustomHostError::Taken);
        }
        let now = self.ambient.now();
        let host = CustomHost::new(command.purpose, command.host, self.ambient.token_bytes(), now);
        environment.hosts.put(host.clone());
        work.accounts().update_environment(&environment).await?;
        let scene = Scene { environment_id: environment.id, actor: command.actor, now };
        let deed = deed(AuditAction::CustomDomainCreated, &host);
        let changes = Readout::default().changes(&readout(&host));
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        let next = environment.hosts.next_check(now);
        work.outbox().enqueue(Job::standing(environment.id, Task::CheckHosts(environment.id), next)).await?;
        Ok(environment)
    }
}

/// Takes a host away; links that name it lead to ours from then on.
pub struct RemoveCustomHost {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct RemoveCustomHostCommand {
    /// Who asks.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// The host of which purpose.
    pub purpose: HostPurpose,
}

#[async_trait]
impl UseCase for RemoveCustomHost {
    type Command = RemoveCustomHostCommand;
    type Outcome = Environment;
    type Error = CustomHostError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: RemoveCustomHostCommand,
    ) -> Result<Environment, CustomHostError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let mut environment = held.ok_or(CustomHostError::Unknown)?;
        let removed = environment.hosts.remove(command.purpose).ok_or(CustomHostError::Unknown)?;
        release(work, &environment, &removed.host).await?;
        work.accounts().update_environment(&environment).await?;
        let now = self.ambient.now();
        let scene = Scene { environment_id: environment.id, actor: command.actor, now };
        let deed = deed(AuditAction::CustomDomainDeleted, &removed);
        let changes = readout(&removed).changes(&Readout::default());
        chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
        Ok(environment)
    }
}

/// Lets others have a host that the environment does not use any more.
async fn release(
    work: &mut dyn UnitOfWork,
    environment: &Environment,
    host: &DomainName,
) -> Result<(), StoreError> {
    if environment.hosts.uses(host) {
        return Ok(());
    }
    work.accounts().release_host(host, environment.id).await
}

/// What was found of a host.
#[derive(Clone, Debug)]
pub struct HostFinding {
    /// What it is for.
    pub purpose: HostPurpose,
    /// Its token, which tells it from another that was added meanwhile.
    pub token: String,
    /// What is lacking, or nothing.
    pub found: Result<(), HostProblem>,
}

/// Looks up the records of hosts. Not inside a unit of work.
pub async fn look_up(dns: &dyn Dns, addresses: &Addresses, hosts: &CustomHosts) -> Vec<HostFinding> {
    let mut findings = Vec::new();
    for host in hosts.iter() {
        let found = records(dns, addresses, host).await;
        findings.push(HostFinding { purpose: host.purpose, token: host.token.clone(), found });
    }
    findings
}

async fn records(dns: &dyn Dns, addresses: &Addresses, host: &CustomHost) -> Result<(), HostProblem> {
    let unanswered = |error| {
        tracing::info!(error = %error, "the records of a custom domain were not answered for");
        HostProblem::NoAnswer
    };
    let texts = dns.texts(&host.proof_name()).await.map_err(unanswered)?.unwrap_or_default();
    let wanted = host.proof_text();
    if !texts.iter().any(|text| text.trim() == wanted) {
        return Err(HostProblem::NoProof);
    }
    if host.purpose.is_visited() {
        let alias = dns.alias(host.host.as_str()).await.map_err(unanswered)?;
        if alias.as_deref() != addresses.host() {
            return Err(HostProblem::NoAlias);
        }
    }
    Ok(())
}

/// Notes what was found of hosts.
pub struct NoteHosts {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct NoteHostsCommand {
    /// Who had them looked at.
    pub actor: Actor,
    /// Of which environment.
    pub environment_id: EnvironmentId,
    /// What was found.
    pub findings: Vec<HostFinding>,
}

#[async_trait]
impl UseCase for NoteHosts {
    type Command = NoteHostsCommand;
    type Outcome = Environment;
    type Error = CustomHostError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: NoteHostsCommand,
    ) -> Result<Environment, CustomHostError> {
        let held = work.accounts().lock_environment(command.environment_id).await?;
        let mut environment = held.ok_or(CustomHostError::Unknown)?;
        let now = self.ambient.now();
        let scene = Scene { environment_id: environment.id, actor: command.actor, now };
        for HostFinding { purpose, token, mut found } in command.findings {
            let Some(before) = environment.hosts.get(purpose).filter(|host| host.token == token).cloned()
            else {
                continue;
            };
            if found.is_ok() && !work.accounts().claim_host(&before.host, environment.id).await? {
                found = Err(HostProblem::Taken);
            }
            let after = before.clone().checked(found, now);
            let changes = readout(&before).changes(&readout(&after));
            environment.hosts.put(after.clone());
            if before.is_active() && !after.is_active() {
                release(work, &environment, &after.host).await?;
            }
            if !changes.is_empty() {
                let deed = deed(AuditAction::CustomDomainUpdated, &after);
                chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
            }
        }
        work.accounts().update_environment(&environment).await?;
        Ok(environment)
    }
}

fn word(state: &HostState) -> &'static str {
    match state {
        HostState::Pending { .. } => "pending",
        HostState::Active { .. } => "active",
        HostState::Failed { .. } => "failed",
    }
}
