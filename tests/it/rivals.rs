//! Different requests about one thing at the same time: whoever comes second hears why.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use vestibule_tests::postgres::Postgres;
use vestibule_tests::visitor::{Brought, Visitor};
use vestibule_tests::{Answer, Api, Server, ServerBuilder, data};

/// How many at once.
const RACERS: usize = 32;

/// How often a race between two is run.
const ROUNDS: usize = 20;

fn saml(organization: &str) -> Value {
    json!({
        "organization_id": organization,
        "connection_type": "OktaSAML",
        "saml_options": {
            "idp_entity_id": data::OKTA_ENTITY_ID,
            "idp_sso_url": "https://example.okta.com/sso",
            "idp_signing_certs": [data::certificate(data::OKTA)],
        },
    })
}

/// The same POST everywhere at once.
async fn post_at_once(apis: &[Api], path: &str, body: impl Fn(usize) -> Value) -> Vec<Answer> {
    let mut racers = JoinSet::new();
    for racer in 0..RACERS {
        let (api, path, body) = (apis[racer % apis.len()].clone(), path.to_owned(), body(racer));
        racers.spawn(async move { api.post(&path, &body).await });
    }
    racers.join_all().await
}

#[track_caller]
fn assert_one_made(what: &str, answers: &[Answer], refused: u16, code: &str) {
    let made = answers.iter().filter(|answer| (200..300).contains(&answer.status)).count();
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(made, 1, "{what}: {statuses:?}");
    for loser in answers.iter().filter(|answer| answer.status >= 300) {
        assert_eq!(loser.status, refused, "{what}: {statuses:?} {}", loser.text());
        assert_eq!(loser.json()["code"], code, "{what}: {}", loser.text());
    }
}

async fn one_of_each(apis: &[Api]) {
    let api = &apis[0];
    let organization = api.organization("Contested").await;
    let domain = json!({ "organization_id": organization, "domain": "contested.example" });
    let answers = post_at_once(apis, "/organization_domains", |_| domain.clone()).await;
    assert_one_made("a domain", &answers, 409, "domain_already_exists");

    let answers = post_at_once(
        apis,
        "/organizations",
        |racer| json!({ "name": format!("Namesake {racer}"), "external_id": "contested" }),
    )
    .await;
    assert_one_made("an external id", &answers, 400, "external_id_already_used");

    let slugs =
        post_at_once(apis, "/v1/organizations", |_| json!({ "name": "Fought over", "slug": "fought-over" }))
            .await;
    assert_one_made("a slug", &slugs, 409, "slug_in_use");

    let answers = post_at_once(apis, "/connections", |_| saml(&organization)).await;
    assert_one_made("a connection", &answers, 409, "organization_already_has_connection");
    assert_eq!(api.connections(&organization).await.len(), 1);
    assert_eq!(api.events("connection.activated", &organization).await.len(), 1);

    let contacts = format!("/organizations/{organization}/it_contacts");
    let contact = json!({ "email": "it@contested.example" });
    let answers = post_at_once(apis, &contacts, |_| contact.clone()).await;
    assert_one_made("an IT contact", &answers, 409, "it_contact_already_exists");
    let id = api.get(&contacts).await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let invite = format!("{contacts}/{id}/invite");
    let answers = post_at_once(apis, &invite, |_| json!({ "intents": ["sso"] })).await;
    assert_one_made("an invitation", &answers, 409, "it_contact_invitation_already_active");

    let hook =
        json!({ "endpoint_url": "https://contested.example/hook", "events": ["organization.created"] });
    let answers = post_at_once(apis, "/webhook_endpoints", |_| hook.clone()).await;
    assert_one_made("a webhook endpoint", &answers, 409, "duplicate_endpoint");
}

/// Of many who follow one launch link at once, one gets in.
async fn one_gets_in(apis: &[Api]) {
    let organization = apis[0].organization("Followed").await;
    for _ in 0..ROUNDS / 4 {
        let body = json!({ "organization": organization, "intent": "sso" });
        let made = apis[0].post("/portal/generate_link", &body).await.expect(201);
        let link = url::Url::parse(made["link"].as_str().unwrap()).unwrap();
        let mut racers = JoinSet::new();
        for racer in 0..RACERS {
            let base = url::Url::parse(apis[racer % apis.len()].base()).unwrap();
            let mut here = base.join(link.path()).unwrap();
            here.set_query(link.query());
            racers.spawn(async move {
                let visitor = Visitor::new();
                (visitor.open(here.as_str()).await, visitor)
            });
        }
        let (inside, outside): (Vec<_>, Vec<_>) =
            racers.join_all().await.into_iter().partition(|(page, _)| page.answer.status == 200);
        let statuses: Vec<_> = outside.iter().map(|(page, _)| page.answer.status).collect();
        assert_eq!(inside.len(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| *status == 410), "{statuses:?}");
        for (page, _) in &outside {
            assert_eq!(page.find("link-unusable").attribute("data-reason"), Some("consumed"));
        }
        // A reload with the cookie goes on.
        let (page, visitor) = &inside[0];
        let mut again = page.url.clone();
        again.set_path(link.path());
        again.set_query(link.query());
        assert_eq!(visitor.open(again.as_str()).await.answer.status, 200);
    }
}

/// Withdrawing a token and saving with it: one of them happens.
async fn withdrawn_or_saved(apis: &[Api]) {
    let api = &apis[0];
    let xml = String::from_utf8_lossy(data::OKTA).into_owned();
    let (mut withdrawn, mut saved) = (0, 0);
    for round in 0..ROUNDS {
        let organization = api.organization(&format!("Hesitant {round}")).await;
        let (id, link) = api.token(&organization, json!({})).await;
        let visitor = Visitor::new();
        let review =
            visitor.review(&link, "generic-saml", &[Brought::Text("idp_metadata_xml", xml.clone())]).await;
        let other = apis[apis.len() - 1].clone();
        let path = format!("/v1/sso/admin-portal/tokens/{id}");
        let revoke = tokio::spawn(async move { other.send(Method::DELETE, &path, &[], None).await });
        let save = visitor.asking_for_json().press_once(&review, "save-connection").await;
        let revoke = revoke.await.unwrap();
        let active = api.connections(&organization).await.iter().filter(|c| c["state"] == "active").count();
        if revoke.status == 204 {
            withdrawn += 1;
            assert_eq!(save.expect(410)["code"], "token_revoked");
            assert_eq!(active, 0, "saved with a token that was withdrawn");
        } else {
            saved += 1;
            assert_eq!(revoke.expect(410)["code"], "token_consumed");
            assert!((200..400).contains(&save.status), "{} {}", save.status, save.text());
            assert_eq!(active, 1);
        }
    }
    assert_eq!(withdrawn + saved, ROUNDS);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_rivals_one_wins_on_sqlite() {
    let (server, api) = Server::with_team(&ServerBuilder::new("rivals-sqlite")).await;
    let apis = [api];
    one_of_each(&apis).await;
    one_gets_in(&apis).await;
    withdrawn_or_saved(&apis).await;
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_rivals_one_wins_on_postgres_with_two_processes() {
    let postgres = Postgres::start().await;
    let builder = ServerBuilder::new("rivals-postgres").postgres(&postgres.database().await);
    let (first_server, first) = Server::with_team(&builder).await;
    let second_server = builder.another().start().await;
    let apis = [first.clone(), second_server.api(first.key())];
    one_of_each(&apis).await;
    one_gets_in(&apis).await;
    withdrawn_or_saved(&apis).await;
    first_server.assert_healthy().await;
    second_server.assert_healthy().await;
}
