//! The access matrix: who may reach which route.
//!
//! Every mounted route needs a row here. A row that names no object of a tenant (`Shared`) shows a
//! stranger nothing of ours; every other one answers a stranger as if the object did not exist.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vestibule_application::ports::saml::{KeyPairRequest, Saml as _};
use vestibule_application::ports::store::{EventFilter, Store as _};
use vestibule_domain::connection_type::ConnectionType;
use vestibule_domain::environment::EnvironmentKind;
use vestibule_domain::page::PageRequest;
use vestibule_domain::sso::asserted::Asserted;
use vestibule_domain::sso::profile::{Person, Profile};
use vestibule_domain::sso::session::{Origin, SessionRecord, SsoSession, SsoSessionState};
use vestibule_domain::webhook::{DeliveryState, WebhookDelivery};
use vestibule_saml::SamlAdapter;
use vestibule_web::Access;
use vestibule_web::app::{API_REQUESTS_PER_SECOND, WebSettings};

use crate::access_dashboard::MEMBER;
use crate::support::{START, Tenant, TestApp, request};

/// What a stranger's key gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stranger {
    /// 404: the route names an object in its path or body.
    NotFound,
    /// An answer of their own, without anything of ours: the route names none.
    Shared,
}
use Stranger::{NotFound, Shared};

/// Method, pattern as mounted, body with the names of fixtures in braces, what a stranger gets.
const MATRIX: &[(&str, &str, &str, Stranger)] = &[
    ("POST", "/portal/generate_link", r#"{"organization":"{organizations}"}"#, NotFound),
    ("POST", "/portal/revoke_link", r#"{"organization":"{organizations}","external_user_id":"u"}"#, NotFound),
    ("GET", "/organizations", "", Shared),
    ("POST", "/organizations", r#"{"name":"New"}"#, Shared),
    ("GET", "/organizations/{id}", "", NotFound),
    ("PUT", "/organizations/{id}", r#"{"name":"New"}"#, NotFound),
    ("DELETE", "/organizations/{id}", "", NotFound),
    ("GET", "/organizations/external_id/{external_id}", "", NotFound),
    ("GET", "/organizations/{id}/audit_log_configuration", "", NotFound),
    ("GET", "/organizations/{id}/it_contacts", "", NotFound),
    ("POST", "/organizations/{id}/it_contacts", r#"{"email":"new@acme.example"}"#, NotFound),
    ("DELETE", "/organizations/{id}/it_contacts/{contact}", "", NotFound),
    ("POST", "/organizations/{id}/it_contacts/{contact}/invite", r#"{"intents":["sso"]}"#, NotFound),
    ("POST", "/organizations/{id}/it_contacts/{contact}/revoke", "", NotFound),
    (
        "POST",
        "/organization_domains",
        r#"{"organization_id":"{organizations}","domain":"new.example"}"#,
        NotFound,
    ),
    ("GET", "/organization_domains/{id}", "", NotFound),
    ("DELETE", "/organization_domains/{id}", "", NotFound),
    ("POST", "/organization_domains/{id}/verify", "", NotFound),
    ("GET", "/connections", "", Shared),
    (
        "POST",
        "/connections",
        r#"{"organization_id":"{empty}","connection_type":"OktaSAML","saml_options":{"idp_entity_id":"urn:idp","idp_sso_url":"https://idp.example/sso","idp_signing_certs":["{pem}"]}}"#,
        NotFound,
    ),
    ("GET", "/connections/{id}", "", NotFound),
    ("PATCH", "/connections/{id}", r#"{"name":"New"}"#, NotFound),
    ("DELETE", "/connections/{id}", "", NotFound),
    ("GET", "/connections/{id}/saml_idp_signing_certs", "", NotFound),
    ("POST", "/connections/{id}/saml_idp_signing_certs", r#"{"value":"{pem}"}"#, NotFound),
    ("GET", "/connections/{id}/saml_idp_signing_certs/{cert}", "", NotFound),
    ("DELETE", "/connections/{id}/saml_idp_signing_certs/{cert}", "", NotFound),
    ("GET", "/connections/{id}/saml_sp_encryption_certs", "", NotFound),
    ("POST", "/connections/{id}/saml_sp_encryption_certs", "", NotFound),
    ("GET", "/connections/{id}/saml_sp_encryption_certs/{cert}", "", NotFound),
    ("DELETE", "/connections/{id}/saml_sp_encryption_certs/{cert}", "", NotFound),
    ("GET", "/connections/{id}/saml_sp_signing_cert", "", NotFound),
    ("POST", "/connections/{id}/saml_sp_signing_cert", "", NotFound),
    ("DELETE", "/connections/{id}/saml_sp_signing_cert/{cert}", "", NotFound),
    ("GET", "/connections/{id}/saml_sp_next_signing_cert", "", NotFound),
    ("POST", "/connections/{id}/saml_sp_next_signing_cert", "", NotFound),
    ("DELETE", "/connections/{id}/saml_sp_next_signing_cert/{cert}", "", NotFound),
    ("POST", "/connections/{id}/saml_sp_next_signing_cert/{cert}/activate", "", NotFound),
    ("GET", "/events", "", Shared),
    ("GET", "/connections/{id}/saml_sign_in_options", "", NotFound),
    ("PATCH", "/connections/{id}/saml_sign_in_options", r#"{"idp_initiated":false}"#, NotFound),
    ("POST", "/connections/{id}/test_sign_ins", "{}", NotFound),
    ("GET", "/sso_sessions", "", Shared),
    ("GET", "/sso_sessions/{id}", "", NotFound),
    ("POST", "/sso/logout/authorize", r#"{"profile_id":"{profiles}"}"#, NotFound),
    ("GET", "/webhook_endpoints", "", Shared),
    (
        "POST",
        "/webhook_endpoints",
        r#"{"endpoint_url":"https://new.example/","events":["connection.activated"]}"#,
        Shared,
    ),
    ("PATCH", "/webhook_endpoints/{id}", r#"{"status":"disabled"}"#, NotFound),
    ("DELETE", "/webhook_endpoints/{id}", "", NotFound),
    ("GET", "/webhook_endpoints/{id}/deliveries", "", NotFound),
    ("POST", "/webhook_endpoints/{id}/deliveries/{delivery}/replay", "", NotFound),
    ("POST", "/v1/sso/admin-portal/tokens", r#"{"organization_id":"{organizations}"}"#, NotFound),
    ("DELETE", "/v1/sso/admin-portal/tokens/{id}", "", NotFound),
    ("POST", "/v1/portal/setup-links", r#"{"organization_id":"{organizations}","intent":"sso"}"#, NotFound),
    ("GET", "/v1/organizations", "", Shared),
    ("POST", "/v1/organizations", r#"{"name":"New"}"#, Shared),
    ("GET", "/v1/organizations/{id}", "", NotFound),
    ("GET", "/v1/events", "", Shared),
];

/// Routes that anybody may reach. A route comes here only with a reason to be public.
const PUBLIC: &[(&str, &str)] = &[
    // Load balancers and orchestrators ask without a key; the answers tell nothing of a tenant.
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    // Numbers by route, never by tenant.
    ("GET", "/metrics"),
    // A TLS proxy asks before it gets a certificate; yes or no is what a connection shows as well.
    ("GET", "/ops/host"),
    // What the API looks like is no secret.
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/reference.css"),
    // Identity providers fetch it without a key; it shows what every request to them shows.
    ("GET", "/sso/saml/{connection}/metadata"),
    // A browser comes here from an app, which proves nothing by that: what is shown or started is
    // decided by what is registered.
    ("GET", "/sso/authorize"),
    // A browser brings an identity provider's answer, whose signature decides.
    ("POST", "/sso/saml/{connection}/acs"),
    ("GET", "/sso/oidc/callback"),
    // A provider's page of apps; leads to the provider of the connection alone.
    ("GET", "/sso/login/{connection}"),
    ("GET", "/sso/test"),
    ("GET", "/sso/test/ended"),
    // The code and the client's secret, or the verifier, prove themselves in the body.
    ("POST", "/sso/token"),
    // The bearer is the access token of one sign-in.
    ("GET", "/sso/profile"),
    // Public keys.
    ("GET", "/sso/jwks/{client_id}"),
    // The sealed token in the address is the proof.
    ("GET", "/sso/logout"),
    // Whoever wants to sign in is nobody yet; the password decides.
    ("GET", "/dashboard/sign-in"),
    ("POST", "/dashboard/sign-in"),
    // The cookie of a visit that waits for a code decides; it opens nothing else.
    ("GET", "/dashboard/sign-in/code"),
    ("POST", "/dashboard/sign-in/code"),
    // Whoever forgot their password is nobody; the answer says nothing of who has an account.
    ("GET", "/dashboard/forgotten"),
    ("POST", "/dashboard/forgotten"),
    // The secret in the address, which was mailed, is the proof.
    ("GET", "/dashboard/reset/{token}"),
    ("POST", "/dashboard/reset/{token}"),
    ("GET", "/dashboard/join/{token}"),
    ("POST", "/dashboard/join/{token}"),
    // Sets a cookie that says light or dark.
    ("POST", "/dashboard/theme"),
    // The test identity provider of sandboxes: whoever knows the connection may say who they are,
    // as its page says. The token endpoint asks for the client's secret.
    ("GET", "/test-idp/{connection}"),
    ("POST", "/test-idp/{connection}/answer"),
    ("GET", "/test-idp/{connection}/saml"),
    ("POST", "/test-idp/{connection}/saml"),
    ("GET", "/test-idp/{connection}/saml/metadata"),
    ("GET", "/test-idp/{connection}/oidc/authorize"),
    ("POST", "/test-idp/{connection}/oidc/token"),
    ("GET", "/test-idp/{connection}/oidc/keys"),
    ("GET", "/test-idp/{connection}/oidc/.well-known/openid-configuration"),
    // A vendor's logo is on the landing page, before anybody has proved anything.
    ("GET", "/portal/brand/{environment}/{file}"),
];

/// Routes of the portal that a link's token opens.
const LINK: &[(&str, &str)] = &[
    ("GET", "/portal"),
    ("POST", "/portal/begin"),
    ("GET", "/portal/confirm"),
    ("POST", "/portal/confirm"),
    ("POST", "/portal/confirm/again"),
];

/// Routes of the portal that belong to a visit. A visit sees its own organization and nothing else,
/// so there is no stranger's id to try; the one route that names an object has a test of its own in
/// `tests/portal/testing.rs`.
const VISIT: &[(&str, &str)] = &[
    ("GET", "/portal/home"),
    ("GET", "/portal/sso"),
    ("POST", "/portal/sso/provider"),
    ("POST", "/portal/sso/test-provider"),
    ("GET", "/portal/sso/steps"),
    ("POST", "/portal/sso/steps"),
    ("GET", "/portal/sso/steps/{number}"),
    ("POST", "/portal/sso/check"),
    ("GET", "/portal/sso/review"),
    ("POST", "/portal/sso/save"),
    ("GET", "/portal/sso/done"),
    ("GET", "/portal/sso/connection"),
    ("POST", "/portal/sso/test"),
    ("POST", "/portal/sso/idp-initiated"),
    ("POST", "/portal/sso/distrust"),
    ("POST", "/portal/sso/review/test"),
    ("GET", "/portal/sso/sessions"),
    ("GET", "/portal/sso/sessions/{session}"),
    ("GET", "/portal/sso/guide"),
    ("POST", "/portal/sso/guide"),
    ("GET", "/portal/sso/attributes"),
    ("POST", "/portal/sso/attributes"),
    ("GET", "/portal/sso/sp-signing.pem"),
    ("GET", "/portal/sso/sp-signing-next.pem"),
    ("POST", "/portal/sso/signing-key"),
    ("POST", "/portal/sso/signing-key/test"),
    ("POST", "/portal/sso/reset"),
    ("GET", "/portal/renewal"),
    ("POST", "/portal/renewal"),
    ("POST", "/portal/renewal/{connection}"),
    ("POST", "/portal/renewal/{connection}/test"),
    ("GET", "/portal/renewal/done"),
];

/// One object of each kind, by the segment of a path that its id follows.
pub(crate) struct Fixtures(pub(crate) BTreeMap<&'static str, String>);

impl Fixtures {
    pub(crate) async fn of(app: &TestApp, tenant: &Tenant) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let post =
            async |path: &str, body: Value| app.post(tenant, path, body).await.expect(StatusCode::CREATED);
        let body = json!({"name": "Acme", "external_id": "ext-1", "domains": ["acme.example"]});
        let organization = post("/organizations", body).await;
        let id = text(&organization["id"]);
        let empty = app.organization(tenant, "Empty").await;
        let contacts = format!("/organizations/{id}/it_contacts");
        let contact = post(&contacts, json!({"email": "it@acme.example"})).await;
        let token = post("/v1/sso/admin-portal/tokens", json!({ "organization_id": id })).await;
        let saml = json!({
            "idp_entity_id": "urn:idp",
            "idp_sso_url": "https://idp.example/sso",
            "idp_signing_certs": [pem("a"), pem("b")],
        });
        let body = json!({"organization_id": id, "connection_type": "OktaSAML", "saml_options": saml});
        let connection = text(&post("/connections", body).await["id"]);
        let under = |path: &str| format!("/connections/{connection}/{path}");
        let certificates = app.get(tenant, &under("saml_idp_signing_certs")).await.json();
        let encryption = post(&under("saml_sp_encryption_certs"), json!({})).await;
        let signing = post(&under("saml_sp_signing_cert"), json!({})).await;
        let next_signing = post(&under("saml_sp_next_signing_cert"), json!({})).await;
        let body = json!({"endpoint_url": "https://hooks.example/", "events": ["connection.activated"]});
        let endpoint = text(&post("/webhook_endpoints", body).await["id"]);
        let delivery = deliver(app, tenant, &endpoint).await;
        let (session, profile) = sign_in(app, tenant, &id, &connection).await;
        Self(BTreeMap::from([
            ("organizations", id),
            ("external_id", "ext-1".into()),
            ("empty", empty),
            ("it_contacts", text(&contact["id"])),
            ("organization_domains", text(&organization["domains"][0]["id"])),
            ("tokens", text(&token["id"])),
            ("connections", connection),
            ("saml_idp_signing_certs", text(&certificates["data"][0]["id"])),
            ("saml_sp_encryption_certs", text(&encryption["id"])),
            ("saml_sp_signing_cert", text(&signing["id"])),
            ("saml_sp_next_signing_cert", text(&next_signing["id"])),
            ("webhook_endpoints", endpoint),
            ("deliveries", delivery),
            ("sso_sessions", session),
            ("profiles", profile),
            ("pem", pem("c").replace('\n', "\\n")),
        ]))
    }

    /// The path of a pattern: a name in braces becomes the object of the segment before it.
    fn path(&self, pattern: &str) -> String {
        let (mut path, mut before) = (String::new(), "");
        for segment in pattern.split('/').skip(1) {
            path.push('/');
            path.push_str(if segment.starts_with('{') { &self.0[before] } else { segment });
            before = segment;
        }
        path
    }

    fn body(&self, template: &str) -> String {
        self.0
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// A certificate that nobody trusts yet.
pub(crate) fn pem(name: &str) -> String {
    let request = KeyPairRequest {
        common_name: name.to_owned(),
        not_before: START,
        not_after: START + time::Duration::days(365),
    };
    let der = SamlAdapter::new().generate_key_pair(&request).unwrap().certificate.der;
    let lines: Vec<_> = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// A delivery that ended, as a worker would have left it.
async fn deliver(app: &TestApp, tenant: &Tenant, endpoint: &str) -> String {
    let environment = tenant.environment.id;
    let events =
        app.store.queries().events(environment, &EventFilter::default(), PageRequest::default()).await;
    let delivery = WebhookDelivery {
        id: app.ambient.id(START),
        environment_id: environment,
        endpoint_id: endpoint.parse().unwrap(),
        event_id: events.unwrap().items[0].id,
        state: DeliveryState::Delivered { at: START },
        tries: 1,
        created_at: START,
    };
    let mut work = app.store.begin().await.unwrap();
    assert!(work.webhooks().insert_delivery(&delivery).await.unwrap());
    work.commit().await.unwrap();
    delivery.id.to_string()
}

/// An attempt and a profile, as a sign-in would have left them.
async fn sign_in(app: &TestApp, tenant: &Tenant, organization: &str, connection: &str) -> (String, String) {
    let environment_id = tenant.environment.id;
    let (organization_id, connection_id) = (organization.parse().unwrap(), connection.parse().unwrap());
    let session = SsoSession {
        id: app.ambient.id(START),
        environment_id,
        organization_id: Some(organization_id),
        connection_id,
        origin: Origin::ServiceProvider,
        state: SsoSessionState::Started,
        authorization: None,
        trial: None,
        ticket: None,
        exchange: None,
        code: None,
        record: SessionRecord::default(),
        ip_address: None,
        user_agent: None,
        started_at: START,
    };
    let raw =
        Asserted { subject: "ada".into(), subject_format: None, session_index: None, attributes: Vec::new() };
    let person = Person {
        idp_id: "ada".into(),
        email: "ada@acme.example".into(),
        first_name: None,
        last_name: None,
        name: None,
        groups: Vec::new(),
        roles: Vec::new(),
        custom: BTreeMap::new(),
        raw: raw.into(),
    };
    let profile = Profile {
        id: app.ambient.id(START),
        environment_id,
        organization_id: Some(organization_id),
        connection_id,
        connection_type: ConnectionType::OktaSaml,
        person: person.into(),
        created_at: START,
        updated_at: START,
    };
    let mut work = app.store.begin().await.unwrap();
    work.sso_sessions().insert(&session).await.unwrap();
    work.profiles().save(&profile).await.unwrap();
    work.commit().await.unwrap();
    (session.id.to_string(), profile.id.to_string())
}

#[actix_web::test]
async fn every_route_has_a_row_and_every_row_a_route() {
    let (app, _) = TestApp::new().await;
    let listed = |route: &vestibule_web::MountedRoute| {
        let (method, pattern) = (route.method.as_str(), route.pattern);
        match route.access {
            Access::ApiKey(_) => MATRIX.iter().any(|row| (row.0, row.1) == (method, pattern)),
            Access::Public => PUBLIC.contains(&(method, pattern)),
            Access::PortalLink => LINK.contains(&(method, pattern)),
            Access::PortalVisit => VISIT.contains(&(method, pattern)),
            Access::Member => MEMBER.contains(&(method, pattern)),
        }
    };
    let without_row: Vec<_> = app.routes.iter().filter(|route| !listed(route)).collect();
    assert!(without_row.is_empty(), "{without_row:#?}");
    let rows = MATRIX.len() + PUBLIC.len() + LINK.len() + VISIT.len() + MEMBER.len();
    assert_eq!(app.routes.len(), rows, "a row has no route");
}

#[actix_web::test]
async fn nobody_without_a_key_a_stranger_nothing_of_ours_the_owner_everything() {
    // Every row fails once without a key, faster than strangers may.
    let settings =
        WebSettings { auth_failures_per_second: API_REQUESTS_PER_SECOND, ..WebSettings::default() };
    let app = TestApp::with(settings, |store| store).await;
    let owner = app.tenant(EnvironmentKind::Sandbox).await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let fixtures = Fixtures::of(&app, &owner).await;
    // What removes comes last, parts before wholes, so that all of it is there when it is asked for.
    let mut rows = MATRIX.to_vec();
    rows.sort_by_key(|(method, pattern, ..)| {
        (*method == "DELETE", *pattern == "/organizations/{id}", usize::MAX - pattern.len())
    });
    for (method, pattern, body, stranger_gets) in rows {
        let what = format!("{method} {pattern}");
        let method: Method = method.parse().unwrap();
        let path = fixtures.path(pattern);
        let body = fixtures.body(body);
        let nobody = app.send(request(method.clone(), &path).set_payload(body.clone())).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{what} without a key");
        let theirs = app.send(stranger.request(method.clone(), &path).set_payload(body.clone())).await;
        match stranger_gets {
            NotFound => assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{what} with a stranger's key"),
            Shared => {
                assert!(theirs.status.is_success(), "{what} with a stranger's key: {theirs:?}");
                let shown = String::from_utf8_lossy(&theirs.body);
                for id in fixtures.0.values() {
                    assert!(!shown.contains(id.as_str()), "{what} shows {id} to a stranger");
                }
            }
        }
        // It would take away what other rows ask for; that its owner may is shown beside its kin.
        if pattern.ends_with("/activate") {
            continue;
        }
        let own = app.send(owner.request(method.clone(), &path).set_payload(body)).await;
        let answered = String::from_utf8_lossy(&own.body);
        // What is there already is a conflict, which only its owner may learn.
        // A provider without an address for logging out is one that was found.
        let known = answered.contains("connection_invalid");
        let reached = own.status.is_success() || own.status == StatusCode::CONFLICT || known;
        assert!(reached, "{what} with the owner's key: {} {answered}", own.status);
    }
}

#[actix_web::test]
async fn the_portal_opens_to_nobody_without_a_link_or_a_visit() {
    let (app, _) = TestApp::new().await;
    let forged = "x".repeat(43);
    let cookies =
        [String::new(), format!("__Host-vestibule_portal=vps_{forged}; vestibule_portal=vps_{forged}")];
    for (method, pattern) in LINK.iter().chain(VISIT) {
        let path = pattern.replace("{number}", "1");
        let path = if *pattern == "/portal" { format!("{path}?token=vpt_{forged}") } else { path };
        for cookie in &cookies {
            let method: Method = method.parse().unwrap();
            let sent = request(method, &path)
                .insert_header(("Cookie", cookie.as_str()))
                .insert_header(("Accept", "application/json"))
                .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
                .set_payload(format!(
                    "token=vpt_{forged}&form_token=x&provider=okta-saml&step=1&revision=1&code=123456"
                ));
            let answer = app.send(sent).await;
            let refused =
                [StatusCode::NOT_FOUND, StatusCode::GONE, StatusCode::FORBIDDEN].contains(&answer.status);
            assert!(refused, "{pattern} {cookie:?}: {}", answer.status);
        }
    }
}
