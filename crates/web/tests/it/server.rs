//! What only a server on a socket shows.

use std::sync::Arc;

use actix_web::HttpServer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vestibule_web::app::WebSettings;

use crate::support::TestApp;
use crate::transport::Panicking;

/// Serves the application and sends it one request as it is written; gives back all that came.
async fn exchange(app: &TestApp, request: &str) -> String {
    let web = app.web.clone();
    let server = HttpServer::new(move || {
        let web = web.clone();
        actix_web::App::new().configure(move |config| {
            web.configure(config);
        })
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    handle.stop(false).await;
    String::from_utf8(answer).unwrap()
}

#[actix_web::test]
async fn a_head_has_the_headers_of_its_get_and_no_body() {
    let (app, _) = TestApp::new().await;
    let answer = exchange(&app, "HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-length: 15"), "{head}");
    assert_eq!(body, "");
}

#[actix_web::test]
async fn a_panic_answers_and_the_server_goes_on() {
    let app = TestApp::with(WebSettings::default(), |_| Arc::new(Panicking)).await;
    let pipelined = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(&app, pipelined).await;
    assert!(answer.starts_with("HTTP/1.1 500") && answer.contains("\"code\":\"internal_error\""), "{answer}");
    assert!(answer.contains("x-request-id: req_") && answer.contains("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("secret"), "{answer}");
}

#[actix_web::test]
async fn a_body_that_is_announced_too_large_is_refused() {
    let (app, tenant) = TestApp::new().await;
    let body = " ".repeat(1024 * 1024 + 1);
    let request = format!(
        "POST /organizations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        tenant.key,
        body.len(),
    );
    let answer = exchange(&app, &request).await;
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("\"code\":\"payload_too_large\""),
        "{answer}"
    );
}
