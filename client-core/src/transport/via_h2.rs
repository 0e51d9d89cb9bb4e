//! The bare protocol: many requests on few connections, and next to nothing for each.

use std::future::poll_fn;

use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use hyper::body::Bytes;
use hyper::http::response::Parts;
use hyper::{Method, Version};
use tokio::sync::{Mutex, OnceCell};

use crate::failure::{Failure, Kind, Stage};
use crate::headers;
use crate::outcome::{Answer, MOST_BYTES};
use crate::plan::{Plan, Request};
use crate::timing::Timing;
use crate::transport::target::Target;

/// The connections of a runtime. Request i goes to connection i mod their number.
#[derive(Debug)]
pub(crate) struct Connections {
    target: Target,
    // Made when it is first needed; or why there is none, for all who need it.
    all: Vec<OnceCell<Result<Connection, Failure>>>,
}

#[derive(Debug)]
struct Connection {
    // Fair: who comes first sends first.
    sender: Mutex<SendRequest<Bytes>>,
}

/// What the server may send before we have taken what it sent, in bytes. With the usual
/// 64 kB, ten thousand answers of six bytes would already wait for us.
const WINDOW: u32 = 16 << 20;

/// The library's own guard against a flood of small answers, which is what is asked for
/// here.
const NO_BUDGET: usize = usize::MAX >> 1;

impl Connections {
    /// Errors: the address is not one that HTTP can send.
    pub(super) fn new(plan: &Plan, connections: usize) -> anyhow::Result<Self> {
        let all = std::iter::repeat_with(OnceCell::new).take(connections);
        Ok(Self { target: Target::new(plan)?, all: all.collect() })
    }

    pub(super) async fn send(
        &self,
        plan: &Plan,
        request: Request,
    ) -> Result<Answer, Failure> {
        read(self.send_head(plan, request).await?).await
    }

    /// Sends the request, which has no body.
    async fn send_head(
        &self,
        plan: &Plan,
        request: Request,
    ) -> Result<ResponseFuture, Failure> {
        let connection = self.connection(plan, request).await?;
        let mut sender = connection.sender.lock().await;
        poll_fn(|cx| sender.poll_ready(cx)).await.map_err(failed)?;
        let mut head = hyper::Request::new(());
        *head.method_mut() = Method::GET;
        *head.version_mut() = Version::HTTP_2;
        *head.uri_mut() = self.target.uri.clone();
        *head.headers_mut() = headers::of(plan, request);
        let (response, _) = sender.send_request(head, true).map_err(failed)?;
        Ok(response)
    }

    async fn connection(
        &self,
        plan: &Plan,
        request: Request,
    ) -> Result<&Connection, Failure> {
        let place = &self.all[request.index() % self.all.len()];
        let connection = match place.get() {
            Some(connection) => connection,
            // Boxed, since only the first requests come here.
            None => {
                Box::pin(place.get_or_init(|| connect(&self.target, plan))).await
            }
        };
        connection.as_ref().map_err(Failure::clone)
    }
}

/// Makes a connection, and has a task move it on.
async fn connect(target: &Target, plan: &Plan) -> Result<Connection, Failure> {
    let stream = target.connect().await?;
    let (sender, connection) = Builder::new()
        .initial_max_send_streams(plan.slots().get())
        .initial_connection_window_size(WINDOW)
        .data_frame_budget(NO_BUDGET)
        .enable_push(false)
        .handshake(stream)
        .await
        .map_err(failed)?;
    // Its end is told to every request that is on it.
    tokio::spawn(connection);
    Ok(Connection { sender: Mutex::new(sender) })
}

async fn read(response: ResponseFuture) -> Result<Answer, Failure> {
    let (head, mut rest) = response.await.map_err(failed)?.into_parts();
    let Parts { status, headers, .. } = head;
    let (status, timing) = (status.as_u16(), Timing::of(&headers));
    drop(headers);
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
