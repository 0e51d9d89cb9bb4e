//! Resolves the name of a server, in the same way for everything that sends to it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use reqwest::Url;

use crate::outcome::failure::{Failure, FailureKind, Stage};

/// The addresses of the host of `url` that this machine has a route to, which can be one of the
/// two of `localhost`.
///
/// # Errors
///
/// The host is unknown, or there is no route to any of its addresses.
pub(crate) fn resolve(url: &Url) -> Result<Vec<SocketAddr>, Failure> {
    let failed = |error: io::Error| Failure::of(&error, Stage::Address);
    let mut why_none = Failure::new(FailureKind::NoSuchHost);
    let mut reachable =
        url.socket_addrs(|| None).map_err(failed).map_err(not_found)?;
    reachable.retain(|&address| match find_route(address).map_err(failed) {
        Err(failure) if failure.kind == FailureKind::Unreachable => {
            why_none = failure;
            false
        }
        // A sandbox may know TCP alone, and not this.
        Ok(()) | Err(_) => true,
    });
    if reachable.is_empty() { Err(why_none) } else { Ok(reachable) }
}

/// Whatever a lookup failed of on its way to a name server, the name is not known.
fn not_found(failure: Failure) -> Failure {
    let kind = match failure.kind {
        shortage @ (FailureKind::NoFiles | FailureKind::NoMemory) => shortage,
        _ => FailureKind::NoSuchHost,
    };
    Failure { kind, ..failure }
}

/// Connects over UDP, which sends nothing: the kernel looks for a route and a local address.
/// Over TCP, the same error may also mean that no port is free.
fn find_route(address: SocketAddr) -> io::Result<()> {
    let socket = match address {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)),
    };
    socket?.connect(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_with_a_route_are_kept() {
        let kind = |url: &str| resolve(&url.parse().unwrap()).map_err(|f| f.kind);
        let here = "127.0.0.1:5000".parse().unwrap();
        assert_eq!(kind("http://127.0.0.1:5000/"), Ok(vec![here]));
        assert_eq!(
            kind("http://no-such-host.invalid/"),
            Err(FailureKind::NoSuchHost)
        );
        // A link-local address without its interface.
        if cfg!(unix) {
            let of_no_link = kind("http://[fe80::1]/");
            assert_eq!(of_no_link, Err(FailureKind::Unreachable));
        }
    }
}
