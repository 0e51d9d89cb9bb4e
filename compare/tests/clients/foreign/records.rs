//! Servers that tell badly what they saw of a program: the row keeps what is known without them.

use serde_json::{Value, json};

use super::row::{Marked, Ran, has};
use crate::fixture::faulty_server::{
    Answer, FaultyServer, NextAction, is_stats_probe, no_stats,
};

const ROUTE: &str = "GET /api/requests";

/// The question after the run: all that arrived since the time that the first response named.
const AFTER: &str = "GET /api/requests?since_us=7&";

fn answer(status: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!("connection: close\r\ncontent-length: {length}");
    Answer::closing(format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}").as_bytes())
}

fn records(requests: &[Value]) -> Answer {
    let records = json!({
        "now_us": 7, "left_out": 0, "requests": requests, "elsewhere": [],
    });
    answer("200 OK", &records.to_string())
}

fn request(number: u64) -> Value {
    json!({
        "client": "mine",
        "peer": "127.0.0.1:40000",
        "arrived_us": 7 + number,
        "started_us": 7 + number,
        "ended_us": 8 + number,
        "outcome": "answered",
    })
}

/// A server that responds to the questions that begin so in this way, those before with no records,
/// and to everything else with a page.
fn server(question: &'static str, answer_to_it: Answer) -> FaultyServer {
    FaultyServer::answering(move |head| {
        if is_stats_probe(head) {
            no_stats()
        } else if head.starts_with(question) {
            answer_to_it.clone()
        } else if head.starts_with(ROUTE) {
            records(&[])
        } else {
            answer("200 OK", "Hello!")
        }
    })
}

/// A program that ends with 3.
fn run_at(server: &FaultyServer, text: &str) -> Ran {
    let program = format!("mine=sh -c '{text}; echo oh dear; exit 3'");
    let options = ["--json", "--only", "mine", "-n", "1", "--with", &program];
    let mut marked = Marked::new(&options);
    marked.command.args(["--url", &server.url()]);
    Ran::of(&marked.run())
}

#[test]
fn a_server_that_does_not_tell_is_not_one_that_keeps_no_records() {
    if !has(&["sh", "curl"]) {
        return;
    }
    let silence = Answer { bytes: Vec::new(), next: NextAction::Silence };
    let cases = [
        (ROUTE, answer("404 Not Found", ""), None),
        (ROUTE, answer("200 OK", "<html>"), None),
        (ROUTE, silence, Some("timeout")),
        (ROUTE, answer("403 Forbidden", ""), Some("status 403")),
        (AFTER, answer("500 Internal Server Error", ""), Some("status 500")),
        (AFTER, answer("200 OK", "{}"), Some("no records: missing field")),
        (AFTER, answer("404 Not Found", ""), Some("it no longer has any records")),
    ];
    for (question, answer_to_it, problem) in cases {
        let ran = run_at(&server(question, answer_to_it), "curl -s {url}");
        let row = ran.only();
        row.assert_says("exited with status 3 (");
        row.assert_says("oh dear");
        assert_eq!(row.fact("status"), "exit status: 3");
        assert!(row.0["process_s"].as_f64().unwrap() > 0.0);
        assert_eq!(row.fact("received"), &json!(null));
        assert_eq!(ran.code, Some(1));
        if let Some(problem) = problem {
            row.assert_says(&format!(
                "did not send its record of the requests ({problem}"
            ));
        } else {
            row.assert_says("this server keeps no record of requests");
        }
        assert_eq!(row.fact("records_problem").is_null(), problem.is_none());
    }
}

/// More than other responses of a server may have.
#[test]
fn many_records_are_read() {
    if !has(&["sh", "curl"]) {
        return;
    }
    let many: Vec<_> = (0..50_000).map(request).collect();
    let server = server(AFTER, records(&many));
    let ran = run_at(&server, "curl -s {url}");
    let row = ran.only();
    assert_eq!(row.counts(), [50_000, 50_000, 0, 0, 0], "{}", row.why());
    assert_eq!(row.fact("status"), "exit status: 3");
}

/// Each response has all records.
#[test]
fn while_a_program_runs_its_records_are_asked_for_once_a_second() {
    if !has(&["sh", "curl", "sleep"]) {
        return;
    }
    let server = server(AFTER, records(&[request(0)]));
    let ran = run_at(&server, "curl -s {url}; sleep 2");
    let heads = server.received();
    let asked = heads.iter().filter(|head| head.starts_with(AFTER)).count();
    // Twice after its end: the second time, nothing has changed.
    let while_it_ran = asked - 2;
    let took_s = ran.only().0["process_s"].as_f64().unwrap();
    assert!(while_it_ran as f64 <= took_s + 1.0, "{while_it_ran} in {took_s} s");
    assert!(while_it_ran >= 1, "in {took_s} s");
}
