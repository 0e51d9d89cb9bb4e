//! Machines that tell nothing of themselves, or allow too little: what cannot be read is not
//! known, and what cannot be begun is refused with a sentence.

use std::process::Command;

use serde_json::Value;
use slow_server::{Background, Config};

use crate::fixture::programs::{
    client, compare, names, names_with_transport, report, run_to_end, started_by,
    text,
};

/// Nothing at all, and files that are empty.
const HIDDEN: [&str; 2] = [
    "mount -t tmpfs none /proc",
    "for file in meminfo stat net/netstat pressure/cpu pressure/memory \
         sys/net/ipv4/ip_local_port_range sys/net/core/somaxconn \
         sys/kernel/threads-max; do \
         if [ -e /proc/$file ]; then mount --bind /dev/null /proc/$file; fi; done",
];

/// Has `command` run where `hidden` has hidden what the system tells.
fn blind(hidden: &str, command: &Command) -> Command {
    let set_up = format!("{hidden} && exec \"$@\"");
    let mut blind = Command::new("unshare");
    blind.args(["--user", "--map-root-user", "--mount", "sh", "-c", &set_up, "sh"]);
    started_by(blind, command)
}

#[test]
fn what_the_machine_does_not_tell_is_unknown_and_the_run_goes_on() {
    let delay = std::time::Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    for hidden in HIDDEN {
        // Some machines do not allow hiding anything.
        let made = blind(hidden, &Command::new("true")).output();
        if !made.as_ref().is_ok_and(|made| made.status.success()) {
            eprintln!("not tested: {hidden}: {made:?}");
            continue;
        }
        for name in names() {
            let client = client(name, &server.url(), 3);
            let output = run_to_end(&mut blind(hidden, &client));
            assert!(output.status.success(), "{name}: {}", text(&output.stderr));
            let report = report(&output);
            assert_eq!((report.ok, report.machine), (3, None), "{name}");
        }
        let mut compare = compare();
        compare.args(["--json", "--delay", "1ms", "-n", "3"]);
        let output = run_to_end(&mut blind(hidden, &compare));
        assert!(output.status.success(), "{hidden}: {}", text(&output.stderr));
        let compared: Value = serde_json::from_slice(&output.stdout).unwrap();
        let machine = &compared["setup"]["machine"];
        assert_eq!(machine["memory_bytes"], Value::Null, "{machine}");
    }
}

/// The same command in a process that may open this many files.
fn with_open_files(files: u32, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh"]);
    started_by(shell, command)
}

#[test]
fn too_few_open_files_are_refused_and_just_enough_are_enough() {
    let delay = std::time::Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let refused = |command: &Command, files: u32, needed: u32| {
        let output = run_to_end(&mut with_open_files(files, command));
        let said = text(&output.stderr);
        let what = format!("may open {files} files, and ");
        assert!(said.contains(&what) && said.contains("--nofile="), "{said}");
        assert!(said.contains(&format!(" needs at least {needed}")), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(output.status.code(), Some(1), "{files}: {said}");
        output
    };
    for name in names() {
        for files in 5..24 {
            let client = client(name, &server.url(), 1);
            let report = report(&refused(&client, files, 24));
            assert_eq!((report.not_sent, &*report.errors[0].kind), (1, "no-files"));
        }
        let transports = ["reqwest", "hyper", "h2", "reqwest-h2"];
        let has_choice = names_with_transport().contains(&name);
        for transport in &transports[..if has_choice { 4 } else { 1 }] {
            let mut client = client(name, &server.url(), 1);
            if has_choice {
                client.args(["--transport", transport]);
            }
            let output = run_to_end(&mut with_open_files(24, &client));
            assert_eq!(report(&output).ok, 1, "{name}: {}", text(&output.stderr));
        }
    }
    let mut compare = compare();
    compare.args(["--json", "--delay", "1ms", "-n", "1"]);
    for files in [5, 7, 10, 17, 24, 47] {
        refused(&compare, files, 48);
    }
    let output = run_to_end(&mut with_open_files(48, &compare));
    assert!(output.status.success(), "{}", text(&output.stderr));
}
