//! Where the server listens: at one address, or at several of this machine.
//!
//! A client has its local ports once for each address that it connects to, and the second
//! half of them is slow to find. So a server for more connections than that has more
//! addresses: Linux and Windows have all of 127.0.0.1 to 127.255.255.254 from the start.

use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::task::{Context, Poll};
use std::{io, iter};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::net::limits::backlog;

/// The sockets of one server, which serves the same at each of them.
#[derive(Debug)]
pub struct Listeners {
    first: TcpListener,
    others: Vec<TcpListener>,
    // Polled first the next time, so that none starves the others.
    next: usize,
}

/// How many ports to try where one has to be free at several addresses.
const TRIES: usize = 16;

/// Bytes of responses that the kernel keeps until the client reads them. Linux allocates
/// twice as much, for its bookkeeping.
const SEND_BUFFER: u32 = 128 * 1024;

impl Listeners {
    /// Listens on `first` and the addresses that follow it, all at the same port and with the
    /// backlog of [`backlog`].
    ///
    /// # Errors
    ///
    /// Those of the system, such as [`io::ErrorKind::AddrInUse`];
    /// [`io::ErrorKind::InvalidInput`] for more than one that is not of this machine alone.
    pub fn bind(first: SocketAddr, addresses: NonZeroUsize) -> io::Result<Self> {
        let tries = if first.port() == 0 { TRIES } else { 1 };
        let mut bound = Self::bind_once(first, addresses);
        for _ in 1..tries {
            match bound {
                Err(taken) if taken.kind() == io::ErrorKind::AddrInUse => {
                    bound = Self::bind_once(first, addresses);
                }
                other => return other,
            }
        }
        bound
    }

    fn bind_once(first: SocketAddr, addresses: NonZeroUsize) -> io::Result<Self> {
        let first = bind(first)?;
        let address = first.local_addr()?;
        let another = |number| bind(after(address, number)?);
        let others: io::Result<_> = (1..addresses.get()).map(another).collect();
        Ok(Self { first, others: others?, next: 0 })
    }

    /// The first of its addresses.
    ///
    /// # Errors
    ///
    /// The socket has no local address.
    pub fn first_address(&self) -> io::Result<SocketAddr> {
        self.first.local_addr()
    }

    /// All of its addresses, in order.
    pub(crate) fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.all().map(TcpListener::local_addr).collect()
    }

    /// The next connection to any of them. Cancel safe.
    pub(crate) async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let first = self.next;
        self.next = (first + 1) % (1 + self.others.len());
        for listener in self.all().skip(first).chain(self.all().take(first)) {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                return Poll::Ready(accepted);
            }
        }
        Poll::Pending
    }

    fn all(&self) -> impl Iterator<Item = &TcpListener> {
        iter::once(&self.first).chain(&self.others)
    }
}

impl From<TcpListener> for Listeners {
    fn from(listener: TcpListener) -> Self {
        Self { first: listener, others: Vec::new(), next: 0 }
    }
}

/// The address `number` after this one, if it is one that every machine has for itself.
fn after(first: SocketAddr, number: usize) -> io::Result<SocketAddr> {
    let next = match first.ip() {
        IpAddr::V4(v4) => u32::try_from(number)
            .ok()
            .and_then(|number| v4.to_bits().checked_add(number))
            .map(Ipv4Addr::from_bits),
        IpAddr::V6(_) => None,
    };
    match next {
        Some(v4) if first.ip().is_loopback() && v4.is_loopback() => {
            Ok((v4, first.port()).into())
        }
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "several addresses are for a server on this machine alone, from 127.0.0.1 on",
        )),
    }
}

/// Listens on `address` with the backlog of [`backlog`].
///
/// # Errors
///
/// Those of the system, such as [`io::ErrorKind::AddrInUse`].
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that was just stopped can start again immediately. On Windows the same option
    // would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Connections inherit what follows. By default the kernel would keep megabytes for a live
    // page whose tab sleeps, which would get them one after another when it wakes.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    // Responses are small: Nagle's algorithm would only delay them.
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(backlog())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_addresses_are_this_machines_own() {
        let next = |first: &str, number| after(first.parse().unwrap(), number);
        assert_eq!(next("127.0.0.1:5000", 1).unwrap().to_string(), "127.0.0.2:5000");
        assert_eq!(next("127.0.0.255:9", 2).unwrap().to_string(), "127.0.1.1:9");
        for (first, number) in [
            ("0.0.0.0:5000", 1),
            ("192.168.1.2:5000", 1),
            ("127.255.255.255:5000", 1),
            ("127.0.0.1:5000", usize::MAX),
            ("[::1]:5000", 1),
        ] {
            let refused = next(first, number).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{first}");
        }
    }
}
