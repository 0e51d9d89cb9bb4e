//! The URLs of the page at as many addresses of its server as a client needs to have a local port
//! for each connection.

use std::net::SocketAddr;

use reqwest::Url;

/// The page at `url`, at one of `addresses` after the other, as far as this many `connections`
/// need them, if this machine has this many local `ports` for each.
///
/// Only a server on this machine, called by its address, has several: what it says is
/// never a reason to send requests elsewhere.
pub(crate) fn spread(
    url: &Url,
    addresses: &[SocketAddr],
    connections: u64,
    ports: Option<u64>,
) -> Vec<Url> {
    let needed = needed(connections, ports);
    let own = |&&address: &&SocketAddr| is_at(url, address);
    if needed < 2 || !addresses.iter().any(|address| own(&address)) {
        return vec![url.clone()];
    }
    let first = addresses.iter().filter(own);
    let others = addresses.iter().filter(|address| !own(address));
    let near = first.chain(others).filter(|address| address.ip().is_loopback());
    near.take(needed).filter_map(|&address| at(url, address)).collect()
}

/// How many addresses a server should have, for as many connections.
///
/// Linux finds a free port immediately in one half of them. Then it looks for one ever
/// longer: measured, a connection takes nine times as long at the end. So an address is
/// used for half of the ports.
pub(crate) fn needed(connections: u64, ports: Option<u64>) -> usize {
    let half = ports.map_or(u64::MAX, |ports| ports / 2).max(1);
    usize::try_from(connections.div_ceil(half)).unwrap_or(usize::MAX).max(1)
}

fn is_at(url: &Url, address: SocketAddr) -> bool {
    let host = url.host_str().and_then(|host| host.parse().ok());
    address.ip().is_loopback()
        && host == Some(address.ip())
        && url.port_or_known_default() == Some(address.port())
}

fn at(url: &Url, address: SocketAddr) -> Option<Url> {
    let mut url = url.clone();
    url.set_ip_host(address.ip()).ok()?;
    url.set_port(Some(address.port())).ok()?;
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Option<u64> = Some(1000);

    fn hosts(url: &str, addresses: &[&str], connections: u64) -> Vec<String> {
        let addresses: Vec<_> =
            addresses.iter().map(|address| address.parse().unwrap()).collect();
        let pages = spread(&url.parse().unwrap(), &addresses, connections, PORTS);
        pages.iter().map(Url::to_string).collect()
    }

    #[test]
    fn as_many_addresses_are_used_as_there_are_ports_needed() {
        let addresses = ["127.0.0.1:5000", "127.0.0.2:5000", "127.0.0.3:5000"];
        let of =
            |connections| hosts("http://127.0.0.1:5000/", &addresses, connections);
        let pages = addresses.map(|address| format!("http://{address}/"));
        assert_eq!(of(1), pages[..1]);
        assert_eq!(of(500), pages[..1]);
        assert_eq!(of(501), pages[..2]);
        assert_eq!(of(1001), pages);
        assert_eq!(of(1_000_000), pages);
    }

    #[test]
    fn the_page_stays_the_same_and_its_own_address_comes_first() {
        let addresses = ["127.0.0.1:5000", "127.0.0.2:5000"];
        let pages = hosts("http://127.0.0.2:5000/?delay=1s", &addresses, 600);
        assert_eq!(
            pages,
            ["http://127.0.0.2:5000/?delay=1s", "http://127.0.0.1:5000/?delay=1s"]
        );
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (url, addresses) in [
            // A server's claim about other addresses is not trusted.
            ("http://127.0.0.1:5000/", ["127.0.0.1:5000", "203.0.113.7:5000"]),
            ("http://127.0.0.1:5000/", ["203.0.113.7:5000", "127.0.0.1:5000"]),
            // Not called by an address of its own.
            ("http://localhost:5000/", ["127.0.0.1:5000", "127.0.0.2:5000"]),
            ("http://127.0.0.1:8000/", ["127.0.0.1:5000", "127.0.0.2:5000"]),
            ("http://192.168.1.2:5000/", ["192.168.1.2:5000", "127.0.0.1:5000"]),
        ] {
            assert_eq!(hosts(url, &addresses, 9999), [url], "{addresses:?}");
        }
    }

    #[test]
    fn where_ports_are_not_known_one_address_is_enough() {
        let url: Url = "http://127.0.0.1:5000/".parse().unwrap();
        let addresses = ["127.0.0.1:5000", "127.0.0.2:5000"];
        let addresses = addresses.map(|address| address.parse().unwrap());
        assert_eq!(spread(&url, &addresses, 1_000_000, None), [url]);
    }
}
