//! The service's HTTP surfaces, as a plain client sees them.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, redirect};
use serde_json::Value;

/// How long any answer may take.
const ANSWER_LIMIT: Duration = Duration::from_mins(1);

/// A client of one deployment, with or without an API key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    key: Option<String>,
    http: Client,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Makes a client that follows no redirects.
pub fn http_client() -> Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // Fails only when another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER_LIMIT).build().unwrap()
}

impl Api {
    /// A client of the deployment at `base`.
    pub fn new(base: &str, key: Option<&str>) -> Self {
        Self { base: base.to_owned(), key: key.map(str::to_owned), http: http_client() }
    }

    /// The same with another key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self.clone() }
    }

    /// The deployment's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The key, empty without one.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// Sends anything; the key goes along if there is one.
    ///
    /// # Errors
    /// When no answer came, as while the process is being killed.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, reqwest::Error> {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.http.request(method, address);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    /// Sends anything.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let what = format!("{method} {path}");
        self.try_send(method, path, headers, body).await.unwrap_or_else(|error| panic!("{what}: {error:?}"))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// A method with a JSON body.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.send(method, path, &headers, Some(body.to_string().into_bytes())).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// Makes an organization; its id.
    pub async fn organization(&self, name: &str) -> String {
        let answer = self.post("/organizations", &serde_json::json!({ "name": name })).await;
        answer.expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// Mints a one-time token for single sign-on: its id and its address.
    pub async fn token(&self, organization: &str, more: Value) -> (String, String) {
        let mut body = serde_json::json!({ "organization_id": organization });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let minted = self.post("/v1/sso/admin-portal/tokens", &body).await.expect(201);
        (minted["id"].as_str().unwrap().to_owned(), minted["url"].as_str().unwrap().to_owned())
    }

    /// The connections of an organization.
    pub async fn connections(&self, organization: &str) -> Vec<Value> {
        let answer = self.get(&format!("/connections?organization_id={organization}")).await;
        answer.expect(200)["data"].as_array().unwrap().clone()
    }

    /// All events of these kinds (comma between them) about an organization, oldest first.
    pub async fn events(&self, kinds: &str, organization: &str) -> Vec<Value> {
        let path = format!("/events?events={kinds}&organization_id={organization}&limit=100");
        self.get(&path).await.expect(200)["data"].as_array().unwrap().clone()
    }

    /// The audit trail's entries with this action about an organization.
    pub async fn audit(&self, action: &str, organization: &str) -> Vec<Value> {
        let answer = self.get(&format!("/v1/events?events[]={action}&limit=100")).await.expect(200);
        let entries = answer["data"].as_array().unwrap().iter();
        entries.filter(|entry| entry["data"]["organization_id"] == organization).cloned().collect()
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }
}
