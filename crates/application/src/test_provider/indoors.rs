//! The way to the test identity provider from inside: what its relying party asks of it is answered
//! in the process.
//!
//! The guarded client refuses to talk to its own host, and stays as it is. Only the relying party of
//! test connections has this way, and this way leads to nowhere else.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_domain::id::ConnectionId;

use super::{TestDesk, TestPages, TestProvider};
use crate::ports::outbound::{
    AnswerLimits, FetchLimits, Fetched, Method, Outbound, OutboundAnswer, OutboundError, OutboundRequest,
    PostAnswer, PostRequest,
};
use crate::ports::store::Store;

const JSON: &str = "application/json";

/// Answers requests to the test identity provider, and to nobody else.
pub struct Indoors {
    /// The provider.
    pub provider: TestProvider,
    /// Where connections are kept.
    pub store: Arc<dyn Store>,
}

impl Indoors {
    /// The desk that an address belongs to.
    async fn desk(&self, url: &str) -> Result<(TestDesk, TestPages), OutboundError> {
        let not_found = || OutboundError::Status { status: 404 };
        let connection = self.connection_of(url).ok_or_else(|| {
            let host = "every host but the test identity provider's".to_owned();
            OutboundError::ForbiddenAddress { host }
        })?;
        let desk = self.provider.desk(&*self.store, connection).await;
        let desk = desk.map_err(|error| OutboundError::Broken { reason: error.to_string() })?;
        let desk = desk.ok_or_else(not_found)?;
        let pages = self.provider.pages(&desk);
        Ok((desk, pages))
    }

    fn connection_of(&self, url: &str) -> Option<ConnectionId> {
        let root = format!("{}/test-idp/", self.provider.ambient.addresses.public_url());
        let (connection, _) = url.strip_prefix(&root)?.split_once('/')?;
        connection.parse().ok()
    }
}

#[async_trait]
impl Outbound for Indoors {
    async fn get(&self, url: &str, limits: FetchLimits) -> Result<Fetched, OutboundError> {
        let (desk, pages) = self.desk(url).await?;
        if url != pages.keys {
            return Err(OutboundError::Status { status: 404 });
        }
        let keys = self.provider.keys(&desk).map_err(|_| OutboundError::Status { status: 404 })?;
        within(keys.len(), limits.body_bytes_max)?;
        Ok(Fetched { body: keys.into(), content_type: Some(JSON.to_owned()), url: url.to_owned() })
    }

    async fn post(&self, request: PostRequest) -> Result<PostAnswer, OutboundError> {
        Err(OutboundError::Scheme { url: request.url })
    }

    async fn send(
        &self,
        request: OutboundRequest,
        limits: AnswerLimits,
    ) -> Result<OutboundAnswer, OutboundError> {
        let (desk, pages) = self.desk(&request.url).await?;
        if request.url != pages.token || request.method != Method::Post {
            return Err(OutboundError::Status { status: 404 });
        }
        let authorization =
            request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let authorization = authorization.map(|(_, value)| value.as_str());
        let tokens = self.provider.tokens(&desk, authorization, &request.body);
        let tokens = tokens.map_err(|error| OutboundError::Broken { reason: error.to_string() })?;
        within(tokens.body.len(), limits.body_bytes_max)?;
        let content_type = Some(JSON.to_owned());
        Ok(OutboundAnswer { status: tokens.status, content_type, body: tokens.body.into() })
    }
}

fn within(bytes: usize, bytes_max: usize) -> Result<(), OutboundError> {
    if bytes > bytes_max { Err(OutboundError::TooLarge { bytes_max }) } else { Ok(()) }
}
