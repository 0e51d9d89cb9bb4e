//! The report of a run: every request in one count, every time beside its ideal.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use units::{Localized, localized};

use crate::machine::activity::Activity;
use crate::machine::usage::Usage;
use crate::model::IdealRun;
use crate::outcome::counts::OutcomeCounts;
use crate::outcome::failure::FailureKind;
use crate::outcome::latency::Latency;
use crate::outcome::log::RunSummary;
use crate::outcome::{Outcome, OutcomeKind};
use crate::settings::RunSettings;
use crate::settings::layout::{Layout, WorkerKind};
use crate::settings::transport::{Transport, label};

/// The form of this report; a change that breaks its readers raises it.
pub const SCHEMA: u32 = 1;

/// What `--json` prints. `ok + failed + timed_out + not_sent = requests`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The strategy's name.
    pub client: String,
    /// The name of this run (`--name`); `None` where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The page that was fetched.
    pub url: String,
    /// Requests planned; where a duration was asked for, those that were begun.
    pub requests: usize,
    /// Requests that got the page.
    pub ok: usize,
    /// Requests that got another response, or none.
    pub failed: usize,
    /// Requests without a complete response within their timeout.
    pub timed_out: usize,
    /// Requests that were never begun.
    pub not_sent: usize,
    /// Requests that were sent more than once, since their connection had ended, or took no more
    /// requests, before the response. Each is in one of the other counts as well.
    #[serde(default)]
    pub retried: usize,
    /// Seconds from the start of the strategy to its end.
    pub elapsed_s: f64,
    /// Seconds that it takes if only the waiting takes time, and the work on the responses where
    /// there is some; `None` where the delay is unknown.
    pub ideal_s: Option<f64>,
    /// Seconds for which requests were to be begun; `None` where a number of them was asked for.
    #[serde(default)]
    pub duration_s: Option<f64>,
    /// Requests that are begun in that time and succeed if only waiting takes time; `None` where
    /// the delay is unknown, or none at all, and where a number was asked for.
    #[serde(default)]
    pub ideal_requests: Option<usize>,
    /// Milliseconds that the ideal assumes for each response, if the server does not report its
    /// delay and the user gave one; `None` if the ideal is based on the server's own report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_delay_ms: Option<f64>,
    /// Milliseconds of CPU time that were spent on each response; `None` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_work_ms: Option<f64>,
    /// The most requests that the strategy has in flight.
    pub concurrency: usize,
    /// How it spreads the requests.
    #[serde(rename = "shape")]
    pub layout: Layout,
    /// What a lane is, where that is neither a thread nor a runtime of a client: `process`,
    /// `worker` or `program`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// What carries the requests; `None` where there is no choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// The connections that all requests share; `None` where each in flight has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<NonZeroUsize>,
    /// Milliseconds from a request's start to its complete response, of those that got the
    /// page; `None` if there are none.
    pub latency_ms: Option<Latency>,
    /// How many requests did not get the page, by reason.
    pub errors: Vec<ErrorCount>,
    /// CPU time of the strategy, memory of the process, and the CPUs there are.
    #[serde(flatten)]
    pub usage: Usage,
    /// What the machine did meanwhile, this run included; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Activity>,
    /// Seconds for which the client did not run meanwhile: it was stopped (SIGSTOP, Ctrl-Z), or
    /// the machine slept; `None` for none. How much of it is in the other times is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_s: Option<f64>,
    /// Whether there were too many requests to record each: then there are no
    /// outcomes of each, and a percentile is right to a thousandth.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// What became of each request, in order.
    pub outcomes: Vec<OutcomeRow>,
}

/// How many requests failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorCount {
    /// The name of the reason, such as `refused` or `status-503`.
    pub kind: String,
    /// How many requests.
    pub count: usize,
    /// One sentence on what to do about it.
    #[serde(
        serialize_with = "Localized::in_english",
        deserialize_with = "Localized::from_english"
    )]
    pub advice: Localized,
}

/// One request in the report. Times are microseconds since the run began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// Its number in the plan, from 0.
    pub index: usize,
    /// The thread or the runtime that did it, from 0.
    pub lane: usize,
    /// When it was begun.
    pub start_us: u64,
    /// When it ended.
    pub end_us: u64,
    /// How long it was in the server's queue, if the server says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_us: Option<u64>,
    /// The server's delay after that, if the server reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_us: Option<u64>,
    /// Whether it was sent more than once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retried: bool,
    /// The status of its response, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Report {
    pub(crate) fn new(
        settings: &RunSettings,
        summary: &RunSummary,
        elapsed: Duration,
        ideal: Option<IdealRun>,
        usage: Usage,
        machine: Option<Activity>,
    ) -> Self {
        let OutcomeCounts { ok, failed, timed_out, not_sent, retried, errors } =
            &summary.counts;
        let duration = settings.workload.duration();
        let requests = summary.counts.all();
        let layout = settings.layout.clone().for_requests(requests);
        let errors = errors.iter().map(|(&kind, &n)| ErrorCount::of(kind, n));
        let outcomes = summary.outcomes.iter().flatten();
        Self {
            schema: SCHEMA,
            client: settings.client.to_owned(),
            name: settings.name.as_ref().map(ToString::to_string),
            url: settings.url.to_string(),
            requests,
            ok: *ok,
            failed: *failed,
            timed_out: *timed_out,
            not_sent: *not_sent,
            retried: *retried,
            elapsed_s: elapsed.as_secs_f64(),
            ideal_s: ideal.map(|ideal| ideal.time.as_secs_f64()),
            duration_s: duration.map(|duration| duration.as_secs_f64()),
            ideal_requests: ideal
                .filter(|_| duration.is_some())
                .map(|ideal| ideal.served),
            assumed_delay_ms: None,
            cpu_work_ms: (!settings.work.is_zero())
                .then_some(settings.work.as_secs_f64() * 1e3),
            concurrency: settings.layout.concurrency().get(),
            layout,
            lane: None,
            transport: settings.transport.map(|args| args.transport),
            connections: settings
                .transport
                .and_then(|args| args.shared_connections(&settings.layout)),
            latency_ms: summary.latency,
            errors: errors.collect(),
            usage,
            machine,
            paused_s: None,
            counted: summary.outcomes.is_none(),
            outcomes: outcomes.map(OutcomeRow::of).collect(),
        }
    }

    /// Gives the reason why requests were not even sent.
    pub(crate) fn explain_not_sent(&mut self, reason: FailureKind) {
        if self.not_sent == 0 {
            return;
        }
        let kind = reason.to_string();
        match self.errors.iter_mut().find(|error| error.kind == kind) {
            Some(error) => error.count += self.not_sent,
            None => self.errors.push(ErrorCount::of(reason, self.not_sent)),
        }
    }

    /// The strategy's name, with what carried its requests where that is not the usual.
    #[must_use]
    pub fn label(&self) -> String {
        label(&self.client, self.transport)
    }

    /// The same, with the name of this run if it has one.
    #[must_use]
    pub fn heading(&self) -> String {
        let label = self.label();
        self.name
            .as_ref()
            .map_or_else(|| label.clone(), |name| format!("{label} {name}"))
    }

    /// What a lane is, in one word.
    #[must_use]
    pub fn lane_word(&self) -> &str {
        self.lane.as_deref().unwrap_or(match self.layout.worker_kind() {
            WorkerKind::Thread => "thread",
            WorkerKind::Runtime => "runtime",
        })
    }

    /// Seconds above the ideal; `None` where there is no ideal, where some requests did not
    /// wait as it supposes: they were not sent, or broke off; and where a duration was asked
    /// for, so that it is the number of requests that varies.
    #[must_use]
    pub fn overhead_s(&self) -> Option<f64> {
        self.ideal_s
            .filter(|_| self.is_waited_for())
            .map(|ideal| self.elapsed_s - ideal)
    }

    /// Whether every request waited as the ideal supposes, so that the time can be compared with
    /// that of another run: none was left unsent, or broke off, and it was a number of requests
    /// that was asked for.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        // The ideal includes responses of any status, and timeouts.
        let is_waited_for = |error: &ErrorCount| {
            error.kind == FailureKind::Timeout.to_string()
                || error.kind.starts_with("status-")
        };
        let is_counted = self.duration_s.is_none();
        is_counted && !self.was_stopped() && self.errors.iter().all(is_waited_for)
    }

    /// Whether the run ended before all of its requests did.
    #[must_use]
    pub fn was_stopped(&self) -> bool {
        let interrupted = FailureKind::Interrupted.to_string();
        self.not_sent > 0
            || self.is_cut_short()
            || self.errors.iter().any(|error| error.kind == interrupted)
    }

    /// Why requests were sent more than once; `None` if none were.
    #[must_use]
    pub fn why_retried(&self) -> Option<Localized> {
        let keeps_connections =
            matches!(self.transport, None | Some(Transport::Reqwest));
        // There was use for kept connections, and on one of its own no request ended like this.
        let only_kept_ones = keeps_connections
            && self.concurrency < self.requests
            && !self
                .errors
                .iter()
                .any(|error| error.kind == FailureKind::Closed.to_string());
        (self.retried > 0).then_some(if only_kept_ones {
            Localized::new(
                "this server closes idle connections without notice",
                "这个服务器关闭空闲连接时不作通知",
            )
        } else {
            Localized::new(
                "the connection ended, or took no more requests, before the response",
                "响应到达之前，连接断开了或不再接受新请求",
            )
        })
    }

    /// Whether every request got the page, of all that were to be sent.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ok == self.requests && !self.is_cut_short()
    }

    /// How long it took, beside how long it should have.
    fn write_cost(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = units::seconds(self.elapsed_s);
        let ideal = self.ideal_s.map(units::seconds);
        let overhead = self.overhead_s().map(units::difference);
        let cost = match (ideal, overhead) {
            (Some(ideal), Some(overhead)) => localized!(
                "Cost time: {elapsed}  (ideal {ideal}, overhead {overhead})",
                "用时：{elapsed}  （理想 {ideal}，超出 {overhead}）",
            ),
            (Some(ideal), None) => localized!(
                "Cost time: {elapsed}, run incomplete  (ideal for all {ideal})",
                "用时：{elapsed}，运行不完整  （全部请求的理想用时 {ideal}）",
            ),
            _ => localized!(
                "Cost time: {elapsed}  (ideal unknown: the server does not report all delays)",
                "用时：{elapsed}  （理想用时未知：服务器没有说明全部延迟）",
            ),
        };
        writeln!(out, "{cost}")
    }
}

impl ErrorCount {
    fn of(kind: FailureKind, count: usize) -> Self {
        let Localized { en, zh } = kind.advice();
        Self { kind: kind.to_string(), count, advice: Localized::new(en, zh) }
    }
}

/// The error of a request that was never begun.
pub const NOT_SENT: &str = "not-sent";

impl OutcomeRow {
    /// Whether it was begun at all.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.error.as_deref() != Some(NOT_SENT)
    }

    fn of(outcome: &Outcome) -> Self {
        let micros =
            |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let (status, error) = match outcome.ending {
            OutcomeKind::Answered => (Some(200), None),
            OutcomeKind::Failed(FailureKind::Status(status)) => (Some(status), None),
            OutcomeKind::Failed(kind) | OutcomeKind::TimedOut(kind) => {
                (None, Some(kind.to_string()))
            }
            OutcomeKind::NotSent => (None, Some(NOT_SENT.to_owned())),
        };
        Self {
            index: outcome.index,
            lane: outcome.lane,
            start_us: micros(outcome.start),
            end_us: micros(outcome.end),
            queued_us: outcome.timing.map(|timing| micros(timing.queued)),
            waited_us: outcome.timing.map(|timing| micros(timing.waited)),
            retried: outcome.retried,
            status,
            error,
        }
    }
}

impl fmt::Display for Report {
    /// The summary for a person: the cost first, as in the tutorial.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_some() {
            writeln!(out, "{}", self.heading())?;
        }
        if let Some(duration_s) = self.duration_s {
            if self.requests == 0 {
                return writeln!(
                    out,
                    "{}",
                    localized!("no request was sent", "没有发出任何请求")
                );
            }
            self.write_served(out, duration_s)?;
        } else if self.not_sent == self.requests {
            let requests = self.requests;
            let all = units::count(requests, "request");
            let not_sent = localized!("{all} not sent", "{requests} 个请求未发出");
            return writeln!(out, "{not_sent}");
        } else {
            self.write_cost(out)?;
        }
        if let Some(paused) = self.paused_s {
            let paused = units::seconds(paused);
            let paused = localized!(
                "Paused for {paused} meanwhile: the process was stopped, the machine slept, or no \
                 CPU was free.",
                "其间停顿了 {paused}：进程被暂停、机器休眠，或没有空闲的 CPU。",
            );
            writeln!(out, "{paused}")?;
        }
        if let Some(assumed) = self.assumed_delay_ms {
            let each = units::seconds(assumed / 1e3);
            let assumed = localized!(
                "The ideal assumes that each response takes {each}, independently of the \
                 others.",
                "理想用时假定每个响应用时 {each}，且互不等待。",
            );
            writeln!(out, "{assumed}")?;
        }
        let Self { requests, ok, failed, timed_out, not_sent, .. } = self;
        let all = units::count(*requests, "request");
        let counts = localized!(
            "{all}: {ok} ok, {failed} failed, {timed_out} timed out, {not_sent} not sent",
            "{requests} 个请求：成功 {ok}，失败 {failed}，超时 {timed_out}，未发出 {not_sent}",
        );
        writeln!(out, "{counts}")?;
        if let Some(Latency { min, p50, p90, p99, p99_9, max }) = self.latency_ms {
            let [min, p50, p90, p99, max] =
                [min, p50, p90, p99, max].map(units::millis);
            let p99_9 = p99_9.map(units::millis);
            let Localized { en, zh } = p99_9.map_or_else(
                || Localized::same(""),
                |p99_9| localized!(", p99.9 {p99_9}", "，p99.9 {p99_9}"),
            );
            let latency = localized!(
                "Latency in ms: min {min}, p50 {p50}, p90 {p90}, p99 {p99}{en}, max {max}",
                "响应时间（ms）：最小 {min}，p50 {p50}，p90 {p90}，p99 {p99}{zh}，最大 {max}",
            );
            writeln!(out, "{latency}")?;
        }
        for ErrorCount { kind, count, advice } in &self.errors {
            writeln!(out, "{count} × {kind}\n  {advice}")?;
        }
        if let Some(Localized { en, zh }) = self.why_retried() {
            let retried = self.retried;
            let again = localized!(
                "{retried} sent again: {en}",
                "{retried} 个请求被重发：{zh}"
            );
            writeln!(out, "{again}")?;
        }
        if self.counted {
            let counted = localized!(
                "Only totals were recorded; --keep-outcomes records each request.",
                "只记录了总数；--keep-outcomes 会逐个记录请求。",
            );
            writeln!(out, "{counted}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;
    use crate::plan;

    /// A report of requests that ended so, one millisecond later each.
    pub(crate) fn report(endings: &[OutcomeKind]) -> Report {
        let requests = NonZeroUsize::new(endings.len()).unwrap();
        let outcomes: Vec<_> = endings
            .iter()
            .enumerate()
            .map(|(index, ending)| Outcome {
                index,
                lane: 0,
                start: Duration::ZERO,
                end: Duration::from_millis(1 + index as u64),
                ending: ending.clone(),
                timing: None,
                retried: false,
            })
            .collect();
        let summary = RunSummary::of(outcomes);
        let layout = Layout::one_by_one(requests);
        let settings = RunSettings {
            keep_outcomes: true,
            ..plan::tests::settings("sync", requests, layout)
        };
        let usage =
            Usage { cpu_s: None, start_cpu_s: None, peak_rss_bytes: None, cores: 2 };
        Report::new(&settings, &summary, Duration::from_secs(1), None, usage, None)
    }

    fn ending() -> impl Strategy<Value = OutcomeKind> {
        prop_oneof![
            Just(OutcomeKind::Answered),
            Just(OutcomeKind::NotSent),
            (300..600_u16)
                .prop_map(|status| OutcomeKind::Failed(FailureKind::Status(status))),
            Just(OutcomeKind::Failed(FailureKind::Closed)),
            Just(OutcomeKind::TimedOut(FailureKind::Timeout)),
            Just(OutcomeKind::TimedOut(FailureKind::ConnectTimeout)),
        ]
    }

    proptest! {
        #[test]
        fn the_sums_are_right(endings in prop::collection::vec(ending(), 1..100)) {
            let report = report(&endings);
            let Report { ok, failed, timed_out, not_sent, .. } = report;
            prop_assert_eq!(ok + failed + timed_out + not_sent, endings.len());
            let errors: usize = report.errors.iter().map(|error| error.count).sum();
            prop_assert_eq!(errors, failed + timed_out);
            prop_assert_eq!(report.outcomes.len(), endings.len());
        }

        #[test]
        fn a_report_survives_json(endings in prop::collection::vec(ending(), 1..20)) {
            let report = report(&endings);
            let json = serde_json::to_string(&report).unwrap();
            let read: Report = serde_json::from_str(&json).unwrap();
            // Advice is read back in English alone.
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
    }

    #[test]
    fn what_was_sent_again_is_said_with_the_reason() {
        let said = |report: &Report| {
            let said = report.to_string();
            said.lines().find(|line| line.contains("again")).map(str::to_owned)
        };
        let whole = report(&[OutcomeKind::Answered, OutcomeKind::Answered]);
        assert_eq!(said(&whole), None);
        let retried = Report { retried: 1, ..whole.clone() };
        let kept =
            "1 sent again: this server closes idle connections without notice";
        assert_eq!(said(&retried).unwrap(), kept);

        let ended = "1 sent again: the connection ended, or took no more requests, before the response";
        let transport = Some(Transport::H2);
        let unkept = Report { transport, ..retried };
        assert_eq!(said(&unkept).unwrap(), ended);
        let failed = report(&[
            OutcomeKind::Answered,
            OutcomeKind::Failed(FailureKind::Closed),
        ]);
        assert_eq!(said(&Report { retried: 1, ..failed }).unwrap(), ended);
    }

    #[test]
    fn failures_never_enter_the_latency() {
        let mut endings = vec![OutcomeKind::Answered; 4];
        endings.push(OutcomeKind::TimedOut(FailureKind::Timeout));
        let latency = report(&endings).latency_ms.unwrap();
        assert!((latency.max - 4.0).abs() < 1e-9, "{latency:?}");
        assert!(report(&[OutcomeKind::NotSent]).latency_ms.is_none());
    }
}
