//! All four clients against a `slow-server` that was told to be late, to vary, to fail or
//! to refuse: what its settings make of a run.

use crate::fixture::programs::{assert_accounted_for, client, names, report, text};
use client_core::Report;
use slow_server::{Background, Config, WhenFull};

/// Runs all clients, and has each end with exit status 1 and a report of its own.
fn run_all(url: &str, requests: usize) -> Vec<Report> {
    let run = |name: &&str| {
        let output = client(name, url, requests).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(1),
            "{name}: {}",
            text(&output.stderr)
        );
        let report = report(&output);
        assert_accounted_for(&report);
        report
    };
    names().iter().map(run).collect()
}

#[test]
fn a_request_that_takes_too_long_is_timed_out_and_not_failed() {
    let server = Background::start(Config::default()).unwrap();
    for name in names() {
        let output = client(name, &server.url(), 2)
            .args(["--timeout", "50ms"])
            .output()
            .unwrap();
        let report = report(&output);
        assert_accounted_for(&report);
        assert_eq!((report.timed_out, report.failed), (2, 0), "{:?}", report.errors);
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn the_seed_fails_the_same_requests_for_every_client() {
    let delay = std::time::Duration::from_millis(1);
    for (seed, fail_rate) in [(1, 0.2), (2, 0.5), (3, 0.9)] {
        let config =
            Config { delay, jitter: delay, seed, fail_rate, ..Config::default() };
        let schedule = config.schedule();
        let planned: Vec<_> =
            (0..40).filter(|&i| schedule.response(i).fails).collect();
        let server = Background::start(config).unwrap();
        for report in run_all(&server.url(), 40) {
            let failed = report.outcomes.iter().filter(|o| o.status == Some(503));
            let failed: Vec<_> = failed.map(|o| o.index as u64).collect();
            assert_eq!(failed, planned, "{}", report.client);
            assert_eq!(report.failed, planned.len());
            assert_eq!(report.ok + report.failed, 40);
        }
    }
}

#[test]
fn with_jitter_the_ideal_is_the_schedule_that_the_seed_gives() {
    use std::time::Duration;

    let (delay, jitter) = (Duration::from_millis(1), Duration::from_millis(20));
    let config = Config { delay, jitter, seed: 5, ..Config::default() };
    let schedule = config.schedule();
    let delays = (0..10).map(|i| schedule.response(i).delay.as_secs_f64());
    let server = Background::start(config).unwrap();
    let ideal = |name| {
        let output = client(name, &server.url(), 10).output().unwrap();
        report(&output).ideal_s.unwrap()
    };
    // The schedule goes over the wire in microseconds.
    let sum: f64 = delays.clone().sum();
    assert!((ideal("sync") - sum).abs() < 1e-5 * 2.0);
    let longest = delays.fold(0.0, f64::max);
    assert!((ideal("async") - longest).abs() < 1e-5);
    assert!((ideal("hybrid") - longest).abs() < 1e-5);
}

#[test]
fn a_server_that_rejects_is_told_apart_from_one_that_queues() {
    let config = Config {
        delay: std::time::Duration::from_millis(5),
        max_concurrent: std::num::NonZeroUsize::new(1),
        ..Config::default()
    };
    let queue = Background::start(config.clone()).unwrap();
    let output = client("async", &queue.url(), 10).output().unwrap();
    assert_eq!(report(&output).ok, 10);
    assert_eq!(queue.stats().counts().peak_in_flight, 1);

    let gate = slow_server::ResponseGate::default();
    let config =
        Config { when_full: WhenFull::Reject, gate: Some(gate.clone()), ..config };
    let reject = Background::start(config).unwrap();
    let child = client("async", &reject.url(), 10)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    crate::fixture::programs::wait_until(&reject, "all ten", |counts| {
        counts.received == 10
    });
    gate.open();
    let report = report(&child.wait_with_output().unwrap());
    assert_eq!((report.ok, report.failed), (1, 9), "{:?}", report.errors);
    assert_accounted_for(&report);
}
