//! How a task can end without a result of its own.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// The outcome of one task: what it returned, or why it returned nothing.
///
/// A task that returns a `Result` keeps its own error, with its type, inside of `Ok`:
///
/// ```
/// use runtime_pool::{Outcome, TaskError};
///
/// fn report(outcome: Outcome<Result<u16, std::num::ParseIntError>>) -> String {
///     match outcome {
///         Ok(Ok(number)) => format!("{number}"),
///         Ok(Err(error)) => format!("the task's own error: {error}"),
///         Err(TaskError::Panicked(message)) => format!("a bug: {message}"),
///         Err(other) => format!("not run to its end: {other}"),
///     }
/// }
///
/// assert_eq!(report(Ok("7".parse())), "7");
/// assert!(report(Ok("x".parse())).contains("invalid digit"));
/// ```
///
/// A task that uses `?` names its error type in the last line, or is an `async fn`:
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use std::error::Error;
/// use runtime_pool::RuntimePool;
///
/// let pool = RuntimePool::builder().runtimes(2).build()?;
/// let sums = pool.map(["1 2", "3 4"], async |(), line| {
///     let (a, b) = line.split_once(' ').ok_or("no space")?;
///     Ok::<u8, Box<dyn Error + Send + Sync>>(a.parse::<u8>()? + b.parse::<u8>()?)
/// });
/// let mut sum = 0;
/// for outcome in sums.blocking() {
///     sum += outcome??; // The first for the pool's error, the second for the task's own.
/// }
/// assert_eq!(sum, 10);
/// # Ok(())
/// # }
/// ```
pub type Outcome<R> = Result<R, TaskError>;

/// Why a task returned nothing.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use runtime_pool::{RuntimePool, TaskError};
///
/// let pool = RuntimePool::builder().runtimes(2).build()?;
/// let outcomes: Vec<_> = pool
///     .map([4_u32, 0], async |(), divisor| 12 / divisor)
///     .blocking()
///     .collect();
/// let [Ok(3), Err(TaskError::Panicked(message))] = &outcomes[..] else {
///     panic!("{outcomes:?}");
/// };
/// assert_eq!(message, "attempt to divide by zero");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// It panicked, with this message. No other task is affected.
    #[error("the task panicked: {0}")]
    Panicked(String),
    /// It was aborted: through [`TaskHandle::abort`](crate::TaskHandle::abort), because
    /// the pool was terminated, or because it was dropped.
    #[error("the task was cancelled")]
    Cancelled,
    /// It took longer than [`Builder::task_timeout`](crate::Builder::task_timeout), which
    /// is given here.
    #[error("the task took longer than {0:?}")]
    TimedOut(Duration),
    /// It was never run, since the start function of its runtime failed or panicked.
    #[error("the start function of the runtime failed: {0}")]
    StartFailed(StartError),
    /// It was never run, since the pool had been closed.
    #[error("the pool is closed")]
    Closed,
}

pub(crate) type StartError = Arc<dyn Error + Send + Sync>;

/// The message of a panic. `panic!` makes a `&str` or a `String`; anything else has none.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(message) = panic.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = panic.downcast_ref::<String>() {
        message.clone()
    } else {
        String::from("(no message)")
    }
}
