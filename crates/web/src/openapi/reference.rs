//! The page that shows the OpenAPI document to people.
//!
//! It is made of the document alone, so that nothing can be on the page that is not in the
//! document. Plain HTML without script: it reads the same with a text browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// Writes the page.
pub(super) fn render(document: &Value) -> String {
    let mut page = Html::default();
    let title = text(&document["info"]["title"]);
    page.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    page.element("title", &format!("{title} API"));
    page.raw("<link rel=\"stylesheet\" href=\"/docs/reference.css\"></head><body>");
    let groups = groups(document);
    page.raw("<nav aria-label=\"Sections\"><ul>");
    for tag in groups.keys() {
        page.link(&anchor(tag), tag);
    }
    page.link("objects", "Objects");
    page.raw("</ul></nav><main>");
    page.element("h1", &format!("{title} API"));
    page.paragraph(text(&document["info"]["description"]));
    page.raw("<p>The same as a document: <a href=\"/openapi.json\">openapi.json</a></p>");
    for (tag, operations) in &groups {
        page.open("section", &anchor(tag));
        page.element("h2", tag);
        for operation in operations {
            write_operation(&mut page, operation);
        }
        page.raw("</section>");
    }
    page.open("section", "objects");
    page.element("h2", "Objects");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        write_object(&mut page, name, schema);
    }
    page.raw("</section></main></body></html>\n");
    page.0
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    value: &'a Value,
}

/// The operations by their tag.
fn groups(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut groups: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, value) in item.as_object().into_iter().flatten() {
            let operation = Operation { method: method.to_uppercase(), path, value };
            groups.entry(text(&value["tags"][0])).or_default().push(operation);
        }
    }
    groups
}

fn write_operation(page: &mut Html, operation: &Operation<'_>) {
    let value = operation.value;
    page.open("article", text(&value["operationId"]));
    page.element("h3", text(&value["summary"]));
    page.raw("<p class=\"route\">");
    page.element("strong", &operation.method);
    page.raw(" ");
    page.element("code", operation.path);
    page.raw("</p>");
    page.paragraph(text(&value["description"]));
    let parameters = value["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        page.table("Parameters", ["Name", "In", "Type", "Meaning"]);
        for parameter in parameters {
            page.raw("<tr><td>");
            page.name(text(&parameter["name"]), parameter["required"] == true);
            page.raw("</td>");
            page.element("td", text(&parameter["in"]));
            page.cell_of_type(&parameter["schema"]);
            page.element("td", text(&parameter["description"]));
            page.raw("</tr>");
        }
        page.raw("</tbody></table>");
    }
    let body = &value["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        page.raw("<p>Body: ");
        page.type_of(body);
        page.raw("</p>");
    }
    page.table("Answers", ["Status", "Body", "Meaning"]);
    for (status, response) in value["responses"].as_object().into_iter().flatten() {
        page.raw("<tr>");
        page.element("td", status);
        page.cell_of_type(&response["content"]["application/json"]["schema"]);
        page.element("td", text(&response["description"]));
        page.raw("</tr>");
    }
    page.raw("</tbody></table></article>");
}

fn write_object(page: &mut Html, name: &str, schema: &Value) {
    page.open("article", &anchor(name));
    page.element("h3", name);
    page.paragraph(text(&schema["description"]));
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        page.table("Members", ["Name", "Type", "Meaning"]);
        for (name, property) in properties {
            page.raw("<tr><td>");
            page.name(name, required.iter().any(|required| required == name));
            page.raw("</td>");
            page.cell_of_type(property);
            page.element("td", text(&property["description"]));
            page.raw("</tr>");
        }
        page.raw("</tbody></table>");
    }
    page.raw("</article>");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A name as the target of a link.
fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// A page that is being written; everything that is not markup goes in escaped.
#[derive(Default)]
struct Html(String);

impl Html {
    fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(c),
            }
        }
    }

    fn open(&mut self, name: &'static str, id: &str) {
        // Writing into a string cannot fail.
        let _ = write!(self.0, "<{name} id=\"");
        self.text(id);
        self.raw("\">");
    }

    fn element(&mut self, name: &'static str, text: &str) {
        let _ = write!(self.0, "<{name}>");
        self.text(text);
        let _ = write!(self.0, "</{name}>");
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.element("p", text);
        }
    }

    fn link(&mut self, target: &str, text: &str) {
        self.raw("<li><a href=\"#");
        self.text(target);
        self.raw("\">");
        self.text(text);
        self.raw("</a></li>");
    }

    fn table<const N: usize>(&mut self, caption: &str, columns: [&str; N]) {
        self.raw("<table>");
        self.element("caption", caption);
        self.raw("<thead><tr>");
        for column in columns {
            self.raw("<th scope=\"col\">");
            self.text(column);
            self.raw("</th>");
        }
        self.raw("</tr></thead><tbody>");
    }

    fn name(&mut self, name: &str, required: bool) {
        self.element("code", name);
        if required {
            self.raw(" <em>required</em>");
        }
    }

    fn cell_of_type(&mut self, schema: &Value) {
        self.raw("<td>");
        self.type_of(schema);
        self.raw("</td>");
    }

    /// Says what a schema is, with a link where it is one of the objects.
    fn type_of(&mut self, schema: &Value) {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or(reference);
            self.raw("<a href=\"#");
            self.text(&anchor(name));
            self.raw("\">");
            self.text(name);
            self.raw("</a>");
        } else if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["allOf"].as_array()) {
            for (index, choice) in choices.iter().enumerate() {
                if index > 0 {
                    self.raw(" or ");
                }
                self.type_of(choice);
            }
        } else if let Some(types) = schema["type"].as_array() {
            let names: Vec<_> = types.iter().map(text).collect();
            self.text(&names.join(" or "));
        } else if schema["type"] == "array" {
            self.raw("list of ");
            self.type_of(&schema["items"]);
        } else {
            self.text(text(&schema["type"]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_document_says_is_escaped() {
        let hostile = "<script>alert(\"1\" & '2')</script>";
        let document = json!({
            "info": {"title": hostile, "description": hostile},
            "paths": {hostile: {"get": {"tags": [hostile], "summary": hostile, "operationId": hostile,
                "description": hostile, "parameters": [{"name": hostile, "in": hostile,
                "schema": {"$ref": hostile}}], "responses": {hostile: {"description": hostile}}}}},
            "components": {"schemas": {hostile: {"description": hostile, "properties": {hostile: {"type": hostile}}}}},
        });
        let page = render(&document);
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"));
    }

    #[test]
    fn types_are_said_in_words() {
        for (schema, words) in [
            (json!({"type": "string"}), "string"),
            (json!({"type": ["string", "null"]}), "string or null"),
            (json!({"type": "array", "items": {"type": "integer"}}), "list of integer"),
            (json!({"type": ["array", "null"], "items": {"type": "string"}}), "array or null"),
            (json!({"oneOf": [{"type": "null"}, {"type": "string"}]}), "null or string"),
            (json!(null), ""),
        ] {
            let mut html = Html::default();
            html.type_of(&schema);
            assert_eq!(html.0, words, "{schema}");
        }
    }
}
