//! The page of `compare --html`: what it draws is what the server saw.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread;

use crate::fixture::programs::{compare, run_to_end, text, wait_until};
use serde_json::Value;
use slow_server::{Background, Config, ResponseGate};

/// A file of this test alone.
fn file(name: &str) -> PathBuf {
    let unique = format!("three-seconds-{}-{name}.html", std::process::id());
    std::env::temp_dir().join(unique)
}

/// The data that the page draws from.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once(" id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script").unwrap();
    serde_json::from_str(data).unwrap()
}

/// A column of the data, which may be one value for all.
fn column(drawn: &Value, name: &str, requests: usize) -> Vec<i64> {
    match &drawn[name] {
        Value::Array(values) => values.iter().map(|v| v.as_i64().unwrap()).collect(),
        same => vec![same.as_i64().unwrap(); requests],
    }
}

/// A request as it is drawn.
struct Bar {
    row: i64,
    sent: i64,
    end: i64,
}

fn bars(drawn: &Value, requests: usize) -> Vec<Bar> {
    let rows = column(drawn, "row", requests);
    let took = column(drawn, "took", requests);
    let mut sent = 0;
    let after = column(drawn, "sent_after", requests);
    let bars = rows.into_iter().zip(took).zip(after).map(|((row, took), after)| {
        sent += after;
        Bar { row, sent, end: sent + took }
    });
    bars.collect()
}

/// The most bars that a line from top to bottom cuts.
fn peak(bars: &[Bar]) -> usize {
    let cut = |at| bars.iter().filter(|bar| bar.sent <= at && at < bar.end).count();
    bars.iter().map(|bar| cut(bar.sent)).max().unwrap()
}

/// The most bars in one row, one after another.
fn waves(bars: &[Bar]) -> usize {
    let in_row = |row| bars.iter().filter(|bar| bar.row == row).count();
    bars.iter().map(|bar| in_row(bar.row)).max().unwrap()
}

const REQUESTS: usize = 24;

#[test]
fn the_page_draws_the_peak_and_the_waves_that_the_server_saw() {
    assert_true_to_the_server("sync,threads,async", &[1, 8, 24]);
    // By itself: to the server it begins as async ends, and the test has to tell them apart.
    assert_true_to_the_server("hybrid", &[24]);
}

/// The server lets each client go on only when all that it can have in flight is there, so
/// that the server's peak and its waves are those of the strategy, on any machine.
fn assert_true_to_the_server(clients: &str, slots: &[usize]) {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate.clone()), ..Config::default() };
    let server = Background::start(config).unwrap();
    let path = file(&format!("peaks-of-{clients}"));
    let child = compare()
        .args(["--json", "-n", "24", "--url", &server.url()])
        .args(["--only", clients, "--html"])
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let waiting = thread::spawn(move || child.wait_with_output().unwrap());
    let mut seen_waves = Vec::new();
    for &slots in slots {
        let mut waves = 0;
        for answered in (0..REQUESTS).step_by(slots) {
            let all = format!("{slots} in flight after {answered} answers");
            wait_until(&server, &all, |c| {
                c.answered == answered && c.in_flight == slots
            });
            waves += 1;
            gate.release(slots);
        }
        seen_waves.push(waves);
    }
    let output = waiting.join().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));

    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let page = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let data = data(&page);
    for (i, seen_waves) in seen_waves.into_iter().enumerate() {
        let run = &data["runs"][i];
        let client = run["client"].as_str().unwrap();
        let bars = bars(&run["drawn"], REQUESTS);
        let seen = json["runs"][i]["server"]["peak_in_flight"].as_u64().unwrap();
        assert_eq!(peak(&bars) as u64, seen, "the peak of {client}");
        assert_eq!(waves(&bars), seen_waves, "the waves of {client}");
        assert_eq!(run["values"]["peak"], seen as f64, "{client}");
    }
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

fn html(options: &[&str], path: &PathBuf) -> Output {
    let mut command = compare();
    command
        .args(["-n", "3", "--delay", "1ms"])
        .args(options)
        .arg("--html")
        .arg(path);
    run_to_end(&mut command)
}

#[test]
fn the_page_is_written_and_it_is_said_where() {
    let path = file("written");
    for options in [&["--only", "sync"][..], &["--only", "sync", "--json"]] {
        let output = html(options, &path);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stderr);
        assert!(said.contains(&format!("open {} in", path.display())), "{said}");
        assert!(!text(&output.stdout).contains("<html"));
        let page = fs::read_to_string(&path).unwrap();
        assert_eq!(data(&page)["runs"][0]["drawn"]["endings"][0], "200");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_page_that_cannot_be_written_is_told_before_the_run() {
    let nowhere = file("no-such-folder").join("report.html");
    let output = html(&[], &nowhere);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("a folder that you may write to?"), "{said}");
    assert!(!said.contains("ideal"), "it ran all the same: {said}");

    let mut many = compare();
    many.args(["-n", "50001", "--html"]).arg(file("many"));
    let output = run_to_end(&mut many);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("at most 50000"));
}
