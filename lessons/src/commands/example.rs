//! `cargo lesson show`: runs the small programs of the tutorial's first sections.

use std::fs;
use std::io::{self, Write};

use anyhow::{Context as _, bail, ensure};
use client_core::clients::CLIENTS;
use units::text::write_wrapped;
use units::{Language, localized};

use super::list;
use crate::errors::cannot_read;
use crate::pack::{Example, NotFound};
use crate::program::cargo_project::Build;
use crate::program::live_run;
use crate::student::Student;
use crate::terminal::{BOLD, in_language, write_paragraph, write_title};
use crate::tutorial;

/// The columns of an example's name.
const NAME_WIDTH: usize = 28;

/// Runs all examples of this section, or the one with this name, and names what else the
/// section has and where it is explained.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    which: &str,
) -> anyhow::Result<()> {
    let examples = student.pack.examples.iter().filter(|example| {
        example.section == which || example.name.starts_with(which)
    });
    let mut section = None;
    for example in examples {
        if section.is_some() {
            writeln!(out)?;
        }
        write_one(out, student, example)?;
        section = Some(&*example.section);
        if units::stdout_is_closed() {
            break;
        }
    }
    let has_more = student.pack.exercises.iter().any(|e| e.section == which)
        || CLIENTS.iter().any(|client| client.section == which);
    if has_more {
        write_more(out, student, which, section.is_some())?;
    }
    let explained = tutorial::find(section.unwrap_or(which), student.language);
    if let Some((page, heading)) = explained {
        write_page(out, page, heading, student.language)?;
    } else if section.is_none() && !has_more {
        let text = localized!(
            "there is no show {which}; cargo lesson show lists them",
            "没有示例 {which}；cargo lesson show 会列出全部示例",
        );
        return Err(NotFound(text).into());
    }
    Ok(())
}

/// Writes where a section is explained.
fn write_page(
    out: &mut impl Write,
    page: &str,
    heading: &str,
    language: Language,
) -> io::Result<()> {
    let title =
        language.pick("The section explained, with corrections", "本节讲解与更正");
    write_title(out, title)?;
    writeln!(out, "\n  {page}: {heading}")
}

/// Writes the exercises and clients of a section.
fn write_more(
    out: &mut impl Write,
    student: &Student,
    section: &str,
    has_examples: bool,
) -> io::Result<()> {
    let language = student.language;
    let title = if has_examples {
        in_language!(language, "Also in section {section}", "{section} 节的其他内容")
    } else {
        in_language!(
            language,
            "Section {section} has no show, but these exercises and clients",
            "{section} 节没有示例，但有以下练习和客户端",
        )
    };
    write_title(out, &title)?;
    writeln!(out)?;
    list::write_exercises(out, student, |exercise| exercise.section == section)?;
    list::write_clients(out, section, language)?;
    let text = language.pick(
        "cargo lesson watch NUMBER starts an exercise; cargo compare runs the clients.",
        "cargo lesson watch NUMBER 开始做第 NUMBER 题；cargo compare 运行客户端。",
    );
    writeln!(out, "\n{text}")
}

/// Lists the examples.
pub(super) fn list(out: &mut impl Write, student: &Student) -> io::Result<()> {
    for example in &student.pack.examples {
        let title = &example.texts(student.language).title;
        let name = format!("{:NAME_WIDTH$} ", example.name);
        write_wrapped(out, name, NAME_WIDTH + 1, title)?;
    }
    let text = student.language.pick(
        "cargo lesson show 3.1 runs the shows of a section; a name runs one of them.
cargo lesson list --by-section adds the exercises and clients of each section.",
        "cargo lesson show 3.1 运行一节的全部示例，也可以写某一个示例的名字。
cargo lesson list --by-section 按教程的章节列出示例、练习和客户端。",
    );
    writeln!(out, "\n{text}")
}

fn write_one(
    out: &mut impl Write,
    student: &Student,
    example: &Example,
) -> anyhow::Result<()> {
    let language = student.language;
    let texts = example.texts(language);
    writeln!(out, "{BOLD}{}  {}{BOLD:#}\n", example.section, texts.title)?;
    let program = fs::read_to_string(&example.program)
        .with_context(|| cannot_read(&example.program))?;
    writeln!(out, "{}", program.trim_end())?;
    write_title(out, language.pick("Output", "运行结果"))?;
    writeln!(out)?;
    out.flush()?;
    run(out, student, example)?;
    write_title(out, language.pick("In Python", "对照 Python"))?;
    writeln!(out)?;
    write_paragraph(out, &texts.python)?;
    Ok(())
}

/// Runs the program and passes its lines on as it prints them.
fn run(
    out: &mut impl Write,
    student: &Student,
    example: &Example,
) -> anyhow::Result<()> {
    let name = example.program_name();
    let executable = match student.build(&name)? {
        Build::Executable { executable, .. } => executable,
        Build::Failed(diagnostics) => {
            let first = diagnostics.first().map_or("", |first| &first.rendered);
            bail!(localized!(
                "{name} does not compile:\n{first}",
                "{name} 没有通过编译：\n{first}",
            ))
        }
    };
    let status = live_run::run(out, executable.path(), example.requests)?;
    ensure!(
        status.success(),
        localized!("{name} ended with {status}", "{name} 以 {status} 结束")
    );
    Ok(())
}
