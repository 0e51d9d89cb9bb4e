//! One HTTP/2 connection, and one task for all requests on it.
//!
//! Where each request has a task, a timer and a handler, as in hyper, it takes three
//! kilobytes. That is nothing for a hundred requests, and gigabytes for a million.

use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ConnectInfo;
use axum::http::header::{DATE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, Request, Response};
use h2::RecvStream;
use h2::server::{self, SendResponse};
use slow_server::{
    Connection, InFlight, InFlightGuard, Limits, PageRequest, PageResponse, Permit,
    RequestGuard, RequestMeta, ServeHttp2, Server, Socket, UrlQuery,
};
use tokio::task::JoinSet;
use tokio::time::{
    Instant, Interval, MissedTickBehavior, Sleep, interval, sleep, timeout,
};

use crate::backpressure::{Backpressure, MonitoredSocket};
use crate::bridge::{self, date};
use crate::delay_queue::DelayQueue;

/// Responses that are queued in h2 before the connection may write. Until then all of them
/// take memory, and each connection keeps it.
const BATCH: usize = 64;

/// Interval and batch size for polling streams for `RST_STREAM`: h2 does not notify us of it
/// without a task for each.
const SWEEP_INTERVAL: Duration = Duration::from_millis(50);
const SWEEP_BATCH: usize = 500;

/// HTTP/2 over bare h2, with a queue of due times for each connection.
#[derive(Debug, Clone)]
pub(crate) struct BareH2(pub(crate) Arc<Server>);

impl ServeHttp2 for BareH2 {
    async fn serve(self, socket: Socket, mut connection: Connection) {
        let (socket, backpressure) = MonitoredSocket::new(socket);
        let handshake = server::Builder::new()
            .max_concurrent_streams(connection.http2_streams)
            .max_header_list_size(slow_server::REQUEST_BYTES)
            .handshake(socket);
        let Ok(mut h2) = handshake.await else { return };
        let keep_alive = keep_alive(h2.ping_pong(), Arc::clone(&connection.limits));
        let http2 =
            pin!(Http2Connection::new(h2, backpressure, self.0, &connection));
        tokio::select! {
            () = connection.drive(http2, |http2| http2.get_mut().h2.graceful_shutdown()) => {}
            () = keep_alive => tracing::debug!("a connection is dead"),
        }
    }
}

/// Pings the client every `limits.header`; ready when it does not acknowledge.
async fn keep_alive(pings: Option<h2::PingPong>, limits: Arc<Limits>) {
    let Some(mut pings) = pings else { return std::future::pending().await };
    loop {
        sleep(limits.header).await;
        let pong = pings.ping(h2::Ping::opaque());
        if !matches!(timeout(limits.first_byte, pong).await, Ok(Ok(_))) {
            return;
        }
    }
}

/// A connection and its pending responses: a future that is ready when the connection ends.
struct Http2Connection {
    h2: server::Connection<MonitoredSocket, Bytes>,
    backpressure: Arc<Backpressure>,
    pending: DelayQueue<PendingResponse>,
    // For the next response that is due.
    timer: Pin<Box<Sleep>>,
    sweep: Interval,
    // How many are left until all streams have been polled since something was received.
    sweeps_left: usize,
    // Requests for another route, and those that are queued for a permit.
    tasks: JoinSet<()>,
    server: Arc<Server>,
    router: Router,
    peer: ConnectInfo<SocketAddr>,
    in_flight: InFlight,
    // As long as something is pending.
    busy: Option<InFlightGuard>,
}

struct PendingResponse {
    request: PageRequest,
    guard: RequestGuard,
    permit: Permit,
    respond: SendResponse<Bytes>,
}

impl Http2Connection {
    fn new(
        h2: server::Connection<MonitoredSocket, Bytes>,
        backpressure: Arc<Backpressure>,
        server: Arc<Server>,
        connection: &Connection,
    ) -> Self {
        let mut sweep = interval(SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            h2,
            backpressure,
            pending: DelayQueue::default(),
            timer: Box::pin(sleep(Duration::ZERO)),
            sweep,
            sweeps_left: 0,
            tasks: JoinSet::new(),
            server,
            router: connection.router.clone(),
            peer: ConnectInfo(connection.peer),
            in_flight: connection.in_flight.clone(),
            busy: None,
        }
    }

    fn receive(
        &mut self,
        mut request: Request<RecvStream>,
        respond: SendResponse<Bytes>,
    ) {
        let is_page = request.method() == Method::GET
            && request.uri().path() == "/"
            && request.body().is_end_stream();
        if is_page {
            return self.receive_page(&request, respond);
        }
        request.extensions_mut().insert(self.peer);
        let (router, in_flight) = (self.router.clone(), self.in_flight.begin());
        self.tasks.spawn(bridge::answer(router, request, respond, in_flight));
    }

    fn receive_page(
        &mut self,
        request: &Request<RecvStream>,
        mut respond: SendResponse<Bytes>,
    ) {
        let ConnectInfo(peer) = self.peer;
        let meta = RequestMeta::new(request.headers(), request.uri(), Some(peer));
        let query = UrlQuery::try_from_uri(request.uri()).unwrap_or_default();
        let request = match PageRequest::plan(&self.server, &meta, query) {
            Ok(request) => request,
            Err(refusal) => return send(&mut respond, refusal, date()),
        };
        let guard = self.server.stats.arrive_without_run(request.number, peer);
        match self.server.concurrency.try_acquire() {
            Some(permit) => {
                let guard = guard.start();
                self.push(PendingResponse { request, guard, permit, respond });
            }
            None => self.queue(request, guard, respond),
        }
    }

    fn push(&mut self, pending: PendingResponse) {
        self.pending.push(Instant::now() + pending.request.delay, pending);
        self.busy.get_or_insert_with(|| self.in_flight.begin());
    }

    /// A task for a request that is queued for a permit: the queue is the server's and not
    /// of this connection.
    fn queue(
        &mut self,
        request: PageRequest,
        guard: RequestGuard,
        mut respond: SendResponse<Bytes>,
    ) {
        let concurrency = Arc::clone(&self.server.concurrency);
        let in_flight = self.in_flight.begin();
        self.tasks.spawn(async move {
            let answer = async {
                let Some(permit) = concurrency.acquire().await else {
                    guard.reject();
                    return PageResponse::full(&request);
                };
                let guard = guard.start();
                sleep(request.delay).await;
                guard.finish(request.fails);
                PageResponse::new(&request, permit.queued)
            };
            if let Some(page) = bridge::unless_reset(answer, &mut respond).await {
                send(&mut respond, page, date());
            }
            drop(in_flight);
        });
    }

    /// Sends a batch of those that are due; false if there is none: then this task is woken
    /// when there is.
    fn send_due(&mut self, cx: &mut Context<'_>) -> bool {
        // Under back-pressure, stop: more responses would only pile up in memory.
        if self.backpressure.is_blocked() {
            return false;
        }
        let (now, date) = (Instant::now(), date());
        let mut sent = 0;
        while sent < BATCH
            && let Some(due) = self.pending.pop_due(now)
        {
            let PendingResponse { request, guard, permit, mut respond } = due;
            guard.finish(request.fails);
            let page = PageResponse::new(&request, permit.queued);
            send(&mut respond, page, date.clone());
            sent += 1;
        }
        // Also where all that were due had been cancelled.
        if self.pending.is_empty() {
            self.busy = None;
        }
        sent > 0 || self.poll_timer(cx)
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(due) = self.pending.next_due() else { return false };
        if self.timer.deadline() != due {
            self.timer.as_mut().reset(due);
        }
        self.timer.as_mut().poll(cx).is_ready()
    }

    /// Drops responses whose stream was reset, so that they do not keep their permits.
    fn sweep(&mut self, cx: &mut Context<'_>) {
        // A reset is a frame, so there is nothing to poll until the socket was read.
        if self.backpressure.received_since() {
            // A sweep that reaches the end stops there, in either part of the queue.
            self.sweeps_left = self.pending.len().div_ceil(SWEEP_BATCH) + 2;
        }
        let is_done = self.pending.is_empty() || self.sweeps_left == 0;
        if !is_done && self.sweep.poll_tick(cx).is_ready() {
            self.sweeps_left -= 1;
            let noop = &mut Context::from_waker(Waker::noop());
            self.pending.sweep(SWEEP_BATCH, |pending| {
                pending.respond.poll_reset(noop).is_ready()
            });
            // To be woken for the next.
            let _ = self.sweep.poll_tick(cx);
        }
    }
}

impl Future for Http2Connection {
    type Output = Result<(), h2::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            // This also moves the connection on: it reads what was received, and writes what
            // was sent.
            match this.h2.poll_accept(cx) {
                Poll::Ready(Some(accepted)) => {
                    let (request, respond) = accepted?;
                    this.receive(request, respond);
                    continue;
                }
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => {}
            }
            while let Poll::Ready(Some(_)) = this.tasks.poll_join_next(cx) {}
            this.sweep(cx);
            if !this.send_due(cx) {
                return Poll::Pending;
            }
        }
    }
}

fn send(respond: &mut SendResponse<Bytes>, page: PageResponse, date: HeaderValue) {
    let (head, body) = Response::<Bytes>::from(page).into_parts();
    let mut head = Response::from_parts(head, ());
    let nosniff = HeaderValue::from_static("nosniff");
    head.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    head.headers_mut().insert(DATE, date);
    // It fails only if the client has disconnected.
    if let Ok(mut stream) = respond.send_response(head, body.is_empty()) {
        let _ = stream.send_data(body, true);
    }
}
