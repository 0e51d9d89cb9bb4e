//! One request, blocking or not; and the HTTP settings, which are the same for all clients.

pub mod blocking;
pub mod nonblocking;
pub(crate) mod resolve;
mod transport;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, retry};

use crate::plan::Plan;

/// How long reqwest keeps an idle connection; slow-server keeps it ten times as long.
/// The next request is always ready, so a connection that is idle for longer is not needed;
/// closed while others are still waiting, ten thousand of them cost nothing, and closed at the
/// end a fifth of a second.
const IDLE_TIMEOUT: Duration = Duration::from_millis(100);

/// A reqwest client for this run, of a server at these `addresses`, but for its timeout and its
/// pool.
pub(crate) fn client_builder(
    plan: &Plan,
    addresses: &[SocketAddr],
) -> ClientBuilder {
    let host = plan.settings().url.host_str().unwrap_or_default();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .resolve_to_addrs(host, addresses)
        .tcp_nodelay(true)
        .redirect(Policy::none())
        // What is sent again is counted, so reqwest is not to do it by itself.
        .retry(retry::never())
        .connect_timeout(plan.settings().connect_timeout())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None);
    // reqwest sets TCP_USER_TIMEOUT to 30 s by default on the systems that have the option.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(None);
    builder
}
