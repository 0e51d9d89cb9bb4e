//! Computation on each page, on top of the waiting.

use std::num::NonZeroUsize;
use std::time::Duration;

use client_core::Report;
use client_core::model::{SimulationParams, makespan_on};
use serde_json::Value;
use slow_server::{Background, Config};

use crate::fixture::programs::{client, compare, names, report, run_to_end, text};

const DELAY: Duration = Duration::from_millis(10);
const WORK: Duration = Duration::from_millis(10);

/// What this report should have as its ideal.
fn ideal(report: &Report) -> f64 {
    let cores = NonZeroUsize::new(report.usage.cores).unwrap();
    let params = SimulationParams { work: WORK, cores, ..SimulationParams::WAITING };
    makespan_on(&report.layout, |_| DELAY, None, params).as_secs_f64()
}

#[test]
fn every_client_computes_on_each_page_and_its_ideal_knows() {
    let server =
        Background::start(Config { delay: DELAY, ..Config::default() }).unwrap();
    for name in names() {
        let mut without = client(name, &server.url(), 30);
        let without = report(&run_to_end(&mut without));
        let mut with = client(name, &server.url(), 30);
        let with = report(&run_to_end(with.args(["--cpu-work", "10ms"])));

        assert_eq!((without.cpu_work_ms, with.cpu_work_ms), (None, Some(10.0)));
        // 300 ms of CPU time, whatever else the client does.
        if let (Some(without), Some(with)) = (without.usage.cpu_s, with.usage.cpu_s)
        {
            assert!(with > 0.3, "{name}: {with} s of CPU");
            assert!(without < 0.3, "{name}: {without} s of CPU");
        }
        let expected = ideal(&with);
        assert!((with.ideal_s.unwrap() - expected).abs() < 1e-6, "{name}: {with:?}");
        assert!(with.elapsed_s > expected, "{name} was faster than it can be");
    }
}

#[test]
fn a_page_that_did_not_come_is_not_worked_on() {
    let server = Background::start(Config {
        delay: Duration::ZERO,
        fail_rate: 1.0,
        ..Config::default()
    })
    .unwrap();
    let mut client = client("sync", &server.url(), 20);
    let report = report(&run_to_end(client.args(["--cpu-work", "1s"])));
    assert_eq!(report.failed, 20);
    // Twenty seconds otherwise.
    assert!(report.usage.cpu_s.is_none_or(|cpu| cpu < 10.0), "{report:?}");
}

#[test]
fn compare_says_what_the_work_costs_and_who_can_share_it() {
    let mut compare = compare();
    compare.args(["-n", "20", "--delay", "10ms", "--cpu-work", "5ms", "--json"]);
    let output = run_to_end(compare.args(["--worker-threads", "1"]));
    let compared: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    for run in compared["runs"].as_array().unwrap() {
        let report: Report = serde_json::from_value(run["report"].clone()).unwrap();
        assert_eq!(report.cpu_work_ms, Some(5.0));
        assert!(run["restated_s"].is_null(), "work does not scale with the delay");
        let why = run["why"].as_str().unwrap();
        assert!(
            why.contains("computing 5 ms for each response takes 0.100 s"),
            "{why}"
        );
        if matches!(&*report.client, "sync" | "async") {
            assert!(why.contains("on one thread"), "{why}");
            // All of it in a row, behind the first wait at the least.
            assert!(report.ideal_s.unwrap() > 0.1099, "{report:?}");
        }
    }
}

#[test]
fn more_work_than_a_class_would_wait_for_is_refused() {
    for (work, said) in [("11s", "at most 10s"), ("5", "300ms")] {
        let mut client = client("async", "http://127.0.0.1:9", 1);
        let output = run_to_end(client.args(["--cpu-work", work]));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}
