//! The keys of environments, read and prepared once in a while.
//!
//! Reading a private key takes as long as many signatures, and the keys of an environment change
//! once a year; a new one is shown for a week before it signs. So what was read is kept for a while,
//! by all workers of a process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::web::block;
use time::Duration;
use vestibule_application::ambient::SecretOf;
use vestibule_application::ports::access_tokens::TokenSigner;
use vestibule_application::ports::saml::KeyPairRequest;
use vestibule_application::usecases::add_signing_key::{AddSigningKey, AddSigningKeyCommand};
use vestibule_domain::Instant;
use vestibule_domain::id::{ClientId, EnvironmentId};
use vestibule_domain::sso::signing_key::{SIGNING_KEY_TERM, SigningKey, needs_successor, signing_at};

use crate::app::App;
use crate::transport::Problem;

/// How long keys are kept in memory.
const KEPT: Duration = Duration::minutes(5);

/// How old they may be when a token came that they do not verify, or when others are shown them:
/// another process may have made a key.
const FRESH: Duration = Duration::seconds(2);

/// Most environments whose keys are kept.
const ENVIRONMENTS_MAX: usize = 1_024;

/// How long the certificate of a key vouches for it: a term, the lead and the tail, and a year more
/// for those who look at it later.
const CERTIFICATE_LIFE: Duration = SIGNING_KEY_TERM.saturating_mul(3);

/// The keys of one environment.
pub(crate) struct Keys {
    /// All of them.
    pub all: Vec<SigningKey>,
    /// The one that signs now.
    pub signer: Arc<dyn TokenSigner>,
    read_at: Instant,
}

/// The keys of all environments.
#[derive(Default)]
pub(crate) struct KeyRing {
    held: RwLock<HashMap<EnvironmentId, Arc<Keys>>>,
    /// Whose clients belong to which environment: once and for all.
    clients: RwLock<HashMap<ClientId, EnvironmentId>>,
}

impl KeyRing {
    /// The keys of an environment; makes its first, or the next, when there is need of one.
    pub(super) async fn of(&self, app: &App, environment: EnvironmentId) -> Result<Arc<Keys>, Problem> {
        self.not_older_than(KEPT, app, environment).await
    }

    /// The environment of a client, if there is such a client.
    pub(super) async fn environment_of(
        &self,
        app: &App,
        client: ClientId,
    ) -> Result<Option<EnvironmentId>, Problem> {
        if let Some(known) = self.clients.read().unwrap_or_else(PoisonError::into_inner).get(&client) {
            return Ok(Some(*known));
        }
        let found = app.store.queries().environment_of_client(client).await?;
        let Some(found) = found.map(|environment| environment.id) else { return Ok(None) };
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= ENVIRONMENTS_MAX {
            clients.clear();
        }
        clients.insert(client, found);
        Ok(Some(found))
    }

    /// The same as they are by now, give or take [`FRESH`].
    pub(super) async fn fresh(&self, app: &App, environment: EnvironmentId) -> Result<Arc<Keys>, Problem> {
        self.not_older_than(FRESH, app, environment).await
    }

    async fn not_older_than(
        &self,
        age: Duration,
        app: &App,
        environment: EnvironmentId,
    ) -> Result<Arc<Keys>, Problem> {
        let now = app.ambient.now();
        if let Some(keys) = self.recall(environment, age, now) {
            return Ok(keys);
        }
        let mut all = app.store.queries().signing_keys(environment).await?;
        if needs_successor(&all, now) {
            all = make(app, environment, now).await?;
        }
        let key = signing_at(&all, now).ok_or_else(|| Problem::internal("an environment has no key"))?;
        let opened = app.ambient.open(SecretOf::SigningKey(key.id), &key.private_key);
        let pkcs8 = opened.map_err(Problem::internal)?;
        let signer = app.access_tokens.signer(key.id, &pkcs8).map_err(Problem::internal)?;
        let keys = Arc::new(Keys { all, signer, read_at: now });
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= ENVIRONMENTS_MAX {
            held.retain(|_, keys| is_younger(keys, KEPT, now));
        }
        if held.len() < ENVIRONMENTS_MAX || held.contains_key(&environment) {
            held.insert(environment, Arc::clone(&keys));
        }
        Ok(keys)
    }

    fn recall(&self, environment: EnvironmentId, age: Duration, now: Instant) -> Option<Arc<Keys>> {
        // The map is whole after any panic: one insertion or one removal.
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&environment).filter(|keys| is_younger(keys, age, now)).cloned()
    }
}

fn is_younger(keys: &Keys, age: Duration, now: Instant) -> bool {
    keys.read_at <= now && now < keys.read_at + age
}

async fn make(app: &App, environment_id: EnvironmentId, now: Instant) -> Result<Vec<SigningKey>, Problem> {
    let request = KeyPairRequest {
        common_name: format!("Vestibule access tokens of {environment_id}"),
        not_before: now,
        not_after: now + CERTIFICATE_LIFE,
    };
    let saml = app.saml.clone();
    let pair = block(move || saml.generate_key_pair(&request)).await;
    let pair = pair.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let case = AddSigningKey { ambient: app.ambient.clone() };
    let command =
        AddSigningKeyCommand { environment_id, certificate: pair.certificate, private_key: pair.private_key };
    Ok(app.run(case, command).await?)
}
