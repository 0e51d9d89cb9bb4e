//! The program under the signals and the limits of Unix: how it stops, and what it does
//! without files.

use std::io::Read as _;
use std::process::Command;
#[cfg(target_os = "linux")]
use std::process::Stdio;

use nix::sys::signal::Signal;

use crate::common::program::Program;
#[cfg(target_os = "linux")]
use crate::common::read_to_end;
use crate::common::{PAGE, send};

#[test]
fn it_prints_its_address_and_stops_cleanly_on_either_signal() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut program =
            Program::start(&["--delay", "300ms", "--max-concurrent", "1"]);
        let text = program.lines(4);
        assert!(text.contains("delay               300 ms"), "{text}");
        assert!(text.contains("1 (others are queued)"), "{text}");
        assert!(text.contains("in the backlog"), "{text}");
        let page = format!("http://{}/dashboard", program.address);
        assert!(text.contains(&page), "{text}");

        program.signal(signal);
        let ended = program.end();
        assert_eq!(ended, (Some(0), String::new()), "it is quiet by default");
    }
}

/// With everything open that can be: responses in flight, idle connections, half-sent
/// requests, event streams.
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
    let watching =
        connect(b"GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", 5);
    for mut stream in idle.iter().chain(&watching) {
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    program.signal(Signal::SIGINT);
    assert_eq!(program.end(), (Some(0), String::new()));
    // All of them were open until then.
    drop((waiting, idle, half, watching));
}

/// A server that may open few files, under three times as many connections, which all
/// want a response: it serves what fits, then the others, and does not grow.
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
        let (status, stderr) = program.end();
        assert_eq!(status, Some(0), "{stderr}");
        let short = stderr.matches("cannot accept more connections").count();
        assert_eq!(short > 0, files == 20, "{stderr}");
    }
}

/// Fewer files than it needs before its first connection.
#[test]
fn too_few_open_files_are_refused() {
    for files in 4..=15 {
        let program = env!("CARGO_BIN_EXE_slow-server");
        let limited =
            format!("ulimit -n {files}; exec {program} --addr 127.0.0.1:0");
        let output = Command::new("sh").args(["-c", &limited]).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{files}: {text}");
        let what = format!("may open {files} files, and a server needs at least 16");
        assert!(text.contains(&what), "{text}");
        assert_eq!(text.lines().count(), 3, "and what to do about it: {text}");
    }
}
