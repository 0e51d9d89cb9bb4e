//! An earlier comparison, as `--json` wrote it, to compare with (`--baseline`).

mod premises;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use client_core::model::ServerLimit;
use client_core::{Report, Transport};
use serde::Deserialize;
use serde_json::Value;
use units::{Localized, localized};

use crate::result::comparison::{Comparison, Origin};
use crate::statistics::difference::{Difference, Timing};
use crate::statistics::repeat::Repeat;
pub(crate) use premises::Premises;

/// What is read of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Baseline {
    #[serde(skip)]
    file: String,
    requests: usize,
    delay_ms: Option<f64>,
    #[serde(default)]
    assumed_delay_ms: Option<f64>,
    server_limit: Option<ServerLimit>,
    setup: BaselineSetup,
    runs: Vec<BaselineRow>,
}

#[derive(Debug, Deserialize)]
struct BaselineSetup {
    began: String,
    jitter_ms: Option<f64>,
    fail_rate: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct BaselineRow {
    client: String,
    #[serde(default)]
    transport: Option<Transport>,
    report: Option<Report>,
    #[serde(default)]
    repeat: Option<Repeat>,
}

/// How one writes a file that can be read here.
const HOW: Localized<&str> = Localized {
    en: "write one with `cargo compare --json > FILE`",
    zh: "请用 `cargo compare --json > FILE` 生成",
};

impl Baseline {
    /// # Errors
    ///
    /// The file cannot be read, or is not what `compare --json` writes.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let file = path.display().to_string();
        let Localized { en: how, zh: how_zh } = HOW;
        let text = fs::read(path).with_context(|| {
            localized!("cannot read --baseline {file}", "无法读取 --baseline {file}")
        })?;
        let json: Value = serde_json::from_slice(&text).with_context(|| {
            localized!(
                "--baseline {file} is not a comparison: it is not JSON; {how}",
                "--baseline {file} 不是比较结果：它不是 JSON；{how_zh}",
            )
        })?;
        Self::parsed(file, json)
    }

    fn parsed(file: String, json: Value) -> anyhow::Result<Self> {
        let Localized { en: how, zh: how_zh } = HOW;
        let read = Self::of_json(json).map_err(|Localized { en, zh }| {
            anyhow!(localized!(
                "--baseline {file} {en}; {how}",
                "--baseline {file} {zh}；{how_zh}",
            ))
        })?;
        Ok(Self { file, ..read })
    }

    /// # Errors
    ///
    /// What it is instead, as a verb.
    fn of_json(json: Value) -> Result<Self, Localized> {
        if json.get("lines").is_some() {
            return Err(localized!(
                "is a sweep, not a comparison",
                "是 --sweep 的结果，不是比较结果",
            ));
        }
        if json.get("runs").is_none() {
            return Err(localized!("is not a comparison", "不是比较结果"));
        }
        if json.get("duration_s").is_some_and(|duration| !duration.is_null()) {
            return Err(localized!(
                "was made with --duration, and a comparison of a number of requests is needed",
                "是用 --duration 生成的，而这里需要固定请求数的比较结果",
            ));
        }
        let reads = Comparison::SCHEMA;
        match json.get("schema").and_then(Value::as_u64) {
            Some(schema) if schema == u64::from(reads) => {}
            Some(schema) => {
                return Err(localized!(
                    "has schema {schema}, and this program reads {reads}",
                    "的 schema 是 {schema}，而本程序只支持 {reads}",
                ));
            }
            None => {
                return Err(localized!(
                    "is not a comparison, since it has no schema",
                    "不是比较结果：它没有 schema",
                ));
            }
        }
        serde_json::from_value(json).map_err(|error| {
            localized!("is not a comparison ({error})", "不是比较结果（{error}）")
        })
    }

    /// # Errors
    ///
    /// It was made under other conditions, or has none of these rows.
    pub(crate) fn require<'a>(
        &self,
        ours: Premises,
        mut rows: impl Iterator<Item = (&'a str, Option<Transport>)>,
    ) -> anyhow::Result<()> {
        let file = &self.file;
        ours.require_of(&self.premises(), file)?;
        let Localized { en, zh } = self.names();
        ensure!(
            rows.any(|(client, transport)| self.has(client, transport)),
            localized!(
                "--baseline {file} has none of these clients with these transports: it has {en}",
                "--baseline {file} 里没有使用这些传输方式的这些客户端；其中的行：{zh}",
            )
        );
        Ok(())
    }

    fn premises(&self) -> Premises {
        let mut reports = self.runs.iter().filter_map(|row| row.report.as_ref());
        Premises {
            requests: self.requests,
            delay_ms: self.delay_ms.or(self.assumed_delay_ms),
            jitter_ms: self.setup.jitter_ms,
            fail_rate: self.setup.fail_rate,
            limit: self.server_limit,
            work_ms: reports.find_map(|report| report.cpu_work_ms).unwrap_or(0.0),
        }
    }

    /// The time of a row; `None` if there is none to compare with.
    fn timing(&self, client: &str, transport: Option<Transport>) -> Option<Timing> {
        let row = self.row(client, transport)?;
        Timing::of(row.report.as_ref()?, row.repeat.as_ref())
    }

    /// Whether it has this row.
    pub(crate) fn has(&self, client: &str, transport: Option<Transport>) -> bool {
        self.row(client, transport).is_some()
    }

    /// Puts each row beside the same one of the file.
    pub(crate) fn compare(&self, comparison: &mut Comparison) {
        for run in &mut comparison.runs {
            let before = self.timing(&run.client, run.transport);
            run.baseline = before
                .as_ref()
                .zip(run.timing().as_ref())
                .map(|(before, now)| Difference::between(before, now));
        }
        let (file, began) = (self.file.clone(), self.setup.began.clone());
        comparison.baseline = Some(Origin { file, began });
    }

    fn row(
        &self,
        client: &str,
        transport: Option<Transport>,
    ) -> Option<&BaselineRow> {
        self.runs
            .iter()
            .find(|row| row.client == client && row.transport == transport)
    }

    fn names(&self) -> Localized {
        let names = self
            .runs
            .iter()
            .map(|row| client_core::label(&row.client, row.transport));
        let names: Vec<_> =
            names.map(|name| units::printable(name.as_bytes(), 40)).collect();
        if names.is_empty() {
            return localized!("no rows", "无");
        }
        Localized::list(names.into_iter().map(Localized::same))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::premises::tests::PREMISES;
    use super::*;
    use crate::result::report_with;

    fn comparison(changes: &Value) -> Value {
        let report = report_with(&json!({ "elapsed_s": 1.25 }));
        let mut json = json!({
            "schema": 1, "requests": 10, "delay_ms": 100.0,
            "setup": { "began": "2026-11-29T22:58:00Z", "jitter_ms": 0.0 },
            "server_limit": null,
            "runs": [{ "client": "sync", "report": report }],
        });
        json.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        json
    }

    fn read(json: Value) -> anyhow::Result<Baseline> {
        Baseline::parsed("old.json".to_owned(), json)
    }

    /// Written before there were repeats.
    #[test]
    fn a_row_is_the_same_client_over_the_same_transport() {
        let baseline = read(comparison(&json!({}))).unwrap();
        baseline.require(PREMISES, [("sync", None)].into_iter()).unwrap();
        let timing = baseline.timing("sync", None).unwrap();
        let report = report_with(&json!({ "elapsed_s": 1.25 }));
        assert_eq!(Some(timing), Timing::of(&report, None));
        assert_eq!(baseline.timing("sync", Some(Transport::H2)), None);
        assert_eq!(baseline.timing("async", None), None);
    }

    #[test]
    fn what_is_no_comparison_is_refused_with_what_to_write() {
        for (json, expected) in [
            (json!(null), "is not a comparison; write one with"),
            (
                json!({ "schema": 1, "outcomes": [] }),
                "is not a comparison; write one with",
            ),
            (json!({ "schema": 1, "lines": [] }), "is a sweep"),
            (comparison(&json!({ "duration_s": 5.0 })), "was made with --duration"),
            (
                comparison(&json!({ "schema": 2 })),
                "has schema 2, and this program reads 1",
            ),
            (comparison(&json!({ "schema": null })), "since it has no schema"),
            (
                comparison(&json!({ "requests": "ten" })),
                "is not a comparison (invalid type",
            ),
        ] {
            let said = format!("{:#}", read(json).unwrap_err());
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn other_conditions_are_refused_with_both() {
        let baseline = read(comparison(&json!({}))).unwrap();
        for (premises, client, expected) in [
            (
                Premises { requests: 20, ..PREMISES },
                "sync",
                "has 10 requests of each client, and this run 20: use -n 10",
            ),
            (
                PREMISES,
                "async",
                "none of these clients with these transports: it has sync",
            ),
        ] {
            let said = baseline.require(premises, [(client, None)].into_iter());
            let said = said.unwrap_err().to_string();
            assert!(said.starts_with("--baseline old.json has"), "{said}");
            assert!(said.contains(expected), "{said}");
        }
    }
}
