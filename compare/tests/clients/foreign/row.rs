//! Runs `compare --with`, and holds each row to what has to be true of every one.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

use serde_json::Value;
use units::warn;

use crate::fixture::programs::{compare, run_to_end, text};

/// What one run of `compare` printed.
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) json: Value,
}

/// One row of it.
pub(super) struct Row<'a>(pub(super) &'a Value);

/// A variable in the environment of `compare` and of all that it starts.
const MARK: &str = "TEST_OF_WITH";

/// A `compare` whose processes can be found.
pub(super) struct Marked {
    pub(super) command: Command,
    mark: String,
}

impl Marked {
    pub(super) fn new(options: &[impl AsRef<OsStr>]) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let mut command = compare();
        command.env(MARK, &mark).args(options);
        Self { command, mark }
    }

    pub(super) fn run(mut self) -> Output {
        let output = run_to_end(&mut self.command);
        self.assert_nothing_is_left();
        output
    }

    /// To be called after its end.
    pub(super) fn assert_nothing_is_left(&self) {
        let mark = format!("{MARK}={}", self.mark);
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            // A process that has ended, or is another user's, shows nothing.
            let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
            if environ.split(|&byte| byte == 0).any(|found| found == mark.as_bytes())
            {
                let command = fs::read(entry.path().join("cmdline"));
                panic!(
                    "{:?} still runs: {}",
                    entry,
                    text(&command.unwrap_or_default())
                );
            }
        }
    }
}

/// Runs these programs, `NAME=COMMAND`, with these options, and without the clients.
pub(super) fn run(programs: &[&str], options: &[&str]) -> Ran {
    let names = programs.iter().map(|program| program.split_once('=').unwrap().0);
    let names = names.collect::<Vec<_>>().join(",");
    let with = programs.iter().flat_map(|program| ["--with", program]);
    let mut all = vec!["--json", "--only"];
    all.push(&names);
    all.extend(with);
    all.extend(options);
    Ran::of(&Marked::new(&all).run())
}

impl Ran {
    pub(super) fn of(output: &Output) -> Self {
        let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{error}: {} {}", text(&output.stdout), text(&output.stderr))
        });
        let ran = Self { code: output.status.code(), json };
        for row in ran.rows() {
            row.assert_accounted_for();
        }
        ran
    }

    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        self.json["runs"].as_array().unwrap().iter().map(Row).collect()
    }

    /// The row of this name.
    pub(super) fn row(&self, name: &str) -> Row<'_> {
        let mut rows = self.rows().into_iter();
        rows.find(|row| row.0["client"] == name).unwrap()
    }

    /// The only row.
    pub(super) fn only(&self) -> Row<'_> {
        let [row] = self.rows().try_into().ok().unwrap();
        row
    }
}

impl Row<'_> {
    pub(super) fn why(&self) -> &str {
        self.0["why"].as_str().unwrap()
    }

    /// A fact on a program.
    pub(super) fn fact(&self, name: &str) -> &Value {
        &self.0["program"][name]
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.fact(name).as_u64().unwrap_or_else(|| panic!("{name} of {}", self.0))
    }

    /// Received, answered, failed, rejected, aborted.
    pub(super) fn counts(&self) -> [u64; 5] {
        ["received", "answered", "failed", "rejected", "aborted"]
            .map(|name| self.number(name))
    }

    pub(super) fn assert_says(&self, part: &str) {
        assert!(self.why().contains(part), "no {part:?} in {:?}", self.why());
    }

    /// The sums that hold for every row.
    fn assert_accounted_for(&self) {
        if self.fact("received").is_u64() {
            let [received, answered, failed, rejected, aborted] = self.counts();
            assert_eq!(
                received,
                answered + failed + rejected + aborted,
                "{}",
                self.0
            );
        }
        let report = &self.0["report"];
        if report.is_null() {
            return;
        }
        let of = |name: &str| report[name].as_u64().unwrap();
        let requests = of("requests");
        let sum = of("ok") + of("failed") + of("timed_out") + of("not_sent");
        assert_eq!(sum, requests, "{}", self.0);
        let outcomes = report["outcomes"].as_array().unwrap();
        let indices = outcomes.iter().map(|row| row["index"].as_u64().unwrap());
        assert!(indices.eq(0..requests), "{}", self.0);
        if self.fact("received").is_u64() {
            assert_eq!(of("ok"), self.number("answered"), "{}", self.0);
            assert_eq!(requests - of("not_sent"), self.number("received"));
        }
    }
}

/// Whether this machine has these tools; says so where one is missing.
pub(super) fn has(tools: &[&str]) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there =
        |tool: &&&str| env::split_paths(&path).any(|dir| dir.join(tool).is_file());
    let missing: Vec<_> = tools.iter().filter(|tool| !is_there(tool)).collect();
    if !missing.is_empty() {
        // Not by `eprintln!`, which the test harness keeps to itself.
        warn(format_args!("skipped a test: this machine has no {missing:?}"));
    }
    missing.is_empty()
}

/// One of the programs in the folder beside this file.
pub(super) fn script(name: &str) -> String {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/foreign/scripts");
    let path = folder.join(name);
    assert!(path.is_file(), "{}", path.display());
    path.display().to_string()
}
