//! The least that answers `Hello!` over HTTP/1.1 with hyper: the yardstick for what all the
//! rest of `slow-server` costs. `scripts/bench/peers` runs both under the same client.
//!
//! Usage: `bare_hyper PORT`

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = std::env::args().nth(1).context("which port?")?.parse()?;
    let listener = slow_server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    println!("bare_hyper listens on http://127.0.0.1:{port}");
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let page = service_fn(async |_: Request<_>| {
            Ok::<_, Infallible>(Response::new(Body::from("Hello!")))
        });
        // One that breaks off is no reason to stop.
        tokio::spawn(
            http1::Builder::new().serve_connection(TokioIo::new(stream), page),
        );
    }
}
