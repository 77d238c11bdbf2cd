//! What a fetch brings back, and where it ends.

use std::time::Duration;

use vestibule_application::ports::outbound::{FetchLimits, Outbound as _, OutboundError};
use vestibule_outbound::{HEADER_BYTES_MAX, USER_AGENT};

use crate::server::{Answer, Server};

const LIMITS: FetchLimits = FetchLimits { body_bytes_max: 1_000, timeout_ms: 10_000, redirects_max: 3 };
/// For servers that never finish.
const IMPATIENT: FetchLimits = FetchLimits { timeout_ms: 300, ..LIMITS };

#[tokio::test]
async fn a_document_comes_with_its_type_and_address() {
    let answer = Answer::with_body("200 OK", "Content-Type: application/json; charset=utf-8\r\n", b"{}");
    let server = Server::always(answer).await;
    let fetched = server.client().get(&server.url("/metadata?x=1#part"), LIMITS).await.unwrap();
    assert_eq!(fetched.body, b"{}");
    assert_eq!(fetched.content_type.as_deref(), Some("application/json; charset=utf-8"));
    assert_eq!(fetched.url, server.url("/metadata?x=1"));

    let request = server.requests().remove(0).to_lowercase();
    assert!(request.starts_with("get /metadata?x=1 http/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("user-agent: {}\r\n", USER_AGENT.to_lowercase())), "{request}");
    for absent in ["authorization", "cookie", "referer"] {
        assert!(!request.contains(absent), "{request}");
    }
}

#[tokio::test]
async fn any_other_status_is_an_error() {
    for (line, status) in [
        ("404 Not Found", 404),
        ("500 Oops", 500),
        ("204 No Content", 204),
        ("206 Part", 206),
        ("304 Same", 304),
    ] {
        let server = Server::always(Answer::with_body(line, "", b"")).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        assert_eq!(error, OutboundError::Status { status });
    }
}

#[tokio::test]
async fn a_body_may_have_exactly_the_limit() {
    let at = vec![b'x'; LIMITS.body_bytes_max];
    let server = Server::always(Answer::ok(&at)).await;
    assert_eq!(server.client().get(&server.url("/"), LIMITS).await.unwrap().body, at);

    let past = vec![b'x'; LIMITS.body_bytes_max + 1];
    let server = Server::always(Answer::ok(&past)).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { bytes_max: LIMITS.body_bytes_max });
}

#[tokio::test]
async fn a_body_without_a_length_is_counted_as_it_comes() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let at = [head.as_slice(), &[b'x'; 1_000]].concat();
    let server = Server::always(Answer::Bytes(at)).await;
    assert_eq!(server.client().get(&server.url("/"), LIMITS).await.unwrap().body.len(), 1_000);

    let endless = Answer::Drip(head, vec![b'x'; 600], Duration::ZERO);
    let server = Server::always(endless).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { bytes_max: 1_000 });
}

#[tokio::test]
async fn a_compressed_body_is_unpacked_and_counted_unpacked() {
    let gzip = |body: &[u8]| Answer::with_body("200 OK", "Content-Encoding: gzip\r\n", body);
    let server = Server::always(gzip(include_bytes!("../data/hello.gz"))).await;
    assert_eq!(server.client().get(&server.url("/"), LIMITS).await.unwrap().body, b"hello");

    // 16 KiB that unpack into 16 MiB.
    let bomb = include_bytes!("../data/zeros-16mib.gz");
    let limits = FetchLimits { body_bytes_max: 1 << 20, ..LIMITS };
    assert!(bomb.len() < limits.body_bytes_max);
    let server = Server::always(gzip(bomb)).await;
    let error = server.client().get(&server.url("/"), limits).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { bytes_max: 1 << 20 });

    let server = Server::always(gzip(b"not gzip")).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn the_time_is_for_everything() {
    let slow_body = Answer::Drip(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".to_vec(),
        b"x".to_vec(),
        Duration::from_millis(20),
    );
    let slow_headers =
        Answer::Drip(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), b"x".to_vec(), Duration::from_millis(20));
    for answer in [Answer::Silence, slow_body, slow_headers] {
        let server = Server::always(answer).await;
        let error = server.client().get(&server.url("/"), IMPATIENT).await.unwrap_err();
        assert_eq!(error, OutboundError::Timeout { timeout_ms: IMPATIENT.timeout_ms });
    }
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let server = Server::start(|path| match path.strip_prefix("/hop/").map(|n| n.parse::<u8>().unwrap()) {
        Some(0) | None => Answer::ok(b"here"),
        Some(n) => Answer::redirect(&format!("../hop/{}", n - 1)),
    })
    .await;
    let fetched = server.client().get(&server.url("/hop/3"), LIMITS).await.unwrap();
    assert_eq!((fetched.body.as_slice(), fetched.url), (b"here".as_slice(), server.url("/hop/0")));

    let error = server.client().get(&server.url("/hop/4"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::Redirect);

    let none = FetchLimits { redirects_max: 0, ..LIMITS };
    assert_eq!(server.client().get(&server.url("/hop/1"), none).await, Err(OutboundError::Redirect));
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::always(Answer::redirect("/again")).await;
    assert_eq!(server.client().get(&server.url("/"), LIMITS).await, Err(OutboundError::Redirect));
    assert_eq!(server.requests().len(), 1 + LIMITS.redirects_max);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_refused() {
    for location in
        ["", "http://", "ftp://example.com/", "file:///etc/passwd", "data:,x", "https://u:p@example.com/"]
    {
        let server = Server::always(Answer::redirect(location)).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        assert_eq!(error, OutboundError::Redirect, "{location}");
    }
    let server = Server::always(Answer::with_body("302 Found", "", b"")).await;
    assert_eq!(server.client().get(&server.url("/"), LIMITS).await, Err(OutboundError::Redirect));
}

#[tokio::test]
async fn what_is_not_http_is_broken() {
    for bytes in [
        b"".as_slice(),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let server = Server::always(Answer::Bytes(bytes.to_vec())).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        assert!(matches!(error, OutboundError::Broken { .. }), "{bytes:?}: {error:?}");
    }
}

#[tokio::test]
async fn headers_are_limited_in_number_and_size() {
    let many = |n: usize| Answer::with_body("200 OK", &"A: b\r\n".repeat(n), b"x");
    // The helper itself sends two.
    let server = Server::always(many(98)).await;
    assert!(server.client().get(&server.url("/"), LIMITS).await.is_ok());
    let server = Server::always(many(99)).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Broken { .. }), "{error:?}");

    // "content-length" + "1" + "connection" + "close" + "big".
    let large = |n: usize| Answer::with_body("200 OK", &format!("big: {}\r\n", "x".repeat(n - 33)), b"x");
    let server = Server::always(large(HEADER_BYTES_MAX)).await;
    assert!(server.client().get(&server.url("/"), LIMITS).await.is_ok());
    let server = Server::always(large(HEADER_BYTES_MAX + 1)).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Broken { .. }), "{error:?}");

    let endless = Answer::Drip(b"HTTP/1.1 200 OK\r\n".to_vec(), b"A: b\r\n".repeat(100), Duration::ZERO);
    let server = Server::always(endless).await;
    let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Broken { .. }), "{error:?}");
}
