//! Runs the real client programs against servers inside the test.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use client_core::Report;
use client_core::clients::{CLIENTS, ClientEntry};
use slow_server::{Background, Counts};

/// The names of all clients, in the order of their table.
pub(crate) fn names() -> Vec<&'static str> {
    CLIENTS.iter().map(|client| client.name).collect()
}

/// The names of those whose transport can be chosen.
pub(crate) fn names_with_transport() -> Vec<&'static str> {
    let has_choice = |client: &&ClientEntry| client.has_option("transport");
    CLIENTS.iter().filter(has_choice).map(|client| client.name).collect()
}

/// How many requests of a run a client has in flight at once, at most.
pub(crate) fn in_flight_at_most(
    name: &str,
    options: &[&str],
    requests: usize,
) -> usize {
    let client = CLIENTS.iter().find(|client| client.name == name).unwrap();
    let options: Vec<_> = options.iter().map(ToString::to_string).collect();
    let layout_for = client.read(&options).unwrap();
    layout_for(requests.try_into().unwrap()).0.concurrency().get()
}

/// How long a condition may take to come true on a busy machine before it counts as false.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The `compare` program, whose clients are built: it would build them itself, but not in
/// the time that a test has.
pub(crate) fn compare() -> Command {
    folder();
    just_compare()
}

fn just_compare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compare"));
    command.stdin(Stdio::null());
    command
}

/// The program of one client, without progress, with its report as JSON.
pub(crate) fn client(name: &str, url: &str, requests: usize) -> Command {
    let mut command = bare_client(name);
    command.args(["--json", "--quiet", "--url", url, "-n", &requests.to_string()]);
    command
}

/// The program of one client.
pub(crate) fn bare_client(name: &str) -> Command {
    let mut command = Command::new(folder().join(format!("client-{name}")));
    command.stdin(Stdio::null());
    command
}

/// The folder of the clients' programs, which `compare` builds when it runs.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let output =
            just_compare().args(["-n", "1", "--delay", "1ms"]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        Path::new(env!("CARGO_BIN_EXE_compare")).parent().unwrap().to_owned()
    })
}

/// Runs a program to its end, which has to come: one that hangs is ended.
pub(crate) fn run_to_end(command: &mut Command) -> Output {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stdout = scope.spawn(|| read_all(stdout));
        let stderr = scope.spawn(|| read_all(stderr));
        let status = end(&mut child);
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        let Some(status) = status else {
            panic!("{command:?} hangs; it said {}", text(&stderr));
        };
        Output { status, stdout, stderr }
    })
}

fn end(child: &mut Child) -> Option<ExitStatus> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

fn read_all(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// The report on standard output.
pub(crate) fn report(output: &Output) -> Report {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error} in {}\n{}", text(&output.stdout), text(&output.stderr))
    })
}

/// Every request is in exactly one count.
pub(crate) fn assert_accounted_for(report: &Report) {
    let Report { ok, failed, timed_out, not_sent, requests, .. } = *report;
    assert_eq!(ok + failed + timed_out + not_sent, requests, "{report:?}");
    assert_eq!(report.outcomes.len(), requests);
    let in_order =
        report.outcomes.iter().map(|outcome| outcome.index).eq(0..requests);
    assert!(in_order, "{report:?}");
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits, however slow the machine is, until the server has seen what is expected.
pub(crate) fn wait_until(
    server: &Background,
    what: &str,
    is: impl Fn(&Counts) -> bool,
) {
    let began = Instant::now();
    while !is(&server.stats().counts()) {
        assert!(
            began.elapsed() < PATIENCE,
            "waited for {what}, but the server saw {:?}",
            server.stats().counts()
        );
        thread::sleep(Duration::from_millis(2));
    }
}
