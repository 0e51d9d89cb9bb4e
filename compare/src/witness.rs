//! The server's own count of what happened: it has no reason to flatter a client.

use std::time::Duration;

use client_core::server::beside;
use reqwest::Url;
use reqwest::blocking::Client;
use slow_server::Counts;

/// Asks the server behind a page what it has seen.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    http: Client,
    stats: Url,
    reset: Url,
}

impl Witness {
    /// Errors: reqwest cannot start its runtime.
    pub(crate) fn of(page: &Url) -> anyhow::Result<Self> {
        let http =
            Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let (stats, reset) =
            (beside(page, "/api/stats"), beside(page, "/api/stats/reset"));
        Ok(Self { http, stats, reset })
    }

    /// Has it count from zero. A server that is not ours does not, and does no harm.
    pub(crate) fn reset(&self) {
        let _ = self.http.post(self.reset.clone()).send();
    }

    /// What it has counted since; `None` for a server that does not count.
    pub(crate) fn counts(&self) -> Option<Counts> {
        let json = self.http.get(self.stats.clone()).send().ok()?.bytes().ok()?;
        serde_json::from_slice(&json).ok()
    }
}
