//! The routes of `slow-server` behind plain `axum::serve`: the yardstick for what the
//! server's own connections and their limits cost. `bench/peers.py` runs both.
//!
//! Usage: `plain_axum PORT`

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use slow_server::Config;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = std::env::args().nth(1).context("which port?")?.parse()?;
    let listener = slow_server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let config = Config { delay: Duration::ZERO, ..Config::default() };
    axum::serve(listener, slow_server::app(config)).await.context("cannot serve")
}
