//! The time of a picture on a terminal, from left to right.

use std::ops::Range;

/// A number of columns for a number of microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    columns: usize,
    span_us: u64,
}

impl Axis {
    /// With a column for each microsecond at the least, so that an axis of nothing has columns
    /// too.
    pub(crate) fn new(columns: usize, span_us: u64) -> Self {
        Self { columns, span_us: span_us.max(columns as u64) }
    }

    /// Seconds from its left to its right.
    pub(crate) fn seconds(&self) -> f64 {
        self.span_us as f64 / 1e6
    }

    /// The column in which a moment lies.
    pub(crate) fn column(&self, moment_us: u64) -> usize {
        let column =
            u128::from(moment_us) * self.columns as u128 / u128::from(self.span_us);
        usize::try_from(column).unwrap_or(self.columns).min(self.columns - 1)
    }

    /// The columns that a part touches; none if it is empty.
    pub(crate) fn columns(&self, part: &Range<u64>) -> Range<usize> {
        if part.is_empty() {
            return 0..0;
        }
        self.column(part.start)..self.column(part.end - 1) + 1
    }

    /// How long a part is within one column, in microseconds (rounded to whole ones).
    pub(crate) fn overlap(&self, part: &Range<u64>, column: usize) -> u64 {
        let edge =
            |column: usize| column as u64 * self.span_us / self.columns as u64;
        let (start, end) =
            (part.start.max(edge(column)), part.end.min(edge(column + 1)));
        // A part that is shorter than a microsecond's rounding still counts.
        end.saturating_sub(start).max(1)
    }
}

/// Whole microseconds; none where that is no time.
pub(crate) fn micros(seconds: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(seconds)
        .map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
