//! The server's own counts, which do not depend on the client.

use std::thread;
use std::time::{Duration, Instant};

use client_core::server::Server;
use client_core::server::admin_client::AdminClient;
use reqwest::Url;
use slow_server::Counts;
use units::{Localized, localized, warn};

/// How long the requests of one client may stay at the server after its end.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The interval at which to check whether they have gone.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// The route that resets the counts.
const RESET: &str = "/api/stats/reset";

/// Asks the server behind a page for its counts.
pub(crate) struct StatsClient(AdminClient);

impl StatsClient {
    /// For a slow-server that resets its counts for us, else `None`: another server gets the
    /// requests of the run and no more.
    ///
    /// # Errors
    ///
    /// The address cannot be asked.
    pub(crate) fn connect(
        url: &Url,
        server: &Server,
        token: Option<String>,
    ) -> anyhow::Result<Option<Self>> {
        if server.settings().is_none() {
            return Ok(None);
        }
        let has_token = token.is_some();
        let client = AdminClient::of(url)?.with_token(token);
        let reset = client.post(RESET);
        if reset.is_ok_and(|response| response.status == 204) {
            return Ok(Some(Self(client)));
        }
        let Localized { en, zh } = if has_token {
            localized!(
                "This is not the --token that it printed.",
                "这不是它打印的 --token。"
            )
        } else {
            localized!(
                "If it printed a token, add --token TOKEN.",
                "如果它打印了令牌：--token TOKEN"
            )
        };
        warn(localized!(
            "compare: {url} does not allow its counts to be reset,\n\
             so its counts for each client are left out. {en}",
            "compare: {url} 不允许清零计数，\n\
             所以略去它对每个客户端的计数。{zh}",
        ));
        Ok(None)
    }

    /// Resets the counts once nothing is left of the client before: what it left in flight
    /// would be counted as the next one's.
    pub(crate) fn reset(&self) {
        let began = Instant::now();
        while began.elapsed() < DRAIN_TIMEOUT
            && self
                .counts()
                .is_some_and(|counts| counts.in_flight + counts.queued > 0)
        {
            thread::sleep(POLL_INTERVAL);
        }
        // If it does not, the counts do not fit the report, and the sentence says so.
        let _ = self.0.post(RESET);
    }

    /// The counts since the reset; `None` if the server does not say.
    pub(crate) fn counts(&self) -> Option<Counts> {
        let response = self.0.get("/api/stats").ok()?;
        serde_json::from_slice(&response.body).ok()
    }
}
