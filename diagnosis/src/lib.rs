//! How a program waited for a server, and what its mistake is, from what the server recorded.
//!
//! What goes in is an [`Observation`] of one run: causes and their order, no times. What comes
//! out is a [`Mistake`], and a [`reason()`] with the figures of the run. Of a program that a
//! server did not hold back to find causes, only times are known: they make a [`Pattern`].
//!
//! # Layout
//!
//! - `observation`: the facts of one run
//! - `mistake`: the names of mistakes, and what is remarked of a right program
//! - `judge`: which mistakes follow from the facts
//! - `reason`: a sentence on each
//! - `pattern`: how a program waits, by the times of its requests alone

mod judge;
mod mistake;
mod observation;
mod pattern;
mod reason;

pub use judge::{Expected, mistakes, remark};
pub use mistake::{Mistake, Remark};
pub use observation::{
    BeforeLast, Observation, ObservedRequest, Panic, Printed, RequestOutcome,
    Source, Spinner, Termination,
};
pub use pattern::{Pattern, TimedRequest};
pub use reason::{reason, remark_text};
