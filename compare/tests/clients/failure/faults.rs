//! All four clients against servers that fail, each in its own way: the sums are right,
//! the kinds are right, and the same for all.

use std::thread;
use std::time::Duration;

use client_core::{Report, Transport};

use crate::fixture::faulty_server::{Answer, DeadPort, FaultyServer, NextAction};
use crate::fixture::programs::{
    assert_accounted_for, bare_client, client, in_flight_at_most, names, report,
    run_to_end, text, with_each_transport,
};

/// Requests of each run against a fault.
const REQUESTS: usize = 200;

/// A part of what has no end.
const XS: &[u8] = &[b'x'; 1 << 14];

/// Has each client run against a server of its own, all at the same time, and end with
/// all of its requests failed for this reason.
fn assert_all_fail(server: impl Fn() -> FaultyServer + Sync, kind: &str) {
    each(|name| assert_fails(name, &[], &server(), kind, false));
}

/// As [`assert_all_fail`], and the requests were sent twice: their connections had ended
/// before the head of a response had come.
fn assert_all_fail_twice(server: impl Fn() -> FaultyServer + Sync, kind: &str) {
    each(|name| assert_fails(name, &[], &server(), kind, true));
}

fn each(test: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        for name in names() {
            let test = &test;
            scope.spawn(move || test(name));
        }
    });
}

fn assert_fails(
    name: &str,
    options: &[&str],
    server: &FaultyServer,
    kind: &str,
    is_retried: bool,
) {
    let report = run(name, options, server);
    let kinds: Vec<_> =
        report.errors.iter().map(|e| (e.kind.as_str(), e.count)).collect();
    assert_eq!(kinds, [(kind, REQUESTS)], "{name}");
    let failed = if kind == "timeout" { report.timed_out } else { report.failed };
    assert_eq!(failed, REQUESTS, "{name}");
    let retried = if is_retried { REQUESTS } else { 0 };
    assert_eq!(report.retried, retried, "{name}");
    assert!(report.latency_ms.is_none(), "failures are not latencies");
    assert!(report.ideal_s.is_none());
}

fn run(name: &str, options: &[&str], server: &FaultyServer) -> Report {
    let output = run_to_end(client(name, &server.url(), REQUESTS).args(options));
    let said = text(&output.stderr);
    assert!(!said.contains("panicked"), "{name}: {said}");
    assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    let report = report(&output);
    assert_accounted_for(&report);
    report
}

fn always(bytes: &'static [u8]) -> impl Fn() -> FaultyServer {
    || FaultyServer::always(Answer::closing(bytes))
}

#[test]
fn a_server_that_is_gone_when_the_run_begins() {
    assert_all_fail(FaultyServer::gone_when_the_run_begins, "refused");
}

#[test]
fn a_connection_that_is_reset() {
    let answer = Answer { bytes: Vec::new(), next: NextAction::Reset };
    assert_all_fail_twice(|| FaultyServer::always(answer.clone()), "closed");
}

#[test]
fn a_connection_closed_without_an_answer() {
    assert_all_fail_twice(always(b""), "closed");
}

#[test]
fn a_header_that_breaks_off() {
    assert_all_fail_twice(always(b"HTTP/1.1 200 OK\r\ncontent-le"), "closed");
}

#[test]
fn garbage_is_not_http() {
    assert_all_fail(always(b"\x00\xff garbage \r\n\r\n"), "not-http");
}

#[test]
fn an_answer_that_breaks_off_in_the_middle() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHel";
    assert_all_fail(always(answer), "body");
}

#[test]
fn a_connection_that_is_reset_in_the_middle_of_an_answer() {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHel".to_vec();
    let answer = Answer { bytes, next: NextAction::Reset };
    assert_all_fail(|| FaultyServer::always(answer.clone()), "body");
}

/// Whether it comes as FIN or as RST is up to the kernel.
#[test]
fn the_end_of_a_connection_has_one_word_over_every_transport() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHel";
    for (head, word) in [(false, "closed"), (true, "body")] {
        for next in [NextAction::Close, NextAction::Reset] {
            let bytes = if head { half.to_vec() } else { Vec::new() };
            let over_http1 = FaultyServer::in_the_run(Answer { bytes, next });
            let over_http2 = FaultyServer::breaking_off_over_http2(head, next);
            for (name, transport, options) in with_each_transport() {
                let is_http2 = transport.is_some_and(Transport::is_http2);
                let server = if is_http2 { &over_http2 } else { &over_http1 };
                let mut client = client(name, &server.url(), 1);
                let report = report(&run_to_end(client.args(options)));
                let what = format!("{name} {transport:?} {next:?}");
                assert_eq!(report.errors[0].kind, word, "{what}");
                assert_eq!((report.failed, report.retried), (1, usize::from(!head)));
            }
        }
    }
}

#[test]
fn chunks_that_break_off() {
    let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nHel";
    assert_all_fail(always(answer), "body");
}

#[test]
fn a_chunk_whose_size_is_no_number() {
    assert_all_fail(
        always(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
              six\r\nHello!\r\n0\r\n\r\n",
        ),
        "body",
    );
}

#[test]
fn another_status() {
    for status in [301, 404, 500, 503] {
        let answer = format!(
            "HTTP/1.1 {status} No\r\nlocation: /x\r\nconnection: close\r\n\
             content-length: 0\r\n\r\n"
        );
        let answer = Answer::closing(answer.as_bytes());
        // The 301 as well: it is not followed.
        let kind = format!("status-{status}");
        assert_all_fail(|| FaultyServer::always(answer.clone()), &kind);
    }
}

#[test]
fn a_header_without_end() {
    let bytes = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    let answer = Answer { bytes, next: NextAction::Repeat(XS, Duration::ZERO) };
    assert_all_fail(|| FaultyServer::in_the_run(answer.clone()), "too-long");
}

#[test]
fn a_body_without_end() {
    let bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let answer = Answer { bytes, next: NextAction::Repeat(XS, Duration::ZERO) };
    assert_all_fail(|| FaultyServer::in_the_run(answer.clone()), "too-long");
}

/// Silence, and responses that arrive so slowly that they never end: what counts is the time
/// since the request began, and not since its last byte.
#[test]
fn an_answer_that_does_not_come_in_time() {
    // Where one request waits for the end of another, two hundred waits come in turn.
    let timeout = |name| {
        Duration::from_millis(match in_flight_at_most(name, &[], REQUESTS) {
            1 => 100,
            2..REQUESTS => 500,
            _ => 2000,
        })
    };
    thread::scope(|scope| {
        for name in names() {
            let timeout = timeout(name);
            for answer in slow_answers(timeout / 4) {
                scope.spawn(move || {
                    let timeout = format!("{}ms", timeout.as_millis());
                    let server = FaultyServer::in_the_run(answer);
                    assert_fails(
                        name,
                        &["--timeout", &timeout],
                        &server,
                        "timeout",
                        false,
                    );
                });
            }
        }
    });
}

fn slow_answers(pause: Duration) -> [Answer; 3] {
    let drip = NextAction::Repeat(b"x", pause);
    [
        Answer { bytes: Vec::new(), next: NextAction::Silence },
        Answer { bytes: b"HTTP/1.1 200 OK\r\nx: ".to_vec(), next: drip },
        Answer {
            bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec(),
            next: drip,
        },
    ]
}

#[test]
fn an_answer_may_have_a_megabyte_and_no_byte_more() {
    for (length, kind) in [(1 << 20, None), ((1 << 20) + 1, Some("too-long"))] {
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        let answer = [head.into_bytes(), vec![b'x'; length]].concat();
        let server = FaultyServer::always(Answer::closing(&answer));
        for name in names() {
            let output = run_to_end(&mut client(name, &server.url(), 3));
            let report = report(&output);
            assert_accounted_for(&report);
            assert_eq!(report.ok, if kind.is_none() { 3 } else { 0 }, "{name}");
            let kinds: Vec<_> = report.errors.iter().map(|e| &*e.kind).collect();
            assert_eq!(kinds, kind.into_iter().collect::<Vec<_>>(), "{name}");
        }
    }
}

#[test]
fn nothing_listens() {
    let dead = DeadPort::take();
    let address = dead.address();
    for name in names() {
        let output = run_to_end(&mut client(name, &format!("http://{address}"), 7));
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert_eq!(message.lines().count(), 2, "{message}");
        assert!(
            message.ends_with(&format!(
                "cargo run -p slow-server -- --addr {address}\n"
            ))
        );
        let report = report(&output);
        assert_accounted_for(&report);
        assert_eq!(report.not_sent, 7);
    }
}

/// Control characters could command the terminal, and the others turn its text round:
/// <https://trojansource.codes>.
#[test]
fn what_a_server_says_cannot_command_the_terminal() {
    let evil: Vec<char> = ('\0'..='\x1f')
        .chain('\x7f'..='\u{9f}')
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .collect();
    // Few at a time, since only the beginning of a page is shown.
    for some in evil.chunks(20).map(String::from_iter) {
        // As a page, beside another status, and in what is not HTTP at all.
        for start in
            ["HTTP/1.1 200 OK", "HTTP/1.1 500 \u{202e}\u{9b}31m", "\x1b[31m"]
        {
            let answer =
                format!("{start}\r\nconnection: close\r\n\r\n{some}\x1b[31m");
            let server = FaultyServer::always(Answer::closing(answer.as_bytes()));
            for name in names() {
                assert_prints_none_of(&evil, name, &server);
            }
        }
    }
}

fn assert_prints_none_of(evil: &[char], name: &str, server: &FaultyServer) {
    // Colours are asked for, or escape codes would be taken out for a pipe.
    let output = run_to_end(
        bare_client(name)
            .args(["-n", "2", "--url", &server.url()])
            .env("CLICOLOR_FORCE", "1"),
    );
    let said = [text(&output.stdout), text(&output.stderr)].concat();
    assert_eq!(said.matches("(request 1)").count(), 2, "{said:?}");
    let found = said.chars().find(|&c| c != '\n' && evil.contains(&c));
    assert_eq!(found, None, "{name}: {said:?}");
}
