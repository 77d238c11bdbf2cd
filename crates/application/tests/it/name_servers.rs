//! Name servers whose records are set by hand, and a worker that asks them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use time::Duration;
use vestibule_application::ports::dns::{Dns, DnsError};
use vestibule_application::ports::mail::{MailError, Mailer};
use vestibule_application::ports::store::Store as _;
use vestibule_application::worker::Worker;
use vestibule_domain::Instant;
use vestibule_domain::message::OutgoingMessage;
use vestibule_domain::webhook::RetrySchedule;
use vestibule_outbound::GuardedClient;
use vestibule_saml::SamlAdapter;
use vestibule_wire::webhook::SignedJson;

use crate::world::World;

/// What a name server says of a name.
#[derive(Clone)]
enum Said {
    Texts(Vec<String>),
    Alias(String),
    Nothing,
}

/// Name servers whose records are set by hand.
#[derive(Default)]
pub(crate) struct NameServers {
    said: Mutex<BTreeMap<String, Said>>,
    asked: Mutex<Vec<String>>,
}

impl NameServers {
    /// A name has these TXT records.
    pub(crate) fn texts(&self, name: &str, texts: &[&str]) {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self.said.lock().unwrap().insert(name.to_owned(), Said::Texts(texts));
    }

    /// A name is an alias.
    pub(crate) fn alias(&self, name: &str, of: &str) {
        self.said.lock().unwrap().insert(name.to_owned(), Said::Alias(of.to_owned()));
    }

    /// Nobody answers for a name.
    pub(crate) fn silence(&self, name: &str) {
        self.said.lock().unwrap().insert(name.to_owned(), Said::Nothing);
    }

    /// A name is gone.
    pub(crate) fn forget(&self, name: &str) {
        self.said.lock().unwrap().remove(name);
    }

    /// The names that were asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn say(&self, name: &str) -> Result<Option<Said>, DnsError> {
        self.asked.lock().unwrap().push(name.to_owned());
        match self.said.lock().unwrap().get(name) {
            Some(Said::Nothing) => Err(DnsError { reason: "timed out".to_owned() }),
            said => Ok(said.cloned()),
        }
    }
}

#[async_trait]
impl Dns for NameServers {
    async fn texts(&self, name: &str) -> Result<Option<Vec<String>>, DnsError> {
        Ok(self.say(name)?.map(|said| if let Said::Texts(texts) = said { texts } else { Vec::new() }))
    }

    async fn alias(&self, name: &str) -> Result<Option<String>, DnsError> {
        Ok(self.say(name)?.and_then(|said| if let Said::Alias(of) = said { Some(of) } else { None }))
    }
}

struct Nobody;

#[async_trait]
impl Mailer for Nobody {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), MailError> {
        panic!("nobody is to get {message:?}");
    }
}

/// Somebody who does what is due.
pub(crate) fn worker(world: &World, dns: Arc<dyn Dns>) -> Worker {
    Worker {
        store: world.store.clone(),
        ambient: world.ambient.clone(),
        outbound: Arc::new(GuardedClient::builder().build().unwrap()),
        dns,
        saml: Arc::new(SamlAdapter::new()),
        mailer: Arc::new(Nobody),
        format: Arc::new(SignedJson),
        schedule: RetrySchedule::default(),
    }
}

/// Lets time pass, and does what becomes due.
pub(crate) async fn live_until(world: &World, worker: &Worker, until: Instant) {
    while let Some(due) = world.store.jobs().next_due().await.unwrap().filter(|due| *due <= until) {
        let now = world.ambient.now();
        world.clock.forward((due - now).max(Duration::ZERO));
        for job in worker.claim().await.unwrap() {
            worker.run(&job).await.unwrap();
        }
    }
    world.clock.forward(until - world.ambient.now());
}
