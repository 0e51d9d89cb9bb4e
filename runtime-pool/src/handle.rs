//! The handle of one spawned task.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::error::{Outcome, TaskError};

/// A task that was [spawned](crate::RuntimePool::spawn): await it for its outcome.
///
/// Dropped, it leaves the task running, as Tokio's `JoinHandle` does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use runtime_pool::RuntimePool;
///
/// let pool = RuntimePool::builder().runtimes(2).build()?;
/// let handle = pool.spawn(async |()| 6 * 7).await;
/// assert_eq!(handle.await.unwrap(), 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a task runs without its handle, but its outcome is lost"]
pub struct TaskHandle<R> {
    pub(crate) outcome: oneshot::Receiver<Vec<Outcome<R>>>,
    pub(crate) cancel: CancellationToken,
}

impl<R> TaskHandle<R> {
    /// Cancels the task: its future is dropped on its runtime, as soon as that gets to it, and
    /// its outcome is [`TaskError::Cancelled`] unless it has just ended.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use runtime_pool::{RuntimePool, TaskError};
    ///
    /// let pool = RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.spawn(async |()| std::future::pending::<()>().await).await;
    /// handle.abort();
    /// assert!(matches!(handle.await, Err(TaskError::Cancelled)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn abort(&self) {
        self.cancel.cancel();
    }

    /// Whether the outcome is there.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.spawn(async |()| std::future::pending::<()>().await).await;
    /// assert!(!handle.is_finished());
    /// pool.terminate().await;
    /// assert!(handle.is_finished());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_finished(&self) -> bool {
        !self.outcome.is_empty() || self.outcome.is_terminated()
    }

    /// Waits for the outcome, where there is no `await`.
    ///
    /// # Errors
    ///
    /// As for any task: see [`TaskError`].
    ///
    /// # Panics
    ///
    /// If it is called in async code, which it would block.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let pool = runtime_pool::RuntimePool::builder().runtimes(1).build()?;
    /// let handle = pool.blocking_spawn(async |()| "done");
    /// assert_eq!(handle.blocking_wait().unwrap(), "done");
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking_wait(self) -> Outcome<R> {
        only(self.outcome.blocking_recv())
    }
}

impl<R> Future for TaskHandle<R> {
    type Output = Outcome<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome<R>> {
        Pin::new(&mut self.outcome).poll(cx).map(only)
    }
}

/// A spawned task is a job of one.
fn only<R>(
    received: Result<Vec<Outcome<R>>, oneshot::error::RecvError>,
) -> Outcome<R> {
    received
        .ok()
        .and_then(|mut outcomes| outcomes.pop())
        .unwrap_or(Err(TaskError::Cancelled))
}
