//! What the program asks for and what it says when it starts.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;

use anyhow::{Context as _, anyhow};
use clap::{CommandFactory as _, Parser};
use clap_complete::Shell;
use slow_server::Config;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// A page that takes three seconds
///
/// GET / answers `Hello!` after --delay, to as many at once as ask. The clients of this
/// workspace show what it costs to wait for it. What the server has seen is at
/// /api/stats; `RUST_LOG=slow_server=debug` logs every request.
#[derive(Debug, Parser)]
#[command(name = "slow-server", version, max_term_width = 85)]
pub(crate) struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5000")]
    addr: SocketAddr,

    /// Print a completion script for this shell, and do nothing else
    #[arg(long, value_name = "SHELL")]
    completions: Option<Shell>,

    #[command(flatten)]
    config: Config,
}

impl Cli {
    /// The configuration, with limits that fit the files that this process may open.
    pub(crate) fn config(&self) -> Config {
        slow_server::raise_open_files();
        Config { limits: slow_server::Limits::default(), ..self.config.clone() }
    }

    /// Listens where asked.
    pub(crate) fn bind(&self) -> anyhow::Result<TcpListener> {
        slow_server::bind(self.addr).map_err(|error| self.bind_advice(&error))
    }

    fn bind_advice(&self, error: &io::Error) -> anyhow::Error {
        let addr = self.addr;
        let next =
            SocketAddr::new(addr.ip(), addr.port().checked_add(1).unwrap_or(5001));
        anyhow!(
            "cannot listen on {addr}: {error}.\n\
             If another program has the port (on macOS, AirPlay Receiver holds 5000),\n\
             choose another one, and tell it to the clients:\n  \
             cargo run -p slow-server -- --addr {next}\n  \
             cargo run -p client-async -- --url http://{next}"
        )
    }

    /// Prints the script for `--completions`; false where none was asked for.
    pub(crate) fn print_completions(&self) -> bool {
        let Some(shell) = self.completions else { return false };
        clap_complete::generate(
            shell,
            &mut Self::command(),
            "slow-server",
            &mut io::stdout(),
        );
        true
    }
}

/// Logs go to standard error, and only warnings, unless `RUST_LOG` says otherwise.
pub(crate) fn start_logs() {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_ansi(colour)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
}

/// Says where the server listens, how slow it is, what it can take, and how to stop it.
pub(crate) fn announce(
    listener: &TcpListener,
    config: &Config,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listener has no address")?;
    let delay = humantime::format_duration(config.delay);
    let jitter = match config.jitter {
        none if none.is_zero() => String::new(),
        some => format!(" and up to {} more", humantime::format_duration(some)),
    };
    let at_once = config.max_concurrent.map_or("no limit".to_owned(), |most| {
        let full = match config.when_full {
            slow_server::WhenFull::Queue => "more wait their turn",
            slow_server::WhenFull::Reject => "more are answered 503",
        };
        format!("{most} ({full})")
    });
    let connections = config.limits.connections;
    let backlog = slow_server::backlog();

    writeln!(
        io::stdout(),
        "slow-server listens on http://{address} (stop it with Ctrl-C)\n\
         \x20 every answer takes  {delay}{jitter}\n\
         \x20 served at once      {at_once}\n\
         \x20 connections         at most {connections}, and {backlog} more in the backlog"
    )
    .context("cannot write to standard output")
}

/// Ready on Ctrl-C, and on SIGTERM where there are signals.
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    // Installed here and not at the first poll, so that no signal comes too early.
    #[cfg(unix)]
    let (mut interrupt, mut terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
