//! `/connections`.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::attribute_map::AttributeMap;
use vestibule_domain::connection::Connection;
use vestibule_domain::environment::EnvironmentKind;

use crate::provider::{Documents, IDP, VENDOR, der, discovery, metadata, saml_options, vendor_keys};
use crate::support::{Answer, Tenant, TestApp};

const UNKNOWN: &str = "/connections/conn_01J9ZQK3V0000000000000000A";

fn with(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

async fn creation(app: &TestApp, tenant: &Tenant, more: Value) -> Answer {
    let organization = app.organization(tenant, "Acme").await;
    app.post(tenant, "/connections", with(json!({ "organization_id": organization }), more)).await
}

async fn created(app: &TestApp, tenant: &Tenant, more: Value) -> Value {
    creation(app, tenant, more).await.expect(StatusCode::CREATED)
}

fn path(connection: &Value) -> String {
    format!("/connections/{}", connection["id"].as_str().unwrap())
}

async fn kept(app: &TestApp, tenant: &Tenant, connection: &Value) -> Connection {
    let id = connection["id"].as_str().unwrap().parse().unwrap();
    app.store.queries().connection(tenant.environment.id, id).await.unwrap().unwrap().connection
}

fn oidc_options(documents: &Documents) -> Value {
    json!({
        "discovery_endpoint": documents.url("/.well-known/openid-configuration"),
        "client_id": "client",
        "client_secret": "hush",
    })
}

async fn with_discovery() -> (TestApp, Tenant, Documents) {
    let documents = Documents::listen().await;
    documents.publish("/.well-known/openid-configuration", discovery(&documents.url("")));
    let (app, tenant) = TestApp::reaching(documents.address).await;
    (app, tenant, documents)
}

#[actix_web::test]
async fn a_connection_by_hand_goes_live_and_has_all_that_sdks_demand() {
    let (app, tenant) = TestApp::new().await;
    let org = json!({"name": "Acme", "domain_data": [{"domain": "acme.example", "state": "verified"}]});
    let org = app.post(&tenant, "/organizations", org).await.expect(StatusCode::CREATED);
    let body = json!({
        "organization_id": org["id"],
        "connection_type": "OktaSAML",
        "name": "Okta",
        "saml_options": saml_options(),
        "unknown": 1,
    });
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let domain = org["domains"][0]["id"].as_str().unwrap().replace("org_domain_", "conn_domain_");
    let wanted = json!({
        "object": "connection",
        "id": made["id"],
        "organization_id": org["id"],
        "connection_type": "OktaSAML",
        "name": "Okta",
        "state": "active",
        "status": "linked",
        "domains": [{"object": "connection_domain", "id": domain, "domain": "acme.example"}],
        "created_at": "2026-11-21T12:00:00.000Z",
        "updated_at": "2026-11-21T12:00:00.000Z",
    });
    assert_eq!(made, wanted);
    assert_eq!(app.get(&tenant, &path(&made)).await.expect(StatusCode::OK), wanted);
    let list = app.get(&tenant, "/connections?order=desc").await.expect(StatusCode::OK);
    assert_eq!(list["data"], json!([wanted]));
    let events = app.events(&tenant).await;
    assert_eq!(events.last(), Some(&"connection.activated"));
    assert_eq!(app.trail(&tenant).await.last(), Some(&"sso.connection.created"));
}

#[actix_web::test]
async fn the_options_determine_the_type_and_the_organization_the_name() {
    let (app, tenant) = TestApp::new().await;
    let made = created(&app, &tenant, json!({ "saml_options": saml_options() })).await;
    assert_eq!((&made["connection_type"], &made["name"]), (&json!("GenericSAML"), &json!("Acme")));
}

#[actix_web::test]
async fn metadata_is_fetched_and_read() {
    let documents = Documents::listen().await;
    let url = documents.publish("/metadata", metadata("urn:fetched", IDP[0]));
    let (app, tenant) = TestApp::reaching(documents.address).await;
    let made = created(&app, &tenant, json!({ "saml_options": { "idp_metadata_url": url } })).await;
    let kept = kept(&app, &tenant, &made).await;
    let idp = kept.saml().unwrap().idp.clone().unwrap();
    assert_eq!(idp.entity_id.as_str(), "urn:fetched");
    assert_eq!(idp.metadata_url.unwrap().as_str(), url);
    assert_eq!(idp.signing_certificates[0].certificate.der, der(IDP[0]));
}

#[actix_web::test]
async fn metadata_that_cannot_be_had_is_refused_with_the_reason() {
    let documents = Documents::listen().await;
    let web_page = documents.publish("/page", "<!DOCTYPE html><html><body>Sign in</body></html>".into());
    let (app, tenant) = TestApp::reaching(documents.address).await;
    for (url, reason) in [
        (documents.url("/missing"), "status 404"),
        (web_page, "web page"),
        ("https://127.0.0.1/metadata".to_owned(), "private or reserved"),
        ("http://app.example/metadata".to_owned(), "https"),
    ] {
        let answer = creation(&app, &tenant, json!({ "saml_options": { "idp_metadata_url": url } })).await;
        assert_eq!(answer.fields(), ["saml_options.idp_metadata_url"], "{url}");
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "idp_metadata_fetch_failed");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(app.get(&tenant, "/connections").await.json()["data"], json!([]));
}

#[actix_web::test]
async fn openid_connect_is_set_up_by_discovery_or_issuer() {
    let (app, tenant, documents) = with_discovery().await;
    for endpoint in [documents.url("/.well-known/openid-configuration"), documents.url("/")] {
        let options = with(oidc_options(&documents), json!({ "discovery_endpoint": endpoint }));
        let made = created(&app, &tenant, json!({ "oidc_options": options })).await;
        assert_eq!(made["connection_type"], "GenericOIDC");
        let kept = kept(&app, &tenant, &made).await;
        let client = kept.oidc().unwrap().client.clone().unwrap();
        assert_eq!(client.provider.issuer.as_str(), documents.url(""));
        assert!(client.pkce && client.client_secret.is_some());
        let shown = app.get(&tenant, &path(&made)).await;
        assert!(!String::from_utf8_lossy(&shown.body).contains("hush"));
    }
}

#[actix_web::test]
async fn private_key_jwt_has_a_pair_of_ours_or_the_vendors() {
    let documents = Documents::listen().await;
    let mut document: Value = serde_json::from_str(&discovery(&documents.url(""))).unwrap();
    document["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]);
    documents.publish("/.well-known/openid-configuration", document.to_string());
    let (app, tenant) = TestApp::reaching(documents.address).await;
    let options = json!({ "discovery_endpoint": documents.url("/"), "client_id": "client" });

    let made = created(&app, &tenant, json!({ "oidc_options": options })).await;
    let shown = made["oidc_jwt_signing_cert"].clone();
    assert_eq!(shown["object"], "oidc_jwt_signing_certificate");
    let before = kept(&app, &tenant, &made).await;
    let pair = before.oidc().unwrap().signing_key.clone().unwrap();
    assert_eq!(shown["value"], pair.certificate.to_pem());
    assert_eq!(pair.certificate.not_after - pair.certificate.not_before, time::Duration::days(3 * 365));
    assert_eq!(app.get(&tenant, &path(&made)).await.json(), made);

    let patch = async |pair: Value| {
        let body = json!({ "oidc_options": { "jwt_signing_key_pair": pair } });
        app.patch(&tenant, &path(&made), body).await.expect(StatusCode::OK)["oidc_jwt_signing_cert"].clone()
    };
    assert_eq!(
        der(patch(json!({ "cert": VENDOR[0].0, "key": VENDOR[0].1 })).await["value"].as_str().unwrap()),
        der(VENDOR[0].0)
    );
    let renewed = patch(Value::Null).await;
    assert!(renewed["value"] != shown["value"] && renewed["id"] != shown["id"]);

    let secret = with(options, json!({ "client_secret": "hush" }));
    let refused = creation(&app, &tenant, json!({ "oidc_options": secret })).await;
    assert_eq!(refused.refusal(StatusCode::UNPROCESSABLE_ENTITY), "client_secret_not_accepted");
}

#[actix_web::test]
async fn options_that_say_too_much_or_too_little_have_the_contracts_codes() {
    let (app, tenant, documents) = with_discovery().await;
    let saml = saml_options;
    let oidc = || oidc_options(&documents);
    let url = json!({ "idp_metadata_url": documents.url("/missing") });
    let foreign = json!({ "sp_signing_key_pair": { "cert": VENDOR[0].0, "key": VENDOR[1].1 } });
    for (body, code) in [
        (json!({}), "connection_type_or_options_required"),
        (json!({ "connection_type": "OktaSAML" }), "saml_options_required"),
        (json!({ "connection_type": "OktaOIDC" }), "oidc_options_required"),
        (json!({ "connection_type": "GoogleOAuth" }), "connection_type_not_supported"),
        (json!({ "connection_type": "oktasaml" }), "connection_type_not_supported"),
        (
            json!({ "connection_type": "OktaOIDC", "saml_options": saml() }),
            "connection_type_conflicts_with_options",
        ),
        (json!({ "saml_options": saml(), "oidc_options": oidc() }), "both_saml_and_oidc_options_provided"),
        (json!({ "saml_options": with(saml(), url) }), "ambiguous_saml_options"),
        (json!({ "saml_options": {} }), "incomplete_saml_options"),
        (json!({ "saml_options": { "idp_entity_id": "urn:idp" } }), "incomplete_saml_options"),
        (
            json!({ "saml_options": with(saml(), json!({ "idp_sso_url": "http://idp.example" })) }),
            "invalid_idp_sso_url",
        ),
        (
            json!({ "saml_options": with(saml(), json!({ "idp_signing_certs": ["x"] })) }),
            "invalid_certificate",
        ),
        (json!({ "saml_options": with(saml(), foreign) }), "key_pair_not_accepted"),
        (json!({ "oidc_options": with(oidc(), json!({ "client_secret": null })) }), "client_secret_required"),
        (
            json!({ "oidc_options": with(oidc(), json!({ "token_authentication_method": "private_key_jwt" })) }),
            "token_authentication_method_not_supported",
        ),
        (
            // The provider offers client_secret_post only.
            json!({ "oidc_options": with(oidc(), json!({ "token_authentication_method": "client_secret_basic" })) }),
            "token_authentication_method_not_supported",
        ),
        (
            json!({ "oidc_options": with(oidc(), json!({ "id_token_signature_algorithm": "HS256" })) }),
            "id_token_signature_algorithm_not_supported",
        ),
        (
            json!({ "oidc_options": with(oidc(), json!({ "jwt_signing_key_pair": { "cert": "c", "key": "k" } })) }),
            "invalid_certificate",
        ),
        (
            json!({ "oidc_options": with(oidc(), json!({ "jwt_signing_key_pair": { "cert": VENDOR[0].0, "key": VENDOR[1].1 } })) }),
            "key_pair_not_accepted",
        ),
        (
            json!({ "oidc_options": with(oidc(), json!({ "discovery_endpoint": "http://idp.example" })) }),
            "discovery_endpoint_must_use_https",
        ),
        (
            json!({ "oidc_options": with(oidc(), json!({ "discovery_endpoint": documents.url("/other") })) }),
            "discovery_endpoint_fetch_failed",
        ),
    ] {
        let answer = creation(&app, &tenant, body.clone()).await;
        let text = body.to_string();
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), code, "{text}");
        assert_eq!(answer.fields().len(), 1, "{text}");
    }
}

#[actix_web::test]
async fn fields_at_fault_are_named_together() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({
        "name": "",
        "external_id": "é",
        "attribute_maps": { "standard_attributes": { "email": "" } },
        "saml_options": {},
    });
    let answer = app.post(&tenant, "/connections", body).await;
    assert_eq!(answer.fields(), ["organization_id", "name", "external_id", "attribute_maps"]);
    let body = json!({ "oidc_options": { "client_secret": "x" } });
    let answer = creation(&app, &tenant, body).await;
    assert_eq!(answer.fields(), ["oidc_options.discovery_endpoint", "oidc_options.client_id"]);
}

#[actix_web::test]
async fn an_organization_has_one_connection() {
    let (app, tenant) = TestApp::new().await;
    let made = created(&app, &tenant, json!({ "saml_options": saml_options() })).await;
    let body = json!({ "organization_id": made["organization_id"], "saml_options": saml_options() });
    let again = app.post(&tenant, "/connections", body).await;
    assert_eq!(again.refusal(StatusCode::CONFLICT), "organization_already_has_connection");

    let unknown =
        json!({ "organization_id": "org_01J9ZQK3V0000000000000000A", "saml_options": saml_options() });
    let answer = app.post(&tenant, "/connections", unknown).await;
    assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found");
}

#[actix_web::test]
async fn a_known_external_id_gives_the_same_connection_again() {
    let (app, tenant) = TestApp::new().await;
    let body = json!({ "external_id": "crm-1", "saml_options": saml_options() });
    let made = created(&app, &tenant, body.clone()).await;
    let again = with(body.clone(), json!({ "organization_id": made["organization_id"] }));
    let again = app.post(&tenant, "/connections", again).await.expect(StatusCode::OK);
    assert_eq!(again, made);
    let elsewhere = creation(&app, &tenant, body).await;
    assert_eq!(elsewhere.refusal(StatusCode::BAD_REQUEST), "external_id_already_used");
}

#[actix_web::test]
async fn a_retried_creation_gets_its_first_answer() {
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let body = json!({ "organization_id": organization, "saml_options": saml_options() });
    let post = || {
        let request = tenant.request(actix_web::http::Method::POST, "/connections");
        app.send(request.insert_header(("Idempotency-Key", "k")).set_json(&body))
    };
    let (first, second) = (post().await, post().await);
    assert_eq!(first.expect(StatusCode::CREATED), second.expect(StatusCode::CREATED));
    assert_eq!(app.events(&tenant).await, ["organization.created", "connection.activated"]);
}

#[actix_web::test]
async fn lists_are_filtered_and_paged() {
    let (app, tenant) = TestApp::new().await;
    let mut made = Vec::new();
    for (name, kind) in [("Alpha", "OktaSAML"), ("Beta", "GenericSAML"), ("Alpine", "OktaSAML")] {
        let body = json!({ "name": name, "connection_type": kind, "saml_options": saml_options() });
        made.push(created(&app, &tenant, body).await);
        app.clock.forward(time::Duration::seconds(1));
    }
    let names = async |query: &str| {
        let list = app.get(&tenant, &format!("/connections?{query}")).await.expect(StatusCode::OK);
        let names = list["data"].as_array().unwrap().iter();
        names.map(|view| view["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Alpine", "Beta", "Alpha"], "newest first");
    assert_eq!(names("order=asc&limit=2").await, ["Alpha", "Beta"]);
    assert_eq!(names("connection_type=OktaSAML").await, ["Alpine", "Alpha"]);
    assert_eq!(names("connection_type=GithubOAuth").await, [""; 0]);
    assert_eq!(names("search=alp").await, ["Alpine", "Alpha"]);
    let organization = made[1]["organization_id"].as_str().unwrap();
    assert_eq!(names(&format!("organization_id={organization}")).await, ["Beta"]);
    assert_eq!(names("domain=acme.example").await, [""; 0]);
    assert_eq!(names("domain=gmail.com").await, [""; 0], "no organization can have it");
    let wrong = app.get(&tenant, "/connections?connection_type=x&organization_id=y&limit=0").await;
    assert_eq!(wrong.fields(), ["limit", "connection_type", "organization_id"]);
}

#[actix_web::test]
async fn absent_keeps_and_null_takes_back() {
    let (app, tenant) = TestApp::new().await;
    let options = with(saml_options(), vendor_keys());
    let options = with(options, json!({ "acs_url": "https://old.example/acs", "sp_entity_id": "urn:old" }));
    let body = json!({
        "name": "Okta",
        "external_id": "crm-1",
        "attribute_maps": {
            "standard_attributes": { "groups": "memberOf", "email": "mail" },
            "custom_attributes": { "team": "ou" },
        },
        "saml_options": options,
    });
    let made = created(&app, &tenant, body).await;
    let before = kept(&app, &tenant, &made).await;
    let unchanged = app.patch(&tenant, &path(&made), json!({ "saml_options": {} })).await;
    assert_eq!(unchanged.expect(StatusCode::OK)["name"], "Okta");
    let same = kept(&app, &tenant, &made).await;
    assert_eq!(Connection { updated_at: before.updated_at, ..same }, before);

    // As the Python SDK sends it when the caller sets one thing.
    let nulls = json!({
        "attribute_maps": { "standard_attributes": { "groups": null, "name": null } },
        "saml_options": {
            "idp_metadata_url": null, "acs_url": null, "sp_entity_id": null,
            "idp_sso_url": "https://idp.example/new",
        },
    });
    app.patch(&tenant, &path(&made), nulls).await.expect(StatusCode::OK);
    let after = kept(&app, &tenant, &made).await;
    assert_eq!(after.attribute_map.groups, None);
    assert_eq!(after.attribute_map.email.as_deref(), Some("mail"));
    assert_eq!(after.attribute_map.custom.len(), 1);
    let saml = after.saml().unwrap();
    assert_eq!((&saml.acs_url, &saml.sp_entity_id), (&None, &None));
    assert_eq!(saml.idp.as_ref().unwrap().sso[0].url.as_str(), "https://idp.example/new");
    assert_eq!(saml.idp.as_ref().unwrap().signing_certificates.len(), 2);
    assert!(saml.signing_key.is_some());

    let reset = json!({ "name": null, "external_id": null, "attribute_maps": null });
    let reset = app.patch(&tenant, &path(&made), reset).await.expect(StatusCode::OK);
    assert_eq!(reset["name"], "Acme");
    let after = kept(&app, &tenant, &made).await;
    assert_eq!((after.external_id, after.attribute_map), (None, AttributeMap::default()));
}

#[actix_web::test]
async fn openid_connect_is_changed_field_by_field() {
    let (app, tenant, documents) = with_discovery().await;
    let options =
        with(oidc_options(&documents), json!({ "pkce": false, "redirect_uri": "https://old.example/cb" }));
    let made = created(&app, &tenant, json!({ "oidc_options": options })).await;
    let client = async || kept(&app, &tenant, &made).await.oidc().unwrap().client.clone().unwrap();
    let before = client().await;

    let renamed = json!({ "oidc_options": { "client_id": "other" } });
    app.patch(&tenant, &path(&made), renamed).await.expect(StatusCode::OK);
    let after = client().await;
    assert_eq!((after.client_id.as_str(), after.pkce), ("other", false));
    assert_eq!(after.client_secret, before.client_secret);

    let reset = json!({ "oidc_options": { "pkce": null, "redirect_uri": null } });
    app.patch(&tenant, &path(&made), reset).await.expect(StatusCode::OK);
    let after = client().await;
    assert_eq!((after.pkce, after.redirect_uri), (true, None));

    for (body, code) in [
        (json!({ "oidc_options": { "client_secret": null } }), "client_secret_required"),
        (json!({ "saml_options": {} }), "connection_type_conflicts_with_options"),
        (json!({ "connection_type": "OktaOIDC" }), "connection_type_not_updatable"),
    ] {
        let answer = app.patch(&tenant, &path(&made), body).await;
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), code);
    }
    app.patch(&tenant, &path(&made), json!({ "connection_type": "GenericOIDC" }))
        .await
        .expect(StatusCode::OK);
}

#[actix_web::test]
async fn deleting_tells_and_frees_the_place() {
    let (app, tenant) = TestApp::new().await;
    let made = created(&app, &tenant, json!({ "saml_options": saml_options() })).await;
    app.delete(&tenant, &path(&made)).await.expect_empty(StatusCode::NO_CONTENT);
    let gone = app.get(&tenant, &path(&made)).await;
    assert_eq!(gone.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    assert_eq!(app.delete(&tenant, &path(&made)).await.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    let events = app.events(&tenant).await;
    assert_eq!(events, ["organization.created", "connection.activated", "connection.deleted"]);
    let body = json!({ "organization_id": made["organization_id"], "saml_options": saml_options() });
    app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
}

#[actix_web::test]
async fn unknown_malformed_and_foreign_ids_are_not_found() {
    let (app, tenant) = TestApp::new().await;
    let made = created(&app, &tenant, json!({ "saml_options": saml_options() })).await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    for (tenant, path) in [(&tenant, UNKNOWN), (&tenant, "/connections/x"), (&stranger, &path(&made))] {
        for answer in [
            app.get(tenant, path).await,
            app.delete(tenant, path).await,
            app.patch(tenant, path, json!({})).await,
        ] {
            assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found", "{path}");
        }
    }
}
