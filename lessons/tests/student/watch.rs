//! The watch: a save is a check, and a terminal's last lines say what was wrong.

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
    // Any other verdict before it is unwanted.
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

/// The default size of a terminal.
#[cfg(unix)]
#[test]
fn the_mistake_is_on_the_screen_when_the_check_is_over() {
    use std::fs::File;
    use std::io::{Read as _, Write as _};

    use nix::pty::{Winsize, openpty};

    const ROWS: u16 = 24;

    let fixture = Fixture::new("watch-screen");
    fixture.lesson(&[]);
    // More lines than are on the screen, and the last of them in pairs.
    let program = crate::common::BROKEN.replace(
        "println!",
        "for n in 0..9 { println!(\"{n}\"); println!(\"{n}\"); } println!",
    );
    fs::write(fixture.file("01-first.rs"), program).unwrap();
    let start = || {
        let size = Winsize { ws_row: ROWS, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let terminal = openpty(&size, None).unwrap();
        // The copy is not inherited: the program would hold its own terminal open.
        let master = File::from(terminal.master).try_clone().unwrap();
        let mut command = fixture.command(&["watch"]);
        command.stdin(terminal.slave.try_clone().unwrap()).stdout(terminal.slave);
        let watch = command.stderr(Stdio::null()).spawn().unwrap();
        (watch, master)
    };
    let screen_of = |master: &mut File| {
        let mut shown = Vec::new();
        let mut part = [0; 4096];
        loop {
            let count = master.read(&mut part).unwrap();
            shown.extend_from_slice(&part[..count]);
            let text = String::from_utf8_lossy(&shown).into_owned();
            if text.contains("q quit") && text.ends_with('\n') {
                let lines: Vec<_> = text.lines().map(str::to_owned).collect();
                // The cursor stands on the last row, below them.
                break lines[lines.len() - usize::from(ROWS - 1)..].join("\n");
            }
        }
    };

    let (mut watch, mut master) = start();
    let screen = screen_of(&mut master);
    for said in ["01-first", "one-by-one", "arrived one after another"] {
        assert!(screen.contains(said), "{said}: {screen}");
    }
    master.write_all(b"q").unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));

    // A terminal that is closed, and does not say so, ends it too.
    let (mut watch, mut master) = start();
    screen_of(&mut master);
    drop(master);
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}
