//! Whose certificates are believed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use vestibule_application::ports::outbound::{FetchLimits, Outbound as _, OutboundError};
use vestibule_outbound::{AllowList, BuildError, GuardedClient};

const LIMITS: FetchLimits = FetchLimits { body_bytes_max: 1_000, timeout_ms: 10_000, redirects_max: 0 };

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";

/// A TLS server with a fresh self-signed certificate for `name`; answers every request with "x".
fn tls_server(name: &str) -> (SocketAddr, Vec<u8>) {
    tls_server_that_says(name, OK.to_owned())
}

fn tls_server_that_says(name: &str, answer: String) -> (SocketAddr, Vec<u8>) {
    let certified = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut reader = BufReader::new(StreamOwned::new(connection, stream));
            let mut line = String::new();
            // A refused certificate ends the handshake here; the next client is served all the same.
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let _ = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    (address, certificate.to_vec())
}

fn client(roots: Vec<Vec<u8>>) -> GuardedClient {
    let allow = AllowList::parse("127.0.0.0/8, ::1/128").unwrap();
    GuardedClient::builder().allow(allow).extra_roots(roots).build().unwrap()
}

#[tokio::test]
async fn a_private_networks_authority_can_be_added() {
    let (address, root) = tls_server("localhost");
    let url = format!("https://localhost:{}/", address.port());
    assert_eq!(client(vec![root]).get(&url, LIMITS).await.unwrap().body, b"x");
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_the_reason() {
    let (address, _) = tls_server("localhost");
    let url = format!("https://localhost:{}/", address.port());
    let error = client(Vec::new()).get(&url, LIMITS).await.unwrap_err();
    let OutboundError::Tls { host, reason } = error else { panic!("{error:?}") };
    assert_eq!(host, "localhost");
    assert!(reason.contains("UnknownIssuer"), "{reason}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (address, root) = tls_server("idp.example.com");
    let url = format!("https://localhost:{}/", address.port());
    let error = client(vec![root]).get(&url, LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // Reading to the end keeps the connection open until the client has seen the answer.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let error = client(Vec::new()).get(&format!("https://{address}/"), LIMITS).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_redirect_does_not_leave_tls_behind() {
    let location = "Location: http://example.com/metadata";
    let answer =
        format!("HTTP/1.1 302 Found\r\n{location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let (address, root) = tls_server_that_says("localhost", answer);
    let url = format!("https://localhost:{}/", address.port());
    let limits = FetchLimits { redirects_max: 3, ..LIMITS };
    assert_eq!(client(vec![root]).get(&url, limits).await, Err(OutboundError::Redirect));
}

#[tokio::test]
async fn the_guard_holds_for_tls_too() {
    let (address, root) = tls_server("localhost");
    let client = GuardedClient::builder().extra_roots(vec![root]).build().unwrap();
    let error = client.get(&format!("https://localhost:{}/", address.port()), LIMITS).await.unwrap_err();
    assert_eq!(error, OutboundError::ForbiddenAddress { host: "localhost".into() });
}

#[test]
fn a_broken_root_certificate_is_named() {
    let (_, root) = tls_server("localhost");
    let error = GuardedClient::builder().extra_roots(vec![root, b"x".to_vec()]).build().unwrap_err();
    assert!(matches!(error, BuildError::Root { position: 2, .. }), "{error:?}");
}
