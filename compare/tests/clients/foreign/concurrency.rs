//! How programs of others are said to wait, by what the server saw of each.

use serde_json::json;

use super::row::{Row, has, run, script};

/// On a machine that is so busy that a program falls behind its own limit, nothing is claimed,
/// and it is run again with twice the delay, of which the machine's part is smaller.
const ATTEMPTS: u32 = 5;

/// The delay is doubled this many times at the most.
const DOUBLINGS: u32 = 3;

/// Runs this program until the times show how it waited.
fn seen(program: &str, requests: &str, delay: &str, check: impl Fn(&Row<'_>)) {
    seen_where(|_| true, program, requests, delay, check);
}

/// The same, where something else has to be known too.
fn seen_where(
    is_known: impl Fn(&Row<'_>) -> bool,
    program: &str,
    requests: &str,
    delay: &str,
    check: impl Fn(&Row<'_>),
) {
    let first = humantime::parse_duration(delay).unwrap();
    for attempt in 0..ATTEMPTS {
        let delay = first * 2_u32.pow(attempt.min(DOUBLINGS));
        let delay = humantime::format_duration(delay).to_string();
        let ran = run(&[program], &["-n", requests, "--delay", &delay]);
        let row = ran.only();
        assert_eq!(ran.code, Some(0), "{}", row.0);
        let asked = requests.parse::<u64>().unwrap();
        assert_eq!(row.counts(), [asked, asked, 0, 0, 0]);
        if row.fact("is_clear") == false {
            row.assert_says("cannot be told");
            assert_eq!(row.fact("chunk"), &json!(null));
        } else if is_known(&row) {
            return check(&row);
        }
    }
    panic!("{program}: of {ATTEMPTS} runs, none was clear");
}

fn assert_waves(row: &Row<'_>, at_once: u64, waves: u64) {
    let shown =
        ["peak_in_flight", "waves", "waves_needed"].map(|name| row.number(name));
    assert_eq!(shown, [at_once, waves, waves], "{}", row.why());
    assert_eq!(row.fact("chunk"), &json!(null));
}

fn node(name: &str) -> String {
    format!("mine=node '{}' {{url}} {{requests}}", script(name))
}

fn python(name: &str) -> String {
    format!("mine=python3 '{}' {{url}} {{requests}}", script(name))
}

#[test]
fn xargs_with_curl_is_eight_at_a_time() {
    if !has(&["sh", "seq", "xargs", "curl"]) {
        return;
    }
    let program = "mine=sh -c 'seq {requests} | xargs -n1 -P8 curl -s {url}'";
    seen(program, "16", "1s", |row| {
        assert_waves(row, 8, 2);
        assert_eq!(row.number("connections"), 16);
        row.assert_says("8 at a time: 2 waves; a new connection for each request");
    });
}

#[test]
fn a_loop_in_a_shell_that_puts_each_in_the_background_is_all_at_once() {
    if !has(&["sh", "seq", "curl"]) {
        return;
    }
    let program =
        "mine=sh -c 'for i in $(seq {requests}); do curl -s {url} & done; wait'";
    seen(program, "12", "2s", |row| {
        assert_waves(row, 12, 1);
        assert_eq!(row.number("connections"), 12);
        row.assert_says("all 12 requests at the same time: 1 wave");
    });
}

/// It has some in flight by its pace, not by a limit.
#[test]
fn of_a_program_that_sends_at_a_rate_no_limit_is_claimed() {
    if !has(&["sh", "seq", "sleep", "curl"]) {
        return;
    }
    let program = "mine=sh -c 'for i in $(seq {requests}); do curl -s {url} & sleep 0.05; done; \
                   wait'";
    let ran = run(&[program], &["-n", "30", "--delay", "300ms"]);
    let row = ran.only();
    assert_eq!(
        (ran.code, row.fact("is_clear")),
        (Some(0), &json!(false)),
        "{}",
        row.0
    );
    row.assert_says("cannot be told whether one waited for the response to another");
    row.assert_says("try a --delay longer than ");
    assert!(!row.why().contains("at a time"), "{}", row.why());
    // Of unknown waits there is no ideal, nor a time at another delay.
    assert_eq!(row.0["report"]["ideal_s"], json!(null), "{}", row.0);
    assert_eq!(row.0["restated_s"], json!(null), "{}", row.0);
}

#[test]
fn nodes_fetch_in_a_loop_is_one_after_another() {
    if !has(&["node"]) {
        return;
    }
    seen(&node("loop.mjs"), "4", "500ms", |row| {
        assert_waves(row, 1, 4);
        row.assert_says(
            "one after another: each request waited for the response before it, 4",
        );
        // Now and then it opens a second one before the first is free.
        assert!(row.number("connections") < 4, "{}", row.why());
    });
}

#[test]
fn nodes_promise_all_is_all_at_once() {
    if !has(&["node"]) {
        return;
    }
    seen(&node("all.mjs"), "20", "2s", |row| {
        assert_waves(row, 20, 1);
        row.assert_says("all 20 requests at the same time: 1 wave");
    });
}

#[test]
fn ten_workers_in_node_are_ten_at_a_time() {
    if !has(&["node"]) {
        return;
    }
    seen(&node("workers.mjs"), "20", "1s", |row| {
        assert_waves(row, 10, 2);
        row.assert_says("10 at a time: 2 waves; ");
    });
}

#[test]
fn pythons_urllib_in_a_loop_is_one_after_another() {
    if !has(&["python3"]) {
        return;
    }
    seen(&python("loop.py"), "4", "500ms", |row| {
        assert_waves(row, 1, 4);
        assert_eq!(row.number("connections"), 4);
        row.assert_says(
            "one after another: each request waited for the response before it, 4",
        );
    });
}

#[test]
fn pythons_threads_are_eight_at_a_time() {
    if !has(&["python3"]) {
        return;
    }
    seen(&python("threads.py"), "16", "1s", |row| {
        assert_waves(row, 8, 2);
        assert_eq!(row.number("connections"), 16);
        assert_eq!(row.fact("per_process"), &json!([]), "one process");
        row.assert_says("8 at a time: 2 waves");
    });
}

#[test]
fn a_semaphore_of_five_in_python_is_five_at_a_time() {
    if !has(&["python3"]) {
        return;
    }
    seen(&python("semaphore.py"), "10", "1s", |row| {
        assert_waves(row, 5, 2);
        assert_eq!(row.number("connections"), 10);
        row.assert_says("5 at a time: 2 waves");
    });
}

/// As in the tutorial: `Pool.map` gives each process a fourth of its share at a time.
#[cfg(target_os = "linux")]
#[test]
fn pythons_pool_is_eight_processes_that_take_four_at_a_time() {
    if !has(&["python3"]) {
        return;
    }
    // Which of them sent a request is found out while it waits, or not at all.
    let are_known = |row: &Row<'_>| row.fact("per_process") != &json!([]);
    seen_where(are_known, &python("pool.py"), "100", "500ms", |row| {
        let shown = ["peak_in_flight", "chunk", "waves_needed", "connections"];
        assert_eq!(
            shown.map(|name| row.number(name)),
            [8, 4, 13, 100],
            "{}",
            row.why()
        );
        assert_eq!(row.fact("per_process"), &json!([1, 1, 1, 1, 1, 1, 1, 1]));
        // One that others were in the way of leaves a chunk to the others.
        let waves = row.number("waves");
        assert!(waves >= 16 && waves.is_multiple_of(4), "{}", row.why());
        row.assert_says("8 at a time from 8 processes, in chunks of 4: ");
        row.assert_says(" waves where 13 would do");
    });
}
