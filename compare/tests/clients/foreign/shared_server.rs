//! Programs of others against a server that is not theirs alone: each row has its own.

use std::thread;
use std::time::Duration;

use serde_json::json;
use slow_server::{Background, Config};

use super::row::{Marked, Ran, has, run};
use crate::fixture::foreign_server;
use crate::fixture::programs::client;

fn server(delay_ms: u64) -> Background {
    let delay = Duration::from_millis(delay_ms);
    Background::start(Config { delay, ..Config::default() }).unwrap()
}

/// Two programs and a client at the same time, and each row has the requests of its own program.
#[test]
fn two_side_by_side_see_only_their_own() {
    if !has(&["sh", "seq", "xargs", "curl"]) {
        return;
    }
    let server = server(300);
    let url = server.url();
    let program = |name: &str, number: u32| {
        format!("{name}=sh -c 'seq {number} | xargs -n1 -P{number} curl -s {{url}}'")
    };
    let others = client("async", &url, 30).spawn().unwrap();
    thread::scope(|scope| {
        for (name, number) in [("anna", 4), ("小 明&x", 6), ("100%?#", 5)] {
            let (program, url) = (program(name, number), &url);
            scope.spawn(move || {
                let requests = number.to_string();
                let ran = run(&[&program], &["-n", &requests, "--url", url]);
                let number = u64::from(number);
                assert_eq!(ran.only().counts(), [number, number, 0, 0, 0], "{name}");
                assert_eq!(ran.code, Some(0), "{name}: {}", ran.only().why());
            });
        }
    });
    assert!(others.wait_with_output().unwrap().status.success());
}

/// It counts what comes from all, and that is no flood of this program.
#[test]
fn the_requests_of_others_are_no_flood() {
    if !has(&["sh", "sleep", "curl"]) {
        return;
    }
    let server = server(100);
    let url = server.url();
    let others = client("async", &url, 200).spawn().unwrap();
    let program = "mine=sh -c 'curl -s {url}; sleep 1; curl -s {url}'";
    let ran = run(&[program], &["-n", "2", "--url", &url]);
    assert_eq!(ran.only().counts(), [2, 2, 0, 0, 0]);
    assert_eq!((ran.code, ran.only().fact("ended_by")), (Some(0), &json!(null)));
    assert!(others.wait_with_output().unwrap().status.success());

    let program = "mine=sh -c 'while :; do curl -s {url}; done'";
    let ran = run(&[program], &["-n", "1", "--url", &url]);
    assert_eq!(ran.only().fact("ended_by"), "flood");
}

/// A program that leaves out the name in its URL is not found by it.
#[test]
fn who_does_not_use_the_url_is_told_of_the_name_in_it() {
    if !has(&["curl"]) {
        return;
    }
    let server = server(1);
    let program = format!("mine=curl -s {}", server.url());
    let ran = run(&[&program], &["-n", "1", "--url", &server.url()]);
    assert_eq!(ran.only().counts(), [0; 5]);
    ran.only().assert_says(
        "sent no request under its name, which is in its URL (?client=mine)",
    );
    assert_eq!(ran.code, Some(1));
}

#[test]
fn a_server_of_others_keeps_no_records_and_the_row_says_so() {
    if !has(&["curl"]) {
        return;
    }
    let url = foreign_server::start(foreign_server::THREADED);
    let options =
        ["--json", "--only", "mine", "-n", "1", "--with", "mine=curl -s {url}"];
    let mut marked = Marked::new(&options);
    marked.command.args(["--url", &url]);
    let ran = Ran::of(&marked.run());
    let row = ran.only();
    row.assert_says(
        "this server keeps no record of requests, so how the program waited is unknown",
    );
    assert_eq!(
        (row.fact("received"), &row.0["report"]),
        (&json!(null), &json!(null))
    );
    assert_eq!((row.fact("succeeded"), ran.code), (&json!(true), Some(0)));
    assert!(row.0["process_s"].as_f64().unwrap() > 0.0);
}
