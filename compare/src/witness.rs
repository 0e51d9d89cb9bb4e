//! The server's own count of what happened: it has no reason to flatter a client.

use std::thread;
use std::time::{Duration, Instant};

use client_core::server::admin_client::AdminClient;
use slow_server::Counts;

/// How long the requests of one client may stay at the server after its end.
const SETTLING: Duration = Duration::from_secs(2);

/// How often to look whether they have gone.
const LOOK: Duration = Duration::from_millis(5);

/// Asks the server behind a page what it has seen.
#[derive(Debug, Clone)]
pub(crate) struct Witness(AdminClient);

/// The server does not count anew for us.
#[derive(Debug)]
pub(crate) struct Locked;

impl Witness {
    /// Has the server count from zero.
    ///
    /// Errors: it does not; most likely it asks for a token.
    pub(crate) fn swear_in(control: AdminClient) -> Result<Self, Locked> {
        match control.post("/api/stats/reset") {
            Ok(reply) if reply.status == 204 => Ok(Self(control)),
            _ => Err(Locked),
        }
    }

    /// Has it count from zero, once nothing is left of the client before: what it left
    /// under way would be counted as the next one's.
    pub(crate) fn reset(&self) {
        let began = Instant::now();
        while began.elapsed() < SETTLING
            && self
                .counts()
                .is_some_and(|counts| counts.in_flight + counts.queued > 0)
        {
            thread::sleep(LOOK);
        }
        // If it does not, the counts do not fit the report, and the sentence says so.
        let _ = self.0.post("/api/stats/reset");
    }

    /// What it has counted since; `None` if it does not say.
    pub(crate) fn counts(&self) -> Option<Counts> {
        let reply = self.0.get("/api/stats").ok()?;
        serde_json::from_slice(&reply.body).ok()
    }
}
