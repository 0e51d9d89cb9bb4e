//! One check: the program is built, run against a server inside this process, and judged.

use std::path::Path;

use diagnosis::{Mistake, Observation};

use crate::pack::{Exercise, Server};
use crate::program::cargo_project::{Build, CargoProject, Diagnostic};
use crate::program::gated_run;
use crate::program::output::Output;
use crate::program::release::Variation;
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
        Build::Executable { executable, text, warnings } => {
            check_built(executable.path(), &text, warnings, exercise)
        }
    }
}

/// Runs a program that was built from `text` with these warnings, and judges it.
///
/// # Errors
///
/// As [`check`].
pub fn check_built(
    executable: &Path,
    text: &str,
    warnings: Vec<String>,
    exercise: &Exercise,
) -> anyhow::Result<Verdict> {
    let source = source::read(text);
    let expected = exercise.expected();
    let run = |variation| -> anyhow::Result<Attempt> {
        let (seen, output) =
            gated_run::run(executable, source, exercise, variation)?;
        Ok(Attempt { mistakes: diagnosis::mistakes(expected, &seen), seen, output })
    };
    let mut attempt = run(Variation::FirstArrivedLast)?;
    let &Server { never, fails, .. } = &exercise.server;

    // What is right, or shows too little, may do so by luck: by the order of the responses. A
    // right program has a timeout where one never comes, so none is held back there.
    if never.is_none() && matches!(*attempt.mistakes, [] | [Mistake::ResultsLost]) {
        let other = run(Variation::LastArrivedLast)?;
        let leaves = other.mistakes.first() == Some(&Mistake::LeftTooEarly);
        if attempt.mistakes.is_empty() || leaves {
            attempt = other;
        }
    }
    // What a failure has to do with it is seen without one.
    if never.is_some() || fails.is_some() {
        match *attempt.mistakes {
            [] => {
                let without = run(Variation::WithoutFailure)?;
                if let Some(printed) = &mut attempt.seen.printed {
                    let lines = attempt.output.about_failure(&without.output);
                    printed.about_failure = Some(lines);
                }
                attempt.mistakes = diagnosis::mistakes(expected, &attempt.seen);
            }
            [Mistake::OneFailureEndsAll] => {
                let without = run(Variation::WithoutFailure)?;
                if !without.mistakes.is_empty() {
                    attempt = without;
                }
            }
            _ => {}
        }
    }
    let Attempt { seen, output, mistakes } = attempt;
    let remark =
        if mistakes.is_empty() { diagnosis::remark(expected, &seen) } else { None };
    let evidence = Evidence::Run { seen: Box::new(seen), output, warnings };
    Ok(Verdict { mistakes, remark, exercise: exercise.clone(), evidence })
}

/// One run of the program, and what is wrong with it by that.
struct Attempt {
    seen: Observation,
    output: Output,
    mistakes: Vec<Mistake>,
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
