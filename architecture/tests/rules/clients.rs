//! A client's `main.rs` is its strategy, and `client-core` holds no part of one.

use crate::workspace::{code, packages, read, rust_files};

/// A client is shown on a wall: more lines or columns than these do not fit there.
const MAX_LINES: usize = 40;
const MAX_COLUMNS: usize = 85;

#[test]
fn a_client_is_one_slide() {
    for package in packages() {
        if !package.name.starts_with("client-") || package.name == "client-core" {
            continue;
        }
        assert_one_slide(&format!("{}/src/main.rs", package.folder));
    }
}

/// Also for the programs in Python.
pub(crate) fn assert_one_slide(path: &str) {
    let text = read(path);
    let lines = text.lines().count();
    assert!((1..=MAX_LINES).contains(&lines), "{path}: {lines} lines");
    for (number, line) in (1..).zip(text.lines()) {
        let columns = line.chars().count();
        assert!(columns <= MAX_COLUMNS, "{path}:{number}: {columns} columns");
    }
}

/// What starts a thread, a task or a runtime, or bounds how many there are.
const STARTS: [&str; 10] = [
    "thread::spawn(",
    "thread::scope(",
    "thread::Builder",
    "tokio::spawn(",
    "spawn_blocking(",
    "JoinSet",
    "ThreadPoolBuilder",
    "Runtime::new(",
    "runtime::Builder",
    "Semaphore::new(",
];

/// Each of these may start one thing, which sends no request: a thread that waits for Ctrl-C or
/// for the end of the program that started the client, or notices a pause, and a task that drives
/// a connection.
const EXCEPTIONS: [(&str, &str); 4] = [
    ("client-core/src/machine/pauses.rs", "thread::Builder"),
    ("client-core/src/run/interrupt.rs", "thread::Builder"),
    ("client-core/src/run/stdin_eof.rs", "thread::Builder"),
    ("client-core/src/fetch/transport/via_h2.rs", "tokio::spawn("),
];

#[test]
fn client_core_does_no_waiting_for_a_client() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        if !path.starts_with("client-core/src/") {
            continue;
        }
        for (_, line) in code(&text) {
            let starts = STARTS.into_iter().filter(|start| line.contains(start));
            found.extend(starts.map(|start| (path.clone(), start)));
        }
    }
    found.sort();
    let mut allowed =
        EXCEPTIONS.map(|(path, start)| (path.to_owned(), start)).to_vec();
    allowed.sort();
    assert_eq!(found, allowed);
}
