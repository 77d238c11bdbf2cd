//! Sign-ins: attempts, profiles, accepted assertions, signing keys.

use async_trait::async_trait;
use vestibule_application::ports::store::{
    AcceptedAssertion, AcceptedAssertions, Admission, Admitted, ArrivalKey, Conflict, ConnectionSelector,
    Profiles, SignInArrival, SignInDesk, SignInDomain, SignInExchange, SigningKeys, SocialArrival,
    SocialDesk, SsoSessionFilter, SsoSessionLine, SsoSessions, StoreResult,
};
use vestibule_domain::Instant;
use vestibule_domain::connection::Connection;
use vestibule_domain::environment::sessions_kept_from;
use vestibule_domain::id::{ClientId, ConnectionId, EnvironmentId, Id as _, SigningKeyId, SsoSessionId};
use vestibule_domain::organization::Organization;
use vestibule_domain::page::{Page, PageRequest};
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::social::SocialProvider;
use vestibule_domain::sso::profile::Profile;
use vestibule_domain::sso::session::{
    IssuedCode, SSO_TEST_TIMEOUT, SessionRecord, SsoSession, SsoSessionState,
};
use vestibule_domain::sso::signing_key::SigningKey;
use vestibule_domain::webhook::WebhookEndpoint;

use crate::rows::{
    EndpointIndex, EnvironmentIndex, ProfileIndex, SigningKeyIndex, SocialIndex, SsoSessionIndex,
};
use crate::table::Row;
use crate::tables::Tables;
use crate::unit_of_work::{MemoryUnitOfWork, first_of};

/// What an accepted assertion is looked up by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AcceptedIndex {
    Connection(ConnectionId),
}

impl Row for AcceptedAssertion {
    type Key = (EnvironmentId, ConnectionId, SecretDigest);
    type Index = AcceptedIndex;
    fn key(&self) -> Self::Key {
        (self.environment_id, self.connection_id, self.digest)
    }
    fn indexes(&self) -> Vec<AcceptedIndex> {
        vec![AcceptedIndex::Connection(self.connection_id)]
    }
}

impl Tables {
    /// Removes a connection's attempts, profiles and accepted assertions.
    pub(crate) fn forget_sign_ins(&mut self, connection: ConnectionId) {
        self.sso_sessions.remove_by(&SsoSessionIndex::Connection(connection));
        self.profiles.remove_by(&ProfileIndex::Connection(connection));
        self.assertions.remove_by(&AcceptedIndex::Connection(connection));
    }

    fn lacks_connection(&self, environment: EnvironmentId, id: ConnectionId) -> bool {
        self.connections.find(environment, &id).is_none() && self.social.find(environment, &id).is_none()
    }

    fn listened(&self, environment: EnvironmentId) -> bool {
        self.endpoints.by(&EndpointIndex::Environment(environment)).any(WebhookEndpoint::hears_sign_ins)
    }

    pub(crate) fn desk(&self, client: ClientId, selector: ConnectionSelector) -> Option<SignInDesk> {
        let environment = self.environments.one(&EnvironmentIndex::Client(client))?;
        let connection = match selector {
            ConnectionSelector::Connection(id) => self.connections.find(environment.id, &id).cloned(),
            ConnectionSelector::Organization(id) => self.connection_of(environment.id, id),
        };
        Some(SignInDesk {
            environment: environment.into(),
            found: connection,
            listened: self.listened(environment.id),
        })
    }

    fn owner(&self, connection: &Connection) -> Option<&Organization> {
        self.organizations.find(connection.environment_id, &connection.organization_id)
    }

    pub(crate) fn arrival(&self, key: ArrivalKey) -> Option<SignInArrival> {
        let (attempt, connection) = match key {
            ArrivalKey::Attempt(id) => {
                let attempt = self.sso_sessions.get(&id)?;
                (Some(attempt), self.connections.find(attempt.environment_id, &attempt.connection_id)?)
            }
            ArrivalKey::Connection(id) => (None, self.connections.get(&id)?),
        };
        Some(SignInArrival {
            attempt: attempt.cloned(),
            environment: self.environments.get(&connection.environment_id)?.into(),
            organization: self.owner(connection)?.into(),
            domains: self
                .domains_of(connection.environment_id, connection.organization_id)
                .iter()
                .map(SignInDomain::from)
                .collect(),
            listened: self.listened(connection.environment_id),
            connection: connection.clone(),
        })
    }

    pub(crate) fn desk_of_social(&self, client: ClientId, provider: SocialProvider) -> Option<SocialDesk> {
        let environment = self.environments.one(&EnvironmentIndex::Client(client))?;
        Some(SocialDesk {
            environment: environment.into(),
            connection: self.social.one(&SocialIndex::Provider(environment.id, provider)).cloned(),
            listened: self.listened(environment.id),
        })
    }

    pub(crate) fn arrival_of_social(&self, id: SsoSessionId) -> Option<SocialArrival> {
        let attempt = self.sso_sessions.get(&id)?;
        Some(SocialArrival {
            attempt: attempt.clone(),
            connection: self.social.find(attempt.environment_id, &attempt.connection_id)?.clone(),
            listened: self.listened(attempt.environment_id),
        })
    }

    pub(crate) fn exchange(&self, environment: EnvironmentId, id: SsoSessionId) -> Option<SignInExchange> {
        let session = self.sso_sessions.find(environment, &id)?;
        let profile = self.profiles.find(environment, &session.code?.profile_id)?;
        Some(SignInExchange {
            session: SsoSession { record: SessionRecord::default(), ..session.clone() },
            profile: profile.clone(),
            listened: self.listened(environment),
        })
    }

    pub(crate) fn keys_of(&self, environment: EnvironmentId) -> Vec<SigningKey> {
        self.signing_keys.by(&SigningKeyIndex::Environment(environment)).cloned().collect()
    }

    pub(crate) fn list_sso_sessions(
        &self,
        environment: EnvironmentId,
        filter: &SsoSessionFilter,
        page: PageRequest<SsoSessionId>,
    ) -> Page<SsoSessionLine> {
        let email = filter.email.as_ref().map(|email| email.to_lowercase());
        let prefix = filter.email_prefix.as_ref().map(|prefix| prefix.to_lowercase());
        let begins = |row: &SsoSession, prefix: &String| {
            row.record.address().is_some_and(|address| address.starts_with(prefix))
        };
        let wanted = |row: &SsoSession| {
            filter.connection_id.is_none_or(|wanted| row.connection_id == wanted)
                && filter.organization_id.is_none_or(|wanted| row.organization_id == Some(wanted))
                && filter.standing.is_none_or(|wanted| row.standing(filter.now) == wanted)
                && filter.failure.is_none_or(|wanted| row.state.failure().is_some_and(|f| f.code == wanted))
                && filter.origin.is_none_or(|wanted| row.origin == wanted)
                && (email.is_none() || row.record.address() == email)
                && prefix.as_ref().is_none_or(|prefix| begins(row, prefix))
                && filter.from.is_none_or(|from| from <= row.started_at)
                && filter.until.is_none_or(|until| row.started_at <= until)
        };
        let keys = self.sso_sessions.keys(&SsoSessionIndex::Environment(environment));
        let rows = self.sso_sessions.scan(keys, page.scan(), wanted);
        page.page(rows).map(|session| line(session, filter.now))
    }
}

fn line(session: &SsoSession, now: Instant) -> SsoSessionLine {
    SsoSessionLine {
        id: session.id,
        organization_id: session.organization_id,
        connection_id: session.connection_id,
        origin: session.origin,
        standing: session.standing(now),
        failure: session.state.failure().map(|failure| failure.code),
        email: session.record.address(),
        ip_address: session.ip_address.clone(),
        started_at: session.started_at,
        ended_at: session.state.ended_at(),
    }
}

impl MemoryUnitOfWork {
    /// Forgets assertions that would not be accepted any more for their age.
    pub(crate) fn forget_assertions(&mut self, now: Instant) {
        let rows = &mut self.tables.assertions;
        let old: Vec<_> = rows.all().filter(|row| row.expires_at <= now).map(Row::key).collect();
        for key in old {
            rows.remove(&key);
        }
    }

    /// Erases what a public provider gave for an app that never came for it, and what was needed for
    /// an answer that never came.
    pub(crate) fn forget_exchanges(&mut self, now: Instant) {
        let rows = &mut self.tables.sso_sessions;
        let late = |row: &SsoSession| match row.state {
            SsoSessionState::Authorized { .. } => row.code.is_some_and(|code| code.expires_at <= now),
            SsoSessionState::Started => row.started_at <= now - SSO_TEST_TIMEOUT,
            _ => false,
        };
        let late: Vec<_> = rows
            .all()
            .filter(|row| row.exchange.is_some() && late(row))
            .map(|row| (row.environment_id, row.id))
            .collect();
        for (environment, id) in late {
            rows.change(environment, &id, |row| row.exchange = None);
        }
    }

    /// Forgets attempts that are older than their environment keeps them.
    pub(crate) fn forget_sso_sessions(&mut self, now: Instant) {
        let tables = &mut *self.tables;
        for environment in tables.environments.all() {
            let first = SsoSessionId::least_at(sessions_kept_from(environment.session_days, now));
            let theirs = tables.sso_sessions.keys(&SsoSessionIndex::Environment(environment.id));
            let old: Vec<_> = theirs.into_iter().flat_map(|keys| keys.range(..first)).copied().collect();
            for id in old {
                tables.sso_sessions.remove(&id);
            }
        }
    }
}

#[async_trait]
impl SsoSessions for MemoryUnitOfWork {
    async fn insert(&mut self, session: &SsoSession) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.sso_sessions.contains(&session.id), Conflict::Other),
            (tables.lacks_connection(session.environment_id, session.connection_id), Conflict::Reference),
        ]))?;
        self.tables.sso_sessions.put(session.clone());
        Ok(())
    }

    async fn advance(&mut self, session: &SsoSession, from: &SsoSessionState) -> StoreResult<bool> {
        let held = self.tables.sso_sessions.find(session.environment_id, &session.id);
        let stands = held.is_some_and(|held| held.state.as_str() == from.as_str());
        Ok(stands
            && self.tables.sso_sessions.change(session.environment_id, &session.id, |held| {
                held.state = session.state.clone();
                held.code = session.code;
                held.exchange.clone_from(&session.exchange);
                held.trial.clone_from(&session.trial);
                if *from == SsoSessionState::Started {
                    held.record.clone_from(&session.record);
                }
            }))
    }

    async fn admit(&mut self, admission: &Admission) -> StoreResult<Admitted> {
        let Admission { session, profile, assertion } = admission;
        let held = self.tables.sso_sessions.find(session.environment_id, &session.id);
        if !held.is_some_and(|held| held.state == SsoSessionState::Started) {
            return Ok(Admitted::Ended);
        }
        if let Some(assertion) = assertion
            && !self.accept(assertion).await?
        {
            return Ok(Admitted::AssertionUsed);
        }
        let profile_id = self.save(profile).await?.id;
        let code = session.code.map(|code| IssuedCode { profile_id, ..code });
        self.advance(&SsoSession { code, ..session.clone() }, &SsoSessionState::Started).await?;
        Ok(Admitted::In(profile_id))
    }

    async fn depart(&mut self, session: &SsoSession, ticket: &SecretDigest) -> StoreResult<bool> {
        let held = self.tables.sso_sessions.find(session.environment_id, &session.id);
        let waits = held.is_some_and(|held| held.ticket.as_ref() == Some(ticket));
        Ok(waits
            && self.tables.sso_sessions.change(session.environment_id, &session.id, |held| {
                held.ticket = None;
                held.exchange.clone_from(&session.exchange);
                held.record.clone_from(&session.record);
                held.ip_address.clone_from(&session.ip_address);
                held.user_agent.clone_from(&session.user_agent);
            }))
    }
}

#[async_trait]
impl Profiles for MemoryUnitOfWork {
    async fn save(&mut self, profile: &Profile) -> StoreResult<Profile> {
        let tables = &self.tables;
        let index = ProfileIndex::Person(profile.connection_id, profile.person.idp_id.clone());
        let first = tables.profiles.one(&index);
        let first = first.filter(|held| held.environment_id == profile.environment_id).cloned();
        self.admit(first_of([
            (first.is_none() && tables.profiles.contains(&profile.id), Conflict::Other),
            (tables.lacks_connection(profile.environment_id, profile.connection_id), Conflict::Reference),
        ]))?;
        let kept = match first {
            None => profile.clone(),
            Some(first) => Profile {
                connection_type: profile.connection_type,
                person: profile.person.clone(),
                updated_at: profile.updated_at,
                ..first
            },
        };
        self.tables.profiles.put(kept.clone());
        Ok(kept)
    }
}

#[async_trait]
impl AcceptedAssertions for MemoryUnitOfWork {
    async fn accept(&mut self, assertion: &AcceptedAssertion) -> StoreResult<bool> {
        let lacks = self.tables.lacks_connection(assertion.environment_id, assertion.connection_id);
        self.admit(first_of([(lacks, Conflict::Reference)]))?;
        if self.tables.assertions.contains(&assertion.key()) {
            return Ok(false);
        }
        self.tables.assertions.put(assertion.clone());
        Ok(true)
    }
}

#[async_trait]
impl SigningKeys for MemoryUnitOfWork {
    async fn insert(&mut self, key: &SigningKey) -> StoreResult<()> {
        let tables = &self.tables;
        self.admit(first_of([
            (tables.signing_keys.contains(&key.id), Conflict::Other),
            (!tables.environments.contains(&key.environment_id), Conflict::Reference),
        ]))?;
        self.tables.signing_keys.put(key.clone());
        Ok(())
    }

    async fn list(&mut self, environment: EnvironmentId) -> StoreResult<Vec<SigningKey>> {
        Ok(self.tables.keys_of(environment))
    }

    async fn delete(&mut self, environment: EnvironmentId, id: SigningKeyId) -> StoreResult<bool> {
        Ok(self.tables.signing_keys.remove_of(environment, &id))
    }
}
