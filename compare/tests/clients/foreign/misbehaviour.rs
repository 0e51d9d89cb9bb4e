//! Programs that do not do as they are asked: a row, a sentence and an exit code for each.

use std::io::Read as _;
use std::process::{Child, Output, Stdio};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use slow_server::{Background, Config, ResponseGate};

use super::row::{Marked, Ran, has, run};
use crate::fixture::programs::{text, wait_until};

/// A program that is to send this many requests.
struct Case {
    name: &'static str,
    /// What `sh -c` runs.
    text: &'static str,
    requests: &'static str,
    options: &'static [&'static str],
    /// Received, answered, failed, rejected, aborted.
    counts: [u64; 5],
    says: &'static [&'static str],
    code: i32,
}

const CASE: Case = Case {
    name: "",
    text: "",
    requests: "3",
    options: &["--delay", "20ms"],
    counts: [0; 5],
    says: &[],
    code: 1,
};

const CASES: &[Case] = &[
    Case {
        name: "too-few",
        text: "curl -s {url}; curl -s {url}",
        counts: [2, 2, 0, 0, 0],
        says: &["sent 2 requests, 1 fewer than the 3 asked for"],
        ..CASE
    },
    Case {
        name: "one",
        text: "curl -s {url}",
        counts: [1, 1, 0, 0, 0],
        says: &["sent 1 request, 2 fewer than the 3 asked for"],
        ..CASE
    },
    Case {
        name: "too-many",
        text: "for i in 1 2 3 4; do curl -s {url}; done",
        counts: [4, 4, 0, 0, 0],
        says: &["sent 4 requests, 1 more than the 3 asked for"],
        ..CASE
    },
    Case {
        name: "nothing",
        text: "true",
        says: &["sent no request to the server; 3 were expected"],
        ..CASE
    },
    Case {
        name: "other-path",
        text: "for i in 1 2 3; do curl -s {url}other; done",
        says: &[
            "sent no request for this page; 3 were expected",
            "asked 3 times for something else, such as GET /other",
        ],
        ..CASE
    },
    Case {
        name: "other-method",
        text: "curl -s -X POST {url}",
        says: &[
            "sent no request for this page",
            "asked once for something else, POST /",
        ],
        ..CASE
    },
    Case {
        name: "hangs",
        text: "exec sleep 1000",
        options: &["--with-timeout", "1s"],
        says: &[
            "sent no request to the server",
            "was stopped at its time limit (--with-timeout)",
        ],
        ..CASE
    },
    Case {
        name: "crashes",
        text: "for i in 1 2 3; do curl -s {url}; done; echo oh dear >&2; echo; printf bye; exit 3",
        counts: [3, 3, 0, 0, 0],
        says: &["exited with status 3 (oh dear)"],
        ..CASE
    },
    Case {
        name: "is-silent",
        text: "for i in 1 2 3; do curl -s -o /dev/null {url}; done; exit 4",
        counts: [3, 3, 0, 0, 0],
        says: &["exited with status 4 and printed nothing"],
        ..CASE
    },
    Case {
        name: "signal",
        text: "kill -KILL $$",
        says: &["ended with signal: 9 (SIGKILL) and printed nothing"],
        ..CASE
    },
    Case {
        name: "no-output",
        text: "exec >&- 2>&-; for i in 1 2 3; do curl -s {url}; done; true",
        counts: [3, 3, 0, 0, 0],
        code: 0,
        ..CASE
    },
    Case {
        name: "reads-stdin",
        text: "cat; for i in 1 2 3; do curl -s {url}; done",
        counts: [3, 3, 0, 0, 0],
        code: 0,
        ..CASE
    },
    Case {
        name: "aborts",
        text: "for i in 1 2 3; do curl -s -m 0.5 {url}; done",
        options: &["--delay", "30s"],
        counts: [3, 0, 0, 0, 3],
        says: &["3 aborted before the response", "exited with status 28"],
        ..CASE
    },
    Case {
        name: "fails",
        text: "for i in 1 2 3; do curl -s {url}; done",
        options: &["--delay", "20ms", "--fail-rate", "1"],
        counts: [3, 0, 3, 0, 0],
        says: &["3 failed (planned 503)"],
        ..CASE
    },
    Case {
        name: "queues",
        text: "for i in 1 2 3; do curl -s {url} & done; wait",
        options: &["--delay", "1s", "--max-concurrent", "1"],
        counts: [3, 3, 0, 0, 0],
        says: &["the server serves 1 at a time", "is the bottleneck"],
        code: 0,
        ..CASE
    },
];

#[test]
fn whatever_a_program_does_its_row_says_what_was_seen() {
    if !has(&["sh", "curl", "sleep", "cat"]) {
        return;
    }
    // Together: most of their time they wait.
    thread::scope(|scope| {
        for case in CASES {
            scope.spawn(move || check(case));
        }
    });
}

fn check(case: &Case) {
    let program = format!("{}=sh -c '{}'", case.name, case.text);
    let options = [&["-n", case.requests], case.options].concat();
    let ran = run(&[&program], &options);
    let row = ran.only();
    assert_eq!(row.counts(), case.counts, "{}: {}", case.name, row.why());
    for part in case.says {
        assert!(
            row.why().contains(part),
            "{}: no {part:?} in {}",
            case.name,
            row.why()
        );
    }
    assert_eq!(ran.code, Some(case.code), "{}: {}", case.name, row.0);
    assert_eq!(row.number("left_running"), 0, "{}: {}", case.name, row.why());
}

#[test]
fn a_flood_is_ended() {
    if !has(&["sh", "curl"]) {
        return;
    }
    let program = "flood=sh -c 'while :; do curl -s {url}; done'";
    let ran = run(&[program], &["-n", "2", "--delay", "1ms"]);
    let row = ran.only();
    assert_eq!((ran.code, row.fact("ended_by")), (Some(1), &json!("flood")));
    assert!(row.number("received") > 9, "{}", row.0);
    row.assert_says("was stopped, since it sent far more requests than asked for");
    row.assert_says("more than the 2 asked for");
}

/// A rejected request frees its slot immediately, so that the waves are the server's.
#[test]
fn of_a_program_that_is_turned_away_no_limit_is_claimed() {
    if !has(&["sh", "curl", "seq", "xargs"]) {
        return;
    }
    let program = "many=sh -c 'seq 12 | xargs -n1 -P6 curl -s {url}'";
    let options = [
        "-n",
        "12",
        "--delay",
        "3s",
        "--max-concurrent",
        "2",
        "--when-full",
        "reject",
    ];
    let ran = run(&[program], &options);
    let row = ran.only();
    let [received, answered, failed, rejected, aborted] = row.counts();
    assert_eq!((received, failed, aborted, ran.code), (12, 0, 0, Some(1)));
    assert!(answered >= 2 && rejected > 0, "{}", row.0);
    assert_eq!(row.fact("is_clear"), &json!(false));
    row.assert_says("cannot be told");
    row.assert_says("a rejected request does not wait");
    row.assert_says(&format!("{rejected} rejected (503)"));
}

#[test]
fn of_a_long_output_nothing_reaches_the_terminal_that_moves_its_cursor() {
    if !has(&["sh", "curl", "head", "tr"]) {
        return;
    }
    let texts = [
        ("long", "head -c 1000000 /dev/zero | tr \"\\0\" x; exit 1"),
        ("binary", "head -c 1000000 /dev/urandom; exit 1"),
        (
            "escapes",
            "printf \"\\033[2J\\033]0;title\\007\\r\\033[31mred\\n\"; exit 1",
        ),
    ];
    for (name, text) in texts {
        let program = format!("{name}=sh -c 'curl -s {{url}}; {text}'");
        let options =
            ["--only", name, "--with", &program, "-n", "1", "--delay", "1ms"];
        let Output { status, stdout, .. } = Marked::new(&options).run();
        assert_eq!(status.code(), Some(1));
        let shown = text_of(&stdout);
        let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(line.contains("exited with status 1 ("), "{shown}");
        assert!(shown.len() < 3_000, "{name}: {} bytes", shown.len());
        let moves = |c: char| c.is_control() && !['\n', '\t'].contains(&c);
        assert!(!shown.contains(moves), "{name}: {shown:?}");
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|error| panic!("{error}"))
}

/// A run against a server that never responds, stopped in its middle: how it ended.
fn interrupted(program: &str, presses: usize) -> Ran {
    let gate = ResponseGate::default();
    let config = Config { gate: Some(gate), ..Config::default() };
    let server = Background::start(config).unwrap();
    let options =
        ["-n", "2", "--json", "--only", "mine", "--with", program, "--url"];
    let mut marked = Marked::new(&options);
    marked.command.arg(server.url());
    marked.command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = marked.command.spawn().unwrap();
    wait_until(&server, "a request", |counts| counts.in_flight == 1);
    let id = Pid::from_raw(child.id().try_into().unwrap());
    for _ in 0..presses {
        kill(id, Signal::SIGINT).unwrap();
    }
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let ran = Ran::of(&end(child));
    marked.assert_nothing_is_left();
    assert_eq!(ran.json["interrupted"], true, "{stderr}");
    assert_eq!(ran.code, Some(130), "{stderr}");
    ran
}

fn end(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    assert!(!output.stdout.is_empty(), "{}", text(&output.stderr));
    output
}

#[test]
fn ctrl_c_ends_a_program_and_its_row_has_what_came_until_then() {
    if !has(&["sh", "curl"]) {
        return;
    }
    for (program, presses) in [
        ("mine=curl -s {url}", 1),
        (
            "mine=sh -c 'trap \"echo heard >&2; exit 5\" INT; curl -s {url} & wait'",
            1,
        ),
        // It does not listen, so it is ended after a while, or immediately.
        ("mine=sh -c 'trap \"\" INT; curl -s {url}'", 1),
        ("mine=sh -c 'trap \"\" INT; curl -s {url}'", 2),
    ] {
        let ran = interrupted(program, presses);
        let row = ran.only();
        assert_eq!(row.counts(), [1, 0, 0, 0, 1], "{program}: {}", row.why());
        assert_eq!(row.fact("ended_by"), "interrupt", "{program}");
        row.assert_says("was stopped with Ctrl-C");
        if program.contains("heard") {
            assert_eq!(
                row.fact("output"),
                &json!(["heard"]),
                "it may end by itself"
            );
            assert_eq!(row.fact("status"), "exit status: 5");
        }
        assert_eq!(row.0["report"]["not_sent"], 1);
    }
}
