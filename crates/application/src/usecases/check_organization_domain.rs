//! Looks for the record that proves a domain: when somebody asks, and again and again by itself.
//!
//! [`check`] asks name servers between two units of work. The first, [`BeginDomainCheck`], notes that they
//! are about to be asked, so that nobody else asks them at the same time or much too often; the
//! second, [`NoteDomainCheck`], notes what [`look_up`] found.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::event::{Fact, FailedDomain};
use vestibule_domain::id::OrganizationDomainId;
use vestibule_domain::organization_domain::{
    DomainFailure, DomainState, Finding, FoundTexts, NotAsked, OrganizationDomain,
};
use vestibule_domain::readout::FieldChange;

use super::claims;
use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::chronicle::{self, Scene};
use crate::ports::dns::Dns;
use crate::ports::store::{Conflict, Store, StoreError, UnitOfWork};
use crate::usecase::{self, Contended, UseCase};

/// Why a domain is not checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckDomainError {
    /// No such domain in the environment.
    #[error("no such domain")]
    Unknown,
    /// It is proven.
    #[error("the domain is verified")]
    Verified,
    /// The search that was meant has ended.
    #[error("nobody looks for the domain's record any more")]
    Ended,
    /// Another organization verified the domain in this very moment.
    #[error("another organization has just verified the domain")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CheckDomainError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::OrganizationDomain) => Self::Overtaken,
            other => Self::Store(other),
        }
    }
}

impl Contended for CheckDomainError {
    fn is_contended(&self) -> bool {
        match self {
            // The next run sees the other organization's.
            Self::Overtaken => true,
            Self::Store(error) => error.is_contended(),
            Self::Unknown | Self::Verified | Self::Ended => false,
        }
    }
}

/// Notes that name servers are about to be asked about a domain. One that failed is waited for again.
pub struct BeginDomainCheck {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct BeginDomainCheckCommand {
    /// Who asks.
    pub caller: Caller,
    /// Which domain.
    pub domain_id: OrganizationDomainId,
    /// Only while the search goes on that began then; none to begin another if there is none.
    pub searched_since: Option<Instant>,
}

/// How a check of a domain begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainCheck {
    /// Ask name servers, then note what they say.
    Ask(OrganizationDomain),
    /// They were asked a moment ago: this is how the domain stands.
    JustAsked(OrganizationDomain),
}

#[async_trait]
impl UseCase for BeginDomainCheck {
    type Command = BeginDomainCheckCommand;
    type Outcome = DomainCheck;
    type Error = CheckDomainError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: BeginDomainCheckCommand,
    ) -> Result<DomainCheck, CheckDomainError> {
        let environment_id = command.caller.environment_id();
        let held = work.organization_domains().lock(environment_id, command.domain_id).await?;
        let held = held.ok_or(CheckDomainError::Unknown)?;
        if command.searched_since.is_some_and(|since| !held.is_sought() || held.search.since != since) {
            return Err(CheckDomainError::Ended);
        }
        let now = self.ambient.now();
        let before = held.state;
        let asked = match held.clone().asked(now) {
            Ok(asked) => asked,
            Err(NotAsked::JustNow) => return Ok(DomainCheck::JustAsked(held)),
            Err(NotAsked::Verified) => return Err(CheckDomainError::Verified),
        };
        work.organization_domains().update(&asked).await?;
        // There already, unless the search begins here or an earlier version added the domain.
        work.outbox().enqueue(claims::looking(&asked, now)).await?;
        if before != asked.state {
            let scene = Scene { environment_id, actor: command.caller.actor, now };
            let deed = claims::deed(AuditAction::OrganizationDomainUpdated, &asked);
            let changes = vec![FieldChange {
                field: "state".to_owned(),
                before: Some(word(before).to_owned()),
                after: Some(word(asked.state).to_owned()),
            }];
            chronicle::record_change(work, &self.ambient, &scene, deed, changes).await?;
            let fact = Fact::OrganizationDomainUpdated(asked.clone());
            chronicle::announce(work, &self.ambient, &scene, asked.organization_id, fact).await?;
        }
        Ok(DomainCheck::Ask(asked))
    }
}

fn word(state: DomainState) -> &'static str {
    match state {
        DomainState::Pending => "pending",
        DomainState::Verified { .. } => "verified",
        DomainState::Failed { .. } => "failed",
    }
}

/// How a domain stands after a check.
#[derive(Debug)]
pub enum Checked {
    /// Name servers were asked.
    Now(OrganizationDomain),
    /// They had been asked a moment before, and were not again.
    JustBefore(OrganizationDomain),
}

/// Asks name servers about a domain, and notes what they say.
pub async fn check(
    store: &dyn Store,
    dns: &dyn Dns,
    ambient: &Ambient,
    begin: BeginDomainCheckCommand,
) -> Result<Checked, CheckDomainError> {
    let BeginDomainCheckCommand { caller, domain_id, .. } = begin.clone();
    let domain = match usecase::run(store, &BeginDomainCheck { ambient: ambient.clone() }, begin).await? {
        DomainCheck::Ask(domain) => domain,
        DomainCheck::JustAsked(domain) => return Ok(Checked::JustBefore(domain)),
    };
    let found = look_up(dns, &domain).await;
    let note = NoteDomainCheckCommand { caller, domain_id, found };
    usecase::run(store, &NoteDomainCheck { ambient: ambient.clone() }, note).await.map(Checked::Now)
}

/// Asks name servers for the record of a domain, under both names that it may have. Not inside a unit
/// of work.
pub async fn look_up(dns: &dyn Dns, domain: &OrganizationDomain) -> Result<(), Finding> {
    let wanted = domain.record_text();
    let (mut texts, mut names, mut unanswered) = (Vec::new(), false, false);
    for name in domain.record_names() {
        match dns.texts(&name).await {
            // Spaces around it are the console's, not the admin's.
            Ok(Some(found)) if found.iter().any(|text| text.trim() == wanted) => return Ok(()),
            Ok(Some(found)) => {
                names = true;
                texts.extend(found);
            }
            Ok(None) => {}
            Err(error) => {
                unanswered = true;
                tracing::info!(error = %error, "the record of a domain was not answered for");
            }
        }
    }
    Err(match (texts.is_empty(), unanswered, names) {
        (false, _, _) => Finding::OtherTexts(FoundTexts::keep(texts)),
        (true, true, _) => Finding::NoAnswer,
        (true, false, true) => Finding::NoTexts,
        (true, false, false) => Finding::NoSuchName,
    })
}

/// Notes what was found of a domain; proves it, gives it up, or goes on waiting.
pub struct NoteDomainCheck {
    /// Time, chance, vault, addresses.
    pub ambient: Ambient,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct NoteDomainCheckCommand {
    /// Who asked.
    pub caller: Caller,
    /// Which domain.
    pub domain_id: OrganizationDomainId,
    /// The record, or what was there instead.
    pub found: Result<(), Finding>,
}

#[async_trait]
impl UseCase for NoteDomainCheck {
    type Command = NoteDomainCheckCommand;
    type Outcome = OrganizationDomain;
    type Error = CheckDomainError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: NoteDomainCheckCommand,
    ) -> Result<OrganizationDomain, CheckDomainError> {
        let environment = &command.caller.environment;
        let held = work.organization_domains().lock(environment.id, command.domain_id).await?;
        let held = held.ok_or(CheckDomainError::Unknown)?;
        let now = self.ambient.now();
        let before = held.state;
        // Whatever the record says: whoever proved the domain first has it until they give it away.
        let holder = work.organization_domains().holder(environment.id, &held.domain).await?;
        let noted = if holder.is_some_and(|holder| holder != held.organization_id) {
            held.taken(now)
        } else {
            held.checked(command.found, now)
        };
        work.organization_domains().update(&noted).await?;
        if before == noted.state {
            return Ok(noted);
        }
        let actor = command.caller.actor.clone();
        let scene = Scene { environment_id: environment.id, actor, now };
        match noted.state {
            DomainState::Pending => {}
            DomainState::Verified { .. } => {
                claims::tell_verified(work, &self.ambient, &scene, &noted).await?;
                let organization = noted.organization_id;
                claims::activate_waiting(work, &self.ambient, &scene, environment, organization).await?;
            }
            DomainState::Failed { why, .. } => tell_failed(work, &self.ambient, &scene, &noted, why).await?,
        }
        Ok(noted)
    }
}

async fn tell_failed(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    domain: &OrganizationDomain,
    why: DomainFailure,
) -> Result<(), StoreError> {
    let mut deed = claims::deed(AuditAction::OrganizationDomainFailed, domain);
    deed.details.push(("reason", why.as_str().to_owned()));
    chronicle::record(work, ambient, scene, deed).await?;
    let failed = FailedDomain { why, domain: domain.clone() };
    let fact = Fact::OrganizationDomainVerificationFailed(failed);
    chronicle::announce(work, ambient, scene, domain.organization_id, fact).await
}

/// Begins the search for the records of domains that a version added which did not look for them.
pub(crate) struct BeginSearches {
    /// Time, chance, vault, addresses.
    pub(crate) ambient: Ambient,
}

#[async_trait]
impl UseCase for BeginSearches {
    type Command = Vec<OrganizationDomain>;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        domains: Vec<OrganizationDomain>,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        for domain in domains {
            let held = work.organization_domains().lock(domain.environment_id, domain.id).await?;
            let Some(mut held) = held.filter(OrganizationDomain::is_sought) else { continue };
            held.search.since = now;
            work.organization_domains().update(&held).await?;
            work.outbox().enqueue(claims::looking(&held, now)).await?;
        }
        Ok(())
    }
}
