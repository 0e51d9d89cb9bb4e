//! A page that takes three seconds, and a count of all requests that waited for it.
//!
//! The server is a value: [`app`] is its routes, to be called without a socket, and
//! [`serve()`] takes the listener and the shutdown that it is given.
//!
//! # Layout
//!
//! - `page`: `GET /`, the only code that serves it
//! - `request_meta`: how a request names its client, its run and itself
//! - `behavior`: delays and failures, limit on concurrency, settings, gate for tests
//! - `config`: all that a server is started with
//! - `server`: the state that all handlers share
//! - `stats`: counts, journal, the newest requests, and the runs that the live page draws
//! - `live`: the live page and its stream of snapshots
//! - `admin`: counts, schedule and settings over HTTP
//! - `access`: which requests may see them, and which may change them
//! - `routes`: the handler of each path
//! - `net`: listeners, connections and their limits
//! - `serve`: a server on its sockets
//! - `background`: a server on a thread of its own, for `compare` and for tests
//! - `program`: logs, signals and runtime of a server program
//! - `bin/slow-server`: the program itself

mod access;
mod admin;
mod background;
mod behavior;
mod config;
mod live;
mod net;
mod page;
mod program;
mod request_meta;
mod routes;
mod serve;
mod server;
mod stats;

use axum::Router;

use crate::live::feed::SnapshotFeed;

pub use crate::access::Access;
pub use crate::access::token::Token;
pub use crate::background::Background;
pub use crate::behavior::concurrency::{ConcurrencyLimit, Permit, WhenFull};
pub use crate::behavior::gate::ResponseGate;
pub use crate::behavior::schedule::{PlannedResponse, Schedule};
pub use crate::config::Config;
pub use crate::live::assets::shared as page_assets;
pub use crate::net::connection::{Connection, ServeHttp2, Socket};
pub use crate::net::in_flight::{InFlight, InFlightGuard};
pub use crate::net::lan::addresses;
pub use crate::net::limits::{
    Limits, REQUEST_BYTES, backlog, raise_open_files, require_open_files,
};
pub use crate::net::listen_args::ListenArgs;
pub use crate::net::listeners::{Listeners, bind};
pub use crate::page::{PAGE_TEXT, PLANNED_FAILURE, PageRequest, PageResponse};
pub use crate::program::{runtime, start_logs, stop_signal};
pub use crate::request_meta::{RequestMeta, SanitizedName, UrlQuery};
pub use crate::serve::{serve, serve_with};
pub use crate::server::Server;
pub use crate::stats::counts::{Counts, Event, EventKind};
pub use crate::stats::records::{
    Elsewhere, RecordFilter, RecordedRequest, RequestOutcome, RequestRecords,
};
pub use crate::stats::{RequestGuard, Stats};

/// All routes of a server that behaves as `config` says, without its sockets.
pub fn app(config: Config) -> Router {
    let server = Server::new(config);
    routes::routes(&server, &SnapshotFeed::new(&server))
}
