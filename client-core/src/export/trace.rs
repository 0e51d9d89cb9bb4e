//! Runs as a trace that Perfetto and the browsers' own tools open: a process for each
//! client, a track for each row of its picture.
//!
//! The format is the Trace Event Format. Its slices on a track may only nest or follow
//! one another, which the rows of [`crate::export::lanes`] see to.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use serde_json::{Value, json};

use crate::export::lanes::{Row, rows};
use crate::export::phases::Phases;
use crate::export::theme::{QUEUED, WAITING};
use crate::outcome::report::{OutcomeRow, Report};

/// One entry of a trace. Times are microseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct TraceEvent {
    /// `X` is a slice, `M` names a process or a track.
    ph: &'static str,
    name: String,
    pid: usize,
    tid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<u64>,
    #[serde(skip_serializing_if = "Value::is_null")]
    args: Value,
}

/// Writes these runs as one trace, all of them from time 0 on.
///
/// # Errors
///
/// `out` cannot be written to.
pub(crate) fn write(out: &mut impl Write, reports: &[&Report]) -> io::Result<()> {
    let events: Vec<_> =
        (1..).zip(reports).flat_map(|(pid, report)| events(pid, report)).collect();
    let trace = json!({ "displayTimeUnit": "ms", "traceEvents": events });
    serde_json::to_writer(&mut *out, &trace)?;
    writeln!(out)
}

fn events(pid: usize, report: &Report) -> Vec<TraceEvent> {
    let name = json!({ "name": format!("client-{}", report.heading()) });
    let mut events = vec![
        metadata("process_name", pid, 0, name),
        // In the order in which they ran, and not by their names.
        metadata("process_sort_index", pid, 0, json!({ "sort_index": pid })),
    ];
    for (tid, row) in (1..).zip(rows(&report.outcomes)) {
        let Row { lane, slot, .. } = row;
        let name = json!({ "name": format!("lane {lane}, row {slot}") });
        events.push(metadata("thread_name", pid, tid, name));
        let index = json!({ "sort_index": tid });
        events.push(metadata("thread_sort_index", pid, tid, index));
        let requests = row.requests.iter().map(|&at| &report.outcomes[at]);
        events.extend(requests.flat_map(|outcome| slices(pid, tid, outcome)));
    }
    events
}

fn metadata(name: &str, pid: usize, tid: usize, args: Value) -> TraceEvent {
    TraceEvent {
        ph: "M",
        name: name.to_owned(),
        pid,
        tid,
        ts: None,
        dur: None,
        args,
    }
}

/// A request, and within it what the server did.
fn slices(pid: usize, tid: usize, outcome: &OutcomeRow) -> Vec<TraceEvent> {
    let Phases { client_and_network, queued, waited } = Phases::of(outcome);
    let slice = |name: String, time: Range<u64>, args| TraceEvent {
        ph: "X",
        name,
        pid,
        tid,
        ts: Some(time.start),
        dur: Some(time.end - time.start),
        args,
    };
    let args = json!({
        "request": outcome.index,
        "status": outcome.status,
        "error": outcome.error,
    });
    let mut slices = vec![slice(
        format!("request {}", outcome.index),
        client_and_network.start..waited.end,
        args,
    )];
    // Where the server said nothing, there is nothing to show of it.
    if outcome.waited_us.is_some() {
        for (name, time) in [(QUEUED.name.en, queued), (WAITING.name.en, waited)] {
            if !time.is_empty() {
                slices.push(slice(name.to_owned(), time, Value::Null));
            }
        }
    }
    slices
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::outcome::OutcomeKind;

    fn outcome() -> impl Strategy<Value = OutcomeRow> {
        let times = (0..3_usize, 0..50_u64, 0..20_u64);
        let server = (any::<Option<u8>>(), any::<Option<u8>>());
        (times, server).prop_map(|((lane, start_us, long), (queued, waited))| {
            OutcomeRow {
                lane,
                start_us,
                end_us: start_us + long,
                queued_us: queued.map(u64::from),
                waited_us: waited.map(u64::from),
                ..OutcomeRow::default()
            }
        })
    }

    /// Whether two slices of a track nest or follow one another.
    fn agree(one: &TraceEvent, other: &TraceEvent) -> bool {
        let times = |event: &TraceEvent| {
            let start = event.ts.unwrap();
            start..start + event.dur.unwrap()
        };
        let (a, b) = (times(one), times(other));
        let inside =
            |a: &Range<u64>, b: &Range<u64>| b.start <= a.start && a.end <= b.end;
        a.end <= b.start || b.end <= a.start || inside(&a, &b) || inside(&b, &a)
    }

    proptest! {
        #[test]
        fn slices_on_a_track_nest_or_are_disjoint(
            outcomes in prop::collection::vec(outcome(), 0..60),
        ) {
            let report = Report { outcomes, ..crate::outcome::report::tests::report(&[OutcomeKind::Answered]) };
            let events = events(1, &report);
            let slices: Vec<_> = events.iter().filter(|event| event.ph == "X").collect();
            let requests = slices.iter().filter(|s| s.name.starts_with("request"));
            prop_assert_eq!(requests.count(), report.outcomes.len());
            for (at, one) in slices.iter().enumerate() {
                for other in &slices[at + 1..] {
                    prop_assert!(one.tid != other.tid || agree(one, other), "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn every_entry_has_what_the_format_asks_for() {
        let outcomes = vec![OutcomeRow {
            end_us: 30,
            queued_us: Some(5),
            waited_us: Some(20),
            status: Some(200),
            ..OutcomeRow::default()
        }];
        let report = Report {
            outcomes,
            ..crate::outcome::report::tests::report(&[OutcomeKind::Answered])
        };
        let mut written = Vec::new();
        write(&mut written, &[&report, &report]).unwrap();
        let trace: Value = serde_json::from_slice(&written).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        for event in events {
            assert!(event["name"].is_string() && event["pid"].is_u64(), "{event}");
            assert!(event["tid"].is_u64(), "{event}");
            match event["ph"].as_str().unwrap() {
                "X" => {
                    assert!(
                        event["ts"].is_u64() && event["dur"].is_u64(),
                        "{event}"
                    );
                }
                "M" => assert!(event["args"].is_object(), "{event}"),
                other => panic!("{other}"),
            }
        }
        let names = events.iter().filter(|event| event["name"] == "process_name");
        assert_eq!(names.count(), 2);
        let waits = events.iter().find(|event| event["name"] == "waiting");
        assert_eq!(waits.map(|event| &event["ts"]), Some(&Value::from(10)));
    }
}
