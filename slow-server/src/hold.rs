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
    // The one request that has a release of its own.
    apart: Option<(u64, Arc<Semaphore>)>,
}

impl Default for Hold {
    /// Keeps every answer back.
    fn default() -> Self {
        Self { released: Arc::new(Semaphore::new(0)), apart: None }
    }
}

impl Hold {
    /// Keeps the answer to this request back, and gives every other one at once.
    #[must_use]
    pub fn only(request: u64) -> Self {
        let hold = Self::apart(request);
        hold.released.close();
        hold
    }

    /// Keeps every answer back, and the answer to this request apart from the others.
    #[must_use]
    pub fn apart(request: u64) -> Self {
        let own = Arc::new(Semaphore::new(0));
        Self { apart: Some((request, own)), ..Self::default() }
    }

    /// Lets the next `answers` answers go, waiting ones first; not the one that is apart.
    pub fn release(&self, answers: usize) {
        self.released.add_permits(answers);
    }

    /// Lets the one go that is apart.
    pub fn release_apart(&self) {
        if let Some((_, own)) = &self.apart {
            own.close();
        }
    }

    /// Lets every answer go from now on.
    pub fn open(&self) {
        self.released.close();
        self.release_apart();
    }

    /// Waits for the release of `request`.
    pub(crate) async fn wait(&self, request: u64) {
        let release = match &self.apart {
            Some((apart, own)) if *apart == request => own,
            _ => &self.released,
        };
        // Closed means open to all: there is nothing left to wait for.
        if let Ok(permit) = release.acquire().await {
            permit.forget();
        }
    }
}
