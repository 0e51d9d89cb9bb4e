//! What the tests have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runtime_pool::{Builder, RuntimePool};
use tokio::sync::{Semaphore, mpsc};

pub(crate) fn pool(runtimes: usize, tasks_per_runtime: usize) -> RuntimePool {
    builder(runtimes, tasks_per_runtime).build().unwrap()
}

pub(crate) fn builder(runtimes: usize, tasks_per_runtime: usize) -> Builder {
    RuntimePool::builder().runtimes(runtimes).tasks_per_runtime(tasks_per_runtime)
}

/// A runtime whose clock jumps to the next timer when there is nothing else to do.
pub(crate) fn with_paused_clock() -> Builder {
    builder(1, 16).configure_runtime(|runtime| {
        runtime.start_paused(true);
    })
}

/// Tasks wait at it until it is opened for one of them, or for all.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    pub(crate) async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }

    pub(crate) fn open_for(&self, tasks: usize) {
        self.0.add_permits(tasks);
    }

    pub(crate) fn open(&self) {
        self.0.add_permits(1_000_000);
    }
}

/// An endless input that counts what was taken from it.
pub(crate) fn counted(taken: &AtomicUsize) -> impl Iterator<Item = usize> + Send {
    (0..).inspect(|_| {
        taken.fetch_add(1, Ordering::SeqCst);
    })
}

/// Counts values that exist: each has its own `Counted`.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

pub(crate) struct Counted(Count);

impl Count {
    pub(crate) fn one(&self) -> Counted {
        self.0.fetch_add(1, Ordering::SeqCst);
        Counted(self.clone())
    }

    pub(crate) fn now(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Sends a message when it is dropped.
pub(crate) struct SendOnDrop(pub(crate) mpsc::UnboundedSender<()>);

impl Drop for SendOnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// Panics when it is dropped, but never while its thread panics already, which would abort.
pub(crate) struct PanicOnDrop;

impl Drop for PanicOnDrop {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "in a destructor");
    }
}
