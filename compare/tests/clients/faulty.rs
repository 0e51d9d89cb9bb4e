//! A server that misbehaves as a test says: the fixture for all that clients must bear.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use h2::Reason;
use hyper::Response;
use hyper::body::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::common::text;

/// What a request gets: some bytes, and what follows them.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// The connection is closed.
    Close,
    /// The connection is closed when the next request has come, which gets no answer.
    CloseAtNext,
    /// The connection is reset.
    Reset,
    /// Nothing more, until the client goes.
    Silence,
    /// These bytes again and again, with a pause before each time, until the client goes.
    Repeat(&'static [u8], Duration),
}

/// The heads of requests, as they came.
type Log = Arc<Mutex<Vec<String>>>;

/// A server that runs until it is dropped.
pub(crate) struct Faulty {
    address: SocketAddr,
    received: Log,
    // Its end is the end of every task and connection.
    _runtime: Runtime,
}

/// The head of a request, to what it is answered with.
pub(crate) trait Respond: Fn(&str) -> Answer + Send + Sync + 'static {}
impl<F: Fn(&str) -> Answer + Send + Sync + 'static> Respond for F {}

impl Answer {
    /// These bytes, then the end of the connection.
    pub(crate) fn closing(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), then: Then::Close }
    }
}

impl Faulty {
    /// Answers all requests alike, and so the question before the run too.
    pub(crate) fn always(answer: Answer) -> Self {
        Self::answering(move |_| answer.clone())
    }

    /// Answers the requests of a run so. The question before the run is answered at once,
    /// since it would wait for its own time limit, or for an end that does not come.
    pub(crate) fn in_the_run(answer: Answer) -> Self {
        Self::answering(
            move |head| {
                if is_question(head) { no_stats() } else { answer.clone() }
            },
        )
    }

    /// Answers each request as `respond` says.
    pub(crate) fn answering(respond: impl Respond) -> Self {
        Self::start(|listener, received| {
            serve(listener, received, Arc::new(respond))
        })
    }

    /// Answers the question before the run, and refuses all connections after it.
    pub(crate) fn gone_when_the_run_begins() -> Self {
        Self::start(|listener, _| async {
            let _ = answer_and_go(listener).await;
        })
    }

    /// Answers one request of each connection over HTTP/2 with the page, and ends the
    /// connection without a GOAWAY.
    pub(crate) fn one_answer_over_http2() -> Self {
        Self::start(|listener, _| async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_one_over_http2(stream));
            }
        })
    }

    /// Resets each request over HTTP/2 for this reason.
    pub(crate) fn resetting_streams(reason: Reason) -> Self {
        Self::start(move |listener, received| async move {
            while let Ok((stream, _)) = listener.accept().await {
                let received = Arc::clone(&received);
                tokio::spawn(async move {
                    let mut connection = h2::server::handshake(stream).await?;
                    while let Some(request) = connection.accept().await {
                        let (head, mut responder) = request?;
                        received.lock().unwrap().push(head.uri().to_string());
                        responder.send_reset(reason);
                    }
                    Ok::<_, h2::Error>(())
                });
            }
        })
    }

    fn start<Served: Future<Output = ()> + Send + 'static>(
        serve: impl FnOnce(TcpListener, Log) -> Served,
    ) -> Self {
        // Both ends of hundreds of connections at once may be in this process.
        slow_server::raise_open_files();
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let within = runtime.enter();
        let listener = slow_server::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        drop(within);
        let address = listener.local_addr().unwrap();
        let received = Arc::default();
        runtime.spawn(serve(listener, Arc::clone(&received)));
        Self { address, received, _runtime: runtime }
    }

    /// Its page, `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it received, without the questions before a run.
    pub(crate) fn received(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        received.iter().filter(|head| !is_question(head)).cloned().collect()
    }
}

/// A port at which nothing listens, and which nobody else can take while this is held.
pub(crate) struct DeadPort(TcpSocket);

impl DeadPort {
    pub(crate) fn take() -> Self {
        Self::take_at((Ipv4Addr::LOCALHOST, 0).into()).unwrap()
    }

    fn take_at(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Connections that the port had before do not matter.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        // It never listens, so whoever connects is refused.
        Ok(Self(socket))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

/// A server that never accepts, and whose backlog is full: the kernel leaves out whoever
/// connects, and a connection neither comes nor fails.
#[cfg(target_os = "linux")]
pub(crate) struct Full {
    address: SocketAddr,
    _listener: std::net::TcpListener,
    _queue: Vec<std::net::TcpStream>,
}

#[cfg(target_os = "linux")]
impl Full {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let _within = runtime.enter();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap().into_std().unwrap();
        let address = listener.local_addr().unwrap();
        let connect = || {
            let patience = Duration::from_millis(300);
            std::net::TcpStream::connect_timeout(&address, patience).ok()
        };
        let queue = std::iter::from_fn(connect).collect();
        Self { address, _listener: listener, _queue: queue }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// The value of a field in the head of a request.
pub(crate) fn value<'a>(head: &'a str, field: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value)
}

/// Every client asks a server how it is set, before its run.
pub(crate) fn is_question(head: &str) -> bool {
    head.starts_with("GET /api/stats ")
}

pub(crate) fn no_stats() -> Answer {
    Answer::closing(
        b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    )
}

async fn serve(listener: TcpListener, received: Log, respond: Arc<impl Respond>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let (received, respond) = (Arc::clone(&received), Arc::clone(&respond));
        tokio::spawn(async move {
            let head = read_head(&mut stream).await?;
            let answer = respond(&head);
            received.lock().unwrap().push(head);
            if let Then::CloseAtNext = answer.then {
                stream.write_all(&answer.bytes).await?;
                let next = read_head(&mut stream).await?;
                received.lock().unwrap().push(next);
                return stream.shutdown().await;
            }
            // Whatever goes wrong here is the client's choice: it may go at any time.
            send(stream, answer).await
        });
    }
}

async fn answer_one_over_http2(stream: TcpStream) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    if let Some(request) = connection.accept().await {
        let (_, mut responder) = request?;
        let mut body = responder.send_response(Response::new(()), false)?;
        body.send_data(Bytes::from_static(b"Hello!"), true)?;
        // Writes that, until the next request comes or the client goes.
        let _ = connection.accept().await;
    }
    Ok(())
}

async fn answer_and_go(listener: TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    let (mut stream, _) = listener.accept().await?;
    read_head(&mut stream).await?;
    // Both come before the answer, so that the client's run begins after them. A process
    // that another test is just starting has a copy of the listener for a moment, so that
    // closing this one would not yet be its end.
    let _ = socket2::SockRef::from(&listener).shutdown(Shutdown::Both);
    drop(listener);
    let _dead = DeadPort::take_at(address)?;
    send(stream, no_stats()).await?;
    std::future::pending().await
}

/// All that a client sends: what stayed unread would turn the close into a reset.
async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(text(&head))
}

async fn send(mut stream: TcpStream, answer: Answer) -> io::Result<()> {
    stream.write_all(&answer.bytes).await?;
    match answer.then {
        Then::Close | Then::CloseAtNext => stream.shutdown().await,
        Then::Reset => stream.set_zero_linger(),
        Then::Silence => stream.read_u8().await.map(drop),
        Then::Repeat(bytes, pause) => loop {
            // Even a sleep of nothing takes until the timer's next tick.
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            stream.write_all(bytes).await?;
        },
    }
}
