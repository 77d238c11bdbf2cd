//! What several use cases do with the invitation of an IT contact.

use vestibule_domain::it_contact::ItContact;

use super::revoke_link::revoked;
use crate::ambient::Ambient;
use crate::chronicle::{self, Scene};
use crate::ports::store::{StoreError, UnitOfWork};

/// Withdraws the organization's open setup link if it names this contact and nobody else, and ends
/// the visits it opened. Nothing happens otherwise.
pub(super) async fn withdraw(
    work: &mut dyn UnitOfWork,
    ambient: &Ambient,
    scene: &Scene,
    contact: &ItContact,
) -> Result<(), StoreError> {
    let open = work.links().open_setup_link(scene.environment_id, contact.organization_id).await?;
    let Some(link) = open.filter(|link| link.admins == [contact.email.clone()]) else { return Ok(()) };
    if !work.links().revoke(scene.environment_id, link.id, scene.now).await? {
        return Ok(());
    }
    work.sessions().end_of_link(scene.environment_id, link.id, scene.now).await?;
    chronicle::record(work, ambient, scene, revoked(&link)).await
}
