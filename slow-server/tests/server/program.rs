//! The program: what it says when it starts, how it stops, what it refuses.

use std::io::Read as _;
use std::process::{Command, Stdio};

#[cfg(unix)]
use nix::sys::signal::Signal;

use crate::common::{self, PAGE, Program, command, read_to_end, send};

fn refusal(options: &[&str]) -> (Option<i32>, String) {
    let output = command().args(options).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_and_stops_cleanly_on_either_signal() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut program =
            Program::start(&["--delay", "300ms", "--max-concurrent", "1"]);
        let said = program.lines(3);
        assert!(said.contains("every answer takes  300ms"), "{said}");
        assert!(said.contains("1 (more wait their turn)"), "{said}");
        assert!(said.contains("in the backlog"), "{said}");

        program.signal(signal);
        let ended = program.end();
        assert_eq!(ended, (Some(0), String::new()), "it is quiet by default");
    }
}

/// With everything open that can be: answers under way, idle connections, half-sent
/// requests. How long it takes is measured by scripts/bench/stop.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_whatever_is_open() {
    slow_server::raise_open_files();
    let program = Program::start(&["--delay", "1h"]);
    let connect = |bytes: &'static [u8], number: usize| {
        let streams = (0..number).map(|_| send(program.address, bytes));
        streams.collect::<Vec<_>>()
    };
    let waiting = connect(PAGE, 1000);
    program.wait_until("in_flight", 1000);
    let idle = connect(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", 50);
    let half = connect(b"GET / HTTP/1.1\r\nhost: 127", 5);
    for mut stream in &idle {
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    program.signal(Signal::SIGINT);
    assert_eq!(program.end(), (Some(0), String::new()));
    // All of them were open until then.
    drop((waiting, idle, half));
}

/// A server that may open few files, under three times as many connections, which all
/// want an answer: it serves what fits, then the others, and does not grow.
#[cfg(target_os = "linux")]
#[test]
fn out_of_files_it_stays_up_and_serves_them_all_in_the_end() {
    // With 64 it counts on 16 connections; with 20 it has not even files for those, so
    // that the machine refuses to give it one.
    for (files, connections) in [(64, 192), (20, 60)] {
        let program = env!("CARGO_BIN_EXE_slow-server");
        let limited = format!("ulimit -n {files}; exec {program} \"$@\"");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &limited, "sh", "--addr", "127.0.0.1:0", "--delay", "20ms"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = Program::run(&mut shell);
        assert!(read_to_end(send(program.address, PAGE)).ends_with("Hello!"));
        let before = program.kilobytes("VmRSS");

        let storm: Vec<_> =
            (0..connections).map(|_| send(program.address, PAGE)).collect();
        for stream in storm {
            assert!(read_to_end(stream).ends_with("Hello!"));
        }
        let grown = program.kilobytes("VmRSS").saturating_sub(before);
        assert!(grown < 8 * 1024, "{grown} kB more than before the storm");

        let seen = program.stats();
        assert_eq!(seen["answered"], connections + 1);
        assert!(seen["peak_in_flight"].as_u64().unwrap() <= 16, "{seen}");
        program.signal(Signal::SIGTERM);
        let (status, complaints) = program.end();
        assert_eq!(status, Some(0), "{complaints}");
        let short = complaints.matches("cannot accept more connections").count();
        assert_eq!(short > 0, files == 20, "{complaints}");
    }
}

#[test]
fn whoever_lets_others_in_gets_an_address_for_the_board_and_a_token() {
    let options = ["--addr", "0.0.0.0:0", "--per-address", "7"];
    let mut command = command();
    let mut program =
        Program::run(command.args(options).env_remove("SLOW_SERVER_TOKEN"));
    let said = program.lines(6);
    assert!(said.contains("from one address    at most 7 connections"), "{said}");
    assert!(said.contains("for the board       "), "{said}");
    let (_, token) = said.split_once("the teacher's token ").unwrap();
    let (token, _) = token.split_once(' ').unwrap();

    let reset = |with: &str| {
        let post = "POST /api/stats/reset HTTP/1.1\r\nconnection: close\r\n";
        let bytes = format!("{post}host: 127.0.0.1\r\n{with}\r\n");
        read_to_end(send(program.address, bytes.as_bytes()))
    };
    assert!(reset("").starts_with("HTTP/1.1 401"));
    let with_token = format!("authorization: Bearer {token}\r\n");
    assert!(reset(&with_token).starts_with("HTTP/1.1 204"), "{said}");
}

#[test]
fn the_teacher_can_choose_the_token() {
    let mut command = command();
    let mut program = Program::run(
        command
            .args(["--addr", "127.0.0.1:0"])
            .env("SLOW_SERVER_TOKEN", "correct-horse"),
    );
    assert!(program.lines(4).contains("the teacher's token correct-horse"));
    // The page for --help shows that there is one, and not which.
    let mut command = common::command();
    let help = command.arg("--help").env("SLOW_SERVER_TOKEN", "correct-horse");
    let help = String::from_utf8(help.output().unwrap().stdout).unwrap();
    assert!(help.contains("SLOW_SERVER_TOKEN") && !help.contains("horse"), "{help}");
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
        (["--token", "short"], "too easy to guess"),
        (["--per-address", "0"], "a whole number, 1 or more"),
    ] {
        let (code, said) = refusal(&options);
        assert_eq!(code, Some(2), "{options:?}: {said}");
        assert!(said.contains(message), "{options:?}: {said}");
    }
}

#[test]
fn lan_and_an_address_exclude_each_other() {
    let (code, said) = refusal(&["--lan", "--addr", "127.0.0.1:0"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn it_completes_for_the_shell() {
    let output = command().args(["--completions", "bash"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("--max-concurrent"));
}
