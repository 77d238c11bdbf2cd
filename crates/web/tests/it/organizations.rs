//! Organizations.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_application::ports::store::Store as _;
use vestibule_domain::environment::{ActivationRule, Environment, EnvironmentKind};

use crate::access::pem;
use crate::support::{Tenant, TestApp};

const UNKNOWN: &str = "/organizations/org_01J9ZQK3V0000000000000000A";

async fn make(app: &TestApp, tenant: &Tenant, body: Value) -> Value {
    app.post(tenant, "/organizations", body).await.expect(StatusCode::CREATED)
}

fn path(organization: &Value) -> String {
    format!("/organizations/{}", organization["id"].as_str().unwrap())
}

fn domains(organization: &Value) -> Vec<(&str, &str)> {
    let text = |domain: &'_ Value, key: &str| domain[key].as_str().unwrap().to_owned();
    let pairs = organization["domains"].as_array().unwrap().iter();
    pairs
        .map(|domain| {
            let (name, state) = (text(domain, "domain"), text(domain, "state"));
            (&*name.leak(), &*state.leak())
        })
        .collect()
}

#[actix_web::test]
async fn a_new_organization_has_every_key_that_sdks_demand() {
    let (app, tenant) = TestApp::new().await;
    let made = make(&app, &tenant, json!({"name": "Acme"})).await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("org_") && id.len() == 30, "{id}");
    let expected = json!({
        "object": "organization",
        "id": id,
        "name": "Acme",
        "domains": [],
        "metadata": {},
        "external_id": null,
        "allow_profiles_outside_organization": false,
        "created_at": "2026-11-21T12:00:00.000Z",
        "updated_at": "2026-11-21T12:00:00.000Z",
    });
    assert_eq!(made, expected);
    assert_eq!(app.get(&tenant, &path(&made)).await.expect(StatusCode::OK), expected);
    assert_eq!(app.events(&tenant).await, ["organization.created"]);
    assert_eq!(app.trail(&tenant).await, ["organization.created"]);
}

#[actix_web::test]
async fn an_organization_comes_with_its_domains_and_all_that_is_known_of_it() {
    let (app, tenant) = TestApp::new().await;
    let made = make(
        &app,
        &tenant,
        json!({
            "name": "Acme",
            "domain_data": [
                {"domain": "Acme.example", "state": "verified"},
                {"domain": "acme.test", "state": "pending"},
            ],
            "domains": ["acme.example", "acme.dev"],
            "allow_profiles_outside_organization": true,
            "metadata": {"tier": "gold", "gone": null},
            "external_id": "crm/42",
        }),
    )
    .await;
    let mut got = domains(&made);
    got.sort_unstable();
    assert_eq!(got, [("acme.dev", "pending"), ("acme.example", "verified"), ("acme.test", "pending")]);
    assert_eq!(made["metadata"], json!({"tier": "gold"}));
    assert_eq!(made["external_id"], "crm/42");
    assert_eq!(made["allow_profiles_outside_organization"], true);
    for domain in made["domains"].as_array().unwrap() {
        assert_eq!(domain["organization_id"], made["id"]);
        assert_eq!(domain["object"], "organization_domain");
    }
    let mut events = app.events(&tenant).await;
    assert_eq!(events.remove(0), "organization.created");
    events.sort_unstable();
    let created = "organization_domain.created";
    assert_eq!(events, [created, created, created, "organization_domain.verified"]);
}

#[actix_web::test]
async fn what_is_missing_or_wrong_is_422_and_named() {
    let (app, tenant) = TestApp::new().await;
    let metadata = |n: usize| -> Value { (0..n).map(|i| (format!("k{i}"), json!("v"))).collect() };
    let hundred_and_one: Vec<_> = (0..101).map(|n| format!("d{n}.example")).collect();
    for (body, fields) in [
        (json!({}), vec!["name"]),
        (json!({"name": null}), vec!["name"]),
        (json!({"name": ""}), vec!["name"]),
        (json!({"name": " \n"}), vec!["name"]),
        (json!({"name": "x".repeat(256)}), vec!["name"]),
        (json!({"name": 1}), vec!["name"]),
        (
            json!({"name": "A", "domain_data": [{"domain": "gmail.com", "state": "verified"}]}),
            vec!["domain_data[0].domain"],
        ),
        (
            json!({"name": "A", "domain_data": [{"domain": "a.example", "state": "failed"}]}),
            vec!["domain_data[0].state"],
        ),
        (json!({"name": "A", "domain_data": [{"state": "verified"}]}), vec!["domain_data[0].domain"]),
        (json!({"name": "A", "domains": ["a.example", "https://x"]}), vec!["domains[1]"]),
        (json!({"name": "A", "domains": hundred_and_one}), vec!["domain_data"]),
        (json!({"name": "A", "external_id": "é"}), vec!["external_id"]),
        (json!({"name": "A", "external_id": "x".repeat(129)}), vec!["external_id"]),
        (json!({"name": "A", "metadata": metadata(51)}), vec!["metadata"]),
        (json!({"name": "A", "metadata": {"k": "v".repeat(601)}}), vec!["metadata"]),
        (json!({"name": "A", "metadata": {"k": 1}}), vec!["metadata.k"]),
        (json!({"name": "A", "metadata": "x"}), vec!["metadata"]),
        (
            json!({"name": "", "external_id": "é", "domains": ["x"]}),
            vec!["name", "domains[0]", "external_id"],
        ),
    ] {
        let answer = app.post(&tenant, "/organizations", body.clone()).await;
        assert_eq!(answer.fields(), fields, "{body}");
    }
    let at_the_limits = json!({
        "name": "x".repeat(255),
        "external_id": "x".repeat(128),
        "metadata": metadata(50),
        "domains": hundred_and_one[..100],
    });
    make(&app, &tenant, at_the_limits).await;
    let answer = app.post(&tenant, "/organizations", json!({"name": "A", "metadata": metadata(51)})).await;
    assert_eq!(answer.json()["errors"][0]["code"], "invalid_metadata");
}

#[actix_web::test]
async fn a_taken_external_id_is_400_and_a_taken_domain_409() {
    let (app, tenant) = TestApp::new().await;
    let stranger = app.tenant(EnvironmentKind::Sandbox).await;
    let domain = json!([{"domain": "acme.example", "state": "verified"}]);
    let first = json!({"name": "A", "external_id": "x", "domain_data": domain});
    make(&app, &tenant, first.clone()).await;
    let taken = app.post(&tenant, "/organizations", json!({"name": "B", "external_id": "x"})).await;
    assert_eq!(taken.refusal(StatusCode::BAD_REQUEST), "external_id_already_used");
    let taken = app.post(&tenant, "/organizations", json!({"name": "B", "domain_data": domain})).await;
    assert_eq!(taken.refusal(StatusCode::CONFLICT), "domain_already_exists");
    let list = app.get(&tenant, "/organizations").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "a refused one leaves no trace");
    make(&app, &stranger, first).await;
}

#[actix_web::test]
async fn one_name_makes_two_organizations() {
    let (app, tenant) = TestApp::new().await;
    make(&app, &tenant, json!({"name": "Acme"})).await;
    make(&app, &tenant, json!({"name": "Acme"})).await;
}

#[actix_web::test]
async fn an_organization_is_found_by_the_vendors_id_however_it_is_spelled() {
    let (app, tenant) = TestApp::new().await;
    for external_id in ["crm/42", "a:b", "a b+c%2Fd", "x?y#z", "external_id", "it_contacts"] {
        let made = make(&app, &tenant, json!({"name": "A", "external_id": external_id})).await;
        let upper: Vec<_> = external_id.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut escaped = vec![upper.concat(), upper.concat().to_lowercase()];
        if external_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_".contains(&byte)) {
            escaped.push(external_id.to_owned());
        }
        for segment in escaped {
            let found = app.get(&tenant, &format!("/organizations/external_id/{segment}")).await;
            assert_eq!(found.expect(StatusCode::OK)["id"], made["id"], "{segment}");
        }
    }
    for unknown in ["nothing", "%20x", "%C3%A9"] {
        let answer = app.get(&tenant, &format!("/organizations/external_id/{unknown}")).await;
        assert_eq!(answer.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    }
    let unescaped = app.get(&tenant, "/organizations/external_id/crm/42").await;
    assert_eq!(unescaped.refusal(StatusCode::NOT_FOUND), "route_not_found");
}

#[actix_web::test]
async fn an_update_keeps_what_it_does_not_mention_and_clears_what_it_nulls() {
    let (app, tenant) = TestApp::new().await;
    let made = make(
        &app,
        &tenant,
        json!({"name": "A", "external_id": "x", "metadata": {"a": "1", "b": "2"}, "domains": ["a.example"]}),
    )
    .await;
    let path = path(&made);
    let update = async |body: Value| app.put(&tenant, &path, body).await.expect(StatusCode::OK);
    app.clock.forward(time::Duration::seconds(1));

    let same = update(json!({})).await;
    assert_eq!(same, made, "an update that changes nothing changes nothing, its time included");
    let named = update(json!({"name": "B", "metadata": {"b": null, "c": "3"}})).await;
    assert_eq!(named["name"], "B");
    assert_eq!(named["metadata"], json!({"a": "1", "c": "3"}));
    assert_eq!(named["external_id"], "x");
    assert_eq!(domains(&named), [("a.example", "pending")]);
    assert_eq!(named["updated_at"], "2026-11-21T12:00:01.000Z");
    let stripe = update(json!({"stripe_customer_id": "cus_1"})).await;
    assert_eq!(stripe["stripe_customer_id"], "cus_1");
    let cleared = update(json!({"external_id": null, "stripe_customer_id": null, "metadata": {}})).await;
    assert_eq!(cleared["external_id"], Value::Null);
    assert_eq!(cleared.get("stripe_customer_id"), None);
    assert_eq!(cleared["metadata"], json!({}));
    update(json!({"metadata": {"x": "y"}})).await;
    assert_eq!(update(json!({"metadata": null})).await["metadata"], json!({}));
    let events = app.events(&tenant).await;
    assert_eq!(events.iter().filter(|name| **name == "organization.updated").count(), 5);
}

#[actix_web::test]
async fn an_update_of_the_domains_makes_them_the_whole_set() {
    let (app, tenant) = TestApp::new().await;
    let made = make(&app, &tenant, json!({"name": "A", "domains": ["a.example", "b.example"]})).await;
    let body = json!({"domain_data": [
        {"domain": "b.example", "state": "verified"},
        {"domain": "c.example", "state": "pending"},
    ]});
    let updated = app.put(&tenant, &path(&made), body).await.expect(StatusCode::OK);
    assert_eq!(domains(&updated), [("b.example", "verified"), ("c.example", "pending")]);
    assert_eq!(updated["domains"][0]["id"], made["domains"][1]["id"]);
    assert_eq!(updated["domains"][0]["verification_strategy"], "manual");
    let pending = json!({"domain_data": [{"domain": "b.example", "state": "pending"}]});
    let updated = app.put(&tenant, &path(&made), pending).await.expect(StatusCode::OK);
    assert_eq!(domains(&updated), [("b.example", "verified")], "a proof is not taken back by naming it");
    assert_eq!(
        app.events(&tenant).await[3..],
        [
            "organization_domain.deleted",
            "organization_domain.verified",
            "organization_domain.created",
            "organization.updated",
            "organization_domain.deleted",
            "organization.updated",
        ]
    );
}

#[actix_web::test]
async fn a_refused_update_changes_nothing() {
    let (app, tenant) = TestApp::new().await;
    make(&app, &tenant, json!({"name": "A", "external_id": "x"})).await;
    let b = make(&app, &tenant, json!({"name": "B", "metadata": {"a": "1"}})).await;
    let taken = app.put(&tenant, &path(&b), json!({"name": "C", "external_id": "x"})).await;
    assert_eq!(taken.refusal(StatusCode::BAD_REQUEST), "external_id_already_used");
    let many: Value = (0..50).map(|i| (format!("k{i}"), json!("v"))).collect();
    let too_many = app.put(&tenant, &path(&b), json!({"name": "C", "metadata": many})).await;
    assert_eq!(too_many.json()["errors"][0]["code"], "invalid_metadata");
    assert_eq!(app.put(&tenant, &path(&b), json!({"name": ""})).await.fields(), ["name"]);
    assert_eq!(app.put(&tenant, &path(&b), json!({"external_id": ""})).await.fields(), ["external_id"]);
    assert_eq!(app.get(&tenant, &path(&b)).await.json(), b);
}

#[actix_web::test]
async fn a_stripe_customer_is_one_organizations() {
    let (app, tenant) = TestApp::new().await;
    let (a, b) =
        (make(&app, &tenant, json!({"name": "A"})).await, make(&app, &tenant, json!({"name": "B"})).await);
    let stripe = json!({"stripe_customer_id": "cus_1"});
    app.put(&tenant, &path(&a), stripe.clone()).await.expect(StatusCode::OK);
    let taken = app.put(&tenant, &path(&b), stripe).await;
    assert_eq!(taken.refusal(StatusCode::CONFLICT), "stripe_customer_id_already_used");
}

#[actix_web::test]
async fn a_deleted_organization_is_gone_with_all_it_had() {
    let (app, tenant) = TestApp::new().await;
    let made = make(&app, &tenant, json!({"name": "A", "domains": ["a.example"]})).await;
    app.delete(&tenant, &path(&made)).await.expect_empty(StatusCode::ACCEPTED);
    for request in [
        tenant.request(Method::GET, &path(&made)),
        tenant.request(Method::DELETE, &path(&made)),
        tenant.request(Method::PUT, &path(&made)).set_json(json!({})),
        tenant.request(
            Method::GET,
            &format!("/organization_domains/{}", made["domains"][0]["id"].as_str().unwrap()),
        ),
    ] {
        assert_eq!(app.send(request).await.refusal(StatusCode::NOT_FOUND), "entity_not_found");
    }
    assert_eq!(app.events(&tenant).await.last(), Some(&"organization.deleted"));
    assert_eq!(app.trail(&tenant).await.last(), Some(&"organization.deleted"));
}

#[actix_web::test]
async fn a_list_is_walked_in_both_orders_and_ends() {
    let (app, tenant) = TestApp::new().await;
    let mut ids = Vec::new();
    for n in 0..6 {
        app.clock.forward(time::Duration::milliseconds(1));
        ids.push(app.organization(&tenant, &format!("Org {n}")).await);
    }
    for (order, expected) in [("asc", ids.clone()), ("desc", ids.iter().rev().cloned().collect())] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("/organizations?limit=2&order={order}&after={after}&before=");
            let page = app.get(&tenant, &path).await.expect(StatusCode::OK);
            assert_eq!(page["object"], "list");
            assert_eq!(page["list_metadata"].as_object().unwrap().len(), 2, "both keys, always");
            let items = page["data"].as_array().unwrap();
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            pages += 1;
            match page["list_metadata"]["after"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((seen, pages), (expected, 3), "an exactly full last page says so");
    }
    let page = app.get(&tenant, &format!("/organizations?limit=2&before={}", ids[1])).await.json();
    assert_eq!(page["data"][0]["id"], ids[3]);
    assert_eq!(page["list_metadata"], json!({"before": ids[3], "after": ids[2]}));
    let normal = app.get(&tenant, &format!("/organizations?limit=2&order=normal&after={}", ids[1])).await;
    assert_eq!(normal.json()["data"][0]["id"], ids[3]);
}

#[actix_web::test]
async fn a_list_is_filtered_by_domains_and_by_name() {
    let (app, tenant) = TestApp::new().await;
    for (name, domain) in [("Acme", "acme.example"), ("Beta", "beta.example"), ("Acorn", "acorn.example")] {
        make(&app, &tenant, json!({"name": name, "domains": [domain]})).await;
    }
    for (query, names) in [
        ("", vec!["Acme", "Acorn", "Beta"]),
        ("domains=acme.example", vec!["Acme"]),
        ("domains=acme.example,BETA.example", vec!["Acme", "Beta"]),
        ("domains=acme.example%2Cbeta.example", vec!["Acme", "Beta"]),
        ("domains[]=acme.example&domains[]=beta.example", vec!["Acme", "Beta"]),
        ("domains=gmail.com", vec![]),
        ("domains=gmail.com,acme.example", vec!["Acme"]),
        ("domains=", vec!["Acme", "Acorn", "Beta"]),
        ("search=ac", vec!["Acme", "Acorn"]),
        ("search=%25", vec![]),
        ("search=ac&domains=acorn.example&order=desc", vec!["Acorn"]),
        ("unknown=1", vec!["Acme", "Acorn", "Beta"]),
    ] {
        let page = app.get(&tenant, &format!("/organizations?{query}")).await.expect(StatusCode::OK);
        let mut got: Vec<_> =
            page["data"].as_array().unwrap().iter().map(|org| org["name"].as_str().unwrap()).collect();
        got.sort_unstable();
        assert_eq!(got, names, "{query}");
    }
}

#[actix_web::test]
async fn wrong_list_parameters_are_422_and_named() {
    let (app, tenant) = TestApp::new().await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("order=newest", "order"),
        ("after=nonsense", "after"),
        ("after=conn_01J9ZQK3V0000000000000000A", "after"),
        ("before=org_x", "before"),
    ] {
        assert_eq!(app.get(&tenant, &format!("/organizations?{query}")).await.fields(), [field], "{query}");
    }
    app.get(&tenant, "/organizations?limit=100&order=asc").await.expect(StatusCode::OK);
}

#[actix_web::test]
async fn unknown_and_malformed_ids_are_not_found() {
    let (app, tenant) = TestApp::new().await;
    let odd =
        ["/organizations/nonsense", "/organizations/org_", "/organizations/conn_01J9ZQK3V0000000000000000A"];
    for path in odd.into_iter().chain([UNKNOWN]) {
        for request in [
            tenant.request(Method::GET, path),
            tenant.request(Method::DELETE, path),
            tenant.request(Method::PUT, path).set_json(json!({"name": "B"})),
            tenant.request(Method::GET, &format!("{path}/audit_log_configuration")),
        ] {
            assert_eq!(app.send(request).await.refusal(StatusCode::NOT_FOUND), "entity_not_found", "{path}");
        }
    }
}

#[actix_web::test]
async fn the_audit_log_configuration_says_that_nothing_is_kept() {
    let (app, tenant) = TestApp::new().await;
    let id = app.organization(&tenant, "Acme").await;
    let answer = app.get(&tenant, &format!("/organizations/{id}/audit_log_configuration")).await;
    let expected = json!({"organization_id": id, "retention_period_in_days": 0, "state": "disabled"});
    assert_eq!(answer.expect(StatusCode::OK), expected);
}

async fn connect(app: &TestApp, tenant: &Tenant, organization: &Value) -> Value {
    let body = json!({
        "organization_id": organization["id"],
        "connection_type": "OktaSAML",
        "saml_options": {
            "idp_entity_id": "urn:idp",
            "idp_sso_url": "https://idp.example/sso",
            "idp_signing_certs": [pem("idp")],
        },
    });
    app.post(tenant, "/connections", body).await.expect(StatusCode::CREATED)
}

#[actix_web::test]
async fn a_vouched_domain_switches_on_the_connection_that_waits_for_it() {
    let (app, tenant) = TestApp::new().await;
    let demanding = Environment { activation: ActivationRule::VerifiedDomain, ..tenant.environment.clone() };
    let mut work = app.store.begin().await.unwrap();
    work.accounts().update_environment(&demanding).await.unwrap();
    work.commit().await.unwrap();
    let made = make(&app, &tenant, json!({"name": "A", "domains": ["a.example"]})).await;
    let connection = connect(&app, &tenant, &made).await;
    assert_eq!(connection["state"], "validating");
    let pending = json!({"domain_data": [{"domain": "a.example"}, {"domain": "b.example"}]});
    app.put(&tenant, &path(&made), pending).await.expect(StatusCode::OK);
    let connection_path = format!("/connections/{}", connection["id"].as_str().unwrap());
    let state = async || app.get(&tenant, &connection_path).await.json()["state"].clone();
    assert_eq!(state().await, "validating");
    let vouched = json!({"domain_data": [{"domain": "a.example", "state": "verified"}]});
    app.put(&tenant, &path(&made), vouched).await.expect(StatusCode::OK);
    assert_eq!(state().await, "active");
    assert!(app.events(&tenant).await.contains(&"connection.activated"));
}

#[actix_web::test]
async fn a_connection_that_goes_with_its_organization_is_told_of_first() {
    let (app, tenant) = TestApp::new().await;
    let made = make(&app, &tenant, json!({"name": "A"})).await;
    connect(&app, &tenant, &made).await;
    app.delete(&tenant, &path(&made)).await.expect_empty(StatusCode::ACCEPTED);
    let told = ["connection.deleted", "organization.deleted"];
    assert_eq!(app.events(&tenant).await[2..], told);
}
