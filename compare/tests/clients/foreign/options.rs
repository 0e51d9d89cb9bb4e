//! How programs of others are named, chosen and started.

use std::fs;

use super::row::{Marked, Ran, has, run};
use crate::fixture::programs::{compare, run_to_end, text};

const CURL: &str = "curl -s {url}";

/// The names of the rows, in order.
fn names(ran: &Ran) -> Vec<String> {
    let name =
        |row: &super::row::Row<'_>| row.0["client"].as_str().unwrap().to_owned();
    ran.rows().iter().map(name).collect()
}

#[test]
fn programs_run_after_the_clients_or_those_that_only_names() {
    if !has(&["curl"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programs");
    fs::write(
        &file,
        "# of the class\n\nthird = curl -s {url}\nfourth=curl -s {url}\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let with = ["--json", "-n", "1", "--delay", "1ms", "--with-file", file];
    let (first, second) = (format!("first={CURL}"), format!("second={CURL}"));
    let with = [&with[..], &["--with", &first, "--with", &second]].concat();
    let all =
        ["sync", "threads", "async", "hybrid", "first", "second", "third", "fourth"];
    for (only, expected) in [
        (None, &all[..]),
        (Some("third"), &["third"]),
        (Some("sync,second"), &["sync", "second"]),
        (Some("fourth,first"), &["first", "fourth"]),
    ] {
        let only: Vec<_> =
            only.into_iter().flat_map(|only| ["--only", only]).collect();
        let ran = Ran::of(&Marked::new(&[&with[..], &only].concat()).run());
        assert_eq!(
            (names(&ran), ran.code),
            (expected.iter().map(ToString::to_string).collect(), Some(0))
        );
    }
}

/// Of those of a file, some are often left out on purpose.
#[test]
fn a_program_of_with_that_only_does_not_name_is_not_left_out_silently() {
    let mine = format!("mine={CURL}");
    let options = ["-n", "1", "--delay", "1ms", "--only", "sync", "--with", &mine];
    let output = run_to_end(compare().args(options));
    let said = text(&output.stderr);
    assert!(said.contains("mine does not run, since --only"), "{said}");
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_sentence() {
    let mine = format!("mine={CURL}");
    for (options, why) in [
        (
            &["--with", &mine, "--only", "yours"][..],
            "invalid value 'yours' for '--only <NAMES>'",
        ),
        (
            &["--with", &mine, "--with", &mine],
            "two programs of --with have the name mine",
        ),
        (&["--with", &mine, "--sweep", "1,2"], "cannot be used with"),
        (&["--with", "curl"], "write a name and a command, such as"),
        (
            &["--with", "a=curl 'b"],
            "the command ends inside a quote, or with a backslash",
        ),
        (&["--with", "async=curl"], "async is the name of a client"),
        (&["--with-file", "/no/such/file"], "/no/such/file"),
        (&["--with", &mine, "-n", "10001"], "use at most -n 10000"),
        (
            &["--with", "mine=no-such-program {url}"],
            "--with mine: there is no program no-such-program",
        ),
        (&["--with", "mine=./no/such {url}"], "there is no program ./no/such"),
        (&["--with", "mine=sh.no-such {url}"], "there is no program sh.no-such"),
        (&["--with", &mine, "--with-timeout", "0"], "--with-timeout"),
    ] {
        let output = run_to_end(compare().args(options));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {said}");
        assert!(said.contains(why), "{options:?}: {said}");
    }
}

#[test]
fn a_placeholder_that_is_mistyped_is_told_before_the_run() {
    if !has(&["sh"]) {
        return;
    }
    let mine = "mine=sh -c true {url} {request}";
    let options = ["--only", "mine", "-n", "1", "--with", mine];
    let output = run_to_end(compare().args(options));
    let said = text(&output.stderr);
    let sentence = "compare: the command of mine has {request}, which is not replaced: did \
                    you mean {requests}?\n";
    assert!(said.starts_with(sentence), "{said}");
}

/// As they are typed, without a shell.
#[test]
fn the_words_of_a_command_reach_the_program() {
    if !has(&["sh"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("my 程序.sh");
    fs::write(
        &script,
        "printf '<%s>' \"$@\" \"$URL\" \"$REQUESTS\" \"$no_proxy\" >&2; exit 1",
    )
    .unwrap();
    let command = format!(
        "我的=sh '{}' x={{url}}/{{requests}} \"a  b\" 'c\"d' e\\ f '$HOME' '*' {{other}} ''",
        script.display()
    );
    let mut marked =
        Marked::new(&["--json", "--only", "我的", "-n", "3", "--with", &command]);
    marked.command.env("http_proxy", "http://127.0.0.1:1").env("HTTP_PROXY", "x");
    let ran = Ran::of(&marked.run());
    let row = ran.row("我的");
    let said = row.fact("output")[0].as_str().unwrap();
    let rest = said.strip_prefix("<x=http://127.0.0.1:").unwrap();
    let (port, rest) = rest.split_once('/').unwrap();
    let expected = format!(
        "<a  b><c\"d><e f><$HOME><*><{{other}}><><http://127.0.0.1:{port}/><3><*>"
    );
    assert_eq!(rest.trim_start_matches('/'), format!("3>{expected}"), "{said}");
}

/// A proxy of the environment is not for the server on this machine.
#[test]
fn a_proxy_in_the_environment_is_not_used() {
    if !has(&["curl", "python3"]) {
        return;
    }
    let python = "python=python3 -c 'import sys, urllib.request; \
                  urllib.request.urlopen(sys.argv[1]).read()' {url}";
    let curl = format!("curl={CURL}");
    let options = ["--json", "--only", "curl,python", "-n", "1", "--with", &curl];
    let mut marked = Marked::new(&[&options[..], &["--with", python]].concat());
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        marked.command.env(name, "http://127.0.0.1:1");
    }
    let ran = Ran::of(&marked.run());
    for row in ran.rows() {
        assert_eq!(row.counts(), [1, 1, 0, 0, 0], "{}", row.why());
    }
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_table_with_the_longest_names_fits_80_columns() {
    if !has(&["curl"]) {
        return;
    }
    let names = ["a-name-of-24-characters-", "二十四个字符的名字也要放得下"];
    assert_eq!(names[0].len(), 24);
    let programs = names.map(|name| format!("{name}={CURL}"));
    let only = names.join(",");
    let mut options =
        vec!["-n", "1", "--delay", "1ms", "--only", &only, "--timeline"];
    options.extend(programs.iter().flat_map(|program| ["--with", program]));
    let mut marked = Marked::new(&options);
    marked.command.env("COLUMNS", "80");
    let output = marked.run();
    let shown = text(&output.stdout);
    assert!(names.iter().all(|name| shown.contains(name)), "{shown}");
    for line in shown.lines() {
        assert!(width(line) <= 80, "{} columns: {line}\n{shown}", width(line));
    }
}

/// Chinese characters take two columns.
fn width(line: &str) -> usize {
    line.chars()
        .map(|c| if ('\u{3000}'..'\u{ff60}').contains(&c) { 2 } else { 1 })
        .sum()
}

#[test]
fn the_environment_has_the_page_and_the_number() {
    if !has(&["sh", "curl"]) {
        return;
    }
    let program = "env=sh -c 'for i in $(seq $REQUESTS); do curl -s \"$URL\"; done'";
    let ran = run(&[program], &["-n", "3", "--delay", "1ms"]);
    assert_eq!((ran.only().counts(), ran.code), ([3, 3, 0, 0, 0], Some(0)));
}
