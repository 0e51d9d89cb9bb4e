//! What `compare` and the clients print: for machines, for a file, and for a person.

use std::net::TcpListener;
use std::process::{Command, Output};
use std::{env, fs, process};

use crate::fixture::programs::{
    assert_accounted_for, bare_client, client, compare, names, report, run_to_end,
    text,
};
use serde_json::Value;
use slow_server::{Background, Config};

fn quick(command: &mut Command) -> Output {
    command.args(["-n", "10", "--delay", "20ms"]).output().unwrap()
}

#[test]
fn json_has_the_schema_and_its_sums_are_right() {
    let output = quick(compare().arg("--json"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["schema"], 1);
    let runs = json["runs"].as_array().unwrap();
    let ran: Vec<_> =
        runs.iter().map(|run| run["client"].as_str().unwrap()).collect();
    assert_eq!(ran, names());
    for run in runs {
        let report: client_core::Report =
            serde_json::from_value(run["report"].clone()).unwrap();
        assert_accounted_for(&report);
        assert_eq!(report.schema, 1);
        assert_eq!(report.ok, 10);
        assert_eq!(run["server"]["received"], 10);
        assert_eq!(run["server"]["answered"], 10);
        assert!(run["why"].as_str().unwrap().ends_with('.'));
    }
    assert_eq!(runs[0]["server"]["peak_in_flight"], 1);
}

/// A report has no password in it.
#[test]
fn a_url_with_a_secret_in_it_is_refused_and_not_shown() {
    let server = Background::start(Config::default()).unwrap();
    let url = server.url().replace("http://", "http://me:s3cret@");
    let mut programs = vec![compare()];
    programs.extend(names().into_iter().map(bare_client));
    for program in &mut programs {
        let output = run_to_end(program.args(["--json", "-n", "1", "--url", &url]));
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains("a user name or a password"), "{said}");
        assert!(!said.contains("s3cret") && output.stdout.is_empty(), "{said}");
    }
    for wrong in ["https://me:s3cret@127.0.0.1/", "http://me:s3cret@a{b/"] {
        let output = run_to_end(bare_client("sync").args(["--url", wrong]));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains("for '--url <URL>'"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    assert_eq!(server.stats().counts().received, 0);
}

#[test]
fn a_file_gets_no_escape_codes_and_80_columns() {
    let output = quick(&mut compare());
    let all = [text(&output.stdout), text(&output.stderr)].concat();
    assert!(!all.contains('\x1b'), "{all}");
    let table = text(&output.stdout);
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert_eq!(line, line.trim_end());
    }
    for client in names() {
        let lines = table.lines().filter(|line| line.starts_with(client)).count();
        assert_eq!(lines, 2, "a row and a sentence for {client}:\n{table}");
    }
}

#[test]
fn the_sentence_names_the_servers_limit() {
    let output = quick(compare().args(["--only", "async", "--max-concurrent", "2"]));
    let table = text(&output.stdout);
    assert!(table.contains("is the bottleneck: 5 waves of"), "{table}");
}

#[test]
fn the_sentence_says_where_the_server_saw_less_than_was_promised() {
    // A delay of zero: no client is fast enough to have a thousand of those in flight.
    let options = ["--only", "async", "-n", "1000", "--delay", "0s"];
    let table = text(&compare().args(options).output().unwrap().stdout);
    let sentence = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        sentence.contains("in flight, not 1000, since the first responses"),
        "{table}"
    );
}

#[test]
fn odd_sizes_reach_the_clients_as_they_were_given() {
    let huge = usize::MAX.to_string();
    let options = ["--timeout", "900500us", "--chunk-size", &huge, "-n", "3"];
    let output = compare().args(options).args(["--delay", "1ms"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn the_sentence_names_the_chunks() {
    let options = ["--only", "threads", "--threads", "2", "--chunk-size", "5"];
    let table = text(&quick(compare().args(options)).stdout);
    assert!(
        table.contains(
            "2 chunks of 5 requests for 2 threads, 1 chunk for a thread: 5 waves"
        ),
        "{table}"
    );
}

#[test]
fn compare_takes_a_server_that_already_runs() {
    let delay = std::time::Duration::from_millis(10);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    let url = server.url();
    let output =
        compare().args(["-n", "4", "--url", &url, "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["delay_ms"], 10.0);
    // It counts anew for each client, so this is the last one's.
    assert_eq!(server.stats().counts().answered, 4);
}

/// In the JSON and at the head of the page.
#[test]
fn the_result_says_how_it_was_made_and_no_secret() {
    let options = ["--json", "--only", "async", "-n", "2", "--delay", "1ms"];
    let faults = ["--jitter", "2ms", "--fail-rate", "0.5", "--timeout", "9s"];
    let page = env::temp_dir().join(format!("setup-{}.html", process::id()));
    let mut command = compare();
    command.args(options).args(faults).args(["--token", "s3cret", "--html"]);
    let output = run_to_end(command.arg(&page));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let setup = &json["setup"];
    let line = setup["command"].as_str().unwrap();
    let typed = "compare --json --only async -n 2 --delay 1ms --jitter 2ms \
                 --fail-rate 0.5 --timeout 9s --token *** --html ";
    assert!(line.starts_with(typed), "{line}");
    assert_eq!(setup["jitter_ms"], 2.0);
    assert_eq!(setup["fail_rate"], 0.5);
    assert_eq!(setup["timeout_ms"], 9000.0);
    assert!(setup["machine"]["cpus"].as_u64().unwrap() > 0, "{setup}");
    assert!(!setup["machine"]["system"].as_str().unwrap().is_empty(), "{setup}");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("--token ***") && !text.contains("s3cret"));
    fs::remove_file(&page).unwrap();
}

/// What waits for a place longer than it has time is given up, and the ideal knows it.
#[test]
fn the_ideal_knows_the_timeout() {
    let config = Config {
        delay: std::time::Duration::from_millis(200),
        max_concurrent: std::num::NonZeroUsize::new(1),
        ..Config::default()
    };
    let server = Background::start(config).unwrap();
    let mut command = client("async", &server.url(), 5);
    let output = run_to_end(command.args(["--timeout", "500ms"]));
    assert_eq!(report(&output).ideal_s, Some(0.5));
}

/// All four pictures of a run in one go, and nothing on standard output but the JSON.
#[test]
fn the_pictures_go_where_they_were_asked_to_go() {
    let folder = env::temp_dir().join(format!("pictures-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = |name| folder.join(name).to_str().unwrap().to_owned();
    let (trace, csv) = (file("trace.json"), file("requests.csv"));
    fs::write(&csv, "an older and much longer text\n".repeat(1000)).unwrap();
    let options = ["--json", "--timeline", "--trace", &trace, "--csv", &csv];
    let mut command = compare();
    let output = quick(command.args(options).env("LC_ALL", "C"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let clients = names().len();
    assert_eq!(json["runs"].as_array().unwrap().len(), clients);

    let timeline = text(&output.stderr);
    assert!(timeline.is_ascii(), "{timeline}");
    for name in names() {
        let title =
            timeline.lines().filter(|line| line.starts_with(&format!("{name}: ")));
        assert_eq!(title.count(), 1, "{timeline}");
    }
    let trace: Value = serde_json::from_slice(&fs::read(&trace).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let requests = events.iter().filter(|event| event["args"]["request"].is_u64());
    assert_eq!(requests.count(), clients * 10);
    let lines = fs::read_to_string(&csv).unwrap().lines().count();
    assert_eq!(lines, 1 + clients * 10);
    fs::remove_dir_all(&folder).unwrap();
}

/// The pipe of the table is closed, and the files are there all the same.
#[test]
fn a_reader_who_goes_away_does_not_take_the_files_along() {
    let folder = env::temp_dir().join(format!("pipes-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let server = Background::start(Config {
        delay: std::time::Duration::from_millis(1),
        ..Config::default()
    })
    .unwrap();
    let url = server.url();
    let mut one = bare_client("async");
    one.args(["-n", "3", "--quiet", "--url", &url]);
    let mut all = compare();
    all.args(["-n", "3", "--only", "sync", "--url", &url]);
    for (name, mut command) in [("one", one), ("all", all)] {
        let csv = folder.join(name);
        let command = command.arg("--csv").arg(&csv);
        let mut child = command
            .stdout(process::Stdio::piped())
            .stderr(process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap();
        assert_eq!(fs::read_to_string(&csv).unwrap().lines().count(), 4, "{name}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_delay_that_the_server_refuses_has_no_ideal() {
    let max_delay = std::time::Duration::from_millis(5);
    let server =
        Background::start(Config { max_delay, ..Config::default() }).unwrap();
    for (delay, ideal) in [("5ms", Some(0.005)), ("6ms", None)] {
        let url = format!("{}/?delay={delay}", server.url());
        let output = run_to_end(&mut client("sync", &url, 1));
        assert_eq!(report(&output).ideal_s, ideal, "{delay}");
    }
}

#[test]
fn every_client_takes_the_same_common_options() {
    for client in names() {
        for (options, message) in [
            (["-n", "0"], "a whole number, 1 or more"),
            (["--timeout", "0s"], "a time above 0s"),
            (["--timeout", "soon"], "such as 300ms, 3s or 1m"),
            (["--url", "https://127.0.0.1"], "only http://"),
            (["--url", "nonsense"], "such as http://127.0.0.1:5000"),
        ] {
            let output = bare_client(client).args(options).output().unwrap();
            let said = text(&output.stderr);
            assert!(said.contains(message), "{client} {options:?}: {said}");
            assert_eq!(output.status.code(), Some(2), "{client} {options:?}");
        }
    }
}

#[test]
fn a_small_run_is_told_in_lines_as_the_tutorial_does() {
    let delay = std::time::Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    for client in names() {
        let output = bare_client(client)
            .args(["-n", "2", "--url", &server.url()])
            .output()
            .unwrap();
        let said = text(&output.stdout);
        let count =
            |what: &str| said.lines().filter(|line| line.starts_with(what)).count();
        assert_eq!(count(&format!("Waiting for {}", server.url())), 2, "{said}");
        assert_eq!(
            count(&format!("Get response from {}", server.url())),
            2,
            "{said}"
        );
        assert!(said.contains("Result: Hello!"), "{said}");
        assert!(said.contains("Cost time: 0."), "{said}");
        assert!(said.contains("(ideal 0.00"), "{said}");
    }
}

#[test]
fn the_memory_of_a_client_is_its_own_and_not_its_parents() {
    let delay = std::time::Duration::from_millis(1);
    let server = Background::start(Config { delay, ..Config::default() }).unwrap();
    // Far more than a client needs, touched so that it is resident.
    let ballast = std::hint::black_box(vec![1_u8; 200_000_000]);
    let output = client("sync", &server.url(), 1).output().unwrap();
    let memory = report(&output).usage.peak_rss_bytes;
    assert!(memory.is_none_or(|bytes| bytes < 100_000_000), "{memory:?}");
    drop(ballast);
}

#[test]
fn a_run_that_never_began_took_nothing() {
    // A port that was free a moment ago, without a listener.
    let port =
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let report = report(&run_to_end(&mut client("async", &url, 3)));
    assert_eq!((report.not_sent, report.elapsed_s), (3, 0.0));
    assert!(report.usage.cpu_s.is_none_or(|cpu| cpu <= 0.0), "{report:?}");
}
