//! Which addresses are other people's public servers, and which are not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What a special address is, for the operator's log. None of them is reached without being
/// allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// "This network" and the unspecified address, which some systems take for themselves.
    Unspecified,
    /// This machine.
    Loopback,
    /// A private network, unique local addresses included.
    Private,
    /// Shared space of carriers, also used for metadata services.
    CarrierGradeNat,
    /// The local link, where the metadata services of clouds live.
    LinkLocal,
    /// A cloud's service address outside of the ranges above.
    CloudMetadata,
    /// Many receivers.
    Multicast,
    /// Everybody on the link.
    Broadcast,
    /// Examples in documents.
    Documentation,
    /// Measurements between laboratories.
    Benchmarking,
    /// An IPv4 address inside an IPv6 one: mapped, compatible, translated or tunnelled. What it
    /// leads to depends on the network, so the inner address is not looked at.
    EmbeddedIpv4,
    /// Set aside by IANA for a protocol or for later.
    Reserved,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Source: IANA IPv4 Special-Purpose Address Registry; the first match counts. Ranges there that
/// are globally reachable (AS112, AMT) are left out.
const V4: [(Ipv4Net, Special); 18] = [
    (v4(0, 0, 0, 0, 8), Special::Unspecified),
    (v4(10, 0, 0, 0, 8), Special::Private),
    (v4(100, 64, 0, 0, 10), Special::CarrierGradeNat),
    (v4(127, 0, 0, 0, 8), Special::Loopback),
    // The platform services of Azure ("wire server"), on a public address.
    (v4(168, 63, 129, 16, 32), Special::CloudMetadata),
    (v4(169, 254, 0, 0, 16), Special::LinkLocal),
    (v4(172, 16, 0, 0, 12), Special::Private),
    // Holds 192.0.0.192, the metadata service of Oracle's cloud.
    (v4(192, 0, 0, 0, 24), Special::Reserved),
    (v4(192, 0, 2, 0, 24), Special::Documentation),
    (v4(192, 88, 99, 0, 24), Special::EmbeddedIpv4),
    (v4(192, 168, 0, 0, 16), Special::Private),
    (v4(198, 18, 0, 0, 15), Special::Benchmarking),
    (v4(198, 51, 100, 0, 24), Special::Documentation),
    (v4(203, 0, 113, 0, 24), Special::Documentation),
    (v4(233, 252, 0, 0, 24), Special::Documentation),
    (v4(224, 0, 0, 0, 4), Special::Multicast),
    (v4(255, 255, 255, 255, 32), Special::Broadcast),
    (v4(240, 0, 0, 0, 4), Special::Reserved),
];

/// Source: IANA IPv6 Special-Purpose Address Registry; the first match counts.
const V6: [(Ipv6Net, Special); 16] = [
    (v6(0, 0, 0, 128), Special::Unspecified),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), Special::Loopback),
    // IPv4-compatible, mapped (RFC 4291) and translated (RFC 2765): ::a.b.c.d, ::ffff:a.b.c.d,
    // ::ffff:0:a.b.c.d.
    (v6(0, 0, 0, 64), Special::EmbeddedIpv4),
    // NAT64: well-known and local prefixes (RFC 6052, RFC 8215).
    (v6(0x64, 0xff9b, 0, 96), Special::EmbeddedIpv4),
    (v6(0x64, 0xff9b, 1, 48), Special::EmbeddedIpv4),
    (v6(0x100, 0, 0, 64), Special::Reserved),
    // Teredo.
    (v6(0x2001, 0, 0, 32), Special::EmbeddedIpv4),
    (v6(0x2001, 2, 0, 48), Special::Benchmarking),
    (v6(0x2001, 0, 0, 23), Special::Reserved),
    (v6(0x2001, 0xdb8, 0, 32), Special::Documentation),
    // 6to4.
    (v6(0x2002, 0, 0, 16), Special::EmbeddedIpv4),
    (v6(0x3fff, 0, 0, 20), Special::Documentation),
    (v6(0xfc00, 0, 0, 7), Special::Private),
    (v6(0xfe80, 0, 0, 10), Special::LinkLocal),
    // Site-local, deprecated by RFC 3879 and still in use here and there.
    (v6(0xfec0, 0, 0, 10), Special::Private),
    (v6(0xff00, 0, 0, 8), Special::Multicast),
];

/// The only part of IPv6 that is handed out as global unicast.
const V6_GLOBAL_UNICAST: Ipv6Net = v6(0x2000, 0, 0, 3);

/// What is special about an address; `None` for a public one.
pub fn classify(address: IpAddr) -> Option<Special> {
    match address {
        IpAddr::V4(address) => {
            V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, special)| *special)
        }
        IpAddr::V6(address) => V6
            .iter()
            .find(|(network, _)| network.contains(&address))
            .map(|(_, special)| *special)
            .or_else(|| (!V6_GLOBAL_UNICAST.contains(&address)).then_some(Special::Reserved)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_range_is_recognised_to_its_edges() {
        use Special::*;
        let cases = [
            ("0.0.0.0", Some(Unspecified)),
            ("0.255.255.255", Some(Unspecified)),
            ("1.0.0.0", None),
            ("9.255.255.255", None),
            ("10.0.0.0", Some(Private)),
            ("10.255.255.255", Some(Private)),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.64.0.0", Some(CarrierGradeNat)),
            ("100.100.100.200", Some(CarrierGradeNat)),
            ("100.127.255.255", Some(CarrierGradeNat)),
            ("100.128.0.0", None),
            ("126.255.255.255", None),
            ("127.0.0.1", Some(Loopback)),
            ("127.255.255.255", Some(Loopback)),
            ("128.0.0.0", None),
            ("168.63.129.15", None),
            ("168.63.129.16", Some(CloudMetadata)),
            ("168.63.129.17", None),
            ("169.253.255.255", None),
            ("169.254.169.254", Some(LinkLocal)),
            ("169.255.0.0", None),
            ("172.15.255.255", None),
            ("172.16.0.0", Some(Private)),
            ("172.31.255.255", Some(Private)),
            ("172.32.0.0", None),
            ("192.0.0.192", Some(Reserved)),
            ("192.0.1.0", None),
            ("192.0.2.1", Some(Documentation)),
            ("192.88.99.1", Some(EmbeddedIpv4)),
            ("192.167.255.255", None),
            ("192.168.0.1", Some(Private)),
            ("192.169.0.0", None),
            ("198.17.255.255", None),
            ("198.18.0.0", Some(Benchmarking)),
            ("198.19.255.255", Some(Benchmarking)),
            ("198.20.0.0", None),
            ("198.51.100.7", Some(Documentation)),
            ("203.0.113.7", Some(Documentation)),
            ("223.255.255.255", None),
            ("224.0.0.1", Some(Multicast)),
            ("233.252.0.1", Some(Documentation)),
            ("239.255.255.255", Some(Multicast)),
            ("240.0.0.0", Some(Reserved)),
            ("255.255.255.254", Some(Reserved)),
            ("255.255.255.255", Some(Broadcast)),
            ("8.8.8.8", None),
            ("::", Some(Unspecified)),
            ("::1", Some(Loopback)),
            ("::2", Some(EmbeddedIpv4)),
            ("::127.0.0.1", Some(EmbeddedIpv4)),
            ("::ffff:127.0.0.1", Some(EmbeddedIpv4)),
            ("::ffff:8.8.8.8", Some(EmbeddedIpv4)),
            ("::ffff:0:10.0.0.1", Some(EmbeddedIpv4)),
            ("64:ff9b::7f00:1", Some(EmbeddedIpv4)),
            ("64:ff9b:1::1", Some(EmbeddedIpv4)),
            ("64:ff9c::1", Some(Reserved)),
            ("100::1", Some(Reserved)),
            ("1fff:ffff::1", Some(Reserved)),
            ("2001:0:7f00:1::", Some(EmbeddedIpv4)),
            ("2001:2::1", Some(Benchmarking)),
            ("2001:10::1", Some(Reserved)),
            ("2001:1ff:ffff::1", Some(Reserved)),
            ("2001:200::1", None),
            ("2001:4860:4860::8888", None),
            ("2001:db8::1", Some(Documentation)),
            ("2002:7f00:1::", Some(EmbeddedIpv4)),
            ("2003::1", None),
            ("2606:4700::1111", None),
            ("3fff::1", Some(Documentation)),
            ("3fff:1000::1", None),
            ("4000::1", Some(Reserved)),
            ("5f00::1", Some(Reserved)),
            ("fbff::1", Some(Reserved)),
            ("fc00::1", Some(Private)),
            ("fd00:ec2::254", Some(Private)),
            ("fe80::1", Some(LinkLocal)),
            ("febf:ffff::1", Some(LinkLocal)),
            ("fec0::1", Some(Private)),
            ("ff02::1", Some(Multicast)),
        ];
        for (address, wanted) in cases {
            assert_eq!(classify(address.parse().unwrap()), wanted, "{address}");
        }
    }
}
