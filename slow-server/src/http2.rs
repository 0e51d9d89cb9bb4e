//! HTTP/2 without a task for each request: one task has all that wait on its connection.
//!
//! A library that gives each request a task, a timer and a service takes a kilobyte more for
//! it. That is nothing for a hundred requests, and a gigabyte for a million.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::http::Request;
use h2::RecvStream;
use h2::server::{Builder, Connection, SendResponse};
use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

use crate::activity::{Activity, UnderWay};
use crate::answer::Answer;
use crate::clock::Timer;
use crate::config::WhenFull;
use crate::desk::{Desk, with_extensions};
use crate::gauge::{Gauge, Gauged};
use crate::guest::{Arrival, Guest};
use crate::limits::{Limits, REQUEST_BYTES};
use crate::quota::Peer;
use crate::relay;
use crate::waiting::Waiting;

/// Answers that are written before the connection may send them. Until then all of them are
/// kept, and each connection goes on having the room for as many.
const AT_A_TIME: usize = 64;

/// How often to look who has left, and at how many. Who leaves is not heard of in any other
/// way than by asking.
const ROLL_CALL: Duration = Duration::from_millis(50);
const CALLED_AT_A_TIME: usize = 500;

/// A connection, and the requests on it. It is a future that ends with it.
pub(crate) struct Streams<S> {
    connection: Connection<Gauged<S>, Bytes>,
    gauge: Gauge,
    waiting: Waiting<Stream>,
    // For who is due next.
    timer: Option<(Instant, Timer)>,
    roll_call: Interval,
    // How many are left until all have had their turn since something was heard.
    calls_to_come: usize,
    // What the last answer told of.
    times: Option<(Duration, Duration)>,
    // Those that need more than to wait.
    others: JoinSet<()>,
    desk: Desk,
    peer: Peer,
    activity: Activity,
    // As long as somebody waits.
    busy: Option<UnderWay>,
}

/// A request, and the way back to the one who sent it.
#[derive(Debug)]
struct Stream {
    guest: Guest,
    respond: SendResponse<Bytes>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Streams<S> {
    /// Errors: the other end does not speak HTTP/2.
    pub(crate) async fn begin(
        stream: S,
        desk: Desk,
        peer: Peer,
        activity: Activity,
        limits: &Limits,
    ) -> Result<Self, h2::Error> {
        let stream = Gauged::new(stream);
        let gauge = stream.gauge();
        let connection = Builder::new()
            .max_concurrent_streams(limits.http2_streams)
            .max_header_list_size(u32::try_from(REQUEST_BYTES).unwrap_or(u32::MAX))
            .handshake(stream)
            .await?;
        let mut roll_call = interval(ROLL_CALL);
        roll_call.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            connection,
            gauge,
            waiting: Waiting::default(),
            timer: None,
            roll_call,
            calls_to_come: 0,
            times: None,
            others: JoinSet::new(),
            desk,
            peer,
            activity,
            busy: None,
        })
    }

    /// Answers what is under way, and takes nothing more.
    pub(crate) fn ask_to_leave(&mut self) {
        self.connection.graceful_shutdown();
    }

    /// For [`heartbeat`].
    pub(crate) fn ping_pong(&mut self) -> Option<h2::PingPong> {
        self.connection.ping_pong()
    }

    fn receive(
        &mut self,
        request: Request<RecvStream>,
        mut respond: SendResponse<Bytes>,
    ) {
        let has_body = !request.body().is_end_stream();
        let Some(received) = self.desk.receive(&request, has_body, self.peer) else {
            let request = with_extensions(request, &self.activity, self.peer);
            let under_way = self.activity.begin();
            let relayed =
                relay::relay(self.desk.clone(), request, respond, under_way);
            self.others.spawn(relayed);
            return;
        };
        drop(request);
        let slow = &self.desk.slow;
        let waits_by_the_clock = slow.config().hold.is_none();
        match received {
            Err(refusal) => self.send(&mut respond, *refusal),
            Ok(Arrival::Seated(guest)) if waits_by_the_clock => {
                let due = Instant::now() + guest.delay();
                self.waiting.push(due, Stream { guest, respond });
                self.busy.get_or_insert_with(|| self.activity.begin());
            }
            Ok(Arrival::Queued(caller)) if slow.when_full() == WhenFull::Reject => {
                self.send(&mut respond, caller.turn_away());
            }
            Ok(arrival) => {
                let slow = Arc::clone(slow);
                let answer = async move { slow.serve(arrival).await };
                let under_way = self.activity.begin();
                self.others.spawn(relay::answer_with(answer, respond, under_way));
            }
        }
    }

    fn send(&mut self, respond: &mut SendResponse<Bytes>, answer: Answer) {
        let times = answer.times();
        let is_again = self.times.replace(times) == Some(times);
        relay::send(respond, answer, is_again);
    }

    /// Answers some of those that are due; false if there is none, and then this task is
    /// woken when there is.
    fn answer_due(&mut self, cx: &mut Context<'_>) -> bool {
        // Who takes no answers gets no more: they would only be kept here.
        if self.gauge.is_blocked() {
            return false;
        }
        let now = Instant::now();
        let mut answered = 0;
        while answered < AT_A_TIME
            && let Some(stream) = self.waiting.pop_due(now)
        {
            let Stream { guest, mut respond } = stream;
            self.send(&mut respond, guest.answer());
            answered += 1;
        }
        // Also where all who were due had left before.
        if self.waiting.is_empty() {
            self.busy = None;
        }
        answered > 0 || self.wait_for_the_next(cx)
    }

    fn wait_for_the_next(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(due) = self.waiting.next_due() else { return false };
        if self.timer.as_ref().is_none_or(|&(set_for, _)| set_for != due) {
            self.timer = Some((due, self.desk.slow.timer(due)));
        }
        let timer = self.timer.as_mut();
        timer.is_some_and(|(_, timer)| Pin::new(timer).poll(cx).is_ready())
    }

    /// Drops those whose client has left, so that they do not keep their places.
    fn call_roll(&mut self, cx: &mut Context<'_>) {
        // Who leaves says so: there is nobody to look for until something is heard.
        if self.gauge.was_heard() {
            // A call that reaches the end stops there, in either of the two lines.
            self.calls_to_come = self.waiting.len().div_ceil(CALLED_AT_A_TIME) + 2;
        }
        let is_all_called = self.waiting.is_empty() || self.calls_to_come == 0;
        if !is_all_called && self.roll_call.poll_tick(cx).is_ready() {
            self.calls_to_come -= 1;
            let nobody = &mut Context::from_waker(Waker::noop());
            self.waiting.call_roll(CALLED_AT_A_TIME, |stream| {
                stream.respond.poll_reset(nobody).is_pending()
            });
            // To be woken for the next.
            let _ = self.roll_call.poll_tick(cx);
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Streams<S> {
    type Output = Result<(), h2::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            // This also moves the connection on: it reads what has come, and sends what was
            // answered.
            match this.connection.poll_accept(cx) {
                Poll::Ready(Some(accepted)) => {
                    let (request, respond) = accepted?;
                    this.receive(request, respond);
                    continue;
                }
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => {}
            }
            while let Poll::Ready(Some(_)) = this.others.poll_join_next(cx) {}
            this.call_roll(cx);
            if !this.answer_due(cx) {
                return Poll::Pending;
            }
        }
    }
}

/// Asks from time to time whether the other end is still there; ends when it is not.
pub(crate) async fn heartbeat(pings: Option<h2::PingPong>, limits: &Limits) {
    let Some(mut pings) = pings else { return std::future::pending().await };
    loop {
        sleep(limits.header).await;
        let pong = pings.ping(h2::Ping::opaque());
        if !matches!(tokio::time::timeout(limits.first_byte, pong).await, Ok(Ok(_)))
        {
            return;
        }
    }
}
