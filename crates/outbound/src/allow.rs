//! What the operator opens: `VESTIBULE_OUTBOUND_ALLOW`.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::{Host, Url};

/// Networks and endpoints that may be reached although they are not public.
///
/// A network (`10.0.0.0/8`) opens https to its addresses. An endpoint (`localhost:9000`,
/// `127.0.0.1:8443`, `[::1]:9000`) opens exactly this host as it is written and this port, over
/// plain http too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    networks: Vec<IpNet>,
    endpoints: Vec<(Host<String>, u16)>,
}

/// Why an allow-list was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` {reason}")]
pub struct AllowListError {
    /// The entry.
    pub entry: String,
    /// What is wrong with it, completing a sentence.
    pub reason: &'static str,
}

impl AllowList {
    /// Reads a list separated by commas or white space; an empty one allows nothing.
    pub fn parse(raw: &str) -> Result<Self, AllowListError> {
        let mut list = Self::default();
        for entry in raw.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty()) {
            list.add(entry).map_err(|reason| AllowListError { entry: entry.to_owned(), reason })?;
        }
        Ok(list)
    }

    fn add(&mut self, entry: &str) -> Result<(), &'static str> {
        if entry.contains("//") {
            return Err("must be a network or host:port, without a scheme");
        }
        if entry.contains('/') {
            let network = IpNet::from_str(entry).map_err(|_| "is not a network such as 10.0.0.0/8")?;
            if network.trunc() != network {
                // `10.1.2.3/8` is either a slip in the address or in the length.
                return Err("has bits set behind the prefix length");
            }
            self.networks.push(network);
            return Ok(());
        }
        if IpAddr::from_str(entry).is_ok() {
            return Err("names neither a network (append /32 or /128) nor a port (append :443)");
        }
        let (host, port) = entry.rsplit_once(':').ok_or("is neither a network nor host:port")?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or("has no port from 1 to 65535")?;
        let host = Host::parse(host).map_err(|_| "has no host name or address before the port")?;
        if matches!(&host, Host::Domain(name) if name.contains('*')) {
            return Err("must not contain a wildcard");
        }
        self.endpoints.push((host, port));
        Ok(())
    }

    /// Whether this is one of the endpoints.
    pub(crate) fn has_endpoint(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return false };
        let host = host.to_owned();
        self.endpoints.iter().any(|(allowed, at)| *allowed == host && *at == port)
    }

    /// Whether an address lies in one of the networks.
    pub(crate) fn has_address(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(raw: &str) -> AllowList {
        AllowList::parse(raw).unwrap()
    }

    #[test]
    fn an_empty_list_allows_nothing() {
        for raw in ["", " ", ",, ,"] {
            assert_eq!(list(raw), AllowList::default());
        }
        assert!(!AllowList::default().has_address("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn networks_hold_their_addresses_only() {
        let list = list("10.0.0.0/8, 192.168.1.7/32\nfd00::/8");
        for (address, wanted) in [
            ("10.255.0.1", true),
            ("11.0.0.1", false),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("::ffff:10.0.0.1", false),
        ] {
            assert_eq!(list.has_address(address.parse().unwrap()), wanted, "{address}");
        }
    }

    #[test]
    fn endpoints_are_exactly_one_host_and_port() {
        let list = list("localhost:9000,127.0.0.1:8443,[::1]:9000,Web:80");
        for (url, wanted) in [
            ("http://localhost:9000/x", true),
            ("https://LOCALHOST:9000", true),
            ("http://localhost:9001", false),
            ("http://localhost.:9000", false),
            ("http://a.localhost:9000", false),
            ("https://127.0.0.1:8443", true),
            ("https://2130706433:8443", true),
            ("https://127.0.0.2:8443", false),
            ("http://127.0.0.1:9000", false),
            ("http://[::1]:9000", true),
            ("http://[::ffff:127.0.0.1]:8443", false),
            ("http://web", true),
            ("https://web", false),
        ] {
            assert_eq!(list.has_endpoint(&Url::parse(url).unwrap()), wanted, "{url}");
        }
    }

    #[test]
    fn a_mistake_is_named_and_nothing_is_guessed() {
        for (raw, reason) in [
            ("10.0.0.5", "names neither a network (append /32 or /128) nor a port (append :443)"),
            ("::1", "names neither a network (append /32 or /128) nor a port (append :443)"),
            ("10.0.0.0/33", "is not a network such as 10.0.0.0/8"),
            ("10.1.2.3/8", "has bits set behind the prefix length"),
            ("localhost", "is neither a network nor host:port"),
            ("localhost:", "has no port from 1 to 65535"),
            ("localhost:0", "has no port from 1 to 65535"),
            ("localhost:65536", "has no port from 1 to 65535"),
            ("localhost:http", "has no port from 1 to 65535"),
            (":80", "has no host name or address before the port"),
            ("*.example.com:443", "must not contain a wildcard"),
            ("http://localhost:80", "must be a network or host:port, without a scheme"),
        ] {
            let error = AllowList::parse(&format!("10.0.0.0/8, {raw}")).unwrap_err();
            assert_eq!(error, AllowListError { entry: raw.to_owned(), reason });
        }
        assert!(AllowList::parse("localhost:65535").is_ok());
    }
}
