//! One sentence for each client on why it took as long as it did.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;
use client_core::ideal::{ServerLimit, WhenFull, makespan};
use client_core::server::Server;
use client_core::{Report, Shape, units};
use slow_server::Counts;

use crate::comparison::Comparison;

/// Above this share of the CPUs, a client is short of them.
const SHORT_OF_CPU: f64 = 0.9;

/// The width that a line may have.
const COLUMNS: usize = 80;

pub(crate) fn write(
    out: &mut impl Write,
    comparison: &Comparison,
) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out)?;
    for run in &comparison.runs {
        let mut column = 7;
        write!(out, "{bold}{:7}{bold:#}", run.client)?;
        for word in run.why.split(' ') {
            let width = word.chars().count() + 1;
            if column + width > COLUMNS {
                write!(out, "\n{:7}", "")?;
                column = 7;
            }
            write!(out, " {word}")?;
            column += width;
        }
        writeln!(out)?;
    }
    if comparison.interrupted {
        let not_run = comparison.not_run.join(", ");
        let left_out = if not_run.is_empty() { "none".to_owned() } else { not_run };
        writeln!(
            out,
            "\nStopped with Ctrl-C. Clients that did not run: {left_out}."
        )?;
    }
    Ok(())
}

/// Why a run took as long as it did: its waits, then whatever else was in the way.
pub(crate) fn sentence(
    report: &Report,
    server: Option<&Counts>,
    asked: &Server,
) -> String {
    let settings = asked.settings();
    let limit = settings.and_then(client_core::server::Settings::limit);
    let delay = settings.and_then(client_core::server::Settings::equal_delay);

    let each = match delay {
        // Written as the flags are: 100ms, 3s.
        Some(delay) => format!(" of {}", humantime::format_duration(delay)),
        None if settings.is_some() => ", each of its own length".to_owned(),
        None => String::new(),
    };
    let mut parts = vec![waits(&report.shape, report.requests, &each)];
    parts.extend(limit.and_then(|limit| bottleneck(&report.shape, limit)));
    let seats = settings.and_then(|settings| settings.connections);
    parts.extend(
        server.and_then(|counts| disagreement(report, counts, limit, seats)),
    );
    parts.extend(unanswered(report));
    parts.extend(short_of_cpu(report));
    format!("{}.", parts.join("; "))
}

/// The waits that the strategy itself makes.
fn waits(shape: &Shape, requests: usize, each: &str) -> String {
    let (slots, chunk) = (shape.slots().get(), shape.chunk().get());
    let waves = waves(shape);
    let total = format!("{}{each}", units::count(waves, "wait"));

    match (shape.shares(), chunk) {
        _ if requests == 1 => format!("one request: {total}"),
        ([_], 1) if slots == 1 => {
            format!("one request after another: {total}")
        }
        ([_], 1) if slots >= requests => {
            format!("all {requests} at once: {total}")
        }
        ([_], 1) => {
            let last = requests - (waves - 1) * slots;
            format!(
                "{slots} slots for {requests} requests: {total}, the last for {last}"
            )
        }
        ([_], _) => {
            let chunks = requests.div_ceil(chunk);
            let rounds = chunks.div_ceil(slots);
            let without = requests.div_ceil(slots);
            format!(
                "{} of {chunk} for {}: {} of {chunk}, {total}; one at a time it would be {}",
                units::count(chunks, "chunk"),
                units::count(slots, "slot"),
                units::count(rounds, "round"),
                units::count(without, "wait"),
            )
        }
        (shares, _) => {
            let runtimes = shares.len();
            let most =
                shares.iter().map(|share| share.slots.get()).max().unwrap_or(1);
            format!(
                "{runtimes} runtimes with up to {most} at once, {slots} in all: {total}"
            )
        }
    }
}

/// How many delays the strategy waits for one after another.
fn waves(shape: &Shape) -> usize {
    let seconds = makespan(shape, |_| Duration::from_secs(1), None).as_secs();
    usize::try_from(seconds).unwrap_or(usize::MAX)
}

/// What the server's own limit makes of it.
fn bottleneck(shape: &Shape, limit: ServerLimit) -> Option<String> {
    let places = limit.places.get();
    if shape.slots().get() <= places {
        return None;
    }
    Some(match limit.when_full {
        WhenFull::Queue => {
            let seconds = makespan(shape, |_| Duration::from_secs(1), Some(limit));
            format!(
                "but the server takes {places} at once, so it is {}, and the server is the \
                 bottleneck",
                units::count(usize::try_from(seconds.as_secs()).ok()?, "wait")
            )
        }
        WhenFull::Reject => {
            format!(
                "but the server takes {places} at once and turns the others away"
            )
        }
    })
}

/// Where the server saw something else than the strategy and the limit promise.
fn disagreement(
    report: &Report,
    counts: &Counts,
    limit: Option<ServerLimit>,
    seats: Option<usize>,
) -> Option<String> {
    let slots = report.shape.slots().get().min(report.requests);
    let promised = limit.map_or(slots, |limit| slots.min(limit.places.get()));
    let seen = counts.peak_in_flight;
    if seen == promised {
        return None;
    }
    let reason = match seats {
        Some(seats) if seats < promised => {
            format!(", since it holds at most {seats} connections")
        }
        _ if seen < promised && report.is_whole() => {
            ", since the first answers came before the last request was sent"
                .to_owned()
        }
        _ => String::new(),
    };
    Some(format!("the server saw at most {seen} at once, not {promised}{reason}"))
}

fn unanswered(report: &Report) -> Option<String> {
    let missing = report.requests - report.ok;
    // Where there was no server, its absence is the reason why nothing was sent.
    let explained: usize = report.errors.iter().map(|error| error.count).sum();
    let not_sent = missing.saturating_sub(explained);
    let reasons: Vec<_> = report
        .errors
        .iter()
        .map(|error| format!("{} {}", error.count, error.kind))
        .chain((not_sent > 0).then(|| format!("{not_sent} not sent")))
        .collect();
    (missing > 0).then(|| {
        format!(
            "{missing} of {} got no page ({})",
            report.requests,
            reasons.join(", ")
        )
    })
}

fn short_of_cpu(report: &Report) -> Option<String> {
    let cores = report.usage.cores;
    let share = report.usage.cpu_s? / (report.elapsed_s * cores as f64);
    (share > SHORT_OF_CPU).then(|| {
        format!(
            "it used {:.0} % of its {}: it is short of CPU, and not all of its time is \
             waiting",
            share * 100.0,
            units::count(cores, "CPU"),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use serde_json::{Value, json};

    use super::*;

    /// A report of ten requests, one after another, with some things as they are here.
    fn report(changes: &Value) -> Report {
        let mut report = json!({
            "schema": 1, "client": "sync", "url": "http://127.0.0.1:5000/",
            "requests": 10, "ok": 10, "failed": 0, "timed_out": 0, "not_sent": 0,
            "elapsed_s": 1.0, "ideal_s": 1.0, "concurrency": 1,
            "shape": Shape::one_by_one(NonZeroUsize::new(10).unwrap()),
            "latency_ms": null, "errors": [], "cpu_s": 0.1, "peak_rss_bytes": null,
            "cores": 2, "outcomes": [],
        });
        let fields = report.as_object_mut().unwrap();
        fields.extend(changes.as_object().unwrap().clone());
        serde_json::from_value(report).unwrap()
    }

    #[test]
    fn a_client_that_is_short_of_cpu_is_told_so() {
        assert_eq!(short_of_cpu(&report(&json!({ "cpu_s": 1.7 }))), None);
        let short = short_of_cpu(&report(&json!({ "cpu_s": 1.9 }))).unwrap();
        assert!(short.starts_with("it used 95 % of its 2 CPUs"), "{short}");
        assert_eq!(short_of_cpu(&report(&json!({ "cpu_s": null }))), None);
    }

    #[test]
    fn each_request_without_a_page_has_one_reason() {
        let error =
            |count| json!([{ "kind": "refused", "count": count, "advice": "" }]);
        let some =
            json!({ "ok": 5, "failed": 2, "not_sent": 3, "errors": error(2) });
        let some = unanswered(&report(&some)).unwrap();
        assert_eq!(some, "5 of 10 got no page (2 refused, 3 not sent)");
        let none = json!({ "ok": 0, "not_sent": 10, "errors": error(10) });
        let none = unanswered(&report(&none)).unwrap();
        assert_eq!(none, "10 of 10 got no page (10 refused)");
        assert_eq!(unanswered(&report(&json!({}))), None);
    }

    #[test]
    fn where_the_server_saw_less_it_is_said_why() {
        let report = report(
            &json!({ "shape": Shape::queue(NonZeroUsize::new(10).unwrap(), None) }),
        );
        let seen = |peak_in_flight, seats| {
            let counts = Counts { peak_in_flight, ..Counts::default() };
            disagreement(&report, &counts, None, seats).unwrap_or_default()
        };
        assert_eq!(seen(10, Some(5)), "");
        assert!(
            seen(5, Some(5))
                .ends_with("not 10, since it holds at most 5 connections")
        );
        assert!(seen(9, Some(10)).contains("since the first answers came"));
        assert!(seen(9, None).contains("since the first answers came"));
    }

    #[test]
    fn a_run_of_one_request_is_told_as_that() {
        let one = NonZeroUsize::MIN;
        for shape in [Shape::one_by_one(one), Shape::queue(one, None)] {
            assert_eq!(
                waits(&shape, 1, " of 100ms"),
                "one request: 1 wait of 100ms"
            );
        }
    }
}
