//! `cargo lesson solution`: a solution, with the lines marked that differ from the broken
//! program.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use similar::{ChangeTag, TextDiff};

use crate::errors::cannot_read;
use crate::pack::Exercise;
use crate::student::Student;
use crate::terminal::{BOLD, GREEN, RED, in_language};

/// Writes the solution of an exercise that is solved, or a way to see it all the same; returns
/// whether it was the solution.
pub(super) fn write_if_solved(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    others: bool,
) -> anyhow::Result<bool> {
    if student.has_solved(exercise) {
        write(out, student, exercise, others)?;
        return Ok(true);
    }
    let number = exercise.number;
    let text = in_language!(
        student.language,
        "Exercise {number} is not solved yet. A hint may be enough:
  cargo lesson hint {number}
To see the solution anyway, add --anyway.",
        "第 {number} 题还没有解决。先看看提示：
  cargo lesson hint {number}
仍要看解法，请加上 --anyway。",
    );
    writeln!(out, "{text}")?;
    Ok(false)
}

/// Writes the solution, and the other right ways if asked for; notes it if the exercise is
/// not solved yet.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    exercise: &Exercise,
    others: bool,
) -> anyhow::Result<()> {
    let language = student.language;
    if !student.has_solved(exercise) {
        student.note(exercise, |record| record.solution_seen = true);
    }
    let broken = read(&exercise.broken())?;
    let solution = language.pick("A solution", "一种解法");
    write_diff(out, solution, &broken, &read(&exercise.solution())?)?;
    let ways = &exercise.others;
    if others {
        for way in ways {
            let name = way.file_stem().unwrap_or_default().to_string_lossy();
            let title = language.pick("Another solution", "另一种解法");
            writeln!(out)?;
            write_diff(out, &format!("{title}: {name}"), &broken, &read(way)?)?;
        }
    } else if !ways.is_empty() {
        let (count, number) = (ways.len(), exercise.number);
        let solutions = units::count(count, "other solution");
        let text = in_language!(
            language,
            "{solutions}: cargo lesson solution {number} --others",
            "其他解法还有 {count} 种：cargo lesson solution {number} --others",
        );
        writeln!(out, "\n{text}")?;
    }
    Ok(())
}

fn write_diff(
    out: &mut impl Write,
    title: &str,
    before: &str,
    after: &str,
) -> anyhow::Result<()> {
    writeln!(out, "{BOLD}{title}{BOLD:#}\n")?;
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let line = change.value().trim_end();
        match change.tag() {
            ChangeTag::Insert => writeln!(out, "{GREEN}+ {line}{GREEN:#}")?,
            ChangeTag::Delete => writeln!(out, "{RED}- {line}{RED:#}")?,
            ChangeTag::Equal => writeln!(out, "{}", format!("  {line}").trim_end())?,
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| cannot_read(path))
}
