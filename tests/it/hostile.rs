//! Everything from outside is hostile: what it gets is a clear error, and the service stays up.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::http::{HttpServer, Reply, Request};
use vestibule_tests::visitor::{Brought, Page, Visitor};
use vestibule_tests::{Answer, Api, Server, ServerBuilder, data, idp};

/// Longest that a metadata server may keep an admin waiting.
const FETCH_LIMIT: Duration = Duration::from_secs(30);

/// An id of the right form that nobody has.
const UNKNOWN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The answer is an object with a message, whatever was asked.
#[track_caller]
fn assert_refused(what: &str, answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert!(answer.header("content-type").starts_with("application/json"), "{what}: {}", answer.text());
    assert!(!answer.header("x-request-id").is_empty(), "{what}: no X-Request-ID");
    let body = answer.json();
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{what}: {body}");
    assert!(body["error"].is_null(), "{what}: the Node SDK takes `error` for OAuth: {body}");
    body
}

/// A refusal that names its field.
#[track_caller]
fn assert_names(what: &str, answer: &Answer, status: u16, field: &str) {
    let body = assert_refused(what, answer, status);
    assert!(body.to_string().contains(field), "{what} does not name `{field}`: {body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_bodies_are_refused() {
    let (server, api) = Server::with_team(&ServerBuilder::new("malformed")).await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let wide = format!(r#"{{"name":"{}"}}"#, "x".repeat(3 * 1024 * 1024));
    let bodies: [(&str, &[u8], u16); 9] = [
        ("not JSON", b"{\"name\":", 400),
        ("two values", b"{} {}", 400),
        ("nothing but bytes", &[0xff, 0xfe, 0x00], 400),
        ("not UTF-8 in a string", b"{\"name\":\"\xff\"}", 400),
        ("UTF-16", b"\xff\xfe{\x00}\x00", 400),
        ("an array", b"[]", 400),
        ("a number", b"7", 400),
        ("nested deeply", deep.as_bytes(), 400),
        ("three megabytes", wide.as_bytes(), 413),
    ];
    for (what, body, status) in bodies {
        let headers = [("Content-Type", "application/json")];
        let answer = api.send(Method::POST, "/organizations", &headers, Some(body.to_vec())).await;
        let is_refused = answer.status == status || (status == 400 && answer.status == 422);
        assert!(is_refused, "{what}: {} {}", answer.status, answer.text());
        assert_refused(what, &answer, answer.status);
    }
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named() {
    let (server, api) = Server::with_team(&ServerBuilder::new("fields")).await;
    let organization = api.organization("Customer").await;
    let long = "x".repeat(2_000);
    let link = |more: Value| {
        let mut body = json!({ "organization": organization, "intent": "sso" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("/portal/generate_link", body)
    };
    for ((path, body), status, field) in [
        (("/organizations", json!({})), 422, "name"),
        (("/organizations", json!({ "name": "" })), 422, "name"),
        (("/organizations", json!({ "name": 7 })), 422, "name"),
        (("/organizations", json!({ "name": long })), 422, "name"),
        (("/organizations", json!({ "name": "a", "metadata": [] })), 422, "metadata"),
        (("/organizations", json!({ "name": "a", "metadata": { "k": long } })), 422, "metadata"),
        (("/organizations", json!({ "name": "a", "external_id": "ä" })), 422, "external_id"),
        (
            (
                "/organizations",
                json!({ "name": "a", "domain_data": [{ "domain": "not a domain", "state": "verified" }] }),
            ),
            422,
            "domain",
        ),
        (
            (
                "/organizations",
                json!({ "name": "a", "domain_data": [{ "domain": "a.example", "state": "maybe" }] }),
            ),
            422,
            "state",
        ),
        (("/portal/generate_link", json!({ "intent": "sso" })), 422, "organization"),
        (link(json!({ "intent": "sing" })), 422, "intent"),
        (link(json!({ "admin_emails": ["nobody"] })), 422, "admin_emails"),
        (link(json!({ "return_url": "http://app.example.com" })), 400, "return_url"),
        (link(json!({ "return_url": "javascript:alert(1)" })), 400, "return_url"),
        (link(json!({ "return_url": "//app.example.com" })), 400, "return_url"),
        (link(json!({ "return_url": "https://user:pw@app.example.com" })), 400, "return_url"),
        (link(json!({ "return_url": "https://app.example.com/#x" })), 400, "return_url"),
        (link(json!({ "return_url": "https:\\\\app.example.com" })), 400, "return_url"),
        (link(json!({ "success_url": "https://app.example.com/\nSet-Cookie: a=b" })), 400, "success_url"),
        (link(json!({ "success_url": "http://localhost.example.com" })), 400, "success_url"),
        (("/webhook_endpoints", json!({ "events": ["organization.created"] })), 422, "endpoint_url"),
        (
            ("/webhook_endpoints", json!({ "endpoint_url": "http://10.0.0.1/", "events": [] })),
            422,
            "endpoint_url",
        ),
        (
            (
                "/v1/sso/admin-portal/tokens",
                json!({ "organization_id": organization, "expires_in_seconds": 59 }),
            ),
            400,
            "expires_in_seconds",
        ),
        (
            (
                "/v1/sso/admin-portal/tokens",
                json!({ "organization_id": organization, "expires_in_seconds": 2_592_001 }),
            ),
            400,
            "expires_in_seconds",
        ),
    ] {
        let what = format!("{path} {:.200}", body.to_string());
        let answer = api.post(path, &body).await;
        let status = if answer.status == 422 && path.starts_with("/v1") { 422 } else { status };
        assert_names(&what, &answer, status, field);
    }
    for (path, field) in [
        ("/organizations?limit=0", "limit"),
        ("/organizations?limit=101", "limit"),
        ("/organizations?limit=many", "limit"),
        ("/organizations?order=sideways", "order"),
        ("/events?range_start=yesterday", "range_start"),
    ] {
        let answer = api.get(path).await;
        let status = if answer.status == 400 { 400 } else { 422 };
        assert_names(path, &answer, status, field);
    }
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_routes_methods_keys_and_media_types_get_objects() {
    let (server, api) = Server::with_team(&ServerBuilder::new("unknown")).await;
    assert_refused("a route", &api.get("/no/such/route").await, 404);
    assert_refused("a method", &api.json(Method::PATCH, "/organizations", &json!({})).await, 405);
    assert_refused("no key", &server.anonymous().get("/organizations").await, 401);
    assert_refused("a wrong key", &api.with_key("sk_test_wrong").get("/organizations").await, 401);
    assert_refused("no key before the id", &server.anonymous().get("/organizations/org_x").await, 401);
    for (scheme, what) in
        [("Basic c2s6", "basic"), ("Bearer", "nothing"), ("Bearer  ", "blank"), ("bogus", "one word")]
    {
        let headers = [("Authorization", scheme)];
        let answer = server.anonymous().send(Method::GET, "/organizations", &headers, None).await;
        assert_refused(what, &answer, 401);
    }
    let xml = [("Content-Type", "text/xml")];
    let answer = api.send(Method::POST, "/organizations", &xml, Some(b"<name/>".to_vec())).await;
    assert!(matches!(answer.status, 400 | 415 | 422), "{}", answer.status);
    assert_refused("XML", &answer, answer.status);
    for path in [
        "/organizations/",
        "/organizations/org_%2e%2e%2f",
        "/organizations/%00",
        "/organizations/%ff%fe",
        "/%2e%2e/etc/passwd",
    ] {
        let answer = api.get(path).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {} {}", answer.status, answer.text());
        assert_refused(path, &answer, answer.status);
    }
    let long = format!("/organizations/{}", "x".repeat(20_000));
    let answer = api.get(&long).await;
    assert!(matches!(answer.status, 404 | 414), "{}", answer.status);
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_ids_and_foreign_tenants_ids_are_not_found() {
    let builder = ServerBuilder::new("foreign");
    let ours = builder.bootstrap();
    let theirs = builder.bootstrap_with(&["--force"]);
    let server = builder.start().await;
    let (us, them) = (server.api(&ours.api_key), server.api(&theirs.api_key));
    let organization = them.organization("Theirs").await;
    let (token, _) = them.token(&organization, json!({})).await;
    let body = json!({
        "organization_id": organization,
        "connection_type": "OktaSAML",
        "saml_options": {
            "idp_entity_id": "http://www.okta.com/exk1",
            "idp_sso_url": "https://example.okta.com/sso",
            "idp_signing_certs": [data::certificate(data::OKTA)],
        },
    });
    let made = them.post("/connections", &body).await.expect(201);
    let connection = made["id"].as_str().unwrap().to_owned();
    let domain = json!({ "organization_id": organization, "domain": "theirs.example" });
    let domain =
        them.post("/organization_domains", &domain).await.expect(201)["id"].as_str().unwrap().to_owned();
    let contacts = format!("/organizations/{organization}/it_contacts");
    let contact = them.post(&contacts, &json!({ "email": "it@theirs.example" })).await.expect(201);
    let contact = contact["id"].as_str().unwrap().to_owned();
    let hook = json!({ "endpoint_url": "https://theirs.example/hook", "events": ["organization.created"] });
    let hook = them.post("/webhook_endpoints", &hook).await.expect(201)["id"].as_str().unwrap().to_owned();

    let nothing = json!({});
    for (foreign, unknown) in [
        (organization.as_str(), format!("org_{UNKNOWN}")),
        (connection.as_str(), format!("conn_{UNKNOWN}")),
        (domain.as_str(), format!("org_domain_{UNKNOWN}")),
        (contact.as_str(), format!("it_contact_{UNKNOWN}")),
        (hook.as_str(), format!("we_{UNKNOWN}")),
        (token.as_str(), format!("portal_link_{UNKNOWN}")),
    ] {
        for (method, path, body) in [
            (Method::GET, format!("/organizations/{organization}"), None),
            (Method::PUT, format!("/organizations/{organization}"), Some(&nothing)),
            (Method::DELETE, format!("/organizations/{organization}"), None),
            (Method::GET, contacts.clone(), None),
            (Method::DELETE, format!("{contacts}/{contact}"), None),
            (Method::POST, format!("{contacts}/{contact}/invite"), Some(&json!({ "intents": ["sso"] }))),
            (Method::GET, format!("/connections/{connection}"), None),
            (Method::PATCH, format!("/connections/{connection}"), Some(&nothing)),
            (Method::DELETE, format!("/connections/{connection}"), None),
            (Method::GET, format!("/connections/{connection}/saml_idp_signing_certs"), None),
            (Method::GET, format!("/organization_domains/{domain}"), None),
            (Method::DELETE, format!("/organization_domains/{domain}"), None),
            (Method::PATCH, format!("/webhook_endpoints/{hook}"), Some(&nothing)),
            (Method::DELETE, format!("/webhook_endpoints/{hook}"), None),
            (Method::GET, format!("/v1/organizations/{organization}"), None),
            (Method::DELETE, format!("/v1/sso/admin-portal/tokens/{token}"), None),
        ] {
            if !path.contains(foreign) {
                continue;
            }
            for path in [path.clone(), path.replace(foreign, &unknown), path.replace(foreign, "org_nonsense")]
            {
                let headers = [("Content-Type", "application/json")];
                let bytes = body.map(|body| body.to_string().into_bytes());
                let answer = us.send(method.clone(), &path, &headers, bytes).await;
                assert_refused(&format!("{method} {path}"), &answer, 404);
            }
        }
    }
    for (path, body) in [
        ("/portal/generate_link", json!({ "organization": organization, "intent": "sso" })),
        ("/portal/revoke_link", json!({ "organization": organization, "external_user_id": "u" })),
        ("/organization_domains", json!({ "organization_id": organization, "domain": "a.example" })),
        ("/connections", body),
        ("/v1/sso/admin-portal/tokens", json!({ "organization_id": organization })),
        ("/v1/portal/setup-links", json!({ "organization_id": organization, "intent": "sso" })),
    ] {
        assert_refused(path, &us.post(path, &body).await, 404);
    }
    assert_eq!(us.connections(&organization).await, Vec::<Value>::new());
    // Nothing of theirs was touched.
    assert_eq!(them.get(&format!("/organizations/{organization}")).await.status, 200);
    assert_eq!(them.connections(&organization).await.len(), 1);
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_tokens_answer_as_page_or_object() {
    let (server, api) = Server::with_team(&ServerBuilder::new("tokens")).await;
    let organization = api.organization("Customer").await;
    let (id, revoked) = api.token(&organization, json!({})).await;
    assert_eq!(api.delete(&format!("/v1/sso/admin-portal/tokens/{id}")).await.status, 204);
    let unknown = format!("{}/portal?token=vpt_{}", server.base(), "A".repeat(43));
    let malformed = format!("{}/portal?token=%00%ff", server.base());
    let missing = format!("{}/portal?token=", server.base());
    for (link, status, code, reason) in [
        (revoked, 410, "token_revoked", "revoked"),
        (unknown, 404, "token_not_found", "not_found"),
        (malformed, 404, "token_not_found", "not_found"),
        (missing, 404, "token_not_found", "not_found"),
    ] {
        let object = api.send(Method::GET, &link, &[("Accept", "application/json")], None).await;
        assert_eq!(object.expect(status)["code"], code, "{link}");
        let page = Visitor::new().open(&link).await;
        assert_eq!(page.answer.status, status, "{link}");
        let shown = page.find("link-unusable").attribute("data-reason").unwrap().to_owned();
        assert!(shown == reason || (reason == "not_found" && shown == "unknown"), "{link}: {shown}");
    }
    server.assert_healthy().await;
}

/// What the portal says to something brought for Okta: the page with its error.
async fn bring(api: &Api, organization: &str, brought: Brought) -> Page {
    let (_, link) = api.token(organization, json!({})).await;
    let visitor = Visitor::new();
    let picker = visitor.begin(&link).await;
    let step = visitor.walk_to(&picker, "okta-saml", "idp_metadata_url").await;
    visitor.bring(&step, &[brought]).await
}

#[track_caller]
fn assert_error_at(what: &str, page: &Page, key: &str) {
    assert!(matches!(page.answer.status, 400 | 413 | 422), "{what}: {} at {}", page.answer.status, page.url);
    page.find("error-summary");
    let error = page.find(&format!("error-{key}"));
    assert!(!error.text.trim().is_empty(), "{what}: the error says nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_metadata_is_refused_beside_its_field() {
    let (server, api) = Server::with_team(&ServerBuilder::new("metadata")).await;
    let organization = api.organization("Customer").await;
    let okta = String::from_utf8(data::OKTA.to_vec()).unwrap();
    let body = okta.trim_start_matches(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    let dtd = format!(r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{body}"#);
    let laughs = format!(
        r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>{body}"#
    );
    let nested = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(okta.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let truncated = data::OKTA[..data::OKTA.len() / 2].to_vec();
    let binary: Vec<u8> = (0..=255).cycle().take(4_096).collect();
    let web_page =
        b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Okta</body></html>".to_vec();
    for (what, bytes) in [
        ("a DTD", dtd.clone().into_bytes()),
        ("a billion laughs", laughs.clone().into_bytes()),
        ("deep nesting", nested.into_bytes()),
        ("half a document", truncated),
        ("binary", binary),
        ("a web page", web_page),
        ("nothing but space", b"   ".to_vec()),
        ("another language", b"{\"issuer\":\"https://x\"}".to_vec()),
    ] {
        let page = bring(&api, &organization, Brought::File("idp_metadata_file", bytes)).await;
        assert_error_at(what, &page, place_of_error(&page));
    }
    // Either it is read, or it is refused like the rest; never garbage.
    let page = bring(&api, &organization, Brought::File("idp_metadata_file", utf16)).await;
    if page.document.find("save-connection").is_none() && page.answer.status != 200 {
        assert_error_at("UTF-16", &page, place_of_error(&page));
    }
    for (what, text) in
        [("a DTD", dtd), ("a billion laughs", laughs), ("half a document", okta[..1_000].to_owned())]
    {
        let page = bring(&api, &organization, Brought::Text("idp_metadata_xml", text)).await;
        assert_error_at(what, &page, "idp_metadata_xml");
    }
    let huge = vec![b' '; 30 * 1024 * 1024];
    let page = bring(&api, &organization, Brought::File("idp_metadata_file", huge)).await;
    assert!(matches!(page.answer.status, 413 | 422), "{}", page.answer.status);
    assert!(api.connections(&organization).await.iter().all(|connection| connection["state"] != "active"));
    server.assert_healthy().await;
}

/// A file that is refused keeps its text, if it is text and small, in the field for text, and the
/// error is there.
fn place_of_error(page: &Page) -> &'static str {
    let kept = page.document.find("error-idp_metadata_xml").is_some();
    if kept { "idp_metadata_xml" } else { "idp_metadata_file" }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_metadata_servers_are_given_up_on_in_time() {
    let target = HttpServer::start(|_| Reply::Full(200, "text/xml", data::OKTA.to_vec())).await;
    let inside = target.url("/inside");
    let hostile = HttpServer::start(move |request: Request| match request.target.as_str() {
        "/silent" => Reply::Silent,
        "/slow" => Reply::Slow,
        "/endless" => Reply::Endless,
        "/hangup" => Reply::Hangup,
        "/cut" => Reply::CutOff(data::OKTA[..1_000].to_vec()),
        "/loop" => Reply::Redirect("/loop".to_owned()),
        "/inside" => Reply::Redirect(inside.clone()),
        "/file" => Reply::Redirect("file:///etc/passwd".to_owned()),
        "/cloud" => Reply::Redirect("http://169.254.169.254/latest/meta-data/".to_owned()),
        "/page" => Reply::Full(200, "text/html", b"<html><body>Sign in</body></html>".to_vec()),
        _ => Reply::Full(500, "text/plain", b"broken".to_vec()),
    })
    .await;
    let (server, api) = Server::with_team(&ServerBuilder::new("servers").allow(&[hostile.authority()])).await;
    let organization = api.organization("Customer").await;

    let mut addresses: Vec<String> = [
        "/silent", "/slow", "/endless", "/hangup", "/cut", "/loop", "/inside", "/file", "/cloud", "/page",
        "/broken",
    ]
    .iter()
    .map(|path| hostile.url(path))
    .collect();
    addresses.extend(
        [
            "http://127.0.0.1:1/metadata",
            "https://127.0.0.1/metadata",
            "https://localhost/metadata",
            "https://10.0.0.1/metadata",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/metadata",
            "https://[::ffff:127.0.0.1]/metadata",
            "https://0x7f000001/metadata",
            "https://2130706433/metadata",
            "https://0/metadata",
            "http://example.com/metadata",
            "ftp://example.com/metadata",
            "file:///etc/passwd",
            "gopher://example.com/",
            "https://user:pw@example.com/",
            "https://no-such-host.invalid/metadata",
            "not an address",
        ]
        .map(str::to_owned),
    );
    let all = addresses.into_iter().map(|address| {
        let (api, organization) = (api.clone(), organization.clone());
        async move {
            let start = Instant::now();
            let page = bring(&api, &organization, Brought::Text("idp_metadata_url", address.clone())).await;
            assert_error_at(&address, &page, "idp_metadata_url");
            assert!(start.elapsed() < FETCH_LIMIT, "{address} took {:?}", start.elapsed());
            assert!(!page.answer.text().contains("root:"), "{address}");
        }
    });
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(api.connections(&organization).await.iter().all(|connection| connection["state"] != "active"));
    server.assert_healthy().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_visit_or_site_changes_nothing() {
    let provider = idp::provider().await;
    let (server, api) =
        Server::with_team(&ServerBuilder::new("forgery").allow(&[provider.authority()])).await;
    let organization = api.organization("Customer").await;
    let (_, link) = api.token(&organization, json!({})).await;
    let (victim, attacker) = (Visitor::new(), Visitor::new());
    let page = victim.begin(&link).await;
    let foreign = attacker.begin(&link).await;
    // The victim's cookie with the attacker's form.
    let refused = victim.press(&foreign, "provider-card-okta-saml").await;
    assert!((400..500).contains(&refused.answer.status), "{}", refused.answer.status);
    // Nobody's cookie with the victim's form.
    let refused = Visitor::new().press(&page, "provider-card-okta-saml").await;
    assert!((400..500).contains(&refused.answer.status), "{}", refused.answer.status);
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    let begin =
        server.anonymous().send(Method::POST, "/portal/begin", &headers, Some(link.into_bytes())).await;
    assert!((400..500).contains(&begin.status), "{}", begin.status);
    assert_eq!(api.connections(&organization).await, Vec::<Value>::new());
    server.assert_healthy().await;
}
