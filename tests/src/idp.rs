//! A server that publishes what identity providers publish, or misbehaves.

use std::collections::HashMap;
use std::sync::Arc;

use crate::http::{HttpServer, Reply};
use crate::{binary, data};

/// Path of the Okta metadata.
pub const OKTA_PATH: &str = "/app/exkdoocxa1VmjpXmX697/sso/saml/metadata";

/// Path of the issuer with the discovery document.
pub const ISSUER_PATH: &str = "/oauth2/default";

/// Media type that identity providers use for metadata.
const METADATA_TYPE: &str = "application/samlmetadata+xml";

/// A provider that behaves: [`OKTA_PATH`] and the discovery document of [`ISSUER_PATH`].
pub async fn provider() -> HttpServer {
    provider_with(&[]).await
}

/// The same with more metadata by their paths.
pub async fn provider_with(more: &[(&str, Vec<u8>)]) -> HttpServer {
    // The address is known only once the server runs, and the document names it.
    HttpServer::start_knowing_its_address(|address| {
        let issuer = format!("http://{address}{ISSUER_PATH}");
        let discovery = Reply::Full(200, "application/json", data::discovery(&issuer));
        let metadata = [(OKTA_PATH, data::OKTA.to_vec())];
        let metadata = metadata.into_iter().chain(more.iter().cloned());
        let replies = metadata.map(|(path, xml)| (path.to_owned(), Reply::Full(200, METADATA_TYPE, xml)));
        serving(replies.chain([(format!("{ISSUER_PATH}/.well-known/openid-configuration"), discovery)]))
    })
    .await
}

/// Metadata that the tests of `crates/saml` keep, with its source beside it.
pub fn metadata(name: &str) -> Vec<u8> {
    kept(&format!("crates/saml/tests/data/metadata/{name}"))
}

/// A certificate that no metadata here names, as PEM; the tests of `crates/web` keep it.
pub fn next_certificate() -> String {
    String::from_utf8(kept("crates/web/tests/data/certificates/idp-1.pem")).unwrap()
}

fn kept(name: &str) -> Vec<u8> {
    let file = binary::workspace().join(name);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What a server answers.
pub type Answers = Arc<dyn Fn(crate::http::Request) -> Reply + Send + Sync>;

/// Answers by path, 404 otherwise.
pub fn serving(replies: impl IntoIterator<Item = (String, Reply)>) -> Answers {
    let replies: HashMap<String, Reply> = replies.into_iter().collect();
    Arc::new(move |request| {
        let missing = || Reply::Full(404, "text/html", b"<h1>Not Found</h1>".to_vec());
        replies.get(&request.target).cloned().unwrap_or_else(missing)
    })
}
