//! The columns of the terminal's tables and of the page's table, each declared once: its
//! titles, where it is shown, how, and its value. A new column is one entry of [`COLUMNS`].

use client_core::Report;
use client_core::outcome::latency::ENOUGH_FOR_P99;
use serde::Serialize;
use units::{Language, Localized};

use crate::result::comparison::Run;
use Format::{Difference, Figures, Millis, Number, Seconds, Text, Times};
use ShownIn::{All, Both, Comparison, Latency, Sweep};

/// All columns, in the order in which a table shows its own.
pub(crate) static COLUMNS: &[Column] = &[
    column(All, "client", "client", "客户端", Text, |row| Some(row.label.into())),
    column(Both, "requests", "requests", "请求数", Number(0), |row| {
        Some((row.requests? as f64).into())
    }),
    column(
        Comparison,
        "served",
        "requests served",
        "完成请求数",
        Number(0),
        |row| Some((row.of_a_duration()?.ok as f64).into()),
    ),
    column(
        Comparison,
        "ideal_requests",
        "ideal requests",
        "理想请求数",
        Number(0),
        |row| Some((row.of_a_duration()?.ideal_requests? as f64).into()),
    ),
    column(
        Comparison,
        "throughput",
        "throughput (1/s)",
        "吞吐量（每秒）",
        Number(1),
        |row| Some(row.of_a_duration()?.throughput()?.into()),
    ),
    column(Both, "peak", "most served", "最大并发", Number(0), |row| {
        Some((row.run.server?.peak_in_flight as f64).into())
    }),
    column(Both, "elapsed_s", "time (s)", "实测（秒）", Number(3), |row| {
        Some(row.report()?.elapsed_s.into())
    }),
    column(
        Comparison,
        "span_s",
        "at server (s)",
        "服务器端（秒）",
        Number(3),
        |row| {
            row.run.process_s?;
            Some((row.run.server?.span_us? as f64 / 1e6).into())
        },
    ),
    column(Comparison, "range", "range (s)", "范围（秒）", Figures, |row| {
        let repeat = row.run.repeat.as_ref()?;
        Some((&*format!("{:.3}–{:.3}", repeat.min_s, repeat.max_s)).into())
    }),
    column(Both, "ideal_s", "ideal (s)", "理想（秒）", Number(3), |row| {
        Some(row.ideal_s?.into())
    }),
    column(Both, "overhead_s", "over ideal", "超出理想", Difference, |row| {
        Some(row.report()?.overhead_s()?.into())
    }),
    column(
        Comparison,
        "process_s",
        "process (s)",
        "进程（秒）",
        Number(3),
        |row| Some(row.run.process_s?.into()),
    ),
    column(Comparison, "times_faster", "vs. sync", "相对 sync", Times, |row| {
        Some(row.run.times_faster?.into())
    }),
    column(
        Comparison,
        "baseline_s",
        "vs. baseline",
        "相对基线",
        Difference,
        |row| Some(row.run.baseline?.seconds.into()),
    ),
    column(Comparison, "cpu_s", "CPU (s)", "CPU（秒）", Number(2), |row| {
        Some(row.report()?.usage.cpu_s?.into())
    }),
    column(
        Sweep,
        "cpu_us",
        "CPU µs / request",
        "每个请求 CPU（微秒）",
        Number(0),
        |row| {
            let report = row.report()?;
            Some((report.usage.cpu_s? * 1e6 / report.requests as f64).into())
        },
    ),
    column(Both, "memory_mb", "memory (MB)", "内存（MB）", Number(1), |row| {
        Some((row.report()?.usage.peak_rss_bytes? as f64 / 1e6).into())
    }),
    column(
        Sweep,
        "kb_each",
        "kB each waiting",
        "每个在途（kB）",
        Number(1),
        |row| Some((row.bytes_per_request? / 1e3).into()),
    ),
    column(
        Comparison,
        "scaled_s",
        "at 3 s delay",
        "折算（3 秒延迟）",
        Seconds(2),
        |row| Some(row.run.scaled_s?.into()),
    ),
    column(
        Comparison,
        "tutorial_s",
        "tutorial printed",
        "教程打印",
        Seconds(2),
        |row| Some(row.run.tutorial_s?.into()),
    ),
    column(Latency, "answered", "succeeded", "成功", Number(0), |row| {
        Some((row.report()?.ok as f64).into())
    }),
    column(Latency, "p50_ms", "p50 (ms)", "p50（ms）", Millis, |row| {
        Some(row.latency()?.p50.into())
    }),
    column(Latency, "p90_ms", "p90 (ms)", "p90（ms）", Millis, |row| {
        Some(row.latency()?.p90.into())
    }),
    column(Latency, "p99_ms", "p99 (ms)", "p99（ms）", Millis, |row| {
        let is_enough = row.report()?.ok >= ENOUGH_FOR_P99;
        Some(row.latency().filter(|_| is_enough)?.p99.into())
    }),
    column(Latency, "p99_9_ms", "p99.9 (ms)", "p99.9（ms）", Millis, |row| {
        Some(row.latency()?.p99_9?.into())
    }),
    column(Latency, "max_ms", "max (ms)", "最大（ms）", Millis, |row| {
        Some(row.latency()?.max.into())
    }),
];

/// The columns that a terminal without room for all leaves out, in this order: first what is the
/// same in all rows, then what is a remark on the time, and not a time. The client, its time and
/// its ideal stay.
pub(crate) const GIVE_WAY: [&str; 12] = [
    "requests",
    "memory_mb",
    "cpu_s",
    "span_s",
    "process_s",
    "tutorial_s",
    "scaled_s",
    "peak",
    "overhead_s",
    "range",
    "times_faster",
    "baseline_s",
];

/// A column in the data of the page.
#[derive(Debug, Serialize)]
pub(crate) struct Column {
    /// Its name in the page's data.
    pub(crate) id: &'static str,
    /// A unit in brackets is on the terminal's second line.
    pub(crate) title: Localized<&'static str>,
    #[serde(skip)]
    pub(crate) shown_in: ShownIn,
    format: Format,
    /// `None` where there is nothing to say.
    #[serde(skip)]
    pub(crate) value: fn(&Row<'_>) -> Option<Value>,
}

/// The tables that show a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownIn {
    All,
    /// In comparisons and sweeps.
    Both,
    /// In the terminal and on the page.
    Comparison,
    Sweep,
    /// The table of percentiles.
    Latency,
}

/// How a value is shown; the page's `table.js` has the same rules.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    Text,
    /// Text of numbers, aligned right as they are.
    Figures,
    /// A number with that many digits after the point, from 1000 on with at most one.
    Number(usize),
    /// The same, and its unit beside it.
    Seconds(usize),
    /// Seconds with a sign, in the unit that suits them.
    Difference,
    /// Milliseconds, with a decimal where they are few.
    Millis,
    /// How many times as much; from 100 on without a decimal.
    Times,
}

/// What is in a cell.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Text(String),
    Number(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// What a row of a table is about.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) label: &'a str,
    pub(crate) requests: Option<usize>,
    pub(crate) ideal_s: Option<f64>,
    pub(crate) run: &'a Run,
    /// Of the client, as its sweep measured it.
    pub(crate) bytes_per_request: Option<f64>,
}

impl<'a> From<&'a Run> for Row<'a> {
    fn from(run: &'a Run) -> Self {
        // What a duration leaves open is how many it serves, and not how long it takes.
        let report = run.report.as_ref();
        let counted = report.filter(|report| report.duration_s.is_none());
        Self {
            label: &run.label,
            requests: counted.map(|report| report.requests),
            ideal_s: counted.and_then(|report| report.ideal_s),
            run,
            bytes_per_request: None,
        }
    }
}

impl Row<'_> {
    fn report(&self) -> Option<&Report> {
        self.run.report.as_ref()
    }

    fn latency(&self) -> Option<&client_core::outcome::latency::Latency> {
        self.report()?.latency_ms.as_ref()
    }

    /// The report, if a duration was asked for.
    fn of_a_duration(&self) -> Option<&Report> {
        self.report().filter(|report| report.duration_s.is_some())
    }
}

impl Column {
    /// The columns of a table.
    pub(crate) fn of(table: ShownIn) -> impl Iterator<Item = &'static Self> {
        COLUMNS.iter().filter(move |column| match column.shown_in {
            All => true,
            Both => table != Latency,
            one => one == table,
        })
    }

    /// Those that have a value for these rows.
    pub(crate) fn of_rows(table: ShownIn, rows: &[Row<'_>]) -> Vec<&'static Self> {
        let has_value =
            |column: &&Self| rows.iter().any(|row| (column.value)(row).is_some());
        Self::of(table).filter(has_value).collect()
    }

    /// The title, in two lines where it can be.
    pub(crate) fn header(&self, language: Language) -> String {
        let halves = match language {
            Language::En => self.title.en.rsplit_once(' '),
            Language::Zh => {
                let zh = self.title.zh;
                zh.split_once('（').or_else(|| zh.split_once(' '))
            }
        };
        match halves {
            Some((start, end)) => {
                format!("{start}\n{}", end.trim_matches(['(', ')', '）']))
            }
            None => self.title.of(language).to_string(),
        }
    }

    /// The value, which is the same in both languages.
    pub(crate) fn cell(&self, row: &Row<'_>) -> String {
        let value = match (self.value)(row) {
            None => return "-".to_owned(),
            Some(Value::Text(text)) => return text,
            Some(Value::Number(value)) => value,
        };
        let fixed = |digits: usize| {
            let digits = if value < 1000.0 { digits } else { digits.min(1) };
            format!("{value:.digits$}")
        };
        match self.format {
            Text | Figures => value.to_string(),
            Number(digits) => fixed(digits),
            Seconds(digits) => format!("{} s", fixed(digits)),
            Difference => units::difference(value),
            Millis => units::millis(value),
            Times => format!("{value:.*}×", usize::from(value < 99.95)),
        }
    }
}

const fn column(
    shown_in: ShownIn,
    id: &'static str,
    en: &'static str,
    zh: &'static str,
    format: Format,
    value: fn(&Row<'_>) -> Option<Value>,
) -> Column {
    Column { id, title: Localized { en, zh }, shown_in, format, value }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_column_has_a_name_and_two_titles_of_its_own() {
        let texts: [fn(&Column) -> &str; 3] =
            [|column| column.id, |column| column.title.en, |column| column.title.zh];
        for text in texts {
            let texts: BTreeSet<_> = COLUMNS.iter().map(text).collect();
            assert!(!texts.contains(""));
            assert_eq!(texts.len(), COLUMNS.len(), "{texts:?}");
        }
    }

    #[test]
    fn a_title_has_two_lines_where_it_can() {
        let headers = |language| -> Vec<_> {
            Column::of(Sweep).map(|column| column.header(language)).collect()
        };
        let expected = ["client", "requests", "most\nserved", "time\ns"];
        assert_eq!(headers(Language::En)[..4], expected);
        assert_eq!(
            headers(Language::En)[6..],
            ["CPU µs /\nrequest", "memory\nMB", "kB each\nwaiting"]
        );
        let expected = ["客户端", "请求数", "最大并发", "实测\n秒"];
        assert_eq!(headers(Language::Zh)[..4], expected);
    }
}
