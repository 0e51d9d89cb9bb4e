//! Runs the small programs of the tutorial's first sections.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::time::Duration;

use anstyle::Style;
use anyhow::{Context as _, bail, ensure};
use slow_server::{Background, Config};

use crate::pack::{Example, NotFound};
use crate::paragraph;
use crate::program::cargo_project::Build;
use crate::program::{interrupts, orphans, process};
use crate::student::Student;
use crate::student::dir;

const BOLD: Style = Style::new().bold();

/// How long the page takes: long enough to be seen, short enough to be watched.
const DELAY: Duration = Duration::from_millis(500);

/// Runs all shows of this section, or the one with this name.
///
/// Errors: there is none; or it does not compile, or fails.
pub(crate) fn write(
    out: &mut impl Write,
    student: &Student,
    which: &str,
) -> anyhow::Result<()> {
    let shows = student.pack.shows.iter();
    let chosen: Vec<_> = shows
        .filter(|show| show.section == which || show.name.starts_with(which))
        .collect();
    if chosen.is_empty() {
        let said = format!("there is no show {which}; cargo lesson show lists them");
        return Err(NotFound(said).into());
    }
    for (number, show) in chosen.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write_one(out, student, show)?;
    }
    Ok(())
}

/// Lists the shows.
///
/// Errors: `out` cannot be written to.
pub(crate) fn list(out: &mut impl Write, student: &Student) -> anyhow::Result<()> {
    for show in &student.pack.shows {
        let title = &show.texts.of(student.language).title;
        writeln!(out, "{:28} {title}", show.name)?;
    }
    let one = student.language.pick(
        "\ncargo lesson show 3.1 runs those of a section, or one by its name.",
        "\ncargo lesson show 3.1 运行一节的全部程序，也可以写某一个的名字。",
    );
    writeln!(out, "{one}")?;
    Ok(())
}

fn write_one(
    out: &mut impl Write,
    student: &Student,
    show: &Example,
) -> anyhow::Result<()> {
    let language = student.language;
    let texts = show.texts.of(language);
    writeln!(out, "{BOLD}{}  {}{BOLD:#}\n", show.section, texts.title)?;
    let program = fs::read_to_string(&show.program)
        .with_context(|| format!("cannot read {}", show.program.display()))?;
    writeln!(out, "{}", program.trim_end())?;
    let prints = language.pick("It prints", "运行结果");
    writeln!(out, "\n{BOLD}{prints}{BOLD:#}\n")?;
    out.flush()?;
    run(out, student, show)?;
    let python = language.pick("And in Python", "对照 Python");
    writeln!(out, "\n{BOLD}{python}{BOLD:#}\n")?;
    paragraph::write(out, &texts.python)?;
    Ok(())
}

/// Runs the program, whose lines come as it prints them.
fn run(
    out: &mut impl Write,
    student: &Student,
    show: &Example,
) -> anyhow::Result<()> {
    let name = dir::program(show);
    let built = student.workshop.bench().build(&name);
    // Ctrl-C in a terminal has ended cargo too.
    interrupts::wait_if_leaving();
    let executable = match built? {
        Build::Program { executable, .. } => executable,
        Build::Refused(complaints) => {
            let first =
                complaints.first().map_or("", |complaint| &complaint.rendered);
            bail!("{name} does not compile:\n{first}")
        }
    };
    let server = Background::start(Config { delay: DELAY, ..Config::default() })
        .context("cannot start the server of the show")?;
    // No check is made meanwhile, and shows come one after another: the mark is free.
    let mark = orphans::mark(0);
    let mut command =
        process::command(&executable, &server.url(), show.requests, &mark);
    let mut program =
        command.spawn().with_context(|| format!("cannot start {name}"))?;
    // Its output is passed on and not handed over: a reader who leaves, as `head` does, would
    // make it panic.
    let mut output = program.stdout.take();
    let passed_on = pass_on(out, output.as_mut());
    // While its output is still open, so that it has no cause to complain.
    if passed_on.is_err() {
        // Fails only if it has ended already.
        let _ = program.kill();
    }
    let status = program.wait();
    orphans::end(&mark);
    interrupts::wait_if_leaving();
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
