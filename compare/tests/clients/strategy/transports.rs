//! What carries the requests: every transport does the same, and only the connections differ.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use clap::ValueEnum as _;
use client_core::Report;
use client_core::Transport;
use serde_json::Value;
use slow_server::{Background, Config, EventKind, Limits, ResponseGate};

use crate::fixture::faulty_server::FaultyServer;
use crate::fixture::programs::{
    assert_accounted_for, client, compare, names, names_with_transport, report,
    run_to_end, text, wait_until,
};
use crate::fixture::relay::Relay;

fn each(test: impl Fn(&str, Transport)) {
    for name in names_with_transport() {
        for &transport in Transport::value_variants() {
            test(name, transport);
        }
    }
}

#[test]
fn all_are_in_flight_at_once_on_as_many_connections_as_are_asked_for() {
    each(|name, transport| {
        let gate = ResponseGate::default();
        let config =
            Config { gate: Some(gate.clone()), journal: true, ..Config::default() };
        let server = Background::start(config).unwrap();
        let mut client = client(name, &server.url(), 40);
        client.args(["--transport", transport.name()]);
        if transport.is_http2() {
            client.args(["--connections", "3"]);
        }
        let child =
            client.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until(&server, "all in flight", |counts| counts.in_flight == 40);
        gate.open();
        let output = child.wait_with_output().unwrap();
        let report = report(&output);

        assert_accounted_for(&report);
        assert_eq!(report.ok, 40, "{name} {transport:?}: {}", text(&output.stderr));
        assert_eq!(report.transport, Some(transport));
        let peers: BTreeSet<_> =
            server.stats().journal().iter().filter_map(|event| event.peer).collect();
        let expected = if transport.is_http2() { 3 } else { 40 };
        assert_eq!(peers.len(), expected, "{name} {transport:?}");
        assert_eq!(
            report.connections.map(std::num::NonZeroUsize::get),
            transport.is_http2().then_some(3)
        );
    });
}

/// Delays, failures and the ideal are those of the seed, whatever carries the requests.
#[test]
fn every_transport_gets_what_the_seed_gives() {
    let config = Config {
        delay: Duration::from_millis(5),
        jitter: Duration::from_millis(40),
        fail_rate: 0.3,
        seed: 7,
        ..Config::default()
    };
    let schedule = config.schedule();
    let server = Background::start(config).unwrap();
    each(|name, transport| {
        let mut client = client(name, &server.url(), 60);
        client.args(["--transport", transport.name()]);
        let report = report(&run_to_end(&mut client));
        assert_accounted_for(&report);
        for (request, outcome) in (0..).zip(&report.outcomes) {
            let planned = schedule.response(request);
            let status = if planned.fails { 503 } else { 200 };
            assert_eq!(outcome.status, Some(status), "{name} {transport:?}");
            let waited = Duration::from_micros(outcome.waited_us.unwrap());
            assert_eq!(waited.as_millis(), planned.delay.as_millis());
            assert!(outcome.end_us - outcome.start_us >= outcome.waited_us.unwrap());
        }
    });
}

#[test]
fn a_slot_is_taken_by_the_next_over_http2_too() {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    let server = Background::start(config).unwrap();
    let child = client("async", &server.url(), 20)
        .args(["--transport", "h2", "-c", "4"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    for answered in 0..20 {
        let in_flight = 4.min(20 - answered);
        wait_until(&server, "slots to be filled", |counts| {
            counts.answered == answered && counts.in_flight == in_flight
        });
        gate.release(1);
    }
    let report = report(&child.wait_with_output().unwrap());
    assert_eq!(report.ok, 20);
    assert_eq!(server.stats().counts().peak_in_flight, 4);
}

/// One of three requests is on a connection that is cut: it is sent again on another.
#[test]
fn a_connection_that_was_cut_is_made_again() {
    each(|name, transport| {
        let gate = ResponseGate::default();
        let config = Config { gate: Some(gate.clone()), ..Config::default() };
        let server = Background::start(config).unwrap();
        let relay = Relay::to(&server);
        let mut client = client(name, &relay.url(), 3);
        client.args(["--transport", transport.name(), "-c", "1"]);
        if name == "hybrid" {
            client.args(["--runtimes", "1"]);
        }
        let child = client.stdout(Stdio::piped()).spawn().unwrap();
        gate.release(1);
        wait_until(&server, "the second", |counts| {
            counts.answered == 1 && counts.in_flight == 1
        });
        relay.cut();
        wait_until(&server, "the second again", |counts| {
            counts.aborted == 1 && counts.in_flight == 1
        });
        gate.open();
        let report = report(&child.wait_with_output().unwrap());
        assert_eq!((report.ok, report.retried), (3, 1), "{name} {transport:?}");
        assert_eq!(server.stats().counts().received, 4);
    });
}

/// A client that begins before it has heard how many a connection takes must not count on
/// more than every server does: what is too much is refused.
#[test]
fn no_more_is_sent_on_a_connection_than_the_server_takes() {
    each(|name, transport| {
        let limits = Limits { http2_streams: 100, ..Limits::default() };
        let delay = Duration::from_millis(20);
        let config = Config { limits, delay, ..Config::default() };
        let server = Background::start(config).unwrap();
        let relay = Relay::through(&server, Duration::from_millis(50));
        let mut client = client(name, &relay.url(), 1000);
        client.args(["--transport", transport.name()]);
        let report = report(&run_to_end(&mut client));
        assert_eq!(report.ok, 1000, "{name} {transport:?}: {:?}", report.errors);
    });
}

fn all_end_as(kind: &str, url: &str, options: &[&str]) {
    each(|name, transport| {
        let mut client = client(name, url, 8);
        client.args(["--transport", transport.name()]).args(options);
        let Report { errors, .. } = report(&run_to_end(&mut client));
        let kinds: Vec<_> = errors.iter().map(|error| &*error.kind).collect();
        assert_eq!(kinds, [kind], "{name} {transport:?}");
        assert_eq!(errors[0].count, 8);
    });
}

#[test]
fn each_request_is_given_up_when_its_time_is_over() {
    let config = Config { gate: Some(ResponseGate::default()), ..Config::default() };
    let server = Background::start(config).unwrap();
    all_end_as("timeout", &server.url(), &["--timeout", "300ms"]);
}

#[test]
fn a_server_that_is_gone_fails_each_request() {
    each(|name, transport| {
        let server = FaultyServer::gone_when_the_run_begins();
        let mut client = client(name, &server.url(), 200);
        client.args(["--transport", transport.name()]);
        let report = report(&run_to_end(&mut client));
        assert_accounted_for(&report);
        assert_eq!((report.failed, report.retried), (200, 0));
        let kinds: Vec<_> = report.errors.iter().map(|e| &*e.kind).collect();
        assert_eq!(kinds, ["refused"], "{name} {transport:?}");
    });
}

#[test]
fn a_server_that_is_stopped_fails_what_is_in_flight() {
    each(|name, transport| {
        let config =
            Config { gate: Some(ResponseGate::default()), ..Config::default() };
        let server = Background::start(config).unwrap();
        let child = client(name, &server.url(), 8)
            .args(["--transport", transport.name()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_until(&server, "all in flight", |counts| counts.in_flight == 8);
        drop(server);
        let report = report(&child.wait_with_output().unwrap());
        assert_accounted_for(&report);
        assert_eq!(report.failed, 8, "{name} {transport:?}: {report:?}");
        // The second try found no server, which is not what ended the first.
        let kinds: Vec<_> = report.errors.iter().map(|error| &*error.kind).collect();
        assert_eq!(kinds, ["closed"], "{name} {transport:?}");
    });
}

#[test]
fn above_the_bound_requests_are_counted_and_not_kept() {
    let config = Config { delay: Duration::ZERO, ..Config::default() };
    let server = Background::start(config).unwrap();
    let requests = 100_001;
    let mut client = client("hybrid", &server.url(), requests);
    client.args(["--transport", "h2", "-c", "2000"]);
    let report = report(&run_to_end(&mut client));
    assert!(report.counted);
    assert!(report.outcomes.is_empty());
    assert_eq!(report.ok, requests, "{:?}", report.errors);
    assert_eq!(server.stats().counts().answered, requests);
    assert!(report.latency_ms.is_some());
}

#[test]
fn connections_are_shared_only_over_http2() {
    let refused = |output: std::process::Output| {
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains("--transport h2"), "{said}");
    };
    for transport in ["reqwest", "hyper"] {
        let options = ["--transport", transport, "--connections", "3"];
        let mut client = client("async", "http://127.0.0.1:9", 1);
        refused(run_to_end(client.args(options)));
        refused(run_to_end(compare().args(options)));
    }
}

#[test]
fn compare_runs_the_async_clients_once_with_each_transport() {
    let options = ["-n", "5", "--delay", "10ms", "--transport", "all", "--json"];
    let output = run_to_end(compare().args(options));
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = comparison["runs"].as_array().unwrap().iter();
    let ran: Vec<_> = runs
        .map(|run| (run["client"].as_str().unwrap(), run["transport"].as_str()))
        .collect();
    let mut expected = Vec::new();
    for name in names() {
        if names_with_transport().contains(&name) {
            let transports = Transport::value_variants().iter();
            expected.extend(transports.map(|t| (name, Some(t.name()))));
        } else {
            expected.push((name, None));
        }
    }
    assert_eq!(ran, expected);
    // Each against a server of its own, to which no port is taken yet.
    let urls: BTreeSet<_> = comparison["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["report"]["url"].as_str().unwrap())
        .collect();
    assert_eq!(urls.len(), expected.len(), "{urls:?}");
    let table = run_to_end(compare().args(&options[..6]));
    let table = text(&table.stdout);
    for label in ["\nasync h2 ", "\nhybrid reqwest-h2 ", "\nasync  "] {
        assert!(table.contains(label), "{table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

/// With more connections than places, those that wait in line are not forgotten.
/// Those over HTTP/1.1 have no use for it.
#[test]
fn compare_gives_connections_to_those_that_share_them() {
    let options =
        ["-n", "20", "--delay", "10ms", "--only", "async,hybrid", "--json"];
    let transports = ["--transport", "all", "--connections", "3"];
    let output = run_to_end(compare().args(options).args(transports));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = comparison["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 8);
    for run in runs {
        let transport = run["transport"].as_str().unwrap();
        let shared = transport.ends_with("h2").then_some(3);
        assert_eq!(run["report"]["connections"].as_u64(), shared, "{transport}");
    }
}

#[test]
fn compare_passes_on_the_options_of_each_client() {
    let options = ["-n", "12", "--delay", "10ms", "--json", "-c", "4"];
    let own = ["--threads", "2", "--chunk-size", "3", "--worker-threads", "3"];
    let mut compare = compare();
    compare.args(options).args(own).args(["--runtimes", "2"]);
    let output = run_to_end(&mut compare);
    let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = |client: &str| {
        let mut runs = comparison["runs"].as_array().unwrap().iter();
        &runs.find(|run| run["client"] == client).unwrap()["report"]
    };
    assert_eq!(report("threads")["concurrency"], 2);
    assert_eq!(report("threads")["shape"]["shares"][0]["chunk"], 3);
    assert_eq!(report("async")["concurrency"], 4);
    assert_eq!(report("async")["shape"]["threads_each"], 3);
    assert_eq!(report("hybrid")["concurrency"], 4);
    assert_eq!(report("hybrid")["shape"]["shares"].as_array().unwrap().len(), 2);
}

#[test]
fn a_server_with_few_places_serves_all_over_http2_in_turn() {
    let config = Config {
        delay: Duration::from_millis(5),
        max_concurrent: std::num::NonZeroUsize::new(3),
        journal: true,
        ..Config::default()
    };
    let server = Background::start(config).unwrap();
    let mut client = client("hybrid", &server.url(), 30);
    let report = report(&run_to_end(client.args(["--transport", "h2"])));
    assert_eq!(report.ok, 30, "{:?}", report.errors);
    assert_eq!(server.stats().counts().peak_in_flight, 3);
    let journal = server.stats().journal();
    let answered = journal.iter().filter(|e| e.kind == EventKind::Answered);
    assert_eq!(answered.count(), 30);
}
