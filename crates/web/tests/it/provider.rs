//! An identity provider: its certificates, and a server with its documents.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Signing certificates.
pub(crate) const IDP: [&str; 3] = [
    include_str!("../data/certificates/idp-1.pem"),
    include_str!("../data/certificates/idp-2.pem"),
    include_str!("../data/certificates/idp-3.pem"),
];

/// Pairs that a vendor brings along: for signatures and for encryption, certificate and key each.
pub(crate) const VENDOR: [(&str, &str); 2] = [
    (
        include_str!("../data/certificates/sp-signing.pem"),
        include_str!("../data/certificates/sp-signing.key"),
    ),
    (
        include_str!("../data/certificates/sp-encryption.pem"),
        include_str!("../data/certificates/sp-encryption.key"),
    ),
];

/// A provider by hand, with two certificates.
pub(crate) fn saml_options() -> Value {
    json!({
        "idp_entity_id": "urn:idp",
        "idp_sso_url": "https://idp.example/sso",
        "idp_signing_certs": [IDP[0], { "value": IDP[1] }],
    })
}

/// The vendor's pairs as members of `saml_options`.
pub(crate) fn vendor_keys() -> Value {
    let pair = |(cert, key): (&str, &str)| json!({ "cert": cert, "key": key });
    json!({ "sp_signing_key_pair": pair(VENDOR[0]), "sp_encryption_key_pairs": [pair(VENDOR[1])] })
}

/// The bytes of a certificate.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(base64).unwrap()
}

/// Metadata with one certificate.
pub(crate) fn metadata(entity_id: &str, pem: &str) -> String {
    let certificate = STANDARD.encode(der(pem));
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"#
    )
}

/// A discovery document.
pub(crate) fn discovery(issuer: &str) -> String {
    json!({
        "issuer": issuer,
        "authorization_endpoint": "https://idp.example/authorize",
        "token_endpoint": "https://idp.example/token",
        "jwks_uri": "https://idp.example/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    })
    .to_string()
}

/// Serves documents by path on this machine.
pub(crate) struct Documents {
    pub(crate) address: SocketAddr,
    by_path: Arc<Mutex<HashMap<String, String>>>,
}

impl Documents {
    /// Listens; every path is 404 until it is published.
    pub(crate) async fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let by_path = Arc::new(Mutex::new(HashMap::new()));
        let served = Arc::clone(&by_path);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { address, by_path }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Publishes a document and answers with its address.
    pub(crate) fn publish(&self, path: &str, document: String) -> String {
        self.by_path.lock().unwrap().insert(path.to_owned(), document);
        self.url(path)
    }
}

async fn serve(stream: TcpStream, documents: Arc<Mutex<HashMap<String, String>>>) {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line);
    }
    let path = lines[0].split(' ').nth(1).unwrap();
    let document = documents.lock().unwrap().get(path).cloned();
    let (status, body) = match &document {
        Some(document) => ("200 OK", document.as_str()),
        None => ("404 Not Found", ""),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
}
