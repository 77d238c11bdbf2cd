//! A browser without scripts: it keeps cookies, follows redirects, reads pages with an XML parser
//! and sends the forms that it finds in them.

use std::collections::BTreeMap;

use actix_web::cookie::time::Duration;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test;
use roxmltree::{Document, Node, ParsingOptions};

use crate::world::World;

/// More redirects than any way through the portal takes.
const REDIRECTS_MAX: usize = 6;

/// A browser.
pub(crate) struct Browser<'w> {
    world: &'w World,
    /// What is kept, by name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers of every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

/// A form, as it would be sent.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    method: String,
    multipart: bool,
    fields: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Form {
    /// Types into a field of the form.
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        let (_, typed) = field.unwrap_or_else(|| panic!("the form has no field {name}"));
        value.clone_into(typed);
        self
    }

    /// Adds or replaces a value that is no field of the form.
    pub(crate) fn forge(mut self, name: &str, value: Option<&str>) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    /// What a field of the form holds.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Chooses a file.
    pub(crate) fn choose(mut self, name: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), bytes.to_vec()));
        self
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        if !self.multipart {
            assert!(self.files.is_empty(), "this form takes no files");
            return (
                "application/x-www-form-urlencoded",
                serde_urlencoded::to_string(&self.fields).unwrap().into_bytes(),
            );
        }
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            body.extend_from_slice(
                format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        for (name, bytes) in &self.files {
            let head = format!(
                "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--frontier--\r\n");
        ("multipart/form-data; boundary=frontier", body)
    }
}

impl<'w> Browser<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookies: BTreeMap::new(), headers: vec![("Accept", "text/html,*/*;q=0.8".to_owned())] }
    }

    /// Another browser in the same visit.
    pub(crate) fn twin(&self) -> Self {
        Self { world: self.world, cookies: self.cookies.clone(), headers: self.headers.clone() }
    }

    /// One that asks for JSON.
    pub(crate) fn asking_json(&self) -> Self {
        Self { headers: vec![("Accept", "application/json".to_owned())], ..self.twin() }
    }

    /// Sends one request.
    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Page {
        let mut request = test::TestRequest::default().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.insert_header((*name, value.as_str()));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.insert_header(("Cookie", cookies.join("; ")));
        }
        if let Some((content_type, body)) = body {
            request = request.insert_header(("Content-Type", content_type)).set_payload(body);
        }
        let response = (self.world.serve)(request).await;
        for cookie in response.response().cookies() {
            if cookie.max_age().is_some_and(Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
        Page { path: path.to_owned(), status, headers, body }
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..REDIRECTS_MAX {
            let Some(location) = page.location() else { return page };
            // What comes after `#` stays in the browser.
            let path = location.split('#').next().unwrap_or_default();
            page = self.send(Method::GET, path, None).await;
        }
        panic!("redirects in circles: {}", page.path)
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, path: &str) -> Page {
        let path = path.split('#').next().unwrap_or_default();
        let page = self.send(Method::GET, path, None).await;
        self.follow(page).await
    }

    /// Sends a form, without following where it leads.
    pub(crate) async fn post(&mut self, form: &Form) -> Page {
        assert_eq!(form.method, "post");
        let (content_type, body) = form.encode();
        self.send(Method::POST, &form.action, Some((content_type, body))).await
    }

    /// Sends a form.
    pub(crate) async fn submit(&mut self, form: &Form) -> Page {
        let page = self.post(form).await;
        self.follow(page).await
    }

    /// Presses what carries a handle: a button of a form, or a link.
    pub(crate) async fn click(&mut self, page: &Page, handle: &str) -> Page {
        match page.link(handle) {
            Some(href) => self.open(&href).await,
            None => self.submit(&page.form(handle)).await,
        }
    }
}

impl Page {
    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned())
    }

    fn read<T>(&self, read: impl FnOnce(&Document<'_>) -> T) -> T {
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        match Document::parse_with_options(&self.body, options) {
            Ok(document) => read(&document),
            Err(error) => panic!("{} {} is no page: {error}\n{}", self.path, self.status, self.body),
        }
    }

    /// Whether a handle is on the page.
    pub(crate) fn has(&self, handle: &str) -> bool {
        self.read(|document| handled(document, handle).is_some())
    }

    /// An attribute of what carries a handle.
    pub(crate) fn attribute(&self, handle: &str, name: &str) -> Option<String> {
        self.read(|document| handled(document, handle)?.attribute(name).map(str::to_owned))
    }

    /// The words of what carries a handle.
    pub(crate) fn words(&self, handle: &str) -> String {
        self.read(|document| match handled(document, handle) {
            Some(node) => words(node),
            None => panic!("no {handle} on {} ({})\n{}", self.path, self.status, self.body),
        })
    }

    /// The words of the page.
    pub(crate) fn heading(&self) -> String {
        self.read(|document| document.descendants().find(|node| node.has_tag_name("h1")).map(words).unwrap())
    }

    /// Whether the page has a step of a walkthrough.
    pub(crate) fn has_step(&self, title: &str) -> bool {
        self.read(|document| {
            document.descendants().any(|node| node.has_tag_name("h2") && words(node).ends_with(title))
        })
    }

    /// The token of the first form of a visit on the page.
    pub(crate) fn form_token(&self) -> String {
        self.read(|document| {
            let field = document.descendants().find(|node| node.attribute("name") == Some("form_token"));
            field.and_then(|field| field.attribute("value")).unwrap().to_owned()
        })
    }

    fn link(&self, handle: &str) -> Option<String> {
        self.read(|document| {
            let node = handled(document, handle)?;
            node.has_tag_name("a").then(|| node.attribute("href").unwrap().to_owned())
        })
    }

    /// The form of a button, as pressing the button would send it.
    pub(crate) fn form(&self, handle: &str) -> Form {
        self.read(|document| {
            let Some(button) = handled(document, handle) else {
                panic!("no {handle} on {} ({})\n{}", self.path, self.status, self.body)
            };
            let form = button.ancestors().find(|node| node.has_tag_name("form")).unwrap();
            let mut fields: Vec<(String, String)> = form.descendants().filter_map(value_of).collect();
            if let (Some(name), Some(value)) = (button.attribute("name"), button.attribute("value")) {
                fields.push((name.to_owned(), value.to_owned()));
            }
            Form {
                action: button.attribute("formaction").or(form.attribute("action")).unwrap().to_owned(),
                method: form.attribute("method").unwrap().to_owned(),
                multipart: form.attribute("enctype") == Some("multipart/form-data"),
                fields,
                files: Vec::new(),
            }
        })
    }
}

fn handled<'a, 'input>(document: &'a Document<'input>, handle: &str) -> Option<Node<'a, 'input>> {
    document.descendants().find(|node| node.attribute("data-testid") == Some(handle))
}

fn words(node: Node<'_, '_>) -> String {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an element of a form contributes without a person's doing.
fn value_of(node: Node<'_, '_>) -> Option<(String, String)> {
    let name = node.attribute("name")?.to_owned();
    let value = match node.tag_name().name() {
        "input" => match node.attribute("type") {
            Some("file" | "radio" | "checkbox") => return None,
            _ => node.attribute("value").unwrap_or_default().to_owned(),
        },
        // The first line break after the tag belongs to the tag.
        "textarea" => node.text().unwrap_or_default().trim_start_matches('\n').to_owned(),
        "select" => {
            let options: Vec<Node<'_, '_>> =
                node.descendants().filter(|n| n.has_tag_name("option")).collect();
            let chosen = options.iter().find(|n| n.has_attribute("selected")).or(options.first())?;
            chosen.attribute("value")?.to_owned()
        }
        _ => return None,
    };
    Some((name, value))
}
