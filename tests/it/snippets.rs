//! The code on the dashboard's page of snippets does what it says: as it stands there, with real ids in
//! the gaps, run by a shell, by Node and by Python with the unmodified SDKs.

use serde_json::{Value, json};
use vestibule_tests::html::Document;
use vestibule_tests::receiver::Receiver;
use vestibule_tests::visitor::{Page, Visitor};
use vestibule_tests::{Api, Bootstrapped, Server, ServerBuilder, sdk};

const LANGUAGES: [&str; 3] = ["curl", "Node", "Python"];

const STATE: &str = "a-state";

/// Where the app is that people come back to. Nobody listens there: the redirect is enough.
const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";

/// A developer with the page of snippets open, and what they fill in.
struct Developer {
    page: Document,
    api: Api,
    organization: String,
    secret: String,
}

impl Developer {
    async fn with(server: &Server, made: &Bootstrapped, receiver: &Receiver) -> Self {
        let api = server.api(&made.api_key);
        let body = json!({
            "name": "Acme",
            "domain_data": [{ "domain": "acme.example", "state": "verified" }],
        });
        let organization = api.post("/organizations", &body).await.expect(201);
        let organization = organization["id"].as_str().unwrap().to_owned();
        let connection = json!({ "organization_id": organization, "connection_type": "TestIdp" });
        api.post("/connections", &connection).await.expect(201);
        let secret = receiver.subscribe(&api, &["organization.created"]).await;
        let page = snippets(server, &made.json).await.document;
        Self { page, api, organization, secret }
    }

    /// The code of a task as the button copies it, with its gaps filled.
    fn code(&self, task: &str, language: &str) -> String {
        let label = format!("Copy: {task}, {language}");
        let button = self.page.labelled(&label).unwrap_or_else(|| panic!("no button `{label}`"));
        let code = button.attribute("data-value").unwrap();
        code.replace("sk_test_…", self.api.key())
            .replace("org_…", &self.organization)
            .replace("whsec_…", &self.secret)
            .replace('…', STATE)
    }
}

/// Signs in to the dashboard and opens the page.
async fn snippets(server: &Server, made: &Value) -> Page {
    let visitor = Visitor::new();
    let sign_in = visitor.open(&format!("{}/dashboard", server.base())).await;
    let mut form = sign_in.document.form_of("sign-in").unwrap();
    form.fill("email", made["member_email"].as_str().unwrap());
    form.fill("password", made["member_password"].as_str().unwrap());
    visitor.submit(&sign_in, &form, &[]).await;
    let environment = made["environment_id"].as_str().unwrap();
    let page = visitor.open(&format!("{}/dashboard/{environment}/snippets", server.base())).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.text());
    page
}

/// What code prints when a line behind it says what to print; of curl's answer, a member.
async fn result(
    language: &str,
    code: &str,
    wanted: &str,
    environment: &[(&str, &str)],
) -> Result<String, String> {
    let (language, code, wanted) = (language.to_owned(), code.to_owned(), wanted.to_owned());
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let run = move || {
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match language.as_str() {
            "Node" => sdk::node_prints(&format!("{code}\nconsole.log({wanted});\n"), &environment),
            "Python" => sdk::python_prints(&format!("{code}\nprint({wanted})\n"), &environment),
            _ => sdk::shell_prints(&code, &environment),
        }
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A member of what curl printed, or what the others did.
fn member(language: &str, printed: &str, pointer: &str) -> String {
    if language != "curl" {
        return printed.to_owned();
    }
    let body: Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_snippet_does_what_it_says() {
    let receiver = Receiver::start().await;
    let builder = ServerBuilder::new("snippets").allow(&[receiver.authority()]);
    let made = builder.bootstrap_with(&["--redirect-uri", REDIRECT_URI]);
    let server = builder.start().await;
    let developer = Developer::with(&server, &made, &receiver).await;
    developer.api.organization("Heard of").await;
    let delivery = receiver.event("organization.created").await;
    for language in LANGUAGES {
        makes_a_link(&developer, language).await;
        signs_somebody_in(&developer, language).await;
        let body = String::from_utf8(delivery.body.clone()).unwrap();
        checks_a_webhook(&developer, language, &body, delivery.header("workos-signature")).await;
    }
    server.assert_healthy().await;
}

async fn makes_a_link(developer: &Developer, language: &str) {
    let code = developer.code("Make a portal link", language);
    let printed = result(language, &code, "link", &[]).await.unwrap();
    let page = Visitor::new().open(&member(language, &printed, "/link")).await;
    assert!(page.answer.status == 200 && page.answer.text().contains("Acme"), "{language}: {}", page.url);
}

async fn signs_somebody_in(developer: &Developer, language: &str) {
    let code = developer.code("Send somebody to sign in", language);
    let url = match language {
        // A browser's address and no command.
        "curl" => code.lines().last().unwrap().to_owned(),
        _ => result(language, &code, "url", &[]).await.unwrap(),
    };
    let visitor = Visitor::new();
    let provider = visitor.open(&url).await;
    let onward = visitor.press(&provider, "test-provider-member").await;
    let landed = visitor.press_once(&onward, "sign-in-continue").await;
    let landed = url::Url::parse(landed.header("location")).unwrap();
    assert!(landed.as_str().starts_with(REDIRECT_URI), "{language}: {landed}");
    let brought = |wanted: &str| {
        let found = landed.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(brought("state"), STATE, "{language}: {landed}");
    let code = developer.code("Get the profile of whoever came back", language);
    let code = code.replace("CODE", &brought("code"));
    let printed = result(language, &code, "profile.email", &[]).await.unwrap();
    assert_eq!(member(language, &printed, "/profile/email"), "ada@acme.example", "{language}");
}

async fn checks_a_webhook(developer: &Developer, language: &str, body: &str, header: &str) {
    let code = developer.code("Check a webhook", language);
    let (time, signature) = header.strip_prefix("t=").unwrap().split_once(", v1=").unwrap();
    let wanted = match language {
        "Node" => "(await verified(process.env.BODY, { 'workos-signature': process.env.HEADER })) && 'right'",
        "Python" => {
            "verified(__import__('os').environ['BODY'].encode(), \
             {'WorkOS-Signature': __import__('os').environ['HEADER']}) and 'right'"
        }
        _ => "",
    };
    for (body, is_right) in [(body.to_owned(), true), (body.replace("Heard of", "Heard up"), false)] {
        let environment = [("BODY", body.as_str()), ("HEADER", header), ("TIMESTAMP", time)];
        let printed = result(language, &code, wanted, &environment).await;
        let found_right = match language {
            // A person compares.
            "curl" => printed.unwrap().split_whitespace().next() == Some(signature),
            _ => printed.is_ok_and(|printed| printed == "right"),
        };
        assert_eq!(found_right, is_right, "{language}: {body}");
    }
}
