//! Teams, members, environments and API keys.

use vestibule_application::ports::store::{SignInEnvironment, StoreError, StoreResult};
use vestibule_domain::Instant;
use vestibule_domain::api_key::ApiKey;
use vestibule_domain::environment::Environment;
use vestibule_domain::member::{Member, PasswordAttempts};
use vestibule_domain::member_session::MemberSession;
use vestibule_domain::secret::Sealed;
use vestibule_domain::team::Team;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::totp::SecondFactor;
use vestibule_wire::stored::TextForm;

use super::row;
use crate::doc::Doc;
use crate::parse::{Table, instant};

/// Bytes of one recovery code's digest in their column.
const DIGEST_BYTES: usize = 32;

row! {
    /// A team.
    TeamRow of teams {
        id: String,
        name: String,
        created_at: Instant,
        support_email: Option<String>,
    }
}

impl From<&Team> for TeamRow {
    fn from(team: &Team) -> Self {
        Self {
            id: team.id.to_string(),
            name: team.name.to_text(),
            created_at: instant(team.created_at),
            support_email: team.support_email.as_ref().map(TextForm::to_text),
        }
    }
}

row! {
    /// A member.
    MemberRow of members {
        id: String,
        team_id: String,
        email: String,
        password_hash: String,
        role: String,
        created_at: Instant,
        name: Option<String>,
        wrong_passwords: i32,
        last_wrong_at: Option<Instant>,
        totp_secret: Option<Vec<u8>>,
        totp_last_step: Option<i64>,
        recovery_codes: Option<Vec<u8>>,
        second_factor_at: Option<Instant>,
        notices: String,
        signed_in_at: Option<Instant>,
    }
}

impl From<&Member> for MemberRow {
    fn from(member: &Member) -> Self {
        let factor = member.second_factor.as_ref();
        let codes = |factor: &SecondFactor| {
            factor.recovery_codes.iter().flat_map(|digest| *digest.as_bytes()).collect::<Vec<u8>>()
        };
        Self {
            id: member.id.to_string(),
            team_id: member.team_id.to_string(),
            email: member.email.to_text(),
            password_hash: member.password_hash.clone(),
            role: member.role.to_text(),
            created_at: instant(member.created_at),
            name: member.name.as_ref().map(TextForm::to_text),
            wrong_passwords: member.attempts.wrong.into(),
            last_wrong_at: member.attempts.last_wrong_at.map(instant),
            totp_secret: factor.map(|factor| factor.sealed_secret.as_bytes().to_vec()),
            // Steps are counted from 1970 in half minutes.
            totp_last_step: factor.map(|factor| i64::try_from(factor.last_step).unwrap_or(i64::MAX)),
            recovery_codes: factor.map(codes),
            second_factor_at: factor.map(|factor| instant(factor.since)),
            notices: member.notices.to_text(),
            signed_in_at: member.signed_in_at.map(instant),
        }
    }
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> StoreResult<Self> {
        let table = Table("members");
        let second_factor =
            match (row.totp_secret, row.totp_last_step, row.recovery_codes, row.second_factor_at) {
                (None, None, None, None) => None,
                (Some(secret), Some(last_step), Some(codes), Some(since)) => Some(SecondFactor {
                    sealed_secret: Sealed::from_bytes(secret),
                    last_step: table.number("totp_last_step", last_step)?,
                    recovery_codes: codes
                        .chunks(DIGEST_BYTES)
                        .map(|digest| table.digest("recovery_codes", digest))
                        .collect::<StoreResult<_>>()?,
                    since,
                }),
                _ => return Err(table.corrupt("totp_secret")),
            };
        Ok(Self {
            id: table.id("id", &row.id)?,
            team_id: table.id("team_id", &row.team_id)?,
            email: table.text("email", &row.email)?,
            name: row.name.as_deref().map(|name| table.text("name", name)).transpose()?,
            password_hash: row.password_hash,
            role: table.text("role", &row.role)?,
            attempts: PasswordAttempts {
                wrong: table.number("wrong_passwords", row.wrong_passwords.into())?,
                last_wrong_at: row.last_wrong_at,
            },
            second_factor,
            notices: table.text("notices", &row.notices)?,
            signed_in_at: row.signed_in_at,
            created_at: row.created_at,
        })
    }
}

impl TryFrom<TeamRow> for Team {
    type Error = StoreError;

    fn try_from(row: TeamRow) -> StoreResult<Self> {
        let table = Table("teams");
        Ok(Self {
            id: table.id("id", &row.id)?,
            name: table.text("name", &row.name)?,
            support_email: table.text_if_any("support_email", row.support_email.as_deref())?,
            created_at: row.created_at,
        })
    }
}

row! {
    /// A member's visit to the dashboard.
    MemberSessionRow of member_sessions {
        id: String,
        member_id: String,
        digest: Vec<u8>,
        ip_address: Option<String>,
        user_agent: Option<String>,
        started_at: Instant,
        expires_at: Instant,
        ended_at: Option<Instant>,
        stage: String,
    }
}

impl From<&MemberSession> for MemberSessionRow {
    fn from(session: &MemberSession) -> Self {
        Self {
            id: session.id.to_string(),
            member_id: session.member_id.to_string(),
            digest: session.digest.as_bytes().to_vec(),
            ip_address: session.ip_address.clone(),
            user_agent: session.user_agent.clone(),
            started_at: instant(session.started_at),
            expires_at: instant(session.expires_at),
            ended_at: session.ended_at.map(instant),
            stage: session.stage.to_text(),
        }
    }
}

impl TryFrom<MemberSessionRow> for MemberSession {
    type Error = StoreError;

    fn try_from(row: MemberSessionRow) -> StoreResult<Self> {
        let table = Table("member_sessions");
        Ok(Self {
            id: table.id("id", &row.id)?,
            member_id: table.id("member_id", &row.member_id)?,
            stage: table.text("stage", &row.stage)?,
            digest: table.digest("digest", &row.digest)?,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            started_at: row.started_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        })
    }
}

row! {
    /// An environment.
    EnvironmentRow of environments {
        id: String,
        team_id: String,
        kind: String,
        name: String,
        client_id: String,
        redirects: Doc,
        redirect_uris: Doc,
        branding: Doc,
        activation: String,
        session_days: i32,
        addresses: String,
        custom_attributes: Doc,
        test_provider: String,
        created_at: Instant,
        hosts: Doc,
    }
}

impl From<&Environment> for EnvironmentRow {
    fn from(environment: &Environment) -> Self {
        Self {
            id: environment.id.to_string(),
            team_id: environment.team_id.to_string(),
            kind: environment.kind.to_text(),
            name: environment.name.to_text(),
            client_id: environment.client_id.to_string(),
            redirects: Doc::of(&environment.redirects),
            redirect_uris: Doc::of(&environment.redirect_uris),
            branding: Doc::of(&environment.branding),
            activation: environment.activation.to_text(),
            session_days: environment.session_days.into(),
            addresses: environment.addresses.to_text(),
            custom_attributes: Doc::of(&environment.custom_attributes),
            test_provider: environment.test_provider.to_text(),
            created_at: instant(environment.created_at),
            hosts: Doc::of(&environment.hosts),
        }
    }
}

impl TryFrom<EnvironmentRow> for Environment {
    type Error = StoreError;

    fn try_from(row: EnvironmentRow) -> StoreResult<Self> {
        let table = Table("environments");
        Ok(Self {
            id: table.id("id", &row.id)?,
            team_id: table.id("team_id", &row.team_id)?,
            kind: table.text("kind", &row.kind)?,
            name: table.text("name", &row.name)?,
            client_id: table.id("client_id", &row.client_id)?,
            redirects: table.document("redirects", &row.redirects)?,
            redirect_uris: table.document("redirect_uris", &row.redirect_uris)?,
            branding: table.document("branding", &row.branding)?,
            activation: table.text("activation", &row.activation)?,
            session_days: table.number("session_days", row.session_days.into())?,
            addresses: table.text("addresses", &row.addresses)?,
            custom_attributes: table.document("custom_attributes", &row.custom_attributes)?,
            hosts: table.document("hosts", &row.hosts)?,
            test_provider: table.text("test_provider", &row.test_provider)?,
            created_at: row.created_at,
        })
    }
}

row! {
    /// An environment as far as a sign-in needs it.
    SignInEnvironmentRow of environments {
        id: String,
        kind: String,
        redirect_uris: Doc,
        test_provider: String,
    }
}

impl TryFrom<SignInEnvironmentRow> for SignInEnvironment {
    type Error = StoreError;

    fn try_from(row: SignInEnvironmentRow) -> StoreResult<Self> {
        let table = Table("environments");
        let rule: TestProviderRule = table.text("test_provider", &row.test_provider)?;
        Ok(Self {
            id: table.id("id", &row.id)?,
            redirect_uris: table.document("redirect_uris", &row.redirect_uris)?,
            test_provider: rule.within(table.text("kind", &row.kind)?),
        })
    }
}

row! {
    /// An API key.
    ApiKeyRow of api_keys {
        id: String,
        environment_id: String,
        name: String,
        digest: Vec<u8>,
        hint: String,
        scopes: String,
        created_by: Option<String>,
        created_at: Instant,
        last_used_at: Option<Instant>,
        expires_at: Option<Instant>,
        revoked_at: Option<Instant>,
    }
}

impl From<&ApiKey> for ApiKeyRow {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            environment_id: key.environment_id.to_string(),
            name: key.name.to_text(),
            digest: key.digest.as_bytes().to_vec(),
            hint: key.hint.clone(),
            scopes: key.scopes.to_text(),
            created_by: key.created_by.clone(),
            created_at: instant(key.created_at),
            last_used_at: key.last_used_at.map(instant),
            expires_at: key.expires_at.map(instant),
            revoked_at: key.revoked_at.map(instant),
        }
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: ApiKeyRow) -> StoreResult<Self> {
        let table = Table("api_keys");
        Ok(Self {
            id: table.id("id", &row.id)?,
            environment_id: table.id("environment_id", &row.environment_id)?,
            name: table.text("name", &row.name)?,
            digest: table.digest("digest", &row.digest)?,
            hint: row.hint,
            scopes: table.text("scopes", &row.scopes)?,
            created_by: row.created_by,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    }
}
