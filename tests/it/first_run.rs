//! The first minutes: an empty folder, one command, something to click.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use regex::Regex;
use serde_json::Value;
use vestibule_tests::{Server, ServerBuilder};

fn captured<'a>(text: &'a str, pattern: &str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(builder: &ServerBuilder, arguments: &[&str]) -> Output {
    builder.command().args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_becomes_a_sandbox_with_something_to_click() {
    let server = Server::start("first").await;
    let output = server.output();

    let keys = captured(&output, r"(?m)^\s*(sk_test_\S+)$");
    assert_eq!(keys.len(), 1, "{output}");
    let links = captured(&output, r"(?m)^\s*(http://\S+/portal\?token=vpt_\S+)$");
    assert_eq!(links.len(), 1, "{output}");

    let browser = [("Accept", "text/html")];
    let page = server.anonymous().send(reqwest::Method::GET, links[0], &browser, None).await;
    let shown = server.anonymous().send(reqwest::Method::GET, page.header("location"), &browser, None).await;
    let landing = if page.status == 200 { page } else { shown };
    assert_eq!(landing.status, 200, "{}", landing.text());
    assert!(landing.text().contains(r#"data-testid="portal-landing""#), "{}", landing.text());

    // The line as it is printed, backslashes at the ends of its lines included.
    let (_, after) = output.split_once("curl ").expect("a curl line");
    let line = after.split("\n\n").next().unwrap();
    let curl =
        Command::new("sh").args(["-c", &format!("curl --silent --show-error {line}")]).output().unwrap();
    assert!(curl.status.success(), "{}", text(&curl.stderr));
    let minted: Value = serde_json::from_slice(&curl.stdout).unwrap();
    assert!(minted["url"].as_str().is_some_and(|url| url.starts_with(&server.base())), "{minted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_start_prints_no_secret_and_keeps_everything() {
    let server = Server::start("second").await;
    let key = captured(&server.output(), r"(sk_test_\S+)").remove(0).to_owned();
    let builder = server.builder().clone();
    let made = server.api(&key).organization("Kept").await;
    assert_eq!(server.stop().await.code(), Some(0));

    let server = builder.start().await;
    assert_eq!(server.output(), "");
    let kept = server.api(&key).get(&format!("/organizations/{made}")).await;
    assert_eq!(kept.expect(200)["name"], "Kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_file_is_for_its_owner_only() {
    let server = Server::start("key").await;
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(server.folder()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "key") {
            keys.push(entry.metadata().unwrap().permissions().mode() & 0o777);
        }
    }
    assert_eq!(keys, [0o600]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_on_standard_error_and_holds_no_secret() {
    let mut server = Server::start("log").await;
    let output = server.output();
    let key = captured(&output, r"(sk_test_\S+)").remove(0).to_owned();
    let token = captured(&output, r"token=(vpt_\S+)").remove(0).to_owned();
    let anonymous = server.anonymous();
    let _ = anonymous.get(&format!("/portal?token={token}")).await;
    let answered = server.api(&key).get("/organizations").await;
    let request_id = answered.header("x-request-id").to_owned();
    let base = server.base();
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));

    let log = server.log();
    let lines: Vec<Value> = log.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let listening: Vec<_> = lines.iter().filter(|line| line["message"] == "listening").collect();
    assert_eq!(listening.len(), 1, "{log:#?}");
    let address = base.trim_start_matches("http://");
    assert!(listening[0].to_string().contains(address), "{}", listening[0]);
    let is_found = log.iter().any(|line| !request_id.is_empty() && line.contains(&request_id));
    assert!(is_found, "no line about {request_id}");
    for secret in [&key, &token] {
        assert!(!log.iter().any(|line| line.contains(secret.as_str())), "a secret is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bootstrap_prints_the_documented_object_and_its_key_works() {
    let builder = ServerBuilder::new("bootstrap");
    let made = builder.bootstrap_with(&["--redirect-uri", "http://localhost:3000/callback"]);
    let mut keys: Vec<_> = made.json.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let wanted = [
        "api_key",
        "client_id",
        "dashboard_url",
        "environment_id",
        "member_email",
        "member_password",
        "team_id",
    ];
    assert_eq!(keys, wanted);
    for (key, prefix) in [
        ("team_id", "team_"),
        ("environment_id", "environment_"),
        ("client_id", "client_"),
        ("api_key", "sk_test_"),
        ("dashboard_url", builder.base().as_str()),
    ] {
        assert!(made.json[key].as_str().unwrap().starts_with(prefix), "{key}: {}", made.json[key]);
    }

    let server = builder.start().await;
    assert_eq!(server.output(), "", "there is a team: nothing to welcome");
    server.api(&made.api_key).organization("First").await;
}

#[test]
fn bootstrap_refuses_a_database_with_a_team_unless_forced() {
    let builder = ServerBuilder::new("force");
    let first = builder.bootstrap();
    let again = run(&builder, &["bootstrap", "--json"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again.stderr));
    assert_eq!(text(&again.stdout), "");
    assert!(text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    let second = builder.bootstrap_with(&["--force"]);
    assert_ne!(first.json["team_id"], second.json["team_id"]);
    assert_ne!(first.api_key, second.api_key);
}

#[test]
fn bootstrap_makes_a_production_environment_when_asked() {
    let builder = ServerBuilder::new("production");
    let made = builder.bootstrap_with(&["--production", "--return-url", "https://app.example.com"]);
    assert!(made.json["api_key"].as_str().unwrap().starts_with("sk_test_"));
    assert!(made.json.to_string().contains("sk_live_"), "{}", made.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_told_to_ask_admins_for_a_proof() {
    let builder = ServerBuilder::new("addresses");
    let made = builder.bootstrap();
    let id = made.json["environment_id"].as_str().unwrap().to_owned();
    let set = run(&builder, &["environment", &id, "--admin-addresses", "confirmed"]);
    assert_eq!(set.status.code(), Some(0), "{}", text(&set.stderr));
    let server = builder.start().await;
    let api = server.api(&made.api_key);
    let organization = api.organization("Customer").await;
    let (_, link) = api.token(&organization, serde_json::json!({})).await;
    let asked = async || {
        let page =
            server.anonymous().send(reqwest::Method::GET, &link, &[("Accept", "text/html")], None).await;
        page.text().contains("required=\"required\"")
    };
    assert!(asked().await);
    // The running process follows.
    let set = run(&builder, &["environment", &id, "--admin-addresses", "stated"]);
    assert_eq!(set.status.code(), Some(0), "{}", text(&set.stderr));
    assert!(!asked().await);
    let unknown =
        run(&builder, &["environment", &id.replace("environment_", "org_"), "--admin-addresses", "stated"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_lost_everything_is_let_in_at_the_console() {
    let builder = ServerBuilder::new("member");
    let made = builder.bootstrap();
    let email = made.json["member_email"].as_str().unwrap().to_owned();
    let server = builder.start().await;
    let told = run(&builder, &["member", &email, "--reset-second-factor", "--password-link"]);
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    let said = text(&told.stdout);
    assert!(said.contains("there is no second factor"), "{said}");
    let links = captured(&said, r"(?m)^(http://\S+/dashboard/reset/\S+)$");
    assert_eq!(links.len(), 1, "{said}");
    let browser = [("Accept", "text/html")];
    let page = server.anonymous().send(reqwest::Method::GET, links[0], &browser, None).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("new password"), "{}", page.text());
    let unknown = run(&builder, &["member", "nobody@vendor.example", "--password-link"]);
    assert_eq!(unknown.status.code(), Some(1), "{}", text(&unknown.stderr));
    assert!(text(&unknown.stderr).contains("no such member"), "{}", text(&unknown.stderr));
    let nothing = run(&builder, &["member", &email]);
    assert_eq!(nothing.status.code(), Some(2), "{}", text(&nothing.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_told_which_custom_attributes_its_profiles_carry() {
    let builder = ServerBuilder::new("attributes");
    let made = builder.bootstrap();
    let id = made.json["environment_id"].as_str().unwrap().to_owned();
    let told = |arguments: &[&str]| {
        let told = run(&builder, &[&["environment", &id], arguments].concat());
        (told.status.code(), text(&told.stdout), text(&told.stderr))
    };
    let two = ["--attribute", "department=Department", "--attribute", "cost_center=Cost center"];
    let (code, said, error) = told(&two);
    assert_eq!(code, Some(0), "{error}");
    assert!(said.contains("custom attributes department (Department), cost_center (Cost center)"), "{said}");
    let (code, said, error) =
        told(&["--remove-attribute", "department", "--attribute", "cost_center=Kostenstelle"]);
    assert_eq!(code, Some(0), "{error}");
    assert!(said.contains("custom attributes cost_center (Kostenstelle)"), "{said}");
    for (wrong, says) in [
        (&["--attribute", "E-mail=x"][..], "a key is"),
        (&["--attribute", "email=E-mail"], "every profile has `email` already"),
        (&["--remove-attribute", "department"], "there is no custom attribute `department`"),
        (&[], "required"),
    ] {
        let (code, _, error) = told(wrong);
        assert_ne!(code, Some(0), "{wrong:?}");
        assert!(error.contains(says), "{wrong:?}: {error}");
    }
    let server = builder.start().await;
    let trail = server.api(&made.api_key).get("/v1/events?events[]=environment.updated").await.expect(200);
    let keys: Vec<_> =
        trail["data"].as_array().unwrap().iter().map(|entry| &entry["data"]["metadata"]).collect();
    assert_eq!(
        keys,
        [
            &serde_json::json!({
                "custom_attribute.department": "Department",
                "custom_attribute.cost_center": "Cost center",
            }),
            &serde_json::json!({
                "custom_attribute.department_before": "Department",
                "custom_attribute.cost_center_before": "Cost center",
                "custom_attribute.cost_center": "Kostenstelle",
            }),
        ]
    );
}

#[test]
fn a_wrong_configuration_ends_with_code_2_and_names_the_setting() {
    for (name, value, told) in [
        ("VESTIBULE_BIND", "nowhere", "bind"),
        ("VESTIBULE_DATABASE_URL", "mysql://localhost/x", "database_url"),
        ("VESTIBULE_PUBLIC_URL", "ftp://x", "public_url"),
        ("VESTIBULE_OUTBOUND_ALLOW", "localhost", "outbound_allow"),
        ("VESTIBULE_SECRET_KEY", "c2hvcnQ=", "secret_key"),
        ("VESTIBULE_SMTP_URL", "pop3://x", "smtp_url"),
    ] {
        let output = run(&ServerBuilder::new("wrong").set(name, value), &["serve"]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(told), "{name}: {}", text(&output.stderr));
    }
    let unknown = run(&ServerBuilder::new("flag"), &["serve", "--unknown-flag"]);
    assert_eq!(unknown.status.code(), Some(2));
    let postgres = ServerBuilder::new("keyless").set("VESTIBULE_DATABASE_URL", "postgres://localhost/x");
    let keyless = run(&postgres, &["serve"]);
    assert_eq!(keyless.status.code(), Some(2), "{}", text(&keyless.stderr));
    assert!(text(&keyless.stderr).contains("VESTIBULE_SECRET_KEY"), "{}", text(&keyless.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_ends_with_code_1_and_writes_nothing() {
    let server = Server::start("taken").await;
    let other = ServerBuilder::new("late").set("VESTIBULE_BIND", &format!("127.0.0.1:{}", server.port()));
    let output = run(&other, &["serve"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(std::fs::read_dir(other.folder()).unwrap().count(), 0);
}

#[test]
fn check_and_migrate_say_what_they_found() {
    let builder = ServerBuilder::new("check");
    assert_eq!(run(&builder, &["migrate"]).status.code(), Some(0));
    let check = run(&builder, &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}{}", text(&check.stdout), text(&check.stderr));
    assert!(text(&check.stdout).contains("database"), "{}", text(&check.stdout));
}
