//! Each strategy proved by what the server saw, with responses that wait for the test's
//! word: no clock decides.

use std::process::Stdio;
use std::time::Duration;

use crate::fixture::programs::{
    assert_accounted_for, client, in_flight_at_most, names, report, wait_until,
};
use client_core::Report;
use client_core::export::lanes::rows;
use slow_server::{Background, Config, EventKind, ResponseGate};

/// Long enough for a request too many to show itself, if there is one. If the machine is
/// so slow that it does not, the test misses a fault; it never finds one that is not.
const A_LITTLE: Duration = Duration::from_millis(100);

/// What the server saw of one run.
struct Observed {
    /// The numbers of the requests, as they arrived.
    arrivals: Vec<usize>,
    report: Report,
}

/// Runs a client with one queue, that should have `slots` requests in flight.
/// The server responds only when that many have arrived, and then to one after another.
fn watch(name: &str, options: &[&str], requests: usize, slots: usize) -> Observed {
    watch_waves(name, options, requests, slots, 1)
}

/// As [`watch`], but the server responds to `wave` requests at a time.
fn watch_waves(
    name: &str,
    options: &[&str],
    requests: usize,
    slots: usize,
    wave: usize,
) -> Observed {
    let gate = ResponseGate::default();
    let config =
        Config { gate: Some(gate.clone()), journal: true, ..Config::default() };
    let server = Background::start(config).unwrap();
    let child = client(name, &server.url(), requests)
        .args(options)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();

    for answered in (0..requests).step_by(wave) {
        let in_flight = slots.min(requests - answered);
        let all = format!("{in_flight} in flight after {answered} answers");
        wait_until(&server, &all, |c| {
            c.answered == answered && c.in_flight >= in_flight
        });
        if answered == 0 {
            std::thread::sleep(A_LITTLE);
        }
        assert_eq!(
            server.stats().counts().in_flight,
            in_flight,
            "{name} {options:?}"
        );
        gate.release(wave);
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        crate::fixture::programs::text(&output.stderr)
    );

    let counts = server.stats().counts();
    assert_eq!(counts.peak_in_flight, slots.min(requests));
    assert_eq!((counts.received, counts.answered), (requests, requests));
    let report = report(&output);
    assert_accounted_for(&report);
    assert_eq!(report.ok, requests);

    // The picture is true: it has as many rows as the server saw requests in flight.
    assert_eq!(rows(&report.outcomes).len(), counts.peak_in_flight, "{name}");

    let arrived = |event: &&slow_server::Event| event.kind == EventKind::Arrived;
    let journal = server.stats().journal();
    let numbers = journal.iter().filter(arrived).map(|event| event.request);
    let arrivals =
        numbers.map(|request| usize::try_from(request).unwrap()).collect();
    Observed { arrivals, report }
}

fn lanes(report: &Report) -> usize {
    let mut lanes: Vec<_> =
        report.outcomes.iter().map(|outcome| outcome.lane).collect();
    lanes.sort_unstable();
    lanes.dedup();
    lanes.len()
}

fn sorted(numbers: &[usize]) -> Vec<usize> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted
}

/// Of each client that there is, also of one that no test here knows by name.
#[test]
fn every_client_has_as_many_in_flight_as_its_layout_says() {
    for name in names() {
        let slots = in_flight_at_most(name, &[], 12);
        let seen = watch_waves(name, &[], 12, slots, slots);
        assert_eq!(sorted(&seen.arrivals), (0..12).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn sync_has_one_in_flight_and_keeps_the_order() {
    let seen = watch("sync", &[], 7, 1);
    assert_eq!(seen.arrivals, (0..7).collect::<Vec<_>>());
    assert_eq!(lanes(&seen.report), 1);
}

#[test]
fn threads_have_as_many_in_flight_as_there_are_threads() {
    for threads in [1, 3, 8] {
        let options = ["--threads", &threads.to_string()];
        let seen = watch("threads", &options, 20, threads);
        let (first, rest) = seen.arrivals.split_at(threads);
        assert_eq!(sorted(first), (0..threads).collect::<Vec<_>>());
        // A thread that is free takes the next request, as the ideal supposes.
        assert_eq!(rest, (threads..20).collect::<Vec<_>>());
        assert_eq!(lanes(&seen.report), threads);
    }
}

/// One response is held back, and all others are sent immediately. Where a slot was given several
/// requests at a time, the rest of them would wait behind that one.
#[test]
fn one_slow_answer_holds_nobody_else_back() {
    for (name, options) in [
        ("threads", ["--threads", "8"]),
        ("async", ["-c", "8"]),
        ("hybrid", ["-c", "8"]),
    ] {
        for slow in [0, 50] {
            let gate = ResponseGate::only(slow);
            let config = Config { gate: Some(gate.clone()), ..Config::default() };
            let server = Background::start(config).unwrap();
            let child = client(name, &server.url(), 100)
                .args(options)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            wait_until(
                &server,
                &format!("all but request {slow} of {name}"),
                |counts| counts.answered == 99 && counts.in_flight == 1,
            );
            gate.open();
            assert_eq!(report(&child.wait_with_output().unwrap()).ok, 100);
        }
    }
}

#[test]
fn a_thread_sends_the_requests_of_its_chunk_one_after_another() {
    let seen = watch("threads", &["--threads", "2", "--chunk-size", "4"], 16, 2);
    for chunk in 0..4 {
        let own: Vec<_> =
            seen.arrivals.iter().filter(|&&i| i / 4 == chunk).collect();
        assert!(own.is_sorted(), "chunk {chunk} arrived as {own:?}");
        let lane = |i: usize| seen.report.outcomes[i].lane;
        assert!(
            (1..4).all(|i| lane(chunk * 4 + i) == lane(chunk * 4)),
            "chunk {chunk}"
        );
    }
}

/// Where all of a wave get their responses together, a row has a request for each wave.
#[test]
fn the_rows_of_the_picture_show_the_waves() {
    for (name, options) in [
        ("threads", ["--threads", "5"]),
        ("async", ["-c", "5"]),
        ("hybrid", ["-c", "5"]),
    ] {
        let seen = watch_waves(name, &options, 20, 5, 5);
        let rows = rows(&seen.report.outcomes);
        let drawn: Vec<_> = rows.iter().map(|row| row.requests.len()).collect();
        assert_eq!(drawn, [4; 5], "{name}");
    }
}

#[test]
fn async_has_all_in_flight_at_once() {
    let seen = watch("async", &[], 50, 50);
    assert_eq!(sorted(&seen.arrivals), (0..50).collect::<Vec<_>>());
    assert_eq!(lanes(&seen.report), 1);
}

#[test]
fn async_fills_a_free_slot_with_the_next_request() {
    let seen = watch("async", &["-c", "5"], 20, 5);
    let (first, rest) = seen.arrivals.split_at(5);
    assert_eq!(sorted(first), (0..5).collect::<Vec<_>>());
    assert_eq!(rest, (5..20).collect::<Vec<_>>());
}

#[test]
fn hybrid_has_the_total_in_flight_over_all_runtimes() {
    let seen = watch_waves("hybrid", &["--runtimes", "3", "-c", "7"], 28, 7, 7);
    assert_eq!(lanes(&seen.report), 3);
    // Each runtime sends its share of every wave.
    for (wave, arrived) in seen.arrivals.chunks(7).enumerate() {
        assert_eq!(sorted(arrived), (wave * 7..wave * 7 + 7).collect::<Vec<_>>());
    }
}

#[test]
fn hybrid_uses_no_more_runtimes_than_it_has_slots() {
    let seen = watch_waves("hybrid", &["--runtimes", "4", "-c", "2"], 10, 2, 2);
    assert_eq!(lanes(&seen.report), 2);
    let all = watch_waves("hybrid", &["--runtimes", "2"], 40, 40, 40);
    assert_eq!(lanes(&all.report), 2);
}
