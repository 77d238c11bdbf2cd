//! Accounts of people's own: the npm package `oidc-provider` stands in for Google and Microsoft.

use super::*;
use std::process::Stdio;
use vestibule_tests::oidc_idp::OidcIdp;
use vestibule_tests::sdk;

/// A deployment whose environment is registered at a stand-in.
struct Social {
    server: Server,
    vendor: Vendor,
    idp: OidcIdp,
    provider: &'static str,
}

impl Social {
    async fn set_up(name: &str, provider: &'static str) -> Self {
        let word = provider.trim_end_matches("OAuth").to_lowercase();
        let idp = OidcIdp::start_as(&word);
        let variable = format!("VESTIBULE_TEST_{}", word.to_uppercase());
        let origin = format!("http://{}", idp.authority());
        let builder = ServerBuilder::new(name).allow(&[idp.authority()]).set(&variable, &origin);
        let (server, vendor) = Vendor::with_service(&builder).await;
        let scene = Self { server, vendor, idp, provider };
        // Before there are credentials, the app is told where they are set.
        let page = scene.sign_in(&[]).await;
        let brought = scene.vendor.brought(&page);
        assert_eq!(brought["error"], "connection_strategy_invalid");
        assert!(brought["error_description"].contains(&format!("--{word}-client-id")), "{brought:?}");

        let client = json!({
            "redirect_uris": [format!("{}/sso/oidc/callback", scene.server.base())],
            "token_endpoint_auth_method": "client_secret_post",
            "grant_types": ["authorization_code", "refresh_token"],
        });
        let client = scene.idp.register(&client).await;
        let text = |name: &str| client[name].as_str().unwrap().to_owned();
        let told = scene.set(&word, &text("client_id"), &text("client_secret"));
        assert!(told.contains("/sso/oidc/callback"), "{told}");
        assert!(!told.contains(&text("client_secret")), "{told}");
        scene
    }

    /// Sets the client as an operator does; the secret comes by standard input.
    fn set(&self, word: &str, client_id: &str, client_secret: &str) -> String {
        use std::io::Write as _;
        let environment = self.environment();
        // With `=`, for an id that the provider makes up may begin with a hyphen.
        let id = format!("--{word}-client-id={client_id}");
        let file = format!("--{word}-client-secret-file");
        let mut command = self.server.builder().command();
        command.args(["environment", &environment, &id, &file, "-"]);
        let mut running =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(format!("{client_secret}\n").as_bytes()).unwrap();
        let output = running.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn environment(&self) -> String {
        self.vendor.environment_id.clone()
    }

    async fn sign_in(&self, more: &[(&str, &str)]) -> Page {
        let parameters = [&[("provider", self.provider)], more].concat();
        Visitor::new().open(&self.vendor.authorize_url(&parameters)).await
    }

    /// The last sign-in of the environment with all that the session log knows of it.
    async fn last(&self) -> Value {
        let api = &self.vendor.api;
        let listed = api.get("/sso_sessions?limit=1").await.expect(200);
        api.get(&format!("/sso_sessions/{}", listed["data"][0]["id"].as_str().unwrap())).await.expect(200)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_google_and_the_app_gets_what_google_gave() {
    let scene = Social::set_up("social-google", "GoogleOAuth").await;
    let wishes = [
        ("login_hint", "joe@gmail.example"),
        ("domain_hint", "gmail.example"),
        ("provider_scopes", "offline_access"),
        ("provider_query_params[prompt]", "consent"),
    ];
    let page = scene.sign_in(&wishes).await;
    let code = scene.vendor.code(&page);
    let answer = scene.vendor.exchange(&code).await.expect(200);
    let profile = &answer["profile"];
    assert_eq!(profile["connection_type"], "GoogleOAuth", "{answer}");
    assert_eq!(profile["organization_id"], Value::Null);
    assert!(profile["connection_id"].as_str().unwrap().starts_with("conn_"), "{profile}");
    assert_eq!(
        (&profile["email"], &profile["idp_id"]),
        (&json!("joe@gmail.example"), &json!("joe@gmail.example"))
    );
    assert_eq!(profile["first_name"], "Jane");

    let tokens = &answer["oauth_tokens"];
    assert_eq!(tokens["provider"], "GoogleOAuth");
    for token in ["access_token", "refresh_token"] {
        assert!(!tokens[token].as_str().unwrap().is_empty(), "{token}: {tokens}");
    }
    assert!(tokens["scopes"].to_string().contains("offline_access"), "{tokens}");
    assert!(tokens["expires_at"].as_i64().unwrap() > 1_700_000_000, "{tokens}");
    // The code and what it stands for are told once.
    assert_eq!(scene.vendor.exchange(&code).await.expect(400)["error"], "invalid_grant");

    // The token tells the same profile, without the provider's tokens.
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let anonymous = scene.server.anonymous();
    let told =
        anonymous.send(Method::GET, "/sso/profile", &[("Authorization", &bearer)], None).await.expect(200);
    assert_eq!(&told, profile);

    let session = scene.last().await;
    assert_eq!((&session["status"], &session["organization_id"]), (&json!("success"), &Value::Null));
    assert_eq!(session["connection_id"], profile["connection_id"]);
    let shown = session.to_string();
    assert!(shown.contains("hd=gmail.example"), "{shown}");
    for token in ["access_token", "refresh_token"] {
        assert!(!shown.contains(tokens[token].as_str().unwrap()), "no tokens in the log: {shown}");
    }
    // The same person is the same profile the next time.
    let again = scene.vendor.profile(&scene.sign_in(&wishes[..1]).await).await;
    assert_eq!(again["id"], profile["id"]);
    // No organization's, so none of the lists of connections.
    assert_eq!(scene.vendor.api.get("/connections").await.expect(200)["data"], json!([]));
    let path = format!("/connections/{}", profile["connection_id"].as_str().unwrap());
    scene.vendor.api.get(&path).await.expect(404);
    scene.server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_not_proven_to_google_signs_nobody_in() {
    let scene = Social::set_up("social-unproven", "GoogleOAuth").await;
    let page = scene.sign_in(&[("login_hint", "unproven@gmail.example")]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "server_error");
    let session = scene.last().await;
    assert_eq!(session["error"], "invalid_attributes");
    assert!(session.to_string().contains("was not proven to Google"), "{session}");
    let page = scene.sign_in(&[("login_hint", "refuses@gmail.example"), ("prompt", "login")]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "access_denied");
    assert!(scene.last().await.to_string().contains("prompt=select_account"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_any_tenant_signs_in_with_microsoft() {
    let scene = Social::set_up("social-microsoft", "MicrosoftOAuth").await;
    let profile = scene.vendor.profile(&scene.sign_in(&[("login_hint", "ada@contoso.example")]).await).await;
    assert_eq!(profile["connection_type"], "MicrosoftOAuth", "{profile}");
    assert_eq!(
        (&profile["email"], &profile["organization_id"]),
        (&json!("ada@contoso.example"), &Value::Null)
    );
    let page = scene.sign_in(&[("login_hint", "unproven@contoso.example")]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "server_error");
    // Whose `tid` is another than its issuer's.
    let page = scene.sign_in(&[("login_hint", "strays@contoso.example")]).await;
    assert_eq!(scene.vendor.brought(&page)["error"], "oauth_failed");
    let session = scene.last().await;
    let checks = session["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["outcome"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["name"] == "issuer", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdks_understand_a_sign_in_with_google() {
    let scene = Social::set_up("social-sdks", "GoogleOAuth").await;
    let run = {
        let values = [
            ("VESTIBULE_URL", scene.vendor.api.base().to_owned()),
            ("VESTIBULE_API_KEY", scene.vendor.api.key().to_owned()),
            ("CLIENT_ID", scene.vendor.client_id.clone()),
            ("CODES", {
                let mut codes = Vec::new();
                for _ in 0..2 {
                    codes.push(scene.vendor.code(&scene.sign_in(&[]).await));
                }
                codes.join(" ")
            }),
        ];
        move || {
            let environment: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            (sdk::run_node("social.mjs", &environment), sdk::run_python("social.py", &environment))
        }
    };
    let (node, python) = tokio::task::spawn_blocking(run).await.unwrap();
    let checks = ["a code of google is a profile without organization and tokens"];
    sdk::assert_all(&node, &checks);
    sdk::assert_all(&python, &checks);
}
