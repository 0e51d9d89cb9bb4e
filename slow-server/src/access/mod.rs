//! Which requests may see what the server has counted, and which may change it.
//!
//! Two kinds are refused: those of a foreign page in a browser on this machine, which can
//! reach 127.0.0.1 by DNS rebinding or across sites; and, where the server listens beyond
//! this machine, changes without the teacher's token.

pub(crate) mod token;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use units::{Localized, localized};

use crate::access::token::Token;

/// What is required of a request for any route but the page.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// What a request must bring to change anything; `None` asks for nothing.
    pub token: Option<Token>,
    /// Names under which the server may be called, beside IP addresses and `localhost`.
    pub hosts: Vec<String>,
}

impl Access {
    /// Reads a name as a browser sends it in `Host`.
    ///
    /// # Errors
    ///
    /// No request can have it there: a sentence for the user.
    pub fn parse_host(text: &str) -> Result<String, Localized> {
        let is_name = text.parse().is_ok_and(|it: Authority| it.host() == text);
        if !is_name || text.starts_with('[') {
            return Err(localized!(
                "write a host name without a scheme or a port, such as board.local; if it \
                 is not ASCII, write its ASCII form, such as xn--bcher-kva.example",
                "请写主机名，不带协议和端口，例如 board.local；非 ASCII 的名字请写成 \
                 ASCII 形式，例如 xn--bcher-kva.example",
            ));
        }
        Ok(text.to_owned())
    }

    /// Whether a request for this host can only have meant this server.
    ///
    /// DNS cannot make an address or `localhost` point elsewhere; the owner of any other name
    /// could have let it point here.
    fn is_known(&self, host: &str) -> bool {
        // `board.local.` is the same name, written in full.
        let in_full =
            |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let host = &in_full(host);
        let v6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let is_address = match v6 {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok(),
            None => host.parse::<Ipv4Addr>().is_ok(),
        };
        is_address
            || host == "localhost"
            || self.hosts.iter().any(|known| in_full(known) == *host)
    }
}

/// Middleware: 403 unless the request names the server by an address or a known name.
pub(crate) async fn require_known_host(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    match host(&request) {
        Some(host) if access.is_known(&host) => next.run(request).await,
        _ => (
            StatusCode::FORBIDDEN,
            "This server does not know the host name that you used. Use its address, or \
             start it with --allow-host and that name.\n",
        )
            .into_response(),
    }
}

/// Middleware: 401 unless the request has the token, where one is required.
pub(crate) async fn require_token(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(token) = &access.token else {
        return next.run(request).await;
    };
    let credentials =
        request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    if credentials.is_some_and(|credentials| token.matches(credentials)) {
        return next.run(request).await;
    }
    (
        StatusCode::UNAUTHORIZED,
        [(WWW_AUTHENTICATE, "Bearer")],
        "The teacher's token is required: the server printed it when it started. Send it in \
         the header \"Authorization: Bearer TOKEN\".\n",
    )
        .into_response()
}

/// The host of a request, without its port; `None` if it names none, or two.
fn host(request: &Request) -> Option<String> {
    let mut named = request.headers().get_all(HOST).iter();
    let authority = match (request.uri().authority(), named.next(), named.next()) {
        // HTTP/2 has it in `:authority`.
        (Some(authority), None, None) => authority.clone(),
        (None, Some(header), None) => {
            header.to_str().ok()?.parse::<Authority>().ok()?
        }
        (Some(authority), Some(header), None) if authority.as_str() == header => {
            authority.clone()
        }
        _ => return None,
    };
    // No client of this server sends user information before the host, or no port behind it.
    let host = authority.host();
    let after = authority.as_str().strip_prefix(host)?;
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok();
    let port_is_right =
        after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
    port_is_right.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_known_and_other_names_only_when_configured() {
        let hosts = ["board.local", "Full.local."].map(str::to_owned).to_vec();
        let access = Access { hosts, ..Access::default() };
        for host in [
            "127.0.0.1",
            "192.168.1.2",
            "[::1]",
            "LocalHost",
            "localhost.",
            "board.LOCAL",
            "board.local.",
            "full.local",
        ] {
            assert!(access.is_known(host), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", ""]
        {
            assert!(!access.is_known(host), "{host}");
        }
    }

    #[test]
    fn a_name_that_no_request_can_have_is_refused() {
        for name in ["board.local", "board", "xn--bcher-kva.example", "a.local."] {
            assert_eq!(Access::parse_host(name), Ok(name.to_owned()));
        }
        for wrong in [
            "",
            "board.local:5000",
            "http://board.local",
            "bücher.example",
            "me@a",
            "[::1]",
            "a b",
        ] {
            assert!(Access::parse_host(wrong).is_err(), "{wrong}");
        }
    }
}
