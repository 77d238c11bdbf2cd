//! SAML, with pysaml2 as the identity provider.

use super::*;
use url::form_urlencoded::Serializer;
use vestibule_tests::saml_idp::answer_in;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_through_pysaml2_whatever_it_signs_and_encrypts() {
    let scene = Saml::set_up("saml-ways").await;
    let mut profiles = Vec::new();
    for wishes in ["sign=assertion", "sign=response", "sign=both"] {
        let page = scene.sign_in(&format!("{wishes}&group=Engineering&group=Ops")).await;
        profiles.push(scene.vendor.profile(&page).await);
    }
    let path = format!("/connections/{}/saml_sp_encryption_certs", scene.connection);
    scene.api().post(&path, &json!({})).await.expect(201);
    scene.register().await;
    for cipher in ["aes128-cbc", "aes256-cbc", "aes128-gcm", "aes256-gcm"] {
        let wishes = format!("sign=both&encrypt={cipher}&group=Engineering&group=Ops");
        let page = scene.sign_in(&wishes).await;
        profiles.push(scene.vendor.profile(&page).await);
    }
    let first = &profiles[0];
    assert_eq!(first["object"], "profile");
    assert_eq!(first["connection_id"], scene.connection);
    assert_eq!(first["connection_type"], "GenericSAML");
    assert_eq!(first["organization_id"], scene.organization);
    assert_eq!(first["idp_id"], "id of jane@acme.example");
    assert_eq!(first["email"], "jane@acme.example");
    assert_eq!((&first["first_name"], &first["last_name"]), (&json!("Jane"), &json!("Doe-Żółć")));
    assert_eq!(first["groups"], json!(["Engineering", "Ops"]));
    assert_eq!(first["raw_attributes"]["urn:oid:2.5.4.42"], "Jane", "{first}");
    for profile in &profiles {
        assert_eq!(profile, first, "one person, one profile");
    }
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_requests_and_requests_by_form_are_understood_by_pysaml2() {
    let scene = Saml::set_up("saml-requests").await;
    let path = format!("/connections/{}/saml_sp_signing_cert", scene.connection);
    scene.api().post(&path, &json!({})).await.expect(201);
    scene.register().await;
    let visitor = Visitor::new();
    let address = scene.vendor.authorize_url(&[("connection", &scene.connection)]);
    let sent = visitor.ask_once(Method::GET, &address).await;
    assert!(sent.header("location").contains("&Signature="), "{}", sent.header("location"));
    // pysaml2 verifies the signature against our metadata.
    let page = scene.sign_in("").await;
    scene.vendor.profile(&page).await;
    let forged = sent.header("location").replace("&Signature=", "&Signature=AAAA");
    assert_eq!(visitor.open(&forged).await.answer.status, 500, "pysaml2 does look at the signature");

    // A provider that takes requests by form only.
    let by_form_only = format!("{}?post=", scene.idp.metadata_url());
    let body = json!({ "saml_options": { "idp_metadata_url": by_form_only } });
    let path = format!("/connections/{}", scene.connection);
    scene.api().json(Method::PATCH, &path, &body).await.expect(200);
    let address = scene.vendor.authorize_url(&[("connection", &scene.connection)]);
    let form = visitor.open(&address).await;
    assert_eq!(form.answer.status, 200);
    let page = visitor.press(&form, "sign-in-continue").await;
    let page = visitor.press(&page, "go").await;
    scene.vendor.profile(&page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_begins_at_the_provider_arrives_at_the_app() {
    let scene = Saml::set_up("saml-unsolicited").await;
    let sp = scene.entity_id().await;
    let visitor = Visitor::new();
    let registered = format!("redirect_uri={}", scene.vendor.redirect_uri());
    for relay_state in
        ["", "https://app.example.com/somewhere", &registered, "redirect_uri=https://evil.example/"]
    {
        let page = visitor.open(&scene.idp.start_url(&sp, relay_state, "")).await;
        let page = visitor.press(&page, "go").await;
        let brought = scene.vendor.brought(&page);
        assert_eq!(brought.keys().collect::<Vec<_>>(), ["code"], "{relay_state}: {brought:?}");
        let answer = scene.vendor.exchange(&brought["code"]).await.expect(200);
        assert_eq!(answer["profile"]["email"], "jane@acme.example");
    }
}

/// What the app is told; what the session log says for whoever has to mend it: the class of the
/// failure, and the check at which it failed.
const FAULTS: [(&str, &str, &str, &str); 8] = [
    ("fault=denied", "access_denied", "access_denied", "status"),
    ("fault=audience", "server_error", "malformed_saml_response", "audience"),
    ("fault=key", "server_error", "invalid_x509_certificate", "signature"),
    ("sign=none", "server_error", "invalid_x509_certificate", "signature"),
    ("clock=-3600", "server_error", "malformed_saml_response", "times"),
    ("clock=3600", "server_error", "malformed_saml_response", "times"),
    ("email=", "server_error", "invalid_attributes", "attributes"),
    (
        "email=jane@another.example",
        "profile_not_allowed_outside_organization",
        "profile_not_allowed_outside_organization",
        "domain",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_response_is_told_to_the_app_and_in_the_session_log() {
    let scene = Saml::set_up("saml-faults").await;
    for (fault, error, class, check) in FAULTS {
        assert_refused(&scene, fault, error, class, check).await;
    }
    // Encrypted, but not for us.
    let path = format!("/connections/{}/saml_sp_encryption_certs", scene.connection);
    scene.api().post(&path, &json!({})).await.expect(201);
    scene.register().await;
    let fault = "encrypt=aes256-gcm&fault=encryption";
    assert_refused(&scene, fault, "server_error", "decryption_failed", "decryption").await;
    // Whatever happened before, the next one signs in.
    let page = scene.sign_in("").await;
    scene.vendor.profile(&page).await;
    assert_eq!(scene.last_session().await["status"], "success");
}

async fn assert_refused(scene: &Saml, fault: &str, error: &str, class: &str, check: &str) {
    let page = scene.sign_in(fault).await;
    let brought = scene.vendor.brought(&page);
    assert_eq!((brought["error"].as_str(), brought["state"].as_str()), (error, "a state & more"), "{fault}");
    assert!(
        !brought["error_description"].is_empty() && !brought.contains_key("code"),
        "{fault}: {brought:?}"
    );
    let session = scene.last_session().await;
    assert_eq!(session["status"], "failed", "{fault}: {session}");
    assert_eq!(session["error"], class, "{fault}: {session}");
    let checks = session["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["outcome"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{fault}: {session}");
    assert_eq!(failed[0]["name"], check, "{fault}: {session}");
    assert!(failed[0]["expected"] != failed[0]["received"], "{fault}: {session}");
    let kinds: Vec<_> =
        session["messages"].as_array().unwrap().iter().map(|message| &message["kind"]).collect();
    assert!(
        kinds.len() >= 2 && kinds[0] == "saml_request" && kinds[1] == "saml_response",
        "{fault}: {kinds:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_signs_in_once() {
    let scene = Saml::set_up("saml-replay").await;
    let visitor = Visitor::new();
    let solicited = scene.at_provider(&visitor, "").await;
    let sp = scene.entity_id().await;
    let unsolicited = visitor.open(&scene.idp.start_url(&sp, "", "")).await;
    for page in [solicited, unsolicited] {
        let first = visitor.press(&page, "go").await;
        assert!(scene.vendor.brought(&first).contains_key("code"));
        for _ in 0..2 {
            let again = visitor.press(&page, "go").await;
            assert_eq!(
                (again.answer.status, again.url.path().ends_with("/acs")),
                (400, true),
                "{}",
                again.url
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_taken_only_where_it_belongs() {
    let scene = Saml::set_up("saml-elsewhere").await;
    let visitor = Visitor::new();
    let page = scene.at_provider(&visitor, "").await;
    let (own, fields) = answer_in(&page);
    // Another organization's connection to the same provider.
    let organization = scene.api().post("/organizations", &json!({ "name": "Other" })).await.expect(201);
    let body = json!({
        "organization_id": organization["id"],
        "connection_type": "GenericSAML",
        "saml_options": { "idp_metadata_url": scene.idp.metadata_url() },
    });
    let other = scene.api().post("/connections", &body).await.expect(201);
    let elsewhere = own.replace(&scene.connection, other["id"].as_str().unwrap());
    let answer = post_form(&elsewhere, &fields).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    // To no connection, without a response, and with two.
    let nowhere = own.replace(&scene.connection, "conn_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_eq!(post_form(&nowhere, &fields).await.status, 404);
    assert_eq!(post_form(&own, &[]).await.status, 400);
    assert_eq!(post_form(&own, &[fields.clone(), fields.clone()].concat()).await.status, 400);
    assert_eq!(post_form(&own, &[("SAMLResponse".to_owned(), "@".to_owned())]).await.status, 400);
    // None of that used it up.
    let page = visitor.press(&page, "go").await;
    scene.vendor.profile(&page).await;
    scene.server.assert_healthy().await;
}

/// Posts a form as the provider's page would, redirects not followed.
async fn post_form(address: &str, fields: &[(String, String)]) -> Answer {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    Api::new("", None).send(Method::POST, address, &headers, Some(body)).await
}
