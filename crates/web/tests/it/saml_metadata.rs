//! `GET /sso/saml/{connection}/metadata`.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::provider::{VENDOR, der, saml_options, vendor_keys};
use crate::support::{TestApp, request};

#[actix_web::test]
async fn our_metadata_is_public_and_names_our_side() {
    use base64::Engine as _;
    let (app, tenant) = TestApp::new().await;
    let organization = app.organization(&tenant, "Acme").await;
    let mut options = saml_options();
    options.as_object_mut().unwrap().extend(vendor_keys().as_object().unwrap().clone());
    let body = json!({ "organization_id": organization, "saml_options": options });
    let made = app.post(&tenant, "/connections", body).await.expect(StatusCode::CREATED);
    let id = made["id"].as_str().unwrap();
    let path = format!("/sso/saml/{id}/metadata");
    let answer = app.send(request(Method::GET, &path)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/samlmetadata+xml"));
    let document = String::from_utf8(answer.body).unwrap();
    let base = "https://vestibule.example/sso/saml";
    let (entity, acs) = (format!("{base}/{id}/metadata"), format!("{base}/{id}/acs"));
    let [signing, encryption] =
        VENDOR.map(|(cert, _)| base64::engine::general_purpose::STANDARD.encode(der(cert)));
    let flat: String = document.chars().filter(|c| !c.is_whitespace()).collect();
    for part in [entity, acs, signing, encryption] {
        assert!(flat.contains(&part), "{part} is not in {document}");
    }
    assert!(!document.contains("PRIVATE KEY"));
    let change =
        json!({ "saml_options": { "sp_entity_id": "urn:old", "acs_url": "https://old.example/acs" } });
    app.patch(&tenant, &format!("/connections/{id}"), change).await.expect(StatusCode::OK);
    let moved = String::from_utf8(app.send(request(Method::GET, &path)).await.body).unwrap();
    assert!(moved.contains("urn:old") && moved.contains("https://old.example/acs"), "{moved}");
}

#[actix_web::test]
async fn what_is_no_saml_connection_is_not_found() {
    let (app, _) = TestApp::new().await;
    for id in ["conn_01J9ZQK3V0000000000000000A", "x", "org_01J9ZQK3V0000000000000000A", "%00"] {
        let answer = app.send(request(Method::GET, &format!("/sso/saml/{id}/metadata"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        let body: Value = answer.json();
        assert!(body["message"].is_string());
    }
}
