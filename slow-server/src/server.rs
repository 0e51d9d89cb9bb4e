//! A server without its sockets: what all handlers share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use parking_lot::RwLock;

use crate::behavior::concurrency::ConcurrencyLimit;
use crate::behavior::settings::Settings;
use crate::config::Config;
use crate::net::ip_quota::IpQuota;
use crate::stats::Stats;

/// The state of one server.
#[derive(Debug)]
pub struct Server {
    /// What it was started with.
    pub config: Config,
    /// What it has seen.
    pub stats: Arc<Stats>,
    /// Its limit on the requests served at the same time.
    pub concurrency: Arc<ConcurrencyLimit>,
    /// The requests that each address has in flight.
    pub(crate) quota: IpQuota,
    /// Identifies it among the servers that were on this port.
    pub(crate) started_at: SystemTime,
    // The part of the configuration that can change, as it is in force.
    settings: RwLock<Settings>,
    arrivals: AtomicU64,
    // Known once it listens.
    addresses: OnceLock<Vec<SocketAddr>>,
}

impl Server {
    /// A server that behaves as `config` says.
    #[must_use]
    pub fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            stats: Stats::new(config.journal),
            concurrency: ConcurrencyLimit::new(
                config.max_concurrent,
                config.when_full,
            ),
            quota: IpQuota::new(config.limits.per_address),
            started_at: SystemTime::now(),
            settings: RwLock::new(config.settings()),
            arrivals: AtomicU64::new(0),
            addresses: OnceLock::new(),
            config,
        })
    }

    /// What is in force now.
    pub(crate) fn settings(&self) -> Settings {
        *self.settings.read()
    }

    /// Changes what is in force, and returns it.
    ///
    /// # Errors
    ///
    /// Those of `change`; then nothing is changed.
    pub(crate) fn change<E>(
        &self,
        change: impl FnOnce(Settings) -> Result<Settings, E>,
    ) -> Result<Settings, E> {
        // Held until the limit is set, or two concurrent changes could leave the settings of
        // one and the limit of the other.
        let mut settings = self.settings.write();
        *settings = change(*settings)?;
        self.concurrency.set(settings.max_concurrent);
        self.stats.note_change();
        Ok(*settings)
    }

    pub(crate) fn set_addresses(&self, addresses: Vec<SocketAddr>) {
        self.addresses.get_or_init(|| addresses);
    }

    /// Where it listens; nowhere if it is called without a socket.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        self.addresses.get().map_or(&[], Vec::as_slice)
    }

    /// Counts from zero again, also the requests without a number.
    pub(crate) fn reset(&self) {
        self.stats.reset();
        self.arrivals.store(0, Ordering::Relaxed);
    }

    /// The number of a request that just arrived, counted from 0.
    pub(crate) fn next_arrival(&self) -> u64 {
        self.arrivals.fetch_add(1, Ordering::Relaxed)
    }
}
