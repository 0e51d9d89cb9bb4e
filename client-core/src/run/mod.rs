//! A client from its command line to its exit status, with the strategy in the middle.

pub mod cli;
pub mod guard;
pub mod interrupt;
mod stdin_eof;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use crate::clients::ClientArgs;
use crate::export::Exports;
use crate::machine::{self, Machine};
use crate::model::{IdealRun, SimulationParams};
use crate::outcome::failure::{Failure, FailureKind, Stage};
use crate::outcome::report::Report;
use crate::plan::Plan;
use crate::plan::progress::Progress;
use crate::plan::stop::Stop;
use crate::run::cli::CommonArgs;
use crate::run::interrupt::INTERRUPTED;
use crate::server::{self, Server};
use crate::settings::RunSettings;
use crate::settings::layout::WorkerKind;
use crate::settings::limits;
use crate::settings::resources::ResourceEstimate;
use crate::settings::targets;
use units::{Localized, localized, warn};

/// What a client opens with one connection, and some to spare; with less, Tokio panics.
const LEAST_OPEN_FILES: u64 = 24;

/// Runs a client: reads its command line, lets `fetch_all` send the requests of the plan,
/// and reports.
pub fn run<Own: ClientArgs>(
    fetch_all: impl FnOnce(&Plan, &Own) -> anyhow::Result<()>,
) -> ExitCode {
    interrupt::heed_nohup();
    let (common, own) = cli::parse::<Own>();
    let name = Own::NAME;
    if let Err(refused) =
        guard::check(&common.url, common.workload(), common.i_may_load_this_server)
    {
        warn(format_args!("client-{name}: {refused}"));
        return ExitCode::from(2);
    }
    if common.end_with_stdin {
        stdin_eof::exit_on_stdin_eof();
    }
    let pictures = match common.pictures.ready() {
        Ok(pictures) => pictures,
        Err(error) => {
            warn(format_args!("client-{name}: {error:#}"));
            return ExitCode::from(2);
        }
    };
    let run = Run::new(&common, &own, pictures);
    if let Some(files) = machine::raise_open_files()
        && files < LEAST_OPEN_FILES
    {
        return run.without_files(files);
    }
    // Before the server is asked, which can take a while if it is silent.
    run.watch_for_ctrl_c();
    let server = run.ask_server();
    if let Server::Absent(failure) = &server {
        return run.without_server(failure);
    }
    // The program that started this client has said so already.
    if !common.end_with_stdin {
        run.tell_what_may_surprise(&server);
    }
    if let Err(error) = run.require_threads() {
        return run.end(Err(error));
    }
    run.begin(&server);
    let fetched = catch_unwind(AssertUnwindSafe(|| fetch_all(&run.plan, &own)))
        .unwrap_or_else(|_| {
            Err(anyhow!(localized!("the strategy panicked", "策略发生了 panic")))
        });
    run.end(fetched)
}

/// All that is needed to report, at the end or in the middle.
#[derive(Clone)]
struct Run {
    plan: Plan,
    // Once the server was asked.
    expected: Arc<OnceLock<Expected>>,
    json: bool,
    pictures: Arc<Exports>,
    // The report is printed once: at the end, or after Ctrl-C, whichever is first.
    reported: Arc<AtomicBool>,
}

/// What was to be expected of the run.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    // `None` if the server does not report its delay, and none is assumed.
    ideal: Option<IdealRun>,
    // The delay that the ideal assumes, if the server does not report it.
    assumed_delay: Option<Duration>,
}

impl Run {
    fn new<Own: ClientArgs>(
        common: &CommonArgs,
        own: &Own,
        pictures: Exports,
    ) -> Self {
        let CommonArgs {
            url,
            timeout,
            cpu_work: work,
            assume_delay: assumed_delay,
            name,
            quiet,
            json,
            ..
        } = common.clone();
        let workload = common.workload();
        let shown = url.as_str().trim_end_matches('/').to_owned();
        let progress = Progress::new(shown, workload, quiet, json);
        let is_small = workload.most_requests().get() <= limits::MAX_KEPT;
        let settings = RunSettings {
            client: Own::NAME,
            name,
            url,
            workload,
            timeout,
            work,
            assumed_delay,
            layout: own.layout(workload),
            transport: own.transport(),
            keep_outcomes: is_small
                || common.keep_outcomes
                || common.pictures.are_wanted(),
        };
        let plan = Plan::new(settings, progress, Stop::default());
        Self {
            plan,
            expected: Arc::default(),
            json,
            pictures: Arc::new(pictures),
            reported: Arc::default(),
        }
    }

    /// The run begins all the same: what does not fit fails, and is accounted for.
    fn tell_what_may_surprise(&self, server: &Server) {
        let client = self.plan.settings().client;
        if let Some(advice) = server.advice(self.plan.settings().assumed_delay) {
            warn(format_args!("client-{client}: {advice}"));
        }
        if let Some(advice) = server.too_slow_for(self.plan.settings().timeout) {
            warn(format_args!("client-{client}: {advice}"));
        }
        let addresses = server.addresses().len();
        for shortfall in self.needs().exceeding(&Machine::here(), addresses) {
            let Localized { en, zh } = shortfall.sentence();
            let said = localized!("this run {en}", "这次运行{zh}");
            warn(format_args!("client-{client}: {said}"));
        }
    }

    /// Threads that cannot be started are an error of rayon, and a panic or worse of Tokio.
    fn require_threads(&self) -> anyhow::Result<()> {
        let layout = &self.plan.settings().layout;
        match layout.worker_kind() {
            WorkerKind::Thread => Ok(()),
            WorkerKind::Runtime => {
                units::require_threads(layout.threads()).context(localized!(
                    "cannot start the threads of the runtime",
                    "无法启动运行时的线程"
                ))
            }
        }
    }

    fn needs(&self) -> ResourceEstimate {
        let RunSettings { layout, workload, transport, .. } = self.plan.settings();
        ResourceEstimate::of(layout, workload.most_requests().get(), *transport)
    }

    fn ask_server(&self) -> Server {
        let RunSettings { url, workload, assumed_delay, .. } = self.plan.settings();
        Server::ask(url, workload.most_requests()).assuming(*assumed_delay)
    }

    /// The ideal is first, since each request has it in a header; the strategy will need more
    /// memory than its simulation, so that the peak is the strategy's all the same.
    fn begin(&self, server: &Server) {
        let RunSettings { url, workload, layout, timeout, work, .. } =
            self.plan.settings();
        let params = SimulationParams {
            timeout: *timeout,
            work: *work,
            cores: machine::cpus(),
        };
        let Expected { ideal, assumed_delay } =
            *self.expected.get_or_init(|| Expected {
                ideal: server.ideal_run(*workload, layout, params),
                assumed_delay: server.assumed_delay(),
            });
        let (connections, ports) = (self.needs().connections(), machine::ports());
        let pages = targets::spread(url, server.addresses(), connections, ports);
        // How the requests are sent does not depend on what is only assumed.
        let told = ideal.filter(|_| assumed_delay.is_none());
        self.plan.start(told.map(|ideal| ideal.time), pages);
    }

    fn watch_for_ctrl_c(&self) {
        let run = self.clone();
        interrupt::watch(self.plan.stop(), move || {
            let elapsed = run.plan.clock();
            // The process ends next; whether the report could be written is its last word.
            let _ = run.report(elapsed, FailureKind::Interrupted, None);
        });
    }

    /// Not even one request can be sent.
    fn without_files(&self, files: u64) -> ExitCode {
        let client = self.plan.settings().client;
        let Localized { en, zh } = FailureKind::NoFiles.advice();
        warn(localized!(
            "client-{client}: this process may open {files} files, and a client needs at \
             least {LEAST_OPEN_FILES}.\n{en}",
            "client-{client}：本进程最多打开 {files} 个文件，而客户端至少需要 \
             {LEAST_OPEN_FILES} 个。\n{zh}",
        ));
        self.close(Some(FailureKind::NoFiles))
    }

    /// Nothing listens: no request is sent, and all are accounted for.
    fn without_server(&self, failure: &Failure) -> ExitCode {
        let RunSettings { client, url, .. } = self.plan.settings();
        warn(format_args!("client-{client}: {}", server::absent(url, failure.kind)));
        self.close(Some(failure.kind))
    }

    fn end(&self, fetched: anyhow::Result<()>) -> ExitCode {
        let client = self.plan.settings().client;
        let failure = fetched.err().map(|error| {
            warn(format_args!("client-{client}: {error:#}"));
            Failure::of(error.as_ref(), Stage::Head)
        });
        self.close(failure.map(|failure| failure.kind))
    }

    /// Reports, with why requests were not begun, if there is a reason beside Ctrl-C.
    fn close(&self, not_sent: Option<FailureKind>) -> ExitCode {
        let elapsed = self.plan.clock();
        let interrupted = self.plan.stop().requested();
        let cut =
            if interrupted { FailureKind::Interrupted } else { FailureKind::Lost };
        let whole = match self.report(elapsed, cut, not_sent) {
            Ok(all_answered) => all_answered && not_sent.is_none(),
            Err(error) => {
                let client = self.plan.settings().client;
                warn(format_args!("client-{client}: {error:#}"));
                false
            }
        };
        match (interrupted, whole) {
            (true, _) => ExitCode::from(INTERRUPTED),
            (false, true) => ExitCode::SUCCESS,
            (false, false) => ExitCode::FAILURE,
        }
    }

    /// Prints the report; whether all requests succeeded.
    ///
    /// # Errors
    ///
    /// Standard output or a file cannot be written to.
    fn report(
        &self,
        elapsed: Duration,
        cut: FailureKind,
        not_sent: Option<FailureKind>,
    ) -> anyhow::Result<bool> {
        if self.reported.swap(true, Ordering::AcqRel) {
            // The other thread is printing, and ends the process when it is done.
            loop {
                std::thread::park();
            }
        }
        self.plan.progress().finish();
        let report = self.account(elapsed, cut, not_sent);
        self.print(&report)?;
        Ok(report.is_whole())
    }

    /// `cut` is what became of the requests that were begun and not ended, `not_sent` why
    /// others were not even begun, if there is a reason beside Ctrl-C.
    fn account(
        &self,
        elapsed: Duration,
        cut: FailureKind,
        not_sent: Option<FailureKind>,
    ) -> Report {
        // Before the report is put together, which needs memory that is not the strategy's.
        let (usage, machine) = (self.plan.usage(), self.plan.machine());
        let paused = self.plan.paused();
        let settings = self.plan.settings();
        let Expected { ideal, assumed_delay } =
            self.expected.get().copied().unwrap_or_default();
        let summary = self.plan.log().finish(elapsed, cut);
        let mut report =
            Report::new(settings, &summary, elapsed, ideal, usage, machine);
        report.paused_s = paused.map(|paused| paused.as_secs_f64());
        report.assumed_delay_ms =
            assumed_delay.map(|delay| delay.as_secs_f64() * 1e3);
        if let Some(reason) = not_sent {
            report.explain_not_sent(reason);
        }
        report
    }

    /// The files are first: the pipe for the rest may be closed by now.
    fn print(&self, report: &Report) -> anyhow::Result<()> {
        let written = self.pictures.write_files(&[report]);
        if self.json {
            units::print_json(report)?;
        } else {
            write!(units::stdout(), "{report}")?;
        }
        let drawn = self.pictures.draw(&[report], self.json);
        written.and(drawn)
    }
}
