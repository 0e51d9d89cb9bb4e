//! What the kernel does for a connection while its request waits: nothing.

use std::fs;
use std::process::Stdio;

use slow_server::{Background, Config, ResponseGate};

use crate::fixture::programs::{client, names, report, text, wait_until};

/// What the kernel calls the timer of a connection that it asks whether its other end is
/// there, and the state of one that is established.
const KEEPALIVE: &str = "02";
const ESTABLISHED: &str = "01";

#[test]
fn no_client_has_the_kernel_keep_its_connections_alive() {
    for name in names() {
        let gate = ResponseGate::default();
        let config = Config { gate: Some(gate.clone()), ..Config::default() };
        let server = Background::start(config).unwrap();
        let mut client = client(name, &server.url(), 1);
        let child =
            client.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until(&server, "one in flight", |counts| counts.in_flight == 1);
        let timers = timers_of_connections_to(server.address().port());
        gate.open();
        let output = child.wait_with_output().unwrap();

        assert_eq!(report(&output).ok, 1, "{name}: {}", text(&output.stderr));
        assert!(!timers.is_empty(), "{name}");
        assert!(timers.iter().all(|timer| timer != KEEPALIVE), "{name}: {timers:?}");
    }
}

/// From the kernel's table: `sl local remote state queues timer:when …`, in hexadecimal.
fn timers_of_connections_to(port: u16) -> Vec<String> {
    let port = format!(":{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let timer = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_one = fields[2].ends_with(&port) && fields[3] == ESTABLISHED;
        let (timer, _when) = fields[5].split_once(':').unwrap();
        is_one.then(|| timer.to_owned())
    };
    table.lines().skip(1).filter_map(timer).collect()
}
