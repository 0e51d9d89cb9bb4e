//! One check: the program is built, run against a server inside this process, and judged.

use crate::diagnosis;
use crate::diagnosis::mistake::Mistake;
use crate::pack::Exercise;
use crate::program::cargo_project::{Build, CargoProject, Diagnostic};
use crate::program::gated_run;
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
    let (mistakes, evidence) = match build {
        Build::Failed(diagnostics) => {
            (vec![compile_mistake(&diagnostics)], Evidence::Compiler(diagnostics))
        }
        Build::Executable { path, warnings } => {
            let seen = gated_run::run(&path, exercise)?;
            let mistakes = diagnosis::mistakes(exercise.expected(), &seen);
            (mistakes, Evidence::Run { seen: Box::new(seen), warnings })
        }
    };
    Ok(Verdict { mistakes, exercise: exercise.clone(), evidence })
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
