//! One check: the program is built, run against a server inside this process, and judged.

use crate::diagnosis;
use crate::diagnosis::mistake::Mistake;
use crate::pack::Exercise;
use crate::program::cargo_project::{Build, CargoProject, Diagnostic};
use crate::program::gated_run;
use crate::verdict::Verdict;

/// Builds the program of this name on the bench, runs it, and judges it by what the server
/// saw. Blocks for as long as that takes.
///
/// Errors: what keeps the check itself from working, such as a missing cargo. A program that
/// does not compile is no error but a verdict.
pub fn check(
    bench: &CargoProject,
    program: &str,
    exercise: &Exercise,
) -> anyhow::Result<Verdict> {
    match bench.build(program)? {
        Build::Refused(complaints) => {
            let mistakes = vec![refused(&complaints)];
            Ok(Verdict::refused(exercise, mistakes, complaints))
        }
        Build::Program { executable, warnings } => {
            let seen = gated_run::run(&executable, exercise)?;
            let mistakes = diagnosis::mistakes(exercise, &seen);
            Ok(Verdict::seen(exercise, mistakes, seen, warnings))
        }
    }
}

/// The mistake in what the compiler refused.
fn refused(complaints: &[Diagnostic]) -> Mistake {
    let awaits_what_is_no_future = |complaint: &Diagnostic| {
        complaint.code.as_deref() == Some("E0277")
            && complaint.message.contains("is not a future")
    };
    if complaints.iter().any(awaits_what_is_no_future) {
        Mistake::NotAFuture
    } else {
        Mistake::DoesNotCompile
    }
}
