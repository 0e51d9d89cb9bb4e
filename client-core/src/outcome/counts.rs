//! The number of requests with each outcome.

use std::collections::BTreeMap;

use crate::outcome::OutcomeKind;
use crate::outcome::failure::FailureKind;

/// `ok + failed + timed_out + not_sent` is the number of requests that were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OutcomeCounts {
    pub(crate) ok: usize,
    pub(crate) failed: usize,
    pub(crate) timed_out: usize,
    pub(crate) not_sent: usize,
    /// Those that were sent a second time, whatever their outcome.
    pub(crate) retried: usize,
    /// Those that failed or timed out, by reason.
    pub(crate) errors: BTreeMap<FailureKind, usize>,
}

impl OutcomeCounts {
    /// `requests` more ended so.
    pub(crate) fn add(&mut self, ending: &OutcomeKind, requests: usize) {
        if requests == 0 {
            return;
        }
        *match ending {
            OutcomeKind::Answered => &mut self.ok,
            OutcomeKind::Failed(_) => &mut self.failed,
            OutcomeKind::TimedOut(_) => &mut self.timed_out,
            OutcomeKind::NotSent => &mut self.not_sent,
        } += requests;
        if let Some(kind) = ending.kind() {
            *self.errors.entry(kind).or_insert(0) += requests;
        }
    }

    /// All that were counted.
    pub(crate) fn all(&self) -> usize {
        self.ok + self.failed + self.timed_out + self.not_sent
    }
}
