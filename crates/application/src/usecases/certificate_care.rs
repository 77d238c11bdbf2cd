//! What every change of a SAML connection's identity provider means for its certificates: they are
//! looked after from then on, and the vendor hears of better ones.

use async_trait::async_trait;
use vestibule_domain::Instant;
use vestibule_domain::audit::Actor;
use vestibule_domain::certificate_watch as watch;
use vestibule_domain::connection::Connection;
use vestibule_domain::event::{CertificateSnapshot, Fact};
use vestibule_domain::job::{Job, Task};
use vestibule_domain::metadata_refresh as refresh;

use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};
use crate::usecase::UseCase;

/// Adds the jobs that look after the certificates of a connection, where they are not there yet.
/// They stay as long as the connection does.
pub(super) async fn begin(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    connection: &Connection,
) -> Result<(), StoreError> {
    let Ok(saml) = connection.saml() else { return Ok(()) };
    let Some(idp) = &saml.idp else { return Ok(()) };
    let standing = |task, at| Job::standing(connection.environment_id, task, at);
    let watched = standing(Task::WatchCertificates(connection.id), watch::next_look(saml, scene.now));
    work.outbox().enqueue(watched).await?;
    if idp.metadata_url.is_none() {
        return Ok(());
    }
    let at = next_reading(ambient, scene.now);
    work.outbox().enqueue(standing(Task::RefreshMetadata(connection.id), at)).await
}

/// Adds those jobs to connections that were saved before there were such jobs.
pub(crate) struct AttendToConnections {
    /// Time, chance.
    pub(crate) ambient: Ambient,
}

#[async_trait]
impl UseCase for AttendToConnections {
    type Command = Vec<Connection>;
    type Outcome = ();
    type Error = StoreError;

    async fn perform(
        &self,
        work: &mut dyn UnitOfWork,
        connections: Vec<Connection>,
    ) -> Result<(), StoreError> {
        let now = self.ambient.now();
        for connection in connections {
            let scene = Scene { environment_id: connection.environment_id, actor: Actor::system(), now };
            begin(work, &self.ambient, &scene, &connection).await?;
        }
        Ok(())
    }
}

/// When metadata is read the next time.
pub(crate) fn next_reading(ambient: &Ambient, now: Instant) -> Instant {
    let mut chance = [0];
    ambient.entropy.fill(&mut chance);
    refresh::next_reading(now, chance[0])
}

/// How long the certificates of a connection last; nothing of one that has none.
pub(super) fn lasts_until(connection: &Connection) -> Option<Instant> {
    let last = watch::last_to_expire(connection.saml().ok()?.idp.as_ref()?)?;
    Some(last.certificate.not_after)
}

/// Tells the vendor if the certificates last longer than they did `before`.
pub(super) async fn tell_renewed(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    before: Option<Instant>,
    saved: &Connection,
) -> Result<(), StoreError> {
    // The first certificates of a connection renew nothing.
    let (Some(before), Some(expires_at)) = (before, lasts_until(saved)) else { return Ok(()) };
    if expires_at <= before {
        return Ok(());
    }
    let renewed = CertificateSnapshot {
        connection_id: saved.id,
        organization_id: saved.organization_id,
        of: watch::CertificateUse::ResponseSigning,
        expires_at,
        at: scene.now,
    };
    let fact = Fact::SamlCertificateRenewed(renewed);
    chronicle::announce(work, ambient, scene, saved.organization_id, fact).await
}
