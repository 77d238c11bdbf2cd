//! Where the client does not go.

use vestibule_application::ports::outbound::{FetchLimits, Outbound as _, OutboundError, PostRequest};
use vestibule_outbound::{AllowList, GuardedClient};

use crate::server::{Answer, Server};

const LIMITS: FetchLimits = FetchLimits { body_bytes_max: 1_000, timeout_ms: 10_000, redirects_max: 3 };

fn closed() -> GuardedClient {
    GuardedClient::builder().build().unwrap()
}

/// Every way to write this machine in a URL, with the port of a server that must not be reached.
fn spellings(port: u16) -> Vec<String> {
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "127.0.0.1.",
    ]
    .map(|host| format!("{host}:{port}"))
    .to_vec()
}

#[tokio::test]
async fn this_machine_is_not_reached_however_it_is_written() {
    let trap = Server::always(Answer::ok(b"secret")).await;
    for host in spellings(trap.address.port()) {
        let error = closed().get(&format!("https://{host}/"), LIMITS).await.unwrap_err();
        assert!(matches!(error, OutboundError::ForbiddenAddress { .. }), "{host}: {error:?}");

        let request = PostRequest {
            url: format!("https://{host}/"),
            headers: Vec::new(),
            body: Vec::new(),
            timeout_ms: LIMITS.timeout_ms,
        };
        let error = closed().post(request).await.unwrap_err();
        assert!(matches!(error, OutboundError::ForbiddenAddress { .. }), "{host}: {error:?}");
    }
    assert_eq!(trap.requests().len(), 0);
}

#[tokio::test]
async fn a_redirect_does_not_open_a_way_in() {
    let trap = Server::always(Answer::ok(b"secret")).await;
    for host in spellings(trap.address.port()) {
        let server = Server::always(Answer::redirect(&format!("https://{host}/"))).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        assert!(matches!(error, OutboundError::ForbiddenAddress { .. }), "{host}: {error:?}");

        let server = Server::always(Answer::redirect(&format!("http://{host}/"))).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        assert_eq!(error, OutboundError::Redirect, "{host}");
    }
    for url in
        ["https://169.254.169.254/latest/", "https://[fd00:ec2::254]/", "https://10.0.0.1/", "//10.0.0.1/"]
    {
        let server = Server::always(Answer::redirect(url)).await;
        let error = server.client().get(&server.url("/"), LIMITS).await.unwrap_err();
        // The last one keeps the scheme of our own plain server.
        let wanted = if url.starts_with("//") {
            matches!(error, OutboundError::Redirect)
        } else {
            matches!(error, OutboundError::ForbiddenAddress { .. })
        };
        assert!(wanted, "{url}: {error:?}");
    }
    assert_eq!(trap.requests().len(), 0);
}

#[tokio::test]
async fn only_https_is_spoken() {
    for url in [
        "http://example.com/",
        "http://127.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "example.com",
        "",
        "https://",
        "https://user@example.com/",
        "https://user:pass@example.com/",
    ] {
        let error = closed().get(url, LIMITS).await.unwrap_err();
        assert!(matches!(error, OutboundError::Scheme { .. }), "{url}: {error:?}");
        assert!(!error.to_string().contains("pass@"), "{error}");
    }
}

#[tokio::test]
async fn an_endpoint_opens_one_port_and_nothing_beside_it() {
    let open = Server::always(Answer::ok(b"open")).await;
    let trap = Server::always(Answer::ok(b"secret")).await;
    let (open_port, trap_port) = (open.address.port(), trap.address.port());
    let allow = AllowList::parse(&format!("localhost:{open_port}")).unwrap();
    let client = GuardedClient::builder().allow(allow).build().unwrap();

    // First the open one, so that a pooled connection or a resolved name could be abused.
    let fetched = client.get(&format!("http://localhost:{open_port}/"), LIMITS).await.unwrap();
    assert_eq!(fetched.body, b"open");
    let error = client.get(&format!("https://localhost:{trap_port}/"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::ForbiddenAddress { host: "localhost".into() });
    let error = client.get(&format!("http://localhost:{trap_port}/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Scheme { .. }), "{error:?}");
    // The same server by another name is another endpoint.
    let error = client.get(&format!("https://127.0.0.1:{open_port}/"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::ForbiddenAddress { host: "127.0.0.1".into() });
    assert_eq!((open.requests().len(), trap.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_network_does_not_open_plain_http() {
    let server = Server::always(Answer::ok(b"x")).await;
    let allow = AllowList::parse("127.0.0.0/8").unwrap();
    let client = GuardedClient::builder().allow(allow).build().unwrap();
    let error = client.get(&server.url("/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Scheme { .. }), "{error:?}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_says_so() {
    // RFC 6761 keeps `.invalid` from ever resolving.
    let error = closed().get("https://vestibule.invalid/", LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::Dns { host: "vestibule.invalid".into() });
}

#[tokio::test]
async fn a_closed_port_says_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let allow = AllowList::parse(&address.to_string()).unwrap();
    let client = GuardedClient::builder().allow(allow).build().unwrap();
    let error = client.get(&format!("http://{address}/"), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::Connect { host: "127.0.0.1".into() });
}
