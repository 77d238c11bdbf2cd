//! OpenID Connect, with the npm package `oidc-provider` as the identity provider.

use super::*;
use vestibule_tests::oidc_idp::OidcIdp;

/// A deployment, an app and a provider; organizations come with [`Oidc::organization`].
struct Oidc {
    server: Server,
    vendor: Vendor,
    idp: OidcIdp,
}

/// An organization that signs in through the provider.
struct Customer {
    organization: String,
    connection: String,
}

impl Oidc {
    async fn set_up(name: &str) -> Self {
        let idp = OidcIdp::start();
        let (server, vendor) =
            Vendor::with_service(&ServerBuilder::new(name).allow(&[idp.authority()])).await;
        Self { server, vendor, idp }
    }

    /// Registers a client at the provider, and an organization with it.
    async fn customer(&self, algorithm: &str, method: &str, more: Value) -> Customer {
        let client = json!({
            "redirect_uris": [format!("{}/sso/oidc/callback", self.server.base())],
            "post_logout_redirect_uris": [self.vendor.redirect_uri()],
            "id_token_signed_response_alg": algorithm,
            "token_endpoint_auth_method": method,
        });
        let client = self.idp.register(&client).await;
        let mut options = json!({
            "discovery_endpoint": self.idp.issuer(),
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "token_authentication_method": method,
        });
        options.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let name = format!("{algorithm} {method}");
        let body = json!({ "name": name, "allow_profiles_outside_organization": true });
        let organization = self.vendor.api.post("/organizations", &body).await.expect(201);
        let body = json!({
            "organization_id": organization["id"],
            "connection_type": "GenericOIDC",
            "oidc_options": options,
        });
        let connection = self.vendor.api.post("/connections", &body).await.expect(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Customer { organization: text(&organization["id"]), connection: text(&connection["id"]) }
    }

    /// The whole way, up to where the person ends.
    async fn sign_in(&self, customer: &Customer, more: &[(&str, &str)]) -> Page {
        let parameters = [&[("organization", customer.organization.as_str())], more].concat();
        Visitor::new().open(&self.vendor.authorize_url(&parameters)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_through_oidc_provider_however_it_signs_and_authenticates() {
    let scene = Oidc::set_up("oidc-ways").await;
    for (algorithm, method, more) in [
        ("RS256", "client_secret_basic", json!({})),
        ("ES256", "client_secret_post", json!({})),
        ("PS256", "client_secret_basic", json!({ "id_token_signature_algorithm": "PS256" })),
        ("EdDSA", "client_secret_post", json!({ "id_token_signature_algorithm": "EdDSA" })),
        // A public client: the provider gives no secret, and insists on PKCE.
        ("RS256", "none", json!({})),
    ] {
        let customer = scene.customer(algorithm, method, more).await;
        let page = scene.sign_in(&customer, &[("login_hint", "joe@acme.example"), ("prompt", "login")]).await;
        let profile = scene.vendor.profile(&page).await;
        assert_eq!(profile["connection_type"], "GenericOIDC");
        assert_eq!(profile["connection_id"], customer.connection);
        assert_eq!(
            (&profile["idp_id"], &profile["email"]),
            (&json!("joe@acme.example"), &json!("joe@acme.example"))
        );
        assert_eq!((&profile["first_name"], &profile["last_name"]), (&json!("Jane"), &json!("Doe-Żółć")));
        assert_eq!(profile["groups"], json!(["Engineering", "Ops & Support"]), "{algorithm}");
    }
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_give_roles_in_the_order_of_the_rules() {
    let scene = Oidc::set_up("oidc-roles").await;
    let api = &scene.vendor.api;
    let customer = scene.customer("RS256", "client_secret_basic", json!({})).await;
    let path = format!("/connections/{}", customer.connection);
    let rule = |group: &str, role: &str| json!({ "group": group, "role": role });
    // The person is in Engineering and in Ops & Support.
    let rules = [rule("Owners", "owner"), rule("Ops & Support", "admin"), rule("Engineering", "developer")];
    for (maps, roles) in [
        (json!({ "group_roles": rules, "default_role": "member" }), vec!["admin", "developer"]),
        (json!({ "group_roles": [rule("engineering", "developer")] }), vec!["member"]),
        (json!({ "default_role": null }), vec![]),
    ] {
        api.json(Method::PATCH, &path, &json!({ "attribute_maps": maps })).await.expect(200);
        let profile = scene.vendor.profile(&scene.sign_in(&customer, &[]).await).await;
        let slugs: Vec<_> = roles.iter().map(|role| json!({ "slug": role })).collect();
        if let Some(first) = slugs.first() {
            assert_eq!((&profile["role"], &profile["roles"]), (first, &json!(slugs)), "{profile}");
        } else {
            assert!(profile.get("role").is_none() && profile.get("roles").is_none(), "{profile}");
        }
    }
    let wrong = json!({ "attribute_maps": { "group_roles": [rule("IT", "No Role")] } });
    let refused = api.json(Method::PATCH, &path, &wrong).await.expect(422);
    assert!(refused.to_string().contains("a role is 1 to 64"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_a_provider_replaced_are_fetched_anew() {
    let scene = Oidc::set_up("oidc-rotation").await;
    let customer = scene.customer("RS256", "client_secret_basic", json!({})).await;
    let first = scene.vendor.profile(&scene.sign_in(&customer, &[]).await).await;
    scene.idp.rotate_keys().await;
    let second = scene.vendor.profile(&scene.sign_in(&customer, &[]).await).await;
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_oidc_provider_refuses_is_told_to_the_app_and_in_the_session_log() {
    let scene = Oidc::set_up("oidc-faults").await;
    let api = &scene.vendor.api;
    // The person does not agree.
    let customer = scene.customer("RS256", "client_secret_basic", json!({})).await;
    let page = scene.sign_in(&customer, &[("login_hint", "refuses@acme.example")]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "access_denied");
    assert_eq!(last_session(api, &customer.organization).await["error"], "access_denied");
    // The secret was changed at the provider, or mistyped here.
    let wrong = json!({ "client_secret": "mistyped" });
    let customer = scene.customer("RS256", "client_secret_basic", wrong).await;
    let page = scene.sign_in(&customer, &[]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "oauth_failed");
    let session = last_session(api, &customer.organization).await;
    assert_eq!(session["error"], "oidc_exchange_failed", "{session}");
    assert!(session.to_string().contains("invalid_client"), "the provider's own words: {session}");
    assert!(!session.to_string().contains("mistyped"), "no secrets: {session}");
    // Another algorithm than was agreed.
    let other = json!({ "id_token_signature_algorithm": "ES256" });
    let customer = scene.customer("RS256", "client_secret_basic", other).await;
    let page = scene.sign_in(&customer, &[]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "oauth_failed");
    let session = last_session(api, &customer.organization).await;
    let checks = session["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["outcome"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["name"] == "signature", "{session}");
    // A provider whose id tokens hold no e-mail address, and we do not ask for it elsewhere.
    let customer = scene.customer("RS256", "client_secret_basic", json!({ "fetch_user_info": false })).await;
    api.json(
        Method::PATCH,
        &format!("/connections/{}", customer.connection),
        &json!({ "attribute_maps": { "standard_attributes": { "email": "email" } } }),
    )
    .await
    .expect(200);
    let page = scene.sign_in(&customer, &[]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "server_error");
    assert_eq!(last_session(api, &customer.organization).await["error"], "invalid_attributes");
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_an_oidc_provider_is_taken_once_and_only_for_its_own_request() {
    let scene = Oidc::set_up("oidc-answers").await;
    let customer = scene.customer("RS256", "client_secret_basic", json!({})).await;
    let visitor = Visitor::new();
    let mut location = scene.vendor.authorize_url(&[("connection", &customer.connection)]);
    while !location.contains("/sso/oidc/callback?") {
        let answer = visitor.ask_once(Method::GET, &location).await;
        let next = answer.header("location");
        assert!(!next.is_empty(), "{location}: {}", answer.text());
        location = url::Url::parse(&location).unwrap().join(next).unwrap().into();
    }
    let anonymous = scene.server.anonymous();
    let state_of_another = location.replace("state=sess_", "state=sess_00000000000000000000000000&was=");
    assert_eq!(anonymous.get(&state_of_another).await.status, 404);
    assert_eq!(anonymous.get("/sso/oidc/callback?code=a").await.status, 400);
    let page = visitor.open(&location).await;
    scene.vendor.profile(&page).await;
    let again = anonymous.get(&location).await;
    assert_eq!(again.status, 400, "{}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_a_secret_signs_people_in_by_pkce_and_out_again() {
    let scene = Oidc::set_up("oidc-public").await;
    let vendor = &scene.vendor;
    let customer = scene.customer("RS256", "client_secret_basic", json!({})).await;
    let (verifier, challenge) = pkce();
    let more = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = vendor.code(&scene.sign_in(&customer, &more).await);
    let form =
        [("client_id", vendor.client_id.as_str()), ("grant_type", "authorization_code"), ("code", &code)];
    let without = vendor.token(&form).await.expect(400);
    assert_eq!(without["error"], "invalid_grant");
    let answer = vendor.token(&[&form[..], &[("code_verifier", &verifier)]].concat()).await.expect(200);
    let profile = answer["profile"]["id"].as_str().unwrap();

    let logout =
        vendor.api.post("/sso/logout/authorize", &json!({ "profile_id": profile })).await.expect(200);
    let page = Visitor::new().open(logout["logout_url"].as_str().unwrap()).await;
    assert!(page.url.as_str().starts_with(scene.idp.issuer()), "{}", page.url);
    assert_eq!(page.answer.status, 200, "{}", page.answer.text());
}
