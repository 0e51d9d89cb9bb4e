//! Simulates a run in which only the waiting takes time, event by event.
//!
//! A small discrete-event simulation: slots take requests from their queue in order,
//! the server holds each one for its delay, a response may take a CPU for a while, and the
//! clock jumps from one event to the next.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::cpu_scheduler::CpuScheduler;
use crate::settings::layout::{Layout, Partition};

/// A server with a limit on the requests that it serves at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLimit {
    /// Requests served at the same time.
    pub places: NonZeroUsize,
    /// What happens to a request beyond that.
    pub when_full: WhenFull,
}

/// What a full server does with one more request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenFull {
    /// It waits for a permit, first come, first served.
    Queue,
    /// It is rejected immediately.
    Reject,
}

/// What a client does beside waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulationParams {
    /// When a request is given up, also while it is queued.
    pub timeout: Duration,
    /// CPU time that each page takes. That some will fail is not known beforehand, so those
    /// count as well.
    pub work: Duration,
    /// The CPUs for that.
    pub cores: NonZeroUsize,
}

impl SimulationParams {
    /// Patience without an end, and no work.
    pub const WAITING: Self = Self {
        timeout: Duration::MAX,
        work: Duration::ZERO,
        cores: NonZeroUsize::MIN,
    };
}

/// The result of a run of a duration if only the waiting takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdealRun {
    /// The requests that are begun before its end, and succeed.
    pub served: usize,
    /// Until the last response.
    pub time: Duration,
}

/// A run of requests, of which number i is held for `delay(i)`.
pub(crate) struct Simulation<D> {
    delay: D,
    limit: Option<ServerLimit>,
    params: SimulationParams,
    cpus: CpuScheduler,
    clock: Duration,
    // Nothing is sent from then on.
    end: Duration,
    served: usize,
    queue: Queue,
    slots: Vec<Slot>,
    // What is to happen to the requests in flight: a response, or a timeout.
    events: BinaryHeap<Reverse<Event>>,
    // The requests that wait for a permit, and some that have timed out.
    queued: VecDeque<QueuedRequest>,
    // In a run without a last request, the slots that the server turned away.
    turned_away: VecDeque<usize>,
    permits_taken: usize,
    // How many events were planned so far.
    planned: u64,
}

/// When, which event, and whose. Events of one moment happen in the order in which they
/// were planned.
type Event = (Duration, u64, usize);

struct QueuedRequest {
    slot: usize,
    request: usize,
    timeout_event: u64,
}

/// Requests, of which the first `taken` were taken by a slot.
struct Queue {
    requests: usize,
    chunk: usize,
    taken: usize,
}

/// A thread or a task, and what it has still to send of the chunk it took.
struct Slot {
    partition: usize,
    chunk: Range<usize>,
    state: SlotState,
    // When its request is given up.
    deadline: Duration,
    // The event that it waits for; an earlier one that it no longer waits for is void.
    next: u64,
}

/// What a slot is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotState {
    /// Nothing, or its request waits for a permit.
    NotServed,
    /// Its request is served, and gets its response in time.
    Served,
    /// Its request is served, and is given up before.
    ServedTooLate,
    /// It works on a response.
    Computes,
}

impl Slot {
    fn of(partition: usize) -> Self {
        let (state, deadline) = (SlotState::NotServed, Duration::ZERO);
        Self { partition, chunk: 0..0, state, deadline, next: 0 }
    }
}

impl<D: Fn(usize) -> Duration> Simulation<D> {
    pub(crate) fn new(
        layout: &Layout,
        delay: D,
        limit: Option<ServerLimit>,
        params: SimulationParams,
    ) -> Self {
        // A slot of each partition in turn, so that the first requests reach the server
        // about in the order of their numbers.
        let most =
            layout.partitions().iter().map(|s| s.slots.get().min(s.requests)).max();
        let slots = (0..most.unwrap_or(0)).flat_map(|round| {
            let with_slot = move |&(_, partition): &(usize, &Partition)| {
                round < partition.slots.get()
            };
            let partitions = layout.partitions().iter().enumerate();
            partitions.filter(with_slot).map(|(partition, _)| Slot::of(partition))
        });
        Self {
            delay,
            limit,
            params,
            cpus: CpuScheduler::new(layout, params.cores.get()),
            clock: Duration::ZERO,
            end: Duration::MAX,
            served: 0,
            queue: Queue {
                requests: layout.requests(),
                chunk: layout.chunk().get(),
                taken: 0,
            },
            slots: slots.collect(),
            events: BinaryHeap::new(),
            queued: VecDeque::new(),
            turned_away: VecDeque::new(),
            permits_taken: 0,
            planned: 0,
        }
    }

    /// The time from the first request to the last event.
    pub(crate) fn run(mut self) -> Duration {
        self.send_first();
        while self.step() {}
        self.clock
    }

    /// What is served of the requests that are sent before `end`, of which there is always one
    /// more; `None` after `most_events`, since such a run need not end at all.
    pub(crate) fn run_until(
        mut self,
        end: Duration,
        most_events: u64,
    ) -> Option<IdealRun> {
        (self.end, self.queue) = (end, Queue::endless());
        self.send_first();
        while self.planned <= most_events {
            if !self.step() {
                return Some(IdealRun { served: self.served, time: self.clock });
            }
        }
        None
    }

    fn send_first(&mut self) {
        for slot in 0..self.slots.len() {
            self.send_next(slot);
        }
    }

    /// Whether requests are begun for a time, of which there is always one more.
    fn is_endless(&self) -> bool {
        self.end < Duration::MAX
    }

    /// Moves the clock to the next event; false if all have happened.
    fn step(&mut self) -> bool {
        let Some(Reverse((now, event, slot))) = self.events.pop() else {
            return false;
        };
        if self.slots[slot].next != event {
            return true;
        }
        self.clock = now;
        let state =
            std::mem::replace(&mut self.slots[slot].state, SlotState::NotServed);
        if matches!(state, SlotState::Served | SlotState::ServedTooLate) {
            self.permits_taken -= 1;
            self.serve_next_queued();
        }
        let partition = self.slots[slot].partition;
        self.served += usize::from(state == SlotState::Served);
        match state {
            SlotState::Served if !self.params.work.is_zero() => {
                self.cpus.acquire(partition, slot);
            }
            SlotState::Computes => {
                self.cpus.release(partition);
                self.send_next(slot);
            }
            SlotState::Served | SlotState::ServedTooLate | SlotState::NotServed => {
                self.send_next(slot);
            }
        }
        self.compute();
        true
    }

    /// Those that may compute now begin.
    fn compute(&mut self) {
        while let Some(slot) = self.cpus.next() {
            self.slots[slot].state = SlotState::Computes;
            self.plan(self.clock.saturating_add(self.params.work), slot);
        }
    }

    fn serve_next_queued(&mut self) {
        while let Some(QueuedRequest { slot, request, timeout_event }) =
            self.queued.pop_front()
        {
            if self.slots[slot].next == timeout_event {
                return self.serve(slot, request);
            }
        }
        // One that was turned away, and again and again, is now let in.
        if self.clock < self.end
            && let Some(slot) = self.turned_away.pop_front()
        {
            self.send_next(slot);
        }
    }

    /// The slot sends the next request of its chunk, or of the next chunk, if there is one.
    fn send_next(&mut self, slot: usize) {
        if self.clock >= self.end {
            return;
        }
        let chunk = &mut self.slots[slot].chunk;
        if chunk.start == chunk.end {
            *chunk = self.queue.next_chunk();
        }
        let Some(request) = chunk.next() else { return };
        self.slots[slot].deadline = self.clock.saturating_add(self.params.timeout);

        match self.limit {
            Some(limit) if self.permits_taken >= limit.places.get() => {
                match limit.when_full {
                    WhenFull::Queue => self.wait(slot, request),
                    // It is tried without a pause, and each time in no time at all.
                    WhenFull::Reject if self.is_endless() => {
                        self.turned_away.push_back(slot);
                    }
                    // Rejected: it has its response now.
                    WhenFull::Reject => self.plan(self.clock, slot),
                }
            }
            _ => self.serve(slot, request),
        }
    }

    /// The request waits for a permit, until its timeout.
    fn wait(&mut self, slot: usize, request: usize) {
        self.plan(self.slots[slot].deadline, slot);
        let timeout_event = self.slots[slot].next;
        self.queued.push_back(QueuedRequest { slot, request, timeout_event });
    }

    /// The request gets a permit, and its delay begins.
    fn serve(&mut self, slot: usize, request: usize) {
        self.permits_taken += 1;
        let answer = self.clock.saturating_add((self.delay)(request));
        let deadline = self.slots[slot].deadline;
        let in_time = answer <= deadline;
        self.slots[slot].state =
            if in_time { SlotState::Served } else { SlotState::ServedTooLate };
        self.plan(answer.min(deadline), slot);
    }

    /// What the slot waits for from now on.
    fn plan(&mut self, when: Duration, slot: usize) {
        self.planned += 1;
        self.slots[slot].next = self.planned;
        self.events.push(Reverse((when, self.planned, slot)));
    }
}

impl Queue {
    /// Requests have their numbers in the order in which they are sent, so that it does not
    /// matter in which chunks they are taken.
    fn endless() -> Self {
        Self { requests: usize::MAX, chunk: 1, taken: 0 }
    }

    fn next_chunk(&mut self) -> Range<usize> {
        let start = self.taken;
        self.taken = start.saturating_add(self.chunk).min(self.requests);
        start..self.taken
    }
}
