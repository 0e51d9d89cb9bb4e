//! The addresses of this machine on its network.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// The IPv4 addresses of this machine, the most likely one first.
#[must_use]
pub fn addresses() -> Vec<Ipv4Addr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<_> = interfaces
        .iter()
        .filter_map(|interface| match interface.ip() {
            IpAddr::V4(v4) => Some(v4),
            IpAddr::V6(_) => None,
        })
        .filter(|address| !address.is_loopback() && !address.is_link_local())
        .collect();
    // A machine with containers has networks that no laptop is on; the route out is the one
    // that the others are on.
    let source = source_address();
    addresses.sort_by_key(|&address| (Some(address) != source, address));
    addresses.dedup();
    addresses
}

/// The address that this machine would send from. Nothing is sent: connecting a UDP
/// socket only looks up the route, here to an address that is reserved for documentation.
fn source_address() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(v4) => Some(v4),
        IpAddr::V6(_) => None,
    }
}
