//! What is not just waited for, over HTTP/2: a task each, which carries the body.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::header::DATE;
use axum::http::{Request, Response};
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http_body::{Body as _, Frame};
use hyper::body::Bytes;

use crate::activity::UnderWay;
use crate::answer::{self, Answer};
use crate::date;
use crate::desk::Desk;

/// Answers at once. `is_timing_again` if the last answer on this connection told of the same
/// times.
///
/// HTTP/2 remembers what it sent, to say it in a byte the next time. For what is another in
/// each answer that is a search in vain, which costs more than all else of it.
pub(crate) fn send(
    respond: &mut SendResponse<Bytes>,
    answer: Answer,
    is_timing_again: bool,
) {
    let (mut head, body) = Response::<Bytes>::from(answer).into_parts();
    let is_new =
        [(answer::X_REQUEST, true), (answer::SERVER_TIMING, !is_timing_again)];
    for (name, is_new) in is_new {
        if let Some(value) = head.headers.get_mut(name) {
            value.set_sensitive(is_new);
        }
    }
    let head = Response::from_parts(head, ());
    // Who has left needs no answer.
    if let Ok(mut stream) = respond.send_response(dated(head), body.is_empty()) {
        let _ = stream.send_data(body, true);
    }
}

/// Answers when `answer` is there, unless the other end leaves first.
pub(crate) async fn answer_with(
    answer: impl Future<Output = Answer>,
    mut respond: SendResponse<Bytes>,
    _under_way: UnderWay,
) {
    if let Some(answer) = unless_reset(answer, &mut respond).await {
        send(&mut respond, answer, false);
    }
}

/// Has the router answer.
pub(crate) async fn relay(
    desk: Desk,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    under_way: UnderWay,
) {
    let request = request.map(|body| Body::new(Received(body)));
    let response = unless_reset(desk.route(request), &mut respond).await;
    drop(under_way);
    let Some(response) = response else { return };
    let (head, body) = response.into_parts();
    let is_all = body.is_end_stream();
    let head = Response::from_parts(head, ());
    if let Ok(mut stream) = respond.send_response(dated(head), is_all)
        && !is_all
    {
        // Who has left needs no more of it.
        let _ = send_body(body, &mut stream).await;
    }
}

async fn unless_reset<T>(
    answer: impl Future<Output = T>,
    respond: &mut SendResponse<Bytes>,
) -> Option<T> {
    tokio::select! {
        answer = answer => Some(answer),
        _ = poll_fn(|cx| respond.poll_reset(cx)) => None,
    }
}

/// Sends all of it, as fast as the other end takes it; `None` once it takes no more.
async fn send_body(mut body: Body, stream: &mut SendStream<Bytes>) -> Option<()> {
    while let Some(frame) = next_frame(&mut body, stream).await? {
        let Ok(mut data) = frame.into_data() else { continue };
        while !data.is_empty() {
            stream.reserve_capacity(data.len());
            let room = poll_fn(|cx| stream.poll_capacity(cx)).await?.ok()?;
            let part = data.split_to(room.min(data.len()));
            stream.send_data(part, false).ok()?;
        }
    }
    stream.send_data(Bytes::new(), true).ok()
}

/// The next part of a body, or its end; `None` once the other end takes no more.
async fn next_frame(
    body: &mut Body,
    stream: &mut SendStream<Bytes>,
) -> Option<Option<Frame<Bytes>>> {
    poll_fn(|cx| {
        if stream.poll_reset(cx).is_ready() {
            return Poll::Ready(None);
        }
        match ready!(Pin::new(&mut *body).poll_frame(cx)).transpose() {
            Ok(frame) => Poll::Ready(Some(frame)),
            Err(_) => {
                stream.send_reset(Reason::INTERNAL_ERROR);
                Poll::Ready(None)
            }
        }
    })
    .await
}

fn dated(mut head: Response<()>) -> Response<()> {
    head.headers_mut().insert(DATE, date::now());
    head
}

/// The body of a request, for the router.
struct Received(RecvStream);

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let Some(data) = ready!(self.0.poll_data(cx)) else {
            return Poll::Ready(None);
        };
        let data = data?;
        // What is taken makes room for as much more.
        self.0.flow_control().release_capacity(data.len())?;
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
