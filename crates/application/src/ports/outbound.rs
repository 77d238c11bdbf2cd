//! The one guarded way out to other people's servers.

use async_trait::async_trait;

/// How far a fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// Most bytes of the decoded body.
    pub body_bytes_max: usize,
    /// Time for everything: name, connection, redirects, body. In milliseconds.
    pub timeout_ms: u64,
    /// Most redirects that are followed.
    pub redirects_max: usize,
}

/// A body that was fetched with status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The decoded body.
    pub body: Vec<u8>,
    /// The `Content-Type` header, if there was one.
    pub content_type: Option<String>,
    /// The address that answered, after redirects.
    pub url: String,
}

/// A request that tells somebody something.
#[derive(Clone, PartialEq, Eq)]
pub struct PostRequest {
    /// Where to.
    pub url: String,
    /// Headers besides `Content-Type: application/json`, `User-Agent` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body, sent byte for byte.
    pub body: Vec<u8>,
    /// Time for everything, in milliseconds.
    pub timeout_ms: u64,
}

/// Headers carry signatures; only the address is shown.
impl std::fmt::Debug for PostRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostRequest({}, {} bytes)", self.url, self.body.len())
    }
}

/// How a receiver answered, whatever the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostAnswer {
    /// HTTP status.
    pub status: u16,
    /// The beginning of the body, at most [`ANSWER_BYTES_MAX`], as text for the delivery log.
    pub body: String,
}

/// How much of a receiver's answer is kept, in bytes.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024;

/// A request in a conversation of which every answer counts, refusals too: a code for tokens, a
/// token for claims.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundRequest {
    /// What is asked for.
    pub method: Method,
    /// Where.
    pub url: String,
    /// Headers besides `User-Agent` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body, sent byte for byte; empty for none.
    pub body: Vec<u8>,
}

/// Headers and bodies carry secrets; only the address is shown, without its query.
impl std::fmt::Debug for OutboundRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        write!(f, "OutboundRequest({:?} {address}, {} bytes)", self.method, self.body.len())
    }
}

/// The methods that are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends a body.
    Post,
}

/// How far an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Most bytes of the decoded body.
    pub body_bytes_max: usize,
    /// Time for everything: name, connection, body. In milliseconds.
    pub timeout_ms: u64,
}

/// A whole answer, whatever the status.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundAnswer {
    /// HTTP status.
    pub status: u16,
    /// The `Content-Type` header, if there was one.
    pub content_type: Option<String>,
    /// The decoded body.
    pub body: Vec<u8>,
}

/// Bodies carry tokens; only the outside is shown.
impl std::fmt::Debug for OutboundAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let content_type = self.content_type.as_deref().unwrap_or("-");
        write!(f, "OutboundAnswer({}, {content_type}, {} bytes)", self.status, self.body.len())
    }
}

/// The guarded client.
#[async_trait]
pub trait Outbound: Send + Sync {
    /// Fetches a document. Anything but status 200 is an error.
    async fn get(&self, url: &str, limits: FetchLimits) -> Result<Fetched, OutboundError>;

    /// Posts a body. Redirects are not followed: a signed body belongs to one receiver.
    async fn post(&self, request: PostRequest) -> Result<PostAnswer, OutboundError>;

    /// Sends a request and reads the whole answer. Redirects are not followed: a secret belongs to
    /// one receiver.
    async fn send(
        &self,
        request: OutboundRequest,
        limits: AnswerLimits,
    ) -> Result<OutboundAnswer, OutboundError>;
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// Not an address the client goes to at all.
    #[error("`{url}` is not an https address")]
    Scheme {
        /// The address.
        url: String,
    },
    /// The host is, or resolves to, an address inside a private, loopback, link-local or otherwise
    /// special network that the operator has not allowed.
    #[error("`{host}` is an address of a private or reserved network, which is not allowed")]
    ForbiddenAddress {
        /// The host as it was written.
        host: String,
    },
    /// The name does not resolve.
    #[error("the host name `{host}` does not resolve")]
    Dns {
        /// The host.
        host: String,
    },
    /// No connection.
    #[error("no connection to `{host}`")]
    Connect {
        /// The host.
        host: String,
    },
    /// The certificate of the server or the handshake was refused.
    #[error("no trustworthy TLS connection to `{host}`: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// The TLS library's reason.
        reason: String,
    },
    /// Not done in time.
    #[error("no complete answer within {timeout_ms} ms")]
    Timeout {
        /// The limit.
        timeout_ms: u64,
    },
    /// The body is larger than allowed.
    #[error("the answer is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// More redirects than allowed, or one that changes from https to http.
    #[error("too many or unsafe redirects")]
    Redirect,
    /// Another status than 200.
    #[error("the server answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("the connection failed: {reason}")]
    Broken {
        /// What the client saw.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_printed() {
        let request = OutboundRequest {
            method: Method::Post,
            url: "https://idp.example/token?key=hush".into(),
            headers: vec![("authorization".into(), "hush".into())],
            body: b"client_secret=hush".to_vec(),
        };
        assert_eq!(format!("{request:?}"), "OutboundRequest(Post https://idp.example/token, 18 bytes)");
        let answer = OutboundAnswer { status: 200, content_type: None, body: b"hush".to_vec() };
        assert_eq!(format!("{answer:?}"), "OutboundAnswer(200, -, 4 bytes)");
    }
}
