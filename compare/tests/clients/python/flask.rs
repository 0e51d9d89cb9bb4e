//! `--server flask`: the clients against a server in Python, which ends with compare.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::has_python_with;
use crate::fixture::programs::{PATIENCE, compare, run_to_end, text};

/// A run of compare against `python/server.py`, on a stub of Flask that tells its port.
struct StubRun {
    command: Command,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl StubRun {
    fn new(options: &[&str]) -> Self {
        let stubs =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/python/stubs");
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = compare();
        command
            .args(["--json"])
            .args(options)
            .env("PYTHONPATH", stubs)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("STUB_LOG", &log);
        Self { command, log, _folder: folder }
    }

    /// The port, once the server listens.
    fn port(&self) -> u16 {
        self.wait_for_line(0).parse().unwrap()
    }

    /// A line of what the stub writes.
    fn wait_for_line(&self, number: usize) -> String {
        let mut found = None;
        wait_for("the server", || {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let mut whole =
                log.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            found = whole.nth(number).map(|line| line.trim().to_owned());
            found.is_some()
        });
        found.unwrap()
    }
}

fn wait_for(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "waited for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn assert_that_it_ends(port: u16) {
    wait_for("the end of the server", || {
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
}

#[test]
fn the_clients_run_against_it_and_it_ends_with_compare() {
    if !has_python_with("http.server") {
        return;
    }
    for server in ["flask", "flask-serial"] {
        // More lines on its standard error than a pipe takes, were they not read.
        let options = ["--server", server, "-n", "1200", "--delay", "1ms"];
        let mut run = StubRun::new(&options);
        let output = run_to_end(run.command.args(["--only", "threads"]));
        assert!(output.status.success(), "{}", text(&output.stderr));
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["url"], format!("http://127.0.0.1:{}/", run.port()));
        assert_eq!(result["assumed_delay_ms"], 1.0);
        assert_eq!(result["delay_ms"], Value::Null);
        let runs = result["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0]["report"]["ok"], 1200);
        assert_that_it_ends(run.port());
    }
}

#[test]
fn the_real_flask_serves_them() {
    if !has_python_with("flask") {
        return;
    }
    let options = ["--server", "flask", "-n", "20", "--delay", "5ms", "--json"];
    let output = run_to_end(compare().args(options));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = result["runs"].as_array().unwrap();
    assert!(runs.iter().all(|run| run["report"]["ok"] == 20), "{result}");
}

/// Ctrl-C goes to the clients, whose server is there until they have ended.
#[cfg(unix)]
#[test]
fn it_ends_with_compare_whatever_ends_compare() {
    use std::os::unix::process::CommandExt as _;
    use std::process::Stdio;

    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    if !has_python_with("http.server") {
        return;
    }
    for (signal, code) in [(Signal::SIGINT, Some(130)), (Signal::SIGKILL, None)] {
        let options = ["--server", "flask", "--delay", "1h", "--timeout", "2h"];
        let mut run = StubRun::new(&options);
        run.command.args(["--only", "sync"]).process_group(0);
        run.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = run.command.spawn().unwrap();
        let port = run.port();
        assert_eq!(run.wait_for_line(1), "asked");
        killpg(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{}", text(&output.stderr));
        if code.is_some() {
            let result: Value = serde_json::from_slice(&output.stdout).unwrap();
            let why = &result["runs"][0]["report"]["errors"][0]["kind"];
            assert_eq!(why, "interrupted");
        }
        assert_that_it_ends(port);
    }
}

/// Without Flask, and without Python: a sentence each, and nothing has run.
#[cfg(unix)]
#[test]
fn what_is_missing_is_a_sentence_with_what_to_type() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let run = || {
        // A checkout without an environment in it.
        let mut command = compare();
        command.env("CARGO_MANIFEST_DIR", folder.path().join("compare"));
        command.env("PATH", folder.path()).args(["--server", "flask"]);
        let output = run_to_end(&mut command);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    };
    let said = run();
    assert!(
        said.starts_with("compare: --server flask: there is no python3"),
        "{said}"
    );
    assert!(said.contains("install it from"), "{said}");

    let python = folder.path().join("python3");
    fs::write(&python, "#!/bin/sh\necho 3 11 flask\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let said = run();
    assert!(said.contains("flask is not installed for python3."), "{said}");
    assert!(said.contains("\n  cargo compare --python-setup\n"), "{said}");

    // It starts, and says why it cannot go on.
    let fails = "#!/bin/sh\n[ \"$1\" = -c ] && echo 3 11 || echo no port left >&2\n";
    fs::write(&python, fails).unwrap();
    let said = run();
    assert!(said.contains("the Flask server did not start: no port left"), "{said}");
}
