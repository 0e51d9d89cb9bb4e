//! Answers that wait for a word instead of a clock.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Keeps every answer back until it is released, in the order of arrival.
///
/// With it a test sees *all* that a client has in flight at once, however slow the
/// machine is, and only then lets it go on.
#[derive(Debug, Clone)]
pub struct Hold(Arc<Semaphore>);

impl Default for Hold {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

impl Hold {
    /// Lets the next `answers` answers go, waiting ones first.
    pub fn release(&self, answers: usize) {
        self.0.add_permits(answers);
    }

    /// Lets every answer go from now on.
    pub fn open(&self) {
        self.0.close();
    }

    /// Waits for a release.
    pub(crate) async fn wait(&self) {
        // Closed means open to all: there is nothing left to wait for.
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }
}
