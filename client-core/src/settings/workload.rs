//! The workload of a client: a number of requests, or a duration.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::settings::limits::ALL_AT_ONCE;

/// The default of the most in flight in a run of a duration: *all* would be a
/// number that grows for as long as the run lasts. It is the number of requests that
/// `compare` sends by default, so that the same are in flight.
const IN_FLIGHT: NonZeroUsize = NonZeroUsize::new(100).unwrap();

/// How much a run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// So many requests, however long they take.
    Requests(NonZeroUsize),
    /// Requests are begun until this time is over; those in flight are then waited for, and
    /// nothing is begun any more.
    Duration(Duration),
}

impl Workload {
    /// The upper limit of its requests.
    #[must_use]
    pub fn most_requests(self) -> NonZeroUsize {
        match self {
            Self::Requests(requests) => requests,
            Self::Duration(_) => NonZeroUsize::MAX,
        }
    }

    /// How long requests are begun, if that is what bounds them.
    #[must_use]
    pub fn duration(self) -> Option<Duration> {
        match self {
            Self::Requests(_) => None,
            Self::Duration(duration) => Some(duration),
        }
    }

    /// The most requests in flight if `concurrency` was asked for.
    pub(crate) fn in_flight(self, concurrency: NonZeroUsize) -> NonZeroUsize {
        match self {
            Self::Duration(_) if concurrency == ALL_AT_ONCE => IN_FLIGHT,
            Self::Duration(_) | Self::Requests(_) => concurrency,
        }
    }
}

impl From<NonZeroUsize> for Workload {
    fn from(requests: NonZeroUsize) -> Self {
        Self::Requests(requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_at_once_is_a_hundred_where_there_is_no_number_of_all() {
        let second = Workload::Duration(Duration::from_secs(1));
        let seven = NonZeroUsize::new(7).unwrap();
        assert_eq!(second.in_flight(ALL_AT_ONCE).get(), 100);
        assert_eq!(second.in_flight(seven), seven);
        assert_eq!(Workload::from(seven).in_flight(ALL_AT_ONCE), ALL_AT_ONCE);
    }
}
