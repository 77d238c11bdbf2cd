//! Request bodies: JSON, form-encoded or empty, read within a limit and parsed with the path of
//! whatever is wrong.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::caller::ApiCaller;
use super::fields::{Fields, leaf};
use super::once::Once;
use super::problem::Problem;
use crate::app::App;

/// Largest body of most routes, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Largest body where identity provider metadata may be posted, in bytes.
pub(crate) const METADATA_BODY_BYTES_MAX: usize = 6 * 1024 * 1024;

/// A body that was read and parsed. Unknown members are ignored.
#[derive(Debug)]
pub(crate) struct Body<T, const BYTES_MAX: usize = BODY_BYTES_MAX>(pub(crate) T);

/// The body of a POST, with the claim of its idempotency key.
#[derive(Debug)]
pub(crate) struct Posted<T, const BYTES_MAX: usize = BODY_BYTES_MAX> {
    /// The body.
    pub(crate) body: T,
    /// Runs the use case of the request, once.
    pub(crate) once: Once,
}

/// A body that says nothing: `{}`, or no body at all.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Nothing {}

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static, const BYTES_MAX: usize> FromRequest for Body<T, BYTES_MAX> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&request, payload, BYTES_MAX).await?;
            parse(request.headers(), &bytes).map(Self)
        })
    }
}

impl<T: DeserializeOwned + 'static, const BYTES_MAX: usize> FromRequest for Posted<T, BYTES_MAX> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let caller =
                request.extensions().get::<ApiCaller>().cloned().ok_or_else(Problem::unauthorized)?;
            let app = request
                .app_data::<actix_web::web::Data<App>>()
                .ok_or_else(|| Problem::internal("the application is not configured"))?;
            let bytes = read(&request, payload, BYTES_MAX).await?;
            let once = Once::claim(app, &caller, &request, &bytes)?;
            Ok(Self { body: parse(request.headers(), &bytes)?, once })
        })
    }
}

async fn read(request: &HttpRequest, mut payload: Payload, bytes_max: usize) -> Result<BytesMut, Problem> {
    let too_large = || {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The body is too large: at most {bytes_max} bytes are taken."),
        )
        .with_code("payload_too_large")
    };
    if request.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(unsupported("Send the body without a content encoding."));
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(),
            other => Problem::bad_request("The body did not arrive whole.")
                .with_code("invalid_request")
                .with_cause(other.to_string()),
        })?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Parses a body. An empty one is `{}`, whatever its content type claims: SDKs send a JSON content
/// type on requests that have nothing to say.
fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    let value = if bytes.is_empty() {
        Value::Object(Map::new())
    } else {
        match media_type(headers)? {
            MediaType::Json => parse_json(bytes)?,
            MediaType::Form => parse_form(bytes)?,
        }
    };
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let mut fields = Fields::new();
        match missing_field(error.inner()) {
            Some(name) if path == "." => fields.missing(&name),
            Some(name) => fields.missing(&format!("{path}.{name}")),
            None => fields.add(&path, format!("{}_invalid", leaf(&path)), says(error.inner())),
        }
        fields.into_problem()
    })
}

enum MediaType {
    Json,
    Form,
}

/// JSON unless the client says otherwise; forms because published examples post them.
fn media_type(headers: &HeaderMap) -> Result<MediaType, Problem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(MediaType::Json) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/json" | "" => Ok(MediaType::Json),
        "application/x-www-form-urlencoded" => Ok(MediaType::Form),
        other if other.starts_with("application/") && other.ends_with("+json") => Ok(MediaType::Json),
        _ => Err(unsupported("Send a body of type application/json or application/x-www-form-urlencoded.")),
    }
}

fn unsupported(message: &'static str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).with_code("unsupported_media_type")
}

fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
    let malformed = |why: String| {
        Problem::bad_request(format!("The body is not a JSON object: {why}.")).with_code("invalid_json")
    };
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(malformed("it is another kind of value".into())),
        Err(error) => Err(malformed(error.to_string())),
    }
}

/// Reads a form as the object it stands for: `a=1&b[c]=2&d[]=3&d[]=4` is
/// `{"a":"1","b":{"c":"2"},"d":["3","4"]}`.
fn parse_form(bytes: &[u8]) -> Result<Value, Problem> {
    let malformed =
        |why: &str| Problem::bad_request(format!("The form is malformed: {why}.")).with_code("invalid_form");
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
    let mut object = Map::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err(malformed("an escape is not UTF-8"));
        }
        let value = Value::String(value.into_owned());
        let put = match name.split_once('[').map(|(outer, rest)| (outer, rest.strip_suffix(']'))) {
            None => object.insert(name.into_owned(), value).is_none(),
            Some((outer, Some(""))) => {
                let list = object.entry(outer).or_insert_with(|| Value::Array(Vec::new()));
                list.as_array_mut().map(|list| list.push(value)).is_some()
            }
            Some((outer, Some(inner))) if !inner.contains(['[', ']']) => {
                let nested = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                nested.as_object_mut().is_some_and(|nested| nested.insert(inner.to_owned(), value).is_none())
            }
            Some(_) => false,
        };
        if !put {
            return Err(malformed("a name is repeated or nested too deep"));
        }
    }
    Ok(Value::Object(object))
}

/// The name in serde's "missing field" message; serde has no other way to tell.
fn missing_field(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let name = message.strip_prefix("missing field `")?.split('`').next()?;
    Some(name.to_owned())
}

/// Serde's message without what only makes sense for a text, and never much of the value itself.
fn says(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected.trim_end_matches('.'));
    match expected {
        Some(expected) => format!("must be {expected}"),
        None => message.chars().take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        name: Option<String>,
        count: Option<u32>,
        nested: Option<Inner>,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        domain: String,
    }

    fn parsed(content_type: Option<&'static str>, body: &[u8]) -> Result<Sample, Problem> {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        parse(&headers, body)
    }

    fn refusal(body: &[u8]) -> (u16, Vec<(String, String)>) {
        let problem = parsed(Some("application/json"), body).unwrap_err();
        let errors = problem.errors().iter().map(|e| (e.field.clone(), e.code.to_string())).collect();
        (problem.status().as_u16(), errors)
    }

    #[test]
    fn an_empty_body_is_an_empty_object_whatever_it_claims_to_be() {
        for content_type in [None, Some("application/json"), Some("text/plain"), Some("multipart/form-data")]
        {
            assert_eq!(parsed(content_type, b"").unwrap().name, None);
        }
    }

    #[test]
    fn a_form_is_read_as_the_object_it_stands_for() {
        let sample = parsed(
            Some("application/x-www-form-urlencoded; charset=utf-8"),
            b"name=A+%26+B&nested[domain]=a.example&tags[]=x&tags%5B%5D=y&unknown=1",
        )
        .unwrap();
        assert_eq!(sample.name.as_deref(), Some("A & B"));
        assert_eq!(sample.nested.unwrap().domain, "a.example");
        assert_eq!(sample.tags, ["x", "y"]);
    }

    #[test]
    fn hostile_forms_are_refused() {
        for body in [
            &b"a=1&a=2"[..],
            b"a[b][c]=1",
            b"a=1&a[]=2",
            b"a[]=1&a[b]=2",
            b"a[b=1",
            b"name=%ff",
            b"name=\xff",
        ] {
            let problem = parsed(Some("application/x-www-form-urlencoded"), body).unwrap_err();
            assert_eq!(problem.status(), StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn what_is_no_json_object_is_400_and_what_has_the_wrong_type_is_422_and_named() {
        let deep = [&b"{\"x\":"[..], &b"[".repeat(10_000)].concat();
        for body in
            [&b"{"[..], b"[]", b"null", b"1", b"\"x\"", b"{} {}", b"{\"name\":\"\xff\"}", b"\x00", &deep]
        {
            assert_eq!(refusal(body).0, 400, "{}", String::from_utf8_lossy(&body[..body.len().min(20)]));
        }
        let named = |field: &str, code: &str| (422, vec![(field.to_owned(), code.to_owned())]);
        assert_eq!(refusal(br#"{"name":5}"#), named("name", "name_invalid"));
        assert_eq!(refusal(br#"{"count":-1}"#), named("count", "count_invalid"));
        assert_eq!(refusal(br#"{"tags":["a",1]}"#), named("tags[1]", "tags_invalid"));
        assert_eq!(refusal(br#"{"nested":{}}"#), named("nested.domain", "domain_required"));
        assert_eq!(refusal(br#"{"nested":{"domain":null}}"#), named("nested.domain", "domain_invalid"));
    }

    #[test]
    fn other_media_types_are_415() {
        for content_type in ["text/plain", "multipart/form-data", "application/xml"] {
            let problem = parsed(Some(content_type), b"{}").unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
        }
        assert!(parsed(Some("Application/JSON; charset=utf-8"), b"{}").is_ok());
        assert!(parsed(Some("application/vnd.api+json"), b"{}").is_ok());
    }
}
