//! A server that closes a connection which it promised to keep, just as the next request is
//! on its way: that request is sent once more, and counted.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use clap::ValueEnum as _;
use client_core::{Report, Transport};
use h2::Reason;
use slow_server::{Background, Config, Limits};

use crate::fixture::faulty_server::{
    Answer, FaultyServer, NextAction, is_stats_probe, no_stats, value,
};
use crate::fixture::programs::{
    assert_accounted_for, client, compare, names, report, run_to_end, text,
    with_each_transport,
};

const REQUESTS: usize = 1000;

/// Well below the time that a test waits for a client.
const TIMEOUT: [&str; 2] = ["--timeout", "10s"];

/// All got the page. Over HTTP/2, reqwest may forget a request that it takes at the very moment
/// at which its connection ends (hyper keeps it in a channel that is not read any more), so
/// that a few wait for their time limit: up to 5 of 300 in one of 300 runs.
fn assert_none_lost(report: &Report, transport: Option<Transport>, what: &str) {
    assert_accounted_for(report);
    let forgotten = report.timed_out;
    let most = match transport {
        Some(Transport::ReqwestH2) => report.requests / 20,
        _ => 0,
    };
    assert!(forgotten <= most, "{what}: {:?}", report.errors);
    assert_eq!(
        report.ok + forgotten,
        report.requests,
        "{what}: {:?}",
        report.errors
    );
}

/// A page, and no word of the end that follows.
fn page(next: NextAction) -> Answer {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nHello!".to_vec();
    Answer { bytes, next }
}

/// Has each client get all pages, with each transport over this version of HTTP.
fn each_gets_all(
    is_http2: bool,
    server: &FaultyServer,
    test: impl Fn(&str, &Report),
) {
    for (name, transport, mut options) in with_each_transport() {
        if transport.is_some_and(Transport::is_http2) != is_http2 {
            continue;
        }
        if transport.is_some() {
            options.extend(["-c", "50"]);
        }
        let mut client = client(name, &server.url(), REQUESTS);
        let report = report(&run_to_end(client.args(&options).args(TIMEOUT)));
        let what = format!("{name} {options:?}");
        assert_none_lost(&report, transport, &what);
        let retried = report.outcomes.iter().filter(|outcome| outcome.retried);
        assert_eq!(retried.count(), report.retried, "{what}");
        test(&what, &report);
    }
}

#[test]
fn no_request_is_lost_to_a_server_that_closes_after_each_answer() {
    let server = FaultyServer::in_the_run(page(NextAction::Close));
    each_gets_all(false, &server, |_, _| {});
}

#[test]
fn nor_over_http2() {
    let server = FaultyServer::one_answer_over_http2();
    each_gets_all(true, &server, |what, report| {
        assert!(report.retried > 0, "{what}");
    });
}

/// What a server did not process, as it takes no more requests on a connection, is sent on the
/// next one, which all of these share. nginx does so after 1,000 requests.
#[test]
fn nor_to_one_that_takes_few_requests_on_each_connection() {
    for (each, requests) in [(10, 300), (1000, 10_000)] {
        let server = FaultyServer::going_away_after(each);
        for (name, transport, options) in with_each_transport() {
            if !transport.is_some_and(Transport::is_http2) {
                continue;
            }
            let before = server.received().len();
            let mut client = client(name, &server.url(), requests);
            client.args(&options).args(["--connections", "2", "-c", "300"]);
            let report = report(&run_to_end(client.args(TIMEOUT)));
            let what = format!("{name} {options:?} {each}");
            assert_none_lost(&report, transport, &what);
            assert!(report.retried > 0, "{what}");
            // Not one for each that was sent again. One is given up early where all that was
            // sent on it is answered, which on a busy machine happens more often.
            let connections = server.received().len() - before;
            let most = 3 * requests / each.min(100);
            assert!(connections <= most, "{what}: {connections}");
        }
    }
}

/// A request on a connection that was kept gets no response there. A client with one
/// request at a time sends every second one twice.
#[test]
fn what_was_sent_again_is_counted() {
    let server = FaultyServer::in_the_run(page(NextAction::CloseAtNext));
    let received = Cell::new(0);
    each_gets_all(false, &server, |what, report| {
        let before = received.replace(server.received().len());
        let own = received.get() - before;
        assert_eq!(own, REQUESTS + report.retried, "{what}");
        match what {
            // One that came late found its connection gone from the pool, and made another.
            "sync []" => assert!((400..=500).contains(&report.retried), "{what}"),
            _ if what.contains("hyper") => assert_eq!(report.retried, 0, "{what}"),
            _ => assert!(report.retried > 0, "{what}"),
        }
    });
}

/// The second try is the last.
#[test]
fn a_request_is_sent_again_once() {
    let server = FaultyServer::in_the_run(Answer::closing(b""));
    for name in names() {
        let before = server.received().len();
        let report = report(&run_to_end(&mut client(name, &server.url(), 20)));
        let errors = report.errors.iter().map(|e| (&*e.kind, e.count));
        assert_eq!(errors.collect::<Vec<_>>(), [("closed", 20)], "{name}");
        assert_eq!((report.failed, report.retried), (20, 20), "{name}");
        assert_eq!(server.received().len() - before, 40, "{name}");
    }
}

/// Its time begins with the first sending, and the two responses take longer than that.
#[test]
fn both_tries_have_the_time_of_one() {
    let clients = Mutex::new(BTreeSet::new());
    let server = FaultyServer::answering(move |head| {
        if is_stats_probe(head) {
            return no_stats();
        }
        thread::sleep(Duration::from_millis(700));
        let client = value(head, "x-client").unwrap().to_owned();
        let is_first = clients.lock().unwrap().insert(client);
        if is_first { Answer::closing(b"") } else { page(NextAction::Close) }
    });
    for name in names() {
        let mut client = client(name, &server.url(), 1);
        let report = report(&run_to_end(client.args(["--timeout", "1s"])));
        assert_eq!((report.timed_out, report.retried), (1, 1), "{name}: {report:?}");
    }
}

/// Over HTTP/2 a server can take back one request and keep the connection. If it says that it
/// has not looked at it, the request may be sent again.
#[test]
fn a_stream_that_is_reset_is_sent_again_only_if_the_server_refused_it() {
    for (reason, retried) in [(Reason::CANCEL, 0), (Reason::REFUSED_STREAM, 1)] {
        let server = FaultyServer::resetting_streams(reason);
        let http2 = Transport::value_variants().iter().filter(|one| one.is_http2());
        for transport in http2 {
            let before = server.received().len();
            let mut client = client("async", &server.url(), 1);
            client.args(["--transport", transport.name()]);
            let report = report(&run_to_end(&mut client));
            let what = format!("{reason} {transport:?}");
            assert_eq!((report.failed, report.retried), (1, retried), "{what}");
            assert_eq!(server.received().len() - before, 1 + retried, "{what}");
        }
    }
}

#[test]
fn compare_says_what_was_sent_again() {
    let server = FaultyServer::in_the_run(page(NextAction::CloseAtNext));
    let options = ["-n", "10", "--only", "sync", "--url", &server.url()];
    let output = run_to_end(compare().args(options));
    let said = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(
            "sent again: this server closes idle connections without notice"
        ),
        "{said}"
    );
}

/// There are fewer permits than connections, so that those which are idle have to go; and a
/// client that computes looks idle.
#[test]
fn our_own_server_loses_none_where_it_has_few_connections() {
    let limits = Limits { connections: 100, ..Limits::default() };
    let delay = Duration::from_millis(20);
    let config = Config { limits, delay, ..Config::default() };
    let server = Background::start(config).unwrap();
    let run = |options: &[&str]| {
        let mut client = client(options[0], &server.url(), 400);
        let client = client.args(&options[1..]).args(["--cpu-work", "5ms"]);
        client.stdout(Stdio::piped()).spawn().unwrap()
    };
    let running = [
        run(&["threads", "--threads", "40"]),
        run(&["threads", "--threads", "40"]),
        run(&["async", "-c", "40"]),
        run(&["hybrid", "-c", "40"]),
    ];
    let mut sent = 0;
    for child in running {
        let report = report(&child.wait_with_output().unwrap());
        assert_eq!(report.ok, 400, "{}: {:?}", report.client, report.errors);
        sent += report.requests + report.retried;
    }
    let received = server.stats().counts().received;
    assert!((1600..=sent).contains(&received), "{received} of {sent}");
}
