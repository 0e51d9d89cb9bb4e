//! `cargo lesson show`: runs the small programs of the tutorial's first sections.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use slow_server::{Background, Config};

use crate::pack::{Example, NotFound};
use crate::program::cargo_project::Build;
use crate::program::{interrupts, orphans, process};
use crate::student::Student;
use crate::terminal::{BOLD, write_paragraph, write_title};

/// The delay of the page: long enough to be seen, short enough to be watched.
const DELAY: Duration = Duration::from_millis(500);

/// Runs all examples of this section, or the one with this name.
pub(super) fn write(
    out: &mut impl Write,
    student: &Student,
    which: &str,
) -> anyhow::Result<()> {
    let mut examples = student
        .pack
        .examples
        .iter()
        .filter(|example| {
            example.section == which || example.name.starts_with(which)
        })
        .peekable();
    if examples.peek().is_none() {
        let text = format!("there is no show {which}; cargo lesson show lists them");
        return Err(NotFound(text).into());
    }
    while let Some(example) = examples.next() {
        write_one(out, student, example)?;
        if examples.peek().is_some() {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Lists the examples.
pub(super) fn list(out: &mut impl Write, student: &Student) -> io::Result<()> {
    for example in &student.pack.examples {
        let title = &example.texts(student.language).title;
        writeln!(out, "{:28} {title}", example.name)?;
    }
    let text = student.language.pick(
        "cargo lesson show 3.1 runs those of a section, or one by its name.",
        "cargo lesson show 3.1 运行一节的全部程序，也可以写某一个的名字。",
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
        .with_context(|| format!("cannot read {}", example.program.display()))?;
    writeln!(out, "{}", program.trim_end())?;
    write_title(out, language.pick("It prints", "运行结果"))?;
    writeln!(out)?;
    out.flush()?;
    run(out, student, example)?;
    write_title(out, language.pick("And in Python", "对照 Python"))?;
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
    let build = student.dir.project.build(&name);
    // Ctrl-C in a terminal has ended cargo, too.
    interrupts::wait_if_exiting();
    let executable = match build? {
        Build::Executable { path, .. } => path,
        Build::Failed(diagnostics) => {
            let first = diagnostics.first().map_or("", |first| &first.rendered);
            bail!("{name} does not compile:\n{first}")
        }
    };
    let server = Background::start(Config { delay: DELAY, ..Config::default() })
        .context("cannot start the server of the show")?;
    // No check runs meanwhile, and examples run one after another: the number is free.
    let tag = orphans::tag(0);
    let mut command =
        process::command(&executable, &server.url(), example.requests, &tag);
    let mut program =
        command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Its output is passed on and not inherited: a reader that leaves, as `head` does, would
    // make it panic.
    let mut stdout = program.stdout.take();
    let passed_on = pass_on(out, stdout.as_mut());
    // While its output is still open, so that it has no cause to complain.
    if passed_on.is_err() {
        // Fails only if it has ended already.
        let _ = program.kill();
    }
    let status = program.wait();
    orphans::kill(&tag);
    interrupts::wait_if_exiting();
    passed_on?;
    let status = status.with_context(|| format!("lost sight of {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}

fn pass_on(out: &mut impl Write, lines: Option<impl Read>) -> io::Result<()> {
    for line in lines.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
        writeln!(out, "{}", line?)?;
    }
    Ok(())
}
