//! Hosts of the vendor's own: what changes hands, and the job that looks their records up.

use std::sync::Arc;

use time::Duration;
use vestibule_application::ports::store::Store as _;
use vestibule_application::usecases::custom_hosts::{
    AddCustomHost, AddCustomHostCommand, CustomHostError, HostFinding, NoteHosts, NoteHostsCommand,
    RemoveCustomHost, RemoveCustomHostCommand,
};
use vestibule_application::worker::Worker;
use vestibule_domain::audit::AuditAction;
use vestibule_domain::custom_host::{
    CustomHost, HOST_MISSES_MAX, HOST_WAIT, HostProblem, HostPurpose, HostState,
};
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::Environment;

use crate::name_servers::{NameServers, live_until, worker};
use crate::world::World;

const HOST: &str = "setup.acme.example";
const OURS: &str = "vestibule.example";

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

    async fn add(&self, purpose: HostPurpose, host: &str) -> Result<Environment, CustomHostError> {
        let command = AddCustomHostCommand {
            actor: self.world.caller.actor.clone(),
            environment_id: self.world.environment_id(),
            purpose,
            host: DomainName::parse(host).unwrap(),
        };
        self.world.run(AddCustomHost { ambient: self.world.ambient.clone() }, command).await
    }

    async fn portal(&self) -> CustomHost {
        self.add(HostPurpose::Portal, HOST).await.unwrap();
        self.host().await
    }

    async fn environment(&self) -> Environment {
        self.world.store.queries().environment(self.world.environment_id()).await.unwrap().unwrap()
    }

    async fn host(&self) -> CustomHost {
        self.environment().await.hosts.get(HostPurpose::Portal).unwrap().clone()
    }

    fn set(&self, host: &CustomHost) {
        self.dns.texts(&host.proof_name(), &["v=spf1 -all", &format!(" {} ", host.proof_text())]);
        self.dns.alias(host.host.as_str(), OURS);
    }

    async fn live_for(&self, time: Duration) {
        live_until(&self.world, &self.worker, self.world.ambient.now() + time).await;
    }

    async fn owner(&self) -> bool {
        let mut work = self.world.store.begin().await.unwrap();
        let owner = work.accounts().host_owner(&DomainName::parse(HOST).unwrap()).await.unwrap();
        work.rollback().await.unwrap();
        owner == Some(self.world.environment_id())
    }
}

#[tokio::test]
async fn a_host_becomes_active_by_itself_once_its_records_are_there() {
    let zone = Zone::new().await;
    let host = zone.portal().await;
    zone.live_for(Duration::minutes(30)).await;
    let waiting = zone.host().await;
    assert_eq!(waiting.state, HostState::Pending { problem: Some(HostProblem::NoProof) });
    assert!(waiting.checked_at.is_some() && !zone.owner().await);
    zone.set(&host);
    zone.live_for(Duration::minutes(10)).await;
    assert!(zone.host().await.is_active() && zone.owner().await);
    let entries = zone.world.audited(AuditAction::CustomDomainUpdated).await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].actor.id, "system");
    zone.dns.asked();
    zone.live_for(Duration::DAY).await;
    assert_eq!(zone.dns.asked().len(), 8, "four times a day, proof and alias");
}

#[tokio::test]
async fn a_record_that_is_nearly_right_proves_nothing() {
    let zone = Zone::new().await;
    let host = zone.portal().await;
    zone.set(&host);
    for near in [host.token.clone(), format!("\"{}\"", host.proof_text()), host.proof_text().to_uppercase()] {
        zone.dns.texts(&host.proof_name(), &[&near]);
        zone.live_for(Duration::minutes(10)).await;
        let state = zone.host().await.state;
        assert_eq!(state, HostState::Pending { problem: Some(HostProblem::NoProof) }, "{near}");
    }
    zone.set(&host);
    zone.dns.alias(HOST, "elsewhere.example");
    zone.live_for(Duration::minutes(10)).await;
    assert_eq!(zone.host().await.state, HostState::Pending { problem: Some(HostProblem::NoAlias) });
    zone.dns.silence(HOST);
    zone.live_for(Duration::minutes(10)).await;
    assert_eq!(zone.host().await.state, HostState::Pending { problem: Some(HostProblem::NoAnswer) });
}

#[tokio::test]
async fn a_host_whose_records_do_not_come_is_given_up_and_looked_at_no_more() {
    let zone = Zone::new().await;
    zone.portal().await;
    zone.live_for(HOST_WAIT - Duration::minutes(1)).await;
    assert!(matches!(zone.host().await.state, HostState::Pending { .. }));
    zone.live_for(Duration::HOUR).await;
    assert!(matches!(zone.host().await.state, HostState::Failed { problem: HostProblem::NoProof, .. }));
    zone.dns.asked();
    zone.live_for(Duration::DAY).await;
    assert_eq!(zone.dns.asked(), [""; 0]);
}

#[tokio::test]
async fn a_host_whose_records_go_away_is_used_no_more_after_so_many_looks_and_free_for_others() {
    let zone = Zone::new().await;
    let host = zone.portal().await;
    zone.set(&host);
    zone.live_for(Duration::minutes(10)).await;
    // Silence is no miss.
    zone.dns.silence(&host.proof_name());
    zone.live_for(Duration::days(3)).await;
    assert!(zone.host().await.is_active());
    zone.dns.forget(&host.proof_name());
    zone.live_for(Duration::hours(6) * (i32::from(HOST_MISSES_MAX) - 1)).await;
    assert!(zone.host().await.is_active() && zone.owner().await);
    zone.live_for(Duration::hours(6)).await;
    assert!(matches!(zone.host().await.state, HostState::Failed { .. }));
    assert!(!zone.owner().await, "another environment may have it");
}

#[tokio::test]
async fn findings_about_a_host_that_is_gone_change_nothing() {
    let zone = Zone::new().await;
    let old = zone.portal().await;
    let command = RemoveCustomHostCommand {
        actor: zone.world.caller.actor.clone(),
        environment_id: zone.world.environment_id(),
        purpose: HostPurpose::Portal,
    };
    let case = || RemoveCustomHost { ambient: zone.world.ambient.clone() };
    zone.world.run(case(), command.clone()).await.unwrap();
    let gone = zone.world.run(case(), command).await;
    assert!(matches!(gone, Err(CustomHostError::Unknown)), "{gone:?}");
    let new = zone.portal().await;
    assert_ne!(new.token, old.token);
    let command = NoteHostsCommand {
        actor: zone.world.caller.actor.clone(),
        environment_id: zone.world.environment_id(),
        findings: vec![HostFinding { purpose: HostPurpose::Portal, token: old.token, found: Ok(()) }],
    };
    zone.world.run(NoteHosts { ambient: zone.world.ambient.clone() }, command).await.unwrap();
    assert_eq!(zone.host().await, new, "another with the same name was looked at");
}

#[tokio::test]
async fn hosts_that_cannot_be_added_are_refused_each_with_its_reason() {
    let zone = Zone::new().await;
    zone.portal().await;
    let again = zone.add(HostPurpose::Portal, "other.acme.example").await;
    assert!(matches!(again, Err(CustomHostError::Present)), "{again:?}");
    let own = zone.add(HostPurpose::Api, OURS).await;
    assert!(matches!(own, Err(CustomHostError::Own)), "{own:?}");
    let elsewhere = AddCustomHostCommand {
        actor: zone.world.caller.actor.clone(),
        environment_id: zone.world.stranger().environment_id(),
        purpose: HostPurpose::Api,
        host: DomainName::parse("api.acme.example").unwrap(),
    };
    let unknown = zone.world.run(AddCustomHost { ambient: zone.world.ambient.clone() }, elsewhere).await;
    assert!(matches!(unknown, Err(CustomHostError::Unknown)), "{unknown:?}");
    assert_eq!(zone.world.audited(AuditAction::CustomDomainCreated).await.len(), 1);
}

#[tokio::test]
async fn the_job_of_an_environment_without_hosts_asks_nobody_and_stays() {
    let zone = Zone::new().await;
    zone.portal().await;
    let command = RemoveCustomHostCommand {
        actor: zone.world.caller.actor.clone(),
        environment_id: zone.world.environment_id(),
        purpose: HostPurpose::Portal,
    };
    zone.world.run(RemoveCustomHost { ambient: zone.world.ambient.clone() }, command).await.unwrap();
    zone.live_for(Duration::DAY).await;
    assert_eq!(zone.dns.asked(), [""; 0]);
    assert!(zone.world.store.jobs().next_due().await.unwrap().is_some());
    let host = zone.portal().await;
    zone.set(&host);
    zone.live_for(Duration::hours(6)).await;
    assert!(zone.host().await.is_active(), "the one job there is looks after the new host");
}
