//! From names to addresses that may be connected to.
//!
//! The connector asks for addresses here and connects to nothing else, so there is no second
//! look-up between the check and the connection that could answer differently (DNS rebinding).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address::{Special, classify};
use crate::allow::AllowList;

/// A host that is, or resolves to, an address nobody allowed.
#[derive(Debug, thiserror::Error)]
#[error("`{host}` has the address {address}, which is not public")]
pub(crate) struct Forbidden {
    pub(crate) host: String,
    pub(crate) address: IpAddr,
    pub(crate) special: Special,
}

impl Forbidden {
    /// Tells the operator, who may want to allow the address; the person outside learns the name
    /// only.
    pub(crate) fn log(&self) {
        tracing::warn!(
            host = self.host,
            address = %self.address,
            special = ?self.special,
            "refused to connect; VESTIBULE_OUTBOUND_ALLOW would open it"
        );
    }
}

/// Which addresses a connection may be made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public addresses and the operator's networks.
    Guarded,
    /// Whatever the name resolves to: for the operator's endpoints, which are checked by host and
    /// port before.
    Anywhere,
}

/// Resolves through the system and vets the answer.
pub(crate) struct VettingResolver {
    pub(crate) reach: Reach,
    pub(crate) allow: Arc<AllowList>,
}

fn vet(allow: &AllowList, host: &str, address: IpAddr) -> Result<(), Forbidden> {
    match classify(address) {
        Some(special) if !allow.has_address(address) => {
            Err(Forbidden { host: host.to_owned(), address, special })
        }
        _ => Ok(()),
    }
}

/// One forbidden address among several condemns the name: which one is connected to would be the
/// choice of whoever answers for it.
fn vet_all(allow: &AllowList, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
    addresses.iter().try_for_each(|address| vet(allow, host, address.ip()))?;
    Ok(addresses)
}

/// Checks the host of a URL when it is an address itself: those never reach a resolver.
pub(crate) fn vet_literal(allow: &AllowList, url: &Url) -> Result<(), Forbidden> {
    match url.host() {
        Some(Host::Ipv4(address)) => vet(allow, &address.to_string(), address.into()),
        Some(Host::Ipv6(address)) => vet(allow, &address.to_string(), address.into()),
        Some(Host::Domain(_)) | None => Ok(()),
    }
}

impl Resolve for VettingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, allow) = (self.reach, Arc::clone(&self.allow));
        Box::pin(async move {
            let host = name.as_str();
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            let vetted = match reach {
                Reach::Guarded => vet_all(&allow, host, addresses)?,
                Reach::Anywhere => addresses,
            };
            Ok(Box::new(vetted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn one_forbidden_address_condemns_the_name() {
        let nothing = AllowList::default();
        assert!(vet_all(&nothing, "idp.example.com", sockets(&["8.8.8.8", "2606:4700::1111"])).is_ok());
        let refused = vet_all(&nothing, "idp.example.com", sockets(&["8.8.8.8", "10.0.0.1"])).unwrap_err();
        assert_eq!(
            (refused.host.as_str(), refused.address),
            ("idp.example.com", "10.0.0.1".parse().unwrap())
        );
    }

    #[test]
    fn the_operators_networks_are_let_through() {
        let allow = AllowList::parse("10.0.0.0/8").unwrap();
        assert!(vet_all(&allow, "idp.corp", sockets(&["10.0.0.1", "8.8.8.8"])).is_ok());
        assert!(vet_all(&allow, "idp.corp", sockets(&["10.0.0.1", "127.0.0.1"])).is_err());
    }

    #[test]
    fn every_spelling_of_a_literal_is_seen_through() {
        let nothing = AllowList::default();
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::127.0.0.1]/",
            "https://１２７.0.0.1/",
            "https://127。0。0。1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://0xA9FEA9FE/",
        ] {
            assert!(vet_literal(&nothing, &Url::parse(url).unwrap()).is_err(), "{url}");
        }
        assert!(vet_literal(&nothing, &Url::parse("https://8.8.8.8/").unwrap()).is_ok());
        assert!(vet_literal(&nothing, &Url::parse("https://localhost/").unwrap()).is_ok());
    }
}
