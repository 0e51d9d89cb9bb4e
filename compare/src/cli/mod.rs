//! What `cargo compare` can be asked.
//!
//! # Layout
//!
//! - `measuring`: the options for figures that one trusts
//! - `client_options`: the options of the clients, which are passed on to them
//! - `selection`: which clients and programs run

mod client_options;
pub(crate) mod measuring;
mod selection;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{
    ArgMatches, Command, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum,
};
use client_core::export::ExportArgs;
use client_core::machine::Machine;
use client_core::run::{cli as client_cli, guard};
use client_core::settings::limits;
use client_core::settings::run_name::RunName;
use client_core::settings::workload::Workload;
use client_core::{Transport, connections_without_http2};
use reqwest::Url;
use slow_server::Config;
use units::{Completions, LanguageArgs, Localized, localized, usage_error};

use crate::client_spec::ClientSpec;
use crate::foreign::{ForeignArgs, ForeignProgram};
use crate::python::PythonArgs;
use client_options::{
    CONNECTIONS, TRANSPORT, is_given, options_for, owners, unused_option,
    with_options_of_clients,
};
use measuring::MeasuringArgs;

/// Run every client against one slow server, and explain why their times differ
///
/// Starts slow-server in this process on a free port, runs each client against it with the
/// same requests, and prints one table: the time that each should have taken, the time that
/// it took, and why. Without --url, nothing is sent to another machine.
#[derive(Parser)]
#[command(name = "compare", version, max_term_width = 80, after_help = EXIT_CODES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Cli {
    /// Number of requests that each client sends
    #[arg(short = 'n', long, value_name = "N", default_value = "100", value_parser = limits::requests)]
    pub(crate) requests: NonZeroUsize,

    /// Let each client send requests for this long, instead of a fixed number of them. The
    /// ideal is then the number that would succeed in that time if nothing but the delay took
    /// time
    #[arg(long, value_name = "TIME", value_parser = client_cli::duration)]
    #[arg(conflicts_with_all = ["requests", "sweep", "predict"])]
    pub(crate) duration: Option<Duration>,

    /// Run each client with each of these numbers of requests, such as 1,10,100,1000,10000, and
    /// show where it falls behind its ideal, and why
    #[arg(long, value_name = "SIZES", value_delimiter = ',', value_parser = limits::requests)]
    #[arg(conflicts_with_all = ["requests", "predict", "html", "timeline", "trace", "csv"])]
    pub(crate) sweep: Vec<NonZeroUsize>,

    /// Skip the runs of --sweep whose ideal time exceeds this
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = client_cli::timeout)]
    pub(crate) sweep_limit: Duration,

    /// Use the tutorial's own delay of 3 s: about six minutes in all
    #[arg(long, conflicts_with = "delay")]
    full: bool,

    /// Run only these clients (sync, threads, async, hybrid) and programs, in this order
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,

    /// Guess each client's time before the run, and see how close you were
    #[arg(long, conflicts_with = "json")]
    pub(crate) predict: bool,

    /// Name of these runs, such as your own, shown on the live page: at most 40 characters
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<RunName>,

    /// Print all results as JSON on standard output, and nothing else there
    #[arg(long)]
    pub(crate) json: bool,

    /// Write all results to one HTML file, which replays the runs in a browser, without a
    /// network
    #[arg(long, value_name = "FILE", help_heading = "Pictures")]
    pub(crate) html: Option<PathBuf>,

    /// HTTP implementation that carries the requests; with a list, or `all`, these clients run
    /// once with each
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "reqwest",
        value_parser = PossibleValuesParser::new(transport_values())
    )]
    transport: Vec<String>,

    /// Time limit of one request; connecting may take at most half of it
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = client_cli::timeout)]
    pub(crate) timeout: Duration,

    /// CPU time to burn on each response, on the thread that received it
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = client_cli::work)]
    pub(crate) cpu_work: Duration,

    /// Use the server that is already running at this URL, and start none
    #[arg(long, value_name = "URL", value_parser = client_cli::parse_url)]
    #[arg(conflicts_with_all = ["full", "delay", "jitter", "fail_rate", "seed", "max_concurrent", "when_full", "max_delay"])]
    pub(crate) url: Option<Url>,

    /// Delay to assume for the ideal times if the server at --url does not report its own
    #[arg(long, value_name = "TIME", requires = "url", value_parser = units::parse_duration)]
    pub(crate) assume_delay: Option<Duration>,

    /// Token that the server at --url printed for the teacher, required to reset its counts
    #[arg(long, env = "SLOW_SERVER_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// Allow more than 200 requests to a server that is neither on this machine nor on a
    /// private network
    #[arg(long)]
    pub(crate) i_may_load_this_server: bool,

    #[command(flatten)]
    pub(crate) measuring: MeasuringArgs,

    #[command(flatten)]
    language: LanguageArgs,

    #[command(flatten)]
    completions: Completions,

    #[command(flatten)]
    pub(crate) pictures: ExportArgs,

    #[command(flatten)]
    pub(crate) foreign: ForeignArgs,

    #[command(flatten)]
    pub(crate) python: PythonArgs,

    #[command(flatten)]
    server: Config,

    /// The clients to run, in order; read from their options.
    #[arg(skip)]
    pub(crate) clients: Vec<ClientSpec>,

    /// The programs to run after them.
    #[arg(skip)]
    pub(crate) programs: Vec<ForeignProgram>,

    /// Which programs of --python cannot run here, and why.
    #[arg(skip)]
    pub(crate) left_out: Option<Localized>,
}

const EXIT_CODES: &str = "Exit status: 0 if all requests succeeded, 1 if something failed (the \
    table is still printed), 2 for wrong usage, 130 after Ctrl-C (the table has the results so \
    far).";

/// Reads the command line; wrong usage and `--help` end the process.
pub(crate) fn parse() -> Cli {
    units::parse(command(), Cli::read)
}

fn command() -> Command {
    // The tutorial's 3 s would make the everyday run six minutes long.
    with_options_of_clients(Cli::command())
        .mut_arg("delay", |delay| delay.default_value("100ms"))
        // The limit of a slow-server can be set while it runs; this one keeps its own.
        .mut_arg("when_full", |when_full| when_full.requires("max_concurrent"))
        .about("Run every client against one slow server, and explain why their times differ")
}

impl Cli {
    /// # Errors
    ///
    /// An option is given that no client would use.
    fn read(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut cli = Self::from_arg_matches(matches)?;
        if cli.python.python_setup {
            stands_alone("python_setup", matches)?;
        }
        let transports = cli.transports();
        if is_given(matches, CONNECTIONS)
            && !transports.iter().any(|transport| transport.is_http2())
        {
            return Err(connections_without_http2());
        }
        let clients;
        (clients, cli.programs) = cli.selected()?;
        ForeignArgs::check(&cli.programs)?;
        let has_programs = !cli.programs.is_empty() || cli.python.python;
        if has_programs && cli.most_requests() > MOST_OF_PROGRAMS {
            return Err(usage_error(localized!(
                "the server records each request of a program of --with: use at most \
                 -n {MOST_OF_PROGRAMS}",
                "服务器会逐个记录 --with 程序的请求：最多 {MOST_OF_PROGRAMS} 个（-n）",
            )));
        }
        if let Some(option) = unused_option(&clients, matches) {
            let Localized { en, zh } = owners(&option);
            return Err(usage_error(localized!(
                "--{option} is for {en}, which --only leaves out",
                "--{option} 只用于{zh}，而 --only 没有选中",
            )));
        }
        for client in clients {
            let choices = if client.has_option(TRANSPORT) {
                transports.iter().copied().map(Some).collect()
            } else {
                vec![None]
            };
            for transport in choices {
                let options = options_for(&client, transport, matches);
                let workload = cli.workload();
                cli.clients.push(ClientSpec::new(client, options, workload)?);
            }
        }
        Ok(cli)
    }

    /// What carries the requests of the clients that have a choice, each once.
    fn transports(&self) -> Vec<Transport> {
        let mut transports = Vec::new();
        for name in &self.transport {
            for transport in Transport::value_variants() {
                let is_meant = name == ALL || name == transport.name();
                if is_meant && !transports.contains(transport) {
                    transports.push(*transport);
                }
            }
        }
        transports
    }

    /// What each client is to do, where that is no sweep.
    pub(crate) fn workload(&self) -> Workload {
        let requests = Workload::Requests(self.requests);
        self.duration.map_or(requests, Workload::Duration)
    }

    /// The sizes of a sweep, each once, smallest first; else the one size.
    pub(crate) fn sizes(&self) -> Vec<NonZeroUsize> {
        let mut sizes = self.sweep.clone();
        sizes.sort_unstable();
        sizes.dedup();
        if sizes.is_empty() { vec![self.requests] } else { sizes }
    }

    /// The most requests of a run.
    pub(crate) fn most_requests(&self) -> NonZeroUsize {
        let sizes = self.sizes().into_iter().chain(self.measuring.warmup);
        let most = sizes.max().unwrap_or(self.requests);
        self.duration.map_or(most, |_| self.workload().most_requests())
    }

    /// The delay of the server that is started here.
    pub(crate) fn delay(&self) -> Duration {
        if self.full { Duration::from_secs(3) } else { self.server.delay }
    }

    /// The delay that the ideal times suppose where the server does not tell its own.
    pub(crate) fn assumed_delay(&self) -> Option<Duration> {
        self.assume_delay.or_else(|| self.python.server.map(|_| self.delay()))
    }

    /// How the server inside behaves.
    pub(crate) fn server(&self) -> Config {
        let delay = self.delay();
        let addresses = self.addresses();
        let limits =
            slow_server::Limits { addresses, ..slow_server::Limits::default() };
        Config { delay, limits, ..self.server.clone() }
    }

    /// The addresses of the server inside, so that the client with the most connections has
    /// ports enough.
    fn addresses(&self) -> NonZeroUsize {
        let machine = Machine::here();
        let largest = match self.workload() {
            Workload::Requests(_) => Workload::Requests(self.most_requests()),
            duration @ Workload::Duration(_) => duration,
        };
        let needed = |client: &ClientSpec| {
            client.with_workload(largest).needs().addresses(&machine)
        };
        let needed = self.clients.iter().map(needed).max();
        needed.and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
    }

    /// Whether this many requests may be sent to the server.
    pub(crate) fn guard(&self) -> Result<(), guard::Refused> {
        let each: usize = self.sizes().into_iter().map(NonZeroUsize::get).sum();
        let each = self.measuring.all_requests(each);
        let all = each.saturating_mul(self.clients.len() + self.programs.len());
        let all = NonZeroUsize::new(all).unwrap_or(NonZeroUsize::MIN);
        let all = self.duration.map_or(Workload::Requests(all), Workload::Duration);
        self.url.as_ref().map_or(Ok(()), |url| {
            guard::check(url, all, self.i_may_load_this_server)
        })
    }
}

/// The most requests of a program: each is recorded, and asked for in one response.
const MOST_OF_PROGRAMS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// The value that stands for every transport.
const ALL: &str = "all";

fn transport_values() -> Vec<PossibleValue> {
    let all = PossibleValue::new(ALL).help("Each of these in turn");
    let each = Transport::value_variants().iter();
    each.filter_map(ValueEnum::to_possible_value).chain([all]).collect()
}

/// An `exclusive` option in clap's sense would not stand beside what the environment sets.
///
/// # Errors
///
/// Another option is typed beside this one.
fn stands_alone(option: &str, matches: &ArgMatches) -> Result<(), clap::Error> {
    let command = command();
    let mut ids = command.get_arguments().map(|known| known.get_id().as_str());
    let is_other =
        |id: &&str| ![option, "lang"].contains(id) && is_given(matches, id);
    let Some(other) = ids.find(is_other) else { return Ok(()) };
    let [option, other] = [option, other].map(|id| id.replace('_', "-"));
    Err(usage_error(localized!(
        "--{option} stands alone: leave out --{other}",
        "--{option} 只能单独使用：请去掉 --{other}",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(command()), [""; 0]);
    }
}
