//! The plans that a client refuses: a URL with a secret, and a load test of a foreign server by
//! mistake.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use units::{Localized, localized};

use crate::settings::workload::Workload;

/// The most requests to a stranger's server without a word that they may be sent.
const MAX_ELSEWHERE: usize = 200;

/// Why a plan is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Reports are shown to others, and a URL is in each.
    #[error("{}", localized!(
        "--url contains a user name or a password, and reports show the URL: leave them \
         out. Pages that require a password cannot be fetched",
        "--url 里有用户名或密码，而报告会显示 URL：请去掉它们。要求密码的页面无法获取"
    ))]
    Userinfo,
    /// Too many requests for a server that is not near.
    #[error("{}", too_many(amount, host))]
    TooMany {
        /// All that were planned.
        amount: Localized,
        /// Where they were to go.
        host: String,
    },
}

/// Lets the plan pass if its URL has no secret, and it is small, near, or allowed by name.
///
/// # Errors
///
/// [`Refused`], with what to add to be let through.
pub fn check(url: &Url, workload: Workload, allowed: bool) -> Result<(), Refused> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Userinfo);
    }
    let most = workload.most_requests().get();
    if allowed || most <= MAX_ELSEWHERE || is_near(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let amount = match workload {
        Workload::Requests(requests) => {
            localized!("{requests} requests", " {requests} 个请求")
        }
        Workload::Duration(_) => localized!(
            "any number of requests (--duration)",
            "数量不限的请求（--duration）"
        ),
    };
    Err(Refused::TooMany { amount, host })
}

fn too_many(Localized { en, zh }: &Localized, host: &str) -> Localized {
    localized!(
        "{en} to {host}, which is neither on this machine nor on a private network: \
         refused, since more than {MAX_ELSEWHERE} are a load test of somebody else's server. \
         If you may load this server, add --i-may-load-this-server",
        "向 {host} 发送{zh}，而它既不是本机，也不在专用网络中：已拒绝，因为超过 \
         {MAX_ELSEWHERE} 个就是对别人的服务器做压力测试。如果你有权这样做，\
         请加上 --i-may-load-this-server",
    )
}

/// Whether every address of the host is on this machine or on a private network.
fn is_near(url: &Url) -> bool {
    match url.socket_addrs(|| None) {
        Ok(addresses) => addresses.iter().map(SocketAddr::ip).all(is_private),
        // An unknown name reaches no server; the run will say so.
        Err(_) => true,
    }
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_unspecified()
                || v4.is_private()
                || v4.is_link_local()
        }
        IpAddr::V6(v6) => {
            v6 == Ipv6Addr::LOCALHOST
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::Duration;

    use super::*;

    fn passes(url: &str, requests: usize, allowed: bool) -> bool {
        let url = url.parse().unwrap();
        let requests = NonZeroUsize::new(requests).unwrap();
        check(&url, requests.into(), allowed).is_ok()
    }

    #[test]
    fn no_secret_is_sent() {
        for secret in ["me:s3cret", "me", ":s3cret", "me:"] {
            let url = format!("http://{secret}@127.0.0.1/").parse().unwrap();
            let refused = check(&url, NonZeroUsize::MIN.into(), true).unwrap_err();
            assert!(matches!(refused, Refused::Userinfo), "{secret}");
            assert!(!refused.to_string().contains("s3cret"));
        }
        assert!(passes("http://@127.0.0.1/", 1, false), "nothing is in it");
    }

    #[test]
    fn near_servers_may_be_loaded() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "192.168.1.2",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[fd00::1]",
        ] {
            assert!(
                passes(&format!("http://{host}:5000/"), 1_000_000, false),
                "{host}"
            );
        }
        assert!(passes("http://[::ffff:127.0.0.1]/", 201, false));
    }

    #[test]
    fn far_servers_take_200_requests_or_a_word() {
        // Addresses that are reserved for documentation.
        for url in ["http://203.0.113.7/", "http://[2001:db8::1]/"] {
            assert!(passes(url, 200, false));
            assert!(!passes(url, 201, false));
            assert!(passes(url, 201, true));

            // However short, the number of requests is unknown.
            let short = Workload::Duration(Duration::from_millis(1));
            let url = url.parse().unwrap();
            let refused = check(&url, short, false).unwrap_err().to_string();
            assert!(refused.starts_with("any number of requests"), "{refused}");
            assert!(check(&url, short, true).is_ok());
        }
    }
}
