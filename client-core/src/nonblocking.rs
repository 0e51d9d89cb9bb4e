//! Any number of requests at a time on one runtime: each is a task that waits.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::sync::Semaphore;

use crate::failure::{Failure, Kind, Stage};
use crate::headers;
use crate::outcome::{Answer, MOST_BYTES, Outcome};
use crate::plan::{Plan, Request};
use crate::timing::Timing;

/// An HTTP client to be shared by all tasks of one runtime. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    lane: usize,
    // Fair: who asks first is served first.
    slots: Arc<Semaphore>,
}

/// Makes the HTTP client for one runtime, with the same settings as every other client's.
/// It has at most `slots` requests under way at once.
///
/// Errors: reqwest cannot be set up.
pub fn client(plan: &Plan, slots: NonZeroUsize) -> anyhow::Result<Client> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(plan.settings().connect_timeout())
        .timeout(plan.settings().timeout)
        .build()?;
    let slots = Arc::new(Semaphore::new(slots.get().min(Semaphore::MAX_PERMITS)));
    Ok(Client { http, lane: plan.next_runtime(), slots })
}

/// Sends one request once a slot is free, in the order in which this is called. The
/// future owns all that it needs, so it can be spawned as a task.
pub fn fetch(
    client: &Client,
    request: Request,
) -> impl Future<Output = Outcome> + Send + use<> {
    let client = client.clone();
    // Polled once here, it takes its place in the line now. The tasks of a runtime with
    // several threads start in any order, and requests are to be sent in theirs.
    let mut slot = Box::pin(Arc::clone(&client.slots).acquire_owned());
    let taken = slot.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    async move {
        // The semaphore is never closed, so there always is a slot in the end.
        let _slot = match taken {
            Poll::Ready(taken) => taken,
            Poll::Pending => slot.await,
        };
        // In a box, so that a task which waits for its slot stays small.
        Box::pin(fetch_now(&client, &request)).await
    }
}

async fn fetch_now(client: &Client, request: &Request) -> Outcome {
    let attempt = match request.begin(client.lane) {
        Ok(attempt) => attempt,
        Err(not_sent) => return not_sent,
    };
    let result = tokio::select! {
        result = send(&client.http, request) => result,
        () = request.plan().stop().given_up() => Err(Failure::new(Kind::Interrupted)),
    };
    attempt.end(&result)
}

async fn send(http: &reqwest::Client, request: &Request) -> Result<Answer, Failure> {
    let mut response = http
        .get(request.plan().settings().url.clone())
        .headers(headers::of(request))
        .send()
        .await
        .map_err(|error| Failure::of(&error, Stage::Head))?;
    let status = response.status().as_u16();
    let timing = Timing::of(response.headers());

    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Failure::of(&error, Stage::Body))?
    {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > MOST_BYTES {
            return Err(Failure::new(Kind::TooLong));
        }
    }
    Ok(Answer { status, timing, body })
}
