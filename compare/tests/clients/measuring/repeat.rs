//! `--repeat` and `--warmup`, by what the server saw of each run.

use std::process::Output;

use serde_json::Value;

use crate::fixture::faulty_server::{Answer, FaultyServer};
use crate::fixture::programs::{compare, run_to_end, text};

const WHOLE: &[u8] =
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nHi";

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

/// The clients as the server saw them come, each for as long as it was the only one.
fn seen(server: &FaultyServer) -> Vec<String> {
    let client = |head: String| {
        let mut lines = head.lines();
        let line = lines.find_map(|line| line.strip_prefix("x-client: "));
        line.unwrap_or_else(|| panic!("{head}")).to_owned()
    };
    let mut clients: Vec<_> = server.received().into_iter().map(client).collect();
    clients.dedup();
    clients
}

#[test]
fn each_round_begins_with_another_client() {
    let server = FaultyServer::in_the_run(Answer::closing(WHOLE));
    let output = run_to_end(
        compare()
            .args(["--url", &server.url(), "-n", "2", "--repeat", "3"])
            .args(["--only", "sync,threads,async"]),
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = [
        "sync", "threads", "async", "threads", "async", "sync", "async", "sync",
        "threads",
    ];
    assert_eq!(seen(&server), expected);
    assert_eq!(server.received().len(), 3 * 3 * 2);
    let said = text(&output.stderr);
    assert!(said.contains("threads 2/3: 2 requests"), "{said}");
}

#[test]
fn a_row_is_one_run_and_has_the_sums_of_all() {
    let options =
        ["--only", "sync,async", "-n", "4", "--delay", "2ms", "--repeat", "3"];
    let output = run_to_end(compare().args(options).arg("--json"));
    for run in json(&output)["runs"].as_array().unwrap() {
        let repeat = &run["repeat"];
        let times = repeat["elapsed_s"].as_array().unwrap();
        assert_eq!(times.len(), 3);
        let row = usize::try_from(repeat["row"].as_u64().unwrap()).unwrap();
        assert_eq!(times[row], repeat["median_s"]);
        assert_eq!(run["report"]["elapsed_s"], repeat["median_s"]);
        assert_eq!((&repeat["requests"], &repeat["ok"]), (&12.into(), &12.into()));
        assert_eq!(run["report"]["requests"], 4);
        assert_eq!(run["server"]["received"], 4, "of one run alone");
    }
    let once = run_to_end(compare().args(&options[..6]).arg("--json"));
    assert_eq!(json(&once)["runs"][0].get("repeat"), None);
}

#[test]
fn a_failure_in_any_run_is_told_and_counted() {
    let options = ["--only", "async", "-n", "6", "--delay", "1ms", "--repeat", "2"];
    let faults = ["--fail-rate", "0.5", "--seed", "7"];
    let output = run_to_end(compare().args(options).args(faults).arg("--json"));
    assert_eq!(output.status.code(), Some(1));
    let json = json(&output);
    let run = &json["runs"][0];
    let count = |name: &str| run["repeat"][name].as_u64().unwrap();
    assert_eq!(count("requests"), 12);
    assert_eq!(count("ok") + count("failed"), 12);
    assert!(count("failed") > 0, "{run}");
    let note = run["notes"][0].as_str().unwrap();
    assert!(note.starts_with("None of 2 runs is complete: run 1 ("), "{note}");
}

#[test]
fn a_warm_up_reaches_the_server_and_no_figure() {
    let server = FaultyServer::in_the_run(Answer::closing(WHOLE));
    let warm = ["--warmup", "3", "-n", "2", "--only", "async", "--repeat", "2"];
    let output =
        run_to_end(compare().args(["--json", "--url", &server.url()]).args(warm));
    let run = json(&output)["runs"][0].clone();
    assert_eq!(server.received().len(), 2 * (3 + 2));
    assert_eq!(run["repeat"]["requests"], 4);
    assert_eq!(run["report"]["requests"], 2);

    // Of a server that counts, its counts begin after the warm-up.
    let output = run_to_end(compare().args(["--json", "--delay", "1ms"]).args(warm));
    assert_eq!(json(&output)["runs"][0]["server"]["received"], 2);
}

#[test]
fn a_warm_up_that_fails_is_told_and_the_run_goes_on() {
    let options = ["--only", "sync", "-n", "2", "--warmup", "3", "--delay", "1ms"];
    let output = run_to_end(compare().args(options).args(["--fail-rate", "1"]));
    let said = text(&output.stderr);
    let told = "compare: the warm-up of sync failed: 0 of 3 ok";
    assert_eq!(said.lines().filter(|line| *line == told).count(), 1, "{said}");
    assert!(text(&output.stdout).contains("one request after another"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// An address that is nobody's: nothing is sent to it.
#[test]
fn repeats_and_warm_ups_count_as_requests_to_a_server_elsewhere() {
    let far = ["--url", "http://192.0.2.1/", "--only", "sync", "-n", "10"];
    for (more, all) in [
        (&["--repeat", "30"][..], 300),
        (&["--warmup", "191"], 201),
        (&["--repeat", "5", "--warmup", "40"], 250),
    ] {
        let output = run_to_end(compare().args(far).args(more));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("{all} requests to 192.0.2.1")), "{said}");
    }
}
