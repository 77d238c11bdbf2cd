//! The team's people who want a mail about what happens to their customers.

use vestibule_domain::email::EmailAddress;
use vestibule_domain::environment::Environment;
use vestibule_domain::message::LiveReader;
use vestibule_domain::notice::Notice;

use crate::ports::store::{StoreError, UnitOfWork};

/// Whom on the vendor's side to write to: the environment's support address, and the members who
/// asked for it; nobody twice, and nobody of `told`, who is written to anyway.
pub(super) async fn readers(
    work: &mut dyn UnitOfWork,
    environment: &Environment,
    notice: Notice,
    told: &[EmailAddress],
) -> Result<Vec<(LiveReader, EmailAddress)>, StoreError> {
    let members = work.teams().members(environment.team_id).await?;
    let wanting = members.into_iter().filter(|member| member.notices.has(notice)).map(|member| member.email);
    let support = environment.branding.support_email.clone().map(|support| (LiveReader::Team, support));
    let members = wanting.map(|member| (LiveReader::Member, member));
    let mut readers: Vec<(LiveReader, EmailAddress)> = Vec::new();
    for (reader, address) in support.into_iter().chain(members) {
        if !told.contains(&address) && readers.iter().all(|(_, known)| *known != address) {
            readers.push((reader, address));
        }
    }
    Ok(readers)
}
