//! One request at a time for each thread: the thread sleeps until the response is there.

use std::cell::Cell;
use std::io::{self, Read as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::fetch;
use crate::fetch::resolve::resolve;
use crate::outcome::failure::{Failure, FailureKind, Stage};
use crate::outcome::{Answer, MAX_BYTES};
use crate::plan::{Plan, Request};

/// An HTTP client to be shared by all threads of a run.
///
/// Inside it reqwest keeps a small async runtime on a thread of its own, and hands each
/// request over to it: blocking is a way of waiting, not another network.
#[derive(Debug)]
pub struct BlockingClient {
    plan: Plan,
    pooled: reqwest::blocking::Client,
    // Makes a connection for each request.
    unpooled: OnceLock<reqwest::blocking::Client>,
    lanes: AtomicUsize,
}

/// Makes the HTTP client for a run, with the same settings as every other client's.
///
/// # Errors
///
/// There is no route to the server, or reqwest cannot start its own runtime (no thread or file
/// left).
pub fn client(plan: &Plan) -> anyhow::Result<BlockingClient> {
    Ok(BlockingClient {
        plan: plan.clone(),
        pooled: make(plan, plan.most_idle())?,
        unpooled: OnceLock::new(),
        lanes: AtomicUsize::new(0),
    })
}

impl BlockingClient {
    /// Sends one request and blocks this thread until its response is there, which the plan
    /// then knows of.
    pub fn fetch(&self, request: Request) {
        let plan = &self.plan;
        plan.record(request, self.lane(), |request, started| {
            let mut result = self.get(&self.pooled, request, plan.timeout());
            if plan.begin_retry(request, started, &result).is_some() {
                let time_left = plan.time_left(started);
                let again = self
                    .unpooled()
                    .and_then(|client| self.get(client, request, time_left));
                result = Failure::of_both(result, again);
            }
            result
        });
    }

    fn get(
        &self,
        http: &reqwest::blocking::Client,
        request: Request,
        timeout: Duration,
    ) -> Result<Answer, Failure> {
        let response = http
            .get(request.pick(self.plan.pages()).clone())
            .headers(self.plan.headers(request))
            // The blocking client's own timeout is for each read: a response that arrives byte by
            // byte would never be late. This one is for all of the request.
            .timeout(timeout)
            .send()
            .map_err(|error| Failure::of(&error, Stage::Head))?;
        let mut answer = Answer::of(response.status(), response.headers());
        answer.body = read_at_most(MAX_BYTES, response)?;
        Ok(answer)
    }

    fn unpooled(&self) -> Result<&reqwest::blocking::Client, Failure> {
        if let Some(made) = self.unpooled.get() {
            return Ok(made);
        }
        let made = make(&self.plan, 0)
            .map_err(|e| Failure::of(e.as_ref(), Stage::Connect))?;
        Ok(self.unpooled.get_or_init(|| made))
    }

    /// The lane of this thread: threads are numbered as they send their first request.
    fn lane(&self) -> usize {
        thread_local!(static LANE: Cell<Option<usize>> = const { Cell::new(None) });
        LANE.get().unwrap_or_else(|| {
            let lane = self.lanes.fetch_add(1, Ordering::Relaxed);
            LANE.set(Some(lane));
            lane
        })
    }
}

fn make(plan: &Plan, most_idle: usize) -> anyhow::Result<reqwest::blocking::Client> {
    let settings = fetch::client_builder(plan, &resolve(&plan.settings().url)?);
    let settings = settings.pool_max_idle_per_host(most_idle);
    let settings = reqwest::blocking::ClientBuilder::from(settings);
    Ok(settings.timeout(plan.timeout()).build()?)
}

/// All of a body, unless it is longer than `most` bytes.
pub(crate) fn read_at_most(
    most: u64,
    body: impl io::Read,
) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    body.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::of(&error, Stage::Body))?;
    if bytes.len() as u64 > most {
        return Err(Failure::new(FailureKind::TooLong));
    }
    Ok(bytes)
}
