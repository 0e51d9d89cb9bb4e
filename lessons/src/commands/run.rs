//! `cargo lesson run`: runs the student's program without a verdict.

use std::io::Write;
use std::process::{ExitCode, ExitStatus};

use units::warn;

use crate::pack::Exercise;
use crate::program::cargo_project::Build;
use crate::program::{live_run, orphans};
use crate::student::Student;

/// Runs the program, passes on what it prints, and returns its exit code.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> anyhow::Result<ExitCode> {
    orphans::kill_abandoned();
    match student.build(&exercise.name())? {
        Build::Executable { executable, warnings, .. } => {
            for warning in warnings {
                warn(warning.trim_end());
            }
            let status = live_run::run_exercise(out, executable.path(), exercise)?;
            Ok(exit_code(status))
        }
        Build::Failed(diagnostics) => {
            for error in diagnostics {
                warn(error.rendered.trim_end());
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The exit code of the program, as a shell has it.
fn exit_code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
