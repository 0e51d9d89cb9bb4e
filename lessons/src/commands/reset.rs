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
            "{file} is the broken program already, as it was given.",
            "{file} 本来就是原始的程序，没有改动。",
        ),
        Reset::Missing => in_language!(
            student.language,
            "{file} was missing. The broken program is there again.",
            "{file} 不见了，已重新放上原始的程序。",
        ),
        Reset::Kept(copy) => {
            let copy = display_path(&copy);
            in_language!(
                student.language,
                "{file} is the broken program again. What you wrote is kept in {copy}.",
                "{file} 已恢复为原始的程序。你写的内容保存在 {copy}。",
            )
        }
    };
    writeln!(out, "{text}")?;
    Ok(())
}
