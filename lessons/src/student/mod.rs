//! A student at work on a pack: the files, what was achieved, and the language.

pub mod dir;
pub mod progress;

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use anstyle::Style;
use client_core::warn;
use indicatif::{ProgressBar, ProgressFinish};

use crate::check::check;
use crate::commands::solution;
use crate::pack::{Exercise, Pack};
use crate::paragraph;
use crate::program::{interrupts, orphans};
use crate::student::dir::{Reset, StudentDir};
use crate::student::progress::{Progress, ProgressFile};
use crate::verdict::Verdict;
use client_core::Language;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How often the spinner turns.
const A_TURN: Duration = Duration::from_millis(100);

/// A student at work on a pack.
#[derive(Debug)]
pub struct Student {
    /// What is worked on.
    pub pack: Pack,
    /// The files.
    pub workshop: StudentDir,
    /// What was achieved.
    pub notebook: ProgressFile,
    /// In which all is said.
    pub language: Language,
}

impl Student {
    /// Opens the pack in `folder` with the student's files in `parent`, or in the
    /// workspace's `my-lessons`.
    ///
    /// Errors: the pack cannot be read, or the student's folder not be written to.
    pub fn open(
        folder: &Path,
        parent: Option<&Path>,
        language: Language,
    ) -> anyhow::Result<Self> {
        let pack = Pack::read(folder)?;
        let workshop = StudentDir::open(&pack, parent)?;
        let notebook = ProgressFile::of(workshop.folder(), &pack.id);
        if let Err(error) = notebook.put_aside_if_damaged() {
            // All else can be done without it, and is.
            warn(format_args!("lesson: your progress is not known: {error:#}"));
        }
        Ok(Self { pack, workshop, notebook, language })
    }

    /// The exercise with this number, or else the first that is not solved; `None` if all
    /// are.
    ///
    /// Errors: there is no such number.
    pub fn exercise(
        &self,
        number: Option<usize>,
    ) -> anyhow::Result<Option<&Exercise>> {
        match number {
            Some(number) => Ok(Some(self.pack.exercise(number)?)),
            None => Ok(self.next_after(&self.progress(), 0)),
        }
    }

    /// The first exercise behind `number` that is not solved, or else the first of all.
    #[must_use]
    pub fn next_after(
        &self,
        progress: &Progress,
        number: usize,
    ) -> Option<&Exercise> {
        let mut open = self.pack.exercises.iter();
        let is_open = |exercise: &&Exercise| !progress.record(&exercise.id).solved;
        open.clone()
            .filter(is_open)
            .find(|exercise| exercise.number > number)
            .or_else(|| open.find(is_open))
    }

    /// What was achieved so far; nothing, if the file cannot be read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.notebook.read().unwrap_or_default()
    }

    /// Checks an exercise, and notes what came of it, or says that it cannot.
    ///
    /// Errors: those of [`check`].
    pub fn check(&self, exercise: &Exercise) -> anyhow::Result<Verdict> {
        orphans::end_abandoned();
        let name = exercise.name();
        let checked = {
            let _spinner = self.spinner(&name);
            check(self.workshop.bench(), &name, exercise)
        };
        interrupts::wait_if_leaving();
        let verdict = checked?;
        let names = verdict.names();
        let noted =
            self.notebook.change(&exercise.id, |record| record.note_check(&names));
        if let Err(error) = noted {
            // On a full disk, too, a student wants to hear what the server saw.
            warn(format_args!("lesson: this check is not noted: {error:#}"));
        }
        Ok(verdict)
    }

    /// Something to look at until a check is done, on a terminal; gone when it is dropped.
    fn spinner(&self, name: &str) -> ProgressBar {
        let said = self.language.pick("building and running", "正在编译并运行");
        let spinner =
            ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
        spinner.set_message(format!("{said} {name} …"));
        spinner.enable_steady_tick(A_TURN);
        spinner
    }

    /// Says what to do in an exercise.
    ///
    /// Errors: `out` cannot be written to.
    pub fn write_task(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
    ) -> io::Result<()> {
        let language = self.language;
        let texts = exercise.texts.of(language);
        let (number, title) = (exercise.number, &texts.title);
        let all = self.pack.exercises.len();
        let (section, minutes) = (&exercise.section, exercise.minutes);
        let about = match language {
            Language::En => format!(
                "exercise {number} of {all}, section {section} of the tutorial, about \
                 {minutes} minutes"
            ),
            Language::Zh => {
                format!(
                    "第 {number} 题，共 {all} 题，教程 {section} 节，约 {minutes} 分钟"
                )
            }
        };
        writeln!(out, "{BOLD}{title}{BOLD:#}\n{DIM}{about}{DIM:#}\n")?;
        paragraph::write(out, &texts.task)?;
        let watch = language.pick("What to look at: ", "留意：");
        writeln!(out)?;
        paragraph::write(out, &format!("{watch}{}", texts.watch))?;
        let file = self.workshop.file(exercise);
        let open = language.pick("Your file: ", "你的文件：");
        writeln!(out, "\n  {open}{BOLD}{}{BOLD:#}", shown(&file))
    }

    /// Says what a solved exercise was about.
    ///
    /// Errors: `out` cannot be written to.
    pub fn write_learned(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
    ) -> io::Result<()> {
        let title = self.language.pick("What it was", "原来如此");
        writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
        paragraph::write(out, &exercise.texts.of(self.language).learned)
    }

    /// Gives the next hint, or all of them, and notes it.
    ///
    /// Errors: `out` or the notebook cannot be written to.
    pub fn write_hint(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
        all: bool,
    ) -> anyhow::Result<()> {
        let hints = &exercise.texts.of(self.language).hints;
        let count = hints.len();
        let progress = self.notebook.change(&exercise.id, |record| {
            record.hints = if all { count } else { count.min(record.hints + 1) };
        })?;
        let taken = progress.record(&exercise.id).hints;
        let first = if all { 0 } else { taken.saturating_sub(1) };
        for (number, hint) in hints.iter().enumerate().take(taken).skip(first) {
            let number = number + 1;
            match self.language {
                Language::En => {
                    writeln!(out, "{BOLD}Hint {number} of {count}{BOLD:#}")?;
                }
                Language::Zh => {
                    writeln!(out, "{BOLD}提示 {number}，共 {count} 条{BOLD:#}")?;
                }
            }
            paragraph::write(out, hint)?;
        }
        if taken == count {
            let number = exercise.number;
            let said = match self.language {
                Language::En => format!(
                    "That was the last one. cargo lesson solution {number} --anyway shows a \
                     solution."
                ),
                Language::Zh => format!(
                    "这是最后一条提示。cargo lesson solution {number} --anyway 会给出一种解法。"
                ),
            };
            writeln!(out)?;
            paragraph::write(out, &said)?;
        }
        Ok(())
    }

    /// Examples a solution, and the other right ways if asked for; notes it if the exercise is
    /// not solved yet.
    ///
    /// Errors: `out` or the notebook cannot be written to, or the pack not be read.
    pub fn write_solution(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
        others: bool,
    ) -> anyhow::Result<()> {
        if !self.progress().record(&exercise.id).solved {
            self.notebook
                .change(&exercise.id, |record| record.solution_seen = true)?;
        }
        solution::write(out, exercise, others, self.language)
    }

    /// Puts the broken program back, and says where the student's is kept.
    ///
    /// Errors: a file cannot be written, and nothing is lost; or `out`.
    pub fn write_reset(
        &self,
        out: &mut impl Write,
        exercise: &Exercise,
    ) -> anyhow::Result<()> {
        let file = shown(&self.workshop.file(exercise));
        let said = match (self.workshop.reset(exercise)?, self.language) {
            (Reset::Nothing, Language::En) => {
                format!("{file} is the broken program already, as it was given.")
            }
            (Reset::Nothing, Language::Zh) => {
                format!("{file} 本来就是原始的程序，没有改动。")
            }
            (Reset::Missing, Language::En) => {
                format!("{file} was missing. The broken program is there again.")
            }
            (Reset::Missing, Language::Zh) => {
                format!("{file} 不见了，已重新放上原始的程序。")
            }
            (Reset::Kept(copy), Language::En) => format!(
                "{file} is the broken program again. What you wrote is kept in {}.",
                shown(&copy)
            ),
            (Reset::Kept(copy), Language::Zh) => {
                format!(
                    "{file} 已恢复为原始的程序。你写的内容保存在 {}。",
                    shown(&copy)
                )
            }
        };
        writeln!(out, "{said}")?;
        Ok(())
    }
}

/// A path as it is typed in the folder where one is, if it lies in there.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
