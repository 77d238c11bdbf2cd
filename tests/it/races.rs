//! Many at once, and exactly one outcome.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use vestibule_test_servers::Postgres;
use vestibule_tests::visitor::{Brought, Page, Visitor};
use vestibule_tests::{Answer, Api, Server, ServerBuilder, data};

/// How many at once.
const RACERS: usize = 64;

/// How often the race is run, with the visits of [`VISITS`] in turn.
const ROUNDS: usize = 50;

/// How many visits of one token share the saves: one browser's impatient clicks, colleagues.
const VISITS: [usize; 4] = [1, 2, 4, 8];

/// How often every save comes from a visit of its own; setting them up takes many walks.
const ROUNDS_OF_STRANGERS: usize = 3;

/// A deployment whose processes share one database.
struct Field {
    api: Api,
    /// The processes; dropping them ends them.
    servers: Vec<Server>,
}

impl Field {
    /// The processes' addresses, taken in turn.
    fn base(&self, racer: usize) -> String {
        self.servers[racer % self.servers.len()].base()
    }
}

async fn on_sqlite(name: &str) -> Field {
    let (server, api) = Server::with_team(&ServerBuilder::new(name)).await;
    Field { api, servers: vec![server] }
}

async fn on_postgres(name: &str, postgres: &Postgres) -> Field {
    let builder = ServerBuilder::new(name).postgres(&postgres.create_database("vestibule").unwrap());
    let (first, api) = Server::with_team(&builder).await;
    let second = builder.another().start().await;
    Field { api, servers: vec![first, second] }
}

/// A visit at the page that shows what was understood.
async fn at_review(link: &str) -> (Visitor, Page) {
    let visitor = Visitor::new();
    let xml = String::from_utf8_lossy(data::OKTA).into_owned();
    let review = visitor.review(link, "generic-saml", &[Brought::Text("idp_metadata_xml", xml)]).await;
    (visitor, review)
}

/// Presses "save" everywhere at once, asking for JSON; racers take the processes in turn.
async fn save_at_once(field: &Field, visits: &[(Visitor, Page)]) -> Vec<Answer> {
    let mut racers = JoinSet::new();
    for racer in 0..RACERS {
        let (visitor, page) = visits[racer % visits.len()].clone();
        let mut page = page;
        let here = field.base(racer);
        let path = page.url.path().to_owned();
        page.url = url::Url::parse(&here).unwrap().join(&path).unwrap();
        racers.spawn(async move { visitor.asking_for_json().press_once(&page, "save-connection").await });
    }
    racers.join_all().await
}

/// One success, the others told that the token is spent; one connection, one event, one entry.
async fn assert_one_winner(field: &Field, organization: &str, link: &str, answers: &[Answer]) {
    let is_success = |answer: &&Answer| (200..400).contains(&answer.status);
    assert_eq!(answers.iter().filter(is_success).count(), 1, "{:?}", statuses(answers));
    for loser in answers.iter().filter(|answer| !is_success(answer)) {
        assert_eq!(loser.status, 410, "{:?} {}", statuses(answers), loser.text());
        assert_eq!(loser.json()["code"], "token_consumed", "{}", loser.text());
    }
    let connections = field.api.connections(organization).await;
    assert_eq!(connections.len(), 1);
    assert_eq!(connections[0]["state"], "active");
    assert_eq!(field.api.events("connection.activated", organization).await.len(), 1);
    assert_eq!(field.api.audit("sso.connection.created", organization).await.len(), 1);
    assert_eq!(field.api.audit("portal_token.consumed", organization).await.len(), 1);
    let spent = field.api.send(Method::GET, link, &[("Accept", "application/json")], None).await;
    assert_eq!(spent.expect(410)["code"], "token_consumed");
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

async fn race(field: &Field) {
    let rounds = (0..ROUNDS).map(|round| VISITS[round % VISITS.len()]);
    for (round, visits) in rounds.chain([RACERS; ROUNDS_OF_STRANGERS]).enumerate() {
        let organization = field.api.organization(&format!("Race {round}")).await;
        let (_, link) = field.api.token(&organization, json!({})).await;
        let mut ready = Vec::new();
        for _ in 0..visits {
            ready.push(at_review(&link).await);
        }
        let answers = save_at_once(field, &ready).await;
        assert_one_winner(field, &organization, &link, &answers).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_saves_of_one_token_exactly_one_wins_on_sqlite() {
    let field = on_sqlite("race-sqlite").await;
    race(&field).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_saves_of_one_token_through_two_processes_exactly_one_wins_on_postgres() {
    let postgres = Postgres::start().unwrap();
    let field = on_postgres("race-postgres", &postgres).await;
    race(&field).await;
}

/// The same POST with the same key, everywhere at once.
async fn create_at_once(field: &Field, key: &str, body: &Value) -> Vec<Answer> {
    let mut racers = JoinSet::new();
    for racer in 0..RACERS {
        let path = format!("{}/organizations", field.base(racer));
        let (api, key, body) = (field.api.clone(), key.to_owned(), body.to_string().into_bytes());
        racers.spawn(async move {
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key.as_str())];
            api.send(Method::POST, &path, &headers, Some(body)).await
        });
    }
    racers.join_all().await
}

async fn one_key_makes_one_organization(field: &Field) {
    for round in 0..5 {
        let (name, key) = (format!("Once {round}"), format!("key-{round}"));
        let answers = create_at_once(field, &key, &json!({ "name": name })).await;
        let bodies: BTreeSet<String> = answers.iter().map(Answer::text).collect();
        assert!(answers.iter().all(|answer| answer.status == 201), "{:?} {bodies:?}", statuses(&answers));
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        let made =
            field.api.get(&format!("/organizations?search=Once%20{round}&limit=100")).await.expect(200);
        assert_eq!(made["data"].as_array().unwrap().len(), 1, "{made}");

        let other = create_at_once(field, &key, &json!({ "name": "another body" })).await;
        assert!(other.iter().all(|answer| (400..500).contains(&answer.status)), "{:?}", statuses(&other));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_idempotency_key_makes_one_organization_on_both_databases() {
    one_key_makes_one_organization(&on_sqlite("once-sqlite").await).await;
    let postgres = Postgres::start().unwrap();
    one_key_makes_one_organization(&on_postgres("once-postgres", &postgres).await).await;
}
