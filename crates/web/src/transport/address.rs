//! Whose address a request came from, told apart from what it says about itself.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{self, HeaderMap};

/// The address that a request is attributed to.
///
/// Forwarding headers are believed from trusted proxies only, and read from the right: each proxy
/// appends the address it saw, so the first one that is not a trusted proxy is the client's, and
/// whatever stands before it is the client's own claim. Source: RFC 7239, section 5.2.
pub(crate) fn client_address(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[IpAddr],
) -> Option<IpAddr> {
    let mut address = peer.map(|peer| peer.to_canonical())?;
    for claimed in forwarded_for(headers).into_iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        match claimed {
            Some(claimed) => address = claimed,
            None => break,
        }
    }
    Some(address)
}

/// What to count an address under: one customer of an IPv6 network has a whole /64.
pub(super) fn counted_as(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// The chain of addresses, client's first; `None` for an entry that is no address.
fn forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = |name| headers.get_all(name).filter_map(|value| value.to_str().ok());
    let standard: Vec<_> = values(header::FORWARDED)
        .flat_map(|value| value.split(','))
        .map(|hop| {
            hop.split(';')
                .filter_map(|pair| pair.split_once('='))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
                .and_then(|(_, node)| parse_node(node.trim().trim_matches('"')))
        })
        .collect();
    if standard.is_empty() {
        values(header::X_FORWARDED_FOR)
            .flat_map(|value| value.split(','))
            .map(|hop| parse_node(hop.trim()))
            .collect()
    } else {
        standard
    }
}

/// An address with or without port: `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`.
fn parse_node(raw: &str) -> Option<IpAddr> {
    let bracketed = raw.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let address = bracketed.map_or_else(
        || raw.parse().or_else(|_| raw.split(':').next().unwrap_or_default().parse()),
        str::parse,
    );
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn of(peer: &str, name: header::HeaderName, value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        client_address(peer.parse().ok(), &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let x = header::X_FORWARDED_FOR;
        for (peer, name, value, expected) in [
            ("203.0.113.9", x.clone(), "192.0.2.1", "203.0.113.9"),
            ("10.0.0.1", x.clone(), "192.0.2.1", "192.0.2.1"),
            ("::ffff:10.0.0.1", x.clone(), "192.0.2.1", "192.0.2.1"),
            ("10.0.0.1", x.clone(), "198.51.100.7, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
            ("10.0.0.1", x.clone(), "evil, 192.0.2.1:4711", "192.0.2.1"),
            ("10.0.0.1", x, "evil", "10.0.0.1"),
            ("10.0.0.1", header::FORWARDED, "for=\"[2001:db8::1]:443\";proto=https", "2001:db8::1"),
            ("10.0.0.1", header::FORWARDED, "for=192.0.2.1, for=10.0.0.2;by=x", "192.0.2.1"),
            ("10.0.0.1", header::FORWARDED, "for=unknown", "10.0.0.1"),
        ] {
            assert_eq!(of(peer, name, value), expected, "{peer} {value}");
        }
    }

    #[test]
    fn a_network_of_one_customer_counts_as_one() {
        let count = |raw: &str| counted_as(raw.parse().unwrap());
        assert_eq!(count("2001:db8:1:2::1"), count("2001:db8:1:2:ffff::9"));
        assert_ne!(count("2001:db8:1:2::1"), count("2001:db8:1:3::1"));
        assert_ne!(count("192.0.2.1"), count("192.0.2.2"));
    }
}
