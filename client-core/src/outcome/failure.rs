//! Why a request failed, in words that a user can act on.

use std::error::Error;
use std::fmt;
use std::io;

/// A failed request: of which kind, and what the library said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Of which kind.
    pub kind: FailureKind,
    /// What the library said, for the curious.
    pub detail: String,
    /// Whether there was a connection, which ended before the head of the response had come.
    pub(crate) unanswered: bool,
}

/// The kinds of failure that call for different advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// Nothing listens there.
    Refused,
    /// The server cut the connection.
    Reset,
    /// The server closed the connection before its answer.
    Closed,
    /// No connection within the timeout.
    ConnectTimeout,
    /// A connection, but no whole answer within the timeout.
    Timeout,
    /// The name of the server is not known.
    NoSuchHost,
    /// There is no way to the server.
    Unreachable,
    /// This process may open no more files, and a connection is one.
    NoFiles,
    /// This machine has no local port left.
    NoPorts,
    /// What came back was not HTTP.
    NotHttp,
    /// The server answered with this status, and not with 200.
    Status(u16),
    /// The body ended before it was as long as announced, or was garbled.
    Body,
    /// The header or the body is longer than any answer of ours.
    TooLong,
    /// The run was stopped while the request was under way.
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

    /// Whether there was no connection.
    fn is_of_connecting(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::ConnectTimeout
                | Self::NoSuchHost
                | Self::Unreachable
                | Self::NoFiles
                | Self::NoPorts
        )
    }

    /// One sentence on what to do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Refused => {
                "Nothing listens there; start the server (again), or look at --url."
            }
            Self::Reset => "The server cut the connection; look at what it logs.",
            Self::Closed => {
                "The server closed the connection without an answer; look at what it logs."
            }
            Self::ConnectTimeout => {
                "No connection in time; the server may be full or far away."
            }
            Self::Timeout => {
                "The answer took longer than --timeout allows; raise it."
            }
            Self::NoSuchHost => {
                "The name is not known; give an address such as 127.0.0.1."
            }
            Self::Unreachable => {
                "There is no way to that address; look at the network."
            }
            Self::NoFiles => NO_FILES,
            Self::NoPorts => {
                "No local port is left; slow-server --addresses N gives more of them."
            }
            Self::NotHttp => {
                "What answers there does not speak HTTP; look at --url."
            }
            Self::Status(503) => {
                "The server is full, or was told to fail; see slow-server --help."
            }
            Self::Status(404) => "The server has no such page; look at --url.",
            Self::Status(300..=399) => {
                "The page is elsewhere, and redirects are not followed; look at --url."
            }
            Self::Status(_) => "The server answered, but not with the page.",
            Self::Body => "The answer broke off; look at what the server logs.",
            Self::TooLong => {
                "The answer is longer than any of ours; is this the right --url?"
            }
            Self::Interrupted => "The run was stopped while these were under way.",
            Self::Lost => {
                "The client never said what became of these: a bug in the client."
            }
            Self::Other => "Run one request alone to see what happens: -n 1",
        }
    }
}

/// The commands are those of [`crate::settings::resources`].
const NO_FILES: &str = if cfg!(windows) {
    "No socket is left; have fewer requests under way."
} else if cfg!(target_os = "macos") {
    "No file is left; allow more with: ulimit -n 65536"
} else {
    "No file is left; allow more with: sudo prlimit --nofile=65536 --pid $$"
};

impl fmt::Display for FailureKind {
    /// The name in reports: lower case, one word, or `status 503`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::ConnectTimeout => "connect-timeout",
            Self::Timeout => "timeout",
            Self::NoSuchHost => "no-such-host",
            Self::Unreachable => "unreachable",
            Self::NoFiles => "no-files",
            Self::NoPorts => "no-ports",
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
    /// A connection.
    Connect,
    /// The first part of the answer.
    Head,
    /// The rest of the answer.
    Body,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind) -> Self {
        Self { kind, detail: kind.to_string(), unanswered: false }
    }

    /// What became of a request that was sent twice: what the second try says, unless it found
    /// no connection, which is not what the first one failed of.
    pub(crate) fn of_both<T>(
        first: Result<T, Self>,
        second: Result<T, Self>,
    ) -> Result<T, Self> {
        match second {
            Err(failure) if failure.kind.is_of_connecting() => first,
            second => second,
        }
    }

    /// Reads an error of any library down to its cause.
    pub(crate) fn of(error: &(dyn Error + 'static), stage: Stage) -> Self {
        let mut detail = error.to_string();
        let mut kinds = Vec::new();
        for cause in causes(error) {
            kinds.extend(kind_of(cause, stage));
            detail = cause.to_string();
        }
        // The deepest cause knows best, but a timeout is known only to the outermost.
        let timeout = kinds.iter().find(|kind| kind.is_timeout());
        let fallback = if stage == Stage::Body {
            FailureKind::Body
        } else {
            FailureKind::Other
        };
        let kind = timeout.or(kinds.last()).copied().unwrap_or(fallback);
        let unanswered = stage == Stage::Head
            && matches!(kind, FailureKind::Reset | FailureKind::Closed)
            && causes(error).all(is_of_an_open_connection);
        Self { kind, detail, unanswered }
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

/// Whether the error says neither that no connection was made, nor that it is still there and
/// only the stream over HTTP/2 was reset.
fn is_of_an_open_connection(error: &(dyn Error + 'static)) -> bool {
    let no_connection = error.downcast_ref().is_some_and(reqwest::Error::is_connect);
    let only_the_stream = error.downcast_ref().is_some_and(|error: &h2::Error| {
        error.is_reset() && error.reason() != Some(h2::Reason::REFUSED_STREAM)
    });
    !no_connection && !only_the_stream
}

fn kind_of(error: &(dyn Error + 'static), stage: Stage) -> Option<FailureKind> {
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        return kind_of_reqwest(error);
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return kind_of_hyper(error, stage);
    }
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        return Some(kind_of_h2(error, stage));
    }
    // A pool says this to those who waited for a connection that others tried to make.
    if error.is::<hyper_util::client::legacy::Error>() {
        return Some(FailureKind::Closed);
    }
    error.downcast_ref::<io::Error>().and_then(kind_of_io)
}

fn kind_of_reqwest(error: &reqwest::Error) -> Option<FailureKind> {
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => Some(FailureKind::ConnectTimeout),
        (true, false) => Some(FailureKind::Timeout),
        (false, _) => error.is_dns().then_some(FailureKind::NoSuchHost),
    }
}

fn kind_of_hyper(error: &hyper::Error, stage: Stage) -> Option<FailureKind> {
    if error.is_parse_too_large() {
        Some(FailureKind::TooLong)
    } else if error.is_parse() {
        Some(FailureKind::NotHttp)
    } else if stage == Stage::Body {
        Some(FailureKind::Body)
    } else if error.is_incomplete_message()
        || error.is_closed()
        || error.is_canceled()
    {
        Some(FailureKind::Closed)
    } else {
        None
    }
}

/// It hides the error of the socket inside it from [`causes`].
fn kind_of_h2(error: &h2::Error, stage: Stage) -> FailureKind {
    match (error.get_io(), error.reason()) {
        (Some(error), _) if error.kind() == io::ErrorKind::UnexpectedEof => {
            FailureKind::Closed
        }
        (Some(error), _) => kind_of_io(error).unwrap_or(FailureKind::Closed),
        (None, Some(h2::Reason::PROTOCOL_ERROR | h2::Reason::FRAME_SIZE_ERROR)) => {
            FailureKind::NotHttp
        }
        (None, Some(_)) if error.is_reset() => FailureKind::Reset,
        _ if stage == Stage::Body => FailureKind::Body,
        _ => FailureKind::Closed,
    }
}

fn kind_of_io(error: &io::Error) -> Option<FailureKind> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(FailureKind::Refused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Some(FailureKind::Reset),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => {
            Some(FailureKind::NoPorts)
        }
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => Some(FailureKind::Unreachable),
        _ => match error.raw_os_error() {
            Some(code) if OUT_OF_FILES.contains(&code) => Some(FailureKind::NoFiles),
            _ => None,
        },
    }
}

/// The codes for "too many open files", of the process and of the system.
#[cfg(unix)]
const OUT_OF_FILES: [i32; 2] =
    [nix::errno::Errno::EMFILE as i32, nix::errno::Errno::ENFILE as i32];
/// `WSAEMFILE`.
#[cfg(not(unix))]
const OUT_OF_FILES: [i32; 1] = [10_024];

#[cfg(test)]
mod tests {
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

    #[cfg(unix)]
    #[test]
    fn the_machine_says_that_files_ran_out() {
        let error = io::Error::from_raw_os_error(nix::errno::Errno::EMFILE as i32);
        assert_eq!(kind(&error, Stage::Head), FailureKind::NoFiles);
    }

    #[test]
    fn advice_fits_on_a_line_of_its_own() {
        for kind in [
            FailureKind::Refused,
            FailureKind::Reset,
            FailureKind::Closed,
            FailureKind::ConnectTimeout,
            FailureKind::Timeout,
            FailureKind::NoSuchHost,
            FailureKind::Unreachable,
            FailureKind::NoFiles,
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
            let width = kind.advice().chars().count();
            assert!(width <= 78, "{kind}: {width} columns");
        }
    }

    #[test]
    fn what_nobody_knows_is_named_by_where_it_happened() {
        assert_eq!(kind(&io::Error::other("?"), Stage::Head), FailureKind::Other);
        assert_eq!(kind(&io::Error::other("?"), Stage::Body), FailureKind::Body);
    }
}
