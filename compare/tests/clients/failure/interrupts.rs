//! Ctrl-C in the middle of a run: the report of the run so far, and no process left
//! behind.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::Value;
use slow_server::{Background, Config, ResponseGate};

use crate::fixture::faulty_server::{
    Answer, FaultyServer, NextAction, is_stats_probe, no_stats,
};
use crate::fixture::programs::{
    PATIENCE, client, compare, in_flight_at_most, names, report, text, wait_until,
};
#[cfg(target_os = "linux")]
use crate::fixture::programs::{bare_client, started_by};

/// A server whose responses the test releases.
fn held() -> (Background, ResponseGate) {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    (Background::start(config).unwrap(), gate)
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn press_ctrl_c(child: &Child) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
}

/// Presses Ctrl-C, and waits until the client says that it has seen it.
fn press_ctrl_c_and_see(child: &mut Child) {
    press_ctrl_c(child);
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Stopping"), "{line}");
}

/// Presses Ctrl-C in the terminal of a program that leads its group: the terminal sends
/// the signal to all of the group.
fn press_ctrl_c_in_the_terminal_of(child: &Child) {
    killpg(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
}

fn end(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    output
}

/// Three of twenty get their response, then Ctrl-C is pressed.
#[test]
fn every_request_is_accounted_for_after_ctrl_c() {
    for name in names() {
        let options: &[_] = match name {
            "threads" => &["--threads", "4"],
            "async" | "hybrid" => &["-c", "6"],
            _ => &[],
        };
        let in_flight = in_flight_at_most(name, options, 17);
        let (server, gate) = held();
        let child = start(client(name, &server.url(), 20).args(options));
        gate.release(3);
        wait_until(&server, "three answers", |c| {
            c.answered == 3 && c.in_flight == in_flight
        });
        press_ctrl_c(&child);
        let report = report(&end(child));
        crate::fixture::programs::assert_accounted_for(&report);
        // The server's response can be in flight when Ctrl-C is pressed.
        let cut = in_flight + (3 - report.ok);
        assert!(report.ok <= 3, "{name}: {report:?}");
        assert_eq!(report.failed, cut, "{name}: {:?}", report.errors);
        assert_eq!(report.not_sent, 17 - in_flight, "{name}");
        assert_eq!(report.errors[0].kind, "interrupted", "{name}");
        assert_eq!(report.overhead_s(), None, "the ideal is that of all requests");
    }
}

/// As when the terminal was closed or a disk is full.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_is_heard_also_where_standard_error_takes_nothing() {
    for name in names() {
        let (server, _gate) = held();
        let mut command = client(name, &server.url(), 2);
        let nowhere = std::fs::File::create("/dev/full").unwrap();
        let child = command.stdout(Stdio::piped()).stderr(nowhere).spawn().unwrap();
        wait_until(&server, "a request", |counts| counts.in_flight > 0);
        press_ctrl_c(&child);
        let report = report(&end(child));
        assert_eq!(report.errors[0].kind, "interrupted", "{name}");
    }
}

/// As `nohup` starts it, whose terminal is then closed.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_to_outlive_its_terminal_does() {
    for name in ["sync", "async", "compare"] {
        let (server, gate) = held();
        let mut command =
            if name == "compare" { compare() } else { bare_client(name) };
        command.args(["--url", &server.url(), "-n", "1"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]);
        let child = start(&mut started_by(shell, &command));
        wait_until(&server, "a request", |counts| counts.in_flight > 0);
        kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGHUP).unwrap();
        gate.open();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
    }
}

#[test]
fn what_is_answered_soon_after_ctrl_c_still_counts() {
    let (server, gate) = held();
    let mut child = start(&mut client("async", &server.url(), 5));
    wait_until(&server, "all five", |counts| counts.in_flight == 5);
    press_ctrl_c_and_see(&mut child);
    gate.open();
    assert_eq!(report(&end(child)).ok, 5);
}

/// The first connection of a client ends without a response, and the second waits.
#[test]
fn what_was_sent_again_counts_as_that_also_after_ctrl_c() {
    for name in names() {
        let is_first = AtomicBool::new(true);
        let server = FaultyServer::answering(move |head| match () {
            () if is_stats_probe(head) => no_stats(),
            () if is_first.swap(false, Ordering::Relaxed) => Answer::closing(b""),
            () => silence(),
        });
        let child = start(&mut client(name, &server.url(), 1));
        wait_for(|| server.received().len() == 2);
        press_ctrl_c(&child);
        let report = report(&end(child));
        assert_eq!((report.failed, report.retried), (1, 1), "{name}");
    }
}

#[test]
fn nothing_is_sent_again_after_ctrl_c() {
    for name in names() {
        let server = FaultyServer::in_the_run(silence());
        let mut child = start(&mut client(name, &server.url(), 1));
        wait_for(|| server.received().len() == 1);
        press_ctrl_c_and_see(&mut child);
        // All of its connections end.
        drop(server);
        let report = report(&end(child));
        assert_eq!((report.failed, report.retried), (1, 0), "{name}");
    }
}

/// Waits, however slow the machine is, until this is true.
fn wait_for(is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "waited for long enough");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn silence() -> Answer {
    Answer { bytes: Vec::new(), next: NextAction::Silence }
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let (server, _gate) = held();
    let mut child = start(&mut client("sync", &server.url(), 5));
    wait_until(&server, "a request", |counts| counts.in_flight == 1);
    let first = Instant::now();
    press_ctrl_c_and_see(&mut child);
    press_ctrl_c(&child);
    // On a machine so slow that the first one's patience was over, this shows nothing.
    let in_time = first.elapsed() < Duration::from_secs(1);
    let output = end(child);
    assert!(output.stdout.is_empty() || !in_time, "{}", text(&output.stdout));
}

#[test]
fn compare_passes_ctrl_c_on_and_prints_what_it_has() {
    let (server, _gate) = held();
    let url = server.url();
    let mut command = compare();
    // A client that the signal reached twice would leave without a report.
    command.args(["-n", "9", "--url", &url, "--json"]).process_group(0);
    let child = start(&mut command);
    wait_until(&server, "the first request of sync", |counts| counts.in_flight == 1);
    press_ctrl_c_in_the_terminal_of(&child);
    let output = end(child);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["interrupted"], true);
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "the clients after it are not started");
    assert_eq!(json["not_run"], serde_json::json!(names()[1..]));
    let report = &runs[0]["report"];
    assert_eq!((&report["failed"], &report["not_sent"]), (&1.into(), &8.into()));
    // Its client is gone, or the server would still hold its request.
    wait_until(&server, "nobody", |counts| counts.in_flight == 0);
}

#[test]
fn a_curve_that_was_stopped_says_nothing_of_the_client_that_it_stopped() {
    let (server, _gate) = held();
    let options = ["--sweep", "3,9", "--only", "async", "--json", "--url"];
    let child = start(compare().args(options).arg(server.url()));
    wait_until(&server, "all three", |counts| counts.in_flight == 3);
    press_ctrl_c(&child);
    let json: Value = serde_json::from_slice(&end(child).stdout).unwrap();
    let line = &json["lines"][0];
    assert_eq!(line["points"][0]["run"]["report"]["failed"], 3);
    assert_eq!(line["departure"], Value::Null);
    let why = "did not run at any size; left out from 3 on: stopped with Ctrl-C.";
    assert_eq!(line["why"], why);
}

/// A closed terminal and a polite kill end it as Ctrl-C does.
#[test]
fn compare_reports_whichever_signal_ends_it() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        // These tests may run under nohup themselves.
        #[cfg(target_os = "linux")]
        if signal == Signal::SIGHUP && client_core::run::interrupt::ignores_hangup()
        {
            continue;
        }
        let (server, _gate) = held();
        let options = ["-n", "3", "--only", "async", "--json", "--url"];
        let child = start(compare().args(options).arg(server.url()));
        wait_until(&server, "all three", |counts| counts.in_flight == 3);
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let json: Value = serde_json::from_slice(&end(child).stdout).unwrap();
        assert_eq!(json["interrupted"], true);
        assert_eq!(json["runs"][0]["report"]["failed"], 3);
        wait_until(&server, "nobody", |counts| counts.in_flight == 0);
    }
}

/// Not even a signal that cannot be caught leaves a client behind.
#[test]
fn no_client_outlives_a_compare_that_is_killed() {
    for client in names() {
        let (server, _gate) = held();
        let options = ["-n", "5", "--only", client, "--url"];
        let mut child = start(compare().args(options).arg(server.url()));
        wait_until(&server, "a request", |counts| counts.in_flight > 0);
        child.kill().unwrap();
        child.wait().unwrap();
        // Its requests would be held for ever, and stay in flight as long as it lives.
        wait_until(&server, "nobody", |counts| counts.in_flight == 0);
    }
}
