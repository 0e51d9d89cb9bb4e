//! The outcome of one request. Failure is data: nothing here is an error of the run.

mod counts;
pub(crate) mod failure;
pub mod latency;
pub(crate) mod log;
pub mod report;
mod served;
pub mod timing;

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::outcome::failure::{Failure, FailureKind};
use crate::outcome::timing::Timing;

/// What became of one planned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Its number in the plan, counted from 0.
    pub(crate) index: usize,
    /// The thread or the runtime that did it, counted from 0.
    pub(crate) lane: usize,
    /// When it was begun, since the run began.
    pub(crate) start: Duration,
    /// When it ended, since the run began.
    pub(crate) end: Duration,
    /// How it ended.
    pub(crate) ending: OutcomeKind,
    /// The phases that the server reports, if it responded and reports them.
    pub(crate) timing: Option<Timing>,
    /// Whether it was sent a second time.
    pub(crate) retried: bool,
}

impl Outcome {
    /// From its start to its complete response, if it got the page.
    pub(crate) fn latency(&self) -> Option<Duration> {
        let answered = self.ending == OutcomeKind::Answered;
        answered.then(|| self.end.saturating_sub(self.start))
    }
}

/// The four ways in which a planned request can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OutcomeKind {
    /// The complete page, with status 200.
    Answered,
    /// Another response, or none.
    Failed(FailureKind),
    /// No complete response within its timeout.
    TimedOut(FailureKind),
    /// It was never begun: the run was stopped, or there was no server.
    NotSent,
}

/// What a server sent back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) timing: Option<Timing>,
    pub(crate) body: Vec<u8>,
}

/// The longest response that is read, in bytes. The page has six.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

impl Answer {
    /// Without its body, which is still to be read.
    pub(crate) fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let timing = Timing::of(headers);
        Self { status: status.as_u16(), timing, body: Vec::new() }
    }

    /// Takes one more part of the body.
    ///
    /// # Errors
    ///
    /// It is longer than what is read.
    pub(crate) fn append(&mut self, part: &[u8]) -> Result<(), Failure> {
        self.body.extend_from_slice(part);
        if self.body.len() as u64 > MAX_BYTES {
            return Err(Failure::new(FailureKind::TooLong));
        }
        Ok(())
    }
}

impl OutcomeKind {
    pub(crate) fn of(result: &Result<Answer, Failure>) -> Self {
        match result {
            Ok(answer) if answer.status == 200 => Self::Answered,
            Ok(answer) => Self::Failed(FailureKind::Status(answer.status)),
            Err(failure) if failure.kind.is_timeout() => {
                Self::TimedOut(failure.kind)
            }
            Err(failure) => Self::Failed(failure.kind),
        }
    }

    /// Why there was no page, if there was none.
    pub(crate) fn kind(&self) -> Option<FailureKind> {
        match self {
            Self::Failed(kind) | Self::TimedOut(kind) => Some(*kind),
            Self::Answered | Self::NotSent => None,
        }
    }
}
