//! The test identity provider of a sandbox: from a clone to a profile, and judged by libraries that
//! others wrote.

use super::*;
use vestibule_tests::sdk;

/// A connection to the test identity provider.
async fn connected(api: &Api, organization: &str, oidc: bool) -> String {
    let mut body = json!({ "organization_id": organization, "connection_type": "TestIdp" });
    if oidc {
        body["oidc_options"] = json!({});
    }
    api.post("/connections", &body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_goes_the_whole_way_by_either_protocol() {
    let (server, vendor) = Vendor::with_service(&ServerBuilder::new("test-provider-sdk")).await;
    let saml = connected(&vendor.api, &acme(&vendor.api).await, false).await;
    let body = json!({
        "name": "Globex",
        "domain_data": [{ "domain": "globex.example", "state": "verified" }],
    });
    let other = vendor.api.post("/organizations", &body).await.expect(201);
    let oidc = connected(&vendor.api, other["id"].as_str().unwrap(), true).await;
    let environment = [
        ("VESTIBULE_URL", vendor.api.base().to_owned()),
        ("VESTIBULE_API_KEY", vendor.api.key().to_owned()),
        ("CLIENT_ID", vendor.client_id.clone()),
        ("REDIRECT_URI", vendor.redirect_uri()),
        ("SAML", saml),
        ("OIDC", oidc),
    ];
    let run = move || {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sdk::run_node("test_provider.mjs", &environment)
    };
    let checks = tokio::task::spawn_blocking(run).await.unwrap();
    let mut wanted = vec!["the published documents are a provider's".to_owned()];
    for protocol in ["saml", "oidc"] {
        wanted.push(format!("somebody of the organization signs in by {protocol}"));
        wanted.push(format!("a guest is refused by {protocol}"));
        wanted.push(format!("the provider refuses by {protocol}"));
        wanted.push(format!("a sign-in begins at the provider by {protocol}"));
    }
    sdk::assert_all(&checks, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pysaml2_believes_the_providers_response() {
    let (server, vendor) = Vendor::with_service(&ServerBuilder::new("test-provider-pysaml2")).await;
    let organization = acme(&vendor.api).await;
    let connection = connected(&vendor.api, &organization, false).await;
    let visitor = Visitor::new();
    let page = visitor.open(&vendor.authorize_url(&[("connection", &connection)])).await;
    let onward = visitor.press(&page, "test-provider-member").await;
    let form = onward.document.form_of("sign-in-continue").unwrap();
    let response = form.controls.into_iter().find(|(name, _)| name == "SAMLResponse").unwrap().1;
    let acs_url = form.action;
    let metadata = server.anonymous().get(&format!("/test-idp/{connection}/saml/metadata")).await;
    assert_eq!(metadata.status, 200, "{}", metadata.text());
    let session = last_session(&vendor.api, &organization).await;
    let environment = [
        ("IDP_METADATA", metadata.text()),
        ("ENTITY_ID", acs_url.replace("/acs", "/metadata")),
        ("ACS_URL", acs_url),
        ("RESPONSE", response),
        ("REQUEST", format!("_{}", session["id"].as_str().unwrap())),
    ];
    let run = move || {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sdk::run_python("saml_sp.py", &environment)
    };
    let checks = tokio::task::spawn_blocking(run).await.unwrap();
    sdk::assert_all(&checks, &["the response is believed", "a changed response is not"]);
    // We believe it as well.
    let page = visitor.press(&onward, "sign-in-continue").await;
    assert_eq!(vendor.profile(&page).await["email"], "ada@acme.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_switched_off_is_gone_in_every_process() {
    let builder = ServerBuilder::new("test-provider-off");
    let (server, vendor) = Vendor::with_service(&builder).await;
    let organization = acme(&vendor.api).await;
    let connection = connected(&vendor.api, &organization, true).await;
    let address = vendor.authorize_url(&[("connection", &connection)]);
    let visitor = Visitor::new();
    let page = visitor.open(&address).await;
    let page = visitor.press(&page, "test-provider-member").await;
    assert_eq!(vendor.profile(&page).await["email"], "ada@acme.example");

    let environment = vendor.environment_id.clone();
    let switch = |to: &str| {
        let arguments = ["environment", &environment, "--test-provider", to];
        let output = server.builder().command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(switch("off").contains("the test identity provider is off"));
    assert_eq!(visitor.open(&format!("{}/test-idp/{connection}", server.base())).await.answer.status, 404);
    let brought = vendor.brought(&visitor.open(&address).await);
    assert_eq!(brought["error"], "connection_unlinked");
    assert!(brought["error_description"].contains("switched off"), "{brought:?}");
    let session = last_session(&vendor.api, &organization).await;
    assert_eq!(session["error_message"], brought["error_description"], "{session}");
    assert!(switch("on").contains("the test identity provider is on"));
    assert_eq!(visitor.open(&format!("{}/test-idp/{connection}", server.base())).await.answer.status, 200);
}
