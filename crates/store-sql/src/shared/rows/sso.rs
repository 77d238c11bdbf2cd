//! Attempts to sign in, profiles, accepted assertions and signing keys.

use std::sync::Arc;

use vestibule_application::ports::store::{AcceptedAssertion, SsoSessionLine, StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::secret::{Sealed, SecretDigest};
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{IssuedCode, SessionRecord, SsoSession, SsoSessionState};
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_wire::stored::TextForm as _;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant, without_nul};

const ATTEMPTS: Table = Table("sso_sessions");

row! {
    /// An attempt. The code of a failure is in its document as well, and the address in the
    /// record; the columns are for lists.
    SsoSessionRow of sso_sessions {
        id: String,
        environment_id: String,
        organization_id: Option<String>,
        connection_id: String,
        origin: String,
        state: String,
        state_at: Option<Instant>,
        failure_code: Option<String>,
        failure: Option<Doc>,
        email: Option<String>,
        asked: Option<Doc>,
        trial: Option<Doc>,
        ticket: Option<Vec<u8>>,
        exchange: Option<Vec<u8>>,
        code_digest: Option<Vec<u8>>,
        code_expires_at: Option<Instant>,
        profile_id: Option<String>,
        record: Doc,
        ip_address: Option<String>,
        user_agent: Option<String>,
        started_at: Instant,
    }
}

impl From<&SsoSession> for SsoSessionRow {
    fn from(session: &SsoSession) -> Self {
        let failure = session.state.failure();
        let code = session.code.as_ref();
        Self {
            id: session.id.to_string(),
            environment_id: session.environment_id.to_string(),
            organization_id: session.organization_id.map(|id| id.to_string()),
            connection_id: session.connection_id.to_string(),
            origin: session.origin.to_text(),
            state: session.state.as_str().to_owned(),
            state_at: session.state.at().map(instant),
            failure_code: failure.map(|failure| failure.code.to_text()),
            failure: failure.map(Doc::of),
            email: session.record.address(),
            asked: session.authorization.as_ref().map(Doc::of),
            trial: session.trial.as_deref().map(Doc::of),
            ticket: session.ticket.as_ref().map(|digest| digest.as_bytes().to_vec()),
            exchange: session.exchange.as_ref().map(|sealed| sealed.as_bytes().to_vec()),
            code_digest: code.map(|code| code.digest.as_bytes().to_vec()),
            code_expires_at: code.map(|code| instant(code.expires_at)),
            profile_id: code.map(|code| code.profile_id.to_string()),
            record: Doc::of(&session.record),
            ip_address: session.ip_address.as_deref().map(without_nul),
            user_agent: session.user_agent.as_deref().map(without_nul),
            started_at: instant(session.started_at),
        }
    }
}

/// Where an attempt stands.
fn state(word: &str, at: Option<Instant>, failure: Option<Doc>) -> StoreResult<SsoSessionState> {
    match (word, at) {
        ("started", None) => Ok(SsoSessionState::Started),
        ("authorized", Some(at)) => Ok(SsoSessionState::Authorized { at }),
        ("successful", Some(at)) => Ok(SsoSessionState::Successful { at }),
        ("failed", Some(at)) => {
            let failure = ATTEMPTS.some("failure", failure)?;
            Ok(SsoSessionState::Failed { at, failure: ATTEMPTS.document("failure", &failure)? })
        }
        _ => Err(ATTEMPTS.corrupt("state")),
    }
}

row! {
    /// An attempt without its record, which may be large.
    BareSessionRow of sso_sessions {
        id: String,
        environment_id: String,
        organization_id: Option<String>,
        connection_id: String,
        origin: String,
        state: String,
        state_at: Option<Instant>,
        failure: Option<Doc>,
        asked: Option<Doc>,
        exchange: Option<Vec<u8>>,
        code_digest: Option<Vec<u8>>,
        code_expires_at: Option<Instant>,
        profile_id: Option<String>,
        ip_address: Option<String>,
        user_agent: Option<String>,
        started_at: Instant,
    }
}

impl TryFrom<SsoSessionRow> for SsoSession {
    type Error = StoreError;

    fn try_from(row: SsoSessionRow) -> StoreResult<Self> {
        let record = ATTEMPTS.document("record", &row.record);
        let trial = row.trial.map(|trial| ATTEMPTS.document("trial", &trial).map(Box::new)).transpose();
        let ticket = row.ticket.map(|digest| ATTEMPTS.digest("ticket", &digest)).transpose();
        let bare = BareSessionRow {
            id: row.id,
            environment_id: row.environment_id,
            organization_id: row.organization_id,
            connection_id: row.connection_id,
            origin: row.origin,
            state: row.state,
            state_at: row.state_at,
            failure: row.failure,
            asked: row.asked,
            exchange: row.exchange,
            code_digest: row.code_digest,
            code_expires_at: row.code_expires_at,
            profile_id: row.profile_id,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            started_at: row.started_at,
        };
        let session = Self::try_from(bare)?;
        Ok(Self { record: record?, trial: trial?, ticket: ticket?, ..session })
    }
}

impl TryFrom<BareSessionRow> for SsoSession {
    type Error = StoreError;

    fn try_from(row: BareSessionRow) -> StoreResult<Self> {
        let table = ATTEMPTS;
        let code = match (row.code_digest, row.code_expires_at, row.profile_id) {
            (Some(digest), Some(expires_at), Some(profile)) => Some(IssuedCode {
                digest: table.digest("code_digest", &digest)?,
                expires_at,
                profile_id: table.id("profile_id", &profile)?,
            }),
            (None, None, None) => None,
            _ => return Err(table.corrupt("code_digest")),
        };
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: row.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            connection_id: table.id("connection_id", &row.connection_id)?,
            origin: table.text("origin", &row.origin)?,
            state: state(&row.state, row.state_at, row.failure)?,
            authorization: row.asked.map(|asked| table.document("asked", &asked)).transpose()?,
            // Of an attempt that has a code neither is left.
            trial: None,
            ticket: None,
            exchange: row.exchange.map(Sealed::from_bytes),
            code,
            record: SessionRecord::default(),
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            started_at: row.started_at,
        })
    }
}

row! {
    /// An attempt as a list shows it: everything but what may be large.
    LineRow of sso_sessions {
        id: String,
        organization_id: Option<String>,
        connection_id: String,
        origin: String,
        state: String,
        state_at: Option<Instant>,
        failure: Option<Doc>,
        email: Option<String>,
        ip_address: Option<String>,
        started_at: Instant,
    }
}

impl LineRow {
    /// The line at `now`.
    pub(in super::super) fn line(self, now: Instant) -> StoreResult<SsoSessionLine> {
        let table = ATTEMPTS;
        let origin = table.text("origin", &self.origin)?;
        let state = state(&self.state, self.state_at, self.failure)?;
        Ok(SsoSessionLine {
            id: table.id("id", &self.id)?,
            organization_id: self.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            connection_id: table.id("connection_id", &self.connection_id)?,
            origin,
            standing: state.standing(origin, self.started_at, now),
            failure: state.failure().map(|failure| failure.code),
            email: self.email,
            ip_address: self.ip_address,
            started_at: self.started_at,
            ended_at: state.ended_at(),
        })
    }
}

row! {
    /// A profile. The digest is that of the person's id at the provider.
    ProfileRow of profiles {
        id: String,
        environment_id: String,
        organization_id: Option<String>,
        connection_id: String,
        connection_type: String,
        idp_digest: Vec<u8>,
        person: Doc,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl From<&Profile> for ProfileRow {
    fn from(profile: &Profile) -> Self {
        Self {
            id: profile.id.to_string(),
            environment_id: profile.environment_id.to_string(),
            organization_id: profile.organization_id.map(|id| id.to_string()),
            connection_id: profile.connection_id.to_string(),
            connection_type: profile.connection_type.to_text(),
            idp_digest: SecretDigest::of(&profile.person.idp_id).as_bytes().to_vec(),
            person: Doc::of(&*profile.person),
            created_at: instant(profile.created_at),
            updated_at: instant(profile.updated_at),
        }
    }
}

impl TryFrom<ProfileRow> for Profile {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> StoreResult<Self> {
        let table = Table("profiles");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            organization_id: row.organization_id.map(|id| table.id("organization_id", &id)).transpose()?,
            connection_id: table.id("connection_id", &row.connection_id)?,
            connection_type: table.text("connection_type", &row.connection_type)?,
            person: Arc::new(table.document("person", &row.person)?),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

row! {
    /// An assertion that was accepted.
    AcceptedRow of accepted_assertions {
        environment_id: String,
        connection_id: String,
        digest: Vec<u8>,
        expires_at: Instant,
    }
}

impl From<&AcceptedAssertion> for AcceptedRow {
    fn from(assertion: &AcceptedAssertion) -> Self {
        Self {
            environment_id: assertion.environment_id.to_string(),
            connection_id: assertion.connection_id.to_string(),
            digest: assertion.digest.as_bytes().to_vec(),
            expires_at: instant(assertion.expires_at),
        }
    }
}

row! {
    /// A key that signs access tokens.
    SigningKeyRow of signing_keys {
        id: String,
        environment_id: String,
        certificate: Doc,
        private_key: Vec<u8>,
        signs_from: Instant,
        created_at: Instant,
    }
}

impl From<&SigningKey> for SigningKeyRow {
    fn from(key: &SigningKey) -> Self {
        Self {
            id: key.id.to_string(),
            environment_id: key.environment_id.to_string(),
            certificate: Doc::of(&key.certificate),
            private_key: key.private_key.as_bytes().to_vec(),
            signs_from: instant(key.signs_from),
            created_at: instant(key.created_at),
        }
    }
}

impl TryFrom<SigningKeyRow> for SigningKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> StoreResult<Self> {
        let table = Table("signing_keys");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            certificate: table.document("certificate", &row.certificate)?,
            private_key: Sealed::from_bytes(row.private_key),
            signs_from: row.signs_from,
            created_at: row.created_at,
        })
    }
}
