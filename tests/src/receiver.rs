//! A vendor's webhook receiver. It verifies signatures by its own reading of the contract, not
//! with the service's code.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ring::hmac;
use serde_json::{Value, json};

use crate::Api;
use crate::http::{HttpServer, Reply, Request};
use crate::wait;

/// Furthest that a delivery's timestamp may be from now. Source: the WorkOS SDKs' default.
const TOLERANCE: Duration = Duration::from_mins(3);

/// How long a delivery may take on a busy machine.
const DELIVERY_LIMIT: Duration = Duration::from_secs(30);

/// A receiver that records what comes.
#[derive(Debug)]
pub struct Receiver {
    server: HttpServer,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    /// Takes everything with 200.
    pub async fn start() -> Self {
        Self::answering(|_| 200).await
    }

    /// Answers the n-th request, counted from 0, with the status that `status` says.
    pub async fn answering(status: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        let server = HttpServer::start(move |request| {
            let mut record = record.lock().unwrap();
            record.push(request);
            Reply::Full(status(record.len() - 1), "text/plain", b"thank you".to_vec())
        })
        .await;
        Self { server, requests }
    }

    /// `127.0.0.1:port`, as an allow-list takes it.
    pub fn authority(&self) -> String {
        self.server.authority()
    }

    /// Subscribes to events; the endpoint's secret.
    pub async fn subscribe(&self, api: &Api, events: &[&str]) -> String {
        self.subscribe_with(api, json!({ "events": events })).await
    }

    /// Subscribes with further fields; the endpoint's secret.
    pub async fn subscribe_with(&self, api: &Api, mut body: Value) -> String {
        body["endpoint_url"] = self.server.url("/webhooks").into();
        let made = api.post("/webhook_endpoints", &body).await.expect(201);
        made["secret"].as_str().unwrap().to_owned()
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until a request passes `wanted`, and returns it.
    pub async fn wait_for(&self, what: &str, wanted: impl Fn(&Request) -> bool) -> Request {
        let find = || std::future::ready(self.requests().into_iter().find(|request| wanted(request)));
        wait::until(what, DELIVERY_LIMIT, find).await
    }

    /// Waits for an event of a kind.
    pub async fn event(&self, kind: &str) -> Request {
        self.wait_for(kind, |request| body(request)["event"] == kind).await
    }

    /// The ids of the objects that events of a kind were about, as far as they came.
    pub fn subjects(&self, kind: &str) -> HashSet<String> {
        let requests = self.requests();
        let bodies = requests.iter().map(body).filter(|body| body["event"] == kind);
        bodies.filter_map(|body| body["data"]["id"].as_str().map(str::to_owned)).collect()
    }
}

/// The JSON of a delivery.
pub fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or(Value::Null)
}

/// Whether `WorkOS-Signature` is right: `t=<ms>, v1=<hex>`, HMAC-SHA256 over `t.body`.
///
/// # Errors
/// What is wrong with it.
pub fn verify_workos(request: &Request, secret: &str) -> Result<(), String> {
    let header = request.header("workos-signature");
    let (time, signature) = header.split_once(", ").ok_or("no comma and space")?;
    let time = time.strip_prefix("t=").ok_or("no t=")?;
    let signature = signature.strip_prefix("v1=").ok_or("no v1=")?;
    let millis: u64 = time.parse().map_err(|_| "the time is no number")?;
    within_tolerance(Duration::from_millis(millis))?;
    hmac_matches(time, request, secret, signature)
}

/// Whether `Authio-Signature` is right: `t=<s>,v1=<hex>`, HMAC-SHA256 over `t.body`.
///
/// # Errors
/// What is wrong with it.
pub fn verify_authio(request: &Request, secret: &str) -> Result<(), String> {
    let header = request.header("authio-signature");
    let (time, signature) = header.split_once(",v1=").ok_or("no ,v1=")?;
    let time = time.strip_prefix("t=").ok_or("no t=")?;
    let seconds: u64 = time.parse().map_err(|_| "the time is no number")?;
    within_tolerance(Duration::from_secs(seconds))?;
    hmac_matches(time, request, secret, signature)
}

fn within_tolerance(signed_at: Duration) -> Result<(), String> {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let apart = now.abs_diff(signed_at);
    if apart > TOLERANCE { Err(format!("signed {apart:?} away from now")) } else { Ok(()) }
}

fn hmac_matches(time: &str, request: &Request, secret: &str, signature: &str) -> Result<(), String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [time.as_bytes(), b".", &request.body].concat();
    let given = from_hex(signature).ok_or("the signature is not lowercase hex")?;
    hmac::verify(&key, &signed, &given).map_err(|_| format!("{signature} is not the signature"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
