//! The clients in turn, each as a process of its own, against one server.

use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use client_core::Report;
use client_core::machine;
use client_core::machine::Machine;
use client_core::model::SimulationParams;
use client_core::server::Server;
use client_core::server::admin_client::AdminClient;
use client_core::warn;
use reqwest::Url;
use slow_server::{Background, Config, Counts};

use crate::binaries::Binaries;
use crate::cli::Cli;
use crate::comparison::{Comparison, Run};
use crate::contestant::Contestant;
use crate::interrupts::Interrupts;
use crate::live::Live;
use crate::process::Process;
use crate::tutorial;
use crate::why;
use crate::witness::{Locked, Witness};

/// How often the server is asked how far a client is.
const GLANCE: Duration = Duration::from_millis(200);

/// How often to look whether a client's process has ended.
const TICK: Duration = Duration::from_millis(10);

/// A comparison that is about to run. The server inside, if there is one, lives as long.
#[derive(Debug)]
pub(crate) struct Race {
    pub(crate) contestants: Vec<Contestant>,
    pub(crate) requests: NonZeroUsize,
    // Whether what became of each request is needed, however many there are.
    keep_outcomes: bool,
    pub(crate) timeout: Duration,
    work: Duration,
    pub(crate) server: Server,
    url: Url,
    // Only a server of ours counts; a stranger's gets the requests of the run and no more.
    witness: Option<Witness>,
    quiet: bool,
    inside: Option<Inside>,
}

/// A server in this process.
#[derive(Debug)]
struct Inside {
    config: Config,
    server: Background,
    // Whether a client has run against it.
    is_used: bool,
}

impl Inside {
    fn start(config: Config) -> anyhow::Result<Self> {
        let server = Background::start(config.clone())
            .context("cannot start the server inside this program")?;
        Ok(Self { config, server, is_used: false })
    }
}

impl Race {
    /// Starts the server, or finds the one that runs already.
    ///
    /// Errors: it cannot be started, or is not there.
    pub(crate) fn prepare(cli: &Cli) -> anyhow::Result<Self> {
        // For the server inside, and for the clients, which start with our limits.
        slow_server::raise_open_files();
        let (url, inside) = match &cli.url {
            Some(url) => (url.clone(), None),
            None => {
                let inside = Inside::start(cli.server())?;
                (inside.server.url().parse()?, Some(inside))
            }
        };
        let server = Server::ask(&url, cli.most_requests());
        if let Server::Other(Some(advice)) = &server {
            warn(format_args!("compare: {advice}"));
        }
        if let Server::Absent(failure) = &server {
            bail!(
                "no server at {url} ({}). Start it in another terminal:\n  {}",
                failure.kind,
                client_core::server::how_to_start(&url),
            );
        }
        if let Some(advice) = server.too_slow_for(cli.timeout) {
            warn(format_args!("compare: {advice}"));
        }
        Ok(Self {
            contestants: cli.contestants(cli.requests),
            requests: cli.requests,
            keep_outcomes: cli.pictures.are_wanted(),
            timeout: cli.timeout,
            work: cli.cpu_work,
            witness: witness(&url, &server, cli.token.clone())?,
            server,
            url,
            quiet: cli.json,
            inside,
        })
    }

    /// Says of each client what will not fit on this machine. It runs all the same: what
    /// does not fit fails, and is accounted for.
    fn tell_what_will_not_fit(&self) {
        let machine = Machine::here();
        let addresses = self.server.addresses().len();
        for contestant in &self.contestants {
            for shortage in contestant.needs().exceeding(&machine, addresses) {
                warn(format_args!("compare: {} {shortage}", contestant.program));
            }
        }
    }

    /// The delay of the page, without jitter, if the server says it.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let settings = self.server.settings()?;
        Some(settings.equal_delay().unwrap_or(settings.delay))
    }

    /// The same in milliseconds.
    pub(crate) fn delay_ms(&self) -> Option<f64> {
        self.delay().map(|delay| delay.as_secs_f64() * 1e3)
    }

    /// The page that is fetched.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the server is inside this process.
    pub(crate) fn has_server_inside(&self) -> bool {
        self.inside.is_some()
    }

    /// How long a client should take, if the server tells its delay.
    pub(crate) fn ideal(&self, contestant: &Contestant) -> Option<Duration> {
        let Self { timeout, work, .. } = *self;
        let terms = SimulationParams { timeout, work, cores: machine::cpus() };
        self.server.ideal(&contestant.layout, terms)
    }

    /// Lets each client run, one after another, until all are through or Ctrl-C comes.
    ///
    /// Errors: Ctrl-C cannot be heard.
    pub(crate) fn run(mut self, binaries: &Binaries) -> anyhow::Result<Comparison> {
        let interrupts = Interrupts::watch()?;
        self.tell_what_will_not_fit();
        let limit = self
            .server
            .settings()
            .and_then(client_core::server::ServerSettings::limit);
        let mut comparison = Comparison::new(
            self.url.to_string(),
            self.requests.get(),
            self.delay_ms(),
            limit,
        );
        for contestant in self.contestants.clone() {
            comparison.runs.push(self.run_one(&contestant, binaries, &interrupts));
            if interrupts.count() > 0 {
                comparison.interrupted = true;
                break;
            }
        }
        let left_out = self.contestants.iter().skip(comparison.runs.len());
        comparison.not_run = left_out.map(Contestant::label).collect();
        Ok(comparison)
    }

    /// Lets one client run. If its program or its server cannot be started, that is what
    /// became of it, and the runs before it are not lost.
    pub(crate) fn run_one(
        &mut self,
        contestant: &Contestant,
        binaries: &Binaries,
        interrupts: &Interrupts,
    ) -> Run {
        self.try_run(contestant, binaries, interrupts).unwrap_or_else(|error| {
            self.judge(contestant, None, Some(format!("{error:#}")), None)
        })
    }

    fn try_run(
        &mut self,
        contestant: &Contestant,
        binaries: &Binaries,
        interrupts: &Interrupts,
    ) -> anyhow::Result<Run> {
        self.renew()?;
        if let Some(witness) = &self.witness {
            witness.reset();
        }
        let ideal = self.ideal(contestant);
        let live = Live::start(
            &contestant.label(),
            contestant.requests.get(),
            ideal,
            self.quiet,
        );
        let mut process = Process::start(self.command(contestant, binaries))?;
        let mut glance = Instant::now();
        let mut told = 0;
        while !process.has_ended()? {
            while told < interrupts.count() {
                process.interrupt();
                told += 1;
            }
            if glance.elapsed() >= GLANCE {
                let answered = self.witnessed().map_or(0, |counts| counts.answered);
                live.show(answered);
                glance = Instant::now();
            }
            thread::sleep(TICK);
        }
        live.finish();

        let server = self.witnessed();
        let (report, problem) = process.report()?;
        Ok(self.judge(contestant, report, problem, server))
    }

    /// A new server inside for each client. The connections of the one before are closed,
    /// but for a minute their ports count as taken towards the same address, and whoever
    /// comes next would search for free ones: after ten thousand, that takes longer than
    /// all the rest of a connection.
    fn renew(&mut self) -> anyhow::Result<()> {
        let Some(inside) = &mut self.inside else { return Ok(()) };
        if std::mem::replace(&mut inside.is_used, true) {
            *inside = Inside::start(inside.config.clone())?;
            inside.is_used = true;
            self.url = inside.server.url().parse()?;
            self.witness = witness(&self.url, &self.server, None)?;
        }
        Ok(())
    }

    fn witnessed(&self) -> Option<Counts> {
        self.witness.as_ref()?.counts()
    }

    fn judge(
        &self,
        contestant: &Contestant,
        report: Option<Report>,
        problem: Option<String>,
        server: Option<Counts>,
    ) -> Run {
        let delay_s = self.delay().map(|delay| delay.as_secs_f64());
        let restated_s = match (&report, delay_s) {
            (Some(report), Some(delay)) => tutorial::restated(report, delay),
            _ => None,
        };
        let why = match (&report, &problem) {
            (Some(report), _) => {
                why::sentence(report, server.as_ref(), &self.server, self.timeout)
            }
            (None, problem) => {
                why::no_report(contestant.requests.get(), problem.as_deref())
            }
        };
        let client = contestant.name;
        let tutorial_s = tutorial::printed(client, contestant.requests.get());
        Run {
            client,
            label: contestant.label(),
            transport: contestant.transport,
            report,
            problem,
            server,
            restated_s,
            tutorial_s,
            why,
        }
    }

    fn command(&self, contestant: &Contestant, binaries: &Binaries) -> Command {
        let mut command = Command::new(binaries.path(&contestant.program));
        command
            .args(["--json", "--quiet", "--url", self.url.as_str()])
            .args(["--requests", &contestant.requests.to_string()])
            .args([
                "--timeout",
                &humantime::format_duration(self.timeout).to_string(),
            ])
            .args(["--cpu-work", &humantime::format_duration(self.work).to_string()])
            // The guard was passed here already.
            .arg("--i-may-load-this-server")
            // So that it ends with us, even if we are killed.
            .arg("--end-with-stdin")
            .args(&contestant.options);
        if self.keep_outcomes {
            command.arg("--keep-outcomes");
        }
        command
    }
}

/// A slow-server is asked what it sees; a stranger's gets the requests of the run and no
/// more.
fn witness(
    url: &Url,
    server: &Server,
    token: Option<String>,
) -> anyhow::Result<Option<Witness>> {
    if server.settings().is_none() {
        return Ok(None);
    }
    let has_token = token.is_some();
    let control = AdminClient::of(url)?.with_token(token);
    Ok(Witness::swear_in(control)
        .inspect_err(|Locked| {
            let advice = if has_token {
                "This is not the --token that it printed."
            } else {
                "If it printed a token: --token TOKEN"
            };
            warn(format_args!(
                "compare: {url} does not reset its counts for us,\n\
                 so what it sees of each client is left out. {advice}"
            ));
        })
        .ok())
}
