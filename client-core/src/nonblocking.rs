//! Any number of requests at a time on one runtime: each is a task that waits.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use clap::Args;
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, yield_now};

use crate::patience::Patience;
use crate::plan::{Plan, Request};
use crate::run::{Strategy, run_with};
use crate::shape::Shape;
use crate::transport::{Carrier, Wire};

/// Runs the client `name`, as [`run_with`] does; what carries its requests can be chosen.
pub fn run<Own: Strategy>(
    name: &'static str,
    fetch_all: impl FnOnce(&Plan) -> anyhow::Result<()>,
) -> ExitCode {
    run_with::<Wired<Own>>(name, fetch_all)
}

/// A client's own options, and those on what carries its requests.
#[derive(Debug, Args)]
struct Wired<Own: Args> {
    #[command(flatten)]
    own: Own,
    #[command(flatten)]
    wire: Wire,
}

impl<Own: Strategy> Strategy for Wired<Own> {
    fn shape(&self, requests: NonZeroUsize) -> Shape {
        self.own.shape(requests)
    }

    fn wire(&self) -> Option<Wire> {
        Some(self.wire)
    }
}

/// An HTTP client to be shared by all tasks of one runtime. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    plan: Plan,
    lane: usize,
    // Fair: who asks first is served first. `None` where there is a slot for each request.
    slots: Option<Arc<Semaphore>>,
    patience: Patience,
    carrier: Carrier,
}

/// Makes the HTTP client for one runtime, with the same settings as every other client's.
/// It has at most `slots` requests under way at once.
///
/// Call it inside the runtime, which from then on also looks who has waited too long.
///
/// Errors: what carries the requests cannot be set up.
pub fn client(plan: &Plan, slots: NonZeroUsize) -> anyhow::Result<Client> {
    let settings = plan.settings();
    let lane = plan.next_runtime();
    let patience = Patience::new(settings.timeout);
    tokio::spawn(patience.clone().keep(plan.stop().clone()));
    let slots = slots.get().min(Semaphore::MAX_PERMITS);
    Ok(Client(Arc::new(Shared {
        plan: plan.clone(),
        lane,
        slots: (!plan.has_a_slot_for_each())
            .then(|| Arc::new(Semaphore::new(slots))),
        patience,
        carrier: Carrier::new(plan, lane, slots)?,
    })))
}

/// Sends one request once a slot is free, in the order in which this is called, and waits
/// for its answer, which the plan then knows of. The future owns all that it needs, so it
/// can be spawned as a task.
pub fn fetch(
    client: &Client,
    request: Request,
) -> impl Future<Output = ()> + Send + use<> {
    let Client(client) = client.clone();
    let mut turn =
        client.slots.as_ref().map(|slots| Box::new(Turn::stand_in_line(slots)));
    async move {
        if let Some(turn) = &mut turn {
            turn.comes().await;
        }
        if let Some(attempt) = client.plan.begin(request, client.lane) {
            let answer = client.carrier.send(request);
            let result = client.patience.limit(answer).await;
            client.plan.end(attempt, client.lane, &result);
        }
    }
}

/// A place in the line for a slot, and then the slot.
struct Turn {
    line: Pin<Box<dyn Future<Output = Result<Slot, AcquireError>> + Send>>,
    slot: Option<Slot>,
}

type Slot = OwnedSemaphorePermit;

impl Turn {
    /// The tasks of a runtime with several threads start in any order, and requests are to
    /// be sent in theirs: so the place is taken now, by asking once.
    fn stand_in_line(slots: &Arc<Semaphore>) -> Self {
        let mut line = Box::pin(Arc::clone(slots).acquire_owned());
        let nobody = &mut Context::from_waker(Waker::noop());
        let slot = match line.as_mut().poll(nobody) {
            Poll::Ready(taken) => taken.ok(),
            Poll::Pending => None,
        };
        Self { line, slot }
    }

    async fn comes(&mut self) {
        if self.slot.is_none() {
            // The semaphore is never closed, so there always is a slot in the end.
            self.slot = self.line.as_mut().await.ok();
        }
    }
}

/// Waits for all tasks of a runtime. They start a few at a time where this runs on a thread of
/// that runtime: what `block_on` is given runs beside them, and does not make way for them.
///
/// Errors: the first task that panicked. Its request is accounted for as lost.
pub async fn join(
    tasks: impl Iterator<Item = JoinHandle<()>>,
) -> anyhow::Result<()> {
    let at_a_time = started_at_a_time(Handle::current().metrics().num_workers());
    let mut started = Vec::with_capacity(tasks.size_hint().0);
    for task in tasks {
        started.push(task);
        if started.len().is_multiple_of(at_a_time) {
            yield_now().await;
        }
    }
    for task in started {
        task.await?;
    }
    Ok(())
}

/// A runtime would else start all tasks before the first of them sends anything, and have all
/// requests in memory at once. A thread of it looks at the network after 61 polls of tasks, and
/// a request takes up to three until it is sent: with many more at a time, connections are made
/// faster than they are written to.
fn started_at_a_time(threads: usize) -> usize {
    match threads {
        1 => 16,
        // They take tasks from one another. With half as many at a time, 100,000 requests
        // through reqwest over HTTP/2 took a tenth longer.
        many => 32 * many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;
    use crate::transport::Transport;

    /// There may be ten million of them. Up to 152 bytes, a task of Tokio's takes 256 in
    /// all; with one more it would take 384.
    #[tokio::test]
    async fn a_request_that_waits_is_small() {
        let requests = NonZeroUsize::new(200_000).unwrap();
        let wire = Wire { transport: Transport::H2, connections: None };
        let plan = plan::tests::all_at_once(requests, Some(wire));
        let client = client(&plan, plan.slots()).unwrap();
        let request = plan.requests().next().unwrap();
        let size = size_of_val(&fetch(&client, request));
        assert!(size <= 152, "{size} bytes");
    }
}
