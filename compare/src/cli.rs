//! What `cargo compare` can be asked.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use clap_complete::Shell;
use client_core::pictures::Pictures;
use client_core::{cli as client_cli, guard, limits};
use reqwest::Url;
use slow_server::Config;

/// Run all four clients against one slow server, and say why their times differ
///
/// Starts slow-server inside itself on a free port of this machine, lets each client
/// fetch the same pages from it in turn, and prints one table: what each should have
/// taken, what it took, and why. Nothing is sent to any other machine.
#[derive(Debug, Parser)]
#[command(name = "compare", version, max_term_width = 85, after_help = EXIT_CODES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Cli {
    /// How often each client fetches the page
    #[arg(short = 'n', long, value_name = "N", default_value = "100", value_parser = limits::requests)]
    pub(crate) requests: NonZeroUsize,

    /// The tutorial's own 3 s for every answer: about six minutes in all
    #[arg(long, conflicts_with = "delay")]
    full: bool,

    /// Only these clients, in this order
    #[arg(long, value_name = "CLIENTS", value_delimiter = ',')]
    only: Vec<Client>,

    /// Guess each client's time before the run, and see how well you did
    #[arg(long, conflicts_with = "json")]
    pub(crate) predict: bool,

    /// Print everything as JSON on standard output, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,

    /// Write one page to this file that shows all of it in a browser, without a network
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    pub(crate) html: Option<PathBuf>,

    /// Threads of client-threads
    #[arg(long, value_name = "N", default_value = "8", value_parser = limits::pool_threads)]
    pub(crate) threads: NonZeroUsize,

    /// Requests that a thread takes at a time; 4 is what the tutorial's pool took
    #[arg(long, value_name = "N", default_value = "1", value_parser = limits::count)]
    pub(crate) chunk_size: NonZeroUsize,

    /// The most requests under way at once in client-async, and over all runtimes of
    /// client-hybrid [default: all]
    #[arg(short, long, value_name = "N", value_parser = limits::count)]
    pub(crate) concurrency: Option<NonZeroUsize>,

    /// Threads of client-async's runtime; the default is the number of CPUs
    #[arg(long, value_name = "N", value_parser = limits::runtimes, default_value_t = limits::cpus())]
    pub(crate) worker_threads: NonZeroUsize,

    /// Runtimes of client-hybrid; the default is the number of CPUs
    #[arg(long, value_name = "N", value_parser = limits::runtimes, default_value_t = limits::cpus())]
    pub(crate) runtimes: NonZeroUsize,

    /// The most that one request may take, of which at most half to get a connection
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = client_cli::timeout)]
    pub(crate) timeout: Duration,

    /// Compute so long on each answer: for when waiting is not the only cost
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = client_cli::work)]
    pub(crate) cpu_work: Duration,

    /// Use a server that already runs, and start none
    #[arg(long, value_name = "URL", value_parser = client_cli::parse_url)]
    #[arg(conflicts_with_all = ["full", "delay", "jitter", "fail_rate", "seed", "max_concurrent", "when_full", "max_delay"])]
    pub(crate) url: Option<Url>,

    /// What the server at --url printed for its teacher: lets its counts be reset
    #[arg(long, env = "SLOW_SERVER_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// Allow more than 200 requests to a server that is neither on this machine nor on a
    /// private network
    #[arg(long)]
    pub(crate) i_may_load_this_server: bool,

    /// Print a completion script for this shell, and do nothing else
    #[arg(long, value_name = "SHELL")]
    completions: Option<Shell>,

    #[command(flatten)]
    pub(crate) pictures: Pictures,

    #[command(flatten)]
    server: Config,
}

const EXIT_CODES: &str = "\
Exit status: 0 all answered, 1 something failed (the table is still printed),
2 wrong usage, 130 stopped with Ctrl-C (the table has what came until then).";

/// The four clients, in the order of the tutorial's sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// One request after another
    Sync,
    /// A pool of threads
    Threads,
    /// One async runtime
    Async,
    /// Several async runtimes
    Hybrid,
}

/// Reads the command line; wrong usage and `--help` end the process.
pub(crate) fn parse() -> Cli {
    // The tutorial's 3 s would make the everyday run six minutes long.
    let mut command = Cli::command()
        .mut_arg("delay", |delay| delay.default_value("100ms"))
        .about("Run all four clients against one slow server, and say why their times differ");
    let matches = command.get_matches_mut();
    let cli = Cli::from_arg_matches(&matches)
        .unwrap_or_else(|error| error.format(&mut command).exit());
    if let Some(shell) = cli.completions {
        clap_complete::generate(
            shell,
            &mut command,
            "compare",
            &mut std::io::stdout(),
        );
        leave();
    }
    cli
}

#[expect(clippy::exit, reason = "the script is out, and nothing else is open yet")]
fn leave() -> ! {
    std::process::exit(0)
}

impl Cli {
    /// The clients to run, in order.
    pub(crate) fn clients(&self) -> &[Client] {
        if self.only.is_empty() { Client::value_variants() } else { &self.only }
    }

    /// How the server inside behaves.
    pub(crate) fn server(&self) -> Config {
        let delay =
            if self.full { Duration::from_secs(3) } else { self.server.delay };
        let limits = slow_server::Limits::default();
        Config { delay, limits, ..self.server.clone() }
    }

    /// Whether this many requests may be sent to the server.
    pub(crate) fn guard(&self) -> Result<(), guard::Refused> {
        let clients = NonZeroUsize::new(self.clients().len());
        let all = self.requests.saturating_mul(clients.unwrap_or(NonZeroUsize::MIN));
        self.url.as_ref().map_or(Ok(()), |url| {
            guard::check(url, all, self.i_may_load_this_server)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
