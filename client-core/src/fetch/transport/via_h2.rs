//! Bare HTTP/2 by the crate h2: many requests on few connections, with little memory for each.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use hyper::body::Bytes;
use hyper::{Method, Version};
use tokio::io::join;
use tokio::sync::Mutex;

use crate::fetch::transport::budgeted_reader::BudgetedReader;
use crate::fetch::transport::round_robin::RoundRobin;
use crate::fetch::transport::target::Target;
use crate::outcome::Answer;
use crate::outcome::failure::{Failure, Stage};
use crate::plan::{Plan, Request};

/// The connections of a runtime, over which its requests are spread in turn.
#[derive(Debug)]
pub(crate) struct Connections {
    plan: Plan,
    target: Target,
    all: Vec<SharedConnection>,
    turns: RoundRobin,
}

/// A connection, for the request that may send on it next. Fair: first come, first served.
type SharedConnection = Mutex<Connection>;

/// Made when it is first needed, and again when it has ended.
#[derive(Debug, Default)]
enum Connection {
    #[default]
    Unmade,
    Open(SendRequest<Bytes>),
    /// A request that asked before it failed need not try again.
    Failed(Instant, Failure),
}

/// The requests in flight on a connection before the server has sent its limit, which
/// is not to be fewer (RFC 9113, section 6.5.2).
const INITIAL_MAX_STREAMS: usize = 100;

/// What the server may send before we have taken what it sent, in bytes. With the usual
/// 64 kB, ten thousand responses of six bytes would already wait for us.
const WINDOW: u32 = 16 << 20;

/// The library's own guard against a flood of small responses, which is what is asked for
/// here.
const UNLIMITED_FRAME_BUDGET: usize = usize::MAX >> 1;

impl Connections {
    /// # Errors
    ///
    /// There is no route to the server, or its address is not one that HTTP can send.
    pub(super) fn new(
        plan: &Plan,
        in_flight: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let all =
            std::iter::repeat_with(SharedConnection::default).take(connections);
        let target = Target::new(&plan.settings().url, plan)?;
        let turns = RoundRobin::new(in_flight, connections);
        let plan = plan.clone();
        Ok(Self { plan, target, all: all.collect(), turns })
    }

    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        // What a request needs only for a moment is boxed, so that it stays small while it
        // waits.
        let shared = self.turns.next(&self.all);
        let response = if let Some(sent) = self.try_send(shared, request) {
            sent?
        } else {
            Box::pin(self.send_queued(shared, request)).await?
        };
        let response = response.await.map_err(failed)?;
        Box::pin(read(response)).await
    }

    /// On a connection of its own.
    pub(super) async fn send_unpooled(
        &self,
        request: Request,
    ) -> Result<Answer, Failure> {
        let mut sender = self.connect().await?;
        let response = self.send_on(&mut sender, request)?;
        read(response.await.map_err(failed)?).await
    }

    /// `None` where there is no connection, where others are sending, or where the server
    /// takes no more for now.
    fn try_send(
        &self,
        shared: &SharedConnection,
        request: Request,
    ) -> Option<Result<ResponseFuture, Failure>> {
        let mut connection = shared.try_lock().ok()?;
        let Connection::Open(sender) = &mut *connection else { return None };
        let nobody = &mut Context::from_waker(Waker::noop());
        match sender.poll_ready(nobody) {
            Poll::Ready(Ok(())) => Some(self.send_on(sender, request)),
            Poll::Ready(Err(_)) | Poll::Pending => None,
        }
    }

    async fn send_queued(
        &self,
        shared: &SharedConnection,
        request: Request,
    ) -> Result<ResponseFuture, Failure> {
        let asked = Instant::now();
        let mut connection = shared.lock().await;
        match &mut *connection {
            Connection::Open(sender) => {
                // If it has ended, its requests have failed, and this one needs another.
                if poll_fn(|cx| sender.poll_ready(cx)).await.is_ok() {
                    return self.send_on(sender, request);
                }
            }
            Connection::Failed(when, failure) if *when >= asked => {
                return Err(failure.clone());
            }
            Connection::Unmade | Connection::Failed(..) => {}
        }
        match self.connect().await {
            Ok(mut sender) => {
                let sent = self.send_on(&mut sender, request);
                *connection = Connection::Open(sender);
                sent
            }
            Err(failure) => {
                let failed = Connection::Failed(Instant::now(), failure.clone());
                *connection = failed;
                Err(failure)
            }
        }
    }

    /// Makes a connection that takes a request, and has a task move it on.
    async fn connect(&self) -> Result<SendRequest<Bytes>, Failure> {
        let (received, sent) = self.target.connect().await?.into_split();
        let (mut sender, connection) = Builder::new()
            .initial_max_send_streams(INITIAL_MAX_STREAMS)
            .initial_connection_window_size(WINDOW)
            .data_frame_budget(UNLIMITED_FRAME_BUDGET)
            .enable_push(false)
            .handshake(join(BudgetedReader::of(received), sent))
            .await
            .map_err(failed)?;
        // Its end reaches every request on it.
        tokio::spawn(connection);
        poll_fn(|cx| sender.poll_ready(cx)).await.map_err(failed)?;
        Ok(sender)
    }

    /// Sends a request, which has no body.
    fn send_on(
        &self,
        sender: &mut SendRequest<Bytes>,
        request: Request,
    ) -> Result<ResponseFuture, Failure> {
        let mut head = hyper::Request::new(());
        *head.method_mut() = Method::GET;
        *head.version_mut() = Version::HTTP_2;
        *head.uri_mut() = self.target.uri.clone();
        *head.headers_mut() = self.plan.headers(request);
        let (response, _) = sender.send_request(head, true).map_err(failed)?;
        Ok(response)
    }
}

async fn read(response: hyper::Response<RecvStream>) -> Result<Answer, Failure> {
    let mut answer = Answer::of(response.status(), response.headers());
    let mut rest = response.into_body();
    while let Some(chunk) = rest.data().await {
        let chunk = chunk.map_err(|error| Failure::of(&error, Stage::Body))?;
        answer.append(&chunk)?;
        taken(&mut rest, chunk.len())?;
    }
    Ok(answer)
}

/// Makes room for as many bytes more.
fn taken(rest: &mut RecvStream, bytes: usize) -> Result<(), Failure> {
    rest.flow_control().release_capacity(bytes).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is a function for `map_err`")]
fn failed(error: h2::Error) -> Failure {
    Failure::of(&error, Stage::Head)
}
