//! The convenience library: it finds, makes and keeps the connections.

use reqwest::Client;

use crate::fetch;
use crate::fetch::transport::round_robin::RoundRobin;
use crate::outcome::Answer;
use crate::outcome::failure::{Failure, Stage};
use crate::plan::{Plan, Request};

/// A reqwest client over HTTP/1.1; over HTTP/2 one for each connection, since it keeps
/// only one for each server.
#[derive(Debug)]
pub(crate) struct Clients {
    plan: Plan,
    pooled: Vec<Client>,
    unpooled: Client,
    turns: RoundRobin,
}

impl Clients {
    /// # Errors
    ///
    /// Reqwest cannot be set up.
    pub(super) fn http1(plan: &Plan) -> anyhow::Result<Self> {
        let client = |most_idle| {
            fetch::client_builder(plan).pool_max_idle_per_host(most_idle).build()
        };
        Ok(Self {
            plan: plan.clone(),
            pooled: vec![client(plan.most_idle())?],
            unpooled: client(0)?,
            turns: RoundRobin::new(1, 1),
        })
    }

    /// # Errors
    ///
    /// Reqwest cannot be set up.
    pub(super) fn http2(
        plan: &Plan,
        in_flight: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let settings = || fetch::client_builder(plan).http2_prior_knowledge();
        let pooled: Result<_, _> =
            (0..connections).map(|_| settings().build()).collect();
        Ok(Self {
            plan: plan.clone(),
            pooled: pooled?,
            unpooled: settings().pool_max_idle_per_host(0).build()?,
            turns: RoundRobin::new(in_flight, connections),
        })
    }

    /// Sends a request, on a connection of its own if it is not `pooled`, and reads its
    /// response to the end.
    pub(super) async fn get(
        &self,
        request: Request,
        pooled: bool,
    ) -> Result<Answer, Failure> {
        let client =
            if pooled { self.turns.next(&self.pooled) } else { &self.unpooled };
        let mut response = client
            .get(request.pick(self.plan.pages()).clone())
            .headers(self.plan.headers(request))
            .send()
            .await
            .map_err(|error| Failure::of(&error, Stage::Head))?;
        let mut answer = Answer::of(response.status(), response.headers());
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Failure::of(&error, Stage::Body))?
        {
            answer.append(&chunk)?;
        }
        Ok(answer)
    }
}
