//! Ctrl-C: once to end the run with what it has, twice to leave at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How long requests that are under way may take after Ctrl-C before they are given up.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1500);

/// Whether the run was asked to stop. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Asks the run to stop; false if it was asked before.
    pub(crate) fn request(&self) -> bool {
        !self.0.send_replace(true)
    }

    pub(crate) fn requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Ready when the requests under way are to be given up.
    pub(crate) async fn given_up(&self) {
        let mut requested = self.0.subscribe();
        // The sender lives as long as `self`, so this ends only when a stop is requested.
        let _ = requested.wait_for(|&requested| requested).await;
        tokio::time::sleep(PATIENCE).await;
    }
}
