//! The access matrix: who may reach which route.
//!
//! Every mounted route needs a row here. A row that names no object of a tenant (`Shared`) shows a
//! stranger nothing of ours; every other one answers a stranger as if the object did not exist.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_domain::environment::EnvironmentKind;
use vestibule_web::Access;

use crate::support::{Tenant, TestApp, request};

/// What a stranger's key gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stranger {
    /// 404: the route names an object in its path or body.
    NotFound,
    /// An answer of their own, without anything of ours: the route names none.
    Shared,
}

struct Row {
    method: Method,
    /// As it is mounted.
    pattern: &'static str,
    /// With the names of fixtures in braces.
    path: &'static str,
    body: Value,
    stranger: Stranger,
}

fn row(method: Method, pattern: &'static str, path: &'static str, body: Value, stranger: Stranger) -> Row {
    Row { method, pattern, path, body, stranger }
}

fn matrix() -> Vec<Row> {
    use Stranger::{NotFound, Shared};
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let contacts = "/organizations/{id}/it_contacts";
    let contact = "/organizations/{id}/it_contacts/{contact}";
    vec![
        row(
            post.clone(),
            "/portal/generate_link",
            "/portal/generate_link",
            json!({"organization": "{org}"}),
            NotFound,
        ),
        row(
            post.clone(),
            "/portal/revoke_link",
            "/portal/revoke_link",
            json!({"organization": "{org}", "external_user_id": "u"}),
            NotFound,
        ),
        row(get.clone(), "/organizations", "/organizations", json!({}), Shared),
        row(post.clone(), "/organizations", "/organizations", json!({"name": "New"}), Shared),
        row(get.clone(), "/organizations/{id}", "/organizations/{org}", json!({}), NotFound),
        row(put, "/organizations/{id}", "/organizations/{org}", json!({"name": "New"}), NotFound),
        row(delete.clone(), "/organizations/{id}", "/organizations/{org}", json!({}), NotFound),
        row(
            get.clone(),
            "/organizations/external_id/{external_id}",
            "/organizations/external_id/{external}",
            json!({}),
            NotFound,
        ),
        row(
            get.clone(),
            "/organizations/{id}/audit_log_configuration",
            "/organizations/{org}/audit_log_configuration",
            json!({}),
            NotFound,
        ),
        row(get.clone(), contacts, "/organizations/{org}/it_contacts", json!({}), NotFound),
        row(
            post.clone(),
            contacts,
            "/organizations/{org}/it_contacts",
            json!({"email": "new@acme.example"}),
            NotFound,
        ),
        row(delete.clone(), contact, "/organizations/{org}/it_contacts/{contact}", json!({}), NotFound),
        row(
            post.clone(),
            "/organizations/{id}/it_contacts/{contact}/invite",
            "/organizations/{org}/it_contacts/{contact}/invite",
            json!({"intents": ["sso"]}),
            NotFound,
        ),
        row(
            post.clone(),
            "/organizations/{id}/it_contacts/{contact}/revoke",
            "/organizations/{org}/it_contacts/{contact}/revoke",
            json!({}),
            NotFound,
        ),
        row(
            post.clone(),
            "/organization_domains",
            "/organization_domains",
            json!({"organization_id": "{org}", "domain": "new.example"}),
            NotFound,
        ),
        row(get.clone(), "/organization_domains/{id}", "/organization_domains/{domain}", json!({}), NotFound),
        row(
            delete.clone(),
            "/organization_domains/{id}",
            "/organization_domains/{domain}",
            json!({}),
            NotFound,
        ),
        row(
            post.clone(),
            "/organization_domains/{id}/verify",
            "/organization_domains/{domain}/verify",
            json!({}),
            NotFound,
        ),
        row(
            post.clone(),
            "/v1/sso/admin-portal/tokens",
            "/v1/sso/admin-portal/tokens",
            json!({"organization_id": "{org}"}),
            NotFound,
        ),
        row(
            delete,
            "/v1/sso/admin-portal/tokens/{id}",
            "/v1/sso/admin-portal/tokens/{token}",
            json!({}),
            NotFound,
        ),
        row(
            post.clone(),
            "/v1/portal/setup-links",
            "/v1/portal/setup-links",
            json!({"organization_id": "{org}", "intent": "sso"}),
            NotFound,
        ),
        row(get.clone(), "/v1/organizations", "/v1/organizations", json!({}), Shared),
        row(post, "/v1/organizations", "/v1/organizations", json!({"name": "New"}), Shared),
        row(get.clone(), "/v1/organizations/{id}", "/v1/organizations/{org}", json!({}), NotFound),
        row(get, "/v1/events", "/v1/events", json!({}), Shared),
    ]
}

/// Routes that anybody may reach. A route comes here only with a reason to be public.
const PUBLIC: [(Method, &str); 7] = [
    // Load balancers and orchestrators ask without a key; the answers tell nothing of a tenant.
    (Method::GET, "/healthz"),
    (Method::GET, "/readyz"),
    // Numbers by route, never by tenant.
    (Method::GET, "/metrics"),
    // What the API looks like is no secret.
    (Method::GET, "/openapi.json"),
    (Method::GET, "/docs"),
    (Method::GET, "/docs/reference.css"),
    // Identity providers fetch it without a key; it shows what every request to them shows.
    (Method::GET, "/sso/saml/{connection}/metadata"),
];

/// One object of each kind.
struct Fixtures(Vec<(&'static str, String)>);

impl Fixtures {
    async fn of(app: &TestApp, tenant: &Tenant) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let body = json!({"name": "Acme", "external_id": "ext-1", "domains": ["acme.example"]});
        let org = app.post(tenant, "/organizations", body).await.expect(StatusCode::CREATED);
        let id = text(&org["id"]);
        let contacts = format!("/organizations/{id}/it_contacts");
        let contact = app.post(tenant, &contacts, json!({"email": "it@acme.example"})).await.json();
        let token = json!({ "organization_id": id });
        let token = app.post(tenant, "/v1/sso/admin-portal/tokens", token).await.json();
        Self(vec![
            ("{token}", text(&token["id"])),
            ("{org}", id),
            ("{external}", "ext-1".into()),
            ("{domain}", text(&org["domains"][0]["id"])),
            ("{contact}", text(&contact["id"])),
        ])
    }

    fn fill(&self, template: &str) -> String {
        self.0.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

#[actix_web::test]
async fn every_route_has_a_row_and_every_row_a_route() {
    let (app, _) = TestApp::new().await;
    let mut mounted: Vec<_> = app
        .routes
        .iter()
        .map(|route| (route.access == Access::ApiKey, route.method.to_string(), route.pattern))
        .collect();
    let rows = matrix();
    let mut listed: Vec<_> = rows.iter().map(|row| (true, row.method.to_string(), row.pattern)).collect();
    listed.extend(PUBLIC.iter().map(|(method, pattern)| (false, method.to_string(), *pattern)));
    mounted.sort_unstable();
    listed.sort_unstable();
    assert_eq!(mounted, listed);
}

#[actix_web::test]
async fn nobody_without_a_key_a_stranger_nothing_of_ours_the_owner_everything() {
    for row in matrix() {
        let (app, owner) = TestApp::new().await;
        let stranger = app.tenant(EnvironmentKind::Sandbox).await;
        let fixtures = Fixtures::of(&app, &owner).await;
        let path = fixtures.fill(row.path);
        let body: Value = serde_json::from_str(&fixtures.fill(&row.body.to_string())).unwrap();
        let what = format!("{} {}", row.method, row.pattern);

        let nobody = app.send(request(row.method.clone(), &path).set_json(&body)).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{what} without a key");
        let theirs = app.send(stranger.request(row.method.clone(), &path).set_json(&body)).await;
        match row.stranger {
            Stranger::NotFound => {
                assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{what} with a stranger's key");
            }
            Stranger::Shared => {
                assert!(theirs.status.is_success(), "{what} with a stranger's key: {theirs:?}");
                let shown = String::from_utf8_lossy(&theirs.body);
                for (_, id) in &fixtures.0 {
                    assert!(!shown.contains(id.as_str()), "{what} shows {id} to a stranger");
                }
            }
        }
        let own = app.send(owner.request(row.method.clone(), &path).set_json(&body)).await;
        let answered = String::from_utf8_lossy(&own.body).into_owned();
        assert!(own.status.is_success(), "{what} with the owner's key: {} {answered}", own.status);
    }
}
