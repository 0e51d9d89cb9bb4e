//! reqwest, over HTTP/1.1 or HTTP/2: its pool opens and keeps the connections.

use std::error::Error;
use std::sync::Arc;

use hyper_util::client::legacy;
use parking_lot::Mutex;
use reqwest::Client;
use tower::BoxError;
use tower::timeout::TimeoutLayer;
use tower::util::MapResultLayer;

use crate::fetch;
use crate::fetch::resolve::resolve;
use crate::fetch::transport::round_robin::RoundRobin;
use crate::outcome::Answer;
use crate::outcome::failure::{Failure, Stage};
use crate::plan::{Plan, Request};

/// A reqwest client over HTTP/1.1; over HTTP/2 one for each connection, since it keeps
/// only one for each server.
#[derive(Debug)]
pub(crate) struct Clients {
    plan: Plan,
    pooled: Vec<PooledClient>,
    unpooled: PooledClient,
    turns: RoundRobin,
}

#[derive(Debug)]
struct PooledClient {
    http: Client,
    // Why there was no connection the last time, if there was none. The pool reports it to one of
    // the requests that wait for it, and not to the others.
    no_connection: NoConnection,
}

type NoConnection = Arc<Mutex<Option<Failure>>>;

impl Clients {
    /// # Errors
    ///
    /// There is no route to the server, or reqwest cannot be set up.
    pub(super) fn http1(plan: &Plan) -> anyhow::Result<Self> {
        let addresses = resolve(&plan.settings().url)?;
        let client = |most_idle| {
            let settings = fetch::client_builder(plan, &addresses);
            let http = settings.pool_max_idle_per_host(most_idle).build()?;
            reqwest::Result::Ok(PooledClient { http, no_connection: Arc::default() })
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
    /// There is no route to the server, or reqwest cannot be set up.
    pub(super) fn http2(
        plan: &Plan,
        in_flight: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let addresses = resolve(&plan.settings().url)?;
        let client = |most_idle| {
            let no_connection = NoConnection::default();
            let noting = noting(Arc::clone(&no_connection));
            let http = fetch::client_builder(plan, &addresses)
                .http2_prior_knowledge()
                .pool_max_idle_per_host(most_idle)
                // That of reqwest itself is around these two, where it would not be noted.
                .connector_layer(TimeoutLayer::new(
                    plan.settings().connect_timeout(),
                ))
                .connector_layer(MapResultLayer::new(noting))
                .build()?;
            reqwest::Result::Ok(PooledClient { http, no_connection })
        };
        let pooled: Result<_, _> =
            (0..connections).map(|_| client(usize::MAX)).collect();
        Ok(Self {
            plan: plan.clone(),
            pooled: pooled?,
            unpooled: client(0)?,
            turns: RoundRobin::new(in_flight, connections),
        })
    }

    /// Sends a request, and reads its response to the end.
    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        self.get(self.turns.next(&self.pooled), request).await
    }

    /// On a connection of its own.
    pub(super) async fn send_unpooled(
        &self,
        request: Request,
    ) -> Result<Answer, Failure> {
        self.get(&self.unpooled, request).await
    }

    async fn get(
        &self,
        client: &PooledClient,
        request: Request,
    ) -> Result<Answer, Failure> {
        let mut response = client
            .http
            .get(request.pick(self.plan.pages()).clone())
            .headers(self.plan.headers(request))
            .send()
            .await
            .map_err(|error| client.failure_of(&error))?;
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

impl PooledClient {
    fn failure_of(&self, error: &reqwest::Error) -> Failure {
        let is_bare = error.source().is_some_and(|of_pool| {
            of_pool.is::<legacy::Error>() && of_pool.source().is_none()
        });
        match &*self.no_connection.lock() {
            Some(failure) if is_bare || error.is_connect() => failure.clone(),
            _ => Failure::of(error, Stage::Head),
        }
    }
}

/// Notes why there is no connection, before the pool gets the error.
fn noting<Connection>(
    no_connection: NoConnection,
) -> impl FnOnce(Result<Connection, BoxError>) -> Result<Connection, BoxError> + Clone
{
    move |connected| {
        let failure = connected.as_ref().err();
        *no_connection.lock() =
            failure.map(|error| Failure::of(error.as_ref(), Stage::Connect));
        connected
    }
}
