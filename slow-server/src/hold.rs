//! Answers that wait for a word instead of a clock.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Keeps answers back until they are released, in the order of arrival.
///
/// With it a test sees *all* that a client has in flight at once, however slow the
/// machine is, and only then lets it go on.
#[derive(Debug, Clone)]
pub struct Hold {
    released: Arc<Semaphore>,
    // The one request that is kept back; all of them where there is none.
    only: Option<u64>,
}

impl Default for Hold {
    /// Keeps every answer back.
    fn default() -> Self {
        Self { released: Arc::new(Semaphore::new(0)), only: None }
    }
}

impl Hold {
    /// Keeps the answer to this request back, and gives every other one at once.
    #[must_use]
    pub fn only(request: u64) -> Self {
        Self { only: Some(request), ..Self::default() }
    }

    /// Lets the next `answers` answers go, waiting ones first.
    pub fn release(&self, answers: usize) {
        self.released.add_permits(answers);
    }

    /// Lets every answer go from now on.
    pub fn open(&self) {
        self.released.close();
    }

    /// Waits for a release, if `request` is kept back.
    pub(crate) async fn wait(&self, request: u64) {
        if self.only.is_some_and(|only| only != request) {
            return;
        }
        // Closed means open to all: there is nothing left to wait for.
        if let Ok(permit) = self.released.acquire().await {
            permit.forget();
        }
    }
}
