//! Code to begin with, with an environment's ids in it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use url::{Url, form_urlencoded};
use vestibule_domain::environment::{Environment, EnvironmentKind};
use vestibule_domain::redirect_uri::RedirectUri;

use super::Dashboard;
use super::answer::page;
use super::failure::Failure;
use super::operator::Operator;
use super::settings::{facts, full};
use super::view::shell::Area;
use super::view::snippets::{SnippetView, SnippetsPage, TaskView};

/// Where the redirect URI goes of an environment that has none yet.
const REDIRECT_URI_EXAMPLE: &str = "https://app.example.com/callback";

/// What is done, and the code for it: curl, Node, Python.
const TASKS: [(&str, [&str; 3]); 4] = [
    (
        "Make a portal link",
        [
            include_str!("../../snippets/link.sh"),
            include_str!("../../snippets/link.mjs"),
            include_str!("../../snippets/link.py"),
        ],
    ),
    (
        "Send somebody to sign in",
        [
            include_str!("../../snippets/authorize.sh"),
            include_str!("../../snippets/authorize.mjs"),
            include_str!("../../snippets/authorize.py"),
        ],
    ),
    (
        "Get the profile of whoever came back",
        [
            include_str!("../../snippets/token.sh"),
            include_str!("../../snippets/token.mjs"),
            include_str!("../../snippets/token.py"),
        ],
    ),
    (
        "Check a webhook",
        [
            include_str!("../../snippets/webhook.sh"),
            include_str!("../../snippets/webhook.mjs"),
            include_str!("../../snippets/webhook.py"),
        ],
    ),
];

/// Shows them.
pub(super) async fn show(
    dashboard: Data<Dashboard>,
    operator: Operator,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let line = operator.environment(&path)?;
    let environment = full(&dashboard, line).await?;
    let filled = filling(dashboard.app.ambient.addresses.public_url(), &environment);
    let fill = |code: &str| {
        filled
            .iter()
            .fold(code.to_owned(), |code, (name, value)| code.replace(&format!("{{{{{name}}}}}"), value))
    };
    let task = |(title, [shell, node, python]): (&'static str, [&str; 3])| TaskView {
        title,
        snippets: [("curl", shell), ("Node", node), ("Python", python)]
            .map(|(language, code)| SnippetView { language, code: fill(code) }),
    };
    let content = SnippetsPage {
        shell: operator.shell(line, Area::Snippets),
        facts: facts(&dashboard, &environment),
        tasks: TASKS.map(task).into(),
    };
    page(StatusCode::OK, &content)
}

/// What stands for what in the code. None of it has a quote or a line break: they are our own
/// address, ids, and URLs, in which those are encoded.
fn filling(public_url: &str, environment: &Environment) -> [(&'static str, String); 6] {
    let default = environment.redirect_uris.iter().find(|uri| !uri.as_str().contains('*'));
    let redirect_uri = default.map_or(REDIRECT_URI_EXAMPLE, RedirectUri::as_str).replace('\'', "%27");
    let key = match environment.kind {
        EnvironmentKind::Sandbox => "sk_test_…",
        EnvironmentKind::Production => "sk_live_…",
    };
    [
        ("base_url", public_url.to_owned()),
        ("node_address", node_address(public_url)),
        ("client_id", environment.client_id.to_string()),
        ("api_key", key.to_owned()),
        ("redirect_uri_encoded", form_urlencoded::byte_serialize(redirect_uri.as_bytes()).collect()),
        ("redirect_uri", redirect_uri),
    ]
}

/// How the Node SDK is told where we are: it takes an address apart.
fn node_address(public_url: &str) -> String {
    let Ok(url) = Url::parse(public_url) else { return String::new() };
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!("port: {port}, ")).unwrap_or_default();
    format!("apiHostname: '{host}', {port}https: {}", url.scheme() == "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_sdk_is_told_host_port_and_scheme() {
        for (url, told) in [
            ("https://sso.vendor.example", "apiHostname: 'sso.vendor.example', https: true"),
            ("http://localhost:8080", "apiHostname: 'localhost', port: 8080, https: false"),
        ] {
            assert_eq!(node_address(url), told);
        }
    }
}
