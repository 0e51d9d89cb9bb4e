//! The convenience library: it finds, makes and keeps the connections.

use reqwest::{Client, ClientBuilder};

use crate::failure::{Failure, Stage};
use crate::headers;
use crate::limits;
use crate::outcome::Answer;
use crate::plan::{Plan, Request};
use crate::timing::Timing;
use crate::transport::turns::Turns;

/// A reqwest client over HTTP/1.1; over HTTP/2 one for each connection, since it keeps
/// only one for each server.
#[derive(Debug)]
pub(crate) struct Pool {
    plan: Plan,
    clients: Vec<Client>,
    turns: Turns,
}

impl Pool {
    /// Errors: reqwest cannot be set up.
    pub(super) fn http1(plan: &Plan) -> anyhow::Result<Self> {
        let client = builder(plan).pool_max_idle_per_host(plan.most_idle());
        Ok(Self::of(plan, 1, vec![client.build()?]))
    }

    /// Errors: reqwest cannot be set up.
    pub(super) fn http2(
        plan: &Plan,
        slots: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let client = |_| builder(plan).http2_prior_knowledge().build();
        let clients: Result<_, _> = (0..connections).map(client).collect();
        Ok(Self::of(plan, slots, clients?))
    }

    fn of(plan: &Plan, slots: usize, clients: Vec<Client>) -> Self {
        let turns = Turns::new(slots, clients.len());
        Self { plan: plan.clone(), clients, turns }
    }

    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let client = self.turns.next(&self.clients);
        let mut response = client
            .get(request.take_turn(self.plan.pages()).clone())
            .headers(headers::of(&self.plan, request))
            .send()
            .await
            .map_err(|error| Failure::of(&error, Stage::Head))?;
        let status = response.status().as_u16();
        let timing = Timing::of(response.headers());

        let mut answer = Answer { status, timing, body: Vec::new() };
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

/// The timeout of a whole request is not reqwest's: one queue keeps it for all of them.
fn builder(plan: &Plan) -> ClientBuilder {
    let builder = Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(plan.settings().connect_timeout())
        .pool_idle_timeout(limits::IDLE)
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None);
    // reqwest sets TCP_USER_TIMEOUT to 30 s by default on the systems that have the option.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(None);
    builder
}
