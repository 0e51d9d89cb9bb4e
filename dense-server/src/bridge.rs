//! Every route but the page, over HTTP/2: from bare h2 to the router and back.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::DATE;
use axum::http::{HeaderValue, Request, Response};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http_body::Frame;
use slow_server::InFlightGuard;
use tower::ServiceExt as _;

/// Lets the router respond, unless the client resets the stream first.
pub(crate) async fn answer(
    router: Router,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    in_flight: InFlightGuard,
) {
    let request = request.map(|body| Body::new(RequestBody(body)));
    let response = unless_reset(router.oneshot(request), &mut respond).await;
    drop(in_flight);
    let Some(Ok(response)) = response else { return };
    let (head, body) = response.into_parts();
    let is_end = body.is_end_stream();
    let mut head = Response::from_parts(head, ());
    head.headers_mut().insert(DATE, date());
    if let Ok(mut stream) = respond.send_response(head, is_end)
        && !is_end
    {
        // It fails only if the client has disconnected.
        let _ = send_body(body, &mut stream).await;
    }
}

/// `None` if the client resets the stream before `future` is ready.
pub(crate) async fn unless_reset<T>(
    future: impl Future<Output = T>,
    respond: &mut SendResponse<Bytes>,
) -> Option<T> {
    tokio::select! {
        output = future => Some(output),
        _ = poll_fn(|cx| respond.poll_reset(cx)) => None,
    }
}

/// Sends all of it, as fast as the client reads it; `None` once it reads no more.
async fn send_body(mut body: Body, stream: &mut SendStream<Bytes>) -> Option<()> {
    loop {
        let frame = poll_fn(|cx| {
            if stream.poll_reset(cx).is_ready() {
                return Poll::Ready(None);
            }
            Pin::new(&mut body).poll_frame(cx).map(Some)
        });
        let Some(frame) = frame.await? else { break };
        // None of the router's bodies fails; one that did would reset the stream here.
        let Ok(mut data) = frame.ok()?.into_data() else { continue };
        while !data.is_empty() {
            stream.reserve_capacity(data.len());
            let room = poll_fn(|cx| stream.poll_capacity(cx)).await?.ok()?;
            let part = data.split_to(room.min(data.len()));
            stream.send_data(part, false).ok()?;
        }
    }
    stream.send_data(Bytes::new(), true).ok()
}

/// The body of a request, for the router.
struct RequestBody(RecvStream);

impl HttpBody for RequestBody {
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
        // What was read is released to the flow-control window.
        self.0.flow_control().release_capacity(data.len())?;
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

/// The time, which HTTP asks every server with a clock to send.
pub(crate) fn date() -> HeaderValue {
    let text = httpdate::fmt_http_date(SystemTime::now());
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
