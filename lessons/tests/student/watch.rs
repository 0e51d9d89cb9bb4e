//! The watch without a terminal: a save is a check.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::common::{Fixture, SOLUTION};

/// Longer than this, nothing comes any more.
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn a_save_is_checked_even_if_the_editor_puts_a_new_file_in_place() {
    let fixture = Fixture::new("watch");
    let mut watch = fixture
        .command(&["watch"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let (tell, said) = mpsc::channel();
    thread::spawn(move || {
        lines.map_while(Result::ok).try_for_each(|line| tell.send(line))
    });
    // Any other verdict on the way there is one that nobody asked for.
    let until = |start: &str| {
        loop {
            let line = said.recv_timeout(PATIENCE).unwrap();
            if line.starts_with(start) {
                break;
            }
            let is_news = ["right ", "not yet ", "lesson: "]
                .iter()
                .any(|start| line.starts_with(start));
            assert!(!is_news, "{line}");
        }
    };

    until("not yet  01-first: one-by-one");
    // Long enough that it is seen to be gone.
    fs::remove_file(fixture.file("01-first.rs")).unwrap();
    thread::sleep(Duration::from_millis(500));
    fs::write(fixture.file("draft"), SOLUTION).unwrap();
    fs::rename(fixture.file("draft"), fixture.file("01-first.rs")).unwrap();
    until("right  01-first");
    fs::write(fixture.file("01-first.rs"), "fn main() { nothing }").unwrap();
    until("not yet  01-first: does-not-compile");
    // A file that cannot be built for a moment does not end the watch.
    fs::create_dir(fixture.file("away")).unwrap();
    fs::rename(fixture.file("Cargo.toml"), fixture.file("away/Cargo.toml")).unwrap();
    fs::write(fixture.file("01-first.rs"), "fn main() {}").unwrap();
    until("lesson: ");
    fs::rename(fixture.file("away/Cargo.toml"), fixture.file("Cargo.toml")).unwrap();
    fs::write(fixture.file("01-first.rs"), SOLUTION).unwrap();
    until("right  01-first");

    watch.kill().unwrap();
    watch.wait().unwrap();
}
