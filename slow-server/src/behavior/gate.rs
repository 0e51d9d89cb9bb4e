//! A gate that holds responses back until a test opens it.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

/// Holds responses back until they are released: a number of them in the order of arrival, or
/// each by its number.
///
/// With it, a test sees *all* requests that a client has in flight, however slow the
/// machine is, and only then lets it continue.
#[derive(Debug, Clone)]
pub struct ResponseGate {
    released: Arc<Semaphore>,
    // Those that were released by their numbers.
    by_number: Arc<watch::Sender<HashSet<u64>>>,
    // The one request that is released by its number alone.
    exempt: Option<u64>,
}

impl Default for ResponseGate {
    /// Holds every response back.
    fn default() -> Self {
        Self {
            released: Arc::new(Semaphore::new(0)),
            by_number: Arc::default(),
            exempt: None,
        }
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
        Self { exempt: Some(request), ..Self::default() }
    }

    /// Releases the next `answers` responses, waiting ones first; not the one that is exempt.
    pub fn release(&self, answers: usize) {
        self.released.add_permits(answers);
    }

    /// Releases the response to this request, also if it is exempt or has yet to arrive.
    pub fn release_one(&self, request: u64) {
        self.by_number.send_modify(|released| {
            released.insert(request);
        });
    }

    /// Releases every response from now on.
    pub fn open(&self) {
        self.released.close();
        if let Some(request) = self.exempt {
            self.release_one(request);
        }
    }

    /// Waits for the release of `request`.
    pub(crate) async fn wait(&self, request: u64) {
        let mut by_number = self.by_number.subscribe();
        let is_exempt = self.exempt == Some(request);
        tokio::select! {
            _ = by_number.wait_for(|released| released.contains(&request)) => {}
            permit = self.released.acquire(), if !is_exempt => {
                // Closed means open to all: there is nothing left to wait for.
                if let Ok(permit) = permit {
                    permit.forget();
                }
            }
        }
    }
}
