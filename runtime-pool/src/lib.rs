//! Maps async work over several single-threaded Tokio runtimes.
//!
//! # Layout

mod builder;
mod error;
mod handle;
mod map;
mod permits;
mod pool;
mod scheduler;
mod task;
mod worker;

pub use builder::Builder;
pub use error::{Outcome, TaskError};
pub use handle::TaskHandle;
pub use map::{Outcomes, Progress};
pub use pool::RuntimePool;
pub use scheduler::{LeastLoaded, RoundRobin, RuntimeLoad, Scheduler};
