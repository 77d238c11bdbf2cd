//! The pages of one customer in the dashboard: details, contacts, connection, audit trail.

use actix_web::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_application::sign_in::USER_AGENT_BYTES_MAX;
use vestibule_domain::member::MemberRole;
use vestibule_domain::organization::{METADATA_KEY_CHARS_MAX, METADATA_KEYS_MAX};

use crate::access::pem;
use crate::operator::Operator;
use crate::provider::{Documents, IDP, discovery, metadata, saml_options};
use crate::support::{Answer, Tenant, TestApp, request};

/// The page of a customer, and two people who look at it.
struct Desk {
    app: TestApp,
    tenant: Tenant,
    ada: Operator,
    bob: Operator,
    organization: String,
}

impl Desk {
    async fn new() -> Self {
        let (app, tenant) = TestApp::new().await;
        Self::of(app, tenant).await
    }

    async fn of(app: TestApp, tenant: Tenant) -> Self {
        let ada = Operator::join(&app, &tenant, MemberRole::Admin).await;
        let bob = Operator::join(&app, &tenant, MemberRole::Member).await;
        let organization = app.organization(&tenant, "Acme").await;
        Self { app, tenant, ada, bob, organization }
    }

    fn page(&self, of: &str) -> String {
        self.ada.path(&format!("organizations/{}/{of}", self.organization))
    }

    async fn shown(&self, path: &str) -> String {
        let answer = self.ada.get(&self.app, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.text()
    }

    /// Makes a connection, and gives the path of what is done with it.
    async fn connection(&self, options: Value) -> String {
        let mut body = json!({ "organization_id": self.organization });
        body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let made = self.app.post(&self.tenant, "/connections", body).await.expect(StatusCode::CREATED);
        self.ada.path(&format!("connections/{}", made["id"].as_str().unwrap()))
    }

    async fn saml(&self) -> String {
        self.connection(json!({ "connection_type": "OktaSAML", "saml_options": saml_options() })).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ada.post(&self.app, path, form).await
    }
}

/// What the form of a page was made from.
fn made_from(page: &str) -> String {
    let value = page.split("name=\"made_from\" value=\"").nth(1).expect("a form that can be overtaken");
    value.split('"').next().unwrap().to_owned()
}

#[track_caller]
fn saved(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

fn details<'a>(name: &'a str, made_from: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("made_from", made_from), ("name", name), ("profiles", "verified_domains")]
}

#[actix_web::test]
async fn details_are_changed_and_the_form_says_what_is_wrong() {
    let desk = Desk::new().await;
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    let wrong = [
        ("made_from", from.as_str()),
        ("name", "  "),
        ("external_id", "é"),
        ("profiles", "any_domain"),
        ("note_key", "tier"),
        ("note_value", "gold <b>"),
        ("note_key", &"k".repeat(METADATA_KEY_CHARS_MAX + 1)),
        ("note_value", "x"),
        ("note_key", "tier"),
        ("note_value", "silver"),
    ];
    let refused = desk.post(&page, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    for wanted in [
        "error-name",
        "error-external_id",
        "href=\"#field-note_key-1\"",
        "Key is there twice",
        "value=\"gold &lt;b&gt;\"",
        "value=\"any_domain\" checked",
    ] {
        assert!(refused.contains(wanted), "{wanted}: {refused}");
    }
    assert_eq!(made_from(&refused), from, "a mistake does not make the form newer");
    let right = [
        ("made_from", from.as_str()),
        ("name", "Acme & Sons"),
        ("external_id", "crm-1"),
        ("stripe_customer_id", "cus_1"),
        ("profiles", "any_domain"),
        ("note_key", "tier"),
        ("note_value", "gold"),
        ("note_key", ""),
        ("note_value", ""),
    ];
    saved(&desk.post(&page, &right).await);
    let path = format!("/organizations/{}", desk.organization);
    let held = desk.app.get(&desk.tenant, &path).await.expect(StatusCode::OK);
    assert_eq!((&held["name"], &held["external_id"]), (&json!("Acme & Sons"), &json!("crm-1")));
    assert_eq!((&held["metadata"], &held["stripe_customer_id"]), (&json!({"tier": "gold"}), &json!("cus_1")));
    assert_eq!(held["allow_profiles_outside_organization"], json!(true));
    let again = made_from(&desk.shown(&page).await);
    let mut gone = details("Acme & Sons", &again);
    gone.extend([("note_key", "tier"), ("note_value", "gold"), ("note_remove", "0")]);
    saved(&desk.post(&page, &gone).await);
    let held = desk.app.get(&desk.tenant, &path).await.expect(StatusCode::OK);
    assert_eq!((&held["metadata"], &held["external_id"]), (&json!({}), &Value::Null));
}

#[actix_web::test]
async fn the_most_notes_are_taken_and_not_one_more() {
    let desk = Desk::new().await;
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    for (count, status) in [
        (METADATA_KEYS_MAX + 1, StatusCode::UNPROCESSABLE_ENTITY),
        (METADATA_KEYS_MAX, StatusCode::SEE_OTHER),
    ] {
        let keys: Vec<_> = (0..count).map(|number| format!("k{number}")).collect();
        let mut form = details("Acme", &from);
        form.extend(keys.iter().flat_map(|key| [("note_key", key.as_str()), ("note_value", "v")]));
        assert_eq!(desk.post(&page, &form).await.status, status, "{count}");
    }
}

#[actix_web::test]
async fn what_a_field_cannot_hold_stays_where_it_is_not_touched() {
    let desk = Desk::new().await;
    let path = format!("/organizations/{}", desk.organization);
    let notes = json!({"address": " 1 Shore Road\nHarbour "});
    desk.app.put(&desk.tenant, &path, json!({ "metadata": notes })).await.expect(StatusCode::OK);
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    let mut form = details("Acme", &from);
    form.extend([("note_key", "address"), ("note_value", "1 Shore RoadHarbour")]);
    saved(&desk.post(&page, &form).await);
    assert_eq!(desk.app.get(&desk.tenant, &path).await.expect(StatusCode::OK)["metadata"], notes);
}

#[actix_web::test]
async fn the_later_of_two_editors_sees_what_changed_and_may_save_anyway() {
    let desk = Desk::new().await;
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    saved(&desk.bob.post(&desk.app, &page, &details("By Bob", &from)).await);
    let mut mine = details("By Ada", &from);
    mine.extend([("note_key", "tier"), ("note_value", "gold")]);
    let told = desk.post(&page, &mine).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    let told = told.text();
    for wanted in ["data-testid=\"meanwhile\"", "By Bob", "value=\"By Ada\"", "not set", "Save anyway"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    let name = |shown: &str| shown.contains("<h1><bdi>By Ada</bdi></h1>");
    assert!(!name(&desk.shown(&page).await), "nothing is saved yet");
    let newer = made_from(&told);
    assert_ne!(newer, from);
    mine[0] = ("made_from", &newer);
    saved(&desk.post(&page, &mine).await);
    assert!(name(&desk.shown(&page).await));
    // Whoever wants what is there already has it.
    saved(&desk.post(&page, &[&details("By Ada", &from)[..], &mine[3..]].concat()).await);
    for malformed in ["", "no revision"] {
        let answer = desk.post(&page, &details("By Ada", malformed)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[actix_web::test]
async fn an_it_contact_is_added_invited_and_removed() {
    let desk = Desk::new().await;
    let page = desk.page("contacts");
    let refused = desk.post(&page, &[("email", "nobody")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("error-email") && refused.text().contains("value=\"nobody\""));
    let form = [("email", "it@acme.example")];
    saved(&desk.post(&page, &form).await);
    assert_eq!(desk.post(&page, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "each once");
    let shown = desk.shown(&page).await;
    let invite = shown.split("action=\"").find(|rest| rest.contains("/invite\"")).unwrap();
    let invite = invite.split('"').next().unwrap();
    saved(&desk.post(invite, &[("language", "ja")]).await);
    let setup = desk.shown(&desk.ada.path(&format!("organizations/{}", desk.organization))).await;
    assert!(setup.contains("it@acme.example") && setup.contains("data-state=\"open\""));
    let shown = desk.shown(&page).await;
    assert!(shown.contains("contacts-live") && !shown.contains("invite-contact"));
    let again = desk.post(invite, &[("language", "ja")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    saved(&desk.post(&invite.replace("/invite", "/delete"), &[]).await);
    assert!(desk.shown(&page).await.contains("contacts-none"));
    let gone = desk.post(&invite.replace("/invite", "/delete"), &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        desk.app.trail(&desk.tenant).await,
        [
            "organization.created",
            "it_contact.created",
            "portal_token.minted",
            "portal_token.revoked",
            "it_contact.deleted"
        ]
    );
}

#[actix_web::test]
async fn a_link_is_made_anew_and_shown_once() {
    let desk = Desk::new().await;
    let setup = desk.ada.path(&format!("organizations/{}", desk.organization));
    let made = desk.post(&format!("{setup}/invite"), &[("intent", "sso"), ("email", "")]).await.text();
    let anew = made.split("action=\"").find(|rest| rest.contains("/regenerate\"")).unwrap();
    let anew = anew.split('"').next().unwrap();
    let address =
        |page: &str| page.split("data-testid=\"minted-url\">").nth(1)?.split('<').next().map(str::to_owned);
    let renewed = desk.post(anew, &[]).await;
    assert_eq!(renewed.status, StatusCode::OK);
    assert_ne!(address(&made).unwrap(), address(&renewed.text()).unwrap());
    assert!(!desk.shown(&setup).await.contains("minted-url"), "it is shown once");
    let late = desk.post(anew, &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "the old link is revoked already");
}

#[actix_web::test]
async fn options_are_saved_within_their_limits_and_the_later_editor_is_told() {
    let desk = Desk::new().await;
    let connection = desk.saml().await;
    let page = desk.page("connection");
    let from = made_from(&desk.shown(&page).await);
    let options = format!("{connection}/options");
    let form =
        |skew| vec![("made_from", from.as_str()), ("clock_skew_seconds", skew), ("allow_sha1", "true")];
    for skew in ["601", "-1", "a minute", ""] {
        let refused = desk.post(&options, &form(skew)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{skew}");
        assert!(refused.text().contains("error-clock_skew_seconds"));
    }
    saved(&desk.post(&options, &form("600")).await);
    let told = desk.bob.post(&desk.app, &options, &form("0")).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text().contains("Seconds that clocks may be apart") && told.text().contains(">600<"));
    let newer = made_from(&told.text());
    let mut anyway = form("0");
    anyway[0] = ("made_from", &newer);
    saved(&desk.bob.post(&desk.app, &options, &anyway).await);
    let trail = desk.shown(&desk.page("trail")).await;
    for wanted in ["clock_skew_seconds", ">600<", ">0<", "<code>idp_initiated</code>"] {
        assert!(trail.contains(wanted), "{wanted}: {trail}");
    }
}

#[actix_web::test]
async fn attributes_and_roles_are_mapped() {
    let desk = Desk::new().await;
    let page = format!("{}/attributes", desk.saml().await);
    let from = made_from(&desk.shown(&page).await);
    let form = |roles, default| {
        vec![
            ("made_from", from.as_str()),
            ("attribute.email", "mail"),
            ("group_roles", roles),
            ("default_role", default),
        ]
    };
    for (roles, default, error) in [
        ("Staff", "", "error-group_roles"),
        ("Staff = Admin!", "", "error-group_roles"),
        ("Staff = member", "Nobody At All", "error-default_role"),
    ] {
        let refused = desk.post(&page, &form(roles, default)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{roles}");
        assert!(refused.text().contains(error) && refused.text().contains(roles), "{}", refused.text());
    }
    let long = "x".repeat(513);
    let mut named = form("", "");
    named[1].1 = &long;
    assert!(desk.post(&page, &named).await.text().contains("error-attribute.email"));
    saved(&desk.post(&page, &form("CN=Admins,DC=acme = admin\r\n\r\nStaff=member\r\n", "guest")).await);
    let shown = desk.shown(&page).await;
    for wanted in
        ["value=\"mail\"", "CN=Admins,DC=acme = admin\nStaff = member</textarea>", "value=\"guest\""]
    {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let told = desk.bob.post(&desk.app, &page, &form("", "")).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text().contains("Roles by group") && told.text().contains("not set"));
}

#[actix_web::test]
async fn certificates_come_and_go_but_one_stays() {
    let desk = Desk::new().await;
    let mut options = saml_options();
    options["idp_signing_certs"] = json!([pem("first")]);
    let connection = desk.connection(json!({ "saml_options": options })).await;
    let page = desk.page("connection");
    let add = format!("{connection}/certificates");
    let refused = desk.post(&add, &[("certificate", "no certificate")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("error-certificate") && refused.text().contains("no certificate</textarea>")
    );
    assert!(!desk.shown(&page).await.contains("remove-certificate"), "the last one cannot go");
    let next = pem("next");
    saved(&desk.post(&add, &[("certificate", &next)]).await);
    assert_eq!(desk.post(&add, &[("certificate", &next)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = desk.shown(&page).await;
    let removals: Vec<_> = shown
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next().filter(|href| href.contains("/certificates/")))
        .collect();
    assert_eq!(removals.len(), 2);
    saved(&desk.post(removals[0], &[]).await);
    assert_eq!(desk.post(removals[0], &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post(removals[1], &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn requests_are_signed_when_asked_for() {
    let desk = Desk::new().await;
    let signing = format!("{}/signing", desk.saml().await);
    let page = desk.page("connection");
    assert!(desk.shown(&page).await.contains("signing-on"));
    saved(&desk.post(&signing, &[("to", "on")]).await);
    let shown = desk.shown(&page).await;
    assert!(shown.contains("signing-off") && shown.contains("BEGIN CERTIFICATE"));
    assert_eq!(
        desk.post(&signing, &[("to", "next"), ("certificate", "x")]).await.status,
        StatusCode::NOT_FOUND
    );
    saved(&desk.post(&signing, &[("to", "prepare")]).await);
    let shown = desk.shown(&page).await;
    let next = shown.split("name=\"certificate\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    saved(&desk.post(&signing, &[("to", "next"), ("certificate", next)]).await);
    assert!(desk.shown(&page).await.contains("signing-prepare"), "there is none to follow any more");
    let entries = desk.app.entries(&desk.tenant).await;
    let fields: Vec<_> = entries.last().unwrap().changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["signing_certificate", "next_signing_certificate"], "which sign, before and after");
    saved(&desk.post(&signing, &[("to", "off")]).await);
    assert!(desk.shown(&page).await.contains("signing-on"));
    assert_eq!(desk.post(&signing, &[("to", "sideways")]).await.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn metadata_is_read_again_when_asked_for() {
    let documents = Documents::listen().await;
    let url = documents.publish("/metadata", metadata("urn:fetched", IDP[0]));
    let (app, tenant) = TestApp::reaching(documents.address).await;
    let desk = Desk::of(app, tenant).await;
    let connection = desk.connection(json!({ "saml_options": { "idp_metadata_url": url } })).await;
    let refresh = format!("{connection}/refresh");
    let again = desk.post(&refresh, &[]).await;
    assert!(again.header("location").unwrap().ends_with("done=metadata-unchanged"), "{}", again.text());
    documents.publish("/metadata", metadata("urn:fetched", IDP[1]));
    let changed = desk.post(&refresh, &[]).await;
    assert!(changed.header("location").unwrap().ends_with("done=metadata-changed"), "{}", changed.text());
    let trail = desk.shown(&desk.page("trail")).await;
    assert!(trail.contains("idp_certificates") && trail.contains("@vendor.example"));
    documents.publish("/metadata", "<html></html>".to_owned());
    let refused = desk.post(&refresh, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("href=\"#field-metadata\""));
}

#[actix_web::test]
async fn what_one_protocol_has_is_shown_for_it_alone() {
    let documents = Documents::listen().await;
    documents.publish("/.well-known/openid-configuration", discovery(&documents.url("")));
    let (app, tenant) = TestApp::reaching(documents.address).await;
    let desk = Desk::of(app, tenant).await;
    assert!(desk.shown(&desk.page("connection")).await.contains("connection-none"));
    let options = json!({
        "discovery_endpoint": documents.url("/.well-known/openid-configuration"),
        "client_id": "client",
        "client_secret": "hush",
    });
    let connection = desk.connection(json!({ "oidc_options": options })).await;
    let lead = desk.ada.get(&desk.app, &connection).await;
    assert_eq!(lead.header("location").unwrap(), desk.page("connection"));
    let shown = desk.shown(&desk.page("connection")).await;
    assert!(shown.contains("Redirect URI") && !shown.contains("hush"));
    for saml in ["data-testid=\"options\"", "data-testid=\"certificates\"", "data-testid=\"signing\""] {
        assert!(!shown.contains(saml), "{saml}");
    }
    let form = [("made_from", "00000000000000000000000000000000"), ("clock_skew_seconds", "1")];
    for (path, form) in [("options", &form[..]), ("signing", &[("to", "on")])] {
        let refused = desk.post(&format!("{connection}/{path}"), form).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let refused = desk.post(&format!("{connection}/refresh"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn the_audit_trail_is_narrowed_and_says_from_where() {
    let desk = Desk::new().await;
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    let form = format!("made_from={from}&name=Renamed&profiles=verified_domains");
    let sent = request(Method::POST, &page)
        .insert_header(("Cookie", desk.ada.cookie()))
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .insert_header(("User-Agent", format!("<b>{}", "a".repeat(USER_AGENT_BYTES_MAX))))
        .peer_addr("192.0.2.7:50000".parse().unwrap())
        .set_payload(desk.ada.signed(&form));
    saved(&desk.app.send(sent).await);
    let trail = desk.ada.path("trail");
    let rows = async |query: &str| {
        let shown = desk.shown(&format!("{trail}?{query}")).await;
        shown.matches("data-testid=\"trail-row\"").count()
    };
    let all = rows("").await;
    for (query, wanted) in [
        ("action=organization.updated", 1),
        ("action=nonsense", all),
        ("actor=nobody", 0),
        ("from=2026-11-21&until=2026-11-21", all),
        ("from=2026-11-22", 0),
        ("until=2026-11-20", 0),
        ("until=yesterday", all),
        (&format!("organization={}", desk.organization), 2),
        ("organization=org_01J9ZQK3V0000000000000000A", 0),
    ] {
        assert_eq!(rows(query).await, wanted, "{query}");
    }
    let shown = desk.shown(&format!("{trail}?action=organization.updated")).await;
    for wanted in ["<code>name</code>", ">Acme<", ">Renamed<", "1 change<", "<code>192.0.2.7</code>"] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let agent = format!("<bdi>&lt;b&gt;{}</bdi>", "a".repeat(USER_AGENT_BYTES_MAX - "<b>".len()));
    assert!(shown.contains(&agent), "what a browser calls itself is shortened: {shown}");
    let actor = shown.split("trail?actor=").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(rows(&format!("actor={actor}")).await, 1);
}

#[actix_web::test]
async fn the_audit_trail_is_exported_whole() {
    let desk = Desk::new().await;
    // More than are read from the store at a time, and one that a table would take for a formula.
    for number in 0..120 {
        desk.app.organization(&desk.tenant, &format!("Customer {number}")).await;
    }
    let page = desk.page("settings");
    let from = made_from(&desk.shown(&page).await);
    saved(&desk.post(&page, &details("=1+1", &from)).await);
    let file = |name: &str| desk.ada.path(&format!("trail/{name}"));
    let csv = desk.ada.get(&desk.app, &file("audit-trail.csv")).await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let disposition = "attachment; filename=\"audit-trail-2026-11-21.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(disposition));
    let lines = |text: &str| text.lines().filter(|line| line.contains("\"organization.")).count();
    assert_eq!(lines(&csv.text()), 122);
    assert!(csv.text().contains("\"name: Acme → =1+1\""), "what begins a cell is no formula");
    let json = desk.ada.get(&desk.app, &file("audit-trail.jsonl?action=organization.updated")).await;
    let entries: Vec<Value> = json.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["changes"], json!([{ "field": "name", "before": "Acme", "after": "=1+1" }]));
    let of = format!("audit-trail.csv?organization={}", desk.organization);
    assert_eq!(lines(&desk.ada.get(&desk.app, &file(&of)).await.text()), 2);
    assert_eq!(desk.ada.get(&desk.app, &file("audit-trail.exe")).await.status, StatusCode::NOT_FOUND);
}
