//! The quota of one address, so that one laptop cannot take all of the server.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use parking_lot::Mutex;

/// A limit for each address, on connections or on requests in flight.
#[derive(Debug, Clone)]
pub(crate) struct IpQuota {
    // `None` is no limit.
    limit: Option<NonZeroUsize>,
    // An address is in here only while it holds a permit.
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// The right to one more; returned when dropped.
#[derive(Debug)]
pub(crate) struct QuotaPermit {
    quota: Option<(IpQuota, IpAddr)>,
    /// How many its address held with it; 1 where there is no limit.
    pub(super) held: u32,
}

impl IpQuota {
    /// At most `limit` for each address.
    pub(crate) fn new(limit: Option<NonZeroUsize>) -> Self {
        Self { limit, held: Arc::default() }
    }

    /// A permit for one more; `None` if `ip` has all that it may have. Without a socket there
    /// is no address, and no bound.
    pub(crate) fn acquire(&self, ip: Option<IpAddr>) -> Option<QuotaPermit> {
        let (Some(limit), Some(ip)) = (self.limit, ip) else {
            return Some(QuotaPermit { quota: None, held: 1 });
        };
        // IPv4 as IPv6 writes it is still the same address.
        let ip = ip.to_canonical();
        let mut held = self.held.lock();
        let own = held.entry(ip).or_default();
        if *own >= limit.get() {
            return None;
        }
        *own += 1;
        let held = u32::try_from(*own).unwrap_or(u32::MAX);
        Some(QuotaPermit { quota: Some((self.clone(), ip)), held })
    }
}

impl Drop for QuotaPermit {
    fn drop(&mut self) {
        let Some((quota, ip)) = &self.quota else { return };
        let mut held = quota.held.lock();
        if let Some(own) = held.get_mut(ip) {
            *own -= 1;
            if *own == 0 {
                held.remove(ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn an_address_gets_its_share_and_no_more() {
        let quota = IpQuota::new(NonZeroUsize::new(2));
        let (one, other) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let held = [quota.acquire(one).unwrap(), quota.acquire(one).unwrap()];
        assert!(quota.acquire(one).is_none());
        assert!(quota.acquire(other).is_some());
        drop(held);
        assert!(quota.acquire(one).is_some());
        assert!(
            quota.held.lock().is_empty(),
            "an address without permits is removed"
        );
    }

    #[test]
    fn an_address_is_the_same_in_either_form() {
        let quota = IpQuota::new(Some(NonZeroUsize::MIN));
        let _held = quota.acquire(ip("10.0.0.1")).unwrap();
        assert!(quota.acquire(ip("::ffff:10.0.0.1")).is_none());
        // The machines of a network differ in the second half.
        let _one = quota.acquire(ip("fe80::1")).unwrap();
        assert!(quota.acquire(ip("fe80::2")).is_some());
    }
}
