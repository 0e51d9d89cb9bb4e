//! Any number of requests at a time on one runtime: each is a task that waits.

use std::sync::Arc;

use tokio::time::{sleep, timeout};

use crate::fetch::transport::Backend;
use crate::outcome::failure::{Failure, FailureKind};
use crate::plan::{Plan, Request};

/// An HTTP client to be shared by all tasks of one runtime.
#[derive(Debug)]
pub struct NonblockingClient {
    plan: Plan,
    lane: usize,
    backend: Backend,
}

/// Makes the HTTP client for one runtime, with the same settings as every other client's.
///
/// # Errors
///
/// There is no route to the server, or what sends the requests cannot be set up.
pub fn client(plan: &Plan) -> anyhow::Result<Arc<NonblockingClient>> {
    let lane = plan.next_runtime();
    let backend = Backend::new(plan, lane)?;
    Ok(Arc::new(NonblockingClient { plan: plan.clone(), lane, backend }))
}

impl NonblockingClient {
    /// Sends one request and waits for its response, which the plan then knows of. Through
    /// reqwest, which is usual, that is `transport::via_reqwest::Clients::get`.
    pub async fn fetch(&self, request: Request) {
        let Some((request, mut started)) = self.plan.begin(request, self.lane)
        else {
            return;
        };
        let late = |_| Err(Failure::new(FailureKind::Timeout));
        let response = timeout(self.plan.timeout(), self.backend.send(request));
        let mut result = response.await.unwrap_or_else(late);
        while let Some(retry) = self.plan.begin_retry(request, &mut started, &result)
        {
            let time_left = self.plan.time_left(&started);
            let pause = started.pause();
            let response = timeout(time_left, async {
                sleep(pause).await;
                self.backend.send_again(request, retry).await
            });
            let again = Box::pin(response).await.unwrap_or_else(late);
            result = Failure::of_both(result, again);
        }
        self.plan.end(request, self.lane, &started, &result);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::plan;
    use crate::settings::transport::{Transport, TransportArgs};

    /// There may be a million of them. Of a future of up to 280 bytes, with a client and a
    /// permit beside this one, Tokio makes a task of 384; of a larger one, 512.
    #[tokio::test]
    async fn a_request_that_waits_is_small() {
        let requests = NonZeroUsize::new(200_000).unwrap();
        let args = TransportArgs { transport: Transport::H2, connections: None };
        let plan = plan::tests::all_at_once(requests, Some(args));
        let client = client(&plan).unwrap();
        let request = plan.requests().next().unwrap();
        let size = size_of_val(&client.fetch(request));
        assert!(size <= 240, "{size} bytes");
    }
}
