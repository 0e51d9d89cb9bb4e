//! The conditions of a comparison, which are needed to repeat it.

use std::time::{Duration, SystemTime};

use client_core::machine::Description;
use client_core::server::ServerSettings;
use serde::Serialize;

/// The head of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Setup {
    /// As it was typed, but for tokens.
    pub(crate) command: String,
    /// When it began, in UTC, as in `2026-11-29T22:58:00Z`.
    pub(crate) began: String,
    /// The most that is added to a delay; `None` if the server does not report it.
    pub(crate) jitter_ms: Option<f64>,
    /// The share of requests that is planned to fail; `None` if the server does not report it.
    pub(crate) fail_rate: Option<f64>,
    /// What one request may take.
    pub(crate) timeout_ms: f64,
    /// Where the clients ran.
    pub(crate) machine: Description,
}

impl Setup {
    /// Of a comparison that begins now.
    pub(crate) fn now(
        command: String,
        server: Option<&ServerSettings>,
        timeout: Duration,
    ) -> Self {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let began = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Self {
            command,
            began,
            jitter_ms: server.map(|server| millis(server.jitter)),
            fail_rate: server.map(|server| server.fail_rate),
            timeout_ms: millis(timeout),
            machine: Description::here(),
        }
    }
}
