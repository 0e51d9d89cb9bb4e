//! `--baseline`: the difference to an earlier comparison beside its noise.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::fixture::programs::{compare, run_to_end, text};

/// A file of one test, which is gone with it.
struct TestFile(PathBuf);

impl TestFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let unique = format!("three-seconds-{}-{name}.json", std::process::id());
        let path = std::env::temp_dir().join(unique);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn run(options: &[&str]) -> Output {
    run_with("3", "2ms", options)
}

fn run_with(requests: &str, delay: &str, options: &[&str]) -> Output {
    run_to_end(compare().args(["-n", requests, "--delay", delay]).args(options))
}

#[test]
fn each_row_stands_beside_the_same_one_of_the_file() {
    let before = run(&["--json", "--only", "sync,async", "--repeat", "3"]);
    let file = TestFile::new("before", &before.stdout);
    let path = file.0.to_str().unwrap();
    let output = run(&[
        "--json",
        "--only",
        "async,threads",
        "--repeat",
        "3",
        "--baseline",
        path,
    ]);
    let (before, json): (Value, Value) = (
        serde_json::from_slice(&before.stdout).unwrap(),
        serde_json::from_slice(&output.stdout).unwrap(),
    );
    let difference = &json["runs"][0]["baseline"];
    assert_eq!(difference["elapsed_s"], before["runs"][1]["repeat"]["median_s"]);
    let number = |value: &Value| value.as_f64().unwrap();
    let expected = number(&json["runs"][0]["repeat"]["median_s"])
        - number(&difference["elapsed_s"]);
    assert!((number(&difference["difference_s"]) - expected).abs() < 1e-9);
    assert_eq!(difference["noise_from"], "repeats");
    let is_more = expected.abs() > number(&difference["noise_s"]);
    assert_eq!(difference["is_more_than_noise"], is_more);
    assert_eq!(json["baseline"]["began"], before["setup"]["began"]);
    // No threads were measured then.
    assert_eq!(json["runs"][1].get("baseline"), None);
    assert_eq!(json["runs"][1]["notes"][0], "The baseline has no such row.");

    let output = run(&["--only", "async", "--baseline", path]);
    let table = text(&output.stdout);
    assert!(table.contains("against the baseline,"), "{table}");
    assert!(table.contains("The baseline is "), "{table}");
}

#[test]
fn a_file_that_is_of_no_use_is_refused_before_anything_runs() {
    let ten = run_with("10", "2ms", &["--json", "--only", "sync"]);
    let fast = run_with("3", "1ms", &["--json", "--only", "sync"]);
    let other = run(&["--json", "--only", "threads"]);
    let sweep =
        run_to_end(compare().args(["--json", "--sweep", "1", "--only", "sync"]));
    for (bytes, expected) in [
        (&b"Hello!"[..], "is not a comparison: it is not JSON"),
        (b"{}", "is not a comparison; write one with `cargo compare --json > FILE`"),
        (&sweep.stdout, "is a sweep"),
        (&ten.stdout, "has 10 requests of each client, and this run 3: use -n 10"),
        (&fast.stdout, "has a delay of 1 ms, and this run a delay of 2 ms"),
        (
            &other.stdout,
            "has none of these clients with these transports: it has threads",
        ),
    ] {
        let file = TestFile::new("useless", bytes);
        let output =
            run(&["--only", "sync", "--baseline", file.0.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!said.contains("ideal"), "it ran all the same: {said}");
    }
    let output = run(&["--baseline", "/nowhere/at/all.json"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot read --baseline /nowhere"), "{said}");
}

/// Each comparison stands beside the one before it: nothing has changed but the moment.
#[test]
#[ignore = "takes minutes"]
fn two_runs_of_the_same_code_differ_by_less_than_the_noise_in_90_of_100_trials() {
    const TRIALS: u64 = 100;
    let options = ["-n", "20", "--delay", "20ms", "--repeat", "3", "--json"];
    let first = run_to_end(compare().args(options));
    let file = TestFile::new("trial", &first.stdout);
    let mut within = BTreeMap::new();
    for _ in 0..TRIALS {
        let mut command = compare();
        command.args(options).arg("--baseline").arg(&file.0);
        let output = run_to_end(&mut command);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        for run in json["runs"].as_array().unwrap() {
            let is_within = run["baseline"]["is_more_than_noise"] == false;
            let client = run["client"].as_str().unwrap().to_owned();
            *within.entry(client).or_insert(0) += u64::from(is_within);
        }
        fs::write(&file.0, &output.stdout).unwrap();
    }
    let all: u64 = within.values().sum();
    let needed = TRIALS * within.len() as u64 * 9 / 10;
    assert!(all >= needed, "{within:?} of {TRIALS} each");
    units::warn(format_args!("within the noise: {within:?} of {TRIALS} each"));
}
