//! An earlier comparison, as `--json` wrote it, to compare with (`--baseline`).

mod premises;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use client_core::model::ServerLimit;
use client_core::{Report, Transport};
use serde::Deserialize;
use serde_json::Value;

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
const HOW: &str = "write one with `cargo compare --json > FILE`";

impl Baseline {
    /// # Errors
    ///
    /// The file cannot be read, or is not what `compare --json` writes.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let file = path.display().to_string();
        let text = fs::read(path)
            .with_context(|| format!("cannot read --baseline {file}"))?;
        let json: Value = serde_json::from_slice(&text).with_context(|| {
            format!("--baseline {file} is no comparison: it is not JSON; {HOW}")
        })?;
        let read =
            Self::of_json(json).with_context(|| format!("--baseline {file}"))?;
        Ok(Self { file, ..read })
    }

    fn of_json(json: Value) -> anyhow::Result<Self> {
        ensure!(
            json.get("lines").is_none(),
            "is a sweep, and a comparison is wanted; {HOW}"
        );
        ensure!(json.get("runs").is_some(), "is no comparison; {HOW}");
        ensure!(
            json.get("duration_s").is_none_or(Value::is_null),
            "was made with --duration, and the times of a number of requests are wanted; {HOW}"
        );
        match json.get("schema").and_then(Value::as_u64) {
            Some(schema) if schema == u64::from(Comparison::SCHEMA) => {}
            Some(schema) => bail!(
                "has schema {schema}, and this program reads {}: {HOW} again",
                Comparison::SCHEMA
            ),
            None => bail!("is no comparison, since it has no schema; {HOW}"),
        }
        serde_json::from_value(json)
            .with_context(|| format!("is no comparison; {HOW}"))
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
        ensure!(
            rows.any(|(client, transport)| self.has(client, transport)),
            "--baseline {file} has none of these clients with these transports: it has {}",
            self.names()
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

    fn names(&self) -> String {
        let names = self
            .runs
            .iter()
            .map(|row| client_core::label(&row.client, row.transport));
        let names: Vec<_> =
            names.map(|name| units::printable(name.as_bytes(), 40)).collect();
        if names.is_empty() { "no rows".to_owned() } else { names.join(", ") }
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
        let read = Baseline::of_json(json)?;
        Ok(Baseline { file: "old.json".to_owned(), ..read })
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
            (json!(null), "is no comparison; write one with"),
            (
                json!({ "schema": 1, "outcomes": [] }),
                "is no comparison; write one with",
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
                "is no comparison; write one",
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
                "has 10 requests of each client, and this run 20: take -n 10",
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
