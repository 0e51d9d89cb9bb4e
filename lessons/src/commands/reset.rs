//! `cargo lesson reset`: the broken program again, and a copy of the student's.

use std::io::Write;

use crate::pack::Exercise;
use crate::student::Student;
use crate::student::dir::Reset;
use crate::terminal::{display_path, in_language};

/// Puts the broken program back, and writes where the student's is kept.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
) -> anyhow::Result<()> {
    let file = display_path(&student.dir.file(exercise));
    let text = match student.dir.reset(exercise)? {
        Reset::Nothing => in_language!(
            student.language,
            "{file} is the original broken program already.",
            "{file} 就是原始的程序，没有改动过。",
        ),
        Reset::Missing => in_language!(
            student.language,
            "{file} was missing. The original broken program is back.",
            "{file} 不存在，已恢复为原始的程序。",
        ),
        Reset::Kept(copy) => {
            let copy = display_path(&copy);
            in_language!(
                student.language,
                "{file} is the original broken program again. Your version is saved in {copy}.",
                "{file} 已恢复为原始的程序。你的版本保存在 {copy}。",
            )
        }
    };
    writeln!(out, "{text}")?;
    Ok(())
}
