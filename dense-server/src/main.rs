//! The page of `slow-server` for millions of waiting requests.
//!
//! Over HTTP/2 it keeps no task, timer or handler for a request that waits: each connection
//! has one task with a queue of due times. HTTP/1.1, and every route but the page, is served
//! by `slow-server`.
//!
//! # Layout
//!
//! - `http2`: one connection, and the page for all requests on it
//! - `delay_queue`: pending responses, by deadline
//! - `backpressure`: a socket that records whether the client reads
//! - `bridge`: all other routes, through the router of `slow-server`

mod backpressure;
mod bridge;
mod delay_queue;
mod http2;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use slow_server::{Config, Limits, ListenArgs, Server};

use crate::http2::BareH2;

/// Serve a page that takes three seconds to millions of requests over HTTP/2
///
/// The page has the delays, failures and counts of slow-server, in a fifth of the memory. It
/// is served on this machine alone.
#[derive(Debug, Parser)]
#[command(name = "dense-server", version, max_term_width = 80)]
struct Cli {
    #[command(flatten)]
    listen: ListenArgs,

    #[command(flatten)]
    config: Config,
}

fn main() -> ExitCode {
    match run(units::parse(Cli::command(), Cli::from_arg_matches)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            units::warn(format_args!("dense-server: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(Cli { listen, config }: Cli) -> anyhow::Result<()> {
    ensure!(
        listen.addr.ip().is_loopback(),
        "{} is not of this machine alone, and there is no token here.\n\
         For a class on one network:\n  cargo run -p slow-server -- --lan",
        listen.addr.ip()
    );
    slow_server::start_logs();
    listen.require_open_files()?;
    let limits = Limits { addresses: listen.addresses, ..Limits::default() };
    let config = Config { limits, ..config };
    slow_server::runtime().context("cannot start")?.block_on(serve(&listen, config))
}

async fn serve(listen: &ListenArgs, config: Config) -> anyhow::Result<()> {
    let listeners = listen.bind("dense-server")?;
    // Before the first line, so that a signal after it is not lost.
    let stop = slow_server::stop_signal()?;
    let address =
        listeners.first_address().context("the listener has no address")?;
    let delay = humantime::format_duration(config.delay);
    write!(
        units::stdout(),
        "dense-server listens on http://{address} (stop it with Ctrl-C)\n\
         \x20 every answer takes  {delay}\n\
         \x20 over HTTP/2         no task for each request, and so no lanes on the live\n\
         \x20                     page, no quota for each address, no time limit for a\n\
         \x20                     single response that is not read\n\
         \x20 all else            as slow-server\n"
    )?;

    let server = Server::new(config);
    let http2 = BareH2(Arc::clone(&server));
    slow_server::serve_with(listeners, server, http2, stop).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(Cli::command()), [""; 0]);
    }
}
