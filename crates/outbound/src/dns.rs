//! DNS look-ups of records that people set for us.

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, RecordType};
use vestibule_application::ports::dns::{Dns, DnsError};

/// Asks the name servers of the machine. Nothing is remembered: people look whether what they set
/// just now is there.
pub struct SystemDns {
    resolver: TokioResolver,
}

impl SystemDns {
    /// Reads which name servers the machine is set up with.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn new() -> Result<Self, DnsError> {
        let mut builder = TokioResolver::builder_tokio().map_err(unanswered)?;
        builder.options_mut().cache_size = 0;
        Ok(Self { resolver: builder.build().map_err(unanswered)? })
    }
}

fn unanswered(error: NetError) -> DnsError {
    DnsError { reason: error.to_string() }
}

#[async_trait]
impl Dns for SystemDns {
    async fn texts(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let found = match self.resolver.lookup(absolute(name), RecordType::TXT).await {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => return Err(unanswered(error)),
        };
        let text = |data: &RData| match data {
            RData::TXT(texts) => {
                let bytes: Vec<u8> = texts.txt_data.iter().flat_map(|text| text.iter().copied()).collect();
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => None,
        };
        Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect())
    }

    async fn alias(&self, name: &str) -> Result<Option<String>, DnsError> {
        let found = match self.resolver.lookup(absolute(name), RecordType::CNAME).await {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() => return Ok(None),
            Err(error) => return Err(unanswered(error)),
        };
        let target = found.answers().iter().find_map(|record| match &record.data {
            RData::CNAME(target) => Some(target.0.to_ascii()),
            _ => None,
        });
        Ok(target.map(|target| target.trim_end_matches('.').to_ascii_lowercase()))
    }
}

/// The name itself: the machine's search list is for other names.
fn absolute(name: &str) -> String {
    format!("{name}.")
}
