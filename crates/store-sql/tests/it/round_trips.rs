//! Round trips to PostgreSQL, counted on the wire: a proxy counts how often the client speaks
//! after it has heard an answer. Answers come late, as from afar, so that what is sent without
//! waiting for one is all sent before it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use vestibule_application::ports::store::{
    AcceptedAssertion, Admission, Admitted, ArrivalKey, ConnectionSelector, SsoSessionFilter, Store as _,
};
use vestibule_domain::api_key::{ApiKey, ApiKeyPurpose, ApiKeyScopes};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::organization::Organization;
use vestibule_domain::page::PageRequest;
use vestibule_domain::portal_session::PortalSession;
use vestibule_domain::secret::SecretDigest;
use vestibule_domain::sso::session::{Exchanger, IssuedCode};
use vestibule_domain::text::Name;
use vestibule_store_sql::{ConnectOptions, SqlStore};

use crate::given::{NOW, Place, attempt, connected, entry, event, id, job, link, profile, settled, written};

/// How late answers come.
const DISTANCE: Duration = Duration::from_millis(80);

/// Counts the turns of a conversation.
#[derive(Default)]
struct Turns {
    count: AtomicUsize,
    client_spoke_last: AtomicBool,
}

impl Turns {
    async fn pass(self: Arc<Self>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, client: bool) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if client && !self.client_spoke_last.swap(true, Ordering::SeqCst) {
                self.count.fetch_add(1, Ordering::SeqCst);
            } else if !client {
                tokio::time::sleep(DISTANCE).await;
                self.client_spoke_last.store(false, Ordering::SeqCst);
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }
}

async fn proxy(server: u16) -> (u16, Arc<Turns>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let turns = Arc::new(Turns::default());
    let counted = Arc::clone(&turns);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            tokio::spawn(Arc::clone(&counted).pass(from_client, to_server, true));
            tokio::spawn(Arc::clone(&counted).pass(from_server, to_client, false));
        }
    });
    (port, turns)
}

/// How many round trips the second run of something takes; the first prepares its statements.
macro_rules! round_trips {
    ($turns:expr, $what:expr) => {{
        $what;
        let before = $turns.count.load(Ordering::SeqCst);
        $what;
        $turns.count.load(Ordering::SeqCst) - before
    }};
}

/// A store that is far away, with the schema and an organization, and the count of its turns.
async fn far_away(statements: &str) -> (Place, SqlStore, Arc<Turns>, Organization) {
    let place = Place::postgres();
    let Place::Postgres { server, name } = &place else { unreachable!("it is on PostgreSQL") };
    place.store().await;
    let (port, turns) = proxy(server.port()).await;
    let url = format!("postgres://vestibule@127.0.0.1:{port}/{name}?statements={statements}&sslmode=disable");
    let options = ConnectOptions { connections_max: 1, ..ConnectOptions::default() };
    let store = SqlStore::connect(&url, options).await.unwrap();
    let home = settled(&store).await;
    (place, store, turns, home)
}

async fn counts_hold(statements: &str) {
    let (_place, store, turns, home) = far_away(statements).await;
    let environment = home.environment_id;

    let minted = round_trips!(
        turns,
        written!(
            store,
            |work| work.links().insert(&link(&home)),
            work.outbox().record(entry(environment)),
            work.outbox().append(event(&home)),
            work.outbox().enqueue(job(environment)),
        )
    );
    assert_eq!(minted, 1, "a link with audit trail, event and job");

    let told = round_trips!(turns, written!(store, |work| work.outbox().record(entry(environment))));
    assert_eq!(told, 1, "nothing but the outbox");

    let nothing = round_trips!(turns, store.begin().await.unwrap().commit().await.unwrap());
    assert_eq!(nothing, 0, "nothing at all");

    let link = link(&home);
    let session = PortalSession::start(id(), &link, SecretDigest::of("cookie"), None, NOW);
    let owner = (environment, EnvironmentKind::Sandbox);
    let name = Name::parse("ci").unwrap();
    let purpose = ApiKeyPurpose { name, scopes: ApiKeyScopes::Everything, created_by: None };
    let (key, _) = ApiKey::issue(id(), owner, purpose, [7; 32], NOW);
    written!(
        store,
        |work| work.links().insert(&link),
        work.sessions().insert(&session),
        work.accounts().insert_api_key(&key),
    );
    let queries = store.queries();
    let visit = round_trips!(turns, assert!(queries.visit(&session.digest).await.unwrap().is_some()));
    let invitation = round_trips!(turns, assert!(queries.invitation(&link.digest).await.unwrap().is_some()));
    let key = round_trips!(turns, assert!(queries.api_credential(&key.digest).await.unwrap().is_some()));
    let one =
        round_trips!(turns, assert!(queries.organization(environment, home.id).await.unwrap().is_some()));
    let ready = round_trips!(turns, queries.ready().await.unwrap());
    assert_eq!([visit, invitation, key, one, ready], [1; 5]);
}

/// What a person's way through a sign-in asks of the store: authorize, answer, token.
async fn a_sign_in_takes_few(statements: &str) {
    let (_place, store, turns, home) = far_away(statements).await;
    let connection = connected(&store, &home).await;
    let (environment, queries) = (home.environment_id, store.queries());
    let client = queries.environment(environment).await.unwrap().unwrap().client_id;

    let selector = ConnectionSelector::Connection(connection.id);
    let desk = round_trips!(
        turns,
        assert!(queries.sign_in_desk(client, selector).await.unwrap().unwrap().found.is_some())
    );
    let mut started;
    let authorize = round_trips!(turns, {
        started = attempt(&connection, NOW);
        written!(
            store,
            |work| work.sso_sessions().insert(&started),
            work.outbox().append(event(&home)),
            work.outbox().enqueue(job(environment)),
        );
    });
    let key = ArrivalKey::Attempt(started.id);
    let arrival = round_trips!(turns, assert!(queries.sign_in_arrival(key).await.unwrap().is_some()));
    assert_eq!([desk, authorize, arrival], [1; 3], "before the answer");

    let mut authorized;
    let accepted = round_trips!(turns, {
        let started = attempt(&connection, NOW);
        written!(store, |work| work.sso_sessions().insert(&started));
        let assertion = AcceptedAssertion {
            environment_id: environment,
            connection_id: connection.id,
            digest: SecretDigest::of(&started.id.to_string()),
            expires_at: NOW + Duration::from_mins(5),
        };
        let profile = profile(&connection);
        let code = IssuedCode {
            digest: SecretDigest::of("code"),
            expires_at: NOW + Duration::from_mins(10),
            profile_id: profile.id,
        };
        authorized = started.authorized(code, None, NOW);
        let admission = Admission { session: authorized.clone(), profile, assertion: Some(assertion) };
        let mut work = store.begin().await.unwrap();
        work.decide_by_next();
        let Admitted::In(profile_id) = work.sso_sessions().admit(&admission).await.unwrap() else {
            panic!("nobody is let in");
        };
        authorized.code = Some(IssuedCode { profile_id, ..code });
        work.commit().await.unwrap();
    });
    // Behind a pooler limits of time are set with BEGIN, and there is a commit to wait for.
    let decided = if statements == "named" { 1 } else { 2 };
    assert_eq!(accepted - authorize, decided, "an answer");

    let exchange = round_trips!(
        turns,
        assert!(queries.sign_in_exchange(environment, authorized.id).await.unwrap().is_some())
    );
    let digest = SecretDigest::of("code");
    let (exchanged, _) = authorized.clone().exchanged(&digest, Exchanger::Confidential, None, NOW).unwrap();
    let (mut from, mut to) = (authorized.clone(), exchanged);
    let quiet = round_trips!(turns, {
        let mut work = store.begin().await.unwrap();
        work.decide_by_next();
        assert!(work.sso_sessions().advance(&to, &from.state).await.unwrap());
        work.commit().await.unwrap();
        std::mem::swap(&mut from, &mut to);
    });
    assert_eq!(quiet, decided, "an exchange of which nobody is told");
    let token = round_trips!(turns, {
        let mut work = store.begin().await.unwrap();
        assert!(work.sso_sessions().advance(&to, &from.state).await.unwrap());
        work.outbox().append(event(&home)).await.unwrap();
        work.commit().await.unwrap();
        std::mem::swap(&mut from, &mut to);
    });
    let profile = round_trips!(
        turns,
        assert!(queries.profile(environment, authorized.code.unwrap().profile_id).await.unwrap().is_some())
    );
    let keys = round_trips!(turns, assert!(queries.signing_keys(environment).await.unwrap().is_empty()));
    let log = round_trips!(turns, {
        let filter = SsoSessionFilter { connection_id: Some(connection.id), ..SsoSessionFilter::all(NOW) };
        let page = queries.sso_sessions(environment, &filter, PageRequest::default()).await;
        assert!(!page.unwrap().items.is_empty());
    });
    assert_eq!([exchange, token, profile, keys, log], [1, 2, 1, 1, 1], "after the answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_takes_few_round_trips() {
    a_sign_in_takes_few("named").await;
    a_sign_in_takes_few("unnamed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn named_statements_take_as_many_round_trips_as_they_must() {
    counts_hold("named").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unnamed_statements_take_no_more_round_trips() {
    counts_hold("unnamed").await;
}
