//! What the program can be asked, and what it makes of that.

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;

use anyhow::{Context as _, anyhow};
use clap::{CommandFactory as _, Parser};
use clap_complete::Shell;
use slow_server::{Access, Config, Limits, Listeners, Token};
use tracing_subscriber::EnvFilter;

/// A page that takes three seconds
///
/// GET / answers `Hello!` after --delay, to as many at once as ask. The clients of this
/// workspace show what it costs to wait for it. What the server has seen is at
/// /api/stats; `RUST_LOG=slow_server=debug` logs every request.
#[derive(Debug, Parser)]
#[command(name = "slow-server", version, max_term_width = 80)]
pub(crate) struct Cli {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:5000", value_parser = addr)]
    addr: SocketAddr,

    /// Listen on N addresses of this machine, 127.0.0.1 and those after it: a client has
    /// its local ports once for each, and goes to as many as it needs
    #[arg(long, value_name = "N", default_value = "1", value_parser = addresses)]
    addresses: NonZeroUsize,

    /// Print a completion script for this shell, and do nothing else
    #[arg(long, value_name = "SHELL")]
    completions: Option<Shell>,

    #[command(flatten)]
    config: Config,

    #[command(flatten)]
    others: Others,
}

/// What matters once others than this machine can come in.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Others on the network")]
struct Others {
    /// Let the whole network in: as --addr 0.0.0.0:5000. Prints the address to write on
    /// the board, and a token without which nobody changes anything
    #[arg(long, conflicts_with = "addr")]
    lan: bool,

    /// What to ask of those who change something, such as reset the counts. The default is
    /// a new one at each start if others can come in, and none on this machine alone
    #[arg(long, env = "SLOW_SERVER_TOKEN", hide_env_values = true, value_parser = Token::parse)]
    token: Option<Token>,

    /// A name that means this server, for its counts to be read under; addresses and
    /// localhost always do
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// The most connections that one address may hold open
    /// [default: an eighth of all if others can come in]
    #[arg(long, value_name = "N", value_parser = slow_server::count)]
    per_address: Option<NonZeroUsize>,
}

/// The share of all connections that one address may hold, where others can come in: with
/// a few greedy laptops in a class, there is still room for the rest.
const SHARE_OF_ONE_ADDRESS: usize = 8;

/// The requests under way on one HTTP/2 connection, where others can come in: some more than
/// our own clients put on one, unless they are told how many connections to make.
const STREAMS_OF_OTHERS: u32 = 2500;

impl Cli {
    /// The configuration, with limits that fit the files that this process may open.
    ///
    /// Errors: there are no random numbers for a token.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        slow_server::raise_open_files();
        let limits = Limits::default();
        let others_come_in = !self.addr().ip().is_loopback();
        let share = NonZeroUsize::new(limits.connections / SHARE_OF_ONE_ADDRESS)
            .unwrap_or(NonZeroUsize::MIN);
        let Others { token, allow_host, per_address, .. } = &self.others;

        let per_address = per_address.or(others_come_in.then_some(share));
        // A stranger's connection is not to hold the memory of a million requests.
        let http2_streams =
            if others_come_in { STREAMS_OF_OTHERS } else { limits.http2_streams };
        let token = match token {
            None if others_come_in => Some(Token::random().context(
                "cannot make a token for the teacher; give one with --token",
            )?),
            given => given.clone(),
        };
        Ok(Config {
            limits: Limits {
                addresses: self.addresses,
                per_address,
                http2_streams,
                ..limits
            },
            access: Access { token, hosts: allow_host.clone() },
            ..self.config.clone()
        })
    }

    fn addr(&self) -> SocketAddr {
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5000));
        if self.others.lan { everywhere } else { self.addr }
    }

    /// Listens where asked.
    ///
    /// Errors: with what to do about it.
    pub(crate) fn bind(&self) -> anyhow::Result<Listeners> {
        Listeners::bind(self.addr(), self.addresses).map_err(|error| {
            match error.kind() {
                io::ErrorKind::InvalidInput => anyhow!("--addresses: {error}"),
                io::ErrorKind::AddrNotAvailable if self.addresses.get() > 1 => {
                    self.addresses_advice(&error)
                }
                io::ErrorKind::AddrNotAvailable => self.not_ours_advice(),
                _ => self.bind_advice(&error),
            }
        })
    }

    /// macOS has 127.0.0.1 alone until it is told of more.
    fn addresses_advice(&self, error: &io::Error) -> anyhow::Error {
        let all = self.addresses;
        anyhow!(
            "cannot listen on {all} addresses from {} on: {error}.\n\
             This machine has to be told of them first; on macOS, for each:\n  \
             sudo ifconfig lo0 alias 127.0.0.2 up",
            self.addr()
        )
    }

    fn not_ours_advice(&self) -> anyhow::Error {
        let addr = self.addr();
        anyhow!(
            "cannot listen on {addr}: {} is no address of this machine.\n\
             For this machine alone, or for all of its network:\n  \
             cargo run -p slow-server -- --addr 127.0.0.1:{}\n  \
             cargo run -p slow-server -- --lan",
            addr.ip(),
            addr.port()
        )
    }

    fn bind_advice(&self, error: &io::Error) -> anyhow::Error {
        let addr = self.addr();
        let port = addr.port().checked_add(1).unwrap_or(5001);
        let next = SocketAddr::new(addr.ip(), port);
        let mut page = next;
        if addr.ip().is_unspecified() {
            page.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        anyhow!(
            "cannot listen on {addr}: {error}.\n\
             If another program has the port (on macOS, AirPlay Receiver holds 5000),\n\
             choose another one, and tell it to the clients:\n  \
             cargo run -p slow-server -- --addr {next}\n  \
             cargo run -p client-async -- --url http://{page}"
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

/// With the usual ports of Linux, enough for seven million connections.
const MOST_ADDRESSES: usize = 256;

fn addr(text: &str) -> Result<SocketAddr, String> {
    let example = "write an address in numbers and a port, such as 127.0.0.1:5001";
    text.parse().map_err(|_| example.to_owned())
}

fn addresses(text: &str) -> Result<NonZeroUsize, String> {
    let addresses = slow_server::count(text)?;
    if addresses.get() > MOST_ADDRESSES {
        return Err(format!("at most {MOST_ADDRESSES}"));
    }
    Ok(addresses)
}

/// Logs go to standard error, and only warnings of ours, unless `RUST_LOG` says otherwise.
/// The libraries' warnings are about what strangers send, who could fill a screen with them.
pub(crate) fn start_logs() {
    let colour =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("error,slow_server=warn"));
    tracing_subscriber::fmt()
        .with_ansi(colour)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(options: &[&str]) -> Cli {
        Cli::parse_from([&["slow-server"], options].concat())
    }

    #[test]
    fn on_this_machine_alone_nobody_is_asked_for_anything() {
        let cli = parsed(&[]);
        assert_eq!(cli.addr().to_string(), "127.0.0.1:5000");
        let config = cli.config().unwrap();
        assert!(config.access.token.is_none());
        assert_eq!(config.limits.per_address, None);
    }

    #[test]
    fn whoever_lets_others_in_is_kept_safe_from_them() {
        for options in
            [&["--lan"][..], &["--addr", "0.0.0.0:5000"], &["--addr", "[::]:5000"]]
        {
            let cli = parsed(options);
            assert!(cli.addr().ip().is_unspecified());
            assert_eq!(cli.addr().port(), 5000);
            let Config { limits, access, .. } = cli.config().unwrap();
            assert!(access.token.is_some());
            assert_eq!(
                limits.per_address,
                NonZeroUsize::new(limits.connections / 8)
            );
            assert_eq!(limits.http2_streams, STREAMS_OF_OTHERS);
        }
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = ["--allow-host", "a.local", "--allow-host", "b.local"];
        let config = parsed(&options).config().unwrap();
        assert_eq!(config.access.hosts, ["a.local", "b.local"]);
        let options = ["--lan", "--token", "correct-horse", "--per-address", "5"];
        let config = parsed(&options).config().unwrap();
        assert_eq!(config.access.token.unwrap().to_string(), "correct-horse");
        assert_eq!(config.limits.per_address, NonZeroUsize::new(5));
    }
}
