//! The least HTTP/1.1 that a measurement needs: one connection, bytes prepared beforehand, answers
//! read to their end and looked at no further. A whole client would spend on parsing what the
//! server is measured by.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// An answer that was read to its end.
pub(crate) struct Answer<'a> {
    /// The status.
    pub(crate) status: u16,
    /// The status line and the headers.
    pub(crate) head: &'a [u8],
    /// How long the first byte took.
    pub(crate) first_byte: Duration,
    /// The body; with the marks of its chunks when it came in such.
    pub(crate) body: &'a [u8],
}

/// How the end of a body is known.
#[derive(Debug, PartialEq, Eq)]
enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(64 * 1024) })
    }

    /// Asks, and reads the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        let asked = Instant::now();
        self.stream.write_all(request).await?;
        self.answer.clear();
        let (mut head, mut first_byte) = (None, None);
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let first_byte = *first_byte.get_or_insert_with(|| asked.elapsed());
            if head.is_none() {
                head = head_end(&self.answer).map(|end| (end, length(&self.answer[..end])));
            }
            let Some((end, length)) = &head else { continue };
            let body = &self.answer[*end..];
            let whole = match length {
                Length::Known(bytes) => body.len() >= *bytes,
                Length::Chunked => body.ends_with(b"0\r\n\r\n"),
            };
            if whole {
                let (head, body) = self.answer.split_at(*end);
                return Ok(Answer { status: status(head), head, first_byte, body });
            }
        }
    }
}

/// A request without a body.
pub(crate) fn get(path: &str, key: Option<&str>) -> Vec<u8> {
    request("GET", path, key, None)
}

/// A request with a JSON body.
pub(crate) fn post(path: &str, key: &str, body: &serde_json::Value) -> Vec<u8> {
    request("POST", path, Some(key), Some(body.to_string()))
}

/// A form, without cookies.
pub(crate) fn form(path: &str, form: &str) -> Vec<u8> {
    visit(path, "", Some(form))
}

/// A request as a browser sends it: it takes what is compressed, and brings its cookies.
pub(crate) fn visit(path: &str, cookies: &str, form: Option<&str>) -> Vec<u8> {
    let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {cookies}\r\n") };
    let (method, content) = match form {
        // What browsers send from a page whose referrer policy is `no-referrer`.
        Some(form) => (
            "POST",
            format!(
                "Origin: null\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n{form}",
                form.len()
            ),
        ),
        None => ("GET", "\r\n".to_owned()),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*\r\n\
         Accept-Encoding: gzip, deflate, br, zstd\r\n{cookies}{content}"
    )
    .into_bytes()
}

fn request(method: &str, path: &str, key: Option<&str>, body: Option<String>) -> Vec<u8> {
    let credentials = match key {
        Some(key) => format!("Authorization: Bearer {key}\r\nAccept: application/json\r\n"),
        None => "Accept: text/html\r\n".to_owned(),
    };
    let content = match body {
        Some(body) => {
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        }
        None => "\r\n".to_owned(),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{credentials}{content}").into_bytes()
}

fn head_end(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn status(head: &[u8]) -> u16 {
    head.get(9..12).and_then(|digits| str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(0)
}

fn length(head: &[u8]) -> Length {
    match header(head, "content-length").map(str::parse) {
        Some(Ok(bytes)) => Length::Known(bytes),
        _ if header(head, "transfer-encoding").is_some() => Length::Chunked,
        _ => Length::Known(0),
    }
}

/// The cookies that an answer sets, as a request brings them back.
pub(crate) fn cookies(head: &[u8]) -> String {
    let values = head.split(|byte| *byte == b'\n').filter_map(|line| header(line, "set-cookie"));
    values.filter_map(|value| value.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// A header's value.
pub(crate) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    head.split(|byte| *byte == b'\n')
        .find_map(|line| {
            let at = line.iter().position(|byte| *byte == b':')?;
            line[..at].eq_ignore_ascii_case(name.as_bytes()).then(|| str::from_utf8(&line[at + 1..]).ok())?
        })
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\nx-a:  b \r\n\r\n";

    #[test]
    fn an_answer_is_known_by_its_head() {
        assert_eq!(head_end(HEAD), Some(HEAD.len()));
        assert_eq!(head_end(&HEAD[..HEAD.len() - 1]), None);
        assert_eq!(status(HEAD), 201);
        assert_eq!(length(HEAD), Length::Known(12));
        assert_eq!(header(HEAD, "X-A"), Some("b"));
        assert_eq!(length(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), Length::Chunked);
        assert_eq!(length(b"HTTP/1.1 204 No Content\r\n\r\n"), Length::Known(0));
    }

    #[test]
    fn cookies_are_brought_back_without_their_conditions() {
        let head = b"HTTP/1.1 303 See Other\r\nset-cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n\r\n";
        assert_eq!(cookies(head), "a=1; b=2");
        let text = String::from_utf8(visit("/x", "a=1; b=2", Some("c=3"))).unwrap();
        assert!(text.contains("\r\nCookie: a=1; b=2\r\n"), "{text}");
        assert!(text.ends_with("Content-Length: 3\r\n\r\nc=3"), "{text}");
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let text = String::from_utf8(post("/x", "sk_test_1", &serde_json::json!({"a": 1}))).unwrap();
        assert!(text.ends_with("Content-Length: 7\r\n\r\n{\"a\":1}"), "{text}");
    }
}
