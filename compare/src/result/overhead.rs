//! The overhead of a run by cause, as far as it was measured.

use client_core::Report;
use slow_server::Counts;

use super::conditions::{Busy, Conditions};
use super::critical_path::CriticalPath;
use crate::statistics::noise;

/// A part of the overhead below this share of it is not worth a word.
const WORTH_A_WORD: f64 = 0.1;

/// What the rounding of Tokio's timer and of epoll adds to one delay at the most.
const TIMER_S: f64 = 0.002;

/// The kernel counts stolen time in ticks, of which the last may have been all but full before.
const TICK_S: f64 = 0.01;

/// The overhead of one run, where it is more than noise.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Overhead {
    pub(crate) seconds: f64,
    /// In the order of the sentence. None is larger than what those before it left, so that no
    /// second is counted twice.
    pub(crate) parts: Vec<Part>,
    /// Seconds for which there is no part.
    pub(crate) rest_s: f64,
    /// Whether others used the machine's CPUs meanwhile.
    pub(crate) busy: Option<Busy>,
    /// Seconds of a pause, where it may matter; how much of it cost time is unknown.
    pub(crate) paused_s: f64,
}

/// Seconds of an overhead, and what they were.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) seconds: f64,
    pub(crate) kind: PartKind,
}

/// What a part of an overhead was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PartKind {
    /// Before the first request was begun.
    Start,
    /// After the last response.
    End,
    /// The server waited longer than the ideal supposes, on the path that took longest.
    Order,
    /// One request took this much longer than the server says it did.
    SlowRequest { index: usize, retried: bool },
    /// The server's timer, at each of this many waves.
    Timer { waits: f64 },
    /// CPU time of the client and the server: microseconds of each for a request.
    Cpu { client_us: f64, server_us: Option<f64> },
    /// A virtual machine's host gave its CPUs to others.
    Steal,
    /// Threads waited for memory.
    Memory,
    /// Others used the CPUs.
    Busy(Busy),
    /// In a server outside this process, or in the network.
    Elsewhere,
}

impl Overhead {
    /// `None` where there is none to speak of, or no ideal.
    pub(crate) fn of(
        report: &Report,
        conditions: &Conditions,
        server: Option<&Counts>,
    ) -> Option<Self> {
        let ideal_s = report.ideal_s?;
        let seconds = report.overhead_s()?;
        if seconds <= noise::supposed_s(ideal_s) {
            return None;
        }
        if report.assumed_delay_ms.is_some() {
            // The server's time beyond the user's assumption would hide everything else.
            let (parts, rest_s) = (Vec::new(), seconds);
            return Some(Self { seconds, parts, rest_s, busy: None, paused_s: 0.0 });
        }
        let busy = conditions.busy(report);
        let path = CriticalPath::of(report);
        let mut breakdown =
            Breakdown { parts: Vec::new(), seconds, rest_s: seconds };

        if let Some(path) = &path {
            breakdown.take(PartKind::Start, path.start_s);
            // Work on the last response is in the ideal, and is done after it.
            if report.cpu_work_ms.is_none() {
                breakdown.take(PartKind::End, path.end_s);
                breakdown.take(PartKind::Order, path.order_s(ideal_s));
            }
            if let Some((row, slow_s)) = path.slow_request(seconds) {
                let (index, retried) = (row.index, row.retried);
                breakdown.take(PartKind::SlowRequest { index, retried }, slow_s);
            }
            if let Some(late_s) = server.and_then(late_s) {
                let kind = PartKind::Timer { waits: path.waits };
                breakdown.take(kind, path.waits * late_s.min(TIMER_S));
            }
        }
        if let Some((kind, cpu_s)) = cpu(report, conditions) {
            breakdown.take(kind, cpu_s);
        }
        if let Some(machine) = report.machine {
            let cpus = machine.cpus.max(1) as f64;
            breakdown.take(PartKind::Steal, (machine.steal_s - TICK_S) / cpus);
            breakdown
                .take(PartKind::Memory, machine.memory_pressure_s.unwrap_or(0.0));
            if let Some(busy) = busy {
                let waiting_s = machine.cpu_pressure_s.unwrap_or(0.0);
                breakdown.take(PartKind::Busy(busy), waiting_s);
            }
        }
        let matters = conditions.paused_s > WORTH_A_WORD * seconds;
        let paused_s = if matters { conditions.paused_s } else { 0.0 };
        if !conditions.has_server && busy.is_none() {
            let elsewhere_s = breakdown.rest_s - paused_s;
            breakdown.take(PartKind::Elsewhere, elsewhere_s);
        }
        let Breakdown { parts, rest_s, .. } = breakdown;
        Some(Self { seconds, parts, rest_s, busy, paused_s })
    }

    /// What no part and no pause accounts for, where that is a part that would be worth a word.
    pub(crate) fn unexplained_s(&self) -> Option<f64> {
        let unexplained_s = self.rest_s - self.paused_s;
        let is_all = self.parts.is_empty() && self.paused_s <= 0.0;
        let is_large = unexplained_s > WORTH_A_WORD * self.seconds;
        (is_all || is_large).then_some(unexplained_s)
    }

    /// Whether CPU time is a part of it.
    pub(crate) fn has_cpu(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.kind, PartKind::Cpu { .. }))
    }

    /// The part that is the largest, if it is larger than the rest.
    pub(crate) fn largest(&self) -> Option<&Part> {
        let largest =
            self.parts.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds));
        largest.filter(|part| part.seconds > self.rest_s)
    }
}

/// An overhead as its parts are taken from it.
struct Breakdown {
    parts: Vec<Part>,
    seconds: f64,
    rest_s: f64,
}

impl Breakdown {
    fn take(&mut self, kind: PartKind, seconds: f64) {
        // Not a number is not more than anything.
        if seconds > WORTH_A_WORD * self.seconds {
            let seconds = seconds.min(self.rest_s);
            self.parts.push(Part { seconds, kind });
            self.rest_s -= seconds;
        }
    }
}

/// Seconds by which each of the server's delays was too long, on average.
fn late_s(counts: &Counts) -> Option<f64> {
    let waited = counts.answered + counts.failed;
    let late_s = counts.late_us? as f64 / 1e6;
    (waited > 0).then(|| late_s / waited as f64)
}

/// The CPU time that is not the ideal's, nor the start's: as if the CPUs shared it evenly, or
/// the client's own threads where they are fewer.
fn cpu(report: &Report, conditions: &Conditions) -> Option<(PartKind, f64)> {
    let cores = report.usage.cores as f64;
    let threads = (report.layout.threads() as f64).min(cores);
    let work_s = report.cpu_work_ms.unwrap_or(0.0) / 1e3 * report.ok as f64;
    let start_s = report.usage.start_cpu_s.unwrap_or(0.0);
    let client_s = (report.usage.cpu_s? - work_s - start_s).max(0.0);
    let server_s = conditions.server_cpu_s;
    let both_s = client_s + server_s.unwrap_or(0.0);
    // With one request in flight, client and server alternate.
    let seconds = if report.concurrency == 1 {
        both_s
    } else {
        (client_s / threads).max(both_s / cores)
    };
    let each_us = |cpu_s: f64| cpu_s * 1e6 / report.requests as f64;
    let kind = PartKind::Cpu {
        client_us: each_us(client_s),
        server_us: server_s.map(each_us),
    };
    Some((kind, seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::result::{report_with, row};

    const IDLE: Conditions = Conditions {
        has_server: true,
        server_cpu_s: Some(0.0),
        others_cpu_s: None,
        paused_s: 0.0,
    };

    /// Ten requests of 100 ms each that took `elapsed_s`, with these differences.
    fn report(elapsed_s: f64, changes: &Value) -> Report {
        let mut fields = json!({ "elapsed_s": elapsed_s, "cpu_s": 0.0 });
        let changes = changes.as_object().unwrap().clone();
        fields.as_object_mut().unwrap().extend(changes);
        report_with(&fields)
    }

    /// Of `requests`, one after another, the first after `start_ms`, each with `extra_ms`.
    fn one_by_one(requests: usize, start_ms: u64, extra_ms: u64) -> Vec<Value> {
        let took = 100 + extra_ms;
        let rows = (0..requests).map(|index| {
            let start = start_ms + index as u64 * took;
            row(index, start, start + took)
        });
        rows.collect()
    }

    fn parts(overhead: &Overhead) -> Vec<(u128, &PartKind)> {
        let millis =
            |part: &Part| Duration::from_secs_f64(part.seconds + 1e-6).as_millis();
        overhead.parts.iter().map(|part| (millis(part), &part.kind)).collect()
    }

    #[test]
    fn what_is_noise_has_no_reason_and_what_is_more_is_not_left_without_one() {
        let of =
            |elapsed_s| Overhead::of(&report(elapsed_s, &json!({})), &IDLE, None);
        assert_eq!(of(1.09), None);
        let overhead = of(1.2).unwrap();
        assert_eq!(overhead.parts, []);
        assert!(overhead.unexplained_s().unwrap() > 0.19, "{overhead:?}");
        // No run of 0.1 s is off its ideal with 19 ms more.
        let short = |elapsed_s| {
            let report = report(elapsed_s, &json!({ "ideal_s": 0.1 }));
            Overhead::of(&report, &IDLE, None)
        };
        assert_eq!(short(0.119), None);
        assert!(short(0.121).is_some());
    }

    #[test]
    fn the_start_the_timer_and_the_cpus_each_have_their_part() {
        let rows = one_by_one(10, 100, 6);
        let report = report(
            1.16,
            &json!({ "outcomes": rows, "cpu_s": 0.13, "start_cpu_s": 0.1 }),
        );
        let server =
            Counts { answered: 10, late_us: Some(15_000), ..Counts::default() };
        let conditions = Conditions { server_cpu_s: Some(0.01), ..IDLE };
        let overhead = Overhead::of(&report, &conditions, Some(&server)).unwrap();
        let cpu = PartKind::Cpu { client_us: 3_000.0, server_us: Some(1_000.0) };
        // The client's 100 ms before its first request are no cost of the requests.
        let [start, cpu_part] = &*parts(&overhead) else { panic!("{overhead:?}") };
        assert_eq!(start, &(100, &PartKind::Start));
        assert_eq!(cpu_part.0, 40);
        let PartKind::Cpu { client_us, server_us } = cpu_part.1 else {
            panic!("{cpu:?}")
        };
        assert!((client_us - 3_000.0).abs() < 1.0, "{overhead:?}");
        assert!((server_us.unwrap() - 1_000.0).abs() < 1.0, "{overhead:?}");
        // 15 ms of the timer are less than a tenth of it all; without the start they are not.
        let rows = one_by_one(10, 0, 11);
        let report = self::report(1.11, &json!({ "outcomes": rows, "cpu_s": 0.05 }));
        let overhead = Overhead::of(&report, &IDLE, Some(&server)).unwrap();
        assert_eq!(parts(&overhead)[0], (15, &PartKind::Timer { waits: 10.0 }));
        assert!(matches!(parts(&overhead)[1], (50, PartKind::Cpu { .. })));
        assert!(overhead.unexplained_s().is_some(), "{overhead:?}");
    }

    /// A thousand in flight are sent one after another, and the last one waits for none of them.
    /// Most of that is the server's, of which nothing is known.
    #[test]
    fn what_is_over_an_ideal_that_was_assumed_has_no_parts() {
        let assumed = json!({ "cpu_s": 0.3, "assumed_delay_ms": 100.0 });
        let overhead = Overhead::of(&report(1.3, &assumed), &IDLE, None).unwrap();
        assert_eq!((overhead.parts, overhead.busy), (Vec::new(), None));
        let told = report(1.3, &json!({ "cpu_s": 0.3 }));
        assert_ne!(Overhead::of(&told, &IDLE, None).unwrap().parts, []);
    }

    #[test]
    fn one_slow_response_is_named_and_many_are_not() {
        let mut rows = one_by_one(10, 0, 1);
        rows[9]["end_us"] = json!(2_010_000);
        rows[9]["retried"] = json!(true);
        let slow = report(2.01, &json!({ "outcomes": rows }));
        let overhead = Overhead::of(&slow, &IDLE, None).unwrap();
        let kind = PartKind::SlowRequest { index: 9, retried: true };
        assert_eq!(parts(&overhead), [(1001, &kind)]);
        let all = report(3.0, &json!({ "outcomes": one_by_one(10, 0, 200) }));
        assert_eq!(Overhead::of(&all, &IDLE, None).unwrap().parts, []);
    }

    #[test]
    fn delays_in_another_order_are_told_and_equal_ones_never() {
        let mut rows = one_by_one(10, 0, 0);
        rows[3]["waited_us"] = json!(400_000);
        for row in &mut rows[3..] {
            for field in ["start_us", "end_us"] {
                row[field] = json!(row[field].as_u64().unwrap() + 300_000);
            }
        }
        rows[3]["start_us"] = json!(300_000);
        let varied = report(1.3, &json!({ "outcomes": rows }));
        let overhead = Overhead::of(&varied, &IDLE, None).unwrap();
        assert_eq!(parts(&overhead), [(300, &PartKind::Order)]);
    }

    /// It may have lain inside a delay, and cost nothing.
    #[test]
    fn a_pause_explains_and_is_no_part() {
        let rows = json!({ "outcomes": one_by_one(10, 0, 100), "cpu_s": 0.5 });
        let slow = report(2.0, &rows);
        let of = |paused_s, has_server| {
            let paused = Conditions { has_server, paused_s, ..IDLE };
            Overhead::of(&slow, &paused, None).unwrap()
        };
        for overhead in [of(0.9, true), of(0.9, false)] {
            assert!(matches!(*parts(&overhead), [(500, PartKind::Cpu { .. })]));
            assert_eq!(overhead.unexplained_s(), None);
            let sum: f64 = overhead.parts.iter().map(|part| part.seconds).sum();
            assert!((sum + overhead.rest_s - overhead.seconds).abs() < 1e-9);
        }
        let short = of(0.2, true);
        assert!((short.unexplained_s().unwrap() - 0.3).abs() < 1e-6, "{short:?}");
        let outside = of(0.2, false);
        assert_eq!(parts(&outside)[1..], [(300, &PartKind::Elsewhere)]);
        // A tenth of it is not worth a word.
        assert!(of(0.09, true).paused_s <= 0.0);
    }

    #[test]
    fn absurd_readings_do_no_harm() {
        let mut rows = one_by_one(10, 0, 100);
        for row in &mut rows {
            row["queued_us"] = json!(u64::MAX);
            row["waited_us"] = json!(u64::MAX);
        }
        let machine = json!({ "cpus": 0, "busy_s": 0.0, "steal_s": -5.0 });
        let absurd = report(2.0, &json!({ "outcomes": rows, "machine": machine }));
        let conditions = Conditions { server_cpu_s: Some(f64::NAN), ..IDLE };
        let overhead = Overhead::of(&absurd, &conditions, None).unwrap();
        assert_eq!(overhead.parts, [], "{overhead:?}");
    }

    #[test]
    fn others_are_named_where_they_used_the_cpus_and_somebody_waited_for_one() {
        let of = |others_cpu_s, waiting_s: Option<f64>, busy_s: f64| {
            let machine = json!({
                "cpus": 2, "busy_s": busy_s, "steal_s": 0.0, "cpu_pressure_s": waiting_s,
            });
            let report = report(1.5, &json!({ "machine": machine }));
            let conditions = Conditions { others_cpu_s, ..IDLE };
            Overhead::of(&report, &conditions, None).unwrap()
        };
        let busy = of(Some(2.4), Some(1.2), 3.0);
        let used = Busy { used: 2.4 / 1.5, cpus: 2 };
        assert_eq!(busy.busy, Some(used));
        assert_eq!(parts(&busy), [(500, &PartKind::Busy(used))]);
        // Where the waiting is known, no more than that is said to be due to it.
        assert_eq!(parts(&of(Some(2.4), Some(0.3), 3.0))[0].0, 300);
        // Where it is not, that the machine was busy is all that is known.
        let unknown = of(Some(2.4), None, 3.0);
        assert_eq!((unknown.busy, parts(&unknown)), (Some(used), vec![]));
        for free in [
            of(Some(2.4), Some(0.0), 3.0),
            of(Some(2.0), None, 2.0),
            of(Some(0.1), Some(1.2), 3.0),
            of(None, Some(1.2), 3.0),
        ] {
            assert_eq!((free.busy, free.parts.len()), (None, 0), "{free:?}");
        }
    }

    #[test]
    fn stolen_time_is_a_part_from_the_second_tick_on_for_each_of_the_cpus() {
        let of = |steal_s| {
            let machine = json!({ "cpus": 2, "busy_s": 1.0, "steal_s": steal_s });
            let report = report(1.2, &json!({ "machine": machine }));
            Overhead::of(&report, &IDLE, None).unwrap()
        };
        assert_eq!(parts(&of(0.21)), [(100, &PartKind::Steal)]);
        assert_eq!(of(0.01).parts, []);
    }

    #[test]
    fn a_server_that_is_not_inside_has_what_nothing_else_explains() {
        let of = |has_server| {
            let conditions = Conditions { has_server, server_cpu_s: None, ..IDLE };
            Overhead::of(&report(1.5, &json!({})), &conditions, None).unwrap()
        };
        assert_eq!(parts(&of(false)), [(500, &PartKind::Elsewhere)]);
        // A server inside whose CPU time is unknown is no other load.
        assert_eq!(of(true).parts, []);
    }
}
