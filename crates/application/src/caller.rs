//! Who asks, and in which environment they may act.

use std::sync::Arc;

use vestibule_domain::audit::{Actor, ActorKind, Origin};
use vestibule_domain::environment::Environment;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::member::Member;

use crate::ports::store::ApiCredential;

/// Who asks. Made only from something that was proven (an API key, a portal session, a member's
/// session), or by a worker.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The one environment in which they act; everything elsewhere does not exist for them.
    pub environment: Arc<Environment>,
    /// Who they are, for the audit trail.
    pub actor: Actor,
}

impl Caller {
    /// A program with an API key.
    pub fn from_credential(credential: &ApiCredential) -> Self {
        Self {
            environment: Arc::new(credential.environment.clone()),
            actor: Actor {
                kind: ActorKind::ApiKey,
                id: credential.key.id.to_string(),
                name: Some(credential.key.name.to_string()),
                origin: None,
            },
        }
    }

    /// A member of the team that the environment belongs to; none if they do not.
    pub fn from_member(member: &Member, environment: Environment) -> Option<Self> {
        (member.team_id == environment.team_id)
            .then(|| Self { environment: Arc::new(environment), actor: member_actor(member) })
    }

    /// The service itself, of its own accord.
    pub fn system(environment: Environment) -> Self {
        Self { environment: Arc::new(environment), actor: Actor::system() }
    }

    /// The same, with where they act from.
    #[must_use]
    pub fn acting_from(self, origin: Origin) -> Self {
        Self { actor: Actor { origin: Some(origin), ..self.actor }, ..self }
    }

    /// The environment's id.
    pub fn environment_id(&self) -> EnvironmentId {
        self.environment.id
    }
}

/// A member, for the audit trail.
pub fn member_actor(member: &Member) -> Actor {
    Actor {
        kind: ActorKind::Member,
        id: member.id.to_string(),
        name: Some(member.display_name().to_owned()),
        origin: None,
    }
}
