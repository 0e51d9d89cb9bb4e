//! `cargo lesson check`: the verdict on one exercise, or a line for each of all.

use std::io::Write;

use super::task;
use crate::pack::Exercise;
use crate::student::Student;
use crate::verdict::Verdict;

/// Checks an exercise, and writes the verdict, and what the mistake was if it is solved.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> anyhow::Result<Verdict> {
    let verdict = student.check(exercise)?;
    verdict.write(out, student.language)?;
    if verdict.is_right() {
        task::write_learned(out, student, exercise)?;
    }
    Ok(verdict)
}

/// Checks all exercises, with a line for each; returns whether all are right.
pub(super) fn write_all(
    out: &mut impl Write,
    student: &Student,
) -> anyhow::Result<bool> {
    let mut all_right = true;
    for exercise in &student.pack.exercises {
        let verdict = student.check(exercise)?;
        verdict.write_line(out, student.language)?;
        out.flush()?;
        all_right &= verdict.is_right();
    }
    Ok(all_right)
}
