//! The options of the program, and the configuration that they make.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;

use anyhow::Context as _;
use clap::Parser;
use slow_server::{Access, Config, Limits, ListenArgs, Token};
use units::{Completions, LanguageArgs, localized};

/// Serve a page that takes three seconds
///
/// GET / responds with `Hello!` after --delay, to any number of requests at a time. What the
/// server sees is at /dashboard, live, and at /api/stats, as JSON;
/// `RUST_LOG=slow_server=debug` logs every request.
#[derive(Debug, Parser)]
#[command(name = "slow-server", version, max_term_width = 80)]
pub(crate) struct Cli {
    #[command(flatten)]
    listen: ListenArgs,

    #[command(flatten)]
    language: LanguageArgs,

    #[command(flatten)]
    completions: Completions,

    #[command(flatten)]
    config: Config,

    #[command(flatten)]
    network: NetworkArgs,
}

/// What matters once others than this machine can come in.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Others on the network")]
struct NetworkArgs {
    /// Let the whole network in, as --addr 0.0.0.0:5000 does. Prints the address to write on
    /// the board, and the token that is required for changes
    #[arg(long, conflicts_with = "addr")]
    lan: bool,

    /// Token required to change settings and reset counts [default: a random one if others can
    /// connect, else none]
    #[arg(long, env = "SLOW_SERVER_TOKEN", hide_env_values = true, value_parser = Token::parse)]
    token: Option<Token>,

    /// Host name by which clients may reach this server, besides its addresses and localhost
    #[arg(long, value_name = "NAME", value_parser = Access::parse_host)]
    allow_host: Vec<String>,

    /// At most this many connections, and as many requests in flight, from one client address
    /// [default: an eighth of all connections if others can connect]
    #[arg(long, value_name = "N", value_parser = units::parse_count)]
    per_address: Option<NonZeroUsize>,
}

/// The share of all connections that one address may hold, where others can come in: with
/// a few greedy laptops in a class, there is still room for the rest.
const SHARE_OF_ONE_ADDRESS: usize = 8;

/// The requests in flight on one HTTP/2 connection, where others can come in: some more than
/// clients of this workspace put on one without `--connections`.
const HTTP2_STREAMS_ON_A_NETWORK: u32 = 2500;

impl Cli {
    /// The configuration, with limits that fit the files that this process may open.
    ///
    /// # Errors
    ///
    /// There are no random numbers for a token.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        let limits = Limits::default();
        let is_on_network = !self.addr().ip().is_loopback();
        let share = NonZeroUsize::new(limits.connections / SHARE_OF_ONE_ADDRESS)
            .unwrap_or(NonZeroUsize::MIN);
        let NetworkArgs { token, allow_host, per_address, .. } = &self.network;

        let per_address = per_address.or(is_on_network.then_some(share));
        // One connection from the network is not to hold the memory of a million requests.
        let http2_streams = if is_on_network {
            HTTP2_STREAMS_ON_A_NETWORK
        } else {
            limits.http2_streams
        };
        let token = match token {
            None if is_on_network => Some(Token::random().context(localized!(
                "cannot make a token for the teacher; give one with --token",
                "无法生成老师的令牌；请用 --token 给出一个",
            ))?),
            given => given.clone(),
        };
        Ok(Config {
            limits: Limits {
                addresses: self.listen.addresses,
                per_address,
                http2_streams,
                ..limits
            },
            access: Access { token, hosts: allow_host.clone() },
            ..self.config.clone()
        })
    }

    fn addr(&self) -> SocketAddr {
        self.listen().addr
    }

    /// Where to listen.
    pub(crate) fn listen(&self) -> ListenArgs {
        let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5000));
        let addr = if self.network.lan { everywhere } else { self.listen.addr };
        ListenArgs { addr, ..self.listen }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parsed(options: &[&str]) -> Cli {
        Cli::parse_from([&["slow-server"], options].concat())
    }

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(Cli::command()), [""; 0]);
    }

    #[test]
    fn on_this_machine_alone_no_token_is_required() {
        let cli = parsed(&[]);
        assert_eq!(cli.addr().to_string(), "127.0.0.1:5000");
        let config = cli.config().unwrap();
        assert!(config.access.token.is_none());
        assert_eq!(config.limits.per_address, None);
    }

    #[test]
    fn a_server_on_the_network_has_a_token_and_limits() {
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
            assert_eq!(limits.http2_streams, HTTP2_STREAMS_ON_A_NETWORK);
        }
    }

    #[test]
    fn options_override_the_defaults() {
        let options = ["--allow-host", "a.local", "--allow-host", "b.local"];
        let config = parsed(&options).config().unwrap();
        assert_eq!(config.access.hosts, ["a.local", "b.local"]);
        let options = ["--lan", "--token", "correct-horse", "--per-address", "5"];
        let config = parsed(&options).config().unwrap();
        assert_eq!(config.access.token.unwrap().to_string(), "correct-horse");
        assert_eq!(config.limits.per_address, NonZeroUsize::new(5));
    }
}
