//! The test identity provider: whole round trips, what it refuses, and where it is not.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;
use vestibule_application::ports::store::Store as _;
use vestibule_application::ports::test_provider::SAML_REQUEST_BYTES_MAX;
use vestibule_application::usecases::set_redirect_uris::{SetRedirectUris, SetRedirectUrisCommand};
use vestibule_application::usecases::set_test_provider::{
    SetTestProvider, SetTestProviderCommand, SetTestProviderError,
};
use vestibule_domain::audit::Actor;
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::test_provider::{
    TEST_CODE_LIFE, TEST_GROUP_CHARS_MAX, TEST_GROUPS_MAX, TestProviderRule,
};

use crate::support::{Answer, Tenant, TestApp, request};

const APP: &str = "http://localhost:3000/callback";
const HOST: &str = "https://vestibule.example";

/// An organization with a domain and a connection to the test identity provider.
struct Scene {
    app: TestApp,
    tenant: Tenant,
    connection: String,
}

/// A form on a page.
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    fn of(page: &Answer) -> Self {
        let html = String::from_utf8(page.body.clone()).unwrap();
        let values = |tag: &str, name: &str| {
            let at = tag.find(&format!("{name}=\""))? + name.len() + 2;
            let value = &tag[at..][..tag[at..].find('"')?];
            Some(value.replace("&amp;", "&").replace("&#x2F;", "/").replace("&quot;", "\""))
        };
        let form = &html[html.find("<form method=\"post\"").unwrap_or_else(|| panic!("{html}"))..];
        let form = &form[..form.find("</form>").unwrap()];
        let tags = form.split('<').filter(|tag| tag.starts_with("input"));
        Self {
            action: values(form, "action").unwrap(),
            fields: tags.filter_map(|tag| Some((values(tag, "name")?, values(tag, "value")?))).collect(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl Scene {
    async fn new(oidc: bool) -> Self {
        let (app, tenant) = TestApp::new().await;
        let domains = json!([{"domain": "acme.example", "state": "verified"}]);
        let body = json!({"name": "Acme", "domain_data": domains});
        let made = app.post(&tenant, "/organizations", body).await.expect(StatusCode::CREATED);
        let mut body = json!({"organization_id": made["id"], "connection_type": "TestIdp"});
        if oidc {
            body["oidc_options"] = json!({});
        }
        let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
        assert_eq!((&made["connection_type"], &made["state"]), (&json!("TestIdp"), &json!("active")));
        let command = SetRedirectUrisCommand {
            actor: Actor::system(),
            environment_id: tenant.environment.id,
            remove: Vec::new(),
            register: vec![APP.into()],
            first: None,
            made_from: None,
        };
        app.run(SetRedirectUris { ambient: app.ambient.clone() }, command).await.unwrap();
        let connection = made["id"].as_str().unwrap().to_owned();
        Self { app, tenant, connection }
    }

    async fn get(&self, address: &str) -> Answer {
        self.app.send(request(Method::GET, address.strip_prefix(HOST).unwrap_or(address))).await
    }

    async fn post(&self, form: &Form) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        let path = form.action.strip_prefix(HOST).unwrap_or(&form.action);
        self.app.send(request(Method::POST, path).set_payload(body)).await
    }

    /// Off to the provider.
    async fn authorize(&self) -> Answer {
        let query = Serializer::new(String::new())
            .append_pair("client_id", &self.tenant.environment.client_id.to_string())
            .append_pair("redirect_uri", APP)
            .append_pair("response_type", "code")
            .append_pair("connection", &self.connection)
            .append_pair("state", "s&1")
            .finish();
        self.get(&format!("/sso/authorize?{query}")).await
    }

    /// The form on which the developer chooses.
    async fn chosen(&self) -> Form {
        let away = self.authorize().await;
        assert_eq!(away.status, StatusCode::FOUND, "{away:?}");
        let address = away.header("location").unwrap();
        assert!(address.starts_with(&format!("{HOST}/test-idp/{}/", self.connection)), "{address}");
        let page = self.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        Form::of(&page)
    }

    /// From the provider's answer to where the browser ends.
    async fn finish(&self, form: Form) -> Url {
        let answer = self.post(&form).await;
        let landed = match answer.status {
            StatusCode::OK => self.post(&Form::of(&answer)).await,
            StatusCode::FOUND => self.get(answer.header("location").unwrap()).await,
            _ => panic!("{answer:?}"),
        };
        assert_eq!(landed.status, StatusCode::FOUND, "{landed:?}");
        Url::parse(landed.header("location").unwrap()).unwrap()
    }

    async fn profile(&self, landed: &Url) -> Value {
        let code = parameter(landed, "code").unwrap_or_else(|| panic!("{landed}"));
        let body = Serializer::new(String::new())
            .append_pair("client_id", &self.tenant.environment.client_id.to_string())
            .append_pair("client_secret", &self.tenant.key)
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &code)
            .finish();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let asked = request(Method::POST, "/sso/token").insert_header(form).set_payload(body);
        self.app.send(asked).await.expect(StatusCode::OK)["profile"].clone()
    }

    async fn switch(&self, test_provider: TestProviderRule) {
        let command = SetTestProviderCommand {
            actor: Actor::system(),
            environment_id: self.tenant.environment.id,
            test_provider,
        };
        self.app.run(SetTestProvider { ambient: self.app.ambient.clone() }, command).await.unwrap();
    }

    /// The latest attempt, as the session log has it.
    async fn latest(&self) -> Value {
        let list =
            self.app.get(&self.tenant, "/sso_sessions?order=desc&limit=1").await.expect(StatusCode::OK);
        let id = list["data"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}"));
        self.app.get(&self.tenant, &format!("/sso_sessions/{id}")).await.expect(StatusCode::OK)
    }
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[actix_web::test]
async fn somebody_of_the_organization_signs_in_by_either_protocol() {
    for oidc in [false, true] {
        let scene = Scene::new(oidc).await;
        let form = scene.chosen().await;
        assert_eq!(form.value("email"), Some("ada@acme.example"));
        let form = form.with("groups", "Admins, Staff").with("last_name", "Byron <&> Söhne");
        let landed = scene.finish(form.with("answer", "member")).await;
        assert_eq!(parameter(&landed, "state").as_deref(), Some("s&1"));
        let profile = scene.profile(&landed).await;
        assert_eq!(profile["email"], "ada@acme.example");
        assert_eq!(profile["first_name"], "Ada");
        assert_eq!(profile["last_name"], "Byron <&> Söhne");
        assert_eq!(profile["groups"], json!(["Admins", "Staff"]));
        assert_eq!(profile["connection_type"], "TestIdp");
        assert_eq!(profile["idp_id"], "ada@acme.example");
        // The same person has the same profile the next time.
        let again = scene.finish(scene.chosen().await).await;
        assert_eq!(scene.profile(&again).await["id"], profile["id"]);
    }
}

#[actix_web::test]
async fn a_guest_is_refused_and_the_session_log_says_why() {
    for oidc in [false, true] {
        let scene = Scene::new(oidc).await;
        let landed = scene.finish(scene.chosen().await.with("answer", "guest")).await;
        let error = parameter(&landed, "error");
        assert_eq!(error.as_deref(), Some("profile_not_allowed_outside_organization"));
        let attempt = scene.latest().await;
        assert_eq!(attempt["error"], "profile_not_allowed_outside_organization", "{attempt}");
    }
}

#[actix_web::test]
async fn the_provider_refuses_when_it_is_told_to() {
    for (oidc, refusal, code) in [
        (false, "denied", "access_denied"),
        (false, "not_authenticated", "access_denied"),
        (false, "failed", "idp_reported_error"),
        (true, "denied", "access_denied"),
        (true, "not_authenticated", "idp_reported_error"),
        (true, "failed", "idp_reported_error"),
    ] {
        let scene = Scene::new(oidc).await;
        let form = scene.chosen().await.with("answer", "refusal").with("refusal", refusal);
        let landed = scene.finish(form).await;
        assert!(parameter(&landed, "code").is_none() && parameter(&landed, "error").is_some(), "{landed}");
        assert_eq!(scene.latest().await["error"], code, "{oidc} {refusal}");
    }
}

#[actix_web::test]
async fn a_sign_in_begins_at_the_provider() {
    let scene = Scene::new(false).await;
    let page = scene.get(&format!("/test-idp/{}", scene.connection)).await;
    let landed = scene.finish(Form::of(&page)).await;
    assert_eq!(scene.profile(&landed).await["email"], "ada@acme.example");
    assert_eq!(scene.latest().await["origin"], "identity_provider");

    let scene = Scene::new(true).await;
    let page = scene.get(&format!("/test-idp/{}", scene.connection)).await;
    let begin = format!("/sso/login/{}", scene.connection);
    assert!(String::from_utf8(page.body).unwrap().contains(&begin));
    let away = scene.get(&begin).await;
    let page = scene.get(away.header("location").unwrap()).await;
    let landed = scene.finish(Form::of(&page)).await;
    assert_eq!(scene.profile(&landed).await["email"], "ada@acme.example");
}

#[actix_web::test]
async fn what_was_typed_wrong_is_shown_again() {
    let scene = Scene::new(true).await;
    let form = scene.chosen().await;
    let state = form.value("state").unwrap().to_owned();
    let page = scene.post(&form.with("email", "nobody <b>").with("first_name", "Grace")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = Form::of(&page);
    assert_eq!(again.value("first_name"), Some("Grace"));
    assert_eq!(again.value("state"), Some(state.as_str()));
    assert!(String::from_utf8(page.body).unwrap().contains("data-testid=\"error-email\""));
    let landed = scene.finish(again.with("email", "grace@acme.example")).await;
    assert_eq!(scene.profile(&landed).await["first_name"], "Grace");
}

#[actix_web::test]
async fn the_longest_person_signs_in() {
    for oidc in [false, true] {
        let scene = Scene::new(oidc).await;
        let groups: Vec<String> =
            (0..TEST_GROUPS_MAX).map(|n| format!("{n}{}", "𝄞".repeat(TEST_GROUP_CHARS_MAX - 1))).collect();
        let form = scene.chosen().await.with("groups", &groups.join(","));
        let name = "𝄞".repeat(100);
        let landed = scene.finish(form.with("first_name", &name).with("last_name", &name)).await;
        assert_eq!(scene.profile(&landed).await["groups"], json!(groups));
    }
}

/// Every address of the provider.
const ADDRESSES: [(&str, &str); 9] = [
    ("GET", ""),
    ("POST", "/answer"),
    ("GET", "/saml"),
    ("POST", "/saml"),
    ("GET", "/saml/metadata"),
    ("GET", "/oidc/authorize"),
    ("POST", "/oidc/token"),
    ("GET", "/oidc/keys"),
    ("GET", "/oidc/.well-known/openid-configuration"),
];

async fn all_are_gone(scene: &Scene) {
    for (method, address) in ADDRESSES {
        let path = format!("/test-idp/{}{address}", scene.connection);
        let answer = scene.app.send(request(method.parse().unwrap(), &path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {address}");
        assert!(String::from_utf8(answer.body).unwrap().contains("no_test_provider"), "{method} {address}");
    }
}

#[actix_web::test]
async fn every_address_is_of_one_protocol_and_one_connection() {
    for (oidc, there) in [
        (false, ["", "/answer", "/saml", "/saml/metadata"].as_slice()),
        (
            true,
            &[
                "",
                "/answer",
                "/oidc/authorize",
                "/oidc/token",
                "/oidc/keys",
                "/oidc/.well-known/openid-configuration",
            ],
        ),
    ] {
        let scene = Scene::new(oidc).await;
        for (method, address) in ADDRESSES {
            let path = format!("/test-idp/{}{address}", scene.connection);
            let answer = scene.app.send(request(method.parse().unwrap(), &path)).await;
            let is_there = answer.status != StatusCode::NOT_FOUND;
            assert_eq!(is_there, there.contains(&address), "{oidc} {method} {address}");
        }
    }
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Other").await;
    let saml = json!({
        "idp_entity_id": "urn:idp",
        "idp_sso_url": "https://idp.example/sso",
        "idp_signing_certs": [crate::access::pem("a")],
    });
    let body = json!({"organization_id": organization, "connection_type": "OktaSAML", "saml_options": saml});
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let other = made["id"].as_str().unwrap().to_owned();
    let mut scene = Scene { app, tenant, connection: other };
    all_are_gone(&scene).await;
    scene.connection = "conn_00000000010000000000000002".to_owned();
    all_are_gone(&scene).await;
    scene.connection = "nonsense".to_owned();
    all_are_gone(&scene).await;
}

#[actix_web::test]
async fn switched_off_it_is_gone_and_nobody_signs_in() {
    for oidc in [false, true] {
        let scene = Scene::new(oidc).await;
        let form = scene.chosen().await;
        let answer = scene.post(&form).await;
        scene.switch(TestProviderRule::Off).await;
        all_are_gone(&scene).await;

        let back = scene.authorize().await;
        let landed = Url::parse(back.header("location").unwrap()).unwrap();
        assert!(landed.as_str().starts_with(APP), "{landed}");
        assert_eq!(parameter(&landed, "error").as_deref(), Some("connection_unlinked"));
        let description = parameter(&landed, "error_description").unwrap();
        assert_eq!(description, "The test identity provider is switched off in this environment.");
        let attempt = scene.latest().await;
        assert_eq!(attempt["error_message"], description, "{attempt}");
        let begun = scene.get(&format!("/sso/login/{}", scene.connection)).await;
        assert_eq!(begun.status, StatusCode::BAD_REQUEST);

        // An answer that was on its way is not taken either.
        let landed = match answer.status {
            StatusCode::OK => scene.post(&Form::of(&answer)).await,
            _ => scene.get(answer.header("location").unwrap()).await,
        };
        let landed = Url::parse(landed.header("location").unwrap()).unwrap();
        assert_eq!(parameter(&landed, "error").as_deref(), Some("access_denied"));

        scene.switch(TestProviderRule::On).await;
        let landed = scene.finish(scene.chosen().await).await;
        assert_eq!(scene.profile(&landed).await["email"], "ada@acme.example");
    }
}

#[actix_web::test]
async fn production_has_none() {
    let scene = Scene::new(false).await;
    let production = scene.app.tenant(EnvironmentKind::Production).await;
    let organization = scene.app.organization(&production, "Acme").await;
    let body = json!({"organization_id": organization, "connection_type": "TestIdp"});
    let refused = scene.app.post(&production, "/connections", body).await;
    assert_eq!(refused.refusal(StatusCode::UNPROCESSABLE_ENTITY), "connection_type_not_supported");
    let command = SetTestProviderCommand {
        actor: Actor::system(),
        environment_id: production.environment.id,
        test_provider: TestProviderRule::On,
    };
    let switched = scene.app.run(SetTestProvider { ambient: scene.app.ambient.clone() }, command).await;
    assert!(matches!(switched, Err(SetTestProviderError::Production)));

    // However a connection of it may have come into production: it has no provider there.
    let id = scene.connection.parse().unwrap();
    let held = scene.app.store.queries().public_connection(id).await.unwrap().unwrap();
    let mut work = scene.app.store.begin().await.unwrap();
    assert!(work.connections().delete(scene.tenant.environment.id, id).await.unwrap());
    let moved = vestibule_domain::connection::Connection {
        environment_id: production.environment.id,
        organization_id: organization.parse().unwrap(),
        ..held
    };
    work.connections().insert(&moved).await.unwrap();
    let environment = Environment {
        redirect_uris: vec![
            vestibule_domain::redirect_uri::RedirectUri::parse(
                "https://app.example/callback",
                EnvironmentKind::Production,
            )
            .unwrap(),
        ],
        ..production.environment.clone()
    };
    work.accounts().update_environment(&environment).await.unwrap();
    work.commit().await.unwrap();
    let scene = Scene { tenant: production, ..scene };
    all_are_gone(&scene).await;
    let query = Serializer::new(String::new())
        .append_pair("client_id", &scene.tenant.environment.client_id.to_string())
        .append_pair("redirect_uri", "https://app.example/callback")
        .append_pair("response_type", "code")
        .append_pair("connection", &scene.connection)
        .finish();
    let back = scene.get(&format!("/sso/authorize?{query}")).await;
    let landed = Url::parse(back.header("location").unwrap()).unwrap();
    assert_eq!(parameter(&landed, "error").as_deref(), Some("connection_unlinked"));
    assert_eq!(
        scene.latest().await["error_message"],
        "There is no test identity provider in production environments."
    );
}

#[actix_web::test]
async fn requests_of_others_and_hostile_ones_get_a_page() {
    let scene = Scene::new(false).await;
    let saml = format!("/test-idp/{}/saml", scene.connection);
    let organization = scene.app.organization(&scene.tenant, "Other").await;
    let body = json!({"organization_id": organization, "connection_type": "TestIdp"});
    let other = scene.app.post(&scene.tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let connection = other["id"].as_str().unwrap().to_owned();
    let other = Scene { connection, ..scene };
    let away = other.authorize().await;
    let query = Url::parse(away.header("location").unwrap()).unwrap().query().unwrap().to_owned();
    let scene = other;
    let long = "A".repeat(3 * SAML_REQUEST_BYTES_MAX);
    for query in [
        String::new(),
        query,
        "SAMLRequest=".to_owned(),
        "SAMLRequest=%21".to_owned(),
        format!("SAMLRequest={long}"),
        "SAMLRequest=PGEvPg%3D%3D&SAMLRequest=PGEvPg%3D%3D".to_owned(),
        format!("SAMLRequest=PGEvPg%3D%3D&RelayState={}", "a".repeat(81)),
    ] {
        for answer in [
            scene.get(&format!("{saml}?{query}")).await,
            scene.app.send(request(Method::POST, &saml).set_payload(query.clone())).await,
        ] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        }
    }
    let scene = Scene::new(true).await;
    let away = scene.authorize().await;
    let asked = Url::parse(away.header("location").unwrap()).unwrap();
    assert_eq!(scene.get(asked.as_str()).await.status, StatusCode::OK);
    for (name, value) in [
        ("redirect_uri", "https://evil.example/"),
        ("client_id", "conn_00000000010000000000000002"),
        ("response_type", "token"),
        ("scope", "email"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("state", &"a".repeat(4097)),
    ] {
        let mut changed = asked.clone();
        let pairs: Vec<(String, String)> =
            asked.query_pairs().filter(|(key, _)| key != name).map(|(k, v)| (k.into(), v.into())).collect();
        changed.query_pairs_mut().clear().extend_pairs(pairs).append_pair(name, value);
        assert_eq!(scene.get(changed.as_str()).await.status, StatusCode::BAD_REQUEST, "{name}");
    }
}

#[actix_web::test]
async fn the_token_endpoint_gives_tokens_to_its_client_alone() {
    let scene = Scene::new(true).await;
    let base = format!("/test-idp/{}/oidc", scene.connection);
    let discovery = scene.get(&format!("{base}/.well-known/openid-configuration")).await.json();
    assert_eq!(discovery["issuer"], format!("{HOST}{base}"));
    assert_eq!(discovery["token_endpoint"], format!("{HOST}{base}/token"));
    let keys = scene.get(&format!("{base}/keys")).await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);

    let answer = scene.post(&scene.chosen().await).await;
    let landed = Url::parse(answer.header("location").unwrap()).unwrap();
    let code = parameter(&landed, "code").unwrap();
    assert_eq!(parameter(&landed, "iss").as_deref(), Some(format!("{HOST}{base}").as_str()));
    let ask = async |secret: &str, code: &str| {
        let body = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &scene.connection)
            .append_pair("client_secret", secret)
            .append_pair("redirect_uri", &format!("{HOST}/sso/oidc/callback"))
            .append_pair("code", code)
            .finish();
        let form = ("content-type", "application/x-www-form-urlencoded");
        let path = format!("{base}/token");
        let asked = request(Method::POST, &path).insert_header(form).set_payload(body);
        let answer = scene.app.send(asked).await;
        (answer.status, answer.json()["error"].as_str().map(str::to_owned))
    };
    let refused = |status, error: &str| (status, Some(error.to_owned()));
    assert_eq!(ask("wrong", &code).await, refused(StatusCode::UNAUTHORIZED, "invalid_client"));
    let id = scene.connection.parse().unwrap();
    let held = scene.app.store.queries().public_connection(id).await.unwrap().unwrap();
    let sealed = held.oidc().unwrap().client.as_ref().unwrap().client_secret.clone().unwrap();
    let secret = vestibule_application::ambient::SecretOf::OidcClient(id);
    let secret = String::from_utf8(scene.app.ambient.open(secret, &sealed).unwrap()).unwrap();
    // It was made for a verifier that this client does not have.
    assert_eq!(ask(&secret, &code).await, refused(StatusCode::BAD_REQUEST, "invalid_grant"));
    assert_eq!(ask(&secret, "nonsense").await, refused(StatusCode::BAD_REQUEST, "invalid_grant"));
    let none = scene.app.send(request(Method::POST, &format!("{base}/token"))).await;
    assert_eq!(none.expect(StatusCode::BAD_REQUEST)["error"], "invalid_request");

    // Without PKCE the code alone decides, as long as it is young.
    let form = scene.chosen().await.with("code_challenge", "").with("x", "");
    let form =
        Form { fields: form.fields.into_iter().filter(|(n, _)| n != "code_challenge").collect(), ..form };
    let answer = scene.post(&form).await;
    let landed = Url::parse(answer.header("location").unwrap()).unwrap();
    let code = parameter(&landed, "code").unwrap();
    assert_eq!(ask(&secret, &code).await, (StatusCode::OK, None));
    scene.app.clock.forward(TEST_CODE_LIFE);
    assert_eq!(ask(&secret, &code).await, refused(StatusCode::BAD_REQUEST, "invalid_grant"));
}
