//! A gate that holds responses back until a test opens it.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Holds responses back until they are released, in the order of arrival.
///
/// With it a test sees *all* that a client has in flight at once, however slow the
/// machine is, and only then lets it go on.
#[derive(Debug, Clone)]
pub struct ResponseGate {
    released: Arc<Semaphore>,
    // The one request that has a release of its own.
    exempt: Option<(u64, Arc<Semaphore>)>,
}

impl Default for ResponseGate {
    /// Holds every response back.
    fn default() -> Self {
        Self { released: Arc::new(Semaphore::new(0)), exempt: None }
    }
}

impl ResponseGate {
    /// Holds back the response to this request, and no other.
    #[must_use]
    pub fn only(request: u64) -> Self {
        let gate = Self::exempt(request);
        gate.released.close();
        gate
    }

    /// Holds every response back; the one to this request is exempt from [`Self::release`].
    #[must_use]
    pub fn exempt(request: u64) -> Self {
        let own = Arc::new(Semaphore::new(0));
        Self { exempt: Some((request, own)), ..Self::default() }
    }

    /// Releases the next `answers` responses, waiting ones first; not the one that is exempt.
    pub fn release(&self, answers: usize) {
        self.released.add_permits(answers);
    }

    /// Releases the one that is exempt.
    pub fn release_exempt(&self) {
        if let Some((_, own)) = &self.exempt {
            own.close();
        }
    }

    /// Releases every response from now on.
    pub fn open(&self) {
        self.released.close();
        self.release_exempt();
    }

    /// Waits for the release of `request`.
    pub(crate) async fn wait(&self, request: u64) {
        let release = match &self.exempt {
            Some((exempt, own)) if *exempt == request => own,
            _ => &self.released,
        };
        // Closed means open to all: there is nothing left to wait for.
        if let Ok(permit) = release.acquire().await {
            permit.forget();
        }
    }
}
