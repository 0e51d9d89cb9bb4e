//! The clients in turn, each as a process of its own, against one server.

use std::num::NonZeroUsize;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use client_core::server::Server;
use client_core::{Report, units};
use reqwest::Url;
use slow_server::{Background, Counts};

use crate::binaries::Binaries;
use crate::cli::Cli;
use crate::comparison::{Comparison, Run};
use crate::contestant::Contestant;
use crate::live::Live;
use crate::tutorial;
use crate::why;
use crate::witness::Witness;

/// How often the server is asked how far a client is.
const GLANCE: Duration = Duration::from_millis(200);

/// How often to look whether a client's process has ended.
const TICK: Duration = Duration::from_millis(10);

/// A comparison that is about to run. The server inside, if there is one, lives as long.
#[derive(Debug)]
pub(crate) struct Race {
    pub(crate) contestants: Vec<Contestant>,
    pub(crate) requests: NonZeroUsize,
    pub(crate) timeout: Duration,
    pub(crate) server: Server,
    url: Url,
    // Only a server of ours counts; a stranger's gets the requests of the run and no more.
    witness: Option<Witness>,
    quiet: bool,
    _inside: Option<Background>,
}

impl Race {
    /// Starts the server, or finds the one that runs already.
    ///
    /// Errors: it cannot be started, or is not there.
    pub(crate) fn prepare(cli: &Cli) -> anyhow::Result<Self> {
        let (url, inside) = match &cli.url {
            Some(url) => (url.clone(), None),
            None => {
                slow_server::raise_open_files();
                let inside = Background::start(cli.server())
                    .context("cannot start the server inside this program")?;
                (inside.url().parse()?, Some(inside))
            }
        };
        let server = Server::ask(&url, cli.requests);
        if let Server::Absent(failure) = &server {
            bail!(
                "no server at {url} ({}). Start it in another terminal:\n  {}",
                failure.kind,
                client_core::server::how_to_start(&url),
            );
        }
        Ok(Self {
            contestants: cli
                .clients()
                .iter()
                .map(|&c| Contestant::new(c, cli))
                .collect(),
            requests: cli.requests,
            timeout: cli.timeout,
            witness: server.settings().map(|_| Witness::of(&url)).transpose()?,
            server,
            url,
            quiet: cli.json,
            _inside: inside,
        })
    }

    /// The delay of the page, without jitter, if the server says it.
    pub(crate) fn delay(&self) -> Option<Duration> {
        let settings = self.server.settings()?;
        Some(settings.equal_delay().unwrap_or(settings.delay))
    }

    /// Lets each client run, one after another, until all are through or Ctrl-C comes.
    ///
    /// Errors: a client's program cannot be started.
    pub(crate) fn run(self, binaries: &Binaries) -> anyhow::Result<Comparison> {
        let interrupts = Interrupts::watch()?;
        let limit =
            self.server.settings().and_then(client_core::server::Settings::limit);
        let delay_ms = self.delay().map(|delay| delay.as_secs_f64() * 1e3);
        let mut comparison = Comparison::new(
            self.url.to_string(),
            self.requests.get(),
            delay_ms,
            limit,
        );
        for contestant in &self.contestants {
            comparison.runs.push(self.run_one(contestant, binaries, &interrupts)?);
            if interrupts.count() > 0 {
                comparison.interrupted = true;
                break;
            }
        }
        let left_out = self.contestants.iter().skip(comparison.runs.len());
        comparison.not_run = left_out.map(|contestant| contestant.name).collect();
        Ok(comparison)
    }

    fn run_one(
        &self,
        contestant: &Contestant,
        binaries: &Binaries,
        interrupts: &Interrupts,
    ) -> anyhow::Result<Run> {
        if let Some(witness) = &self.witness {
            witness.reset();
        }
        let ideal = self.server.ideal(&contestant.shape, self.timeout);
        let live =
            Live::start(contestant.name, self.requests.get(), ideal, self.quiet);
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
        Ok(self.judge(contestant.name, report, problem, server))
    }

    fn witnessed(&self) -> Option<Counts> {
        self.witness.as_ref()?.counts()
    }

    fn judge(
        &self,
        client: &'static str,
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
                why::sentence(report, server.as_ref(), &self.server)
            }
            (None, problem) => format!(
                "left no report, so its {} are not accounted for: {}.",
                units::count(self.requests.get(), "request"),
                problem.as_deref().unwrap_or("nobody knows why"),
            ),
        };
        let tutorial_s = tutorial::printed(client, self.requests.get());
        Run { client, report, problem, server, restated_s, tutorial_s, why }
    }

    fn command(&self, contestant: &Contestant, binaries: &Binaries) -> Command {
        let mut command = Command::new(binaries.path(&contestant.program()));
        command
            .args(["--json", "--quiet", "--url", self.url.as_str()])
            .args(["--requests", &self.requests.to_string()])
            .args([
                "--timeout",
                &humantime::format_duration(self.timeout).to_string(),
            ])
            // The guard was passed here already.
            .arg("--i-may-load-this-server")
            .args(&contestant.options);
        command
    }
}

/// A client's process, ended when it is dropped.
struct Process {
    child: Child,
    output: Option<thread::JoinHandle<Vec<u8>>>,
    complaints: Option<thread::JoinHandle<Vec<u8>>>,
}

impl Process {
    fn start(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // In a group of its own, so that Ctrl-C reaches it once, through us, and not
        // twice, which would make it leave without a report.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let program = command.get_program().to_owned();
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        // Read while it runs: a long report would not fit in the pipe.
        let output = child.stdout.take().map(read_to_end);
        let complaints = child.stderr.take().map(read_to_end);
        Ok(Self { child, output, complaints })
    }

    fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait().context("lost sight of a client")?.is_some())
    }

    /// Passes Ctrl-C on.
    #[cfg(unix)]
    fn interrupt(&mut self) {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;

        if let Ok(id) = i32::try_from(self.child.id()) {
            // If it has just ended, there is nobody left to tell.
            let _ = kill(Pid::from_raw(id), Signal::SIGINT);
        }
    }

    /// Windows has no signal to pass on to a single process.
    #[cfg(not(unix))]
    fn interrupt(&mut self) {
        let _ = self.child.kill();
    }

    /// What it reported, or what is wrong instead.
    fn report(mut self) -> anyhow::Result<(Option<Report>, Option<String>)> {
        let status = self.child.wait().context("lost sight of a client")?;
        let text = |thread: Option<thread::JoinHandle<Vec<u8>>>| {
            thread.and_then(|thread| thread.join().ok()).unwrap_or_default()
        };
        let (output, complaints) =
            (text(self.output.take()), text(self.complaints.take()));
        let last_words = String::from_utf8_lossy(&complaints);
        let last_words = last_words.lines().rfind(|line| !line.trim().is_empty());
        match serde_json::from_slice(&output) {
            Ok(report) => Ok((Some(report), last_words.map(str::to_owned))),
            Err(_) => {
                let words = last_words.unwrap_or("it said nothing");
                Ok((None, Some(format!("it ended with {status}, and {words}"))))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_to_end(
    mut pipe: impl std::io::Read + Send + 'static,
) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut text = Vec::new();
        // What could be read before an error is still worth having.
        let _ = pipe.read_to_end(&mut text);
        text
    })
}

/// How often Ctrl-C was pressed.
struct Interrupts(Arc<AtomicUsize>);

impl Interrupts {
    fn watch() -> anyhow::Result<Self> {
        let count = Arc::new(AtomicUsize::new(0));
        let pressed = Arc::clone(&count);
        ctrlc::set_handler(move || {
            pressed.fetch_add(1, Ordering::Relaxed);
        })
        .context("cannot watch for Ctrl-C")?;
        Ok(Self(count))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
