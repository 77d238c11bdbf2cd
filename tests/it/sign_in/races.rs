//! The same response, and the same code, at two processes at the same moment: exactly one wins.

use std::sync::Arc;

use super::*;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::form_urlencoded::Serializer;
use vestibule_test_servers::Postgres;
use vestibule_tests::saml_idp::answer_in;

/// How often each race is run.
const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_response_posted_twice_and_a_code_exchanged_twice_one_wins_200_times() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("vestibule").unwrap();
    let scene = Saml::set_up_on(ServerBuilder::new("sign-in-races").postgres(&url)).await;
    // A proxy stands before both, and this address is the one they both go by.
    let public = scene.server.base();
    let builder = scene.server.builder().another().set("VESTIBULE_PUBLIC_URL", &public);
    let second = builder.start().await;
    let bases = [public, second.base()];
    let scene = Arc::new(scene);
    let mut forms = forms(Arc::clone(&scene));
    for _ in 0..ROUNDS {
        let (address, fields) = forms.recv().await.expect("the provider's next answer");
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let landed = post_at_once(&bases, &address, &body).await;
        let code = one_winner(&landed, |answer| code_in(&scene.vendor, answer));
        assert!(landed.iter().all(|answer| matches!(answer.status, 302 | 400)), "{landed:?}");

        let form = [
            ("client_id", scene.vendor.client_id.as_str()),
            ("client_secret", scene.vendor.api.key()),
            ("grant_type", "authorization_code"),
            ("code", &code),
        ];
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let address = format!("{}/sso/token", bases[0]);
        let told = post_at_once(&bases, &address, &body).await;
        let token = one_winner(&told, |answer| {
            (answer.status == 200).then(|| answer.json()["access_token"].as_str().unwrap().to_owned())
        });
        let loser = told.iter().find(|answer| answer.status != 200).unwrap();
        assert_eq!(loser.expect(400)["error"], "invalid_grant");
        // What one process signed, both take.
        for base in &bases {
            Api::new(base, Some(&token)).get("/sso/profile").await.expect(200);
        }
    }
    scene.server.assert_healthy().await;
    second.assert_healthy().await;
}

/// The provider's answers, prepared while others race: it takes longer to sign them than we do to
/// judge them.
fn forms(scene: Arc<Saml>) -> mpsc::Receiver<(String, Vec<(String, String)>)> {
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        let visitor = Visitor::new();
        let sp = scene.entity_id().await;
        for round in 0..ROUNDS {
            // Every other response answers a request; the others nobody asked for.
            let page = match round % 2 {
                0 => scene.at_provider(&visitor, "sign=assertion").await,
                _ => visitor.open(&scene.idp.start_url(&sp, "", "sign=assertion")).await,
            };
            if sender.send(answer_in(&page)).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// The same form at both processes at the same moment.
async fn post_at_once(bases: &[String; 2], address: &str, body: &str) -> Vec<Answer> {
    let mut racers = JoinSet::new();
    for base in bases {
        let address = address.replace(&bases[0], base);
        let body = body.as_bytes().to_vec();
        racers.spawn(async move {
            let headers = [("Content-Type", "application/x-www-form-urlencoded")];
            Api::new("", None).send(Method::POST, &address, &headers, Some(body)).await
        });
    }
    racers.join_all().await
}

/// The code with which an answer sends somebody back to the app.
fn code_in(vendor: &Vendor, answer: &Answer) -> Option<String> {
    let location = answer.header("location");
    let brought = url::Url::parse(location).ok().filter(|_| location.starts_with(&vendor.redirect_uri()))?;
    brought.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
}

/// What the one that won got.
#[track_caller]
fn one_winner(answers: &[Answer], won: impl Fn(&Answer) -> Option<String>) -> String {
    let mut winners: Vec<_> = answers.iter().filter_map(won).collect();
    assert_eq!(winners.len(), 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    winners.remove(0)
}
