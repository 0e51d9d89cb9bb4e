//! The curve: each client at each size, what is left out, and why.

use clap::ValueEnum as _;
use client_core::Transport;
use serde_json::Value;

use crate::fixture::programs::{
    compare, names, names_with_transport, run_to_end, text,
};

fn sweep(options: &[&str]) -> Value {
    let output =
        run_to_end(compare().args(["--json", "--delay", "20ms"]).args(options));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn points<'a>(sweep: &'a Value, client: &str) -> &'a [Value] {
    let mut lines = sweep["lines"].as_array().unwrap().iter();
    let line = lines.find(|line| line["client"] == client).unwrap();
    line["points"].as_array().unwrap()
}

#[test]
fn each_client_runs_at_each_size_and_the_server_saw_it() {
    let sweep = sweep(&["--sweep", "20,1,5,5", "--threads", "4"]);
    assert_eq!(sweep["sizes"], serde_json::json!([1, 5, 20]));
    for (client, at_once) in
        [("sync", [1, 1, 1]), ("threads", [1, 4, 4]), ("async", [1, 5, 20])]
    {
        let points = points(&sweep, client);
        assert_eq!(points.len(), 3, "{client}");
        for ((point, size), at_once) in points.iter().zip([1, 5, 20]).zip(at_once) {
            assert_eq!(point["requests"], size);
            assert_eq!(point["run"]["report"]["ok"], size);
            assert_eq!(point["run"]["server"]["received"], size, "{client}");
            let peak = point["run"]["server"]["peak_in_flight"].as_u64().unwrap();
            assert!(peak >= 1 && peak <= at_once, "{client} at {size}: {peak}");
            let waits = f64::from(size).div_euclid(1.0) / at_once as f64;
            let ideal = point["ideal_s"].as_f64().unwrap();
            assert!((ideal - 0.02 * waits.ceil()).abs() < 1e-9, "{client} {ideal}");
            assert_eq!(point["run"]["report"]["outcomes"], serde_json::json!([]));
        }
    }
}

#[test]
fn what_would_take_too_long_is_left_out_with_the_reason() {
    let sweep = sweep(&[
        "--sweep",
        "2,400",
        "--sweep-limit",
        "1s",
        "--only",
        "sync,hybrid",
        "--transport",
        "h2",
    ]);
    let sync = points(&sweep, "sync");
    assert!(sync[0]["skipped"].is_null());
    assert!(sync[1]["run"].is_null());
    let why = sync[1]["skipped"].as_str().unwrap();
    assert_eq!(why, "would take 8 s, and --sweep-limit is 1 s");
    // What is left out has an ideal all the same.
    assert_eq!(sync[1]["ideal_s"], 8.0);
    let hybrid = points(&sweep, "hybrid");
    assert_eq!(hybrid[1]["run"]["report"]["ok"], 400);
    assert_eq!(hybrid[1]["run"]["transport"], "h2");
}

#[test]
fn what_does_not_fit_this_machine_is_left_out_with_the_reason() {
    // More connections than there are ports, or files.
    let sweep = sweep(&["--sweep", "1,70000", "--only", "async"]);
    let async_points = points(&sweep, "async");
    let why = async_points[1]["skipped"].as_str().unwrap();
    assert!(why.contains("needs 70000 local ports"), "{why}");
}

#[test]
fn the_curve_fits_a_terminal_and_says_where_a_client_leaves_its_ideal() {
    let options = ["--sweep", "1,30", "--delay", "20ms", "--transport", "all"];
    let output = run_to_end(compare().args(options).env("LC_ALL", "C.UTF-8"));
    let shown = text(&output.stdout);
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    for part in ["● measured, · ideal", "hybrid reqwest-h2", "\nsync"] {
        assert!(shown.contains(part), "{shown}");
    }
    // A sentence for each client with each transport, which says one of two things.
    let choices = Transport::value_variants().len();
    let runs = names().len() + names_with_transport().len() * (choices - 1);
    let sentences = shown.matches("falls behind its").count()
        + shown.matches("keeps to its").count();
    assert_eq!(sentences, runs, "{shown}");
}

#[test]
fn a_sweep_with_failures_says_so_and_ends_with_1() {
    let output = run_to_end(compare().args([
        "--sweep",
        "20",
        "--only",
        "async",
        "--delay",
        "1ms",
        "--fail-rate",
        "1",
    ]));
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let why = "falls behind its ideal from 20 requests on: not all got the page (20 status-503)";
    assert!(shown.contains(why), "{shown}");
}

#[test]
fn a_sweep_has_sizes_of_its_own() {
    for options in [&["--sweep", "0"][..], &["--sweep", "5", "-n", "5"]] {
        let output = run_to_end(compare().args(options));
        assert_eq!(output.status.code(), Some(2), "{options:?}");
    }
}
