//! The program: what it says when it starts, how it stops, what it refuses.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow-server"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn refusal(options: &[&str]) -> (Option<i32>, String) {
    let output = program().args(options).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Starts it on a free port and reads its first line.
fn start(options: &[&str]) -> (Child, String) {
    let mut child =
        program().args(["--addr", "127.0.0.1:0"]).args(options).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let mut rest = String::new();
    for _ in 0..3 {
        stdout.read_line(&mut rest).unwrap();
    }
    child.stdout = Some(stdout.into_inner());
    (child, line + &rest)
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_and_stops_cleanly_on_either_signal() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let (mut child, said) =
            start(&["--delay", "300ms", "--max-concurrent", "1"]);
        assert!(
            said.starts_with("slow-server listens on http://127.0.0.1:"),
            "{said}"
        );
        assert!(said.contains("stop it with Ctrl-C"), "{said}");
        assert!(said.contains("every answer takes  300ms"), "{said}");
        assert!(said.contains("1 (more wait their turn)"), "{said}");
        assert!(said.contains("in the backlog"), "{said}");

        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        let mut complaints = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        assert_eq!(complaints, "", "it is quiet by default");
    }
}

#[test]
fn a_port_in_use_is_told_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = refusal(&["--addr", &address]);
    assert_eq!(code, Some(1));
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    assert!(
        said.contains("AirPlay") && said.contains("--addr 127.0.0.1:"),
        "{said}"
    );
}

#[test]
fn wrong_input_is_told_what_is_right() {
    for (options, message) in [
        (["--delay", "soon"], "such as 300ms, 3s or 1m"),
        (["--fail-rate", "1.5"], "a share from 0 (none) to 1 (all)"),
        (["--max-concurrent", "0"], "a whole number, 1 or more"),
        (["--when-full", "panic"], "possible values: queue, reject"),
        (["--addr", "here"], "invalid socket address"),
    ] {
        let (code, said) = refusal(&options);
        assert_eq!(code, Some(2), "{options:?}: {said}");
        assert!(said.contains(message), "{options:?}: {said}");
    }
}

#[test]
fn it_completes_for_the_shell() {
    let output = program().args(["--completions", "bash"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("--max-concurrent"));
}
