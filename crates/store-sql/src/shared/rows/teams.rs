//! Invitations to teams, password resets and the audit trail of teams.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::password_reset::PasswordReset;
use vestibule_domain::team::TeamInvitation;
use vestibule_domain::team_trail::TeamEntry;
use vestibule_wire::stored::TextForm as _;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant, without_nul};

row! {
    /// An invitation to a team.
    InvitationRow of team_invitations {
        id: String,
        team_id: String,
        email: String,
        role: String,
        digest: Vec<u8>,
        invited_by: String,
        created_at: Instant,
        sent_at: Instant,
    }
}

impl From<&TeamInvitation> for InvitationRow {
    fn from(invitation: &TeamInvitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            team_id: invitation.team_id.to_string(),
            email: invitation.email.to_text(),
            role: invitation.role.to_text(),
            digest: invitation.digest.as_bytes().to_vec(),
            invited_by: without_nul(&invitation.invited_by),
            created_at: instant(invitation.created_at),
            sent_at: instant(invitation.sent_at),
        }
    }
}

impl TryFrom<InvitationRow> for TeamInvitation {
    type Error = StoreError;

    fn try_from(row: InvitationRow) -> StoreResult<Self> {
        let table = Table("team_invitations");
        Ok(Self {
            id: table.id("id", &row.id)?,
            team_id: table.id("team_id", &row.team_id)?,
            email: table.text("email", &row.email)?,
            role: table.text("role", &row.role)?,
            digest: table.digest("digest", &row.digest)?,
            invited_by: row.invited_by,
            created_at: row.created_at,
            sent_at: row.sent_at,
        })
    }
}

row! {
    /// A link to choose a new password.
    ResetRow of password_resets {
        digest: Vec<u8>,
        member_id: String,
        created_at: Instant,
    }
}

impl From<&PasswordReset> for ResetRow {
    fn from(reset: &PasswordReset) -> Self {
        Self {
            digest: reset.digest.as_bytes().to_vec(),
            member_id: reset.member_id.to_string(),
            created_at: instant(reset.created_at),
        }
    }
}

impl TryFrom<ResetRow> for PasswordReset {
    type Error = StoreError;

    fn try_from(row: ResetRow) -> StoreResult<Self> {
        let table = Table("password_resets");
        Ok(Self {
            digest: table.digest("digest", &row.digest)?,
            member_id: table.id("member_id", &row.member_id)?,
            created_at: row.created_at,
        })
    }
}

row! {
    /// An entry of a team's audit trail.
    TeamEntryRow of team_trail {
        id: String,
        team_id: String,
        at: Instant,
        action: String,
        member_id: Option<String>,
        member_name: Option<String>,
        ip_address: Option<String>,
        target: String,
        details: Doc,
        changes: Option<Doc>,
    }
}

impl From<&TeamEntry> for TeamEntryRow {
    fn from(entry: &TeamEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            team_id: entry.team_id.to_string(),
            at: instant(entry.at),
            action: entry.action.to_text(),
            member_id: entry.member_id.map(|id| id.to_string()),
            member_name: entry.member_name.as_deref().map(without_nul),
            ip_address: entry.ip_address.clone(),
            target: without_nul(&entry.target),
            details: Doc::of(&entry.details),
            changes: (!entry.changes.is_empty()).then(|| Doc::of(&entry.changes)),
        }
    }
}

impl TryFrom<TeamEntryRow> for TeamEntry {
    type Error = StoreError;

    fn try_from(row: TeamEntryRow) -> StoreResult<Self> {
        let table = Table("team_trail");
        let changes = row.changes.map(|changes| table.document("changes", &changes)).transpose()?;
        Ok(Self {
            id: table.id("id", &row.id)?,
            team_id: table.id("team_id", &row.team_id)?,
            at: row.at,
            action: table.text("action", &row.action)?,
            member_id: row.member_id.map(|id| table.id("member_id", &id)).transpose()?,
            member_name: row.member_name,
            ip_address: row.ip_address,
            target: row.target,
            details: table.document("details", &row.details)?,
            changes: changes.unwrap_or_default(),
        })
    }
}
