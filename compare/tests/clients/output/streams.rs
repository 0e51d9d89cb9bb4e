//! Where the output goes: files and pipes that take nothing, locales without Unicode, terminals
//! that cannot draw over a line.

use std::io;
use std::process::{Command, Output, Stdio};

use slow_server::{Background, Config};

use crate::fixture::programs::{bare_client, compare, names, run_to_end, text};

fn quick_server() -> Background {
    let delay = std::time::Duration::from_millis(1);
    Background::start(Config { delay, ..Config::default() }).unwrap()
}

/// `compare` with one client, and no more requests than it takes to see what becomes of them.
fn quick_compare() -> Command {
    let mut command = compare();
    command.args(["--only", "sync", "-n", "3", "--delay", "1ms"]);
    command
}

/// Runs it with a standard output that takes nothing, and gives what it said beside it.
fn said_to(
    stdout: impl Into<Stdio>,
    command: &mut Command,
) -> (Option<i32>, String) {
    let child = command.stdout(stdout).stderr(Stdio::piped()).spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    (output.status.code(), text(&output.stderr))
}

/// What each program writes to standard output, as commands that end well.
fn commands(server: &Background) -> Vec<Command> {
    let asked = [
        &["--help"][..],
        &["--version"],
        &["--completions", "bash"],
        &["--json"],
        &[],
    ];
    let url = server.url();
    let mut commands = Vec::new();
    for options in asked {
        for name in names() {
            let mut client = bare_client(name);
            client.args(["--url", &url, "-n", "3"]).args(options);
            commands.push(client);
        }
        let mut compare = quick_compare();
        compare.args(options);
        commands.push(compare);
    }
    let mut sweep = compare();
    sweep.args(["--only", "sync", "--sweep", "1,2", "--delay", "1ms"]);
    let mut timeline = quick_compare();
    timeline.arg("--timeline");
    commands.extend([sweep, timeline]);
    commands
}

#[test]
fn a_reader_that_is_gone_is_no_error() {
    let server = quick_server();
    for mut command in commands(&server) {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let (code, said) = said_to(writer, &mut command);
        assert_eq!(code, Some(0), "{command:?}: {said}");
        assert!(!said.contains("cannot write"), "{command:?}: {said}");
    }
    // Nor does it make a run good that is not.
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut failing = quick_compare();
    assert_eq!(said_to(writer, failing.args(["--fail-rate", "1"])).0, Some(1));
    assert_eq!(server.stats().counts().failed, 0);
}

#[cfg(unix)]
#[test]
fn a_terminal_that_was_closed_is_no_error() {
    let server = quick_server();
    for mut command in commands(&server) {
        let terminal = nix::pty::openpty(None, None).unwrap();
        drop(terminal.master);
        let (code, said) = said_to(terminal.slave, &mut command);
        assert_eq!(code, Some(0), "{command:?}: {said}");
        assert!(!said.contains("cannot write"), "{command:?}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_is_an_error() {
    let server = quick_server();
    for mut command in commands(&server) {
        let full = std::fs::File::create("/dev/full").unwrap();
        let (code, said) = said_to(full, &mut command);
        assert_eq!(code, Some(1), "{command:?}: {said}");
        let sentence = "cannot write to standard output: No space left";
        assert!(said.contains(sentence), "{command:?}: {said}");
        assert!(!said.contains("panicked"), "{command:?}: {said}");
    }
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let sweep = ["--only", "sync", "--sweep", "1,10", "--delay", "1ms"];
    let failing = ["--only", "sync", "-n", "3", "--fail-rate", "1", "--timeline"];
    let server = quick_server();
    let url = format!("{}/nowhere", server.url());
    let mut client = bare_client("sync");
    client.args(["--url", &url, "-n", "1"]);
    let mut commands = [compare(), compare(), client];
    commands[0].args(sweep);
    commands[1].args(failing);
    for command in &mut commands {
        let in_locale = |command: &mut Command, locale: &str| -> Output {
            run_to_end(command.env("LC_ALL", locale))
        };
        let unicode = in_locale(command, "C.UTF-8");
        assert!(!unicode.stdout.is_ascii(), "{}", text(&unicode.stdout));
        for locale in ["C", "en_US.ISO-8859-1"] {
            let Output { stdout, stderr, .. } = in_locale(command, locale);
            assert!(stdout.is_ascii(), "{command:?}: {}", text(&stdout));
            assert!(stderr.is_ascii(), "{command:?}: {}", text(&stderr));
        }
    }
}

/// What a program says on a terminal of this name.
#[cfg(unix)]
fn said_on_a_terminal(name: &str, command: &mut Command) -> String {
    use std::fs::File;
    use std::io::Read as _;

    let terminal = nix::pty::openpty(None, None).unwrap();
    let slave = terminal.slave;
    command.env("TERM", name).stdout(slave.try_clone().unwrap()).stderr(slave);
    let mut child = command.spawn().unwrap();
    // The last handles of this process on the terminal's own side, so that it ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut said = Vec::new();
    // Its end is an error on Linux; what came before is there.
    let _ = File::from(terminal.master).read_to_end(&mut said);
    assert!(child.wait().unwrap().success());
    text(&said)
}

#[cfg(unix)]
#[test]
fn a_terminal_that_cannot_draw_over_a_line_gets_new_ones() {
    let server = quick_server();
    let commands = || {
        let mut client = bare_client("sync");
        client.args(["--url", &server.url(), "-n", "30"]);
        [(client, "30 of 30 ended"), (quick_compare(), "sync: 3 requests, ideal")]
    };
    for name in ["dumb", ""] {
        for (mut command, line) in commands() {
            let said = said_on_a_terminal(name, &mut command);
            assert!(said.contains(line) && !said.contains('\x1b'), "{said:?}");
        }
    }
    for (mut command, line) in commands() {
        let said = said_on_a_terminal("xterm", command.env("LC_ALL", "C"));
        assert!(!said.contains(line) && said.contains("\x1b[2K"), "{said:?}");
        assert!(said.is_ascii(), "{said:?}");
    }
}
