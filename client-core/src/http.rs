//! The settings of HTTP, which are the same for all clients.

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, retry};

use crate::limits;
use crate::plan::Plan;

/// A reqwest client for this run, but for its timeout and its pool.
pub(crate) fn settings(plan: &Plan) -> ClientBuilder {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(Policy::none())
        // What is sent again is counted, so reqwest is not to do it by itself.
        .retry(retry::never())
        .connect_timeout(plan.settings().connect_timeout())
        .pool_idle_timeout(limits::IDLE)
        .tcp_keepalive(None)
        .tcp_keepalive_interval(None)
        .tcp_keepalive_retries(None);
    // reqwest sets TCP_USER_TIMEOUT to 30 s by default on the systems that have the option.
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(None);
    builder
}
