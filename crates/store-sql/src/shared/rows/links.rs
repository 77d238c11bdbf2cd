//! Portal links, the sessions born of them, and the codes that open them.

use vestibule_application::ports::store::{StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::address_code::{AddressCode, CodeState};
use vestibule_domain::admission::Admin;
use vestibule_domain::portal_link::{Exclusivity, LinkState, PortalLink};
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::Sealed;
use vestibule_wire::stored::TextForm;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant};

row! {
    /// A portal link.
    LinkRow of portal_links {
        id: String,
        environment_id: String,
        organization_id: String,
        kind: String,
        digest: Vec<u8>,
        intents: Doc,
        completed: Doc,
        return_url: Option<String>,
        success_url: Option<String>,
        admins: Doc,
        external_user_id: Option<String>,
        provider_hint: Option<String>,
        exclusive: bool,
        state: String,
        state_at: Option<Instant>,
        expires_at: Instant,
        created_at: Instant,
    }
}

/// The state of a link that nothing happened to; the partial index of the migrations repeats it.
pub(in super::super::super) const OPEN: &str = "open";
/// The state of a withdrawn link.
pub(in super::super::super) const REVOKED: &str = "revoked";
/// The state of a spent link.
const CONSUMED: &str = "consumed";

impl From<&PortalLink> for LinkRow {
    fn from(link: &PortalLink) -> Self {
        let (state, state_at) = match link.state {
            LinkState::Open => (OPEN, None),
            LinkState::Consumed { at } => (CONSUMED, Some(instant(at))),
            LinkState::Revoked { at } => (REVOKED, Some(instant(at))),
        };
        Self {
            id: link.id.to_string(),
            environment_id: link.environment_id.to_string(),
            organization_id: link.organization_id.to_string(),
            kind: link.kind.to_text(),
            digest: link.digest.as_bytes().to_vec(),
            intents: Doc::of(&link.intents),
            completed: Doc::of(&link.completed),
            return_url: link.redirects.return_url.as_ref().map(TextForm::to_text),
            success_url: link.redirects.success_url.as_ref().map(TextForm::to_text),
            admins: Doc::of(&link.admins),
            external_user_id: link.external_user_id.as_ref().map(TextForm::to_text),
            provider_hint: link.provider_hint.clone(),
            exclusive: link.kind.policy().exclusivity == Exclusivity::OnePerOrganization,
            state: state.to_owned(),
            state_at,
            expires_at: instant(link.expires_at),
            created_at: instant(link.created_at),
        }
    }
}

impl TryFrom<LinkRow> for PortalLink {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> StoreResult<Self> {
        let table = Table("portal_links");
        let state = match (row.state.as_str(), row.state_at) {
            (OPEN, None) => LinkState::Open,
            (CONSUMED, Some(at)) => LinkState::Consumed { at },
            (REVOKED, Some(at)) => LinkState::Revoked { at },
            _ => return Err(table.corrupt("state")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            kind: table.text("kind", &row.kind)?,
            digest: table.digest("digest", &row.digest)?,
            intents: table.document("intents", &row.intents)?,
            completed: table.document("completed", &row.completed)?,
            redirects: LinkRedirects {
                return_url: table.text_if_any("return_url", row.return_url.as_deref())?,
                success_url: table.text_if_any("success_url", row.success_url.as_deref())?,
            },
            admins: table.document("admins", &row.admins)?,
            external_user_id: table.text_if_any("external_user_id", row.external_user_id.as_deref())?,
            provider_hint: row.provider_hint,
            state,
            expires_at: row.expires_at,
            created_at: row.created_at,
        })
    }
}

row! {
    /// A portal session.
    SessionRow of portal_sessions {
        id: String,
        environment_id: String,
        organization_id: String,
        link_id: String,
        digest: Vec<u8>,
        capability: String,
        intents: Doc,
        admin_email: Option<String>,
        admin_confirmed_at: Option<Instant>,
        progress: Doc,
        progress_at: Instant,
        started_at: Instant,
        expires_at: Instant,
        ended_at: Option<Instant>,
    }
}

impl From<&PortalSession> for SessionRow {
    fn from(session: &PortalSession) -> Self {
        let confirmed_at = match &session.admin {
            Some(Admin::Confirmed { at, .. }) => Some(instant(*at)),
            Some(Admin::Stated(_)) | None => None,
        };
        Self {
            id: session.id.to_string(),
            environment_id: session.environment_id.to_string(),
            organization_id: session.organization_id.to_string(),
            link_id: session.link_id.to_string(),
            digest: session.digest.as_bytes().to_vec(),
            capability: session.capability.to_text(),
            intents: Doc::of(&session.intents),
            admin_email: session.admin.as_ref().map(|admin| admin.email().to_text()),
            admin_confirmed_at: confirmed_at,
            progress: Doc::of(&session.progress),
            progress_at: instant(session.progress_at),
            started_at: instant(session.started_at),
            expires_at: instant(session.expires_at),
            ended_at: session.ended_at.map(instant),
        }
    }
}

impl TryFrom<SessionRow> for PortalSession {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> StoreResult<Self> {
        let table = Table("portal_sessions");
        let email = table.text_if_any("admin_email", row.admin_email.as_deref())?;
        let admin = match (email, row.admin_confirmed_at) {
            (Some(email), Some(at)) => Some(Admin::Confirmed { email, at }),
            (Some(email), None) => Some(Admin::Stated(email)),
            (None, None) => None,
            (None, Some(_)) => return Err(table.corrupt("admin_confirmed_at")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            link_id: table.id("link_id", &row.link_id)?,
            digest: table.digest("digest", &row.digest)?,
            capability: table.text("capability", &row.capability)?,
            intents: table.document("intents", &row.intents)?,
            admin,
            progress: table.document("progress", &row.progress)?,
            progress_at: row.progress_at,
            started_at: row.started_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        })
    }
}

row! {
    /// A code that proves an address.
    CodeRow of address_codes {
        id: String,
        environment_id: String,
        organization_id: String,
        link_id: String,
        address: String,
        sealed: Vec<u8>,
        wrong_tries: i32,
        state: String,
        state_at: Option<Instant>,
        created_at: Instant,
    }
}

/// The state of a code that was not typed yet.
const WAITING: &str = "waiting";
/// The state of a code that was.
const USED: &str = "used";

impl From<&AddressCode> for CodeRow {
    fn from(code: &AddressCode) -> Self {
        let (state, state_at) = match code.state {
            CodeState::Waiting => (WAITING, None),
            CodeState::Used { at } => (USED, Some(instant(at))),
        };
        Self {
            id: code.id.to_string(),
            environment_id: code.environment_id.to_string(),
            organization_id: code.organization_id.to_string(),
            link_id: code.link_id.to_string(),
            address: code.address.to_text(),
            sealed: code.sealed.as_bytes().to_vec(),
            wrong_tries: code.wrong_tries.into(),
            state: state.to_owned(),
            state_at,
            created_at: instant(code.created_at),
        }
    }
}

impl TryFrom<CodeRow> for AddressCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> StoreResult<Self> {
        let table = Table("address_codes");
        let state = match (row.state.as_str(), row.state_at) {
            (WAITING, None) => CodeState::Waiting,
            (USED, Some(at)) => CodeState::Used { at },
            _ => return Err(table.corrupt("state")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: table.id("organization_id", &row.organization_id)?,
            link_id: table.id("link_id", &row.link_id)?,
            address: table.text("address", &row.address)?,
            sealed: Sealed::from_bytes(row.sealed),
            wrong_tries: table.number("wrong_tries", row.wrong_tries.into())?,
            state,
            created_at: row.created_at,
        })
    }
}
