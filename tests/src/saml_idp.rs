//! A SAML identity provider out of pysaml2: `tests/python/saml_idp.py`.

use std::process::Command;

use reqwest::Method;
use url::Url;

use crate::peer::Peer;
use crate::visitor::Page;
use crate::{Api, sdk};

/// The running provider.
#[derive(Debug)]
pub struct SamlIdp {
    _peer: Peer,
    http: Api,
    /// Its certificate as PEM.
    pub certificate: String,
}

impl SamlIdp {
    /// Starts one that knows no service provider yet.
    pub fn start() -> Self {
        let mut python = Command::new(sdk::python());
        // The libraries' warnings to their own authors.
        python.args(["-W", "ignore"]).arg(sdk::source("python").join("saml_idp.py"));
        let (peer, ready) = Peer::start("saml-idp", &mut python);
        let text = |member: &str| ready[member].as_str().unwrap().to_owned();
        Self { _peer: peer, http: Api::new(&text("base"), None), certificate: text("certificate") }
    }

    /// `127.0.0.1:port`, as an allow-list takes it.
    pub fn authority(&self) -> String {
        self.http.base().trim_start_matches("http://").to_owned()
    }

    /// Where its metadata is; also its entity id.
    pub fn metadata_url(&self) -> String {
        format!("{}/metadata", self.http.base())
    }

    /// Registers a service provider by its metadata.
    pub async fn know(&self, metadata: &[u8]) {
        let answer = self.http.send(Method::POST, "/sp", &[], Some(metadata.to_vec())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Where a sign-in begins that is this provider's idea.
    pub fn start_url(&self, sp: &str, relay_state: &str, wishes: &str) -> String {
        let mut url = Url::parse(&format!("{}/start", self.http.base())).unwrap();
        url.query_pairs_mut().append_pair("sp", sp).append_pair("RelayState", relay_state);
        wished(url.as_str(), wishes)
    }
}

/// An address of the provider with what its answer is to be like, as `saml_idp.py` explains.
pub fn wished(url: &str, wishes: &str) -> String {
    match wishes {
        "" => url.to_owned(),
        wishes => format!("{url}&{wishes}"),
    }
}

/// The provider's answer on its way through the browser: where it goes, and what is in the form.
///
/// # Panics
/// When the page is no such form.
#[track_caller]
pub fn answer_in(page: &Page) -> (String, Vec<(String, String)>) {
    assert_eq!(page.answer.status, 200, "{}: {}", page.url, page.answer.text());
    let form = page.document.form_of("go").expect("the provider's form");
    (form.action, form.controls)
}
