//! Gives tasks to runtimes: permits for each runtime, and a queue for what has to wait.

use std::collections::BTreeMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use crate::context::is_inside;
use crate::error::{StartError, TaskError};
use crate::scheduler::{RuntimeLoad, Scheduler};
use crate::task::Local;

/// What is sent to a runtime: it spawns the tasks there, or refuses them with the error.
pub(crate) type Job<S> =
    Box<dyn FnOnce(Result<(&Local<S>, Permit<S>), TaskError>) + Send>;

pub(crate) struct Dispatcher<S> {
    /// One for each runtime. What is in them has a permit, so there is a bound.
    runtimes: Vec<UnboundedSender<(Job<S>, Permit<S>)>>,
    // Held for a few additions and for the scheduler, never while a task is sent or dropped.
    state: Mutex<State<S>>,
    /// A start function has succeeded or failed.
    started: Notify,
    /// Nothing is taken from outside any more.
    pub(crate) closed: CancellationToken,
    /// The threads drop what is left, and end.
    pub(crate) ended: CancellationToken,
}

struct State<S> {
    phase: Phase,
    scheduler: Box<dyn Scheduler>,
    loads: Vec<Load>,
    /// Kept to spare an allocation for each task.
    free: Vec<RuntimeLoad>,
    /// First come, first served: returning a permit sends the next job. A semaphore would hand
    /// the permit to a waiting future, and a future that is not polled would keep it. Keyed by
    /// order, so that a `submit` that is dropped can remove its job.
    queue: BTreeMap<u64, Queued<S>>,
    queued: u64,
}

#[derive(PartialEq)]
enum Phase {
    Open,
    /// Tasks in flight, and what they submit, are finished.
    Closing,
    Ended,
}

#[derive(Default)]
struct Load {
    limit: usize,
    /// Permits in use.
    taken: usize,
    /// Tasks submitted on a thread of the pool. They need no permit, since the one may wait
    /// for the other.
    nested: usize,
    has_started: bool,
    failure: Option<StartError>,
}

struct Queued<S> {
    job: Job<S>,
    /// Completes `submit`.
    sent: oneshot::Sender<()>,
}

impl<S> Dispatcher<S> {
    pub(crate) fn new(
        limits: &[usize],
        runtimes: Vec<UnboundedSender<(Job<S>, Permit<S>)>>,
        scheduler: Box<dyn Scheduler>,
    ) -> Self {
        let load = |&limit| Load { limit, ..Load::default() };
        Self {
            runtimes,
            state: Mutex::new(State {
                phase: Phase::Open,
                scheduler,
                loads: limits.iter().map(load).collect(),
                free: Vec::new(),
                queue: BTreeMap::new(),
                queued: 0,
            }),
            started: Notify::new(),
            closed: CancellationToken::new(),
            ended: CancellationToken::new(),
        }
    }

    /// Waits until the job has a permit and was sent to a runtime; on a thread of the pool it
    /// needs none. Returns whether it was sent; otherwise the job was rejected with an error.
    pub(crate) async fn submit(self: &Arc<Self>, job: Job<S>) -> bool {
        let nested = is_inside(self);
        let (sent, was_sent) = oneshot::channel();
        let place = self.enqueue(nested, Queued { job, sent });
        // If this future is dropped, so is the job.
        let _place = QueuePlace { place, dispatcher: self };
        was_sent.await.is_ok()
    }

    fn enqueue(self: &Arc<Self>, nested: bool, queued: Queued<S>) -> Option<u64> {
        let mut state = self.state.lock();
        if let Some(error) = state.refusal(nested) {
            drop(state);
            (queued.job)(Err(error));
            return None;
        }
        if nested && let Some(runtime) = state.pick(nested) {
            drop(state);
            self.send(runtime, nested, queued);
            return None;
        }
        state.queued += 1;
        let place = state.queued;
        state.queue.insert(place, queued);
        drop(state);
        self.send_queued();
        Some(place)
    }

    /// Sends what is queued as long as there are permits.
    fn send_queued(self: &Arc<Self>) {
        loop {
            let next = self.state.lock().next();
            match next {
                Some((runtime, queued)) => self.send(runtime, false, queued),
                None => return,
            }
        }
    }

    fn send(self: &Arc<Self>, runtime: usize, nested: bool, queued: Queued<S>) {
        let Queued { job, sent } = queued;
        let permit = Permit { dispatcher: Arc::clone(self), runtime, nested };
        match self.runtimes[runtime].send((job, permit)) {
            Ok(()) => drop(sent.send(())),
            // The runtime has failed meanwhile, or the pool has ended.
            Err(refused) => {
                let failure = self.state.lock().loads[runtime].failure.clone();
                let (job, _permit) = refused.0;
                job(Err(failure.map_or(TaskError::Closed, TaskError::StartFailed)));
            }
        }
    }

    /// The start function of a runtime has succeeded, or has failed: then it gets no more
    /// tasks.
    pub(crate) fn started(&self, runtime: usize, failure: Option<StartError>) {
        let mut state = self.state.lock();
        state.loads[runtime].has_started = true;
        state.loads[runtime].failure = failure;
        drop(state);
        self.started.notify_waiters();
        self.refuse_queued();
    }

    /// Waits until all start functions have succeeded, or one has failed.
    pub(crate) async fn all_started(&self) -> Result<(), TaskError> {
        loop {
            let started = self.started.notified();
            let answer = self.state.lock().all_started();
            match answer {
                Some(answer) => return answer,
                None => started.await,
            }
        }
    }

    /// Takes nothing more from outside, and ends with the last task.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        drop(state);
        self.end_if_idle();
        self.refuse_queued();
    }

    /// Takes nothing more at all, and ends the threads.
    pub(crate) fn terminate(&self) {
        self.state.lock().phase = Phase::Ended;
        self.ended.cancel();
        self.refuse_queued();
    }

    fn end_if_idle(&self) {
        let mut state = self.state.lock();
        let is_idle = |load: &Load| load.taken + load.nested == 0;
        if state.phase == Phase::Closing && state.loads.iter().all(is_idle) {
            state.phase = Phase::Ended;
            drop(state);
            self.ended.cancel();
        }
    }

    /// Refuses what is queued, if there will be no permits any more.
    fn refuse_queued(&self) {
        let mut state = self.state.lock();
        let Some(error) = state.refusal(false) else { return };
        let queue = mem::take(&mut state.queue);
        drop(state);
        self.closed.cancel();
        self.started.notify_waiters();
        for queued in queue.into_values() {
            (queued.job)(Err(error.clone()));
        }
    }
}

/// The place of a submitter in the queue, if it has to wait.
struct QueuePlace<'a, S> {
    place: Option<u64>,
    dispatcher: &'a Dispatcher<S>,
}

impl<S> Drop for QueuePlace<'_, S> {
    fn drop(&mut self) {
        let leave = |place| self.dispatcher.state.lock().queue.remove(&place);
        let given_up = self.place.and_then(leave);
        // Not under the lock: it runs the destructors of tasks.
        drop(given_up);
    }
}

impl<S> State<S> {
    /// Takes a permit of a runtime, if there is one.
    fn pick(&mut self, nested: bool) -> Option<usize> {
        self.free.clear();
        for (index, load) in self.loads.iter().enumerate() {
            let &Load { limit, taken, nested: extra, .. } = load;
            if load.failure.is_none() && (nested || taken < limit) {
                self.free.push(RuntimeLoad { index, running: taken + extra, limit });
            }
        }
        if self.free.is_empty() {
            return None;
        }
        // A panic in there would reach the task that returns a permit. Without a result, or
        // with one that the scheduler kept from an earlier call, the first runtime is taken.
        let pick = AssertUnwindSafe(|| self.scheduler.pick(&self.free).index);
        let picked = catch_unwind(pick).unwrap_or_default();
        let is_free = |load: &&RuntimeLoad| load.index == picked;
        let picked = self.free.iter().find(is_free).unwrap_or(&self.free[0]).index;
        *self.loads[picked].count(nested) += 1;
        Some(picked)
    }

    /// The next job of the queue and the runtime that it goes to, if there is a permit for it.
    fn next(&mut self) -> Option<(usize, Queued<S>)> {
        self.queue.first_key_value()?;
        if self.phase != Phase::Open {
            // What is left is about to be refused.
            return None;
        }
        let runtime = self.pick(false)?;
        Some((runtime, self.queue.pop_first()?.1))
    }

    /// Why there are no permits any more, if so.
    fn refusal(&self, nested: bool) -> Option<TaskError> {
        if let Some(error) = self.all_failed() {
            return Some(TaskError::StartFailed(error));
        }
        let is_closed = match self.phase {
            Phase::Open => false,
            Phase::Closing => !nested,
            Phase::Ended => true,
        };
        is_closed.then_some(TaskError::Closed)
    }

    fn all_failed(&self) -> Option<StartError> {
        let mut last = None;
        for load in &self.loads {
            last = Some(load.failure.as_ref()?);
        }
        last.cloned()
    }

    fn all_started(&self) -> Option<Result<(), TaskError>> {
        let failure = self.loads.iter().find_map(|load| load.failure.clone());
        match failure {
            Some(error) => Some(Err(TaskError::StartFailed(error))),
            None if self.loads.iter().all(|load| load.has_started) => Some(Ok(())),
            None => self.refusal(false).map(Err),
        }
    }
}

impl Load {
    fn count(&mut self, nested: bool) -> &mut usize {
        if nested { &mut self.nested } else { &mut self.taken }
    }
}

/// The right to run one job on one runtime. Dropped when the job has ended.
pub(crate) struct Permit<S> {
    dispatcher: Arc<Dispatcher<S>>,
    runtime: usize,
    nested: bool,
}

impl<S> Drop for Permit<S> {
    fn drop(&mut self) {
        *self.dispatcher.state.lock().loads[self.runtime].count(self.nested) -= 1;
        self.dispatcher.end_if_idle();
        self.dispatcher.send_queued();
    }
}
