//! A client or compare that is stopped in the middle of a run, as by Ctrl-Z.

use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use slow_server::{Background, Config, ResponseGate};

use crate::fixture::programs::{client, compare, report, text, wait_until};

const PAUSE: Duration = Duration::from_secs(1);

/// Runs a program that sends three requests at the same time, and meanwhile stops the process that
/// `whom` gives.
fn stopped(
    command: impl FnOnce(&str) -> Command,
    whom: impl FnOnce(&Child) -> u32,
) -> Output {
    let gate = ResponseGate::default();
    let delay = Duration::from_millis(1);
    let config = Config { delay, gate: Some(gate.clone()), ..Config::default() };
    let server = Background::start(config).unwrap();
    let child = command(&server.url())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until(&server, "all three", |counts| counts.in_flight == 3);
    let stopped = Pid::from_raw(whom(&child).try_into().unwrap());
    kill(stopped, Signal::SIGSTOP).unwrap();
    thread::sleep(PAUSE);
    kill(stopped, Signal::SIGCONT).unwrap();
    gate.open();
    child.wait_with_output().unwrap()
}

/// The one program that this one started.
fn client_of(compare: &Child) -> u32 {
    let children = format!("/proc/{0}/task/{0}/children", compare.id());
    let children = fs::read_to_string(children).unwrap();
    children.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn a_client_tells_that_it_was_stopped() {
    let report = report(&stopped(|url| client("async", url, 3), Child::id));
    assert!(report.paused_s.unwrap() > 0.9 * PAUSE.as_secs_f64(), "{report:?}");
    assert_eq!(report.ok, 3);
    assert!(report.to_string().contains("\nPaused for "), "{report}");
}

/// Where the server is in another process, what compare does costs no time.
#[test]
fn that_the_client_was_stopped_is_told_and_that_compare_was_is_not() {
    for (who, whom) in
        [("compare", Child::id as fn(&Child) -> u32), ("client", client_of)]
    {
        let command = |url: &str| {
            let mut compare = compare();
            compare.args(["--json", "--only", "async", "-n", "3", "--url", url]);
            compare
        };
        let output = stopped(command, whom);
        let compared: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
        let run = &compared["runs"][0];
        let paused_s = run["conditions"]["paused_s"].as_f64().unwrap();
        let was_paused = paused_s > 0.9 * PAUSE.as_secs_f64();
        assert_eq!(was_paused, who == "client", "{who}: {paused_s}");
        let why = run["why"].as_str().unwrap();
        let is_told = why.contains("meanwhile the client was paused for");
        assert_eq!(is_told, who == "client", "{who}: {why}");
    }
}
