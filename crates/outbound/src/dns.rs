//! DNS look-ups of records that people set for us.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use vestibule_application::ports::dns::{Dns, DnsError};

/// Longest time that one look-up may take, whatever is tried in it.
const LOOK_UP_MS_MAX: u64 = 8_000;

/// Longest time that one name server has for one answer.
const ANSWER_MS_MAX: u64 = 3_000;

/// Asks the name servers of the machine, or others. Nothing is remembered: people look whether what
/// they set just now is there.
pub struct SystemDns {
    resolver: TokioResolver,
}

impl SystemDns {
    /// Reads which name servers the machine is set up with.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn new() -> Result<Self, DnsError> {
        Self::built(TokioResolver::builder_tokio().map_err(unanswered)?)
    }

    /// Asks these name servers instead, by UDP, and by TCP where an answer does not fit.
    ///
    /// # Errors
    /// When they cannot be asked at all.
    pub fn asking(servers: &[SocketAddr]) -> Result<Self, DnsError> {
        let by = |mut connection: ConnectionConfig, port| {
            connection.port = port;
            connection
        };
        let server = |address: &SocketAddr| {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
            let connections = connections.map(|connection| by(connection, address.port())).into();
            NameServerConfig::new(address.ip(), true, connections)
        };
        let config = ResolverConfig::from_name_servers(servers.iter().map(server).collect());
        Self::built(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
    }

    fn built(mut builder: ResolverBuilder<TokioRuntimeProvider>) -> Result<Self, DnsError> {
        let options = builder.options_mut();
        options.cache_size = 0;
        options.timeout = Duration::from_millis(ANSWER_MS_MAX);
        Ok(Self { resolver: builder.build().map_err(unanswered)? })
    }

    /// The records that answer for a name; none if there is no such name.
    async fn records(&self, name: &str, kind: RecordType) -> Result<Option<Vec<Record>>, DnsError> {
        // The dot keeps the machine's search list away: it is for other names.
        let asked = self.resolver.lookup(format!("{name}."), kind);
        match tokio::time::timeout(Duration::from_millis(LOOK_UP_MS_MAX), asked).await {
            Ok(Ok(found)) => Ok(Some(found.answers().to_vec())),
            Ok(Err(error)) if error.is_nx_domain() => Ok(None),
            Ok(Err(error)) if error.is_no_records_found() => Ok(Some(Vec::new())),
            Ok(Err(error)) => Err(unanswered(error)),
            Err(_) => Err(DnsError { reason: "it took too long".to_owned() }),
        }
    }
}

fn unanswered(error: NetError) -> DnsError {
    DnsError { reason: error.to_string() }
}

#[async_trait]
impl Dns for SystemDns {
    async fn texts(&self, name: &str) -> Result<Option<Vec<String>>, DnsError> {
        let text = |record: &Record| match &record.data {
            RData::TXT(texts) => {
                let bytes: Vec<u8> = texts.txt_data.iter().flat_map(|text| text.iter().copied()).collect();
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => None,
        };
        let found = self.records(name, RecordType::TXT).await?;
        Ok(found.map(|records| records.iter().filter_map(text).collect()))
    }

    async fn alias(&self, name: &str) -> Result<Option<String>, DnsError> {
        let target = |record: &Record| match &record.data {
            RData::CNAME(target) => Some(target.0.to_ascii()),
            _ => None,
        };
        let found = self.records(name, RecordType::CNAME).await?.unwrap_or_default();
        let target = found.iter().find_map(target);
        Ok(target.map(|target| target.trim_end_matches('.').to_ascii_lowercase()))
    }
}
