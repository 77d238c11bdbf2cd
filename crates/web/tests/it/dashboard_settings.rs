//! Settings in the dashboard: providers, attributes, snippets, environments.

use std::io::Write as _;
use std::process::{Command, Stdio};

use actix_web::http::{Method, StatusCode};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::custom_attributes::CUSTOM_ATTRIBUTE_KEY_BYTES_MAX;
use vestibule_domain::environment::{ENVIRONMENTS_MAX, Environment, EnvironmentKind};
use vestibule_domain::member::MemberRole;
use vestibule_domain::team::Team;
use vestibule_domain::text::Name;

use crate::dashboard::Redirected as _;
use crate::operator::{Operator, made_from_behind};
use crate::support::{START, Tenant, TestApp, request};

async fn signed_in() -> (TestApp, Tenant, Operator) {
    let (app, tenant) = TestApp::new().await;
    let operator = Operator::join(&app, &tenant, MemberRole::Admin).await;
    (app, tenant, operator)
}

async fn environment(app: &TestApp, tenant: &Tenant) -> Environment {
    app.store.queries().environment(tenant.environment.id).await.unwrap().unwrap()
}

fn plain(html: &str) -> String {
    let entities = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

/// The snippets of a page: three languages for each of four tasks.
fn snippets(page: &str) -> Vec<String> {
    let marked = page.split("data-testid=\"snippet\"><code>").skip(1);
    marked.map(|rest| plain(rest.split("</code>").next().unwrap())).collect()
}

#[actix_web::test]
async fn a_public_provider_is_registered_kept_and_removed() {
    let (app, tenant, operator) = signed_in().await;
    let page = operator.path("providers");
    let shown = operator.get(&app, &page).await.text();
    assert!(shown.contains("https://vestibule.example/sso/oidc/callback"));
    let google = format!("{page}/google");
    let form = (page.as_str(), "provider-google");
    let refused = operator.edit(&app, form, &google, &[("google_client_id", "id-1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("error-google_client_secret") && refused.text().contains("value=\"id-1\"")
    );
    let both = [("google_client_id", "id-1"), ("google_client_secret", "hush-hush")];
    operator.edit(&app, form, &google, &both).await.expect_redirect();
    let held = app.store.queries().social_connections(tenant.environment.id).await.unwrap();
    assert_eq!((held.len(), held[0].client.id.as_str()), (1, "id-1"));
    let shown = operator.get(&app, &page).await.text();
    assert!(!shown.contains("hush-hush") && shown.contains("<code>id-1</code>"));
    // Without a secret, the one from before stays.
    let kept = [("google_client_id", "id-1"), ("google_client_secret", "")];
    operator.edit(&app, form, &google, &kept).await.expect_redirect();
    let removal = format!("{google}/remove");
    let asked = operator.post(&app, &removal, &[("confirm", "google")]).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    operator.post(&app, &removal, &[("confirm", "Google")]).await.expect_redirect();
    assert_eq!(app.store.queries().social_connections(tenant.environment.id).await.unwrap(), []);
    let elsewhere = operator.edit(&app, form, &format!("{page}/github"), &both).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_test_provider_is_switched_in_sandboxes_alone() {
    let (app, tenant, operator) = signed_in().await;
    let switch = operator.path("providers/test");
    operator.post(&app, &switch, &[("to", "off")]).await.expect_redirect();
    assert!(operator.get(&app, &operator.path("providers")).await.text().contains("test-provider-on"));
    assert_eq!(operator.post(&app, &switch, &[("to", "x")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.trail(&tenant).await, ["environment.updated"]);
    let production = app.tenant(EnvironmentKind::Production).await;
    let operator = Operator::join(&app, &production, MemberRole::Admin).await;
    let page = operator.get(&app, &operator.path("providers")).await.text();
    assert!(!page.contains("data-testid=\"test-provider\""));
    let refused = operator.post(&app, &operator.path("providers/test"), &[("to", "on")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn attributes_are_added_renamed_and_removed() {
    let (app, tenant, operator) = signed_in().await;
    let page = operator.path("attributes");
    let labels = async || {
        let held = environment(&app, &tenant).await.custom_attributes;
        held.iter().map(|held| format!("{}={}", held.key, held.label)).collect::<Vec<_>>()
    };
    for key in ["Department", "email", &"k".repeat(CUSTOM_ATTRIBUTE_KEY_BYTES_MAX + 1)] {
        let typed = [("key", key), ("label", "Typed")];
        let refused = operator.edit(&app, (&page, "Add one"), &page, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        assert!(refused.text().contains("error-key") && refused.text().contains("value=\"Typed\""), "{key}");
    }
    let longest = "k".repeat(CUSTOM_ATTRIBUTE_KEY_BYTES_MAX);
    for (key, label) in [("department", "Department"), (longest.as_str(), "K")] {
        let typed = [("key", key), ("label", label)];
        operator.edit(&app, (&page, "Add one"), &page, &typed).await.expect_redirect();
    }
    let renamed = [("key", "department"), ("label", "Team")];
    operator.edit(&app, (&page, "<code>department</code>"), &page, &renamed).await.expect_redirect();
    assert_eq!(labels().await, ["department=Team".to_owned(), format!("{longest}=K")]);
    let of_longest = format!("<code>{longest}</code>");
    let from = made_from_behind(&operator.get(&app, &page).await.text(), &of_longest);
    for _ in 0..2 {
        let form = [("key", longest.as_str()), ("made_from", &from)];
        operator.post(&app, &format!("{page}/remove"), &form).await.expect_redirect();
    }
    assert_eq!(labels().await, ["department=Team"]);
}

#[actix_web::test]
async fn a_redirect_is_made_the_default() {
    let (app, tenant, operator) = signed_in().await;
    let page = operator.path("redirects");
    let uris = ["https://*.app.example/cb", "https://a.app.example/cb", "https://b.app.example/cb"];
    for uri in uris {
        operator.post(&app, &page, &[("uri", uri)]).await.expect_redirect();
    }
    let (form, first) = ((page.as_str(), "default-redirect"), format!("{page}/default"));
    operator.edit(&app, form, &first, &[("uri", uris[2])]).await.expect_redirect();
    let held: Vec<_> =
        environment(&app, &tenant).await.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect();
    assert_eq!(held, [uris[2], uris[0], uris[1]]);
    let gone = operator.edit(&app, form, &first, &[("uri", "https://gone.example/")]).await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
    assert!(
        gone.text().contains("was removed by somebody else") && gone.text().contains("https://gone.example/")
    );
    assert_eq!(environment(&app, &tenant).await.redirect_uris.len(), 3);
}

#[actix_web::test]
async fn snippets_have_the_environments_values_and_no_gaps() {
    let (app, tenant, operator) = signed_in().await;
    operator.post(&app, &operator.path("redirects"), &[("uri", "https://app.example/it's")]).await;
    let page = operator.get(&app, &operator.path("snippets")).await.text();
    let snippets = snippets(&page);
    assert_eq!(snippets.len(), 12);
    for snippet in &snippets {
        assert!(!snippet.contains("{{"), "{snippet}");
        assert!(!snippet.contains(&tenant.key), "a key is not known any more");
    }
    assert!(snippets[1].contains("sk_test_…") && snippets[1].contains("apiHostname: 'vestibule.example'"));
    assert!(snippets[1].contains("https://app.example/it%27s"));
}

#[actix_web::test]
async fn what_the_curl_snippets_send_is_answered() {
    let (app, tenant, operator) = signed_in().await;
    operator.post(&app, &operator.path("redirects"), &[("uri", "https://app.example/callback")]).await;
    let organization = app.organization(&tenant, "Acme").await;
    let page = operator.get(&app, &operator.path("snippets")).await.text();
    let snippets = snippets(&page);
    let fill = |text: &str| text.replace("org_…", &organization).replace("sk_test_…", &tenant.key);
    let path = |text: &str| {
        let rest = text.split("https://vestibule.example").nth(1).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let link = fill(&snippets[0]);
    let body = link.split("-d '").nth(1).unwrap().trim_end().trim_end_matches('\'').to_owned();
    let sent = request(Method::POST, &path(&link))
        .insert_header(("Authorization", format!("Bearer {}", tenant.key)))
        .insert_header(("Content-Type", "application/json"))
        .set_payload(body);
    app.send(sent).await.expect(StatusCode::CREATED);
    // The organization has no connection: the app is told, so client and redirect URI are right.
    let away = app.send(request(Method::GET, &path(&fill(&snippets[3])).replace('…', "%E2%80%A6"))).await;
    let location = away.header("location").unwrap_or_else(|| panic!("{away:?}"));
    assert!(location.starts_with("https://app.example/callback?"), "{location}");
    let token = fill(&snippets[6]);
    let fields: Vec<_> =
        token.split("-d ").skip(1).map(|rest| rest.split_whitespace().next().unwrap()).collect();
    let sent = request(Method::POST, &path(&token))
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .set_payload(fields.join("&"));
    let answer = app.send(sent).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(answer["error"], "invalid_grant", "client id and secret are right: {answer}");
}

/// Runs a program over a text; whether it took it.
fn takes(program: &str, arguments: &[&str], text: &str) -> bool {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().expect(program);
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

#[actix_web::test]
async fn the_other_snippets_are_programs_that_call_the_sdks_as_their_suites_do() {
    let (app, _, operator) = signed_in().await;
    let page = operator.get(&app, &operator.path("snippets")).await.text();
    let node = [
        include_str!("../../../../tests/node/suite.mjs"),
        include_str!("../../../../tests/node/sign_in.mjs"),
    ];
    let python = [
        include_str!("../../../../tests/python/suite.py"),
        include_str!("../../../../tests/python/sign_in.py"),
    ];
    let parse = "import ast, sys; ast.parse(sys.stdin.buffer.read().decode())";
    for (place, snippet) in snippets(&page).iter().enumerate() {
        let suites = match place % 3 {
            0 => continue,
            1 => {
                assert!(takes("node", &["--check", "--input-type=module", "-"], snippet), "{snippet}");
                &node
            }
            _ => {
                assert!(takes("python3", &["-c", parse], snippet), "{snippet}");
                &python
            }
        };
        let calls: Vec<_> =
            snippet.split("workos.").skip(1).map(|rest| rest.split('(').next().unwrap()).collect();
        assert_eq!(calls.len(), 1, "{snippet}");
        let call = format!("workos.{}(", calls[0]);
        assert!(suites.iter().any(|suite| suite.contains(&call)), "no suite has {call}");
    }
}

#[actix_web::test]
async fn an_environment_is_made_and_renamed_and_the_menu_shows_it() {
    let (app, tenant, operator) = signed_in().await;
    let page = "/dashboard/environments";
    let refused = operator.post(&app, page, &[("name", "Live"), ("kind", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-kind") && refused.text().contains("value=\"Live\""));
    let keys = operator.post(&app, page, &[("name", "Live"), ("kind", "production")]).await.expect_redirect();
    let settings = keys.replace("/keys", "/settings");
    let form = (settings.as_str(), "<h2>Name</h2>");
    let refused = operator.edit(&app, form, &settings, &[("name", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    operator.edit(&app, form, &settings, &[("name", "Customers")]).await.expect_redirect();
    let menu = operator.get(&app, &operator.path("settings")).await.text();
    assert!(
        menu.contains("<bdi>Customers</bdi>") && menu.contains(&tenant.environment.client_id.to_string())
    );
    let made: Vec<_> = keys.split('/').collect();
    let queries = app.store.queries();
    let environment = queries.environment(made[2].parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((environment.kind, environment.name.as_str()), (EnvironmentKind::Production, "Customers"));
    assert_eq!(environment.team_id, tenant.environment.team_id);
}

#[actix_web::test]
async fn a_team_has_a_number_of_environments_and_no_more() {
    let (app, tenant, operator) = signed_in().await;
    let team = Team {
        id: tenant.environment.team_id,
        name: Name::parse("Vendor").unwrap(),
        support_email: None,
        created_at: START,
    };
    let mut work = app.store.begin().await.unwrap();
    for _ in 2..ENVIRONMENTS_MAX {
        let ids = (app.ambient.id(START), app.ambient.id(START));
        let name = Name::parse("One more").unwrap();
        let more = Environment::new(ids, &team, EnvironmentKind::Sandbox, name, START);
        work.accounts().insert_environment(&more).await.unwrap();
    }
    work.commit().await.unwrap();
    let form = [("name", "Last"), ("kind", "sandbox")];
    operator.post(&app, "/dashboard/environments", &form).await.expect_redirect();
    let refused = operator.post(&app, "/dashboard/environments", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("one too many"));
}
