//! One check: the program is built, run against a server inside this process, and judged.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use diagnosis::{Mistake, Observation};

use crate::pack::Exercise;
use crate::program::cargo_project::{Build, CargoProject, Diagnostic};
use crate::program::gated_run::{self, Variation};
use crate::program::output::Output;
use crate::program::source;
use crate::verdict::{Evidence, Verdict};

/// Builds the program of this name, runs it, and judges it by what the server saw. Blocks for
/// as long as that takes.
///
/// # Errors
///
/// What keeps the check itself from working, such as a missing cargo. A program that does not
/// compile is no error but a verdict.
pub fn check(
    project: &CargoProject,
    program: &str,
    exercise: &Exercise,
) -> anyhow::Result<Verdict> {
    judge(project.build(program, || {})?, exercise)
}

/// Runs what was built, and judges it by what the server saw.
///
/// # Errors
///
/// Those of [`check`].
pub(crate) fn judge(build: Build, exercise: &Exercise) -> anyhow::Result<Verdict> {
    match build {
        Build::Failed(diagnostics) => Ok(Verdict {
            mistakes: vec![compile_mistake(&diagnostics)],
            remark: None,
            exercise: exercise.clone(),
            evidence: Evidence::Compiler(diagnostics),
        }),
        Build::Executable { path, source, warnings } => {
            check_built(&path, &source, warnings, exercise)
        }
    }
}

/// Runs a program that was built from the file `source` with these warnings, and judges it.
///
/// # Errors
///
/// As [`check`].
pub fn check_built(
    executable: &Path,
    source: &Path,
    warnings: Vec<String>,
    exercise: &Exercise,
) -> anyhow::Result<Verdict> {
    let text = fs::read_to_string(source)
        .with_context(|| format!("cannot read {}", source.display()))?;
    let expected = exercise.expected();
    let run = |variation| -> anyhow::Result<(Observation, Output, Vec<Mistake>)> {
        let (seen, output) = gated_run::run(executable, exercise, variation)?;
        let seen = Observation { source: Some(source::read(&text)), ..seen };
        let mistakes = diagnosis::mistakes(expected, &seen);
        Ok((seen, output, mistakes))
    };
    let mut result = run(Variation::FirstArrivedLast)?;
    // A right program has a timeout where one response never comes: no other is held back.
    if result.2.is_empty() && exercise.server.never.is_none() {
        result = run(Variation::LastArrivedLast)?;
    } else if result.2.first() == Some(&Mistake::OneFailureEndsAll) {
        let without_failure = run(Variation::WithoutFailure)?;
        if !without_failure.2.is_empty() {
            result = without_failure;
        }
    }
    let (seen, output, mistakes) = result;
    let remark =
        if mistakes.is_empty() { diagnosis::remark(expected, &seen) } else { None };
    let evidence = Evidence::Run { seen: Box::new(seen), output, warnings };
    Ok(Verdict { mistakes, remark, exercise: exercise.clone(), evidence })
}

fn compile_mistake(diagnostics: &[Diagnostic]) -> Mistake {
    let awaits_no_future = |diagnostic: &Diagnostic| {
        diagnostic.code.as_ref().is_some_and(|code| code.code == "E0277")
            && diagnostic.message.contains("is not a future")
    };
    if diagnostics.iter().any(awaits_no_future) {
        Mistake::NotAFuture
    } else {
        Mistake::DoesNotCompile
    }
}
