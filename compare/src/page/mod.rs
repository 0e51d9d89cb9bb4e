//! The comparison as one HTML page: pictures that can be played, and their tables, for a
//! browser that needs no network and no server.

use std::collections::{BTreeMap, BTreeSet};
use std::{io, mem};

use client_core::export::lanes;
use client_core::model::ServerLimit;
use client_core::outcome::report::{OutcomeRow, Report};
use serde::Serialize;
use slow_server::page_assets;
use units::{Language, Localized, localized};

use crate::explain;
use crate::result::comparison::{Comparison, Run};
use crate::result::setup::Setup;
use crate::statistics::histogram::Histogram;
use crate::table::columns::{Column, Row, ShownIn, Value};

const TEMPLATE: &str = include_str!("page.html");
const STYLES: [&str; 2] = [page_assets::THEME, include_str!("page.css")];

/// One script in the order in which it reads best. What it shares with the live page are
/// modules there.
const SCRIPTS: [&str; 9] = [
    page_assets::WORDS,
    page_assets::PAGE,
    page_assets::DRAW,
    include_str!("run.js"),
    include_str!("picture.js"),
    include_str!("table.js"),
    include_str!("latency.js"),
    include_str!("panel.js"),
    include_str!("page.js"),
];

/// More requests of each client than this make a page that no browser likes.
pub(crate) const MOST_REQUESTS: usize = 50_000;

/// The replacement of a picture that would be too large.
fn too_many() -> Localized {
    localized!(
        "more requests than a page can draw: use a shorter --duration",
        "请求太多，页面画不下：请用更短的 --duration",
    )
}

/// The whole page, with everything that it needs in it.
///
/// # Errors
///
/// The system has no random numbers.
pub(crate) fn html(comparison: &Comparison) -> io::Result<String> {
    let data = serde_json::to_string(&PageData::of(comparison))?;
    // The data last: what it holds is not looked at again.
    Ok(TEMPLATE
        .replace("{{language}}", Language::current().code())
        .replace("{{nonce}}", &nonce()?)
        .replace("{{style}}", &STYLES.concat())
        .replace("{{script}}", &SCRIPTS.map(inlined).concat())
        .replace("{{data}}", &inert(&data)))
}

/// A module as a part of the one script: without its imports and exports.
fn inlined(module: &str) -> String {
    let lines = module.split_inclusive('\n');
    let lines = lines.filter(|line| !line.starts_with("import "));
    lines.map(|line| line.strip_prefix("export ").unwrap_or(line)).collect()
}

/// What the page's policy lets run is marked with this. It is drawn anew for each page, so
/// nothing that a server sent can know it, and what it sent will never run.
fn nonce() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}

/// JSON in which HTML finds nothing to begin, end or comment out: these characters are in
/// strings only, where the escape means the same.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// What the page is given, as small as it can be read easily.
#[derive(Serialize)]
struct PageData<'a> {
    setup: &'a Setup,
    url: &'a str,
    requests: usize,
    duration_s: Option<f64>,
    delay_ms: Option<f64>,
    assumed_delay_ms: Option<f64>,
    limit: Option<ServerLimit>,
    interrupted: bool,
    not_run: &'a [String],
    remarks: Vec<Localized>,
    /// Those of the table that have something to say, in order.
    columns: Vec<&'static Column>,
    /// Those of the table of percentiles.
    latency_columns: Vec<&'static Column>,
    latency_remarks: Vec<Localized>,
    runs: Vec<RunData<'a>>,
}

#[derive(Serialize)]
struct RunData<'a> {
    client: &'a str,
    problem: Option<Localized>,
    why: Localized,
    /// Those of all columns, by their names.
    values: BTreeMap<&'static str, Option<Value>>,
    /// What a lane is, as its own report says.
    lane: Option<&'a str>,
    histogram: Option<&'a Histogram>,
    drawn: Option<RequestData>,
}

/// The requests, a column for each thing that is known of them, in the order of their
/// numbers. Times are in microseconds.
#[derive(Serialize)]
struct RequestData {
    /// The lane of each row.
    lanes: PerRequest,
    /// The row of each request; -1 if it was never sent.
    row: PerRequest,
    /// When each was sent, counted from the one before: those are smaller numbers.
    sent_after: PerRequest,
    took: PerRequest,
    /// In the server's queue, and at work in the server; -1 where it did not say.
    queued: PerRequest,
    waited: PerRequest,
    /// How each ended: a position in `endings`.
    ending: PerRequest,
    endings: Vec<String>,
}

/// A value for each request, or the one that they all have.
#[derive(Serialize)]
#[serde(untagged)]
enum PerRequest {
    Same(i64),
    Each(Vec<i64>),
}

impl FromIterator<i64> for PerRequest {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        match values.first() {
            Some(&first) if values.iter().all(|&value| value == first) => {
                Self::Same(first)
            }
            _ => Self::Each(values),
        }
    }
}

impl<'a> PageData<'a> {
    fn of(comparison: &'a Comparison) -> Self {
        Self {
            setup: &comparison.setup,
            url: &comparison.url,
            requests: comparison.requests,
            duration_s: comparison.duration_s,
            delay_ms: comparison.delay_ms,
            assumed_delay_ms: comparison.assumed_delay_ms,
            limit: comparison.server_limit,
            interrupted: comparison.interrupted,
            not_run: &comparison.not_run,
            remarks: explain::remarks(comparison),
            columns: Column::of_rows(
                ShownIn::Comparison,
                &comparison.runs.iter().map(Row::from).collect::<Vec<_>>(),
            ),
            latency_columns: Column::of(ShownIn::Latency).collect(),
            latency_remarks: explain::latency::remarks(comparison),
            runs: comparison.runs.iter().map(RunData::of).collect(),
        }
    }
}

impl<'a> RunData<'a> {
    fn of(run: &'a Run) -> Self {
        let report = run.report.as_ref();
        let is_too_large = report.is_some_and(|report| {
            report.counted || report.outcomes.len() > MOST_REQUESTS
        });
        Self {
            client: &run.label,
            problem: run.problem.clone().or_else(|| is_too_large.then(too_many)),
            why: run.sentences(),
            values: Column::of(ShownIn::Comparison)
                .chain(Column::of(ShownIn::Latency))
                .map(|column| (column.id, (column.value)(&Row::from(run))))
                .collect(),
            lane: report.map(Report::lane_word),
            histogram: run.histogram.as_ref(),
            drawn: report.filter(|_| !is_too_large).map(RequestData::of),
        }
    }
}

impl RequestData {
    fn of(report: &Report) -> Self {
        let outcomes = &report.outcomes;
        let rows = lanes::rows(outcomes);
        let mut row_of = vec![-1; outcomes.len()];
        for (number, row) in (0..).zip(&rows) {
            for &position in &row.requests {
                row_of[position] = number;
            }
        }
        let names: BTreeSet<String> = outcomes.iter().map(ending).collect();
        let endings: Vec<String> = names.into_iter().collect();
        let mut before = 0;
        let sent_after = outcomes.iter().map(|outcome| {
            let sent = signed(outcome.start_us);
            sent - mem::replace(&mut before, sent)
        });
        Self {
            lanes: rows.iter().map(|row| signed(row.lane)).collect(),
            row: row_of.into_iter().collect(),
            sent_after: sent_after.collect(),
            took: per_request(outcomes, |o| {
                Some(o.end_us.saturating_sub(o.start_us))
            }),
            queued: per_request(outcomes, |o| o.queued_us),
            waited: per_request(outcomes, |o| o.waited_us),
            ending: per_request(outcomes, |o| {
                endings.binary_search(&ending(o)).ok()
            }),
            endings,
        }
    }
}

/// A value for each request; -1 where there is none.
fn per_request<N: TryInto<i64>>(
    outcomes: &[OutcomeRow],
    value: impl Fn(&OutcomeRow) -> Option<N>,
) -> PerRequest {
    outcomes.iter().map(|outcome| value(outcome).map_or(-1, signed)).collect()
}

fn signed<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// The reason why there was no page, or the status of the response.
fn ending(outcome: &OutcomeRow) -> String {
    let status = outcome.status.map(|status| status.to_string());
    outcome.error.clone().or(status).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use client_core::Layout;
    use client_core::export::theme::{STATES, State};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::result::report_with;
    use crate::table;

    /// What a browser would read between the tags of the data.
    fn data(page: &str) -> Value {
        let (_, rest) = page.split_once(" id=\"data\">").unwrap();
        let (data, _) = rest.split_once("</script").unwrap();
        serde_json::from_str(data).unwrap()
    }

    /// A comparison of four clients, each of which waits 100 ms and a little for every
    /// response, as long as real ones are: `waves` after each other.
    fn made_up(requests: usize, url: &str) -> Comparison {
        let n = NonZeroUsize::new(requests).unwrap();
        let eight = NonZeroUsize::new(8).unwrap();
        let mut comparison = Comparison {
            schema: Comparison::SCHEMA,
            setup: Setup::now(
                "cargo compare".to_owned(),
                None,
                std::time::Duration::from_secs(1),
            ),
            url: url.to_owned(),
            requests,
            duration_s: None,
            delay_ms: Some(100.0),
            assumed_delay_ms: None,
            server_limit: None,
            runs: Vec::new(),
            interrupted: false,
            not_run: Vec::new(),
            left_out: None,
            baseline: None,
            caveat: None,
        };
        for (client, layout, lanes) in [
            ("sync", Layout::one_by_one(n), 1),
            ("threads", Layout::pool(n, eight, NonZeroUsize::MIN), 8),
            ("async", Layout::queue(n, None), 1),
            ("hybrid", Layout::partitioned(n, eight, None), 2),
        ] {
            let slots = layout.concurrency().get();
            let outcomes: Vec<_> = (0..requests)
                .map(|index| {
                    let noise = index * 7919 % 2311;
                    let start = index / slots * 103_000 + index % slots * 13;
                    json!({
                        "index": index, "lane": index % lanes, "start_us": start,
                        "end_us": start + 100_300 + noise, "queued_us": 0,
                        "waited_us": 100_100 + noise / 2, "status": 200,
                    })
                })
                .collect();
            let report = report_with(&json!({
                "client": client, "url": url, "requests": requests, "ok": requests,
                "elapsed_s": 1.3, "ideal_s": 1.2, "concurrency": slots, "shape": layout,
                "peak_rss_bytes": 12_000_000, "outcomes": outcomes,
            }));
            let mut run =
                Run::unmeasured(client.to_owned(), client.to_owned(), None);
            run.report = Some(report);
            run.server = Some(slow_server::Counts::default());
            (run.scaled_s, run.tutorial_s) = (Some(39.0), Some(48.17));
            run.why = Localized::new(
                "a sentence of about the usual length, which is this: 13 waits",
                "与平时差不多长的一句话：等待 13 次",
            );
            comparison.runs.push(run);
        }
        comparison
    }

    #[test]
    fn the_page_of_four_times_a_hundred_is_small_and_of_ten_thousand_is_usable() {
        let small = html(&made_up(100, "http://127.0.0.1:5000/")).unwrap().len();
        assert!(small < 300_000, "{small} bytes");
        let large = html(&made_up(10_000, "http://127.0.0.1:5000/")).unwrap().len();
        assert!(large < 1_500_000, "{large} bytes");
    }

    #[test]
    fn a_state_has_one_name_and_one_colour_on_terminal_and_page() {
        for State { name, colour } in STATES {
            let Localized { en: name, zh } = name;
            let property = name.replace(' ', "-");
            let of_page = |text: &str, start: &str| {
                text.lines()
                    .find(|line| line.trim_start().starts_with(start))
                    .unwrap()
                    .to_owned()
            };
            let line = of_page(page_assets::THEME, &format!("--{property}:"));
            assert!(line.ends_with(&format!("/* {colour:?} */")), "{line}");
            let key =
                if name.contains(' ') { format!("'{property}'") } else { property };
            let line = of_page(page_assets::WORDS, &format!("{key}:"));
            assert!(line.contains(&format!("['{name}', '{zh}']")), "{line}");
        }
    }

    #[test]
    fn the_page_has_the_columns_of_the_terminal_in_both_languages_and_a_value_for_each()
     {
        let data = data(&html(&made_up(10, "")).unwrap());
        let columns = data["columns"].as_array().unwrap();
        let mut terminal = Vec::new();
        table::write(&mut terminal, &made_up(10, "")).unwrap();
        let terminal = String::from_utf8(terminal).unwrap();
        for column in columns {
            let title = &column["title"];
            let mut words = title["en"].as_str().unwrap().split([' ', '(', ')']);
            assert!(words.all(|word| terminal.contains(word)), "{title}");
            assert!(!title["zh"].as_str().unwrap().is_empty());
            for run in data["runs"].as_array().unwrap() {
                assert!(run["values"].get(column["id"].as_str().unwrap()).is_some());
            }
        }
        for column in data["latency_columns"].as_array().unwrap() {
            let id = column["id"].as_str().unwrap();
            assert!(data["runs"][1]["values"].get(id).is_some(), "{id}");
        }
        assert_eq!(data["runs"][1]["values"]["tutorial_s"], 48.17);
    }

    /// Also of an unknown client.
    #[test]
    fn a_lane_is_what_the_report_says() {
        let lanes = |mut comparison: Comparison| {
            comparison.runs[3].report = None;
            for run in &mut comparison.runs {
                run.client = "new".to_owned();
            }
            let page = html(&comparison).unwrap();
            let runs = data(&page)["runs"].as_array().unwrap().clone();
            runs.into_iter().map(|run| run["lane"].clone()).collect::<Vec<_>>()
        };
        let threads = json!("thread");
        let expected = [threads.clone(), threads, json!("runtime"), Value::Null];
        assert_eq!(lanes(made_up(10, "http://127.0.0.1:5000/")), expected);
    }

    #[test]
    fn what_a_server_or_a_client_said_cannot_break_out() {
        let nasty =
            "</script><!--<img src=x onerror=alert(1)>{{nonce}}&amp;\u{2028}";
        let mut comparison = made_up(3, nasty);
        let run = &mut comparison.runs[0];
        run.why.en = nasty.to_owned();
        run.problem = Some(Localized::same(nasty));
        let outcome = &mut run.report.as_mut().unwrap().outcomes[0];
        outcome.error = Some(nasty.to_owned());

        let page = html(&comparison).unwrap();
        assert!(!page.contains("<img"), "{page}");
        let fair = html(&made_up(3, "")).unwrap();
        for tag in ["<script", "</script", "<!--"] {
            let count = |page: &str| page.matches(tag).count();
            assert_eq!(count(&page), count(&fair), "{tag}");
        }
        let data = data(&page);
        assert_eq!(data["url"], nasty);
        assert_eq!(data["runs"][0]["why"]["en"], nasty);
        assert_eq!(data["runs"][0]["problem"]["en"], nasty);
        assert_eq!(data["runs"][0]["drawn"]["endings"], json!(["200", nasty]));
    }

    #[test]
    fn the_policy_lets_run_what_is_ours_and_a_page_is_never_marked_as_another() {
        let of = |page: &str| {
            let (_, rest) = page.split_once("script-src 'nonce-").unwrap();
            let (nonce, _) = rest.split_once('\'').unwrap();
            assert_eq!(page.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
            nonce.to_owned()
        };
        let comparison = made_up(1, "");
        let pages = [html(&comparison).unwrap(), html(&comparison).unwrap()];
        assert!(pages[0].contains("default-src 'none'"));
        assert_ne!(of(&pages[0]), of(&pages[1]));
    }

    proptest! {
        #[test]
        fn what_is_made_inert_is_the_same_json(text: String) {
            let json = serde_json::to_string(&[&text]).unwrap();
            let inert = inert(&json);
            prop_assert!(!inert.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&inert).unwrap(), [text]);
        }
    }
}
