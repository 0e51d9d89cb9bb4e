//! Maps async work over several single-threaded Tokio runtimes.
//!
#![doc = include_str!("../README.md")]
//!
//! # Layout
//!
//! - `builder`: the settings of a pool, and its start
//! - `pool`: [`RuntimePool`]: spawn, map, close, terminate
//! - `inner`: what all handles of a pool share, and how a job is submitted
//! - `map`: [`Outcomes`], the stream of a map: takes input, submits it, gives out outcomes
//! - `handle`: [`TaskHandle`], for one spawned task
//! - `dispatcher`: the limit on tasks: permits, the queue for them, which runtime gets a task
//! - `scheduler`: [`Scheduler`], which chooses among the runtimes that have a permit
//! - `worker`: a thread with a runtime: its start, its jobs, its end and its successor
//! - `task`: one task on its runtime, and the report of its outcome
//! - `context`: which pool a thread belongs to, so that nothing waits for its own
//! - `error`: [`Outcome`] and [`TaskError`]

mod builder;
mod context;
mod dispatcher;
mod error;
mod handle;
mod inner;
mod map;
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

#[doc = include_str!("../docs/from_aiomultiprocess.md")]
pub mod from_aiomultiprocess {}
