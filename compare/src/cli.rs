//! What `cargo compare` can be asked.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{
    ArgMatches, Command, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum,
};
use client_core::clients::{CLIENTS, ClientEntry};
use client_core::export::ExportArgs;
use client_core::machine::Machine;
use client_core::run::{cli as client_cli, guard};
use client_core::settings::limits;
use client_core::settings::run_name::RunName;
use client_core::settings::workload::Workload;
use client_core::{Transport, connections_without_http2};
use reqwest::Url;
use slow_server::Config;
use units::{Completions, LanguageArgs, Localized, localized, warn};

use crate::checkout;
use crate::client_spec::ClientSpec;
use crate::foreign::{ForeignArgs, ForeignProgram};
use crate::measuring::MeasuringArgs;
use crate::python::{self, PythonArgs};

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

    /// Let each client send requests for this long instead of a fixed number. The ideal is then
    /// the number that would succeed in that time if nothing but the delay took time
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

    /// Write all results to one HTML file, which plays the runs in a browser, without a network
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

    /// Use the server that already runs at this URL, and start none
    #[arg(long, value_name = "URL", value_parser = client_cli::parse_url)]
    #[arg(conflicts_with_all = ["full", "delay", "jitter", "fail_rate", "seed", "max_concurrent", "when_full", "max_delay"])]
    pub(crate) url: Option<Url>,

    /// Delay to assume for the ideal times if the server at --url does not report its own
    #[arg(long, value_name = "TIME", requires = "url", value_parser = units::parse_duration)]
    pub(crate) assume_delay: Option<Duration>,

    /// Token that the server at --url printed for its teacher, required to reset its counts
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
            return Err(clap::Error::raw(
                ErrorKind::ValueValidation,
                localized!(
                    "the server records each request of a program of --with: take at most \
                     {MOST_OF_PROGRAMS} (-n)\n",
                    "服务器会逐个记录 --with 程序的请求：最多 {MOST_OF_PROGRAMS} 个（-n）\n",
                ),
            ));
        }
        if let Some(option) = unused_option(&clients, matches) {
            let Localized { en, zh } = owners(&option);
            return Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                localized!(
                    "--{option} is for {en}, which --only leaves out\n",
                    "--{option} 只用于{zh}，而 --only 没有选它\n",
                ),
            ));
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

    /// The table's entries of the clients to run, in order, and the programs.
    ///
    /// # Errors
    ///
    /// There is nothing of a name that is asked for.
    fn selected(
        &self,
    ) -> Result<(Vec<ClientEntry>, Vec<ForeignProgram>), clap::Error> {
        let programs = self.foreign.programs()?;
        let is_taken =
            |name: &str| programs.iter().any(|program| program.name == name);
        if let Some(name) =
            self.python.names().into_iter().find(|name| is_taken(name))
        {
            return Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                localized!(
                    "--python has a program {name} of its own; choose another name\n",
                    "--python 自己有名为 {name} 的程序；请换一个名字\n",
                ),
            ));
        }
        if self.only.is_empty() {
            return Ok((CLIENTS.to_vec(), programs));
        }
        let mut known: Vec<&str> =
            CLIENTS.iter().map(|client| client.name).collect();
        known.extend(programs.iter().map(|program| &*program.name));
        known.extend(self.python.names());
        if let Some(unknown) =
            self.only.iter().find(|name| !known.contains(&&***name))
        {
            let names = known.join(", ");
            return Err(clap::Error::raw(
                ErrorKind::InvalidValue,
                localized!(
                    "invalid value '{unknown}' for '--only <NAMES>'\n  \
                     [possible values: {names}]\n",
                    "“--only <NAMES>”的值“{unknown}”无效\n  [可用的值：{names}]\n",
                ),
            ));
        }
        for (index, name) in self.only.iter().enumerate() {
            if self.only[..index].contains(name) {
                return Err(clap::Error::raw(
                    ErrorKind::ValueValidation,
                    localized!(
                        "--only names {name} twice; to run all several times, use --repeat N\n",
                        "--only 里 {name} 写了两次；要把全部运行多次，请用 --repeat N\n",
                    ),
                ));
            }
        }
        let named =
            |name: &String| CLIENTS.iter().find(|client| client.name == name);
        let clients = self.only.iter().filter_map(named).copied().collect();
        let is_named = |program: &ForeignProgram| self.only.contains(&program.name);
        for program in self.foreign.with.iter().filter(|program| !is_named(program))
        {
            let name = &program.name;
            let said = localized!(
                "{name} does not run, since --only does not name it",
                "{name} 不会运行，因为 --only 里没有它",
            );
            warn(format_args!("compare: {said}"));
        }
        Ok((clients, programs.into_iter().filter(is_named).collect()))
    }

    /// Adds the tutorial's programs, if they were asked for, as far as they can run here.
    ///
    /// # Errors
    ///
    /// There is no Python, or none of them can run.
    pub(crate) fn add_python(&mut self) -> anyhow::Result<()> {
        let is_wanted = |name: &&str| {
            self.only.is_empty() || self.only.iter().any(|only| only == name)
        };
        let names =
            self.python.names().into_iter().filter(is_wanted).map(str::to_owned);
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            let programs = python::programs(&checkout::root(), &names)?;
            self.programs.extend(programs);
        }
        Ok(())
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

/// The option that takes several values here, and one in the clients that have it.
const TRANSPORT: &str = "transport";

/// The option that only some transports have a use for.
const CONNECTIONS: &str = "connections";

/// Adds the options of the clients, each under the names of those that have it.
fn with_options_of_clients(mut command: Command) -> Command {
    for option in CLIENTS.iter().flat_map(ClientEntry::options) {
        let id = option.get_id().as_str();
        let owners = owners(option.get_long().unwrap_or(id));
        let heading = format!("Options of {}", owners.en);
        command = if command.get_arguments().all(|known| known.get_id() != id) {
            command.arg(option.help_heading(heading))
        } else {
            command.mut_arg(id, |known| known.help_heading(heading))
        };
    }
    command
}

/// The names of the clients that have this option.
fn owners(option: &str) -> Localized {
    let owners = CLIENTS.iter().filter(|client| client.has_option(option));
    let owners: Vec<_> = owners.map(ClientEntry::program).collect();
    let (en, zh) = (owners.join(" and "), owners.join(" 和 "));
    localized!("{en}", " {zh}")
}

fn is_given(matches: &ArgMatches, option: &str) -> bool {
    matches.value_source(option) == Some(ValueSource::CommandLine)
}

/// An option that is given, and that none of these clients has.
fn unused_option(clients: &[ClientEntry], matches: &ArgMatches) -> Option<String> {
    let mut options = CLIENTS.iter().flat_map(ClientEntry::options);
    options.find_map(|option| {
        let long = option.get_long()?;
        let has_owner = clients.iter().any(|client| client.has_option(long));
        let is_unused = is_given(matches, option.get_id().as_str()) && !has_owner;
        is_unused.then(|| long.to_owned())
    })
}

/// An `exclusive` option in clap's sense would not stand beside what the environment sets.
///
/// # Errors
///
/// Another option is typed beside this one.
fn stands_alone(option: &str, matches: &ArgMatches) -> Result<(), clap::Error> {
    let command = command();
    let mut ids = command.get_arguments().map(|known| known.get_id().as_str());
    let is_other = |id: &&str| *id != option && is_given(matches, id);
    let Some(other) = ids.find(is_other) else { return Ok(()) };
    let [option, other] = [option, other].map(|id| id.replace('_', "-"));
    Err(clap::Error::raw(
        ErrorKind::ArgumentConflict,
        localized!(
            "--{option} stands alone: leave out --{other}\n",
            "--{option} 只能单独使用：请去掉 --{other}\n",
        ),
    ))
}

/// The options of a client: its transport, and those that were given, as they were typed.
fn options_for(
    client: &ClientEntry,
    transport: Option<Transport>,
    matches: &ArgMatches,
) -> Vec<String> {
    let mut options = Vec::new();
    if let Some(transport) = transport {
        options.extend([format!("--{TRANSPORT}"), transport.name().to_owned()]);
    }
    for option in client.options() {
        let id = option.get_id().as_str();
        let is_unused =
            id == CONNECTIONS && !transport.is_some_and(Transport::is_http2);
        if id == TRANSPORT || is_unused || !is_given(matches, id) {
            continue;
        }
        let values = matches.get_raw(id).into_iter().flatten();
        if let (Some(long), Some(value)) = (option.get_long(), values.last()) {
            options.push(format!("--{long}"));
            options.push(value.to_string_lossy().into_owned());
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use clap::ArgAction;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(command()), [""; 0]);
    }

    #[test]
    fn the_options_of_clients_stand_under_the_names_of_those_that_have_them() {
        let command = command();
        for option in CLIENTS.iter().flat_map(ClientEntry::options) {
            let known = command
                .get_arguments()
                .find(|known| known.get_id() == option.get_id());
            let heading = known.and_then(clap::Arg::get_help_heading).unwrap();
            assert!(heading.starts_with("Options of client-"), "{heading}");
        }
    }

    /// As [`options_for`] passes them on.
    #[test]
    fn each_option_of_a_client_has_a_long_name_of_its_own_and_one_value() {
        let own = Cli::command();
        for option in CLIENTS.iter().flat_map(ClientEntry::options) {
            let id = option.get_id().as_str();
            assert!(option.get_long().is_some(), "{id}");
            assert!(matches!(option.get_action(), ArgAction::Set), "{id}");
            let is_known = own.get_arguments().any(|known| known.get_id() == id);
            assert_eq!(is_known, id == TRANSPORT, "{id} is an option of compare's");
        }
    }
}
