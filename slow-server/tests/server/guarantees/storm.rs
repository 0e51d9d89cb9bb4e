//! Two thousand connections that never send a request, under the time limits of the program.

use std::io::ErrorKind;
use std::net::TcpStream;

use crate::common::program::Program;
use crate::common::{PAGE, read_to_end, send, wait_until};

const BAD: usize = 1000;
const GOOD: usize = 100;

/// The most memory that one of them takes, in kB.
const KILOBYTES_EACH: u64 = 16;

#[test]
#[ignore = "takes half a minute: the program's own time limits pass"]
fn bad_connections_cost_good_clients_nothing_and_are_closed_in_time() {
    slow_server::raise_open_files();
    let program = Program::start(&["--delay", "5s"]);
    let (files, memory) = (program.open_files(), program.kilobytes("VmRSS"));
    let bad = |sent: &[u8]| -> Vec<_> {
        (0..BAD).map(|_| send(program.address, sent)).collect()
    };
    let silent = bad(b"");
    let begun = bad(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request: 1");
    wait_until("all are accepted", || program.open_files() >= files + 2 * BAD);

    let good: Vec<_> = (0..GOOD).map(|_| send(program.address, PAGE)).collect();
    for stream in good {
        assert!(read_to_end(stream).ends_with("Hello!"));
    }
    assert_eq!(program.stats()["peak_in_flight"], GOOD, "none of them waited");
    assert!(silent.iter().chain(&begun).all(is_open), "it was a storm throughout");
    let grown = program.kilobytes("VmRSS").saturating_sub(memory);
    println!("{grown} kB for {} connections", 2 * BAD + GOOD);
    assert!(grown < (2 * BAD) as u64 * KILOBYTES_EACH, "{grown} kB");

    // Silent ones have 10 s, and a header 30 s: the order proves both without a clock.
    silent.into_iter().for_each(is_cut);
    assert!(begun.iter().all(is_open), "a header has more time than silence");
    begun.into_iter().for_each(is_cut);
    wait_until("all files are closed", || program.open_files() <= files);
    assert_eq!(program.stats()["received"], GOOD);
}

fn is_open(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let end = stream.peek(&mut [0]).map_err(|error| error.kind());
    stream.set_nonblocking(false).unwrap();
    end == Err(ErrorKind::WouldBlock)
}

fn is_cut(stream: TcpStream) {
    assert!(!read_to_end(stream).contains("Hello!"));
}
