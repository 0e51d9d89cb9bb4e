//! The bare protocol: many requests on few connections, and next to nothing for each.

use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use hyper::body::Bytes;
use hyper::{Method, Version};
use tokio::io::join;
use tokio::sync::{Mutex, OnceCell};

use crate::failure::{Failure, Kind, Stage};
use crate::headers;
use crate::outcome::{Answer, MOST_BYTES};
use crate::plan::{Plan, Request};
use crate::timing::Timing;
use crate::transport::sips::Sips;
use crate::transport::target::Target;
use crate::transport::turns::Turns;

/// The connections of a runtime, which take its requests in turn.
#[derive(Debug)]
pub(crate) struct Connections {
    plan: Plan,
    target: Target,
    // Made when it is first needed; or why there is none, for all who need it.
    all: Vec<Place>,
    turns: Turns,
}

type Place = OnceCell<Result<Connection, Failure>>;

/// Who sends on it. Fair: who comes first sends first.
type Connection = Mutex<SendRequest<Bytes>>;

/// What the server may send before we have taken what it sent, in bytes. With the usual
/// 64 kB, ten thousand answers of six bytes would already wait for us.
const WINDOW: u32 = 16 << 20;

/// The library's own guard against a flood of small answers, which is what is asked for
/// here.
const NO_BUDGET: usize = usize::MAX >> 1;

impl Connections {
    /// Errors: the address is not one that HTTP can send.
    pub(super) fn new(
        plan: &Plan,
        slots: usize,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let all = std::iter::repeat_with(OnceCell::new).take(connections);
        let target = Target::new(&plan.settings().url, plan)?;
        let turns = Turns::new(slots, connections);
        let plan = plan.clone();
        Ok(Self { plan, target, all: all.collect(), turns })
    }

    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        // What a request needs only for a moment is boxed, so that it stays small while it
        // waits.
        let place = self.turns.next(&self.all);
        let response = match self.send_at_once(place, request) {
            Some(response) => response?,
            None => Box::pin(self.send_in_line(place, request)).await?,
        };
        let response = response.await.map_err(failed)?;
        Box::pin(read(response)).await
    }

    /// `None` where there is no connection yet, where others are sending, or where the
    /// server takes no more for now.
    fn send_at_once(
        &self,
        place: &Place,
        request: Request,
    ) -> Option<Result<ResponseFuture, Failure>> {
        let connection = place.get()?.as_ref();
        let mut sender = match connection {
            Ok(connection) => connection.try_lock().ok()?,
            Err(failure) => return Some(Err(failure.clone())),
        };
        let nobody = &mut Context::from_waker(Waker::noop());
        match sender.poll_ready(nobody) {
            Poll::Ready(Ok(())) => Some(self.send_on(&mut sender, request)),
            Poll::Ready(Err(error)) => Some(Err(failed(error))),
            Poll::Pending => None,
        }
    }

    async fn send_in_line(
        &self,
        place: &Place,
        request: Request,
    ) -> Result<ResponseFuture, Failure> {
        let connect = || connect(&self.target, &self.plan);
        let connection = place.get_or_init(connect).await;
        let mut sender = connection.as_ref().map_err(Failure::clone)?.lock().await;
        poll_fn(|cx| sender.poll_ready(cx)).await.map_err(failed)?;
        self.send_on(&mut sender, request)
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
        *head.headers_mut() = headers::of(&self.plan, request);
        let (response, _) = sender.send_request(head, true).map_err(failed)?;
        Ok(response)
    }
}

/// Makes a connection, and has a task move it on.
async fn connect(target: &Target, plan: &Plan) -> Result<Connection, Failure> {
    let (received, sent) = target.connect().await?.into_split();
    let (sender, connection) = Builder::new()
        .initial_max_send_streams(plan.slots().get())
        .initial_connection_window_size(WINDOW)
        .data_frame_budget(NO_BUDGET)
        .enable_push(false)
        .handshake(join(Sips::of(received), sent))
        .await
        .map_err(failed)?;
    // Its end is told to every request that is on it.
    tokio::spawn(connection);
    Ok(Mutex::new(sender))
}

async fn read(response: hyper::Response<RecvStream>) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let timing = Timing::of(response.headers());
    let mut rest = response.into_body();
    let mut body = Vec::new();
    while let Some(chunk) = rest.data().await {
        let chunk = chunk.map_err(|error| Failure::of(&error, Stage::Body))?;
        body.extend_from_slice(&chunk);
        if body.len() as u64 > MOST_BYTES {
            return Err(Failure::new(Kind::TooLong));
        }
        taken(&mut rest, chunk.len())?;
    }
    Ok(Answer { status, timing, body })
}

/// Makes room for as many bytes more.
fn taken(rest: &mut RecvStream, bytes: usize) -> Result<(), Failure> {
    rest.flow_control().release_capacity(bytes).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is a function for `map_err`")]
fn failed(error: h2::Error) -> Failure {
    Failure::of(&error, Stage::Head)
}
