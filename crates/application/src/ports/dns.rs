//! Names, asked of the name servers that the machine is set up with.

use async_trait::async_trait;

/// Looks up records. What is not there is no error.
#[async_trait]
pub trait Dns: Send + Sync {
    /// The texts of a name's TXT records, each joined; none if there is no such name.
    async fn texts(&self, name: &str) -> Result<Option<Vec<String>>, DnsError>;

    /// The name that a name is an alias of, in lower case and without a dot at its end.
    async fn alias(&self, name: &str) -> Result<Option<String>, DnsError>;
}

/// No name server gave an answer in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no name server gave an answer: {reason}")]
pub struct DnsError {
    /// What was seen.
    pub reason: String,
}
