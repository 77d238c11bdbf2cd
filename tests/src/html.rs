//! As much HTML as it takes to follow links and send forms the way a browser without JavaScript
//! does.

use regex::Regex;

/// One element's opening tag, in document order.
#[derive(Clone, Debug)]
pub struct Element {
    /// Name in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Which form of the document it belongs to, by position or by its `form` attribute.
    form: Option<usize>,
    /// The text behind the tag, up to the next one.
    pub text: String,
}

/// A document, as far as it was understood.
#[derive(Clone, Debug)]
pub struct Document {
    elements: Vec<Element>,
}

/// A form, ready to be sent.
#[derive(Clone, Debug)]
pub struct Form {
    /// `GET` or `POST`.
    pub method: String,
    /// Where to; empty means the address of the page.
    pub action: String,
    /// Whether it carries files.
    pub multipart: bool,
    /// Name and value of every control that would be sent.
    pub controls: Vec<(String, String)>,
    /// Names of the file controls.
    pub files: Vec<String>,
}

impl Element {
    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    fn is(&self, name: &str, kind: &str) -> bool {
        self.name == name && self.attribute("type").is_some_and(|known| known.eq_ignore_ascii_case(kind))
    }
}

impl Document {
    /// Reads a page.
    pub fn parse(html: &str) -> Self {
        let tag = Regex::new(r#"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>"#).unwrap();
        let attribute =
            Regex::new(r#"([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"#).unwrap();
        let mut elements = Vec::new();
        let mut open_form = None;
        for found in tag.captures_iter(html) {
            let name = found[2].to_lowercase();
            if &found[1] == "/" {
                if name == "form" {
                    open_form = None;
                }
                continue;
            }
            let attributes = attribute
                .captures_iter(&found[3])
                .map(|pair| {
                    let value = (2..=4).find_map(|group| pair.get(group)).map_or("", |value| value.as_str());
                    (pair[1].to_lowercase(), unescape(value))
                })
                .collect();
            if name == "form" {
                open_form = Some(elements.len());
            }
            let behind = &html[found.get(0).unwrap().end()..];
            let end = if name == "textarea" { "</textarea" } else { "<" };
            let text = unescape(behind.split(end).next().unwrap_or_default());
            elements.push(Element { name, attributes, form: open_form, text });
        }
        let mut document = Self { elements };
        document.resolve_form_attributes();
        document
    }

    fn resolve_form_attributes(&mut self) {
        for index in 0..self.elements.len() {
            let Some(id) = self.elements[index].attribute("form").map(str::to_owned) else { continue };
            let form = self.elements.iter().position(|e| e.name == "form" && e.attribute("id") == Some(&id));
            self.elements[index].form = form;
        }
    }

    /// The element with a test id.
    pub fn find(&self, test_id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.attribute("data-testid") == Some(test_id))
    }

    /// The element with an accessible name of its own.
    pub fn labelled(&self, label: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.attribute("aria-label") == Some(label))
    }

    /// All test ids of the page, for messages.
    pub fn test_ids(&self) -> Vec<&str> {
        self.elements.iter().filter_map(|element| element.attribute("data-testid")).collect()
    }

    /// The first form, as a script would send it that does not press any button.
    pub fn first_form(&self) -> Option<Form> {
        self.form_at(self.elements.iter().position(|element| element.name == "form")?, None)
    }

    /// The form that an element belongs to, as it would be sent by `button`, or by nothing in
    /// particular.
    pub fn form_of(&self, test_id: &str) -> Option<Form> {
        let element = self.find(test_id)?;
        let index = if element.name == "form" {
            self.elements.iter().position(|e| std::ptr::eq(e, element))?
        } else {
            element.form?
        };
        self.form_at(index, Some(element))
    }

    fn form_at(&self, index: usize, by: Option<&Element>) -> Option<Form> {
        let form = self.elements.get(index)?;
        let button = by.filter(|element| element.name == "button" || element.is("input", "submit"));
        let mut controls = self.controls(index);
        if let Some((button, name)) = button.and_then(|button| Some((button, button.attribute("name")?))) {
            controls.push((name.to_owned(), button.attribute("value").unwrap_or_default().to_owned()));
        }
        let own = |of_button: &str, of_form: &str| {
            let overridden = button.and_then(|button| button.attribute(of_button));
            overridden.or(form.attribute(of_form)).unwrap_or_default().to_owned()
        };
        let files = self.elements.iter().filter(|e| e.form == Some(index) && e.is("input", "file"));
        Some(Form {
            method: if own("formmethod", "method").eq_ignore_ascii_case("post") { "POST" } else { "GET" }
                .into(),
            action: own("formaction", "action"),
            multipart: own("formenctype", "enctype").eq_ignore_ascii_case("multipart/form-data"),
            controls,
            files: files.filter_map(|e| e.attribute("name")).map(str::to_owned).collect(),
        })
    }

    fn controls(&self, form: usize) -> Vec<(String, String)> {
        let mut controls = Vec::new();
        let mut select: Option<(String, bool)> = None;
        for element in self.elements.iter().filter(|element| element.form == Some(form)) {
            let name = element.attribute("name").unwrap_or_default().to_owned();
            let value = element.attribute("value");
            match element.name.as_str() {
                "option" => {
                    if let Some((name, chosen)) = &mut select {
                        let value = value.unwrap_or(element.text.trim()).to_owned();
                        if !*chosen || element.has("selected") {
                            controls.retain(|(known, _)| known != name);
                            controls.push((name.clone(), value));
                            *chosen = true;
                        }
                    }
                    continue;
                }
                "select" => {
                    select = Some((name, false));
                    continue;
                }
                _ if name.is_empty() || element.has("disabled") => {}
                "textarea" => controls.push((name, element.text.clone())),
                "input" => {
                    let kind = element.attribute("type").unwrap_or("text").to_lowercase();
                    match kind.as_str() {
                        "submit" | "button" | "image" | "reset" | "file" => {}
                        "checkbox" | "radio" if !element.has("checked") => {}
                        "checkbox" | "radio" => controls.push((name, value.unwrap_or("on").to_owned())),
                        _ => controls.push((name, value.unwrap_or_default().to_owned())),
                    }
                }
                _ => {}
            }
            select = None;
        }
        controls
    }
}

impl Form {
    /// Fills a control in; one that the page does not have is a broken scene.
    #[track_caller]
    pub fn fill(&mut self, name: &str, value: &str) {
        let known = self.controls.iter_mut().find(|(known, _)| known == name);
        let (_, held) = known.unwrap_or_else(|| panic!("the form has no control `{name}`"));
        value.clone_into(held);
    }
}

/// The entities that a template engine writes.
fn unescape(raw: &str) -> String {
    let mut text = raw.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&#x2f;", "/"),
        ("&#10;", "\n"),
        // Last, so that nothing is read twice.
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form id="a" method="post" action="/go?x=1&amp;y=2">
        <input type="hidden" name="csrf" value="t&quot;k">
        <textarea name="xml" data-testid="field-xml">&lt;a&gt;</textarea>
        <input type=checkbox name=c1 checked><input type="checkbox" name="c2">
        <select name="s"><option value="1">one<option value="2" selected>two</select>
        <button data-testid="next" name="do" value="next">Next</button></form>
        <button form="a" formaction="/back" data-testid="back">Back</button>
        <a data-testid="link" href="/x">go</a>"#;

    #[test]
    fn a_form_is_sent_as_a_browser_would() {
        let form = Document::parse(PAGE).form_of("next").unwrap();
        assert_eq!((form.method.as_str(), form.action.as_str()), ("POST", "/go?x=1&y=2"));
        let pairs: Vec<_> = form.controls.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("csrf", "t\"k"), ("xml", "<a>"), ("c1", "on"), ("s", "2"), ("do", "next")]);
    }

    #[test]
    fn a_button_elsewhere_sends_its_form_where_it_says() {
        let form = Document::parse(PAGE).form_of("back").unwrap();
        assert_eq!(form.action, "/back");
        assert!(form.controls.iter().all(|(name, _)| name != "do"));
    }

    #[test]
    fn a_link_belongs_to_no_form() {
        let document = Document::parse(PAGE);
        assert!(document.form_of("link").is_none());
        assert_eq!(document.find("link").unwrap().attribute("href"), Some("/x"));
    }
}
