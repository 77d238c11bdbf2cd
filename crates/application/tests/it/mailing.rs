//! Messages on their way out: what they carry, when they come too late, what is kept of them.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_application::ports::store::Store;
use vestibule_application::usecases::mint_link::MintLinkCommand;
use vestibule_application::usecases::request_code::{RequestCode, RequestCodeCommand};
use vestibule_application::worker::Worker;
use vestibule_domain::address_code::CODE_LIFE;
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::MessageId;
use vestibule_domain::intent::Intent;
use vestibule_domain::job::Task;
use vestibule_domain::language::Language;
use vestibule_domain::message::{Message, MessageKind, MessageState, OutgoingContent, OutgoingMessage};
use vestibule_domain::portal_link::LinkKind;
use vestibule_domain::webhook::RetrySchedule;
use vestibule_outbound::{GuardedClient, SystemDns};
use vestibule_saml::SamlAdapter;
use vestibule_wire::webhook::SignedJson;

use crate::support::Office;

/// Keeps what it is given, unless the mail server is away.
#[derive(Default)]
struct Postbox {
    delivered: Mutex<Vec<OutgoingMessage>>,
    away: Mutex<bool>,
}

#[async_trait]
impl Mailer for Postbox {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        if *self.away.lock().unwrap() {
            return Err(MailError::Temporary { reason: "away".into() });
        }
        self.delivered.lock().unwrap().push(message.clone());
        Ok(())
    }
}

impl Office {
    /// Has a code sent, and gives the message that carries it.
    async fn code_requested(&self) -> MessageId {
        let admins = vec![EmailAddress::parse("it@acme.example").unwrap()];
        let order = MintLinkCommand { admins, ..self.order(LinkKind::Token, &[Intent::Sso]) };
        let token = self.mint(order).await.unwrap().token;
        let command = RequestCodeCommand { token, address: None, language: Language::Es };
        self.run(RequestCode { ambient: self.ambient.clone() }, command).await.unwrap();
        let page = self.store.jobs().next_due().await.unwrap();
        assert_eq!(page, Some(self.ambient.now()), "at once");
        let jobs = self.store.jobs().claim(1, self.ambient.now()).await.unwrap();
        let Task::SendMessage(id) = jobs[0].task else { panic!("{jobs:?}") };
        // Claimed only to be looked at: whoever has it loses it with the lease.
        self.clock.advance(vestibule_domain::job::JOB_LEASE);
        id
    }

    async fn work(&self, postbox: &Arc<Postbox>) {
        let worker = Worker {
            store: self.store.clone(),
            ambient: self.ambient.clone(),
            outbound: Arc::new(GuardedClient::builder().build().unwrap()),
            dns: Arc::new(SystemDns::new().unwrap()),
            saml: Arc::new(SamlAdapter::new()),
            mailer: postbox.clone(),
            format: Arc::new(SignedJson),
            schedule: RetrySchedule::default(),
        };
        for job in worker.claim().await.unwrap() {
            worker.run(&job).await.unwrap();
        }
    }

    async fn message(&self, id: MessageId) -> Message {
        self.store.queries().message(self.caller.environment_id(), id).await.unwrap().unwrap()
    }
}

fn carries_a_secret(message: &Message) -> bool {
    matches!(
        message.kind,
        MessageKind::Code { sealed_code: Some(_), .. } | MessageKind::Invitation { sealed_url: Some(_), .. }
    )
}

#[tokio::test]
async fn a_code_is_mailed_at_once_and_then_forgotten() {
    let (office, postbox) = (Office::open().await, Arc::new(Postbox::default()));
    let id = office.code_requested().await;
    assert!(carries_a_secret(&office.message(id).await));
    office.work(&postbox).await;
    let delivered = postbox.delivered.lock().unwrap().clone();
    let [OutgoingMessage { to, content: OutgoingContent::Code { language, code, .. }, .. }] =
        delivered.as_slice()
    else {
        panic!("{delivered:?}")
    };
    assert_eq!((to.as_str(), *language), ("it@acme.example", Language::Es));
    assert!(!format!("{delivered:?}").contains(&code.expose()), "it is not printed");
    let kept = office.message(id).await;
    assert!(matches!(kept.state, MessageState::Sent { .. }) && !carries_a_secret(&kept), "{kept:?}");
}

#[tokio::test]
async fn a_code_that_comes_too_late_is_not_mailed() {
    let (office, postbox) = (Office::open().await, Arc::new(Postbox::default()));
    let id = office.code_requested().await;
    *postbox.away.lock().unwrap() = true;
    office.work(&postbox).await;
    assert_eq!(office.message(id).await.state, MessageState::Queued, "it is tried again");
    *postbox.away.lock().unwrap() = false;
    office.clock.advance(CODE_LIFE);
    office.work(&postbox).await;
    assert!(postbox.delivered.lock().unwrap().is_empty());
    let kept = office.message(id).await;
    assert!(matches!(kept.state, MessageState::Failed { .. }) && !carries_a_secret(&kept), "{kept:?}");
}
