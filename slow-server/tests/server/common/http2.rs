//! A client of one HTTP/2 connection, over bare h2.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::http::{Method, Request, Response};
use h2::SendStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// The default window of HTTP/2: bytes of a response that are sent before any is read.
pub(crate) const WINDOW: u32 = 65_535;

pub(crate) struct Client {
    pub(crate) sender: SendRequest<Bytes>,
    server: SocketAddr,
}

impl Client {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        Self::handshake(stream, server, WINDOW).await
    }

    /// Reads `window` bytes of each response, and more only as a test asks for it.
    pub(crate) async fn handshake(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        server: SocketAddr,
        window: u32,
    ) -> Self {
        let (sender, connection) = Builder::new()
            .initial_window_size(window)
            .handshake(stream)
            .await
            .unwrap();
        tokio::spawn(connection);
        Self { sender, server }
    }

    /// Sends a request without a body, and waits for nothing.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        number: u64,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        self.send_head(method, path, number, true).await
    }

    /// The same, with `end_of_stream` false for a request that has not ended.
    pub(crate) async fn send_head(
        &self,
        method: Method,
        path: &str,
        number: u64,
        end_of_stream: bool,
    ) -> (ResponseFuture, SendStream<Bytes>) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.server))
            .header("content-type", "application/json")
            .header("x-request", number)
            .body(())
            .unwrap();
        let mut sender = self.sender.clone().ready().await.unwrap();
        sender.send_request(request, end_of_stream).unwrap()
    }

    pub(crate) async fn get(&self, path: &str, number: u64) -> ResponseFuture {
        self.send(Method::GET, path, number).await.0
    }
}

/// The head of a response, and all of its body.
pub(crate) async fn whole(response: ResponseFuture) -> (Response<()>, Vec<u8>) {
    let (head, mut body) = response.await.unwrap().into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.unwrap();
        bytes.extend_from_slice(&chunk);
        body.flow_control().release_capacity(chunk.len()).unwrap();
    }
    (Response::from_parts(head, ()), bytes)
}
