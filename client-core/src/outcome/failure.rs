//! Why a request failed, in words that a user can act on.

use std::error::Error;
use std::fmt;
use std::io;

use units::Localized;

/// A failed request: of which kind, and what the library said about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} ({detail})")]
pub struct Failure {
    /// Of which kind.
    pub kind: FailureKind,
    /// What the library said, for the curious.
    pub detail: String,
    /// Why it may be sent again, if it may.
    pub(crate) retry: Option<Retry>,
}

/// Why a request may be sent again (RFC 9110, section 9.2.2; RFC 9113, section 8.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Its connection ended before the head of the response had arrived.
    Cut,
    /// Over HTTP/2, the server refused the stream before it processed it.
    Refused,
    /// Over HTTP/2, the server takes no more requests on the connection, and did not process
    /// this one.
    GoneAway,
}

/// The kinds of failure that call for different advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// Nothing listens there.
    Refused,
    /// The server closed the connection before its response, or over HTTP/2 the stream. Whether
    /// that is a FIN or a RST is up to the kernel.
    Closed,
    /// No connection within the timeout.
    ConnectTimeout,
    /// A connection, but no complete response within the timeout.
    Timeout,
    /// The name of the server is not known.
    NoSuchHost,
    /// There is no route to the server.
    Unreachable,
    /// This machine forbids the connection.
    NotPermitted,
    /// This process may open no more files, and a connection is one.
    NoFiles,
    /// This machine has no local port left.
    NoPorts,
    /// This machine has no memory left for a connection.
    NoMemory,
    /// This process may start no more threads.
    NoThreads,
    /// The response was not HTTP.
    NotHttp,
    /// The server responded with this status, and not with 200.
    Status(u16),
    /// The body ended before it was as long as announced, or was garbled.
    Body,
    /// The header or the body is longer than any response of ours.
    TooLong,
    /// The run was stopped while the request was in flight.
    Interrupted,
    /// The client began the request and never said what became of it.
    Lost,
    /// None of the others.
    Other,
}

impl FailureKind {
    /// Whether time ran out, which counts as `timed_out` and not as `failed`.
    #[must_use]
    pub fn is_timeout(self) -> bool {
        matches!(self, Self::ConnectTimeout | Self::Timeout)
    }

    /// Whether no connection can be made, however often one tries.
    pub(crate) fn is_of_no_server(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::NoSuchHost
                | Self::Unreachable
                | Self::NotPermitted
        )
    }

    /// Whether there was no connection.
    fn is_of_connecting(self) -> bool {
        self.is_of_no_server()
            || matches!(
                self,
                Self::ConnectTimeout
                    | Self::NoFiles
                    | Self::NoPorts
                    | Self::NoMemory
            )
    }

    /// One sentence on what to do about it.
    #[must_use]
    pub fn advice(self) -> Localized<&'static str> {
        let (en, zh) = match self {
            Self::Refused => (
                "Nothing listens there; start the server (again), or check --url.",
                "那里没有程序在监听；请（重新）启动服务器，或检查 --url。",
            ),
            Self::Closed => (
                "The server closed the connection without a response; look at its log.",
                "服务器没有响应就关闭了连接；请查看它的日志。",
            ),
            Self::ConnectTimeout => (
                "No connection in time; the server may be full or far away.",
                "没能及时建立连接；服务器可能已满，或者太远。",
            ),
            Self::Timeout => (
                "The response took longer than --timeout allows; raise it.",
                "响应用时超过了 --timeout；请调大它。",
            ),
            Self::NoSuchHost => (
                "The host name is unknown; use an address such as 127.0.0.1.",
                "主机名无法解析；请用 127.0.0.1 这样的地址。",
            ),
            Self::Unreachable => (
                "There is no route to that address; check the network.",
                "没有到该地址的路由；请检查网络。",
            ),
            Self::NotPermitted => (
                "This machine forbids the connection; look at its firewall or sandbox.",
                "本机禁止该连接；请检查防火墙或沙箱。",
            ),
            Self::NoFiles => NO_FILES,
            Self::NoPorts => (
                "No local port is left; slow-server --addresses N gives more of them.",
                "本地端口已用完；slow-server --addresses N 可以增加端口。",
            ),
            Self::NoMemory => (
                "No memory is left for connections; have fewer requests in flight.",
                "没有内存可用于连接；请减少在途请求。",
            ),
            Self::NoThreads => (
                "No thread is left; use fewer threads or runtimes.",
                "没有线程可用；请减少线程或运行时。",
            ),
            Self::NotHttp => (
                "The server speaks no HTTP, or not the version that --transport asks for.",
                "服务器不支持 HTTP，或不支持 --transport 要求的版本。",
            ),
            Self::Status(503) => (
                "The server is full (--max-concurrent, --per-address), or set to --fail-rate.",
                "服务器已满（--max-concurrent、--per-address），或设置了 --fail-rate。",
            ),
            Self::Status(404) => (
                "The server has no such page; look at --url.",
                "服务器没有这个页面；请检查 --url。",
            ),
            Self::Status(300..=399) => (
                "The page is elsewhere, and redirects are not followed; look at --url.",
                "页面在别处，而客户端不跟随重定向；请检查 --url。",
            ),
            Self::Status(_) => (
                "The server responded, but not with the page.",
                "服务器有响应，但不是该页面。",
            ),
            Self::Body => (
                "The response broke off; look at the server's log.",
                "响应中途断开；请查看服务器的日志。",
            ),
            Self::TooLong => (
                "The response is longer than any of slow-server; is this the right --url?",
                "响应比 slow-server 的任何响应都长；--url 对吗？",
            ),
            Self::Interrupted => (
                "The run was stopped while these were in flight.",
                "运行中止时，这些请求还在途。",
            ),
            Self::Lost => (
                "The client did not report the outcome of these: a bug in the client.",
                "客户端没有给出这些请求的结果：这是客户端的缺陷。",
            ),
            Self::Other => (
                "Run one request alone to see what happens: -n 1",
                "请单独运行一个请求，看看发生了什么：-n 1",
            ),
        };
        Localized { en, zh }
    }
}

/// The commands are those of [`crate::settings::resources`].
const NO_FILES: (&str, &str) = if cfg!(windows) {
    (
        "No socket is left; have fewer requests in flight.",
        "没有套接字可用；请减少在途请求。",
    )
} else if cfg!(target_os = "macos") {
    (
        "No file is left; allow more with: ulimit -n 65536",
        "打开的文件已达上限；提高上限：ulimit -n 65536",
    )
} else {
    (
        "No file is left; allow more with: sudo prlimit --nofile=65536 --pid $$",
        "打开的文件已达上限；提高上限：sudo prlimit --nofile=65536 --pid $$",
    )
};

impl fmt::Display for FailureKind {
    /// The name in reports: lower case, one word, or `status 503`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Refused => "refused",
            Self::Closed => "closed",
            Self::ConnectTimeout => "connect-timeout",
            Self::Timeout => "timeout",
            Self::NoSuchHost => "no-such-host",
            Self::Unreachable => "unreachable",
            Self::NotPermitted => "not-permitted",
            Self::NoFiles => "no-files",
            Self::NoPorts => "no-ports",
            Self::NoMemory => "no-memory",
            Self::NoThreads => "no-threads",
            Self::NotHttp => "not-http",
            Self::Status(status) => return write!(out, "status-{status}"),
            Self::Body => "body",
            Self::TooLong => "too-long",
            Self::Interrupted => "interrupted",
            Self::Lost => "lost",
            Self::Other => "other",
        })
    }
}

/// What the client was waiting for when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// An address that this machine has a route to.
    Address,
    /// A connection.
    Connect,
    /// The first part of the response.
    Head,
    /// The rest of the response.
    Body,
}

impl Stage {
    /// What it is called where no cause is known.
    fn fallback(self) -> FailureKind {
        match self {
            Self::Address => FailureKind::NoSuchHost,
            Self::Connect | Self::Head => FailureKind::Other,
            Self::Body => FailureKind::Body,
        }
    }

    /// What the end of the connection is called, or of the stream.
    fn ended(self) -> FailureKind {
        match self {
            Self::Address | Self::Connect | Self::Head => FailureKind::Closed,
            Self::Body => FailureKind::Body,
        }
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind) -> Self {
        Self { kind, detail: kind.to_string(), retry: None }
    }

    /// What became of a request that was sent twice: what the second try says, unless it found
    /// no connection, which is not what the first one failed of.
    pub(crate) fn of_both<T>(
        first: Result<T, Self>,
        second: Result<T, Self>,
    ) -> Result<T, Self> {
        match second {
            Err(failure) if failure.kind.is_of_connecting() => {
                first.map_err(|failure| Self { retry: None, ..failure })
            }
            second => second,
        }
    }

    /// Reads an error of any library down to its cause, which is the deepest that is known.
    pub(crate) fn of(error: &(dyn Error + 'static), stage: Stage) -> Self {
        let causes: Vec<_> = causes(error).collect();
        if let Some(failure) = causes.iter().find_map(|cause| cause.downcast_ref()) {
            return Self::clone(failure);
        }
        let of_reqwest = causes.iter().find_map(|cause| cause.downcast_ref());
        let of_h2 = causes.iter().find_map(|cause| cause.downcast_ref());
        // A pool says the same of connections that it lost, without a cause.
        let is_connect = of_reqwest.is_some_and(|error: &reqwest::Error| {
            let is_told = causes.iter().any(|cause| cause.is::<io::Error>());
            error.is_connect() && (is_told || error.is_timeout())
        });
        let stage = if is_connect { Stage::Connect } else { stage };
        let known = causes.iter().rev().find_map(|cause| kind_of(*cause, stage));
        let kind = known.unwrap_or(stage.fallback());
        let is_unanswered = stage == Stage::Head && kind == FailureKind::Closed;
        Self {
            kind,
            detail: causes.last().map_or_else(String::new, ToString::to_string),
            retry: if is_unanswered { retry(of_h2) } else { None },
        }
    }
}

/// An error, its cause, the cause's cause, …
fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // An `io::Error` that wraps another hides it from `source`.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

/// Of a request without a response, which may have been one of many on its connection.
fn retry(of_h2: Option<&h2::Error>) -> Option<Retry> {
    match of_h2 {
        Some(error) if error.is_reset() => {
            // For any other reason, the server may have begun with it.
            let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
            is_refused.then_some(Retry::Refused)
        }
        Some(error)
            if error.is_go_away()
                && error.is_remote()
                && error.reason() == Some(h2::Reason::NO_ERROR) =>
        {
            Some(Retry::GoneAway)
        }
        _ => Some(Retry::Cut),
    }
}

fn kind_of(error: &(dyn Error + 'static), stage: Stage) -> Option<FailureKind> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        kind_of_io(error, stage)
    } else if let Some(error) = error.downcast_ref::<h2::Error>() {
        Some(kind_of_h2(error, stage))
    } else if let Some(error) = error.downcast_ref::<hyper::Error>() {
        kind_of_hyper(error, stage)
    } else if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        error.is_timeout().then_some(timeout(stage))
    } else if error.is::<tower::timeout::error::Elapsed>() {
        Some(timeout(stage))
    } else if error.is::<hyper_util::client::legacy::Error>() {
        // This is all that a pool reports to requests that waited for a connection of others.
        (stage == Stage::Head).then_some(FailureKind::Closed)
    } else {
        None
    }
}

fn timeout(stage: Stage) -> FailureKind {
    match stage {
        Stage::Address | Stage::Connect => FailureKind::ConnectTimeout,
        Stage::Head | Stage::Body => FailureKind::Timeout,
    }
}

fn kind_of_hyper(error: &hyper::Error, stage: Stage) -> Option<FailureKind> {
    if error.is_parse_too_large() {
        Some(FailureKind::TooLong)
    } else if error.is_parse() {
        Some(FailureKind::NotHttp)
    } else if error.is_incomplete_message()
        || error.is_closed()
        || error.is_canceled()
    {
        Some(stage.ended())
    } else {
        None
    }
}

/// It hides the error of the socket inside it from [`causes`].
fn kind_of_h2(error: &h2::Error, stage: Stage) -> FailureKind {
    match (error.get_io(), error.reason()) {
        (Some(error), _) => kind_of_io(error, stage).unwrap_or(stage.ended()),
        (None, Some(h2::Reason::PROTOCOL_ERROR | h2::Reason::FRAME_SIZE_ERROR)) => {
            FailureKind::NotHttp
        }
        (None, _) => stage.ended(),
    }
}

/// What a system call failed of. Those that make a connection are `getaddrinfo`, `socket` and
/// `connect`, which also reports what routers and firewalls sent back.
fn kind_of_io(error: &io::Error, stage: Stage) -> Option<FailureKind> {
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::NotConnected
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => stage.ended(),
        io::ErrorKind::TimedOut => timeout(stage),
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => FailureKind::Unreachable,
        io::ErrorKind::PermissionDenied => FailureKind::NotPermitted,
        // Such as `::1` on a machine without IPv6.
        io::ErrorKind::AddrNotAvailable if stage == Stage::Address => {
            FailureKind::Unreachable
        }
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => {
            FailureKind::NoPorts
        }
        io::ErrorKind::OutOfMemory => FailureKind::NoMemory,
        // EAGAIN: of a system without routes to spare, else of one without threads.
        io::ErrorKind::WouldBlock => match stage {
            Stage::Address | Stage::Connect => FailureKind::NoMemory,
            Stage::Head | Stage::Body => FailureKind::NoThreads,
        },
        _ => return error.raw_os_error().and_then(kind_of_code),
    })
}

/// Of the codes that the standard library has no kind for, or one that others have too.
#[cfg(unix)]
fn kind_of_code(code: i32) -> Option<FailureKind> {
    use nix::errno::Errno;
    Some(match Errno::from_raw(code) {
        Errno::EMFILE | Errno::ENFILE => FailureKind::NoFiles,
        Errno::ENOBUFS => FailureKind::NoMemory,
        // A protocol that this machine does not have, a host that is down, an address that is
        // none, and what else a router or a firewall may say.
        Errno::EAFNOSUPPORT
        | Errno::EPFNOSUPPORT
        | Errno::EPROTONOSUPPORT
        | Errno::EHOSTDOWN
        | Errno::EINVAL
        | Errno::ENOPROTOOPT
        | Errno::EPROTO => FailureKind::Unreachable,
        #[cfg(target_os = "linux")]
        Errno::ENONET => FailureKind::Unreachable,
        _ => return None,
    })
}

#[cfg(windows)]
use kind_of_winsock as kind_of_code;

/// As on Unix, of the codes of Winsock and those of the system that it passes on.
#[cfg(any(windows, test))]
fn kind_of_winsock(code: i32) -> Option<FailureKind> {
    Some(match code {
        // WSAEMFILE, ERROR_TOO_MANY_OPEN_FILES
        10_024 | 4 => FailureKind::NoFiles,
        // WSAENOBUFS, ERROR_NO_SYSTEM_RESOURCES
        10_055 | 1450 => FailureKind::NoMemory,
        // WSAEINVAL, WSAENOPROTOOPT, WSAEPROTONOSUPPORT, WSAESOCKTNOSUPPORT,
        // WSAEPFNOSUPPORT, WSAEAFNOSUPPORT, WSAEHOSTDOWN, ERROR_PROTOCOL_UNREACHABLE
        10_022 | 10_042..=10_044 | 10_046 | 10_047 | 10_064 | 1233 => {
            FailureKind::Unreachable
        }
        // ERROR_CONNECTION_REFUSED, ERROR_PORT_UNREACHABLE
        1225 | 1234 => FailureKind::Refused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    fn kind(error: &io::Error, stage: Stage) -> FailureKind {
        Failure::of(error, stage).kind
    }

    #[test]
    fn the_cause_inside_an_io_error_is_found() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let wrapped = io::Error::other(io::Error::other(refused));
        assert_eq!(kind(&wrapped, Stage::Head), FailureKind::Refused);
    }

    /// What `getaddrinfo`, `socket` and `connect` may fail of.
    #[cfg(unix)]
    #[test]
    fn each_error_of_connecting_has_a_word() {
        use nix::errno::Errno;
        for (words, codes) in [
            ("refused", &[Errno::ECONNREFUSED][..]),
            ("closed", &[Errno::ECONNRESET, Errno::ECONNABORTED, Errno::EPIPE]),
            ("connect-timeout", &[Errno::ETIMEDOUT]),
            (
                "unreachable",
                &[
                    Errno::EHOSTUNREACH,
                    Errno::ENETUNREACH,
                    Errno::ENETDOWN,
                    Errno::EHOSTDOWN,
                    Errno::EAFNOSUPPORT,
                    Errno::EPFNOSUPPORT,
                    Errno::EPROTONOSUPPORT,
                    Errno::ENOPROTOOPT,
                    Errno::EPROTO,
                    Errno::EINVAL,
                    #[cfg(target_os = "linux")]
                    Errno::ENONET,
                ],
            ),
            ("not-permitted", &[Errno::EACCES, Errno::EPERM]),
            ("no-ports", &[Errno::EADDRNOTAVAIL, Errno::EADDRINUSE]),
            ("no-files", &[Errno::EMFILE, Errno::ENFILE]),
            ("no-memory", &[Errno::ENOBUFS, Errno::ENOMEM, Errno::EAGAIN]),
            // A fault of ours.
            ("other", &[Errno::EBADF, Errno::ENOTSOCK, Errno::EISCONN]),
        ] {
            for &code in codes {
                let error = io::Error::from_raw_os_error(code as i32);
                let word = kind(&error, Stage::Connect).to_string();
                assert_eq!(word, words, "{code}");
            }
        }
        let no_address = io::Error::from(Errno::EADDRNOTAVAIL);
        assert_eq!(kind(&no_address, Stage::Address), FailureKind::Unreachable);
        let no_thread = io::Error::from(Errno::EAGAIN);
        assert_eq!(kind(&no_thread, Stage::Head), FailureKind::NoThreads);
    }

    /// The standard library has a kind for the rest of them.
    #[test]
    fn each_error_of_winsock_has_a_word() {
        for (word, codes) in [
            (Some(FailureKind::NoFiles), &[10_024, 4][..]),
            (Some(FailureKind::NoMemory), &[10_055, 1450]),
            (
                Some(FailureKind::Unreachable),
                &[10_022, 10_042, 10_043, 10_044, 10_046, 10_047, 10_064, 1233],
            ),
            (Some(FailureKind::Refused), &[1225, 1234]),
            (None, &[10_009, 10_038]),
        ] {
            for &code in codes {
                assert_eq!(kind_of_winsock(code), word, "{code}");
            }
        }
    }

    #[cfg(windows)]
    #[test]
    fn each_error_of_connecting_has_a_word() {
        for (words, codes) in [
            ("refused", &[10_061][..]),
            ("closed", &[10_053, 10_054]),
            ("connect-timeout", &[10_060]),
            ("unreachable", &[10_050, 10_051, 10_065, 1231, 1232, 10_047]),
            ("not-permitted", &[10_013]),
            ("no-ports", &[10_048, 10_049]),
            ("no-files", &[10_024]),
            ("no-memory", &[10_055, 8, 14]),
        ] {
            for &code in codes {
                let error = io::Error::from_raw_os_error(code);
                let word = kind(&error, Stage::Connect).to_string();
                assert_eq!(word, words, "{code}");
            }
        }
    }

    /// A server without `--fail-rate` has them too.
    #[test]
    fn a_503_may_be_of_any_of_its_limits() {
        let advice = FailureKind::Status(503).advice().en;
        for limit in ["--max-concurrent", "--per-address"] {
            assert!(advice.contains(limit), "{advice}");
        }
    }

    #[test]
    fn advice_fits_on_a_line_of_its_own() {
        for kind in [
            FailureKind::Refused,
            FailureKind::Closed,
            FailureKind::ConnectTimeout,
            FailureKind::Timeout,
            FailureKind::NoSuchHost,
            FailureKind::Unreachable,
            FailureKind::NoFiles,
            FailureKind::NotPermitted,
            FailureKind::NoMemory,
            FailureKind::NoThreads,
            FailureKind::NoPorts,
            FailureKind::NotHttp,
            FailureKind::Status(503),
            FailureKind::Status(404),
            FailureKind::Status(301),
            FailureKind::Status(500),
            FailureKind::Body,
            FailureKind::TooLong,
            FailureKind::Interrupted,
            FailureKind::Lost,
            FailureKind::Other,
        ] {
            let Localized { en, zh } = kind.advice();
            for width in [en.width(), zh.width()] {
                assert!(width <= 78, "{kind}: {width} columns");
            }
            assert!(zh.chars().any(|c| c > '\u{3000}'), "{kind}: {zh}");
            // What is to be typed is the same.
            for option in en.split([' ', ';', ',', '(', ')', '.', '?']) {
                assert!(!option.starts_with("--") || zh.contains(option), "{zh}");
            }
        }
    }

    #[test]
    fn what_nobody_knows_is_named_by_where_it_happened() {
        assert_eq!(kind(&io::Error::other("?"), Stage::Head), FailureKind::Other);
        assert_eq!(kind(&io::Error::other("?"), Stage::Body), FailureKind::Body);
        let name = io::Error::other("failed to lookup address information");
        assert_eq!(kind(&name, Stage::Address), FailureKind::NoSuchHost);
    }
}
