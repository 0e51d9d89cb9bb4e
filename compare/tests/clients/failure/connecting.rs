//! Why a connection could not be made: one word for it, whatever carries the request, and
//! nothing is sent to a server that could not be found.

use client_core::Report;

use crate::fixture::programs::{
    assert_accounted_for, client, report, run_to_end, text, with_each_transport,
};

fn assert_not_begun(report: &Report, word: &str) {
    assert_accounted_for(report);
    assert_eq!(report.not_sent, report.requests, "{report:?}");
    let words = report.errors.iter().map(|error| &*error.kind);
    assert_eq!(words.collect::<Vec<_>>(), [word]);
}

#[test]
fn nothing_is_sent_to_a_server_that_nobody_knows() {
    for (name, _, options) in with_each_transport() {
        let mut client = client(name, "http://no-such-host.invalid:5000", 3);
        let output = run_to_end(client.args(&options));
        assert_eq!(output.status.code(), Some(1), "{name} {options:?}");
        assert_not_begun(&report(&output), "no-such-host");
        let said = text(&output.stderr);
        assert!(said.contains("use an address"), "{name} {options:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn nor_to_one_that_there_is_no_way_to() {
    let output = run_to_end(&mut client("async", "http://[fe80::1]:5000", 3));
    assert_not_begun(&report(&output), "unreachable");
}

/// Nor is it for lack of time to those who wait for a connection that others make.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_does_not_come_in_time() {
    let server = crate::fixture::faulty_server::FullBacklog::start();
    std::thread::scope(|scope| {
        for (name, transport, options) in with_each_transport() {
            let mut client = client(name, &server.url(), 5);
            client.args(options).args(["--timeout", "500ms"]);
            scope.spawn(move || {
                let report = report(&run_to_end(&mut client));
                assert_accounted_for(&report);
                let words = report.errors.iter().map(|e| (&*e.kind, e.count));
                let words: Vec<_> = words.collect();
                assert_eq!(words, [("connect-timeout", 5)], "{name} {transport:?}");
                assert_eq!(report.timed_out, 5, "{name} {transport:?}");
            });
        }
    });
}

/// Every client is given the same errors, of one connection after the other, by a library that
/// stands in for the kernel.
#[cfg(target_os = "linux")]
mod errors {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use nix::errno::Errno;

    use super::*;
    use crate::fixture::faulty_server::{Answer, FaultyServer};

    const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nHello!";

    /// The call, what it gives, and the word for it.
    const TABLE: [(char, Errno, &str); 24] = [
        ('c', Errno::ECONNREFUSED, "refused"),
        ('c', Errno::ECONNRESET, "closed"),
        ('c', Errno::ECONNABORTED, "closed"),
        ('c', Errno::ETIMEDOUT, "connect-timeout"),
        ('c', Errno::EHOSTUNREACH, "unreachable"),
        ('c', Errno::ENETUNREACH, "unreachable"),
        ('c', Errno::ENETDOWN, "unreachable"),
        ('c', Errno::EHOSTDOWN, "unreachable"),
        ('c', Errno::ENONET, "unreachable"),
        ('c', Errno::ENOPROTOOPT, "unreachable"),
        ('c', Errno::EPROTO, "unreachable"),
        ('c', Errno::EINVAL, "unreachable"),
        ('s', Errno::EAFNOSUPPORT, "unreachable"),
        ('c', Errno::EACCES, "not-permitted"),
        ('c', Errno::EPERM, "not-permitted"),
        ('s', Errno::EACCES, "not-permitted"),
        ('c', Errno::EADDRNOTAVAIL, "no-ports"),
        ('c', Errno::EADDRINUSE, "no-ports"),
        ('s', Errno::EMFILE, "no-files"),
        ('s', Errno::ENFILE, "no-files"),
        ('s', Errno::ENOBUFS, "no-memory"),
        ('s', Errno::ENOMEM, "no-memory"),
        ('c', Errno::EAGAIN, "no-memory"),
        ('c', Errno::EBADF, "other"),
    ];

    /// `None` where this machine has no compiler for C.
    #[expect(clippy::print_stderr, reason = "says what is not tested")]
    fn library(test: &str) -> Option<PathBuf> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/clients/failure/fail_connect.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("{test}-{}.so", std::process::id()));
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl");
        match cc.status() {
            Ok(status) => {
                assert!(status.success(), "{cc:?}");
                Some(library)
            }
            Err(error) => {
                eprintln!("not tested: this machine has no cc: {error}");
                None
            }
        }
    }

    #[test]
    fn each_error_has_one_word_in_all_clients() {
        let Some(library) = library("connect") else { return };
        // The first connection is that of the question before the run.
        let errors = TABLE.iter().map(|(call, code, _)| {
            let code = *code as i32;
            format!("{call}{code}")
        });
        let errors: Vec<_> = std::iter::once("0".to_owned()).chain(errors).collect();
        for (name, _, mut options) in with_each_transport() {
            // One after the other, so that each has its own.
            options.extend(match name {
                "sync" => &[][..],
                "threads" => &["--threads", "1"],
                "async" => &["-c", "1"],
                "hybrid" => &["-c", "1", "--runtimes", "1"],
                _ => panic!("how is {name} to send one request after the other?"),
            });
            let server = FaultyServer::in_the_run(Answer::closing(PAGE));
            let mut client = client(name, &server.url(), TABLE.len());
            client.args(&options).env("LD_PRELOAD", &library);
            let report = report(&run_to_end(client.env("FAIL", errors.join(" "))));
            assert_accounted_for(&report);
            assert_eq!(report.retried, 0, "{name} {options:?}");
            assert_eq!(report.outcomes.len(), TABLE.len());
            for ((call, code, word), outcome) in TABLE.iter().zip(&report.outcomes) {
                let what = format!("{name} {options:?} {call} {code}");
                assert_eq!(outcome.error.as_deref(), Some(*word), "{what}");
            }
        }
        std::fs::remove_file(library).unwrap();
    }

    /// The codes are those of glibc: `EAI_NONAME`, `EAI_AGAIN`, `EAI_FAIL`, `EAI_NODATA`,
    /// `EAI_FAMILY`, and `EAI_SYSTEM` with an error of its own.
    #[test]
    fn each_error_of_a_lookup_has_one_word() {
        let Some(library) = library("lookup") else { return };
        for (returned, errno, word) in [
            (-2, None, "no-such-host"),
            (-3, None, "no-such-host"),
            (-4, None, "no-such-host"),
            (-5, None, "no-such-host"),
            (-6, None, "no-such-host"),
            (-11, Some(Errno::ECONNREFUSED), "no-such-host"),
            (-11, Some(Errno::EMFILE), "no-files"),
        ] {
            let mut client = client("async", "http://localhost:5000", 1);
            client.env("LD_PRELOAD", &library);
            client.env("FAIL_LOOKUP", returned.to_string());
            if let Some(errno) = errno {
                client.env("FAIL_ERRNO", (errno as i32).to_string());
            }
            let report = report(&run_to_end(&mut client));
            assert_not_begun(&report, word);
        }
        std::fs::remove_file(library).unwrap();
    }
}
