//! Who computes when: the CPUs in the simulation of an ideal run.

use std::collections::VecDeque;

use crate::settings::layout::Layout;

/// The CPUs, and the slots that wait for one.
///
/// A slot computes on a thread of its partition, of which there may be fewer than slots, and on
/// a CPU, of which there may be fewer than threads. Who waits longest is next, among those
/// whose partition has a thread that is free.
#[derive(Debug)]
pub(crate) struct CpuScheduler {
    free: usize,
    partitions: Vec<Threads>,
    asked: u64,
}

/// The threads of a partition, and its slots that wait for one.
#[derive(Debug)]
struct Threads {
    free: usize,
    // With the number of the question, by which the oldest is found.
    line: VecDeque<(u64, usize)>,
}

impl CpuScheduler {
    /// `cores` CPUs for the threads of `layout`, all of them free.
    pub(crate) fn new(layout: &Layout, cores: usize) -> Self {
        let threads = layout.partitions().iter().map(|partition| Threads {
            free: layout.computing_threads(partition, cores),
            line: VecDeque::new(),
        });
        Self { free: cores.max(1), partitions: threads.collect(), asked: 0 }
    }

    /// The slot, which is one of `partition`, wants to compute.
    pub(crate) fn ask(&mut self, partition: usize, slot: usize) {
        self.asked += 1;
        self.partitions[partition].line.push_back((self.asked, slot));
    }

    /// A slot that may compute now, if there is one.
    pub(crate) fn next(&mut self) -> Option<usize> {
        if self.free == 0 {
            return None;
        }
        let able = self.partitions.iter_mut().filter(|threads| threads.free > 0);
        let threads = able
            .filter(|threads| !threads.line.is_empty())
            .min_by_key(|threads| threads.line.front().map(|(asked, _)| *asked))?;
        let (_, slot) = threads.line.pop_front()?;
        threads.free -= 1;
        self.free -= 1;
        Some(slot)
    }

    /// A slot of `partition` has computed.
    pub(crate) fn give_back(&mut self, partition: usize) {
        self.free += 1;
        self.partitions[partition].free += 1;
    }
}
