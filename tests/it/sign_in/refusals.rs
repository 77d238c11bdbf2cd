//! What `/sso/authorize`, `/sso/token` and `/sso/profile` refuse, and how.

use super::*;
use vestibule_tests::data;

/// An id that nothing has.
const NOTHING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_sent_back_sees_a_page() {
    let (server, vendor) = Vendor::with_service(&ServerBuilder::new("refused-pages")).await;
    let other_client = format!("client_{NOTHING}");
    let near = format!("{}/more", vendor.redirect_uri());
    for (more, reason) in [
        (&[("client_id", other_client.as_str())][..], "client_invalid"),
        (&[("client_id", "")], "client_invalid"),
        (&[("client_id", "client_<script>")], "client_invalid"),
        (&[("redirect_uri", "https://evil.example/callback")], "redirect_uri_invalid"),
        (&[("redirect_uri", &near)], "redirect_uri_invalid"),
        (&[("redirect_uri", "")], "redirect_uri_invalid"),
        // Whatever else is wrong: nobody is redirected to where nothing is registered.
        (&[("redirect_uri", "javascript:alert(1)"), ("connection", "conn_1")], "redirect_uri_invalid"),
    ] {
        let page = Visitor::new().open(&vendor.authorize_url(more)).await;
        assert_eq!(page.answer.status, 400, "{more:?}");
        assert_eq!(page.url.path(), "/sso/authorize", "{more:?}");
        assert_eq!(page.find("sign-in-refused").attribute("data-reason"), Some(reason), "{more:?}");
        assert!(page.answer.header("content-security-policy").contains("default-src 'none'"));
    }
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_else_is_told_to_the_app_by_its_code() {
    let (server, vendor) = Vendor::with_service(&ServerBuilder::new("refused-codes")).await;
    let api = &vendor.api;
    let organization = acme(api).await;
    let by_hand = json!({
        "organization_id": organization,
        "connection_type": "OktaSAML",
        "saml_options": {
            "idp_entity_id": data::OKTA_ENTITY_ID,
            "idp_sso_url": "https://example.okta.com/sso",
            "idp_signing_certs": [data::certificate(data::OKTA)],
        },
    });
    let connection = api.post("/connections", &by_hand).await.expect(201)["id"].as_str().unwrap().to_owned();
    let empty = api.organization("Nothing set up").await;
    let (unknown_connection, unknown_organization) = (format!("conn_{NOTHING}"), format!("org_{NOTHING}"));
    let own = ("connection", connection.as_str());
    let (_, challenge) = pkce();
    let long_state = "s".repeat(100_000);
    let mut refused: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![("connection", unknown_connection.as_str())], "connection_invalid"),
        (vec![("connection", "nonsense")], "connection_invalid"),
        (vec![("organization", unknown_organization.as_str())], "organization_invalid"),
        (vec![("organization", empty.as_str())], "organization_invalid"),
        (vec![("provider", "GoogleOAuth")], "connection_strategy_invalid"),
        (vec![("provider", "MicrosoftOAuth")], "connection_strategy_invalid"),
        (vec![("provider", "Nobody")], "invalid_connection_selector"),
        (vec![("domain", "acme.example")], "domain_connection_selector_not_allowed"),
        (vec![], "invalid_connection_selector"),
        (vec![own, ("organization", organization.as_str())], "invalid_connection_selector"),
        (vec![own, ("response_type", "token")], "unsupported_response_type"),
        (vec![own, ("response_type", "")], "unsupported_response_type"),
        (vec![own, ("code_challenge", &challenge), ("code_challenge_method", "plain")], "invalid_request"),
        (vec![own, ("code_challenge", &challenge)], "invalid_request"),
        (vec![own, ("code_challenge", "short"), ("code_challenge_method", "S256")], "invalid_request"),
    ];
    refused.push((vec![own, ("state", &long_state[..30_000])], "invalid_request"));
    for (more, error) in refused {
        let page = Visitor::new().open(&vendor.authorize_url(&more)).await;
        let brought = vendor.brought(&page);
        assert_eq!(brought["error"], error, "{more:?}: {brought:?}");
        assert!(!brought["error_description"].is_empty() && !brought.contains_key("code"), "{brought:?}");
        if more.iter().all(|(name, _)| *name != "state") {
            assert_eq!(brought["state"], "a state & more", "{more:?}");
        }
    }
    // What is in order goes to the provider.
    let sent = Visitor::new().ask_once(Method::GET, &vendor.authorize_url(&[own])).await;
    assert!(sent.header("location").starts_with("https://example.okta.com/sso?SAMLRequest="));
    server.assert_healthy().await;
}

/// The error of a token request that must be refused; the form may leave out what is empty.
async fn token_error(vendor: &Vendor, form: &[(&str, &str)]) -> String {
    let form: Vec<_> = form.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    let answer = vendor.token(&form).await;
    let told = answer.expect(400);
    assert!(told["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{told}");
    assert_eq!(told.as_object().unwrap().len(), 2, "{told}");
    assert_eq!(answer.header("cache-control"), "no-store");
    told["error"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_endpoint_refuses_by_the_words_of_oauth() {
    let scene = Saml::set_up("refused-tokens").await;
    let vendor = &scene.vendor;
    let (id, key, grant) = (vendor.client_id.as_str(), vendor.api.key(), "authorization_code");
    let code = vendor.code(&scene.sign_in("").await);
    let other = format!("client_{NOTHING}");
    let unknown = format!("{NOTHING}{}", &code[26..]);
    let (head, last) = code.split_at(code.len() - 2);
    let altered = format!("{head}{}", if last == "AA" { "QQ" } else { "AA" });
    for (client, secret, grant_type, code, error) in [
        (id, "sk_test_wrong", grant, code.as_str(), "invalid_client"),
        (&other, key, grant, &code, "invalid_client"),
        (&other, "", grant, &code, "invalid_client"),
        ("nonsense", key, grant, &code, "invalid_client"),
        ("", key, grant, &code, "invalid_request"),
        (id, key, "", &code, "invalid_request"),
        (id, key, "password", &code, "unsupported_grant_type"),
        (id, key, "urn:ietf:params:oauth:grant-type:token-exchange", &code, "unsupported_grant_type"),
        (id, key, grant, "", "invalid_request"),
        (id, key, grant, "nonsense", "invalid_grant"),
        (id, key, grant, &unknown, "invalid_grant"),
        (id, key, grant, &altered, "invalid_grant"),
        // A public client, and the sign-in was begun without a challenge.
        (id, "", grant, &code, "invalid_grant"),
    ] {
        let form =
            [("client_id", client), ("client_secret", secret), ("grant_type", grant_type), ("code", code)];
        assert_eq!(token_error(vendor, &form).await, error, "{form:?}");
    }
    // A verifier although nothing was challenged: somebody took the challenge away (RFC 9700).
    let confidential = [("client_id", id), ("client_secret", key), ("grant_type", grant), ("code", &code)];
    let (verifier, challenge) = pkce();
    let with_verifier = [&confidential[..], &[("code_verifier", verifier.as_str())]].concat();
    assert_eq!(token_error(vendor, &with_verifier).await, "invalid_grant");
    // None of that used it up; once used, it is used.
    vendor.exchange(&code).await.expect(200);
    assert_eq!(token_error(vendor, &confidential).await, "invalid_grant");

    // With a challenge, the verifier must be there and be the right one, secret or not.
    let more = [
        ("connection", scene.connection.as_str()),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let visitor = Visitor::new();
    let page = visitor.open(&vendor.authorize_url(&more)).await;
    let code = vendor.code(&visitor.press(&page, "go").await);
    let wrong = verifier.replace('a', "b");
    for secret in [key, ""] {
        for verifier in ["", wrong.as_str(), "short"] {
            let form = [
                ("client_id", id),
                ("client_secret", secret),
                ("grant_type", grant),
                ("code", &code),
                ("code_verifier", verifier),
            ];
            assert_eq!(token_error(vendor, &form).await, "invalid_grant", "{secret:?} {verifier:?}");
        }
    }
    let public = [("client_id", id), ("grant_type", grant), ("code", &code), ("code_verifier", &verifier)];
    vendor.token(&public).await.expect(200);
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_exchanged_by_form_by_json_and_by_query_and_its_token_tells_the_profile() {
    let scene = Saml::set_up("token-forms").await;
    let vendor = &scene.vendor;
    let anonymous = scene.server.anonymous();
    let mut answers = Vec::new();
    for way in ["form", "json", "json with bearer", "query"] {
        let code = vendor.code(&scene.sign_in("").await);
        let body = json!({
            "client_id": vendor.client_id,
            "client_secret": vendor.api.key(),
            "grant_type": "authorization_code",
            "code": code,
        });
        let answer = match way {
            "form" => vendor.exchange(&code).await,
            "json" => anonymous.post("/sso/token", &body).await,
            "json with bearer" => vendor.api.post("/sso/token", &body).await,
            _ => {
                let pairs =
                    body.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
                let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                anonymous.send(Method::POST, &format!("/sso/token?{query}"), &[], None).await
            }
        };
        let told = answer.expect(200);
        assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("Bearer"), &json!(600)), "{way}");
        answers.push(told);
    }
    for told in &answers {
        let token = told["access_token"].as_str().unwrap();
        let profile = anonymous.with_key(token).get("/sso/profile").await.expect(200);
        assert_eq!(profile, told["profile"]);
    }
    // The key set holds the key that signed; neither an API key nor a forged token tells anything.
    let token = answers[0]["access_token"].as_str().unwrap();
    let (header, rest) = token.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let keys = anonymous.get(&format!("/sso/jwks/{}", vendor.client_id)).await.expect(200);
    let kids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert!(kids.contains(&&header["kid"]), "{header} {keys}");
    let unsigned =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), rest.split('.').next().unwrap());
    for wrong in [vendor.api.key(), &unsigned, &token[..token.len() - 4], "x"] {
        let refused = anonymous.with_key(wrong).get("/sso/profile").await;
        assert_eq!(refused.expect(401), json!({ "error": "Unauthorized" }));
    }
    assert_eq!(anonymous.get("/sso/profile").await.status, 401);
    scene.server.assert_healthy().await;
}
