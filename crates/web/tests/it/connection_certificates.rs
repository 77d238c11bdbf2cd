//! Certificates below `/connections/{id}`.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;

use crate::provider::{Documents, IDP, discovery, saml_options};
use crate::support::{Tenant, TestApp};

async fn connection(app: &TestApp, tenant: &Tenant) -> String {
    let organization = app.organization(tenant, "Acme").await;
    let body = json!({ "organization_id": organization, "saml_options": saml_options() });
    let made = app.post(tenant, "/connections", body).await.expect(StatusCode::CREATED);
    format!("/connections/{}", made["id"].as_str().unwrap())
}

fn below(path: &str, certificate: &Value) -> String {
    format!("{path}/{}", certificate["id"].as_str().unwrap())
}

#[actix_web::test]
async fn the_providers_certificates_are_listed_rolled_over_and_never_all_gone() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/saml_idp_signing_certs", connection(&app, &tenant).await);
    let list = app.get(&tenant, &path).await.expect(StatusCode::OK);
    let mut members: Vec<_> = list.as_object().unwrap().keys().collect();
    members.sort_unstable();
    assert_eq!(members, ["data", "object"], "no paging");
    let data = list["data"].as_array().unwrap();
    assert_eq!((data.len(), &list["object"]), (2, &json!("list")));
    assert_eq!(data[0]["object"], "saml_idp_signing_certificate");
    assert_eq!(data[0]["value"], IDP[0], "as it came in");
    assert_eq!(data[0]["not_after"], "2126-10-28T21:09:54.000Z");
    assert_eq!(app.get(&tenant, &below(&path, &data[0])).await.expect(StatusCode::OK), data[0]);

    let new = app.post(&tenant, &path, json!({ "value": IDP[2] })).await.expect(StatusCode::CREATED);
    assert!(new["id"].as_str().unwrap().starts_with("saml_x509_cert_"));
    let again = app.post(&tenant, &path, json!({ "value": IDP[2] })).await;
    assert_eq!(again.refusal(StatusCode::CONFLICT), "certificate_already_exists");
    for old in data {
        app.delete(&tenant, &below(&path, old)).await.expect_empty(StatusCode::NO_CONTENT);
        let gone = app.delete(&tenant, &below(&path, old)).await;
        assert_eq!(gone.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    }
    let last = app.delete(&tenant, &below(&path, &new)).await;
    assert_eq!(last.refusal(StatusCode::CONFLICT), "cannot_delete_last_certificate");
}

#[actix_web::test]
async fn what_is_no_certificate_is_refused() {
    let (app, tenant) = TestApp::new().await;
    let path = format!("{}/saml_idp_signing_certs", connection(&app, &tenant).await);
    assert_eq!(app.post(&tenant, &path, json!({})).await.fields(), ["value"]);
    for value in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        let answer = app.post(&tenant, &path, json!({ "value": value })).await;
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "invalid_certificate", "{value}");
    }
    app.clock.forward(Duration::days(101 * 366));
    let answer = app.post(&tenant, &path, json!({ "value": IDP[2] })).await;
    assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "certificate_expired");
}

#[actix_web::test]
async fn our_certificates_are_made_here_without_a_body() {
    let (app, tenant) = TestApp::new().await;
    let connection = connection(&app, &tenant).await;
    let signing = format!("{connection}/saml_sp_signing_cert");
    let none = app.get(&tenant, &signing).await;
    assert_eq!(none.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    // As the Python SDK sends it: a JSON content type and no body at all.
    let request = tenant.request(Method::POST, &signing).insert_header(("Content-Type", "application/json"));
    let made = app.send(request).await.expect(StatusCode::CREATED);
    assert_eq!(made["object"], "saml_sp_signing_certificate");
    assert!(made["id"].as_str().unwrap().starts_with("saml_party_trust_"));
    assert!(made["value"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert_eq!(app.get(&tenant, &signing).await.expect(StatusCode::OK), made);
    let second = app.post(&tenant, &signing, json!({})).await;
    assert_eq!(second.refusal(StatusCode::CONFLICT), "sp_signing_cert_already_exists");
    app.delete(&tenant, &below(&signing, &made)).await.expect_empty(StatusCode::NO_CONTENT);

    let encryption = format!("{connection}/saml_sp_encryption_certs");
    let one = app.post(&tenant, &encryption, json!({})).await.expect(StatusCode::CREATED);
    let two = app.post(&tenant, &encryption, json!({})).await.expect(StatusCode::CREATED);
    let third = app.post(&tenant, &encryption, json!({})).await;
    assert_eq!(third.refusal(StatusCode::CONFLICT), "too_many_sp_encryption_certs");
    let list = app.get(&tenant, &encryption).await.expect(StatusCode::OK);
    assert_eq!(list, json!({ "object": "list", "data": [one, two] }));
    let foreign_use = app.delete(&tenant, &below(&signing, &one)).await;
    assert_eq!(foreign_use.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    app.delete(&tenant, &below(&encryption, &one)).await.expect_empty(StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn our_next_signing_certificate_is_shown_before_it_is_used() {
    let (app, tenant) = TestApp::new().await;
    let connection = connection(&app, &tenant).await;
    let (signing, next) =
        (format!("{connection}/saml_sp_signing_cert"), format!("{connection}/saml_sp_next_signing_cert"));
    let alone = app.post(&tenant, &next, json!({})).await;
    assert_eq!(alone.refusal(StatusCode::CONFLICT), "sp_signing_cert_missing");
    let first = app.post(&tenant, &signing, json!({})).await.expect(StatusCode::CREATED);
    assert_eq!(app.get(&tenant, &next).await.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    let second = app.post(&tenant, &next, json!({})).await.expect(StatusCode::CREATED);
    let again = app.post(&tenant, &next, json!({})).await;
    assert_eq!(again.refusal(StatusCode::CONFLICT), "sp_next_signing_cert_already_exists");
    assert_eq!(app.get(&tenant, &next).await.expect(StatusCode::OK), second);
    assert_eq!(app.get(&tenant, &signing).await.expect(StatusCode::OK), first);

    let metadata = format!("/sso/saml/{}/metadata", connection.trim_start_matches("/connections/"));
    let published = async || {
        let document = app.get(&tenant, &metadata).await.text();
        [&first, &second].map(|certificate| {
            let pem = certificate["value"].as_str().unwrap();
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            document.contains(&base64)
        })
    };
    assert_eq!(published().await, [true, true]);
    let activate = |certificate: &Value| format!("{}/activate", below(&next, certificate));
    let foreign = app.post(&tenant, &activate(&first), json!({})).await;
    assert_eq!(foreign.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    let activated = app.post(&tenant, &activate(&second), json!({})).await.expect(StatusCode::OK);
    assert_eq!(activated, second);
    assert_eq!(app.get(&tenant, &signing).await.expect(StatusCode::OK), second);
    assert_eq!(published().await, [false, true]);

    let third = app.post(&tenant, &next, json!({})).await.expect(StatusCode::CREATED);
    app.delete(&tenant, &below(&next, &third)).await.expect_empty(StatusCode::NO_CONTENT);
    assert_eq!(app.get(&tenant, &signing).await.expect(StatusCode::OK), second);
}

#[actix_web::test]
async fn a_connection_that_is_not_saml_has_no_certificates() {
    let documents = Documents::listen().await;
    documents.publish("/.well-known/openid-configuration", discovery(&documents.url("")));
    let (app, tenant) = TestApp::reaching(documents.address).await;
    let organization = app.organization(&tenant, "Acme").await;
    let options = json!({ "discovery_endpoint": documents.url("/"), "client_id": "c", "client_secret": "s" });
    let body = json!({ "organization_id": organization, "oidc_options": options });
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let path = format!("/connections/{}", made["id"].as_str().unwrap());
    for answer in [
        app.get(&tenant, &format!("{path}/saml_idp_signing_certs")).await,
        app.post(&tenant, &format!("{path}/saml_idp_signing_certs"), json!({ "value": IDP[0] })).await,
        app.post(&tenant, &format!("{path}/saml_sp_encryption_certs"), json!({})).await,
        app.get(&tenant, &format!("{path}/saml_sp_signing_cert")).await,
    ] {
        assert_eq!(answer.refusal(StatusCode::UNPROCESSABLE_ENTITY), "connection_is_not_saml");
    }
}
