//! `--duration`: requests are begun until the time is over, and none after it.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use client_core::Report;
use serde_json::Value;
use slow_server::{Background, Config, ResponseGate};

use crate::fixture::faulty_server::{Answer, FaultyServer};
use crate::fixture::programs::{
    assert_accounted_for, bare_client, compare, names, report, run_to_end, text,
    wait_until,
};

/// The options of a client, and how many requests it then has in flight.
fn options_of(name: &str) -> (&'static [&'static str], usize) {
    match name {
        "threads" => (&["--threads", "4", "--chunk-size", "3"], 4),
        "async" => (&["-c", "6"], 6),
        "hybrid" => (&["-c", "5", "--runtimes", "2"], 5),
        _ => (&[], 1),
    }
}

/// A client that is to run for this time.
fn client(name: &str, url: &str, duration: &str) -> std::process::Command {
    let mut command = bare_client(name);
    command.args(["--json", "--quiet", "--url", url, "--duration", duration]);
    command
}

fn held() -> (Background, ResponseGate) {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    (Background::start(config).unwrap(), gate)
}

/// The server holds its responses until the time is over for certain. Each slot has begun one
/// request by then, and no other one of its chunk is begun after it.
#[test]
fn nothing_is_begun_after_the_time() {
    let ends_late = |name| {
        let lasts = Duration::from_secs(2);
        let (options, slots) = options_of(name);
        let (server, gate) = held();
        let child = client(name, &server.url(), "2s")
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Its clock runs by now.
        wait_until(&server, "a request", |counts| counts.in_flight > 0);
        thread::sleep(lasts);
        gate.release(1000);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let (report, counts) = (report(&output), server.stats().counts());
        assert_accounted_for(&report);
        // As many as have a slot, unless the machine was too busy to begin them in time.
        assert!((1..=slots).contains(&counts.received), "{name}: {counts:?}");
        assert_eq!((report.requests, report.ok), (counts.received, counts.received));
        assert!(report.elapsed_s >= 2.0, "{name}: {}", report.elapsed_s);
    };
    thread::scope(|scope| {
        for name in names() {
            scope.spawn(move || ends_late(name));
        }
    });
}

/// On a busy machine fewer are served, and never more than the ideal.
#[test]
fn what_is_reported_is_what_the_server_saw() {
    let runs = |name| {
        let delay = Duration::from_millis(100);
        for (options, slots) in [options_of(name), (&[][..], usual_slots(name))] {
            let server =
                Background::start(Config { delay, ..Config::default() }).unwrap();
            let mut client = client(name, &server.url(), "950ms");
            let output = run_to_end(client.args(options));
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            let (report, counts) = (report(&output), server.stats().counts());
            assert_accounted_for(&report);
            assert_eq!(counts.received, report.requests, "{name}");
            assert_eq!(counts.answered, report.ok, "{name}");
            assert_eq!(report.ok, report.requests, "{name}");
            assert_eq!(report.concurrency, slots, "{name} {options:?}");
            assert!(counts.peak_in_flight <= slots, "{name}: {counts:?}");
            assert_eq!(report.duration_s, Some(0.95));
            assert_eq!(report.ideal_requests, Some(10 * slots), "{name}");
            assert!((1..=10 * slots).contains(&report.requests), "{name}");
            let in_time = |start_us| start_us < 950_000;
            assert!(
                report.outcomes.iter().all(|row| in_time(row.start_us)),
                "{name}"
            );
        }
    };
    thread::scope(|scope| {
        for name in names() {
            scope.spawn(move || runs(name));
        }
    });
}

/// Where there is no number of all requests, a hundred are in flight.
fn usual_slots(name: &str) -> usize {
    match name {
        "sync" => 1,
        "threads" => 8,
        _ => 100,
    }
}

/// Six in flight for a server that serves two: four still queue when the time is over.
#[test]
fn a_server_that_queues_serves_as_many_as_it_takes() {
    let config = Config {
        delay: Duration::from_millis(100),
        max_concurrent: Some(2.try_into().unwrap()),
        ..Config::default()
    };
    let server = Background::start(config).unwrap();
    let mut client = client("async", &server.url(), "1s");
    let report = report(&run_to_end(client.args(["-c", "6"])));
    assert_accounted_for(&report);
    assert_eq!(report.ideal_requests, Some(2 * 10 + 4));
    assert_eq!(server.stats().counts().received, report.requests);
    assert!((6..=24).contains(&report.ok), "{}", report.ok);
}

/// Of ten hours, what came until then; and nothing is kept for what was never begun.
#[cfg(unix)]
#[test]
fn after_ctrl_c_there_is_what_came_until_then() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    for name in names() {
        let (options, slots) = options_of(name);
        let (server, gate) = held();
        let child = client(name, &server.url(), "10h")
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        gate.release(3);
        wait_until(&server, "three answers", |counts| {
            counts.answered == 3 && counts.in_flight == slots
        });
        kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        let report = report(&output);
        assert_accounted_for(&report);
        assert_eq!(report.requests, 3 + slots, "{name}");
        // The responses can be in flight when Ctrl-C is pressed.
        assert_eq!(report.ok + report.failed, report.requests, "{name}");
        assert!(report.ok <= 3 && report.was_stopped(), "{name}: {report:?}");
        assert_eq!(report.not_sent, 0, "{name}");
        let memory = report.usage.peak_rss_bytes;
        assert!(
            memory.is_none_or(|bytes| bytes < 200_000_000),
            "{name}: {memory:?}"
        );
    }
}

#[test]
fn a_server_that_does_not_tell_its_delay_has_no_ideal() {
    const PAGE: &[u8] =
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 6\r\n\r\nHello!";
    let server = FaultyServer::always(Answer::closing(PAGE));
    let output = run_to_end(&mut client("async", &server.url(), "50ms"));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["ideal_requests"], Value::Null);
    assert_eq!(json["duration_s"], 0.05);
    assert_accounted_for(&report(&output));

    let absent = run_to_end(&mut client("sync", "http://127.0.0.1:1", "1s"));
    assert_eq!(absent.status.code(), Some(1), "nothing was served");
    assert_eq!(report(&absent).requests, 0);
}

#[test]
fn wrong_use_is_refused_with_what_to_write() {
    for (options, said) in [
        (&["--duration", "0s"][..], "such as 10s"),
        (&["--duration", "10"], "such as 300ms, 3s or 1m"),
        (&["--duration", "1s", "-n", "3"], "cannot be used with"),
    ] {
        let programs = [bare_client("sync"), bare_client("hybrid"), compare()];
        for mut program in programs {
            let output = run_to_end(program.args(options));
            assert_eq!(output.status.code(), Some(2), "{program:?}");
            assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
        }
    }
    // A program of others is told a number of requests.
    let programs = ["--with", "mine=true {url} {requests}"];
    // These compare times, and all of such runs last as long.
    let (repeat, baseline) = (["--repeat", "3"], ["--baseline", "none"]);
    for other in
        [&["--sweep", "1,10"][..], &["--predict"], &repeat, &baseline, &programs]
    {
        let output = run_to_end(compare().args(["--duration", "1s"]).args(other));
        assert_eq!(output.status.code(), Some(2), "{other:?}");
    }
    // However few it might be, that is a load on somebody's server.
    let elsewhere = ["--duration", "1ms", "--url", "http://203.0.113.7/"];
    for mut program in [bare_client("sync"), compare()] {
        let output = run_to_end(program.args(elsewhere));
        assert_eq!(output.status.code(), Some(2), "{program:?}");
        let said = text(&output.stderr);
        assert!(said.contains("any number of requests (--duration)"), "{said}");
    }
}

#[test]
fn a_comparison_shows_what_each_served_beside_its_ideal() {
    let options = ["--duration", "500ms", "--delay", "100ms"];
    let all = ["--json", "--threads", "4"];
    let output = run_to_end(compare().args(all).args(options));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["duration_s"], 0.5);
    let runs = json["runs"].as_array().unwrap();
    let reports: Vec<Report> = runs
        .iter()
        .map(|run| serde_json::from_value(run["report"].clone()).unwrap())
        .collect();
    for (run, report) in runs.iter().zip(&reports) {
        assert_accounted_for(report);
        assert_eq!(run["server"]["received"], report.requests);
        assert_eq!(run["restated_s"], Value::Null, "no time to compare");
    }
    let ideals: Vec<_> =
        reports.iter().map(|report| report.ideal_requests).collect();
    assert_eq!(ideals, [5, 20, 500, 500].map(Some));
    let most = reports.iter().map(|report| report.requests).max().unwrap();
    assert_eq!(json["requests"], most);

    let name = format!("three-seconds-{}-duration.html", std::process::id());
    let file = std::env::temp_dir().join(name);
    let html = ["--only", "sync", "--html", file.to_str().unwrap()];
    let output = run_to_end(compare().args(options).args(html));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(table.contains("requests    ideal throughput"), "{table}");
    assert!(
        table.contains("one request after another for 500 ms: ideally 5 waves"),
        "{table}"
    );
    assert!(!table.contains("over ideal"), "{table}");
    let page = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    assert!(page.contains("\"duration_s\":0.5"));
}
