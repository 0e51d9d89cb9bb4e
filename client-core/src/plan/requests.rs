//! The requests of a run, in the order in which a strategy is to begin them.

use std::ops::Range;

/// A request that is planned and not yet sent.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub(super) index: usize,
}

impl Request {
    /// Its number in the plan, counted from 0; where the run has a duration, it gets another
    /// when it is begun.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// The one of these that it takes, if all requests take them in turn.
    pub(crate) fn pick<T>(self, of: &[T]) -> &T {
        &of[self.index % of.len()]
    }
}

/// Requests that are still to be begun: all of a run, or a chunk of them. Nothing is kept of
/// those that were not taken yet, of which there may be any number.
#[derive(Debug)]
pub(super) struct Requests<F> {
    left: Range<usize>,
    // Whether none is to be taken any more.
    is_over: F,
}

impl<F: Fn() -> bool + Clone> Requests<F> {
    pub(super) fn new(left: Range<usize>, is_over: F) -> Self {
        Self { left, is_over }
    }

    /// These in chunks of `size`, and what remains in a last one.
    pub(super) fn chunks(mut self, size: usize) -> impl Iterator<Item = Self> {
        std::iter::from_fn(move || {
            if self.left.is_empty() || (self.is_over)() {
                return None;
            }
            let Range { start, end } = self.left;
            self.left.start = start.saturating_add(size).min(end);
            Some(Self::new(start..self.left.start, self.is_over.clone()))
        })
    }
}

impl<F: Fn() -> bool> Iterator for Requests<F> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        if (self.is_over)() {
            return None;
        }
        self.left.next().map(|index| Request { index })
    }
}
