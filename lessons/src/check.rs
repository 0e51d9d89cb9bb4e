//! One check: the program is built, run against a server inside this process, and judged.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use diagnosis::Mistake;

use crate::pack::{Exercise, Server};
use crate::program::cargo_project::{Build, CargoProject, Diagnostic};
use crate::program::gated_run::{self, Variation};
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
    let source = source::read(&text);
    let expected = exercise.expected();
    let run = |variation| gated_run::run(executable, source, exercise, variation);
    let (mut seen, mut output) = run(Variation::FirstArrivedLast)?;
    let mut mistakes = diagnosis::mistakes(expected, &seen);
    let &Server { never, fails, .. } = &exercise.server;

    // What is right, or shows too little, may do so by luck: by the order of the responses. A
    // right program has a timeout where one never comes, so none is held back there.
    if never.is_none() && matches!(*mistakes, [] | [Mistake::ResultsLost]) {
        let (other, other_output) = run(Variation::LastArrivedLast)?;
        let others = diagnosis::mistakes(expected, &other);
        if mistakes.is_empty() || others.first() == Some(&Mistake::LeftTooEarly) {
            (seen, output, mistakes) = (other, other_output, others);
        }
    }
    // What a failure has to do with it is seen without one.
    let may_be_by_failure = matches!(*mistakes, [] | [Mistake::OneFailureEndsAll]);
    if (never.is_some() || fails.is_some()) && may_be_by_failure {
        let (without, its_output) = run(Variation::WithoutFailure)?;
        let its_mistakes = diagnosis::mistakes(expected, &without);
        if its_mistakes.is_empty() || mistakes != [Mistake::OneFailureEndsAll] {
            if let Some(printed) = &mut seen.printed {
                let lines = output.about_failure(&its_output);
                printed.about_failure = Some(lines);
            }
            mistakes = diagnosis::mistakes(expected, &seen);
        } else {
            (seen, output, mistakes) = (without, its_output, its_mistakes);
        }
    }
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
