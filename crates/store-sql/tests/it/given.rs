//! Databases and values that the tests begin with.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use diesel::Connection as _;
use diesel::prelude::{QueryableByName, RunQueryDsl as _, SqliteConnection};
use diesel::sql_types::Text;
use tempfile::TempDir;
use time::Duration;
use time::macros::datetime;
use ulid::Ulid;
use vestibule_application::ports::store::Store as _;
use vestibule_domain::Instant;
use vestibule_domain::admission::AddressRule;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::audit::{Actor, AuditAction, AuditEntry, AuditTarget};
use vestibule_domain::connection::{Connection, ConnectionState, ProtocolSettings};
use vestibule_domain::connection_type::{ConnectionType, Protocol};
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::custom_host::CustomHosts;
use vestibule_domain::environment::{
    ActivationRule, Branding, Environment, EnvironmentKind, PortalRedirects, SESSION_DAYS_DEFAULT,
};
use vestibule_domain::event::{Event, Fact, OrganizationSnapshot};
use vestibule_domain::id::{EnvironmentId, Id, SsoSessionId};
use vestibule_domain::intent::Intent;
use vestibule_domain::job::{Job, Task};
use vestibule_domain::organization::{Metadata, Organization, ProfileRule, Slug};
use vestibule_domain::portal_link::{LinkKind, NewLink, PortalLink, WayBack};
use vestibule_domain::redirect::LinkRedirects;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::profile::{Person, Profile};
use vestibule_domain::sso::session::{Origin, SsoSession};
use vestibule_domain::team::Team;
use vestibule_domain::test_provider::TestProviderRule;
use vestibule_domain::text::Name;
use vestibule_store_sql::{ConnectOptions, SqlStore};
use vestibule_test_servers::Postgres;

pub(crate) const NOW: Instant = datetime!(2026-11-21 12:00 UTC);

/// A new id, greater than all before, of the time of the tests.
pub(crate) fn id<I: Id>() -> I {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    let ms = NOW.unix_timestamp().unsigned_abs() * 1_000 + made;
    I::from_ulid(Ulid::from_parts(ms, made.into()))
}

/// A server that tests share; it ends with the last of them.
pub(crate) fn server() -> Arc<Postgres> {
    static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return server;
    }
    let server = Arc::new(Postgres::start().unwrap());
    *shared = Arc::downgrade(&server);
    server
}

fn fresh_name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("db{}", MADE.fetch_add(1, Ordering::Relaxed))
}

/// A database of a test's own.
pub(crate) enum Place {
    /// On the shared server.
    Postgres { server: Arc<Postgres>, name: String },
    /// In a file.
    Sqlite { directory: TempDir },
}

impl Place {
    pub(crate) fn postgres() -> Self {
        let (server, name) = (server(), fresh_name());
        server.create_database(&name).unwrap();
        Self::Postgres { server, name }
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite { directory: tempfile::tempdir().unwrap() }
    }

    /// One of each.
    pub(crate) fn both() -> [Self; 2] {
        [Self::postgres(), Self::sqlite()]
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres { server, name } => server.url(name),
            Self::Sqlite { directory } => format!("sqlite://{}", directory.path().join("v.db").display()),
        }
    }

    /// A store on it.
    pub(crate) async fn connect(&self) -> SqlStore {
        SqlStore::connect(&self.url(), ConnectOptions::default()).await.unwrap()
    }

    /// A store with the schema.
    pub(crate) async fn store(&self) -> SqlStore {
        let store = self.connect().await;
        store.migrate(NOW).await.unwrap();
        store
    }

    /// Changes the database behind the store's back.
    pub(crate) fn execute(&self, sql: &str) {
        match self {
            Self::Postgres { server, name } => server.execute(name, sql).unwrap(),
            Self::Sqlite { directory } => {
                use diesel::connection::SimpleConnection as _;
                let path = directory.path().join("v.db");
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                conn.batch_execute(sql).unwrap();
            }
        }
    }

    /// Reads rows of texts behind the store's back.
    pub(crate) fn lines(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            line: String,
        }
        match self {
            Self::Postgres { server, name } => {
                server.query(name, sql).unwrap().lines().map(str::to_owned).collect()
            }
            Self::Sqlite { directory } => {
                let path = directory.path().join("v.db");
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                let sql = format!("SELECT line FROM (SELECT NULL AS line WHERE 0 UNION ALL {sql})");
                let lines: Vec<Line> = diesel::sql_query(sql).load(&mut conn).unwrap();
                lines.into_iter().map(|line| line.line).collect()
            }
        }
    }
}

pub(crate) fn team() -> Team {
    Team { id: id(), name: Name::parse("Vendor").unwrap(), support_email: None, created_at: NOW }
}

pub(crate) fn environment(team: &Team) -> Environment {
    Environment {
        id: id(),
        team_id: team.id,
        kind: EnvironmentKind::Sandbox,
        name: Name::parse("Sandbox").unwrap(),
        client_id: id(),
        redirects: PortalRedirects::default(),
        redirect_uris: Vec::new(),
        branding: Branding::default(),
        activation: ActivationRule::Immediate,
        session_days: SESSION_DAYS_DEFAULT,
        addresses: AddressRule::Stated,
        custom_attributes: CustomAttributes::default(),
        hosts: CustomHosts::default(),
        test_provider: TestProviderRule::On,
        created_at: NOW,
    }
}

pub(crate) fn organization(environment: EnvironmentId) -> Organization {
    let id: vestibule_domain::id::OrganizationId = id();
    let name = Name::parse("Acme").unwrap();
    Organization {
        id,
        environment_id: environment,
        slug: Slug::of_name(&name).with_suffix(id),
        name,
        external_id: None,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        profiles: ProfileRule::VerifiedDomains,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn link(organization: &Organization) -> PortalLink {
    let id: vestibule_domain::id::PortalLinkId = id();
    PortalLink::mint(NewLink {
        id,
        environment: (organization.environment_id, EnvironmentKind::Sandbox),
        way_back: WayBack::None,
        organization_id: organization.id,
        kind: LinkKind::Token,
        digest: SecretDigest::of(&id.to_string()),
        intents: vec![Intent::Sso],
        redirects: LinkRedirects::default(),
        admins: Vec::new(),
        external_user_id: None,
        provider_hint: None,
        life: Some(Duration::hours(1)),
        now: NOW,
    })
    .unwrap()
}

pub(crate) fn connection(organization: &Organization) -> Connection {
    Connection {
        id: id(),
        environment_id: organization.environment_id,
        organization_id: organization.id,
        connection_type: ConnectionType::GenericSaml,
        provider: None,
        name: Name::parse("Acme SSO").unwrap(),
        external_id: None,
        state: ConnectionState::Active,
        settings: ProtocolSettings::empty(Protocol::Saml),
        attribute_map: AttributeMap::default(),
        set_up_by: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// An attempt to sign in, started at a time.
pub(crate) fn attempt(connection: &Connection, started_at: Instant) -> SsoSession {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let ms = SsoSessionId::least_at(started_at).ulid().timestamp_ms();
    let id = SsoSessionId::from_ulid(Ulid::from_parts(ms, MADE.fetch_add(1, Ordering::Relaxed).into()));
    SsoSession::begun(id, connection, Origin::ServiceProvider, started_at)
}

pub(crate) fn profile(connection: &Connection) -> Profile {
    let raw = Asserted {
        subject: "anna".into(),
        subject_format: None,
        session_index: None,
        attributes: Vec::new(),
    };
    let person = Person {
        idp_id: "anna".into(),
        email: "anna@acme.example".into(),
        first_name: None,
        last_name: None,
        name: None,
        groups: Vec::new(),
        roles: Vec::new(),
        custom: [].into(),
        raw: raw.into(),
    };
    Profile {
        id: id(),
        environment_id: connection.environment_id,
        organization_id: Some(connection.organization_id),
        connection_id: connection.id,
        connection_type: connection.connection_type,
        person: person.into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn entry(environment: EnvironmentId) -> AuditEntry {
    AuditEntry {
        id: id(),
        environment_id: environment,
        organization_id: None,
        at: NOW,
        action: AuditAction::PortalTokenMinted,
        actor: Actor::system(),
        target: AuditTarget { kind: "portal_link".into(), id: "portal_link_x".into() },
        details: Vec::new(),
        changes: Vec::new(),
    }
}

pub(crate) fn event(organization: &Organization) -> Event {
    Event {
        id: id(),
        environment_id: organization.environment_id,
        organization_id: Some(organization.id),
        created_at: NOW,
        actor: Actor::system(),
        fact: Fact::OrganizationCreated(OrganizationSnapshot {
            organization: organization.clone(),
            domains: Vec::new(),
        }),
    }
}

pub(crate) fn job(environment: EnvironmentId) -> Job {
    Job { id: id(), environment_id: environment, task: Task::DispatchEvent(id()), run_at: NOW, starts: 0 }
}

/// Writes in a unit of work of its own.
macro_rules! written {
    ($store:expr, |$work:ident| $($call:expr),+ $(,)?) => {{
        let mut $work = $store.begin().await.unwrap();
        $($call.await.unwrap();)+
        $work.commit().await.unwrap();
    }};
}
pub(crate) use written;

/// A store's first organization, with the environment it is in.
pub(crate) async fn settled(store: &SqlStore) -> Organization {
    let team = team();
    let environment = environment(&team);
    let organization = organization(environment.id);
    written!(
        store,
        |work| work.accounts().insert_team(&team),
        work.accounts().insert_environment(&environment),
        work.organizations().insert(&organization),
    );
    organization
}

/// A connection of an organization, in the store.
pub(crate) async fn connected(store: &SqlStore, organization: &Organization) -> Connection {
    let connection = connection(organization);
    written!(store, |work| work.connections().insert(&connection));
    connection
}

/// Ids of the events that a store shows, oldest first, once it shows so many: another test's
/// transaction on the same server may hold them back for a moment.
pub(crate) async fn events_shown(
    store: &SqlStore,
    environment: EnvironmentId,
    count: usize,
) -> Vec<vestibule_domain::id::EventId> {
    use vestibule_application::ports::store::EventFilter;
    use vestibule_domain::page::{Order, PageLimit, PageRequest};
    let page = PageRequest { limit: PageLimit::new(100).unwrap(), order: Order::Ascending, cursor: None };
    let shown = async {
        loop {
            let page = store.queries().events(environment, &EventFilter::default(), page).await.unwrap();
            if page.items.len() >= count {
                return page.items.iter().map(|event| event.id).collect();
            }
        }
    };
    in_time(shown).await
}

/// Fails a test that waits for ever.
pub(crate) async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_mins(1), what).await.expect("it ends in time")
}
