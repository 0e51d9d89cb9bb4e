//! The transports of an async client: reqwest, or the bare protocols.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use units::{localized, usage_error};

use crate::settings::layout::Layout;
use crate::settings::limits;

/// How the requests of an async client get to the server.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// reqwest over HTTP/1.1: a connection per request in flight
    #[default]
    Reqwest,
    /// Bare hyper over HTTP/1.1: a connection per request; response heads of at most 1 kB
    Hyper,
    /// reqwest over HTTP/2: many requests per connection
    ReqwestH2,
    /// Bare h2 over HTTP/2: many requests per connection
    H2,
}

impl Transport {
    /// Whether many requests share a connection.
    #[must_use]
    pub fn is_http2(self) -> bool {
        matches!(self, Self::ReqwestH2 | Self::H2)
    }

    /// Its name, as it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reqwest => "reqwest",
            Self::Hyper => "hyper",
            Self::ReqwestH2 => "reqwest-h2",
            Self::H2 => "h2",
        }
    }
}

/// A client's name, with what carries its requests where that is not the usual.
#[must_use]
pub fn label(client: &str, transport: Option<Transport>) -> String {
    match transport {
        None | Some(Transport::Reqwest) => client.to_owned(),
        Some(transport) => format!("{client} {}", transport.name()),
    }
}

/// The options on what carries the requests, which all async clients have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct TransportArgs {
    /// HTTP implementation that carries the requests. HTTP/2 is used with prior knowledge, so
    /// the server has to support it; slow-server does
    #[arg(long, value_name = "WHAT", default_value = "reqwest")]
    pub transport: Transport,

    /// Connections that all requests share over HTTP/2; each runtime has at least one
    /// [default: one per 2,000 requests in flight, up to 64, and at least one per CPU]
    #[arg(long, value_name = "N", value_parser = limits::connections)]
    pub connections: Option<NonZeroUsize>,
}

impl TransportArgs {
    /// # Errors
    ///
    /// Connections are to be shared where each request has its own.
    pub(crate) fn check(self) -> Result<(), clap::Error> {
        if self.connections.is_none() || self.transport.is_http2() {
            return Ok(());
        }
        Err(connections_without_http2())
    }

    /// The connections that all requests share; `None` where each has its own.
    #[must_use]
    pub fn shared_connections(self, layout: &Layout) -> Option<NonZeroUsize> {
        let http2 = self.transport.is_http2();
        http2.then(|| self.shared(layout))
    }

    /// At least one for each runtime, and no more than there are requests in flight.
    fn shared(self, layout: &Layout) -> NonZeroUsize {
        let usual = || limits::usual_connections(layout.concurrency());
        let all = self.connections.unwrap_or_else(usual).get();
        let all = all.max(layout.partitions().len()).min(layout.concurrency().get());
        all.try_into().unwrap_or(NonZeroUsize::MIN)
    }

    /// The connections of one of the runtimes.
    pub(crate) fn connections_of(self, runtime: usize, layout: &Layout) -> usize {
        let (all, runtimes) = (self.shared(layout).get(), layout.partitions().len());
        all / runtimes + usize::from(runtime < all % runtimes)
    }
}

/// The error of a command line that has connections shared where each request has its own.
#[must_use]
pub fn connections_without_http2() -> clap::Error {
    usage_error(localized!(
        "--connections is for HTTP/2, where requests share connections: \
             add --transport h2 or --transport reqwest-h2",
        "--connections 只用于 HTTP/2（多个请求共用连接）：\
             请加上 --transport h2 或 --transport reqwest-h2",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine;

    #[test]
    fn connections_are_shared_out_and_no_runtime_is_without() {
        let args = TransportArgs {
            connections: NonZeroUsize::new(5),
            ..TransportArgs::default()
        };
        let of = |runtimes| -> Vec<_> {
            let layout = hybrid(100, runtimes);
            (0..runtimes).map(|i| args.connections_of(i, &layout)).collect()
        };
        assert_eq!(of(1), [5]);
        assert_eq!(of(2), [3, 2]);
        assert_eq!(of(7), [1; 7]);
    }

    #[test]
    fn all_of_them_are_told_of() {
        let args =
            TransportArgs { transport: Transport::H2, ..TransportArgs::default() };
        let of = |requests, runtimes| {
            let layout = hybrid(requests, runtimes);
            let all = args.shared_connections(&layout).unwrap().get();
            let each = (0..runtimes).map(|i| args.connections_of(i, &layout));
            assert_eq!(each.sum::<usize>(), all);
            all
        };
        let cpus = machine::cpus().get();
        assert_eq!(of(1, 1), 1);
        assert_eq!(of(1000, 1), cpus);
        assert_eq!(of(1000, cpus + 3), cpus + 3);
        assert_eq!(of(100_000, 1), cpus.max(50));
        assert_eq!(of(100_001, 1), cpus.max(51));
        assert_eq!(of(10_000_000, 1), cpus.max(64));
        assert_eq!(
            TransportArgs::default().shared_connections(&hybrid(10, 1)),
            None
        );
    }

    fn hybrid(requests: usize, runtimes: usize) -> Layout {
        let [requests, runtimes] =
            [requests, runtimes].map(|n| n.try_into().unwrap());
        Layout::partitioned(requests, runtimes, None)
    }

    #[test]
    fn a_transport_is_called_what_the_command_line_calls_it() {
        for transport in Transport::value_variants() {
            let value = transport.to_possible_value().unwrap();
            assert_eq!(value.get_name(), transport.name());
            let json = serde_json::to_value(transport).unwrap();
            assert_eq!(json, transport.name());
        }
    }
}
