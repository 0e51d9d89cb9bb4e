//! The next one of the connections that requests share.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Each takes some requests, and then the next does.
#[derive(Debug)]
pub(super) struct RoundRobin {
    taken: AtomicUsize,
    in_a_row: usize,
}

/// What a runtime sends before it looks at the network is written in one go, if it is all for
/// one connection. If each request were the turn of another, it would be a write of its own.
const MAX_IN_A_ROW: usize = 64;

impl RoundRobin {
    /// For a runtime that has at most this many requests in flight.
    pub(super) fn new(in_flight: usize, connections: usize) -> Self {
        let each = in_flight / connections.max(1);
        Self { taken: AtomicUsize::new(0), in_a_row: each.clamp(1, MAX_IN_A_ROW) }
    }

    /// The one that takes the next request.
    pub(super) fn next<'a, T>(&self, connections: &'a [T]) -> &'a T {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        &connections[taken / self.in_a_row % connections.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(requests: usize, connections: usize) -> Vec<usize> {
        let turns = RoundRobin::new(requests, connections);
        let connections: Vec<_> = (0..connections).collect();
        let mut taken = vec![0; connections.len()];
        for _ in 0..requests {
            taken[*turns.next(&connections)] += 1;
        }
        taken
    }

    #[test]
    fn each_takes_its_share() {
        assert_eq!(taken(40, 3), [14, 13, 13]);
        assert!(taken(40, 16).iter().all(|&taken| taken > 0));
        assert_eq!(taken(2, 3), [1, 1, 0]);
        assert_eq!(taken(1000, 3), [360, 320, 320]);
    }
}
