//! The record that proves a domain: looked for by itself, and when somebody asks.

use std::sync::Arc;

use time::Duration;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::add_organization_domain::{
    AddOrganizationDomain, AddOrganizationDomainCommand,
};
use vestibule_application::usecases::check_organization_domain::{
    BeginDomainCheck, BeginDomainCheckCommand, CheckDomainError, DomainCheck, NoteDomainCheck,
    NoteDomainCheckCommand, look_up,
};
use vestibule_application::usecases::delete_organization_domain::{
    DeleteOrganizationDomain, DeleteOrganizationDomainCommand,
};
use vestibule_application::usecases::vouch_for_domain::{VouchForDomain, VouchForDomainCommand};
use vestibule_application::worker::Worker;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::event::Fact;
use vestibule_domain::id::OrganizationId;
use vestibule_domain::organization_domain::{
    ASK_APART, ClaimedDomain, DomainClaim, DomainFailure, DomainState, Finding, OrganizationDomain,
    PROOF_WAIT, Proof,
};

use crate::name_servers::{NameServers, live_until, worker};
use crate::world::{START, World};

const NAME: &str = "acme.example";
const OTHER_NAME: &str = "_vestibule.acme.example";

/// A deployment whose name servers are set by hand.
struct Zone {
    world: World,
    dns: Arc<NameServers>,
    worker: Worker,
}

impl Zone {
    async fn new() -> Self {
        let world = World::new().await;
        let dns = Arc::new(NameServers::default());
        let worker = worker(&world, dns.clone());
        Self { world, dns, worker }
    }

    async fn add_to(&self, organization_id: OrganizationId, claim: DomainClaim) -> OrganizationDomain {
        let command = AddOrganizationDomainCommand {
            caller: self.world.caller.clone(),
            organization_id,
            claimed: ClaimedDomain { domain: DomainName::parse(NAME).unwrap(), claim },
        };
        let case = AddOrganizationDomain { ambient: self.world.ambient.clone() };
        self.world.run(case, command).await.unwrap()
    }

    async fn add(&self) -> OrganizationDomain {
        self.add_to(self.world.organization.id, DomainClaim::Pending).await
    }

    async fn stands(&self, domain: &OrganizationDomain) -> OrganizationDomain {
        let queries = self.world.store.queries();
        queries.organization_domain(self.world.environment_id(), domain.id).await.unwrap().unwrap()
    }

    async fn live_for(&self, time: Duration) {
        live_until(&self.world, &self.worker, self.world.ambient.now() + time).await;
    }

    async fn begin(&self, domain: &OrganizationDomain) -> Result<DomainCheck, CheckDomainError> {
        let command = BeginDomainCheckCommand {
            caller: self.world.caller.clone(),
            domain_id: domain.id,
            searched_since: None,
        };
        self.world.run(BeginDomainCheck { ambient: self.world.ambient.clone() }, command).await
    }

    async fn note(&self, domain: &OrganizationDomain, found: Result<(), Finding>) -> OrganizationDomain {
        let command =
            NoteDomainCheckCommand { caller: self.world.caller.clone(), domain_id: domain.id, found };
        let case = NoteDomainCheck { ambient: self.world.ambient.clone() };
        self.world.run(case, command).await.unwrap()
    }

    /// What somebody gets who presses the button.
    async fn check(&self, domain: &OrganizationDomain) -> Result<OrganizationDomain, CheckDomainError> {
        let DomainCheck::Ask(asked) = self.begin(domain).await? else { panic!("asked a moment ago") };
        let found = look_up(&*self.dns, &asked).await;
        Ok(self.note(&asked, found).await)
    }

    async fn told_of_domains(&self) -> Vec<&'static str> {
        let names = self.world.event_names().await;
        names.into_iter().filter_map(|name| name.strip_prefix("organization_domain.")).collect()
    }
}

#[tokio::test]
async fn a_record_is_found_without_anybody_asking() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    zone.live_for(Duration::minutes(10)).await;
    let waiting = zone.stands(&domain).await;
    assert_eq!((waiting.state, waiting.search.found), (DomainState::Pending, Some(Finding::NoSuchName)));
    assert!(waiting.search.asked_at.is_some_and(|at| at > START));
    zone.dns.texts(NAME, &["v=spf1 -all", &domain.record_text()]);
    zone.live_for(Duration::HOUR).await;
    let DomainState::Verified { at, by: Proof::Dns } = zone.stands(&domain).await.state else {
        panic!("{:?}", zone.stands(&domain).await)
    };
    assert!(at < START + Duration::minutes(20), "{at}");
    assert_eq!(zone.told_of_domains().await, ["created", "verified"]);
    let entry = &zone.world.audited(AuditAction::OrganizationDomainVerified).await[0];
    assert_eq!(entry.actor.id, "system");
    zone.dns.asked();
    zone.live_for(PROOF_WAIT).await;
    assert_eq!(zone.dns.asked(), [""; 0], "what is proven is not looked for");
}

#[tokio::test]
async fn looks_become_rare_and_end_with_the_time_for_the_record() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    zone.live_for(Duration::DAY).await;
    let first_day = zone.dns.asked().len();
    assert!((40..80).contains(&first_day), "two names at each look: {first_day}");
    zone.live_for(PROOF_WAIT - Duration::DAY - Duration::SECOND).await;
    assert!(zone.stands(&domain).await.is_sought());
    let rest = zone.dns.asked().len();
    assert!((100..160).contains(&rest), "{rest}");
    zone.live_for(Duration::minutes(2)).await;
    let failed = zone.stands(&domain).await;
    assert!(
        matches!(failed.state, DomainState::Failed { why: DomainFailure::Expired, at } if at >= START + PROOF_WAIT),
        "{failed:?}"
    );
    assert_eq!(zone.told_of_domains().await, ["created", "verification_failed"]);
    let entry = &zone.world.audited(AuditAction::OrganizationDomainFailed).await[0];
    assert!(entry.details.contains(&("reason".to_owned(), "expired".to_owned())), "{entry:?}");
    zone.dns.asked();
    zone.live_for(PROOF_WAIT).await;
    assert_eq!(zone.dns.asked(), [""; 0], "what was given up is not looked for");
}

#[tokio::test]
async fn what_was_given_up_begins_again_when_somebody_asks() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    zone.live_for(PROOF_WAIT + Duration::DAY).await;
    let again = zone.check(&domain).await.unwrap();
    assert_eq!((again.state, again.search.found), (DomainState::Pending, Some(Finding::NoSuchName)));
    assert_eq!(zone.told_of_domains().await, ["created", "verification_failed", "updated"]);
    let entry = &zone.world.audited(AuditAction::OrganizationDomainUpdated).await[0];
    let change = &entry.changes[0];
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("failed"), Some("pending")));
    // By itself from then on, for as long as the first time.
    zone.live_for(PROOF_WAIT - Duration::HOUR).await;
    assert!(zone.stands(&domain).await.is_sought());
    zone.dns.texts(OTHER_NAME, &[&domain.record_text()]);
    zone.live_for(Duration::HOUR).await;
    assert!(zone.stands(&domain).await.is_verified(), "the last look is at the end");
}

#[tokio::test]
async fn only_the_record_itself_proves_a_domain() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    let record = domain.record_text();
    let token = &domain.verification_token;
    for near in [
        token.clone(),
        format!("\"{record}\""),
        record.to_uppercase(),
        format!("{record}x"),
        format!("x{record}"),
        record.replace('=', " = "),
        record[..record.len() - 1].to_owned(),
        String::new(),
    ] {
        zone.dns.texts(NAME, &[&near]);
        zone.world.clock.forward(ASK_APART);
        let waiting = zone.check(&domain).await.unwrap();
        assert!(
            matches!(&waiting.search.found, Some(Finding::OtherTexts(found)) if found.texts == [near.clone()]),
            "{near}: {waiting:?}"
        );
    }
    for (name, text) in [(NAME, record.clone()), (OTHER_NAME, format!(" {record}\t"))] {
        let zone = Zone::new().await;
        let domain = zone.add().await;
        assert_eq!(domain.record_text(), record);
        zone.dns.texts(name, &["v=spf1 -all", &text]);
        assert!(zone.check(&domain).await.unwrap().is_verified(), "{name}");
    }
}

#[tokio::test]
async fn a_look_says_what_is_there_instead() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    let found = async || {
        zone.world.clock.forward(ASK_APART);
        zone.check(&domain).await.unwrap().search.found.unwrap()
    };
    assert_eq!(found().await, Finding::NoSuchName);
    zone.dns.texts(NAME, &[]);
    assert_eq!(found().await, Finding::NoTexts);
    zone.dns.silence(OTHER_NAME);
    assert_eq!(found().await, Finding::NoAnswer, "the record may be where nobody answers");
    zone.dns.texts(NAME, &["v=spf1 -all"]);
    assert!(matches!(found().await, Finding::OtherTexts(_)));
    zone.dns.silence(NAME);
    zone.dns.forget(OTHER_NAME);
    assert_eq!(found().await, Finding::NoAnswer);
    zone.dns.texts(OTHER_NAME, &[&domain.record_text()]);
    zone.world.clock.forward(ASK_APART);
    assert!(zone.check(&domain).await.unwrap().is_verified(), "one of the two names is enough");
}

#[tokio::test]
async fn name_servers_are_asked_once_in_a_while_whoever_asks() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    zone.check(&domain).await.unwrap();
    zone.world.clock.forward(ASK_APART - Duration::MICROSECOND);
    assert!(matches!(zone.begin(&domain).await, Ok(DomainCheck::JustAsked(_))));
    zone.world.clock.forward(Duration::MICROSECOND);
    assert!(matches!(zone.begin(&domain).await, Ok(DomainCheck::Ask(_))));
    assert_eq!(zone.dns.asked(), [NAME, OTHER_NAME]);
}

#[tokio::test]
async fn a_domain_that_another_organization_verified_fails_and_can_begin_again_once_it_is_free() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    let rival = zone.world.another_organization().await;
    let theirs = zone.add_to(rival, DomainClaim::Verified).await;
    zone.dns.texts(NAME, &[&domain.record_text()]);
    let failed = zone.check(&domain).await.unwrap();
    let at = zone.world.ambient.now();
    assert_eq!(failed.state, DomainState::Failed { at, why: DomainFailure::Taken });
    let told = zone.world.events().await.into_iter().find_map(|event| match event.fact {
        Fact::OrganizationDomainVerificationFailed(failed) => Some((event.organization_id, failed)),
        _ => None,
    });
    let (organization, told) = told.unwrap();
    assert_eq!((organization, told.why), (Some(zone.world.organization.id), DomainFailure::Taken));
    assert_eq!(told.domain.state, failed.state);

    let command = DeleteOrganizationDomainCommand { caller: zone.world.caller.clone(), domain_id: theirs.id };
    let case = DeleteOrganizationDomain { ambient: zone.world.ambient.clone() };
    zone.world.run(case, command).await.unwrap();
    zone.world.clock.forward(ASK_APART);
    assert!(zone.check(&domain).await.unwrap().is_verified());
}

#[tokio::test]
async fn what_was_decided_while_name_servers_were_asked_stands() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    zone.begin(&domain).await.unwrap();
    let command = VouchForDomainCommand { caller: zone.world.caller.clone(), domain_id: domain.id };
    let case = VouchForDomain { ambient: zone.world.ambient.clone() };
    let vouched = zone.world.run(case, command).await.unwrap();
    for found in [Err(Finding::NoTexts), Ok(())] {
        assert_eq!(zone.note(&domain, found).await, vouched);
    }
    assert_eq!(zone.told_of_domains().await, ["created", "verified"], "told once");
    assert!(matches!(zone.begin(&domain).await, Err(CheckDomainError::Verified)));
}

#[tokio::test]
async fn a_domain_that_is_removed_is_not_looked_for() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    let command = DeleteOrganizationDomainCommand { caller: zone.world.caller.clone(), domain_id: domain.id };
    let case = DeleteOrganizationDomain { ambient: zone.world.ambient.clone() };
    zone.world.run(case, command).await.unwrap();
    zone.live_for(PROOF_WAIT).await;
    assert_eq!(zone.dns.asked(), [""; 0]);
    assert_eq!(zone.world.store.jobs().next_due().await.unwrap(), None, "its job ended");
    assert!(matches!(zone.begin(&domain).await, Err(CheckDomainError::Unknown)));
}

#[tokio::test]
async fn strangers_check_nothing() {
    let zone = Zone::new().await;
    let domain = zone.add().await;
    let command =
        BeginDomainCheckCommand { caller: zone.world.stranger(), domain_id: domain.id, searched_since: None };
    let case = BeginDomainCheck { ambient: zone.world.ambient.clone() };
    assert!(matches!(zone.world.run(case, command).await, Err(CheckDomainError::Unknown)));
}
