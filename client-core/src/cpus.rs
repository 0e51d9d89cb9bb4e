//! Who computes when: the CPUs in the simulation of an ideal run.

use std::collections::VecDeque;

use crate::layout::Layout;

/// The CPUs, and the slots that wait for one.
///
/// A slot computes on a thread of its share, of which there may be fewer than slots, and on
/// a CPU, of which there may be fewer than threads. Who waits longest is next, among those
/// whose share has a thread that is free.
#[derive(Debug)]
pub(crate) struct Cpus {
    free: usize,
    shares: Vec<Threads>,
    asked: u64,
}

/// The threads of a share, and its slots that wait for one.
#[derive(Debug)]
struct Threads {
    free: usize,
    // With the number of the question, by which the oldest is found.
    line: VecDeque<(u64, usize)>,
}

impl Cpus {
    /// `cores` CPUs for the threads of `layout`, all of them free.
    pub(crate) fn new(layout: &Layout, cores: usize) -> Self {
        let threads = layout.shares().iter().map(|share| Threads {
            free: layout.computing_threads(share, cores),
            line: VecDeque::new(),
        });
        Self { free: cores.max(1), shares: threads.collect(), asked: 0 }
    }

    /// The slot, which is one of `share`, wants to compute.
    pub(crate) fn ask(&mut self, share: usize, slot: usize) {
        self.asked += 1;
        self.shares[share].line.push_back((self.asked, slot));
    }

    /// A slot that may compute now, if there is one.
    pub(crate) fn next(&mut self) -> Option<usize> {
        if self.free == 0 {
            return None;
        }
        let able = self.shares.iter_mut().filter(|threads| threads.free > 0);
        let threads = able
            .filter(|threads| !threads.line.is_empty())
            .min_by_key(|threads| threads.line.front().map(|(asked, _)| *asked))?;
        let (_, slot) = threads.line.pop_front()?;
        threads.free -= 1;
        self.free -= 1;
        Some(slot)
    }

    /// A slot of `share` has computed.
    pub(crate) fn give_back(&mut self, share: usize) {
        self.free += 1;
        self.shares[share].free += 1;
    }
}
