//! HTTP/1.1 for the page alone: what is plain is read, waited for and answered here, and
//! everything else goes to the library.
//!
//! The library keeps 16 kB of buffers for each connection, also while its request waits.
//! For the one request that is made ten thousand times, the head of a line or two is read,
//! understood and forgotten; a connection that waits is a timer and a socket.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

use crate::activity::Activity;
use crate::answer::Answer;
use crate::desk::{Desk, Received};
use crate::guest::{Arrival, Guest};
use crate::prefixed::Prefixed;
use crate::quota::Peer;
use crate::said::Said;

/// The longest head that is read here, in bytes, and the most fields in it.
const MOST_BYTES: usize = 1024;
const MOST_FIELDS: usize = 16;

/// A socket that does not wait for ever for the other end to take an answer.
pub(crate) type Socket = Pin<Box<TimeoutStream<TcpStream>>>;

/// A connection of which every request was plain so far.
pub(crate) struct Plain {
    pub(crate) stream: Socket,
    pub(crate) desk: Desk,
    pub(crate) peer: Peer,
    pub(crate) activity: Activity,
}

/// Whether a connection is to end after the answer that is under way.
#[derive(Debug, Default)]
pub(crate) struct Leaving {
    asked: AtomicBool,
}

impl Leaving {
    /// Whoever asks polls the connection next: nobody is woken.
    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

/// The head of a plain request.
struct Head {
    received: Received,
    closes: bool,
}

/// What was read.
enum Read {
    Plain(Head),
    /// Something else, or not all of it: these bytes are the beginning.
    Other(Vec<u8>),
    /// Nothing more comes.
    End,
}

impl Plain {
    /// Serves one plain request after another. Ends with the connection, or with what was
    /// read of a request that is not plain, for the library to go on.
    ///
    /// Errors: the connection breaks.
    pub(crate) async fn serve(
        mut self,
        leaving: &Leaving,
    ) -> io::Result<Option<Prefixed<Socket>>> {
        loop {
            // Whoever is idle for too long is asked to leave, so there is no other limit.
            let head = match self.read(leaving).await {
                Read::Plain(head) => head,
                Read::Other(start) => {
                    return Ok(Some(Prefixed::new(start, self.stream)));
                }
                Read::End => return Ok(None),
            };
            let under_way = self.activity.begin();
            let Some(answer) = self.answer(head.received).await else {
                return Ok(None);
            };
            let is_last = head.closes || leaving.is_asked();
            self.stream.write_all(&answer.written(is_last)).await?;
            drop(under_way);
            if is_last {
                return Ok(None);
            }
        }
    }

    /// Reads what is there, or nothing more if it is to leave. The buffer is gone before
    /// anything is waited for.
    async fn read(&mut self, leaving: &Leaving) -> Read {
        poll_fn(|cx| {
            let mut bytes = [0; MOST_BYTES];
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Pending if leaving.is_asked() => {
                    return Poll::Ready(Read::End);
                }
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) => return Poll::Ready(Read::End),
                Poll::Ready(Ok(())) => {}
            }
            if buffer.filled().is_empty() {
                return Poll::Ready(Read::End);
            }
            let start = buffer.filled();
            Poll::Ready(match plain(&self.desk, self.peer, start) {
                Some(head) => Read::Plain(head),
                None => Read::Other(start.to_vec()),
            })
        })
        .await
    }

    /// `None` if the client leaves before it is there.
    async fn answer(&mut self, received: Received) -> Option<Answer> {
        match received {
            Ok(Arrival::Seated(guest)) => self.wait(guest).await,
            Ok(queued) => Box::pin(self.stand_in_line(queued)).await,
            Err(refusal) => Some(*refusal),
        }
    }

    async fn wait(&mut self, guest: Guest) -> Option<Answer> {
        if !guest.delay().is_zero() || self.desk.slow.config().hold.is_some() {
            tokio::select! {
                biased;
                () = self.desk.slow.wait(guest.request(), guest.delay()) => {}
                () = is_left(self.stream.get_ref()) => return None,
            }
        }
        Some(guest.answer())
    }

    async fn stand_in_line(&mut self, queued: Arrival) -> Option<Answer> {
        tokio::select! {
            biased;
            answer = self.desk.slow.serve(queued) => Some(answer),
            () = is_left(self.stream.get_ref()) => None,
        }
    }
}

/// Ready when the other end has closed the connection, or broken it. One that sends more is
/// still there, and what it sends stays where it is.
async fn is_left(stream: &TcpStream) {
    poll_fn(|cx| {
        let mut byte = [0];
        match stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)) {
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(()),
            Poll::Ready(Ok(_)) | Poll::Pending => Poll::Pending,
        }
    })
    .await;
}

/// The head of a request that asks for the page and for nothing else, and that has all of
/// `bytes`; `None` if there is anything to it that is not plain.
fn plain(desk: &Desk, peer: Peer, bytes: &[u8]) -> Option<Head> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut fields);
    let parsed = request.parse(bytes).ok()?;
    let is_all = parsed.is_complete() && parsed.unwrap() == bytes.len();
    let is_get = request.method == Some("GET") && request.version == Some(1);
    let query = match request.path? {
        "/" => None,
        path => Some(path.strip_prefix("/?")?),
    };
    if !is_all || !is_get {
        return None;
    }
    let mut said = Said::default();
    let mut closes = false;
    for field in request.headers {
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        if is("connection") {
            closes = field.value.eq_ignore_ascii_case(b"close");
            if !closes && !field.value.eq_ignore_ascii_case(b"keep-alive") {
                return None;
            }
        } else if NOT_PLAIN.into_iter().any(is) {
            return None;
        } else {
            said.note(field.name, field.value);
        }
    }
    Some(Head { received: desk.receive_page(query, said, peer), closes })
}

/// The fields that say of a request that there is more to it than its head.
const NOT_PLAIN: [&str; 5] =
    ["content-length", "transfer-encoding", "expect", "upgrade", "trailer"];

#[cfg(test)]
mod tests {
    use axum::Router;

    use super::*;
    use crate::config::Config;
    use crate::slow::Slow;

    fn read(bytes: &str) -> Option<Head> {
        let desk = Desk::new(Slow::new(Config::default()), Router::new());
        plain(&desk, Peer(([127, 0, 0, 1], 1).into()), bytes.as_bytes())
    }

    fn seated(head: Head) -> Guest {
        match head.received.unwrap() {
            Arrival::Seated(guest) => guest,
            Arrival::Queued(_) => panic!("there is no limit"),
        }
    }

    #[test]
    fn a_plain_request_is_understood() {
        let head =
            read("GET / HTTP/1.1\r\nhost: x\r\nX-Request: 17\r\n\r\n").unwrap();
        assert!(!head.closes);
        assert_eq!(seated(head).request(), 17);
        let asked = "GET /?delay=2s HTTP/1.1\r\nConnection: Close\r\n\r\n";
        let head = read(asked).unwrap();
        assert!(head.closes);
        assert_eq!(seated(head).delay().as_secs(), 2);
        let nonsense = read("GET /?delay=x HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!(nonsense.received.unwrap_err().status().as_u16(), 400);
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_library() {
        for bytes in [
            "",
            "GET / HTTP/1.1\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\n\r\n",
            "GET /healthz HTTP/1.1\r\n\r\n",
            "GET //?delay=1s HTTP/1.1\r\n\r\n",
            "GET http://x/ HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nexpect: 100-continue\r\n\r\n",
            "GET / HTTP/1.1\r\nconnection: upgrade\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n nonsense\r\n\r\n",
        ] {
            assert!(read(bytes).is_none(), "{bytes:?}");
        }
    }
}
