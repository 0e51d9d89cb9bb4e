//! What a person sees of it: columns that fit, percentiles, histograms, Markdown.

use crate::fixture::programs::{compare, run_to_end, text};

#[test]
fn with_everything_on_the_table_fits_80_columns_and_says_what_is_left_out() {
    let output = run_to_end(compare().args([
        "-n",
        "100",
        "--delay",
        "1ms",
        "--repeat",
        "2",
        "--latency",
    ]));
    let table = text(&output.stdout);
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(table.contains("Too wide for 80 columns, so left out: "), "{table}");
    let header: Vec<_> =
        table.lines().filter(|line| !line.is_empty()).take(2).collect();
    for title in ["client", "time", "range", "ideal", "vs."] {
        assert!(header[0].contains(title), "{header:?}");
    }
    assert!(
        table.contains("Each row is the run with the median time of 2;"),
        "{table}"
    );
}

#[test]
fn percentiles_are_shown_where_there_are_enough_requests_for_them() {
    for (requests, cells) in
        [("99", ["-", "-"]), ("100", ["", "-"]), ("1000", ["", ""])]
    {
        let options =
            ["--only", "async", "-n", requests, "--delay", "1ms", "--latency"];
        let shown = text(&run_to_end(compare().args(options)).stdout);
        let (_, latency) = shown.split_once("succeeded").unwrap();
        let row = latency.lines().find(|line| line.starts_with("async")).unwrap();
        let row: Vec<_> = row.split_whitespace().collect();
        assert_eq!(row.len(), 7, "{shown}");
        for (cell, expected) in row[4..6].iter().zip(cells) {
            assert_eq!(*cell == "-", expected == "-", "{requests}: {shown}");
        }
        let has_note = shown.contains("p99 needs at least 100 responses");
        assert_eq!(has_note, requests != "1000", "{shown}");
        let bars = shown.lines().filter(|line| line.starts_with("  ≤ "));
        let counts = bars
            .map(|line| line.rsplit(['│', ' ']).next().unwrap().parse::<usize>());
        let counts: Vec<_> = counts.map(Result::unwrap).collect();
        assert!(counts.len() <= 8, "{shown}");
        assert_eq!(counts.iter().sum::<usize>().to_string(), requests, "{shown}");
    }
}

#[test]
fn markdown_has_all_columns_the_sentences_and_how_it_was_made() {
    let options = ["-n", "100", "--delay", "1ms", "--repeat", "2", "--markdown"];
    let output = run_to_end(compare().args(options).arg("--timeline"));
    let markdown = text(&output.stdout);
    let first = markdown.lines().next().unwrap();
    assert!(first.starts_with("`compare -n 100 "), "{markdown}");
    assert!(first.contains("Z · ") && first.contains("CPU"), "{markdown}");
    let table: Vec<_> =
        markdown.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 2 + 4, "{markdown}");
    let cells = |line: &str| line.matches('|').count();
    for title in ["| client |", "| range (s) |", "| vs. sync |", "| memory (MB) |"] {
        assert!(table[0].contains(title), "{markdown}");
    }
    assert!(table.iter().all(|line| cells(line) == cells(table[0])), "{markdown}");
    assert!(
        markdown.contains("- **sync**: one request after another"),
        "{markdown}"
    );
    // A picture of the terminal is none of Markdown.
    assert!(text(&output.stderr).contains("waiting"), "{}", text(&output.stderr));

    let both = run_to_end(compare().args(["--markdown", "--json"]));
    assert_eq!(both.status.code(), Some(2));
    let sweep = ["--sweep", "1,2", "--only", "sync", "--delay", "1ms", "--markdown"];
    let sweep = text(&run_to_end(compare().args(sweep)).stdout);
    assert!(sweep.contains("| sync | 1 |"), "{sweep}");
}
