//! The columns of the terminal's tables and of the page's table, each declared once: its
//! titles, where it is shown, how, and its value. A new column is one entry of [`COLUMNS`].

use client_core::{Localized, Report};
use serde::Serialize;

use crate::comparison::Run;

/// All columns, in the order in which a table shows its own.
pub(crate) static COLUMNS: &[Column] = &[
    Column {
        id: "client",
        title: both("client", "客户端"),
        place: Place::Everywhere,
        format: Format::Text,
        value: |row| Some(row.label.into()),
    },
    Column {
        id: "requests",
        title: both("requests", "请求数"),
        place: Place::Everywhere,
        format: Format::Number(0),
        value: |row| Some((row.requests? as f64).into()),
    },
    Column {
        id: "peak_in_flight",
        title: both("most in flight", "最大并发"),
        place: Place::Everywhere,
        format: Format::Number(0),
        value: |row| Some((row.run.server?.peak_in_flight as f64).into()),
    },
    Column {
        id: "elapsed_s",
        title: both("time (s)", "实测（秒）"),
        place: Place::Everywhere,
        format: Format::Number(3),
        value: |row| Some(row.report()?.elapsed_s.into()),
    },
    Column {
        id: "ideal_s",
        title: both("ideal (s)", "理想（秒）"),
        place: Place::Everywhere,
        format: Format::Number(3),
        value: |row| Some(row.ideal_s?.into()),
    },
    Column {
        id: "overhead_s",
        title: both("over ideal", "超出理想"),
        place: Place::Everywhere,
        format: Format::Difference,
        value: |row| Some(row.report()?.overhead_s()?.into()),
    },
    Column {
        id: "cpu_s",
        title: both("CPU (s)", "CPU（秒）"),
        place: Place::Comparison,
        format: Format::Number(2),
        value: |row| Some(row.report()?.usage.cpu_s?.into()),
    },
    Column {
        id: "cpu_us_per_request",
        title: both("CPU µs / request", "每个请求 CPU（微秒）"),
        place: Place::Sweep,
        format: Format::Number(0),
        value: |row| {
            let report = row.report()?;
            Some((report.usage.cpu_s? * 1e6 / report.requests as f64).into())
        },
    },
    Column {
        id: "memory_mb",
        title: both("memory (MB)", "内存（MB）"),
        place: Place::Everywhere,
        format: Format::Number(1),
        value: |row| Some((row.report()?.usage.peak_rss_bytes? as f64 / 1e6).into()),
    },
    Column {
        id: "kb_per_request",
        title: both("kB each waiting", "每个等待（kB）"),
        place: Place::Sweep,
        format: Format::Number(1),
        value: |row| Some((row.bytes_per_request? / 1e3).into()),
    },
    Column {
        id: "restated_s",
        title: both("at 3 s delay", "折合延迟 3 秒"),
        place: Place::Comparison,
        format: Format::Seconds(2),
        value: |row| Some(row.run.restated_s?.into()),
    },
    Column {
        id: TUTORIAL,
        title: both("tutorial printed", "教程打印"),
        place: Place::Comparison,
        format: Format::Seconds(2),
        value: |row| Some(row.run.tutorial_s?.into()),
    },
];

/// The column that a table without room for all leaves out.
pub(crate) const TUTORIAL: &str = "tutorial_s";

/// A column as the page is told of it.
#[derive(Debug, Serialize)]
pub(crate) struct Column {
    /// Its name in the page's data.
    pub(crate) id: &'static str,
    /// A unit in brackets stands on the terminal's second line.
    pub(crate) title: Localized<&'static str>,
    #[serde(skip)]
    pub(crate) place: Place,
    format: Format,
    /// `None` where there is nothing to say.
    #[serde(skip)]
    pub(crate) value: fn(&Row<'_>) -> Option<Value>,
}

/// The tables that show a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Everywhere,
    /// In the terminal and on the page.
    Comparison,
    Sweep,
}

/// How a value is shown; the page's `table.js` has the same rules.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Format {
    Text,
    /// A number with that many digits after the point, from 1000 on with at most one.
    Number(usize),
    /// The same, and its unit beside it.
    Seconds(usize),
    /// Seconds with a sign, in the unit that suits them.
    Difference,
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
        let report = run.report.as_ref();
        Self {
            label: &run.label,
            requests: report.map(|report| report.requests),
            ideal_s: report.and_then(|report| report.ideal_s),
            run,
            bytes_per_request: None,
        }
    }
}

impl Row<'_> {
    fn report(&self) -> Option<&Report> {
        self.run.report.as_ref()
    }
}

impl Column {
    /// The columns of a table.
    pub(crate) fn of(table: Place) -> impl Iterator<Item = &'static Self> {
        let is_shown = move |place| place == Place::Everywhere || place == table;
        COLUMNS.iter().filter(move |column| is_shown(column.place))
    }

    /// The title in English, in two lines where it can be.
    pub(crate) fn header(&self) -> String {
        match self.title.en.rsplit_once(' ') {
            Some((start, end)) => {
                format!("{start}\n{}", end.trim_matches(['(', ')']))
            }
            None => self.title.en.to_owned(),
        }
    }

    /// The value in English.
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
            Format::Text => value.to_string(),
            Format::Number(digits) => fixed(digits),
            Format::Seconds(digits) => format!("{} s", fixed(digits)),
            Format::Difference => units::difference(value),
        }
    }
}

const fn both(en: &'static str, zh: &'static str) -> Localized<&'static str> {
    Localized { en, zh }
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
        let headers: Vec<_> = Column::of(Place::Sweep).map(Column::header).collect();
        let expected = ["client", "requests", "most in\nflight", "time\ns"];
        assert_eq!(headers[..4], expected);
        assert_eq!(
            headers[6..],
            ["CPU µs /\nrequest", "memory\nMB", "kB each\nwaiting"]
        );
    }
}
