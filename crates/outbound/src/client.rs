//! The client: its construction, and the check in front of every request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use vestibule_application::ports::outbound::OutboundError;

use crate::allow::AllowList;
use crate::error::host_of;
use crate::resolve::{Reach, VettingResolver, vet_literal};

/// How we introduce ourselves.
pub const USER_AGENT: &str = concat!("Vestibule/", env!("CARGO_PKG_VERSION"));

/// Most headers of an answer.
pub const HEADERS_MAX: usize = 100;

/// Most bytes of the headers of an answer, names and values together.
pub const HEADER_BYTES_MAX: usize = 32 * 1024;

/// How long an unused connection is kept for the next request to the same receiver.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);

/// Unused connections kept per receiver.
const IDLE_CONNECTIONS_MAX: usize = 4;

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// An additional root certificate is none.
    #[error("additional root certificate {position} is not usable")]
    Root {
        /// Its position, from 1.
        position: usize,
        /// The TLS library's reason.
        source: rustls::Error,
    },
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP library refuses the settings.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Settings of a [`GuardedClient`].
#[derive(Clone, Debug, Default)]
pub struct GuardedClientBuilder {
    allow: AllowList,
    extra_roots: Vec<Vec<u8>>,
}

impl GuardedClientBuilder {
    /// Networks and endpoints that may be reached although they are not public.
    pub fn allow(mut self, allow: AllowList) -> Self {
        self.allow = allow;
        self
    }

    /// Root certificates (DER) that are trusted beside Mozilla's: of a private network's own
    /// authority.
    pub fn extra_roots(mut self, roots: Vec<Vec<u8>>) -> Self {
        self.extra_roots = roots;
        self
    }

    /// Builds the client.
    pub fn build(self) -> Result<GuardedClient, BuildError> {
        let tls = tls_config(self.extra_roots)?;
        let allow = Arc::new(self.allow);
        let client = |reach| {
            let resolver = VettingResolver { reach, allow: Arc::clone(&allow) };
            Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Arc::new(resolver))
                // A proxy would resolve names by itself, behind the guard.
                .no_proxy()
                // Each hop is checked by `GuardedClient::get` itself.
                .redirect(Policy::none())
                .referer(false)
                .user_agent(USER_AGENT)
                .http1_max_headers(HEADERS_MAX)
                .http2_max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX))
                .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
                .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
                .build()
                .map_err(BuildError::Http)
        };
        Ok(GuardedClient {
            guarded: client(Reach::Guarded)?,
            endpoints: client(Reach::Anywhere)?,
            allow: Arc::clone(&allow),
        })
    }
}

/// Certificates are checked with ring against Mozilla's roots, whichever provider the process has
/// installed and whatever certificates the machine trusts.
fn tls_config(extra_roots: Vec<Vec<u8>>) -> Result<ClientConfig, BuildError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for (index, root) in extra_roots.into_iter().enumerate() {
        roots
            .add(CertificateDer::from(root))
            .map_err(|source| BuildError::Root { position: index + 1, source })?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(BuildError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The guarded client: https to public addresses, and what the operator's [`AllowList`] opens.
///
/// Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct GuardedClient {
    guarded: Client,
    /// For the operator's endpoints only. A client of its own, because a resolver sees names
    /// without ports, and because connections must not be shared across the two rules.
    endpoints: Client,
    allow: Arc<AllowList>,
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient").field("allow", &self.allow).finish_non_exhaustive()
    }
}

impl GuardedClient {
    /// Starts with Mozilla's roots and an empty allow-list.
    pub fn builder() -> GuardedClientBuilder {
        GuardedClientBuilder::default()
    }

    /// Reads an address and refuses what is no https address, unless it is one of the operator's
    /// endpoints over plain http.
    pub(crate) fn parse(&self, raw: &str) -> Result<Url, OutboundError> {
        let refused = || OutboundError::Scheme { url: without_user_info(raw) };
        let mut url = Url::parse(raw).map_err(|_| refused())?;
        // The HTTP library would make an `Authorization` header of it.
        let has_user_info = !url.username().is_empty() || url.password().is_some();
        if !url.has_host() || has_user_info || !self.has_acceptable_scheme(&url) {
            return Err(refused());
        }
        url.set_fragment(None);
        Ok(url)
    }

    fn has_acceptable_scheme(&self, url: &Url) -> bool {
        url.scheme() == "https" || (url.scheme() == "http" && self.allow.has_endpoint(url))
    }

    /// The client that may make this request.
    pub(crate) fn client_for(&self, url: &Url) -> Result<&Client, OutboundError> {
        if self.allow.has_endpoint(url) {
            return Ok(&self.endpoints);
        }
        vet_literal(&self.allow, url).map_err(|forbidden| {
            forbidden.log();
            OutboundError::ForbiddenAddress { host: host_of(url) }
        })?;
        Ok(&self.guarded)
    }
}

/// An address for a message: what stands before an at sign may be a password.
fn without_user_info(raw: &str) -> String {
    match raw.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => raw.to_owned(),
    }
}

/// Refuses an answer whose headers are larger than any honest server's.
pub(crate) fn check_headers(response: &Response) -> Result<(), OutboundError> {
    let bytes: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEADER_BYTES_MAX {
        return Err(OutboundError::Broken {
            reason: format!("the headers are larger than {HEADER_BYTES_MAX} bytes"),
        });
    }
    Ok(())
}
