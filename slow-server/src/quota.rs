//! How many connections one address may hold open, so that one laptop cannot take the
//! server from all others.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections that each address has open.
#[derive(Debug, Clone)]
pub(crate) struct Quota {
    most: usize,
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
    pub(crate) fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// A place for one more connection from `peer`; `None` if it has all that it may have.
    pub(crate) fn take(&self, peer: IpAddr) -> Option<Place> {
        let holder = holder(peer);
        let mut open = self.open();
        let own = open.entry(holder).or_default();
        if *own >= self.most {
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

/// Who is behind an address: with IPv6 a machine has a whole /64 of them.
fn holder(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
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
        let quota = Quota::new(2);
        let (one, other) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let held = [quota.take(one).unwrap(), quota.take(one).unwrap()];
        assert!(quota.take(one).is_none());
        assert!(quota.take(other).is_some());
        drop(held);
        assert!(quota.take(one).is_some());
        assert!(quota.open().is_empty(), "nobody is remembered for ever");
    }

    #[test]
    fn many_addresses_of_one_machine_are_one() {
        let quota = Quota::new(1);
        let _held = quota.take(ip("2001:db8::1")).unwrap();
        assert!(quota.take(ip("2001:db8::2")).is_none());
        assert!(quota.take(ip("2001:db8:0:1::1")).is_some());
        let _v4 = quota.take(ip("10.0.0.1")).unwrap();
        assert!(quota.take(ip("::ffff:10.0.0.1")).is_none());
    }
}
