//! More connections than one address has ports, in a network with few of them.

use std::path::Path;
use std::process::Command;

use client_core::Report;
use serde_json::Value;

use crate::fixture::programs::{
    assert_accounted_for, bare_client, compare, run_to_end, started_by, text,
};

/// The local ports of the network that the test makes.
const PORTS: usize = 200;

/// Has `command` run in a network of its own, with no machine in it but this one.
fn alone(command: &Command) -> Command {
    let set_up = "ip link set lo up \
        && echo 30000 30199 > /proc/sys/net/ipv4/ip_local_port_range \
        && exec \"$@\"";
    let mut alone = Command::new("unshare");
    alone.args(["--user", "--map-root-user", "--net", "sh", "-c", set_up, "sh"]);
    started_by(alone, command)
}

/// Some machines do not allow network namespaces.
#[expect(clippy::print_stderr, reason = "says what is not tested")]
fn can_be_alone() -> bool {
    let made = alone(&Command::new("true")).output();
    let can = made.as_ref().is_ok_and(|made| made.status.success());
    if !can {
        eprintln!("not tested: this machine gives no network of its own: {made:?}");
    }
    can
}

#[test]
fn the_server_inside_has_as_many_addresses_as_the_connections_need() {
    if !can_be_alone() {
        return;
    }
    let requests = PORTS * 3 / 2;
    for transport in ["reqwest", "hyper"] {
        let mut compare = compare();
        compare.args(["--only", "async,hybrid", "--transport", transport]);
        compare.args(["-n", &requests.to_string(), "--delay", "300ms", "--json"]);
        let output = run_to_end(&mut alone(&compare));
        let said = text(&output.stderr);
        assert!(output.status.success() && !said.contains("ports"), "{said}");
        let comparison: Value = serde_json::from_slice(&output.stdout).unwrap();
        for run in comparison["runs"].as_array().unwrap() {
            assert_eq!(run["report"]["ok"], requests, "{run}");
            assert_eq!(run["server"]["answered"], requests, "{run}");
        }
    }
}

/// What is said beforehand comes true, and what it advises helps: a shell that starts the
/// server, with this many addresses, and then the client.
#[test]
fn a_server_with_one_address_is_warned_of_and_more_of_them_mend_it() {
    if !can_be_alone() {
        return;
    }
    let requests = PORTS * 3 / 2;
    let run = |addresses: &str| {
        // A port is free again a second after its connection ended, which none does so soon.
        let server = "\"$1\" --delay 3s --addresses \"$2\" >/dev/null & server=$!; \
            until \"$3\" -q -n 1 >/dev/null 2>&1; do sleep 0.05; done; \
            \"$3\" --json -q -n \"$4\" --transport hyper; kill $server";
        let mut shell = Command::new("sh");
        let client = bare_client("async");
        let slow_server =
            Path::new(client.get_program()).with_file_name("slow-server");
        assert!(slow_server.is_file(), "build it first: cargo build -p slow-server");
        shell.args(["-c", server, "sh"]).arg(slow_server).arg(addresses);
        shell.arg(client.get_program()).arg(requests.to_string());
        let output = run_to_end(&mut alone(&shell));
        let said = text(&output.stderr);
        let report: Report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {said}"));
        assert_accounted_for(&report);
        (report, said)
    };
    let (report, said) = run("1");
    assert!(
        said.contains("needs 300 local ports, and this machine has only 200"),
        "{said}"
    );
    assert!(said.contains("cargo run -p slow-server -- --addresses 3"), "{said}");
    assert!(report.ok < PORTS && report.failed > 0, "{report:?}");
    assert!(
        report.errors.iter().all(|error| error.kind == "no-ports"),
        "{report:?}"
    );

    let (report, said) = run("3");
    assert_eq!((report.ok, said.as_str()), (requests, ""), "{report:?}");
}
