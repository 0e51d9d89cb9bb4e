//! Responses that no test anticipates: thousands are generated from a seed, and all clients
//! have to bear each of them alike.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

use client_core::outcome::report::OutcomeRow;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::fixture::faulty_server::{Answer, FaultyServer, value};
use crate::fixture::programs::{
    assert_accounted_for, client, names, names_with_transport, report, run_to_end,
    text,
};

/// Generated responses, each of which all four clients get.
const CASES: usize = 2500;

/// The longest response, in bytes: it crosses the loopback in one piece. The clients look at
/// a header that came in pieces only when they have its end, so of one that is wrong and
/// has none, the pieces would decide what is said of it.
const ONE_PIECE: usize = 30_000;

/// About the most bytes of one part of a response.
const MANY: usize = 20_000;

#[test]
fn whatever_a_stranger_answers_all_clients_end_alike() {
    let answers: Arc<[_]> = (0..CASES).map(answer).collect();
    let server = faulty(Arc::clone(&answers));
    let endings = thread::scope(|scope| {
        let run = |name| {
            let server = &server;
            scope.spawn(move || run(name, server))
        };
        let running: Vec<_> = names().into_iter().map(run).collect();
        let ended = running.into_iter().map(|running| running.join().unwrap());
        ended.collect::<Vec<_>>()
    });
    for (case, answer) in answers.iter().enumerate() {
        let alike = endings.iter().map(|endings| &endings[case]);
        let alike: Vec<_> = alike.collect();
        assert!(
            alike.iter().all(|ending| *ending == alike[0]),
            "case {case} ends as {alike:?}: {}",
            answer.escape_ascii()
        );
    }
    assert_many_kinds(&endings[0]);
}

/// A server whose response is chosen by the request's own number.
fn faulty(answers: Arc<[Vec<u8>]>) -> FaultyServer {
    FaultyServer::answering(move |head| {
        let number = value(head, "x-request").and_then(|n| n.parse::<usize>().ok());
        Answer::closing(number.map_or(&[], |number| &answers[number]))
    })
}

/// How each request of a client ended.
fn run(name: &str, server: &FaultyServer) -> Vec<String> {
    let mut command = client(name, &server.url(), CASES);
    if names_with_transport().contains(&name) {
        // All at the same time would be about open files.
        command.args(["-c", "100"]);
    }
    let output = run_to_end(&mut command);
    let said = text(&output.stderr);
    assert!(!said.contains("panicked"), "{name}: {said}");
    assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    let report = report(&output);
    assert_accounted_for(&report);
    assert_eq!(report.timed_out, 0, "each connection is closed, so nothing hangs");
    report.outcomes.iter().map(ending).collect()
}

fn ending(outcome: &OutcomeRow) -> String {
    match (outcome.status, &outcome.error) {
        (Some(status), None) => format!("status-{status}"),
        (None, Some(error)) => error.clone(),
        both => panic!("{both:?}"),
    }
}

/// If nothing but garbage is made up, only the first line of a parser is tested.
fn assert_many_kinds(endings: &[String]) {
    let kinds: BTreeSet<_> = endings.iter().map(String::as_str).collect();
    let expected =
        ["status-200", "status-204", "body", "closed", "not-http", "too-long"];
    assert!(expected.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    assert!(!kinds.contains("lost") && !kinds.contains("other"), "{kinds:?}");
    for kind in ["status-200", "body", "not-http"] {
        let share = endings.iter().filter(|ending| *ending == kind).count();
        assert!(share > CASES / 20, "only {share} of {CASES} end as {kind}");
    }
}

/// The response to request `case`: always the same.
fn answer(case: usize) -> Vec<u8> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(case as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let bytes = bytes().new_tree(&mut runner).unwrap().current();
    let mut answer = closing(&bytes);
    answer.truncate(ONE_PIECE);
    answer
}

/// The same response, in which no header lets the client keep the connection.
///
/// A client that may keep it does so, and is then about to send its next request while
/// the server closes: whether it notices in time is luck. But a header ends only at an
/// empty line, and here a `connection: close` comes before each that can end one. After
/// the last `HTTP/` that is the next empty line; all that follow are in the body.
fn closing(answer: &[u8]) -> Vec<u8> {
    let last = answer.windows(5).rposition(|five| five == b"HTTP/").unwrap_or(0);
    let mut closing = Vec::with_capacity(answer.len());
    let mut rest = answer;
    while let Some(end) = empty_line(rest) {
        closing.extend_from_slice(&rest[..end]);
        closing.extend_from_slice(b"connection: close\r\n");
        let reached = answer.len() - rest.len() + end;
        rest = &rest[end..];
        if reached > last {
            break;
        }
        // The empty line itself, of one byte or two.
        let (line, after) = rest.split_at(1 + usize::from(rest[0] == b'\r'));
        closing.extend_from_slice(line);
        rest = after;
    }
    closing.extend_from_slice(rest);
    closing
}

/// Where the first empty line begins that has another before it.
fn empty_line(bytes: &[u8]) -> Option<usize> {
    let starts = |end: usize, what: &[u8]| bytes[end..].starts_with(what);
    (0..bytes.len())
        .find(|&at| starts(at, b"\n\n") || starts(at, b"\n\r\n"))
        .map(|at| at + 1)
}

// The parts of responses.

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => vec(any::<u8>(), 0..600),
        8 => (answer_in_parts(), vec(mutation(), 0..3)).prop_map(|(answer, damages)| {
            damages.into_iter().fold(answer, |answer, damage| damage.apply_to(answer))
        }),
        8 => answer_in_parts(),
    ]
}

fn answer_in_parts() -> impl Strategy<Value = Vec<u8>> {
    let parts = (informational(), status_line(), framed_body(), header_lines());
    parts.prop_flat_map(|(informational, status_line, (framing, body), lines)| {
        let lines = [framing, lines].concat();
        Just(lines).prop_shuffle().prop_map(move |lines| {
            let lines = lines.concat();
            [&informational[..], &status_line, b"\r\n", &lines, b"\r\n", &body]
                .concat()
        })
    })
}

/// Informational responses before the response, which a client has to skip.
fn informational() -> impl Strategy<Value = Vec<u8>> {
    let one = || {
        (select(&[100, 102, 103, 199]), header_lines()).prop_map(
            |(status, lines)| {
                let start = format!("HTTP/1.1 {status} Wait\r\n").into_bytes();
                [start, lines.concat(), b"\r\n".to_vec()].concat()
            },
        )
    };
    prop_oneof![
        10 => Just(Vec::new()),
        2 => one(),
        1 => (one(), 2..500_usize).prop_map(|(one, times)| repeated(&one, times)),
    ]
}

fn status_line() -> impl Strategy<Value = Vec<u8>> {
    let odd = select(&[
        "HTTP/0.9 200 OK",
        "HTTP/1.0 200 OK",
        "HTTP/1.2 200 OK",
        "HTTP/2 200 OK",
        "HTTP/2.0 200 OK",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n",
        "http/1.1 200 OK",
        "ICY 200 OK",
        "\r\nHTTP/1.1 200 OK",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c",
        "HTTP/1.1 200",
        "HTTP/1.1 200 ",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 000 No",
        "HTTP/1.1 99 Few",
        "HTTP/1.1 1000 Many",
        "HTTP/1.1 -20 Less",
        "HTTP/1.1",
        "",
    ]);
    let reason = vec(any::<u8>(), 0..6);
    prop_oneof![
        12 => Just(b"HTTP/1.1 200 OK".to_vec()),
        2 => odd.prop_map(|line| line.as_bytes().to_vec()),
        1 => select(&[204, 205, 304, 101])
            .prop_map(|status| format!("HTTP/1.1 {status} None").into()),
        1 => (0..1000_u16).prop_map(|s| format!("HTTP/1.1 {s:03} Some").into()),
        1 => reason.prop_map(|reason| [b"HTTP/1.1 200 ", &reason[..]].concat()),
    ]
}

/// The header lines that say how long the body is, and the body.
fn framed_body() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<u8>)> {
    let plain = vec(any::<u8>(), 0..60);
    let sized = |body: Vec<u8>, lengths: Vec<String>| {
        let line = |length| format!("content-length: {length}\r\n").into_bytes();
        (lengths.into_iter().map(line).collect::<Vec<_>>(), body)
    };
    let coding = select(&[
        "chunked",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "identity",
        "Chunked",
        "chunked;q=1",
        "",
    ]);
    prop_oneof![
        2 => plain.clone().prop_map(move |body| {
            let length = vec![body.len().to_string()];
            sized(body, length)
        }),
        2 => (plain.clone(), vec(wrong_length(), 1..3))
            .prop_map(move |(body, lengths)| sized(body, lengths)),
        1 => plain.clone().prop_map(|body| (Vec::new(), body)),
        4 => (prop_oneof![3 => Just("chunked"), 1 => coding], chunks()).prop_map(
            |(coding, body)| {
                (vec![format!("transfer-encoding: {coding}\r\n").into()], body)
            }
        ),
        1 => (plain, chunks()).prop_map(move |(plain, body)| {
            let mut both = sized(body, vec![plain.len().to_string()]);
            both.0.push(b"transfer-encoding: chunked\r\n".to_vec());
            both
        }),
    ]
}

fn wrong_length() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..80_u64).prop_map(|length| length.to_string()),
        any::<i64>().prop_map(|length| length.to_string()),
        select(&[
            "-1",
            "+6",
            "6, 6",
            "6, 7",
            "6 6",
            "0x6",
            "six",
            "",
            "06",
            "6.0",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999999",
        ])
        .prop_map(str::to_owned),
    ]
}

fn chunks() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![
        6 => Just("0\r\n\r\n".to_owned()),
        1 => (0..300_usize).prop_map(|lines| {
            format!("0\r\n{}\r\n", "x-trailer: more\r\n".repeat(lines))
        }),
        1 => select(&["", "0\r\n", "0\r\nno trailer\r\n\r\n", "00\r\n\r\n", "-0\r\n\r\n"])
            .prop_map(str::to_owned),
    ];
    (vec(chunk(), 0..5), end)
        .prop_map(|(chunks, end)| [&chunks.concat()[..], end.as_bytes()].concat())
}

fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let wrong = select(&[
        "",
        "six",
        "-1",
        "+1",
        " 1",
        "1 ",
        "0x1",
        "ffffffff",
        "ffffffffffffffff",
        "10000000000000000",
        "7fffffffffffffff",
    ]);
    let size = prop_oneof![9 => Just(None), 1 => wrong.prop_map(Some)];
    let extension = prop_oneof![4 => Just(0), 1 => 1..40_usize, 1 => 10_000..MANY];
    let data = vec(any::<u8>(), 1..30);
    (data, size, extension).prop_map(|(data, size, extension)| {
        let size = size.map_or_else(|| format!("{:x}", data.len()), str::to_owned);
        let semicolon = if extension == 0 { "" } else { ";" };
        let extension = "x".repeat(extension);
        let line = [&size, semicolon, &extension, "\r\n"].concat();
        [line.as_bytes(), &data, b"\r\n"].concat()
    })
}

fn header_lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop_oneof![
        6 => vec(header_line(), 0..4),
        1 => (header_line(), 2..3000_usize)
            .prop_map(|(line, times)| vec![repeated(&line, times)]),
    ]
}

fn header_line() -> impl Strategy<Value = Vec<u8>> {
    let good = select(&[
        "content-type: text/plain",
        "date: Thu, 01 Jan 1970 00:00:00 GMT",
        "connection: keep-alive",
        "keep-alive: timeout=60",
        "content-encoding: gzip",
        "location: /elsewhere",
        "location: http://[::1",
        "set-cookie: a=b",
        "upgrade: h2c",
        "retry-after: 3",
    ]);
    let bad = select(&[
        " folded",
        "\tfolded",
        "no colon",
        ": no name",
        "space before : the colon",
        "naïve: name",
        "name:",
        "bare\rreturn: x",
        "nul: \0",
    ]);
    let value = prop_oneof![vec(any::<u8>(), 0..6), vec(0x80..=0xff_u8, 0..40)];
    let long = || (1..MANY).prop_map(|length| vec![b'x'; length]);
    let line = prop_oneof![
        20 => good.prop_map(|line| line.as_bytes().to_vec()),
        1 => bad.prop_map(|line| line.as_bytes().to_vec()),
        2 => value.prop_map(|value| [b"x-any: ", &value[..]].concat()),
        1 => long().prop_map(|value| [b"x-long: ", &value[..]].concat()),
        1 => long().prop_map(|name| [&name[..], b": long"].concat()),
    ];
    line.prop_map(|line| [&line[..], b"\r\n"].concat())
}

fn repeated(part: &[u8], times: usize) -> Vec<u8> {
    part.repeat(times.min(MANY / part.len()).max(1))
}

/// What a broken wire or a broken server does to bytes that were right.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Cut(Index),
    Drop(Index, Index),
    Double(Index, Index),
    Insert(Index, Vec<u8>),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let inserted = prop_oneof![
        vec(any::<u8>(), 1..20),
        select(&[
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\n\n",
            ":",
            "HTTP/1.1 204 No\r\n\r\n"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (at(), 1..=255_u8).prop_map(|(at, mask)| Mutation::Flip(at, mask)),
        at().prop_map(Mutation::Cut),
        (at(), at()).prop_map(|(from, to)| Mutation::Drop(from, to)),
        (at(), at()).prop_map(|(from, to)| Mutation::Double(from, to)),
        (at(), inserted).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
    ]
}

impl Mutation {
    fn apply_to(self, mut answer: Vec<u8>) -> Vec<u8> {
        let length = answer.len() + 1;
        match self {
            Self::Flip(at, mask) => {
                let at = at.index(length);
                if let Some(byte) = answer.get_mut(at) {
                    *byte ^= mask;
                }
            }
            Self::Cut(at) => answer.truncate(at.index(length)),
            Self::Drop(from, to) => drop(answer.drain(between(from, to, length))),
            Self::Double(from, to) => {
                let part = answer[between(from, to, length)].to_vec();
                let at = from.index(length).max(to.index(length));
                answer.splice(at..at, part);
            }
            Self::Insert(at, bytes) => {
                let at = at.index(length);
                answer.splice(at..at, bytes);
            }
        }
        answer
    }
}

fn between(from: Index, to: Index, length: usize) -> Range<usize> {
    let (from, to) = (from.index(length), to.index(length));
    from.min(to)..from.max(to)
}
