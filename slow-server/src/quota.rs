//! How many connections one address may hold open, so that one laptop cannot take the
//! server from all others.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The other end of a connection, as an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The connections that each address has open.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    most: NonZeroUsize,
    // An address is in here only as long as it has a connection.
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// The right of one connection to be open; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    quota: Quota,
    holder: IpAddr,
}

impl Quota {
    /// At most `most` connections for each address.
    pub(crate) fn new(most: NonZeroUsize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// A place for one more connection from `peer`; `None` if it has all that it may have.
    pub(crate) fn take(&self, peer: IpAddr) -> Option<Place> {
        // IPv4 as IPv6 writes it is still the same address.
        let holder = peer.to_canonical();
        let mut open = self.open();
        let own = open.entry(holder).or_default();
        if *own >= self.most.get() {
            return None;
        }
        *own += 1;
        Some(Place { quota: self.clone(), holder })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // No code under this lock can panic half-way through a change.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.quota.open();
        if let Some(own) = open.get_mut(&self.holder) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_its_share_and_no_more() {
        let quota = Quota::new(NonZeroUsize::new(2).unwrap());
        let (one, other) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let held = [quota.take(one).unwrap(), quota.take(one).unwrap()];
        assert!(quota.take(one).is_none());
        assert!(quota.take(other).is_some());
        drop(held);
        assert!(quota.take(one).is_some());
        assert!(quota.open().is_empty(), "nobody is remembered for ever");
    }

    #[test]
    fn an_address_is_the_same_in_either_form() {
        let quota = Quota::new(NonZeroUsize::MIN);
        let _held = quota.take(ip("10.0.0.1")).unwrap();
        assert!(quota.take(ip("::ffff:10.0.0.1")).is_none());
        // The machines of a network differ in the second half.
        let _one = quota.take(ip("fe80::1")).unwrap();
        assert!(quota.take(ip("fe80::2")).is_some());
    }
}
