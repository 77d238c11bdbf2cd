//! Gives an environment a key to sign access tokens with: its first, or the next.

use async_trait::async_trait;
use vestibule_domain::certificate::Certificate;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::sso::signing_key::{SIGNING_KEY_LEAD, SigningKey, needs_successor};

use crate::ambient::{Ambient, SecretOf};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Adds a key.
pub struct AddSigningKey {
    /// Time, chance, vault.
    pub ambient: Ambient,
}

/// What is asked.
#[derive(Clone)]
pub struct AddSigningKeyCommand {
    /// The environment.
    pub environment_id: EnvironmentId,
    /// The certificate of the new pair.
    pub certificate: Certificate,
    /// Its private key, PKCS#8 DER.
    pub private_key: Vec<u8>,
}

#[async_trait]
impl UseCase for AddSigningKey {
    type Command = AddSigningKeyCommand;
    type Outcome = Vec<SigningKey>;
    type Error = StoreError;

    /// Adds the key if one is needed, and answers with all keys. Two processes that find none at the
    /// same moment add one each; the rule which of them signs is the same for both.
    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        command: AddSigningKeyCommand,
    ) -> Result<Vec<SigningKey>, StoreError> {
        let now = self.ambient.now();
        let mut keys = work.signing_keys().list(command.environment_id).await?;
        if needs_successor(&keys, now) {
            let id = self.ambient.id(now);
            let key = SigningKey {
                id,
                environment_id: command.environment_id,
                certificate: command.certificate,
                private_key: self.ambient.seal(SecretOf::SigningKey(id), &command.private_key),
                // The first signs at once; a successor is shown for a while before it does.
                signs_from: if keys.is_empty() { now } else { now + SIGNING_KEY_LEAD },
                created_at: now,
            };
            work.signing_keys().insert(&key).await?;
            keys.push(key);
        }
        Ok(keys)
    }
}
