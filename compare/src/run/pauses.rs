//! Whether a client or this process was stopped in between: SIGSTOP, Ctrl-Z, or a virtual
//! machine that its host stopped.

use std::thread;
use std::time::{Duration, Instant};

use super::client_process::ClientProcess;

/// A short sleep that took this much longer was none of a busy machine's doing.
const PAUSE: Duration = Duration::from_millis(250);

/// How long a client and this process were stopped.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Duration);

impl Pauses {
    /// Sleeps for about `time` while `client` runs.
    pub(crate) fn sleep(&mut self, time: Duration, client: &ClientProcess) {
        let was_stopped = client.is_stopped();
        let began = Instant::now();
        thread::sleep(time);
        let slept = began.elapsed();
        if was_stopped || slept > time + PAUSE {
            self.0 += slept;
        }
    }

    pub(crate) fn total(&self) -> Duration {
        self.0
    }
}
