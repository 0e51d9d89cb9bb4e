//! This machine as others on its network see it.

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
    // A machine with containers has networks that no laptop is on; the one by which it
    // would leave is the one by which the others come.
    let way_out = way_out();
    addresses.sort_by_key(|&address| (Some(address) != way_out, address));
    addresses.dedup();
    addresses
}

/// The address that this machine would send from. Nothing is sent: connecting a UDP
/// socket only looks up the way, here to an address that is reserved for documentation.
fn way_out() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(v4) => Some(v4),
        IpAddr::V6(_) => None,
    }
}
