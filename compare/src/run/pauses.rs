//! Whether a client, or this process with the server in it, was stopped in between: SIGSTOP,
//! Ctrl-Z, or a virtual machine that its host stopped.

use std::thread;
use std::time::{Duration, Instant};

use super::client_process::ClientProcess;

/// A short sleep that took this much longer was none of a busy machine's doing.
const PAUSE: Duration = Duration::from_millis(250);

/// How long a client was stopped, or the server in this process.
#[derive(Debug)]
pub(crate) struct Pauses {
    has_server: bool,
    total: Duration,
}

impl Pauses {
    /// To a server outside it is no matter whether this process runs.
    pub(crate) fn new(has_server: bool) -> Self {
        Self { has_server, total: Duration::ZERO }
    }

    /// Sleeps for about `time` while `client` runs.
    pub(crate) fn sleep(&mut self, time: Duration, client: &ClientProcess) {
        let was_stopped = client.is_stopped();
        let began = Instant::now();
        thread::sleep(time);
        let slept = began.elapsed();
        if was_stopped || self.has_server && slept > time + PAUSE {
            self.total += slept;
        }
    }

    pub(crate) fn total(&self) -> Duration {
        self.total
    }
}
