//! What a receiver gets, and what is kept of its answer.

use std::time::Duration;

use vestibule_application::ports::outbound::{ANSWER_BYTES_MAX, Outbound as _, OutboundError, PostRequest};

use crate::server::{Answer, Server};

fn request(server: &Server, timeout_ms: u64) -> PostRequest {
    PostRequest {
        url: server.url("/hooks"),
        headers: vec![("WorkOS-Signature".into(), "t=1, v1=ab".into())],
        body: br#"{"event":"x"}"#.to_vec(),
        timeout_ms,
    }
}

#[tokio::test]
async fn the_body_goes_out_byte_for_byte_with_its_signature() {
    let server = Server::always(Answer::ok(b"thanks")).await;
    let answer = server.client().post(request(&server, 10_000)).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "thanks"));

    let seen = server.requests().remove(0);
    assert!(seen.starts_with("POST /hooks HTTP/1.1\r\n"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n{\"event\":\"x\"}"), "{seen}");
    let seen = seen.to_lowercase();
    for header in ["content-type: application/json", "workos-signature: t=1, v1=ab", "user-agent: vestibule/"]
    {
        assert!(seen.contains(header), "{seen}");
    }
}

#[tokio::test]
async fn every_status_is_an_answer_and_redirects_are_not_followed() {
    let trap = Server::always(Answer::ok(b"")).await;
    let location = format!("Location: {}\r\n", trap.url("/"));
    for (line, status) in [("204 No Content", 204), ("500 Oops", 500), ("302 Found", 302), ("307 Go", 307)] {
        let server = Server::always(Answer::with_body(line, &location, b"")).await;
        assert_eq!(server.client().post(request(&server, 10_000)).await.unwrap().status, status);
    }
    assert_eq!(trap.requests().len(), 0);
}

#[tokio::test]
async fn the_answer_is_cut_at_its_limit() {
    for (length, kept) in [
        (ANSWER_BYTES_MAX, ANSWER_BYTES_MAX),
        (ANSWER_BYTES_MAX + 1, ANSWER_BYTES_MAX),
        (1_000_000, ANSWER_BYTES_MAX),
    ] {
        let server = Server::always(Answer::ok(&vec![b'x'; length])).await;
        assert_eq!(server.client().post(request(&server, 10_000)).await.unwrap().body.len(), kept);
    }
}

#[tokio::test]
async fn a_receiver_that_answered_and_then_stalls_has_answered() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin".to_vec();
    let server = Server::always(Answer::Drip(head.clone(), b".".to_vec(), Duration::from_millis(50))).await;
    let answer = server.client().post(request(&server, 1_000)).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("begin"), "{}", answer.body);

    let server = Server::always(Answer::Bytes(head)).await;
    assert_eq!(server.client().post(request(&server, 10_000)).await.unwrap().body, "begin");
}

#[tokio::test]
async fn a_receiver_that_never_answers_runs_out_of_time() {
    let server = Server::always(Answer::Silence).await;
    let error = server.client().post(request(&server, 200)).await.unwrap_err();
    assert_eq!(error, OutboundError::Timeout { timeout_ms: 200 });
}
