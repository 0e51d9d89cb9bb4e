//! The curve: each client at several sizes, until it would take too long or not fit.

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use client_core::export::lanes::peak;
use client_core::machine::Machine;
use client_core::machine::usage::Usage;
use client_core::settings::resources::Shortfall;
use client_core::{Report, Transport};
use serde::Serialize;

use crate::binaries::Binaries;
use crate::cli::Cli;
use crate::comparison::Run;
use crate::contestant::Contestant;
use crate::departure::{self, Departure};
use crate::interrupts::Interrupts;
use crate::race::Race;

/// The form of `compare --sweep --json`; a change that breaks its readers raises it.
const SCHEMA: u32 = 1;

/// What `--sweep --json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Sweep {
    schema: u32,
    url: String,
    /// `None` where the server does not say how long it takes.
    delay_ms: Option<f64>,
    /// Smallest first.
    pub(crate) sizes: Vec<NonZeroUsize>,
    /// One for each client, and for each transport of it.
    pub(crate) lines: Vec<Line>,
    /// Whether Ctrl-C ended it before all were through.
    interrupted: bool,
}

/// One client at all sizes.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    client: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    transport: Option<Transport>,
    #[serde(skip)]
    pub(crate) label: String,
    pub(crate) points: Vec<Point>,
    /// Where it leaves its ideal, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) departure: Option<Departure>,
    /// One sentence on that.
    pub(crate) why: String,
}

/// One client at one size.
#[derive(Debug, Serialize)]
pub(crate) struct Point {
    pub(crate) requests: usize,
    /// Seconds; `None` where the delay is unknown.
    pub(crate) ideal_s: Option<f64>,
    /// Why it did not run, or not to its end; `None` if it did.
    pub(crate) skipped: Option<String>,
    /// `None` if it did not run. Its report has no outcomes of each request.
    pub(crate) run: Option<Run>,
    // The most that the client had under way at once.
    #[serde(skip)]
    pub(crate) under_way: Option<usize>,
    /// Seconds of CPU time of the server during the run, if it is inside this process.
    pub(crate) server_cpu_s: Option<f64>,
    /// Bytes of the client for each request under way, beyond what it takes for the few of
    /// the smallest size; `None` where there are too few to tell.
    pub(crate) bytes_per_request: Option<f64>,
}

impl Point {
    pub(crate) fn report(&self) -> Option<&Report> {
        self.run.as_ref()?.report.as_ref()
    }

    /// Whether it ran and got all pages.
    fn is_whole(&self) -> bool {
        self.report().is_some_and(Report::is_whole)
    }

    /// Whether it ran to its end, well or not.
    pub(crate) fn is_shown(&self) -> bool {
        self.run.is_some() && self.skipped.is_none()
    }

    fn took(&mut self, mut run: Run) {
        if let Some(report) = &mut run.report {
            // With a short delay the server sees fewer at once, but for the client those that
            // it is sending are under way as well.
            self.under_way = Some(if report.outcomes.is_empty() {
                report.concurrency.min(report.requests)
            } else {
                peak(&report.outcomes)
            });
            // There may be a hundred thousand, and a curve has no use for them.
            report.outcomes.clear();
        }
        self.run = Some(run);
    }
}

impl Sweep {
    /// Runs all clients at all sizes, one after another.
    ///
    /// Errors: Ctrl-C cannot be heard.
    pub(crate) fn run(
        cli: &Cli,
        race: &mut Race,
        binaries: &Binaries,
    ) -> anyhow::Result<Self> {
        let interrupts = Interrupts::watch()?;
        let sizes = cli.sizes();
        let mut sweep = Self {
            schema: SCHEMA,
            url: race.url().to_string(),
            delay_ms: race.delay_ms(),
            lines: Vec::new(),
            interrupted: false,
            sizes,
        };
        let smallest = sweep.sizes.first().copied().unwrap_or(NonZeroUsize::MIN);
        for number in 0..cli.contestants(smallest).len() {
            let at_each: Vec<_> = sweep
                .sizes
                .iter()
                .filter_map(|&size| cli.contestants(size).into_iter().nth(number))
                .collect();
            let Some(line) = Line::run(cli, race, binaries, &interrupts, &at_each)
            else {
                break;
            };
            sweep.lines.push(line);
        }
        sweep.interrupted = interrupts.count() > 0;
        Ok(sweep)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        let mut ran = self.lines.iter().flat_map(Line::shown);
        if self.interrupted {
            ExitCode::from(130)
        } else if ran.all(Point::is_whole) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    pub(crate) fn was_interrupted(&self) -> bool {
        self.interrupted
    }
}

impl Line {
    /// The runs that came to their end.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.is_shown())
    }

    /// `None` if it was stopped before the first.
    fn run(
        cli: &Cli,
        race: &mut Race,
        binaries: &Binaries,
        interrupts: &Interrupts,
        at_each: &[Contestant],
    ) -> Option<Self> {
        let mut points: Vec<Point> = Vec::new();
        for contestant in at_each {
            if interrupts.count() > 0 {
                break;
            }
            let mut point = Point::new(race, contestant);
            point.skipped = reason_to_skip(cli, race, contestant, point.ideal_s);
            if point.skipped.is_none() {
                let before = Usage::so_far().cpu_s;
                let run = race.run_one(contestant, binaries, interrupts);
                let spent = before.zip(Usage::so_far().cpu_s);
                let spent = spent.filter(|_| race.has_server_inside());
                point.server_cpu_s = spent.map(|(before, after)| after - before);
                point.took(run);
                if interrupts.count() > 0 && !point.is_whole() {
                    point.skipped = Some("stopped with Ctrl-C".to_owned());
                }
                point.bytes_per_request = points
                    .iter()
                    .find(|point| point.is_shown())
                    .and_then(|smallest| bytes_per_request(smallest, &point));
            }
            points.push(point);
        }
        let contestant = at_each.first().filter(|_| !points.is_empty())?;
        let departure = Departure::of(&points);
        let why = departure::sentence(&points, departure.as_ref(), contestant);
        Some(Self {
            client: contestant.name,
            transport: contestant.transport,
            label: contestant.label(),
            points,
            departure,
            why,
        })
    }
}

impl Point {
    fn new(race: &Race, contestant: &Contestant) -> Self {
        Self {
            requests: contestant.requests.get(),
            ideal_s: race.ideal(contestant).map(|ideal| ideal.as_secs_f64()),
            skipped: None,
            run: None,
            under_way: None,
            server_cpu_s: None,
            bytes_per_request: None,
        }
    }
}

/// Why there is no sense in this run, if there is none.
fn reason_to_skip(
    cli: &Cli,
    race: &Race,
    contestant: &Contestant,
    ideal_s: Option<f64>,
) -> Option<String> {
    let limit = cli.sweep_limit;
    if let Some(ideal) = ideal_s.filter(|&ideal| ideal > limit.as_secs_f64()) {
        // To the second, but for what is shorter than some of them.
        let exact = if ideal < 10.0 { 1e3 } else { 1.0 };
        let ideal = Duration::from_secs_f64((ideal * exact).round() / exact);
        return Some(format!(
            "would take {}, and --sweep-limit is {}",
            humantime::format_duration(ideal),
            humantime::format_duration(limit),
        ));
    }
    let mut machine = Machine::here();
    if race.has_server_inside() {
        // The server inside takes about as much as the client.
        machine.memory = machine.memory.map(|free| free / 2);
    }
    let shortages =
        contestant.needs().exceeding(&machine, race.server.addresses().len());
    let names: Vec<_> = shortages.iter().map(Shortfall::brief).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// With fewer requests than this, what a process takes for itself hides what they take.
const ENOUGH: usize = 90;

fn bytes_per_request(smallest: &Point, point: &Point) -> Option<f64> {
    let more = point.under_way?.checked_sub(smallest.under_way?)?;
    let rss = |point: &Point| point.report()?.usage.peak_rss_bytes;
    let bytes = rss(point)?.checked_sub(rss(smallest)?)?;
    (more >= ENOUGH).then(|| bytes as f64 / more as f64)
}
