//! One request at a time for each thread: the thread sleeps until the answer is there.

use std::cell::Cell;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::failure::{Failure, Kind, Stage};
use crate::headers;
use crate::limits;
use crate::outcome::{Answer, MOST_BYTES};
use crate::plan::{Plan, Request};
use crate::timing::Timing;

/// An HTTP client to be shared by all threads of a run.
///
/// Inside it reqwest keeps a small async runtime on a thread of its own, and hands each
/// request over to it: blocking is a way of waiting, not another network.
#[derive(Debug)]
pub struct Client {
    plan: Plan,
    http: reqwest::blocking::Client,
    lanes: AtomicUsize,
}

/// Makes the HTTP client for a run, with the same settings as every other client's.
///
/// Errors: reqwest cannot start its own runtime (no thread or file left).
pub fn client(plan: &Plan) -> anyhow::Result<Client> {
    let builder = reqwest::blocking::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(plan.settings().connect_timeout())
        .pool_idle_timeout(limits::IDLE)
        .pool_max_idle_per_host(plan.most_idle())
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None)
        .timeout(plan.settings().timeout);
    // reqwest sets TCP_USER_TIMEOUT to 30 s by default on the systems that have the option.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(None);
    Ok(Client {
        plan: plan.clone(),
        http: builder.build()?,
        lanes: AtomicUsize::new(0),
    })
}

/// Sends one request and blocks this thread until its answer is there, which the plan
/// then knows of.
pub fn fetch(client: &Client, request: Request) {
    let lane = client.lane();
    if let Some(attempt) = client.plan.begin(request, lane) {
        let result = send(client, request);
        client.plan.end(attempt, lane, &result);
    }
}

/// Sends requests one after another, each when the answer to the one before is there.
pub fn fetch_each(client: &Client, requests: &[Request]) {
    for &request in requests {
        fetch(client, request);
    }
}

fn send(client: &Client, request: Request) -> Result<Answer, Failure> {
    let settings = client.plan.settings();
    let response = client
        .http
        .get(request.take_turn(client.plan.pages()).clone())
        .headers(headers::of(&client.plan, request))
        // The blocking client's own timeout is for each read: an answer that comes byte by
        // byte would never be late. This one is for all of the request.
        .timeout(settings.timeout)
        .send()
        .map_err(|error| Failure::of(&error, Stage::Head))?;
    let status = response.status().as_u16();
    let timing = Timing::of(response.headers());

    Ok(Answer { status, timing, body: read_at_most(MOST_BYTES, response)? })
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
        return Err(Failure::new(Kind::TooLong));
    }
    Ok(bytes)
}

impl Client {
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
