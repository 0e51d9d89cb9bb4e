//! The clients one after another, each as a process of its own, against one server.

use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use client_core::machine::usage::Usage;
use client_core::machine::{self, Machine, pauses};
use client_core::model::{IdealRun, SimulationParams};
use client_core::server::{self, Server, ServerSettings};
use client_core::settings::workload::Workload;
use client_core::{Layout, Report};
use reqwest::Url;
use slow_server::Counts;
use units::{Language, Localized, localized, warn};

use super::binaries::Binaries;
use super::client_process::ClientProcess;
use super::embedded_server::EmbeddedServer;
use super::interrupts;
use super::progress::Progress;
use super::rounds::{self, Round};
use super::stats_client::StatsClient;
use crate::baseline::{Baseline, Premises};
use crate::cli::Cli;
use crate::cli::measuring::MeasuringArgs;
use crate::client_spec::ClientSpec;
use crate::foreign::ForeignProgram;
use crate::python::FlaskServer;
use crate::result::comparison::{Comparison, Run};
use crate::result::conditions::Conditions;
use crate::result::kernel_counts::KernelCounts;
use crate::result::overhead::Overhead;
use crate::result::setup::Setup;
use crate::{command_line, explain, problem, tutorial};

/// How often the server is asked how far a client is.
pub(super) const PROGRESS_INTERVAL: Duration = Duration::from_millis(200);

/// How often to look whether a client's process has ended.
pub(super) const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// What this program opens with its server and a client's pipes, and 16 connections.
const LEAST_OPEN_FILES: usize = 48;

/// What makes one row of the table.
#[derive(Clone, Copy)]
enum PlannedRun<'a> {
    Client(&'a ClientSpec),
    Program(&'a ForeignProgram),
}

impl PlannedRun<'_> {
    fn label(self) -> String {
        match self {
            Self::Client(client) => client.label(),
            Self::Program(program) => program.name.clone(),
        }
    }
}

/// The clients, and the server that they are to run against.
pub(crate) struct Runner<'a> {
    pub(crate) cli: &'a Cli,
    pub(crate) server: Server,
    pub(crate) url: Url,
    pub(super) stats: Option<StatsClient>,
    pub(super) embedded: Option<EmbeddedServer>,
    /// It ends with this.
    _flask: Option<FlaskServer>,
    binaries: Binaries,
    /// Which of several runs it is now, for the progress.
    pub(super) round: Round,
}

impl<'a> Runner<'a> {
    /// Builds the clients, and starts the server or finds the one that runs already.
    ///
    /// # Errors
    ///
    /// A client cannot be built, or the server cannot be started, or is not there.
    pub(crate) fn prepare(cli: &'a Cli) -> anyhow::Result<Self> {
        // For the server inside, and for the clients, which start with our limits.
        slow_server::require_open_files(
            Localized::same("compare"),
            LEAST_OPEN_FILES,
        )?;
        let binaries = Binaries::build()?;
        let flask = match cli.python.server {
            Some(kind) => Some(FlaskServer::start(kind, cli.delay())?),
            None => None,
        };
        let flask_url = flask.as_ref().map(|server| &server.url);
        let (url, embedded) = match flask_url.or(cli.url.as_ref()) {
            Some(url) => (url.clone(), None),
            None => {
                let embedded = EmbeddedServer::start(cli.server())?;
                (embedded.url()?, Some(embedded))
            }
        };
        let server =
            Server::ask(&url, cli.most_requests()).assuming(cli.assumed_delay());
        if let Some(advice) = server.advice(cli.assume_delay) {
            warn(format_args!("compare: {advice}"));
        }
        if let Server::Absent(failure) = &server {
            bail!("{}", server::absent(&url, failure.kind));
        }
        if let Some(advice) = server.too_slow_for(cli.timeout) {
            warn(format_args!("compare: {advice}"));
        }
        Ok(Self {
            cli,
            stats: StatsClient::connect(&url, &server, cli.token.clone())?,
            server,
            url,
            embedded,
            _flask: flask,
            binaries,
            round: Round::default(),
        })
    }

    /// Warns of what will not fit on this machine. It runs all the same: what does not fit
    /// fails, and is accounted for.
    fn warn_of_shortfalls(&self) {
        let machine = Machine::here();
        let addresses = self.server.addresses().len();
        for client in &self.cli.clients {
            for shortfall in client.needs().exceeding(&machine, addresses) {
                let (program, shortfall) = (client.program(), shortfall.sentence());
                warn(format_args!("compare: {program} {shortfall}"));
            }
        }
    }

    /// The delay of the page, without jitter, if the server says it.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let settings = self.server.settings()?;
        Some(settings.equal_delay().unwrap_or(settings.delay))
    }

    /// Milliseconds that the ideal assumes if the server does not report its delay.
    pub(crate) fn assumed_delay_ms(&self) -> Option<f64> {
        self.server.assumed_delay().map(|delay| delay.as_secs_f64() * 1e3)
    }

    /// The same in milliseconds.
    pub(crate) fn delay_ms(&self) -> Option<f64> {
        self.delay().map(|delay| delay.as_secs_f64() * 1e3)
    }

    /// How the comparison that begins now is made.
    pub(crate) fn setup(&self) -> Setup {
        let server = self.server.settings();
        Setup::now(command_line::as_typed(), server, self.cli.timeout)
    }

    /// Whether the server is inside this process.
    pub(crate) fn has_embedded_server(&self) -> bool {
        self.embedded.is_some()
    }

    /// How long a client should take for how many requests, if the server tells its delay or
    /// one is assumed.
    pub(crate) fn ideal(&self, client: &ClientSpec) -> Option<IdealRun> {
        let params = self.params();
        self.server.ideal_run(client.workload, &client.layout, params)
    }

    /// How long a program takes that spreads its requests so: of the work and the time limit of
    /// the clients it knows nothing.
    pub(super) fn ideal_of_program(&self, layout: &Layout) -> Option<Duration> {
        self.server.ideal(layout, SimulationParams::WAITING)
    }

    fn params(&self) -> SimulationParams {
        let (timeout, work) = (self.cli.timeout, self.cli.cpu_work);
        SimulationParams { timeout, work, cores: machine::cpus() }
    }

    /// Runs the clients one after another, until all have ended or Ctrl-C is pressed.
    ///
    /// # Errors
    ///
    /// No handler for Ctrl-C can be installed.
    pub(crate) fn run(mut self) -> anyhow::Result<Comparison> {
        interrupts::watch()?;
        self.warn_of_shortfalls();
        let mut comparison = Comparison {
            schema: Comparison::SCHEMA,
            setup: self.setup(),
            url: self.url.to_string(),
            requests: self.cli.requests.get(),
            duration_s: self.cli.duration.map(|duration| duration.as_secs_f64()),
            delay_ms: self.delay_ms(),
            assumed_delay_ms: self.assumed_delay_ms(),
            server_limit: self.server.settings().and_then(ServerSettings::limit),
            runs: Vec::new(),
            interrupted: false,
            not_run: Vec::new(),
            left_out: self.cli.left_out.clone(),
            baseline: None,
            caveat: None,
        };
        let planned = self.planned();
        let repeat = self.cli.measuring.repeat;
        for (planned_run, runs) in planned.iter().zip(self.run_rounds(&planned)) {
            match rounds::row(runs, repeat, self.cli.requests) {
                Some(row) => comparison.runs.push(row),
                None => comparison.not_run.push(planned_run.label()),
            }
        }
        comparison.interrupted = interrupts::count() > 0;
        comparison.compare_with_sync();
        comparison.caveat = explain::caveat(&comparison.runs);
        comparison.count_requests();
        Ok(comparison)
    }

    /// All that is to run, in order.
    fn planned(&self) -> Vec<PlannedRun<'a>> {
        let cli: &'a Cli = self.cli;
        let clients = cli.clients.iter().map(PlannedRun::Client);
        clients.chain(cli.programs.iter().map(PlannedRun::Program)).collect()
    }

    /// Runs one that is to do so much.
    fn run_one(&mut self, planned_run: PlannedRun<'_>, workload: Workload) -> Run {
        match planned_run {
            PlannedRun::Client(client) => {
                self.run_client(&client.with_workload(workload))
            }
            // Such a program always gets a number.
            PlannedRun::Program(program) => {
                self.run_program(program, workload.most_requests())
            }
        }
    }

    /// All runs of each of these, in the order in which they ran.
    fn run_rounds(&mut self, planned: &[PlannedRun<'_>]) -> Vec<Vec<Run>> {
        let MeasuringArgs { repeat, warmup, .. } = self.cli.measuring;
        let mut runs: Vec<Vec<Run>> = planned.iter().map(|_| Vec::new()).collect();
        for round in 0..repeat.get() {
            for position in rounds::order(round, planned.len()) {
                if let Some(requests) = warmup {
                    self.warm_up(planned[position], requests);
                }
                if interrupts::count() > 0 {
                    return runs;
                }
                self.round = Round::new(round, repeat);
                let run = self.run_one(planned[position], self.cli.workload());
                runs[position].push(run);
            }
        }
        runs
    }

    /// Runs one for nothing but its effect on the machine.
    fn warm_up(&mut self, planned_run: PlannedRun<'_>, requests: NonZeroUsize) {
        self.round = Round::WarmUp;
        let run = self.run_one(planned_run, requests.into());
        if !run.is_whole() && interrupts::count() == 0 {
            let (label, why) = (&run.label, explain::repeats::failure(&run));
            let Localized { en, zh } = why;
            let said = localized!(
                "the warm-up of {label} failed: {en}",
                "{label} 的预热失败：{zh}"
            );
            warn(format_args!("compare: {said}"));
        }
    }

    /// # Errors
    ///
    /// The baseline was made under other conditions, or has none of these clients.
    pub(crate) fn require(&self, baseline: &Baseline) -> anyhow::Result<()> {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let server = self.server.settings();
        let premises = Premises {
            requests: self.cli.requests.get(),
            delay_ms: self.delay_ms().or(self.assumed_delay_ms()),
            jitter_ms: server.map(|server| millis(server.jitter)),
            fail_rate: server.map(|server| server.fail_rate),
            limit: server.and_then(ServerSettings::limit),
            work_ms: millis(self.cli.cpu_work),
        };
        let clients = self.cli.clients.iter();
        let clients = clients.map(|client| (client.name(), client.transport()));
        let programs = self.cli.programs.iter();
        let programs = programs.map(|program| (&*program.name, None));
        baseline.require(premises, clients.chain(programs))
    }

    /// Runs one client. If its program or its server cannot be started, that is the run's
    /// problem, and the runs before it are not lost.
    pub(crate) fn run_client(&mut self, client: &ClientSpec) -> Run {
        let mut run = Run::unmeasured(
            client.name().to_owned(),
            client.label(),
            client.transport(),
        );
        if let Err(error) = self.measure(client, &mut run) {
            run.problem = Some(problem::of_error(&error));
        }
        self.explain(client, &mut run);
        run
    }

    fn measure(&mut self, client: &ClientSpec, run: &mut Run) -> anyhow::Result<()> {
        self.take_fresh_server()?;
        let (workload, ideal) = (client.workload, self.ideal(client));
        let progress =
            Progress::start(&run.label, self.round, workload, ideal, self.cli.json);
        let before = KernelCounts::so_far();
        let began = Instant::now();
        let mut process = ClientProcess::start(self.command(client))?;
        let cpu_before_s = Usage::so_far().cpu_s;
        let paused_before = pauses::so_far();
        let mut shown = Instant::now();
        let mut forwarded = 0;
        while !process.has_ended()? {
            while forwarded < interrupts::count() {
                process.interrupt();
                forwarded += 1;
            }
            if shown.elapsed() >= PROGRESS_INTERVAL {
                progress.show(self.counts().map_or(0, |counts| counts.answered));
                shown = Instant::now();
            }
            thread::sleep(POLL_INTERVAL);
        }
        progress.finish();
        if !self.cli.programs.is_empty() {
            run.process_s = Some(began.elapsed().as_secs_f64());
        }

        let cpu_s = Usage::so_far().cpu_s;
        let counts = self.counts();
        let kernel =
            before.and_then(|before| Some(KernelCounts::so_far()?.since(before)));
        (run.report, run.problem) = process.report()?;
        (run.server, run.kernel) = (counts, kernel);
        run.conditions = Conditions::of(
            run.report.as_ref(),
            cpu_s.zip(cpu_before_s).map(|(after, before)| after - before),
            self.has_embedded_server(),
            pauses::so_far().saturating_sub(paused_before),
        );
        Ok(())
    }

    /// A server that has seen nothing yet, if that can be.
    pub(super) fn take_fresh_server(&mut self) -> anyhow::Result<()> {
        if let Some(embedded) = &mut self.embedded
            && embedded.restart_if_used()?
        {
            self.url = embedded.url()?;
            self.stats = StatsClient::connect(&self.url, &self.server, None)?;
        }
        if let Some(stats) = &self.stats {
            stats.reset();
        }
        Ok(())
    }

    pub(super) fn counts(&self) -> Option<Counts> {
        self.stats.as_ref()?.counts()
    }

    /// What follows from what was measured.
    fn explain(&self, client: &ClientSpec, run: &mut Run) {
        let Some(report) = &run.report else {
            run.why = explain::no_report(client.workload, run.problem.as_ref());
            return;
        };
        let printed = tutorial::printed(report);
        (run.scaled_s, run.tutorial_s) = self.beside_the_tutorial(report, printed);
        run.overhead = Overhead::of(report, &run.conditions, run.server.as_ref());
        run.why = explain::sentence(report, run, &self.server, self.cli.timeout);
    }

    /// What it would take at the tutorial's delay, and what the tutorial printed for it, or for a
    /// program that waits in the same way; `None` where they cannot be compared.
    pub(super) fn beside_the_tutorial(
        &self,
        report: &Report,
        printed: Option<f64>,
    ) -> (Option<f64>, Option<f64>) {
        let told = self.server.settings();
        // One delay for all requests, which the server itself reports.
        let delay = told.and_then(ServerSettings::equal_delay);
        let scaled =
            delay.and_then(|delay| tutorial::scaled(report, delay.as_secs_f64()));
        let has_limit = told.and_then(ServerSettings::limit).is_some();
        let is_alike = scaled.is_some() && !has_limit;
        (scaled, printed.filter(|_| is_alike))
    }

    fn command(&self, client: &ClientSpec) -> Command {
        let language =
            if self.cli.json { Language::En } else { Language::current() };
        let mut command = Command::new(self.binaries.path(&client.program()));
        command
            .args(["--json", "--quiet", "--url", self.url.as_str()])
            // Its message about a problem is in our report, whose JSON is in English.
            .args(["--lang", language.code()])
            .args(client.workload_args())
            .args([
                "--timeout",
                &humantime::format_duration(self.cli.timeout).to_string(),
            ])
            .args([
                "--cpu-work",
                &humantime::format_duration(self.cli.cpu_work).to_string(),
            ])
            .args(self.server.assumed_delay().iter().flat_map(|&delay| {
                let delay = humantime::format_duration(delay).to_string();
                ["--assume-delay".to_owned(), delay]
            }))
            .args(self.cli.name.iter().map(|name| format!("--name={name}")))
            // The guard was passed here already.
            .arg("--i-may-load-this-server")
            // So that it ends with us, even if we are killed.
            .arg("--end-with-stdin")
            .args(&client.options);
        if self.cli.pictures.are_wanted() {
            command.arg("--keep-outcomes");
        }
        command
    }
}
