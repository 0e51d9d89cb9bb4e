//! One run of a foreign program, measured by what the server records of it.

use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use client_core::server::ServerSettings;
use client_core::settings::layout::Layout;

use super::cpu_clock::CpuClock;
use super::interrupts;
use super::progress::Progress;
use super::runner::{POLL_INTERVAL, PROGRESS_INTERVAL, Runner};
use crate::explain::overhead::others;
use crate::foreign::{
    Ended, ForeignProcess, ForeignProgram, Recorded, RecordsClient, named,
};
use crate::result::comparison::Run;
use crate::result::foreign::{EndedBy, ForeignRun};
use crate::{explain, problem};

/// How long a program may take to end after Ctrl-C.
const INTERRUPT_GRACE: Duration = Duration::from_secs(2);

/// A program that has sent this many times the requests that it was to send is ended.
const FLOOD_FACTOR: usize = 3;

impl Runner<'_> {
    /// Runs one program. If it cannot be started, that is its problem, and the other runs are
    /// not lost.
    pub(super) fn run_program(
        &mut self,
        program: &ForeignProgram,
        asked: NonZeroUsize,
    ) -> Run {
        let name = &program.name;
        let mut run = Run::unmeasured(name.clone(), name.clone(), None);
        if let Err(error) = self.measure_program(program, asked, &mut run) {
            let problem = problem::of_error(&error);
            run.why = explain::not_run(&problem);
            run.problem = Some(problem);
        }
        run
    }

    fn measure_program(
        &mut self,
        program: &ForeignProgram,
        asked: NonZeroUsize,
        run: &mut Run,
    ) -> anyhow::Result<()> {
        // A server that others use too distinguishes our requests by their name, and its
        // counts are of all.
        let is_shared = !self.has_embedded_server();
        if !is_shared {
            self.take_fresh_server()?;
        }
        let name = is_shared.then(|| program.name.clone());
        let url = name
            .as_ref()
            .map_or_else(|| self.url.clone(), |name| named(&self.url, name));
        let (mut records_client, mut records_problem) =
            match RecordsClient::begin(&self.url, name.clone()) {
                Ok(records_client) => (records_client, None),
                Err(problem) => (None, Some(problem)),
            };
        let port = self.url.port_or_known_default().unwrap_or(80);
        let command = program.command(url.as_str(), asked.get());
        let typed = crate::command_line::of(&command);

        let progress =
            Progress::of_program(&run.label, self.round, asked.get(), self.cli.json);
        let cpu_clock = CpuClock::start();
        let process = ForeignProcess::start(command, port)?;
        let (process, ended_by) =
            self.watch(process, asked, records_client.as_mut(), &progress)?;
        let Ended { status, took, output, left_running, tree } = process.end();
        progress.finish();
        let (cpu_s, busy) = cpu_clock.stop(took);
        // What it left running would be taken for others.
        let busy = busy.filter(|_| left_running == 0);

        let mut facts = ForeignRun {
            command: typed,
            client: name,
            status: status.map(|status| status.to_string()),
            succeeded: status.is_some_and(|status| status.success()),
            fails_with: program.demonstration.fails_with,
            ended_by,
            asked: asked.get(),
            left_running,
            output,
            ..ForeignRun::default()
        };
        run.process_s = Some(took.as_secs_f64());
        run.conditions.has_server = self.has_embedded_server();
        let records = records_client.as_ref().and_then(|records_client| {
            let settled = records_client.settled();
            settled.map_err(|problem| records_problem = Some(problem)).ok()
        });
        facts.records_problem = records_problem;
        let settings = self.server.settings();
        let delay = settings.and_then(ServerSettings::equal_delay);
        if let Some((records, records_client)) = records.zip(records_client) {
            let recorded = Recorded::of(&records.requests, records.now_us, &tree);
            facts.count(&recorded.counts);
            facts.start_s = recorded.first_us.map(|first| {
                first.saturating_sub(records_client.since_us()) as f64 / 1e6
            });
            run.server = Some(recorded.counts);
            run.report =
                recorded.report(&run.label, url.as_str(), asked, cpu_s, &tree);
            if let Some(report) = &mut run.report {
                let ideal = self.ideal_of_program(&report.layout);
                let ideal = ideal.and_then(|ideal| recorded.ideal(ideal, delay));
                report.ideal_s = ideal.map(|ideal| ideal.as_secs_f64());
            }
            facts.pattern = recorded.pattern.map(Into::into);
            facts.has_gaps = records.left_out > 0;
            facts.elsewhere = records.elsewhere;
        }
        if let Some(report) = &mut run.report {
            let printed = program.demonstration.printed(asked.get());
            (run.scaled_s, run.tutorial_s) =
                self.beside_the_tutorial(report, printed);
        }
        let limit = settings.and_then(ServerSettings::limit);
        run.why = explain::foreign::sentence(
            &facts,
            run.report.as_ref(),
            limit,
            delay.is_some(),
            busy.map(|busy| others(busy, &run.conditions)),
        );
        run.program = Some(facts);
        Ok(())
    }

    /// Waits until it ends, or has to be ended.
    fn watch(
        &self,
        mut process: ForeignProcess,
        asked: NonZeroUsize,
        mut records_client: Option<&mut RecordsClient>,
        progress: &Progress,
    ) -> anyhow::Result<(ForeignProcess, Option<EndedBy>)> {
        let most = self.time_of_a_program(asked);
        let mut shown = Instant::now();
        let mut forwarded = 0;
        let mut interrupted: Option<Instant> = None;
        while !process.has_ended()? {
            while forwarded < interrupts::count() {
                process.interrupt();
                interrupted.get_or_insert_with(Instant::now);
                forwarded += 1;
            }
            if interrupted.is_some_and(|at| at.elapsed() > INTERRUPT_GRACE)
                || forwarded > 1
            {
                break;
            }
            if process.elapsed() > most {
                return Ok((process, Some(EndedBy::Timeout)));
            }
            if shown.elapsed() >= PROGRESS_INTERVAL {
                let (received, answered) =
                    self.so_far(records_client.as_deref_mut());
                progress.show(answered);
                if received > FLOOD_FACTOR * asked.get() + FLOOD_FACTOR {
                    return Ok((process, Some(EndedBy::Flood)));
                }
                shown = Instant::now();
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok((process, interrupted.map(|_| EndedBy::Interrupt)))
    }

    /// How many of its requests have been received and served.
    fn so_far(&self, records_client: Option<&mut RecordsClient>) -> (usize, usize) {
        if self.has_embedded_server() {
            // Cheaper than all records.
            let counts = self.counts();
            return counts
                .map_or((0, 0), |counts| (counts.received, counts.answered));
        }
        records_client.map_or((0, 0), RecordsClient::so_far)
    }

    /// The most that a program may take: as the user says, or else what it would take to send one
    /// request after another and as much again, and the time of one that gets no response.
    fn time_of_a_program(&self, asked: NonZeroUsize) -> Duration {
        self.cli.foreign.with_timeout.unwrap_or_else(|| {
            let one_by_one = self.ideal_of_program(&Layout::one_by_one(asked));
            one_by_one
                .unwrap_or_default()
                .saturating_mul(2)
                .saturating_add(self.cli.timeout)
        })
    }
}
