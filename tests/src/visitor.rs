//! An IT admin whose browser has no JavaScript, without a browser: cookies, redirects, forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::{Client, Method};
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::Answer;
use crate::api::http_client;
use crate::html::{Document, Form};

/// Most redirects in a row.
const REDIRECTS_MAX: usize = 10;

/// Most steps of a walkthrough.
const STEPS_MAX: usize = 30;

/// What browsers say they take.
const ACCEPT_HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The line between the parts of an upload.
const BOUNDARY: &str = "----vestibule-tests-boundary";

/// Somebody who opens links. Cheap to clone; clones share their cookies.
#[derive(Clone, Debug)]
pub struct Visitor {
    http: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    accept: &'static str,
}

/// A page that was reached.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address, after redirects.
    pub url: Url,
    /// What was answered.
    pub answer: Answer,
    /// The page.
    pub document: Document,
}

/// What an admin brings from their identity provider.
#[derive(Clone, Debug)]
pub enum Brought {
    /// Text into a field with this key.
    Text(&'static str, String),
    /// A file into a field with this key.
    File(&'static str, Vec<u8>),
}

impl Default for Visitor {
    fn default() -> Self {
        Self { http: http_client(), cookies: Arc::default(), accept: ACCEPT_HTML }
    }
}

impl Visitor {
    /// Somebody new.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same visit by a program that asks for JSON.
    pub fn asking_for_json(&self) -> Self {
        Self { accept: "application/json", ..self.clone() }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) -> Page {
        self.go(Method::GET, Url::parse(url).unwrap(), None).await
    }

    /// Asks for an address and takes the answer as it is, redirects not followed.
    pub async fn ask_once(&self, method: Method, url: &str) -> Answer {
        self.ask(&method, &Url::parse(url).unwrap(), None).await
    }

    /// Presses what has this test id: follows the link, or sends the form.
    pub async fn press(&self, page: &Page, test_id: &str) -> Page {
        let form = page.form(test_id);
        match form {
            Some(form) => self.submit(page, &form, &[]).await,
            None => self.follow(page, test_id).await,
        }
    }

    /// Sends the page's only form, as its script would.
    pub async fn send(&self, page: &Page) -> Page {
        let text = || format!("{} ({}) has no form: {}", page.url, page.answer.status, page.answer.text());
        let form = page.document.first_form().unwrap_or_else(|| panic!("{}", text()));
        self.submit(page, &form, &[]).await
    }

    /// Presses what has this test id and takes the answer as it is, redirects not followed.
    pub async fn press_once(&self, page: &Page, test_id: &str) -> Answer {
        let form = page.form(test_id).expect("the button is in a form");
        let pairs = Serializer::new(String::new()).extend_pairs(&form.controls).finish();
        let body = ("application/x-www-form-urlencoded".to_owned(), pairs.into_bytes());
        self.ask(&Method::POST, &page.url.join(&form.action).unwrap(), Some(body)).await
    }

    async fn follow(&self, page: &Page, test_id: &str) -> Page {
        let element = page.find(test_id);
        let href = element.attribute("href").unwrap_or_else(|| panic!("`{test_id}` leads nowhere"));
        self.go(Method::GET, page.url.join(href).unwrap(), None).await
    }

    /// Sends a form, with files by the names of their controls.
    pub async fn submit(&self, page: &Page, form: &Form, files: &[(String, Vec<u8>)]) -> Page {
        let mut url = page.url.join(&form.action).unwrap();
        if form.method == "GET" {
            url.query_pairs_mut().clear().extend_pairs(&form.controls);
            return self.go(Method::GET, url, None).await;
        }
        let (kind, body) = if form.multipart {
            (format!("multipart/form-data; boundary={BOUNDARY}"), multipart(form, files))
        } else {
            let pairs = Serializer::new(String::new()).extend_pairs(&form.controls).finish();
            ("application/x-www-form-urlencoded".to_owned(), pairs.into_bytes())
        };
        self.go(Method::POST, url, Some((kind, body))).await
    }

    async fn go(&self, method: Method, url: Url, body: Option<(String, Vec<u8>)>) -> Page {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..REDIRECTS_MAX {
            let answer = self.ask(&method, &url, body.take()).await;
            let location = answer.header("location").to_owned();
            if !(300..400).contains(&answer.status) || location.is_empty() {
                let document = Document::parse(&answer.text());
                return Page { url, answer, document };
            }
            url = url.join(&location).unwrap();
            method = Method::GET;
        }
        panic!("more than {REDIRECTS_MAX} redirects, the last to {url}");
    }

    async fn ask(&self, method: &Method, url: &Url, body: Option<(String, Vec<u8>)>) -> Answer {
        let mut request = self.http.request(method.clone(), url.clone()).header("Accept", self.accept);
        let cookies: Vec<_> =
            self.cookies.lock().await.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("Cookie", cookies.join("; "));
        }
        if let Some((kind, body)) = body {
            // What browsers send from a page whose referrer policy is `no-referrer`.
            request = request.header("Origin", "null").header("Content-Type", kind).body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut jar = self.cookies.lock().await;
        for cookie in headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                // The service takes a cookie away by emptying it.
                match value.trim() {
                    "" => jar.remove(name.trim()),
                    value => jar.insert(name.trim().to_owned(), value.to_owned()),
                };
            }
        }
        Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    /// Opens a link and begins, up to the picker.
    pub async fn begin(&self, link: &str) -> Page {
        let landing = self.open(link).await;
        landing.find("portal-landing");
        let page = self.press(&landing, "portal-begin").await;
        if page.document.find("provider-search").is_some() {
            return page;
        }
        // An earlier visit of the same link went on from the picker.
        let picker = page.url.join("/portal/sso").unwrap();
        self.open(picker.as_str()).await
    }

    /// Picks a provider and goes on until a step has the field that takes what was brought.
    pub async fn walk_to(&self, picker: &Page, provider: &str, field: &str) -> Page {
        let mut page = self.press(picker, &format!("provider-card-{provider}")).await;
        let test_id = format!("field-{field}");
        for _ in 0..STEPS_MAX {
            if page.document.find(&test_id).is_some() {
                return page;
            }
            page = self.press(&page, "step-next").await;
        }
        panic!("no step of {provider} has `{test_id}`");
    }

    /// Fills what was brought into the step's form and sends it.
    pub async fn bring(&self, step: &Page, brought: &[Brought]) -> Page {
        let mut form = step.form("step-next").expect("the button is in a form");
        let mut files = Vec::new();
        for item in brought {
            let control = step.control(item.key());
            match item {
                Brought::Text(_, text) => form.fill(&control, text),
                Brought::File(_, bytes) => files.push((control, bytes.clone())),
            }
        }
        self.submit(step, &form, &files).await
    }

    /// From the link to the page that shows what was understood, ready to save.
    pub async fn review(&self, link: &str, provider: &str, brought: &[Brought]) -> Page {
        let picker = self.begin(link).await;
        let first = brought.first().expect("something is brought").key();
        let step = self.walk_to(&picker, provider, first).await;
        let mut page = self.bring(&step, brought).await;
        for _ in 0..STEPS_MAX {
            if page.document.find("save-connection").is_some() {
                return page;
            }
            page = self.press(&page, "step-next").await;
        }
        panic!("no page to save on");
    }
}

impl Brought {
    fn key(&self) -> &'static str {
        match self {
            Self::Text(key, _) | Self::File(key, _) => key,
        }
    }
}

impl Page {
    /// The element with a test id, which must be there.
    #[track_caller]
    pub fn find(&self, test_id: &str) -> &crate::html::Element {
        self.document.find(test_id).unwrap_or_else(|| {
            let there = self.document.test_ids();
            panic!("{} ({}) has no `{test_id}`, only {there:?}", self.url, self.answer.status)
        })
    }

    fn form(&self, test_id: &str) -> Option<Form> {
        self.find(test_id);
        self.document.form_of(test_id)
    }

    /// The control's name of a field.
    #[track_caller]
    pub fn control(&self, key: &str) -> String {
        let field = self.find(&format!("field-{key}"));
        field.attribute("name").expect("a field has a name").to_owned()
    }
}

fn multipart(form: &Form, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in &form.controls {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
    }
    for name in &form.files {
        let given = files.iter().find(|(control, _)| control == name);
        // Browsers send an empty part for a file that was not chosen.
        let (file_name, bytes) = given.map_or(("", &[][..]), |(_, bytes)| ("metadata.xml", bytes.as_slice()));
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}
