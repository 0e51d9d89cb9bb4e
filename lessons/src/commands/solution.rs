//! A solution, with the lines marked that differ from the broken program.

use std::fs;
use std::io::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;
use similar::{ChangeTag, TextDiff};

use crate::pack::Exercise;
use client_core::Language;

const BOLD: Style = Style::new().bold();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();

/// Writes the solution, and the other right ways if asked for.
///
/// Errors: a file of the pack cannot be read, or `out` not be written to.
pub(crate) fn write(
    out: &mut impl Write,
    exercise: &Exercise,
    others: bool,
    language: Language,
) -> anyhow::Result<()> {
    let broken = read(&exercise.broken())?;
    let solution = language.pick("A solution", "一种解法");
    write_marked(out, solution, &broken, &read(&exercise.solution())?)?;
    let ways = exercise.others()?;
    if others {
        for way in &ways {
            let name = way.file_stem().unwrap_or_default().to_string_lossy();
            let title =
                format!("{}: {name}", language.pick("Another way", "另一种写法"));
            writeln!(out)?;
            write_marked(out, &title, &broken, &read(way)?)?;
        }
    } else if !ways.is_empty() {
        let (count, number) = (ways.len(), exercise.number);
        match language {
            Language::En => writeln!(
                out,
                "\n{count} other right ways: cargo lesson solution {number} --others"
            )?,
            Language::Zh => writeln!(
                out,
                "\n还有 {count} 种正确写法：cargo lesson solution {number} --others"
            )?,
        }
    }
    Ok(())
}

fn write_marked(
    out: &mut impl Write,
    title: &str,
    before: &str,
    after: &str,
) -> anyhow::Result<()> {
    writeln!(out, "{BOLD}{title}{BOLD:#}\n")?;
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let line = change.value().trim_end();
        match change.tag() {
            ChangeTag::Insert => writeln!(out, "{ADDED}+ {line}{ADDED:#}")?,
            ChangeTag::Delete => writeln!(out, "{REMOVED}- {line}{REMOVED:#}")?,
            ChangeTag::Equal => writeln!(out, "{}", format!("  {line}").trim_end())?,
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("cannot read {}", path.display()))
}
