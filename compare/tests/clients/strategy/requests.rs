//! What the clients send, byte for byte, and where they send it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use serde_json::Value;
use slow_server::{Background, Config};

use crate::fixture::faulty_server::{
    Answer, DeadPort, FaultyServer, NextAction, value,
};
use crate::fixture::programs::{
    bare_client, client, compare, names, report, run_to_end, text,
    with_each_transport,
};

const PAGE: &[u8] =
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 6\r\n\r\nHello!";

#[test]
fn a_request_says_whose_it_is_and_which_one() {
    let mut runs = BTreeSet::new();
    for name in names() {
        let server = FaultyServer::always(Answer::closing(PAGE));
        let output = run_to_end(&mut client(name, &server.url(), 20));
        assert_eq!(report(&output).ok, 20);
        let heads = server.received();
        let all = |field| heads.iter().map(move |head| value(head, field).unwrap());

        assert!(all("x-client").all(|client| client == name), "{heads:?}");
        let run = all("x-run").next().unwrap();
        assert!(all("x-run").all(|other| other == run), "{heads:?}");
        assert!(runs.insert(run.to_owned()), "{run} was another client's too");
        let mut numbers: Vec<usize> =
            all("x-request").map(|number| number.parse().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>(), "{name}");
        // This server told no delay, so that no ideal is known.
        let mut ideals = heads.iter().map(|head| value(head, "x-ideal-ms"));
        assert!(ideals.all(|ideal| ideal.is_none()), "{heads:?}");
    }
}

/// The server sees 4 requests in flight of 20, as if these were 5 waves; but a pool that
/// takes them in chunks of 4 leaves threads without work in the end.
#[test]
fn the_live_page_is_told_the_ideal_of_each_clients_own_report() {
    let delay = Duration::from_millis(10);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let ideal = |name| {
        let options: &[_] = match name {
            "threads" => &["--threads", "4", "--chunk-size", "4"],
            "async" => &["-c", "3"],
            _ => &[],
        };
        let mut client = client(name, &server.url(), 20);
        report(&run_to_end(client.args(options))).ideal_s.unwrap()
    };
    let ideals: Vec<_> = names().into_iter().map(ideal).collect();
    let threads = names().iter().position(|&name| name == "threads").unwrap();
    assert!((ideals[threads] - 0.08).abs() < 1e-6, "{ideals:?}");

    let picture = live_picture(&server);
    let runs = picture["runs"].as_array().unwrap();
    assert_eq!(runs.len(), names().len());
    for ((run, name), ideal) in runs.iter().zip(names()).zip(ideals) {
        assert_eq!(run["client"], name);
        let told = run["ideal_ms"].as_f64().unwrap() / 1e3;
        assert!((told - ideal).abs() < 1e-6, "{name}: {told} and {ideal}");
    }
}

/// Whatever carries it, and though the run before had the same name a moment ago.
#[test]
fn a_run_goes_by_the_name_that_it_is_given_also_in_chinese() {
    let delay = Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let mut clients = Vec::new();
    for (name, _, options) in with_each_transport() {
        let mut client = client(name, &server.url(), 5);
        let output = run_to_end(client.args(options).args(["--name", " 小王 B. "]));
        let report = report(&output);
        assert_eq!((report.ok, report.name.as_deref()), (5, Some("小王 B.")));
        clients.push(name);
    }
    let picture = live_picture(&server);
    let runs = picture["runs"].as_array().unwrap();
    let told: Vec<_> =
        runs.iter().map(|run| run["client"].as_str().unwrap()).collect();
    assert_eq!(told, clients);
    for run in runs {
        assert_eq!((&run["run"], &run["received"]), (&"小王 B.".into(), &5.into()));
    }
}

#[test]
fn a_name_is_in_what_a_person_reads_and_a_wrong_one_is_refused() {
    let server =
        Background::start(Config { delay: Duration::ZERO, ..Config::default() });
    let url = server.as_ref().unwrap().url();
    let mut client = bare_client("async");
    client.args(["--quiet", "--url", &url, "--timeline"]);
    let said = text(&run_to_end(client.args(["--name", "Anna"])).stdout);
    assert!(said.starts_with("async Anna\nCost time: "), "{said}");
    assert!(said.contains("async Anna: 5 requests, "), "{said}");
    for wrong in ["", "a\nb", &"x".repeat(41)] {
        let mut client = bare_client("async");
        let output = run_to_end(client.args(["--url", &url, "--name", wrong]));
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        let said = text(&output.stderr);
        assert!(said.contains("a name "), "{said}");
    }
}

#[test]
fn compare_gives_every_client_its_name() {
    let mut compare = compare();
    compare.args(["--json", "-n", "2", "--delay", "1ms", "--name=-小王-"]);
    let output = run_to_end(&mut compare);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), names().len(), "{}", text(&output.stderr));
    for run in runs {
        assert_eq!(run["report"]["name"], "-小王-", "{run}");
    }
}

/// What the live page is told first.
fn live_picture(server: &Background) -> Value {
    let http = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let stream = http.get(format!("{}/api/events", server.url())).send().unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let picture = lines.find_map(|line| {
        line.strip_prefix("data: {").map(|rest| format!("{{{rest}"))
    });
    serde_json::from_str(&picture.unwrap()).unwrap()
}

#[test]
fn no_client_goes_through_a_proxy() {
    let delay = Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let dead = DeadPort::take();
    let proxy = format!("http://{}", dead.address());
    for name in names() {
        let mut command = client(name, &server.url(), 5);
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(variable, &proxy);
        }
        // Either would keep this machine's own addresses from going through it.
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        let report = report(&run_to_end(&mut command));
        assert_eq!(report.ok, 5, "{name}: {:?}", report.errors);
        // The server was asked how it is set, and not its proxy.
        assert!(report.ideal_s.is_some(), "{name}");
    }
}

/// A server that is none of ours is asked how it is set, and told nothing.
#[test]
fn a_strangers_server_gets_the_requests_of_the_run_and_no_more() {
    let server = FaultyServer::always(Answer::closing(PAGE));
    let options = ["-n", "2", "--only", "sync,async", "--url", &server.url()];
    assert!(run_to_end(compare().args(options)).status.success());
    let heads = server.received();
    assert_eq!(heads.len(), 4, "{heads:?}");
    assert!(heads.iter().all(|head| head.starts_with("GET / ")), "{heads:?}");
}

/// The question before a run is bounded in time and size, whatever a server responds.
#[test]
fn an_endless_word_about_the_server_holds_nobody_up() {
    use std::time::Duration;

    for pause in [Duration::ZERO, Duration::from_millis(500)] {
        let server = FaultyServer::answering(move |head| {
            if head.starts_with("GET /api/stats ") {
                let bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
                Answer { bytes, next: NextAction::Repeat(&[b' '; 1 << 14], pause) }
            } else {
                Answer::closing(PAGE)
            }
        });
        let output = run_to_end(&mut client("async", &server.url(), 3));
        assert_eq!(report(&output).ok, 3);
        assert_eq!(report(&output).ideal_s, None);
    }
}

/// As a `slow-server` responds to a request with a host name that anyone may own.
#[test]
fn a_server_that_tells_nothing_under_this_name_gets_the_right_advice() {
    let server = FaultyServer::answering(|head| {
        Answer::closing(if head.starts_with("GET /api/stats ") {
            b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        } else {
            PAGE
        })
    });
    let output = run_to_end(&mut client("sync", &server.url(), 1));
    assert!(
        text(&output.stderr).contains("--allow-host"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!((report(&output).ok, report(&output).ideal_s), (1, None));
}
