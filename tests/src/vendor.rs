//! A vendor's app: sends people to sign in, gets them back, exchanges the code that they bring.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::http::{HttpServer, Reply};
use crate::visitor::Page;
use crate::{Answer, Api, Server, ServerBuilder};

/// What a redirect brought back to the app.
pub type Brought = BTreeMap<String, String>;

/// The app, and what it knows of the service.
#[derive(Debug)]
pub struct Vendor {
    /// The service with the app's API key.
    pub api: Api,
    /// `client_…`.
    pub client_id: String,
    /// `environment_…`.
    pub environment_id: String,
    page: HttpServer,
}

impl Vendor {
    /// Makes a deployment with a team whose app this is. `builder` comes with all its settings.
    pub async fn with_service(builder: &ServerBuilder) -> (Server, Self) {
        let (server, vendor, _) = Self::with_deployment(builder).await;
        (server, vendor)
    }

    /// The same, and what was made to begin with, as the command line tells it.
    pub async fn with_deployment(builder: &ServerBuilder) -> (Server, Self, Value) {
        let page = HttpServer::start(|_| Reply::Full(200, "text/html", b"<h1>Welcome</h1>".to_vec())).await;
        let made = builder.bootstrap_with(&["--redirect-uri", &page.url("/callback")]);
        let server = builder.start().await;
        let text = |member: &str| made.json[member].as_str().unwrap().to_owned();
        let (client_id, environment_id) = (text("client_id"), text("environment_id"));
        let vendor = Self { api: server.api(&made.api_key), client_id, environment_id, page };
        (server, vendor, made.json)
    }

    /// The redirect URI that is registered.
    pub fn redirect_uri(&self) -> String {
        self.page.url("/callback")
    }

    /// Where the app sends people: with its client id, redirect URI and response type, unless
    /// `more` says otherwise, and the state `a state`.
    pub fn authorize_url(&self, more: &[(&str, &str)]) -> String {
        let redirect_uri = self.redirect_uri();
        let own = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", &redirect_uri),
            ("response_type", "code"),
            ("state", "a state & more"),
        ];
        let own = own.into_iter().filter(|(name, _)| more.iter().all(|(given, _)| given != name));
        let query = Serializer::new(String::new()).extend_pairs(own.chain(more.iter().copied())).finish();
        format!("{}/sso/authorize?{query}", self.api.base())
    }

    /// What somebody brought who came back to the app.
    ///
    /// # Panics
    /// When they stand somewhere else.
    #[track_caller]
    pub fn brought(&self, page: &Page) -> Brought {
        let here = page.url.as_str();
        assert!(
            here.starts_with(&self.redirect_uri()),
            "{here} ({}): {}",
            page.answer.status,
            page.answer.text()
        );
        page.url.query_pairs().into_owned().collect()
    }

    /// The code that somebody brought, who did not fail.
    ///
    /// # Panics
    /// When they failed.
    #[track_caller]
    pub fn code(&self, page: &Page) -> String {
        let brought = self.brought(page);
        let expected = ["code", "state"].into_iter();
        let got: Vec<_> = brought.keys().map(String::as_str).collect();
        assert!(expected.eq(got) && brought["state"] == "a state & more", "{brought:?}");
        brought["code"].clone()
    }

    /// Sends a form to the token endpoint, without any key as bearer.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let anonymous = Api::new(self.api.base(), None);
        anonymous.send(Method::POST, "/sso/token", &headers, Some(body.into_bytes())).await
    }

    /// Exchanges a code as a confidential client.
    pub async fn exchange(&self, code: &str) -> Answer {
        self.token(&[
            ("client_id", &self.client_id),
            ("client_secret", self.api.key()),
            ("grant_type", "authorization_code"),
            ("code", code),
        ])
        .await
    }

    /// The profile of somebody who came back well, as the token endpoint tells it.
    pub async fn profile(&self, page: &Page) -> Value {
        self.exchange(&self.code(page)).await.expect(200)["profile"].clone()
    }
}
