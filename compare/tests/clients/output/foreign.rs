//! What is said of a server that is not ours: what the client did, what the responses show,
//! and nothing that only a slow-server could tell.

use std::collections::BTreeSet;
use std::time::Duration;
use std::{env, fs, process};

use serde_json::Value;

use crate::fixture::foreign_server::{
    DELAY, HTTP_1_0, Habits, KEPT, THREADED, start,
};
use crate::fixture::programs::{client, compare, report, run_to_end, text};

/// A run of compare: what it printed, and the data of its page.
struct Shown {
    terminal: String,
    page: Value,
}

/// Of these clients, with this many requests each.
fn compared(name: &str, url: &str, options: &[&str]) -> Shown {
    let unique = format!("three-seconds-foreign-{}-{name}.html", process::id());
    let path = env::temp_dir().join(unique);
    let mut command = compare();
    command.args(["--url", url, "--timeline", "--html"]).arg(&path).args(options);
    let output = run_to_end(&mut command);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let (_, rest) = page.split_once(" id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script").unwrap();
    let terminal = text(&output.stdout);
    let shown = Shown { terminal, page: serde_json::from_str(data).unwrap() };
    assert_no_claim_of_a_slow_server(&shown);
    shown
}

impl Shown {
    /// The sentence on this client, which is the same on the terminal, in lines.
    fn why(&self, client: &str) -> &str {
        let mut runs = self.page["runs"].as_array().unwrap().iter();
        let run = runs.find(|run| run["client"] == client).unwrap();
        let why = run["why"]["en"].as_str().unwrap();
        assert!(one_line(&self.terminal).contains(why), "{}", self.terminal);
        why
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whatever the server is, it told nothing about itself.
fn assert_no_claim_of_a_slow_server(Shown { terminal, page }: &Shown) {
    let line = one_line(terminal);
    let basis = "The server does not report its delay, so the ideal times are unknown;\n\
                 --assume-delay TIME sets one.";
    assert!(terminal.contains(basis), "{terminal}");
    for claim in [
        "1 wave.",
        "1 wave;",
        "7 waves",
        "queued",
        "client and network",
        "━ waiting",
        "tutorial",
        "at 3 s",
        "most served",
        "the server had",
        "the server received",
        "bottleneck",
    ] {
        assert!(!line.contains(claim), "{claim} in {terminal}");
    }
    assert_eq!(page["delay_ms"], Value::Null);
    assert_eq!(page["limit"], Value::Null);
    let columns: Vec<_> = page["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["id"].as_str().unwrap())
        .collect();
    for absent in ["peak", "ideal_s", "overhead_s", "scaled_s", "tutorial_s"] {
        assert!(!columns.contains(&absent), "{columns:?}");
    }
    for run in page["runs"].as_array().unwrap() {
        assert_eq!(run["values"]["tutorial_s"], Value::Null);
        assert_eq!(run["values"]["scaled_s"], Value::Null);
        assert_eq!(
            run["drawn"]["waited"], -1,
            "no response said how long it waited"
        );
    }
}

/// How often to look for what a busy machine can hide: an estimate is only made where the
/// responses are clear.
const ATTEMPTS: usize = 8;

/// Runs these clients until each of them has been said to have its end. A sentence that does not end so
/// has to say that nothing can be told.
fn assert_said(name: &str, habits: Habits, requests: &str, ends: &[(&str, &str)]) {
    let url = start(habits);
    let clients: Vec<_> = ends.iter().map(|&(client, _)| client).collect();
    let options = ["-n", requests, "--only", &clients.join(",")];
    let mut unsaid: BTreeSet<_> = ends.iter().copied().collect();
    for _ in 0..ATTEMPTS {
        let shown = compared(name, &url, &options);
        for &(client, end) in ends {
            let why = shown.why(client);
            if why.contains(end) {
                unsaid.remove(&(client, end));
            } else {
                assert!(why.contains("do not show how many"), "{client} {why}");
            }
        }
        if unsaid.is_empty() {
            return;
        }
    }
    panic!("nobody said {unsaid:?}");
}

#[test]
fn of_a_server_that_answers_one_at_a_time_it_is_supposed() {
    let habits = Habits { at_a_time: 1, ..THREADED };
    let one = "so this server seems to serve one request at a time";
    let all = [("threads", one), ("async", one), ("hybrid", one)];
    assert_said("one", habits, "12", &all);
}

#[test]
fn of_a_limit_of_ten_about_ten_is_supposed() {
    let habits = Habits { at_a_time: 10, ..THREADED };
    let ten = "so this server seems to serve about 10 requests at a time";
    // Eight threads never meet the limit.
    let none = "no sign that requests waited for one another";
    let all = [("threads", none), ("async", ten), ("hybrid", ten)];
    assert_said("limit", habits, "50", &all);
}

#[test]
fn no_queue_is_supposed_where_none_is_seen() {
    let none = "no sign that requests waited for one another";
    let all = [("threads", none), ("async", none), ("hybrid", none)];
    assert_said("http10", Habits { response: HTTP_1_0, ..THREADED }, "20", &all);
    assert_said("closing", THREADED, "20", &all);
}

#[test]
fn of_a_fast_server_nothing_is_supposed() {
    let (response, delay) = (KEPT, Duration::ZERO);
    let url = start(Habits { response, delay, keeps_alive: true, ..THREADED });
    let shown = compared("fast", &url, &["-n", "20"]);
    assert_eq!(shown.why("sync"), "one request after another: 20 waves.");
    assert!(
        shown.why("async").starts_with("sends all 20 requests at the same time; ")
    );
    for client in ["threads", "async", "hybrid"] {
        let why = shown.why(client);
        assert!(!why.contains("by estimate"), "{why}");
    }
}

/// It accepts a connection every 20 ms, and its queue has room for few of the fifty.
#[cfg(target_os = "linux")]
#[test]
fn a_full_backlog_is_the_kernels_part() {
    let accept = Duration::from_millis(20);
    let url = start(Habits { backlog: 5, accept, ..THREADED });
    let shown = compared("backlog", &url, &["-n", "50", "--only", "async"]);
    let why = shown.why("async");
    assert!(why.starts_with("sends all 50 requests at the same time; "), "{why}");
    for part in
        ["an accept queue (backlog) on this machine was full ", "1 s or more later"]
    {
        assert!(why.contains(part), "{why}");
    }
    assert!(!why.contains("no sign"), "{why}");
}

#[test]
fn an_assumed_delay_gives_an_ideal_that_is_called_assumed() {
    let url = start(Habits { at_a_time: 1, ..THREADED });
    let delay = humantime(DELAY);
    let mut command = client("async", &url, 4);
    let one = report(&run_to_end(command.args(["--assume-delay", &delay])));
    assert_eq!((one.ideal_s, one.assumed_delay_ms), (Some(0.15), Some(150.0)));

    let options = ["-n", "4", "--only", "async", "--url", &url, "--timeline"];
    let output =
        run_to_end(compare().args(options).args(["--assume-delay", &delay]));
    let shown = one_line(&text(&output.stdout));
    for part in [
        "The ideal times assume that each response takes 0.150 s, independently of",
        "sends all 4 requests at the same time",
        "over the assumed ideal.",
        "assumed end",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(!shown.contains("tutorial") && !shown.contains("1 wave"), "{shown}");
    let mut sweep = compare();
    sweep.args(["--sweep", "1,4", "--only", "async", "--url", &url]);
    let shown = text(&run_to_end(sweep.args(["--assume-delay", "1ms"])).stdout);
    assert!(shown.contains("the assumed ideal"), "{shown}");
}

fn humantime(delay: Duration) -> String {
    format!("{}ms", delay.as_millis())
}

#[test]
fn what_a_slow_server_tells_is_not_assumed() {
    let server = slow_server::Background::start(slow_server::Config {
        delay: Duration::from_millis(1),
        ..slow_server::Config::default()
    })
    .unwrap();
    let mut command = client("sync", &server.url(), 2);
    let output = run_to_end(command.args(["--assume-delay", "5s"]));
    assert!(text(&output.stderr).contains("--assume-delay is ignored"));
    let told = report(&output);
    assert_eq!((told.ideal_s, told.assumed_delay_ms), (Some(0.002), None));
    // Of its other pages it tells nothing.
    let mut command = client("sync", &format!("{}/healthz", server.url()), 2);
    assert_eq!(report(&run_to_end(&mut command)).ideal_s, None);
}
