//! An OpenID Connect provider out of the npm package `oidc-provider`: `tests/node/oidc_provider.mjs`.

use std::process::Command;

use serde_json::Value;

use crate::peer::Peer;
use crate::{Api, Folder, sdk};

/// The running provider.
#[derive(Debug)]
pub struct OidcIdp {
    _peer: Peer,
    _folder: Folder,
    http: Api,
}

impl OidcIdp {
    /// Starts one without clients.
    pub fn start() -> Self {
        Self::start_as("oidc")
    }

    /// Starts one without clients that says of people what `google` or `microsoft` does.
    pub fn start_as(kind: &str) -> Self {
        let folder = sdk::node_app("oidc_provider.mjs");
        let mut node = Command::new("node");
        node.current_dir(folder.path()).args(["oidc_provider.mjs", kind]);
        let (peer, ready) = Peer::start("oidc-provider", &mut node);
        Self { _peer: peer, _folder: folder, http: Api::new(ready["origin"].as_str().unwrap(), None) }
    }

    /// `127.0.0.1:port`, as an allow-list takes it.
    pub fn authority(&self) -> String {
        self.issuer().trim_start_matches("http://").to_owned()
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        self.http.base()
    }

    /// Registers a client; the answer has `client_id` and, unless it has none, `client_secret`.
    ///
    /// Source: RFC 7591, section 3.
    pub async fn register(&self, client: &Value) -> Value {
        self.http.post("/reg", client).await.expect(201)
    }

    /// Replaces all keys by others.
    pub async fn rotate_keys(&self) {
        assert_eq!(self.http.get("/rotate").await.status, 200);
    }
}
