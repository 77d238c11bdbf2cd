//! A conversation of which every answer counts.

use vestibule_application::ports::outbound::{
    AnswerLimits, Method, Outbound as _, OutboundError, OutboundRequest,
};
use vestibule_outbound::GuardedClient;

use crate::server::{Answer, Server};

const LIMITS: AnswerLimits = AnswerLimits { body_bytes_max: 1_000, timeout_ms: 10_000 };

fn form(url: String) -> OutboundRequest {
    OutboundRequest {
        method: Method::Post,
        url,
        headers: vec![
            ("content-type".into(), "application/x-www-form-urlencoded".into()),
            ("authorization".into(), "Basic YTpi".into()),
        ],
        body: b"grant_type=authorization_code".to_vec(),
    }
}

#[tokio::test]
async fn a_form_goes_out_with_its_own_headers_and_a_refusal_comes_back_whole() {
    let json = "Content-Type: application/json\r\n";
    let refusal = Answer::with_body("401 Unauthorized", json, br#"{"error":"invalid_client"}"#);
    let server = Server::always(refusal).await;
    let answer = server.client().send(form(server.url("/token")), LIMITS).await.unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(answer.body, br#"{"error":"invalid_client"}"#);

    let seen = server.requests().remove(0);
    assert!(seen.starts_with("POST /token HTTP/1.1\r\n"), "{seen}");
    assert!(seen.ends_with("\r\n\r\ngrant_type=authorization_code"), "{seen}");
    assert!(seen.contains("authorization: Basic YTpi\r\n"), "{seen}");
    assert_eq!(seen.matches("content-type").count(), 1, "{seen}");
}

#[tokio::test]
async fn a_question_has_no_body() {
    let server = Server::always(Answer::ok(b"{}")).await;
    let request = OutboundRequest {
        method: Method::Get,
        url: server.url("/userinfo"),
        headers: vec![("authorization".into(), "Bearer x".into())],
        body: vec![],
    };
    assert_eq!(server.client().send(request, LIMITS).await.unwrap().body, b"{}");
    let seen = server.requests().remove(0).to_lowercase();
    assert!(seen.starts_with("get /userinfo http/1.1\r\n"), "{seen}");
    for absent in ["content-length", "content-type", "transfer-encoding"] {
        assert!(!seen.contains(absent), "{seen}");
    }
}

#[tokio::test]
async fn a_secret_is_not_carried_on_by_a_redirect() {
    let trap = Server::always(Answer::ok(b"")).await;
    let location = format!("Location: {}\r\n", trap.url("/"));
    for (line, status) in [("302 Found", 302), ("307 Go", 307), ("308 Go", 308)] {
        let server = Server::always(Answer::with_body(line, &location, b"")).await;
        let answer = server.client().send(form(server.url("/token")), LIMITS).await.unwrap();
        assert_eq!(answer.status, status);
    }
    assert_eq!(trap.requests().len(), 0);
}

#[tokio::test]
async fn an_answer_may_have_exactly_the_limit() {
    let at = vec![b'x'; LIMITS.body_bytes_max];
    let server = Server::always(Answer::ok(&at)).await;
    assert_eq!(server.client().send(form(server.url("/")), LIMITS).await.unwrap().body, at);

    let past = vec![b'x'; LIMITS.body_bytes_max + 1];
    let server = Server::always(Answer::ok(&past)).await;
    let error = server.client().send(form(server.url("/")), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { bytes_max: LIMITS.body_bytes_max });
}

#[tokio::test]
async fn a_receiver_that_never_answers_runs_out_of_time() {
    let server = Server::always(Answer::Silence).await;
    let limits = AnswerLimits { timeout_ms: 200, ..LIMITS };
    let error = server.client().send(form(server.url("/")), limits).await.unwrap_err();
    assert_eq!(error, OutboundError::Timeout { timeout_ms: 200 });
}

#[tokio::test]
async fn the_guard_stands_before_this_way_out_too() {
    let server = Server::always(Answer::ok(b"")).await;
    let client = GuardedClient::builder().build().unwrap();
    let local = format!("https://{}/token", server.address);
    let error = client.send(form(local), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::ForbiddenAddress { host: "127.0.0.1".into() });
    let error = client.send(form(server.url("/token")), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Scheme { .. }), "{error:?}");
    assert_eq!(server.requests().len(), 0);
}
