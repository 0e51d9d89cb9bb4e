//! A foreign program's requests in the form of a client's own report, so that tables, pictures and
//! traces need no other.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use client_core::export::lanes;
use client_core::machine::usage::Usage;
use client_core::outcome::latency::Latency;
use client_core::outcome::report::{
    ErrorCount, NOT_SENT, OutcomeRow, Report, SCHEMA,
};
use client_core::settings::layout::WorkerKind;
use client_core::{Layout, machine};
use diagnosis::{Pattern, TimedRequest};
use slow_server::{Counts, RecordedRequest, RequestOutcome};
use units::localized;

use super::processes::ProcessTree;

/// The report on a program from the server's records.
pub(crate) struct Recorded<'a> {
    requests: &'a [RecordedRequest],
    timed: Vec<TimedRequest>,
    /// How it waited; `None` if nothing arrived.
    pub(crate) pattern: Option<Pattern>,
    /// As the server counts.
    pub(crate) counts: Counts,
    /// When the first request arrived, on the server's clock.
    pub(crate) first_us: Option<u64>,
    last_us: u64,
}

impl<'a> Recorded<'a> {
    /// What is still there after the end of its program was given up by it. `until_us` is when
    /// the server was asked.
    pub(crate) fn of(
        requests: &'a [RecordedRequest],
        until_us: u64,
        tree: &ProcessTree,
    ) -> Self {
        let mut connections: BTreeMap<Option<SocketAddr>, usize> = BTreeMap::new();
        let timed = requests.iter().map(|request| {
            let next = connections.len();
            TimedRequest {
                arrived_us: request.arrived_us,
                ended_us: request
                    .ended_us
                    .unwrap_or(until_us)
                    .max(request.arrived_us),
                connection: *connections.entry(request.peer).or_insert(next),
                process: request
                    .peer
                    .and_then(|peer| tree.by_port.get(&peer.port()).copied()),
            }
        });
        let timed: Vec<_> = timed.collect();
        let mut pattern = Pattern::of(&timed);
        let is_rejected =
            |r: &RecordedRequest| r.outcome == Some(RequestOutcome::Rejected);
        if let Some(pattern) = &mut pattern
            && requests.iter().any(is_rejected)
            && !(pattern.all_at_once || pattern.at_once == 1)
        {
            // A rejected request frees its slot immediately: its waves are those of the server.
            (pattern.is_clear, pattern.chunk) = (false, None);
        }
        let mut recorded = Self {
            requests,
            pattern,
            counts: Counts::default(),
            first_us: timed.iter().map(|request| request.arrived_us).min(),
            last_us: timed.iter().map(|request| request.ended_us).max().unwrap_or(0),
            timed,
        };
        recorded.counts = recorded.count();
        recorded
    }

    fn count(&self) -> Counts {
        let number = |wanted: fn(&RecordedRequest) -> bool| {
            self.requests.iter().filter(|&request| wanted(request)).count()
        };
        Counts {
            received: self.requests.len(),
            answered: number(|r| r.outcome == Some(RequestOutcome::Answered)),
            failed: number(|r| r.outcome == Some(RequestOutcome::Failed)),
            rejected: number(|r| r.outcome == Some(RequestOutcome::Rejected)),
            aborted: number(|r| {
                matches!(r.outcome, None | Some(RequestOutcome::Aborted))
            }),
            peak_in_flight: self.peak_served(),
            span_us: self.first_us.map(|first| self.last_us - first),
            ..Counts::default()
        }
    }

    /// The most that had a permit at the same time.
    fn peak_served(&self) -> usize {
        let served = self.requests.iter().filter_map(|request| {
            Some((request.started_us?, request.ended_us.unwrap_or(self.last_us)))
        });
        let mut changes: Vec<_> = served
            .flat_map(|(start, end)| [(start, 1_isize), (end.max(start + 1), -1)])
            .collect();
        changes.sort_unstable();
        let in_flight = changes.iter().scan(0, |now, (_, change)| {
            *now += change;
            Some(*now)
        });
        in_flight.max().and_then(|most| usize::try_from(most).ok()).unwrap_or(0)
    }

    /// How a client would spread its requests that waits like this one.
    fn layout(&self, requests: NonZeroUsize) -> Layout {
        let Some(pattern) = &self.pattern else {
            return Layout::one_by_one(requests);
        };
        let number = |n: usize| NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN);
        let slots = number(pattern.at_once);
        match pattern {
            Pattern { all_at_once: true, .. } => Layout::queue(requests, None),
            Pattern { at_once: 1, .. } => Layout::one_by_one(requests),
            Pattern { chunk: Some(chunk), .. } => {
                Layout::pool(requests, slots, number(*chunk))
            }
            Pattern { processes, .. } if processes.iter().any(|&own| own > 1) => {
                Layout::partitioned(requests, number(processes.len()), Some(slots))
            }
            _ => Layout::queue(requests, Some(slots)),
        }
    }

    /// The ideal time of a client that waits like this program. A layout has as few waves as
    /// there have to be for it, which takes `of_layout`; more were seen where one in flight
    /// waited more often than the others and the chunks are not clear. `None` where it cannot be told
    /// how it waited.
    pub(crate) fn ideal(
        &self,
        of_layout: Duration,
        delay: Option<Duration>,
    ) -> Option<Duration> {
        let pattern = self.pattern.as_ref()?;
        if !pattern.is_clear && pattern.at_once > 1 {
            return None;
        }
        let are_all_served = self.counts.answered == self.requests.len();
        let delay = delay.filter(|_| are_all_served && pattern.is_clear);
        let waves = u32::try_from(pattern.waves).unwrap_or(u32::MAX);
        let seen = delay.map(|delay| delay.saturating_mul(waves));
        Some(seen.map_or(of_layout, |seen| of_layout.max(seen)))
    }

    /// The report on a program that was to send this many requests; `None` if none arrived.
    pub(crate) fn report(
        &self,
        name: &str,
        url: &str,
        asked: NonZeroUsize,
        cpu_s: Option<f64>,
        tree: &ProcessTree,
    ) -> Option<Report> {
        let first_us = self.first_us?;
        let counts = &self.counts;
        let not_sent = asked.get().saturating_sub(counts.received);
        let requests = NonZeroUsize::new(counts.received + not_sent)?;
        let layout = self.layout(requests);
        let mut outcomes: Vec<_> = self
            .requests
            .iter()
            .enumerate()
            .map(|(index, request)| self.row(index, request, first_us))
            .collect();
        self.assign_lanes(&layout, &mut outcomes);
        outcomes.extend((counts.received..requests.get()).map(|index| OutcomeRow {
            index,
            error: Some(NOT_SENT.to_owned()),
            ..OutcomeRow::default()
        }));
        let of_page = self.requests.iter().filter_map(|request| {
            let is_page = request.outcome == Some(RequestOutcome::Answered);
            let took = request.ended_us.filter(|_| is_page)? - request.arrived_us;
            Some(Duration::from_micros(took))
        });
        Some(Report {
            schema: SCHEMA,
            client: name.to_owned(),
            name: None,
            url: url.to_owned(),
            requests: requests.get(),
            ok: counts.answered,
            failed: counts.failed + counts.rejected + counts.aborted,
            timed_out: 0,
            not_sent,
            retried: 0,
            elapsed_s: (self.last_us - first_us) as f64 / 1e6,
            ideal_s: None,
            duration_s: None,
            ideal_requests: None,
            assumed_delay_ms: None,
            cpu_work_ms: None,
            concurrency: layout.concurrency().get(),
            lane: Some(self.lane_word(&layout).to_owned()),
            layout,
            transport: None,
            connections: None,
            latency_ms: Latency::of(of_page),
            errors: errors(counts),
            usage: Usage {
                cpu_s,
                start_cpu_s: None,
                peak_rss_bytes: tree.peak_memory,
                cores: machine::cpus().get(),
            },
            machine: None,
            paused_s: None,
            counted: false,
            outcomes,
        })
    }

    fn lane_word(&self, layout: &Layout) -> &'static str {
        let processes =
            self.pattern.as_ref().map_or(0, |pattern| pattern.processes.len());
        match layout.worker_kind() {
            _ if processes > 0 => "process",
            WorkerKind::Thread => "worker",
            WorkerKind::Runtime => "program",
        }
    }

    /// A lane for each process where these have several requests in flight, and one for each
    /// request in flight where those are threads.
    fn assign_lanes(&self, layout: &Layout, outcomes: &mut [OutcomeRow]) {
        if layout.partitions().len() > 1 {
            let processes: BTreeSet<_> =
                self.timed.iter().filter_map(|request| request.process).collect();
            for (row, request) in outcomes.iter_mut().zip(&self.timed) {
                let lane =
                    processes.iter().position(|&own| Some(own) == request.process);
                row.lane = lane.unwrap_or(0);
            }
        } else if layout.worker_kind() == WorkerKind::Thread {
            for row in lanes::rows(outcomes) {
                for request in row.requests {
                    outcomes[request].lane = row.slot;
                }
            }
        }
    }

    fn row(
        &self,
        index: usize,
        request: &RecordedRequest,
        first_us: u64,
    ) -> OutcomeRow {
        let ended_us = request.ended_us.unwrap_or(self.last_us);
        let (status, error) = match request.outcome {
            Some(RequestOutcome::Answered) => (Some(200), None),
            Some(RequestOutcome::Failed | RequestOutcome::Rejected) => {
                (Some(503), None)
            }
            Some(RequestOutcome::Aborted) | None => (None, Some(ABORTED.to_owned())),
        };
        OutcomeRow {
            index,
            lane: 0,
            start_us: request.arrived_us - first_us,
            end_us: ended_us - first_us,
            queued_us: request.started_us.map(|start| start - request.arrived_us),
            waited_us: request
                .started_us
                .map(|start| ended_us.saturating_sub(start)),
            retried: false,
            status,
            error,
        }
    }
}

/// The kind of a request whose client closed the connection before the response.
const ABORTED: &str = "aborted";

fn errors(counts: &Counts) -> Vec<ErrorCount> {
    let error = |kind: &str, count, advice| ErrorCount {
        kind: kind.to_owned(),
        count,
        advice,
    };
    let all = [
        error(
            "status-503",
            counts.failed + counts.rejected,
            localized!(
                "The server was full, or failed these as planned.",
                "服务器已满，或按设定让这些请求失败。"
            ),
        ),
        error(
            ABORTED,
            counts.aborted,
            localized!(
                "The program closed the connection before the response.",
                "程序在收到响应之前断开了连接。"
            ),
        ),
    ];
    all.into_iter().filter(|error| error.count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 100 ms.
    fn request(arrived_us: u64, outcome: RequestOutcome) -> RecordedRequest {
        RecordedRequest {
            client: String::new(),
            peer: None,
            arrived_us,
            started_us: None,
            ended_us: Some(arrived_us + 100_000),
            outcome: Some(outcome),
        }
    }

    /// The tutorial's pool on a busy machine: each worker sends 12 or 16 of 100 requests, and
    /// begins each of its chunks of 4 so late that the waves do not tell them.
    #[test]
    fn waves_that_no_chunk_explains_are_in_the_ideal() {
        let of_worker = |worker: u64| {
            let own = if worker == 0 { 16 } else { 12 };
            (0..own).map(move |wave| {
                let late = 15_000 * worker * (wave / 4 + 1) / 2;
                request(wave * 100_500 + late, RequestOutcome::Answered)
            })
        };
        let requests: Vec<_> = (0..8).flat_map(of_worker).collect();
        let recorded = Recorded::of(&requests, 9_000_000, &ProcessTree::default());
        let pattern = recorded.pattern.as_ref().unwrap();
        assert_eq!((pattern.at_once, pattern.waves_needed()), (8, 13));
        assert_eq!(
            (pattern.waves, pattern.chunk, pattern.is_clear),
            (16, None, true)
        );
        let millis = Duration::from_millis;
        let delay = Some(millis(100));
        assert_eq!(recorded.ideal(millis(1_300), delay), Some(millis(1_600)));
        // A server with a limit has more, and one without equal delays no such number.
        assert_eq!(recorded.ideal(millis(5_000), delay), Some(millis(5_000)));
        assert_eq!(recorded.ideal(millis(1_300), None), Some(millis(1_300)));
    }

    /// Two at a time in two waves, of which some are turned away.
    #[test]
    fn what_is_rejected_has_waves_of_the_server() {
        let seen = |second| {
            let outcomes = [RequestOutcome::Answered, second];
            let times = [0, 0, 100_500, 100_500];
            let all = times.into_iter().zip(outcomes.into_iter().cycle());
            let requests: Vec<_> =
                all.map(|(at, outcome)| request(at, outcome)).collect();
            let tree = ProcessTree::default();
            let recorded = Recorded::of(&requests, 300_000, &tree);
            let ideal = recorded.ideal(Duration::from_millis(200), None);
            let pattern = recorded.pattern.unwrap();
            let is_clear = pattern.is_clear;
            assert_eq!(ideal.is_some(), is_clear, "no ideal of what is unclear");
            (pattern.at_once, pattern.waves, is_clear)
        };
        assert_eq!(seen(RequestOutcome::Answered), (2, 2, true));
        assert_eq!(seen(RequestOutcome::Rejected), (2, 2, false));
    }
}
