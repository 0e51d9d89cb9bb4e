//! Ctrl-C in the middle of several rounds.

use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use slow_server::{Background, Config, Counts, ResponseGate};

use crate::fixture::programs::{compare, text, wait_until};

#[test]
fn after_ctrl_c_in_the_second_round_all_that_ran_is_shown_and_counted() {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    let server = Background::start(config).unwrap();
    let child = compare()
        .args(["--json", "--url", &server.url(), "--only", "sync,async", "-n", "3"])
        .args(["--repeat", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // sync, async, and async again: the second round begins with the second client.
    for answered in 0..3 {
        wait_until(&server, "one of sync", |counts| {
            counts.in_flight == 1 && counts.answered == answered
        });
        gate.release(1);
    }
    let are_all_there =
        |counts: &Counts| counts.in_flight == 3 && counts.answered == 0;
    wait_until(&server, "async", are_all_there);
    gate.release(2);
    wait_until(&server, "two answers of async", |counts| counts.answered == 2);
    gate.release(1);
    wait_until(&server, "async again", are_all_there);
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));

    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["interrupted"], true);
    assert_eq!(json["not_run"], Value::Array(Vec::new()));
    let repeat = |row: usize| json["runs"][row]["repeat"].clone();
    assert_eq!(repeat(0)["elapsed_s"].as_array().unwrap().len(), 1);
    assert_eq!(repeat(0)["ok"], 3);
    let of_async = repeat(1);
    assert_eq!(of_async["elapsed_s"].as_array().unwrap().len(), 2);
    assert_eq!(of_async["incomplete"], serde_json::json!([1]));
    let count = |name: &str| of_async[name].as_u64().unwrap();
    let sum = count("ok") + count("failed") + count("timed_out") + count("not_sent");
    assert_eq!((sum, count("requests"), count("ok")), (6, 6, 3));
    // The row is the run that came to its end.
    assert_eq!(json["runs"][1]["report"]["ok"], 3);
    let notes = json["runs"][1]["notes"].to_string();
    assert!(notes.contains("run 2 (0 of 3 ok)"), "{notes}");
    assert!(notes.contains("Stopped in run 2 of 3"), "{notes}");
}
