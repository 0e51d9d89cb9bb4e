//! What is said beside the results: what is wrong with a plan, and what to do about it.

use std::process::Command;

use serde_json::Value;
use slow_server::{Access, Background, Config, Token};

#[cfg(unix)]
use crate::fixture::programs::{assert_accounted_for, started_by};
use crate::fixture::programs::{
    bare_client, client, compare, report, run_to_end, text,
};

/// What is wrong, what the program says, and its exit status.
#[test]
fn wrong_input_is_told_what_is_wrong() {
    let far = "http://203.0.113.7/";
    let guard = ["--url", far, "-n", "201"];
    // Four clients of as many each.
    let in_all = ["--url", far, "-n", "51"];
    let wrong: [(&mut Command, &[&str], &str, i32); 23] = [
        (&mut compare(), &in_all, "--i-may-load-this-server", 2),
        (&mut compare(), &["--predict", "--json"], "cannot be used with", 2),
        (
            &mut compare(),
            &["--transport", "h2", "--only", "sync"],
            "--transport is for client-async and client-hybrid, which --only leaves out",
            2,
        ),
        (
            &mut compare(),
            &["--chunk-size", "4", "--only", "async"],
            "--chunk-size is for client-threads, which --only leaves out",
            2,
        ),
        (&mut compare(), &["--when-full", "reject"], "--max-concurrent <N>", 2),
        (&mut compare(), &["--only", "sync,sync"], "--only names sync twice", 2),
        (&mut compare(), &["-n", "10000001"], "at most 10000000", 2),
        (&mut compare(), &["--delay", "31days"], "at most 30days", 2),
        (
            &mut bare_client("sync"),
            &["-n", "99999999999999999999"],
            "this number is too large",
            2,
        ),
        (&mut bare_client("hybrid"), &["--runtimes", "513"], "at most 512", 2),
        (&mut compare(), &["-n", "0"], "a whole number, 1 or more", 2),
        (&mut compare(), &["--threads", "0"], "a whole number, 1 or more", 2),
        (&mut compare(), &["--delay", "soon"], "such as 300ms, 3s or 1m", 2),
        (&mut compare(), &["--url", "nonsense"], "such as http://127.0.0.1:5000", 2),
        (&mut compare(), &["--only", "fast"], "possible values: sync, threads", 2),
        (&mut compare(), &["--full", "--delay", "1s"], "cannot be used with", 2),
        (&mut compare(), &["--fail-rate", "2"], "a share from 0 (none) to 1", 2),
        (&mut compare(), &["--predict"], "needs a terminal", 2),
        (
            &mut compare(),
            &["--url", "http://127.0.0.1:1"],
            "no server at http://127.0.0.1:1/ (refused)",
            1,
        ),
        (&mut compare(), &guard, "--i-may-load-this-server", 2),
        (&mut bare_client("async"), &guard, "--i-may-load-this-server", 2),
        (&mut bare_client("threads"), &["--threads", "513"], "use client-async", 2),
        (&mut bare_client("sync"), &["--threads", "2"], "unexpected argument", 2),
    ];
    for (command, options, message, status) in wrong {
        let output = command.args(options).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.contains(message), "{options:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(output.status.code(), Some(status), "{options:?}: {said}");
    }
}

/// The same command in a process that may open this many files.
#[cfg(unix)]
fn with_open_files(most: u32, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n {most}; exec \"$@\""), "sh"]);
    started_by(shell, command)
}

/// A run that this machine cannot do is told so first, with the command that mends it. It
/// is begun all the same, and what found no file is accounted for as that.
#[cfg(unix)]
#[test]
fn what_will_not_fit_is_said_before_the_run() {
    let server = Background::start(Config::default()).unwrap();
    for name in ["async", "hybrid"] {
        let output =
            run_to_end(&mut with_open_files(60, &client(name, &server.url(), 100)));
        let said = text(&output.stderr);
        assert!(
            said.starts_with(&format!("client-{name}: this run needs 1")),
            "{said}"
        );
        assert!(
            said.contains("open files, and this process may have only 60"),
            "{said}"
        );
        let report = report(&output);
        assert_accounted_for(&report);
        let no_files = report.errors.iter().find(|error| error.kind == "no-files");
        let failed = no_files.map_or(0, |error| error.count);
        assert!(failed > 40, "{report:?}\n{said}");
        // A runtime for which no file is left sends none of its requests.
        assert_eq!(report.ok, 100 - failed, "{report:?}");
        assert_eq!(report.failed + report.not_sent, failed, "{report:?}");
    }
}

#[cfg(unix)]
#[test]
fn compare_says_for_all_what_will_not_fit() {
    let mut compare = compare();
    compare.args([
        "-n",
        "100",
        "--only",
        "async,threads",
        "--delay",
        "1ms",
        "--json",
    ]);
    let output = run_to_end(&mut with_open_files(150, &compare));
    let said = text(&output.stderr);
    assert_eq!(
        said.matches("compare: client-async needs 168 open files").count(),
        1
    );
    assert!(!said.contains("client-threads"), "{said}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        json["runs"][0]["problem"],
        Value::Null,
        "the client does not repeat it"
    );
}

#[test]
fn a_timeout_that_is_shorter_than_the_delay_is_told_before_the_run() {
    let delay = std::time::Duration::from_mins(2);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let mut command = client("async", &server.url(), 2);
    let output = run_to_end(command.args(["--timeout", "50ms"]));
    let said = text(&output.stderr);
    assert!(said.contains("the server takes 2 min for a response"), "{said}");
    assert!(said.contains("  --timeout '4m'"), "{said}");
    assert_eq!(report(&output).timed_out, 2);

    let options =
        ["-n", "2", "--only", "async", "--delay", "2m", "--timeout", "50ms"];
    let output = run_to_end(compare().args(options));
    let said = text(&output.stderr);
    assert_eq!(
        said.matches("the server takes 2 min for a response").count(),
        1,
        "{said}"
    );
    let table = text(&output.stdout);
    let sentence = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        sentence.contains("of 50 ms, after which the requests time out"),
        "{table}"
    );
}

/// The server of a class counts anew only for its teacher.
#[test]
fn compare_brings_the_token_that_a_server_asks_for() {
    let token = Some(Token::parse("correct-horse").unwrap());
    let access = Access { token, ..Access::default() };
    let delay = std::time::Duration::from_millis(1);
    let config = Config { delay, access, ..Config::default() };
    let server = Background::start(config).unwrap();
    let options = ["-n", "2", "--only", "sync", "--json", "--url", &server.url()];
    let (none, wrong) = ("If it printed a token", "This is not the --token");
    for (token, seen, advice) in [
        (Some("correct-horse"), Value::from(2), None),
        (Some("wrong-battery"), Value::Null, Some(wrong)),
        (None, Value::Null, Some(none)),
    ] {
        let mut command = compare();
        command.args(options).env_remove("SLOW_SERVER_TOKEN");
        let output =
            run_to_end(command.envs(token.map(|it| ("SLOW_SERVER_TOKEN", it))));
        assert!(output.status.success(), "{}", text(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["runs"][0]["server"]["received"], seen);
        for known in [none, wrong] {
            let said = text(&output.stderr);
            assert_eq!(said.contains(known), advice == Some(known), "{said}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_the_run() {
    let server = Background::start(Config::default()).unwrap();
    for option in ["--trace", "--csv"] {
        let mut command = client("sync", &server.url(), 1);
        let output = run_to_end(command.args([option, "/nowhere/at/all"]));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("cannot write /nowhere/at/all"));
    }
    assert_eq!(server.stats().counts().received, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_goes_on_where_its_progress_cannot_be_told() {
    let delay = std::time::Duration::from_millis(20);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let nowhere = std::fs::File::create("/dev/full").unwrap();
    let mut command = bare_client("async");
    command.args(["--json", "-n", "30", "--url", &server.url()]);
    let output = command.stderr(nowhere).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(report(&output).ok, 30);
}
