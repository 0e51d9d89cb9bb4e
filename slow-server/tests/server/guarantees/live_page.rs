//! What the live page costs a server with ten thousand requests in flight.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::time::Duration;

use crate::common::program::Program;
use crate::common::{PAGE, read_to_end, send, wait_until};

const HELD: usize = 10_000;
const SNAPSHOTS: u32 = 100;
const STALLED: usize = 50;

/// At 20 snapshots a second, the most, this is 5 % of a core.
const CPU_PER_SNAPSHOT: Duration = Duration::from_micros(2500);

/// The most memory for all streams that read nothing, in kB.
const STALLED_KILOBYTES: u64 = 16 * 1024;

#[test]
#[ignore = "takes a minute: ten thousand connections, and a time limit of the program passes"]
fn the_live_page_costs_little_and_a_tab_that_sleeps_no_memory() {
    slow_server::raise_open_files();
    let program = Program::start(&["--delay", "1h"]);
    let held: Vec<_> = (0..HELD)
        .map(|number| {
            // As many runs as are told apart, so that a snapshot is large.
            let run = number % 63;
            let ask = format!("GET / HTTP/1.1\r\nhost: x\r\nx-run: {run}\r\n\r\n");
            send(program.address, ask.as_bytes())
        })
        .collect();
    program.wait_until("in_flight", HELD);

    let mut watching = BufReader::new(listen(&program));
    let cpu_time = program.cpu_time();
    let mut snapshots = 0;
    while snapshots < SNAPSHOTS {
        change(&program);
        let mut line = String::new();
        while !line.starts_with("data: {") {
            line.clear();
            assert!(watching.read_line(&mut line).unwrap() > 0, "it was cut");
        }
        snapshots += 1;
    }
    let spent = program.cpu_time().checked_sub(cpu_time).unwrap();
    let each = spent / snapshots;
    println!("{each:?} of CPU for a snapshot and its change");
    assert!(each < CPU_PER_SNAPSHOT, "{each:?}");
    drop(watching);

    let (memory, mut most) = (program.kilobytes("VmRSS"), 0);
    let files = program.open_files();
    let stalled: Vec<_> = (0..STALLED)
        .map(|_| {
            let stream = listen(&program);
            socket2::SockRef::from(&stream).set_recv_buffer_size(4096).unwrap();
            stream
        })
        .collect();
    wait_until("they are accepted", || program.open_files() >= files + STALLED);
    wait_until("they are cut", || {
        change(&program);
        most = most.max(program.kilobytes("VmRSS"));
        program.open_files() <= files
    });
    let grown = most.saturating_sub(memory);
    println!("{grown} kB for {STALLED} streams that read nothing");
    assert!(grown < STALLED_KILOBYTES, "{grown} kB");
    assert_eq!(program.stats()["in_flight"], HELD, "no other was cut");
    drop((held, stalled));
}

fn listen(program: &Program) -> TcpStream {
    let ask = b"GET /api/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    send(program.address, ask)
}

/// A request that arrives and ends, which makes a snapshot.
fn change(program: &Program) {
    let page = String::from_utf8_lossy(PAGE).replace("GET /", "GET /?delay=1ms");
    assert!(read_to_end(send(program.address, page.as_bytes())).ends_with("Hello!"));
}
