//! A student at work on a pack: the files, the progress, and the language.

mod cargo_config;
pub mod dir;
pub mod editor;
mod files;
pub mod progress;

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use units::{Language, localized, warn};

use crate::check::judge;
use crate::pack::{Exercise, NotFound, Pack};
use crate::program::cargo_project::Build;
use crate::program::{interrupts, orphans};
use crate::terminal::in_language;
use crate::verdict::Verdict;
use dir::StudentDir;
use progress::{Progress, ProgressFile, Record};

/// How often the spinner turns.
const SPINNER_INTERVAL: Duration = Duration::from_millis(100);

/// A student at work on a pack.
#[derive(Debug)]
pub struct Student {
    /// The pack.
    pub pack: Pack,
    /// The files.
    pub dir: StudentDir,
    /// The progress.
    pub progress_file: ProgressFile,
    /// The language of all output.
    pub language: Language,
}

impl Student {
    /// Opens the pack in `folder` with the student's files in `parent`, or in the
    /// workspace's `my-lessons`.
    ///
    /// # Errors
    ///
    /// The pack cannot be read, or the student's folder not be written to.
    pub fn open(
        folder: &Path,
        parent: Option<&Path>,
        language: Language,
    ) -> anyhow::Result<Self> {
        let pack = Pack::read(folder)?;
        let dir = StudentDir::open(&pack, parent)?;
        let progress_file = ProgressFile::new(&dir.path, &pack.id);
        if let Err(error) = progress_file.put_aside_if_damaged() {
            // All else can be done without it, and is.
            let text = localized!("your progress is unknown", "无法得知你的进度");
            warn(format_args!("lesson: {text}: {error:#}"));
        }
        Ok(Self { pack, dir, progress_file, language })
    }

    /// The exercise with this number, or else the first that is not solved; `None` if all
    /// are.
    pub(crate) fn exercise(
        &self,
        number: Option<usize>,
    ) -> Result<Option<&Exercise>, NotFound> {
        match number {
            Some(number) => self.pack.exercise(number).map(Some),
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
        let is_open = |exercise: &&Exercise| !progress.record(&exercise.id).solved;
        let mut open = self.pack.exercises.iter().filter(is_open);
        open.clone()
            .find(|exercise| exercise.number > number)
            .or_else(|| open.next())
    }

    /// The progress so far; none, if the file cannot be read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress_file.read().unwrap_or_default()
    }

    /// Whether the exercise was solved at least once.
    pub(crate) fn has_solved(&self, exercise: &Exercise) -> bool {
        self.progress().record(&exercise.id).solved
    }

    /// Compiles a program, with a spinner on a terminal. Libraries that have to be compiled
    /// first take a minute, and a line says so.
    ///
    /// # Errors
    ///
    /// There is no cargo, or it fails for a reason that is not in the program's text.
    pub(crate) fn build(&self, program: &str) -> anyhow::Result<Build> {
        let language = self.language;
        let building = language.pick("compiling", "正在编译");
        let spinner = spinner(format!("{building} {program} ..."));
        let mut libraries = 0;
        let built = self.dir.project.build(program, || {
            if libraries == 0 {
                let text = language.pick(
                    "Compiling the libraries of the programs: about a minute the first time.",
                    "正在编译程序用到的库：第一次大约需要一分钟。",
                );
                spinner.suspend(|| warn(text));
            }
            libraries += 1;
            spinner.set_message(in_language!(
                language,
                "compiling the libraries ... {libraries} so far",
                "正在编译库 … 已完成 {libraries} 个",
            ));
        });
        drop(spinner);
        // Ctrl-C in a terminal has ended cargo, too.
        interrupts::wait_if_exiting();
        built
    }

    /// Checks an exercise, and notes the result, or prints that it cannot.
    ///
    /// # Errors
    ///
    /// Those of [`check`](crate::check::check).
    pub fn check(&self, exercise: &Exercise) -> anyhow::Result<Verdict> {
        orphans::kill_abandoned();
        let name = exercise.name();
        let build = self.build(&name)?;
        let judged = {
            let running = self.language.pick("running", "正在运行");
            let _spinner = spinner(format!("{running} {name} ..."));
            judge(build, exercise)
        };
        interrupts::wait_if_exiting();
        let verdict = judged?;
        let names = verdict.names();
        self.note(exercise, |record| record.note_check(&names));
        Ok(verdict)
    }

    /// Notes something of an exercise, or warns that it cannot: a verdict, a hint or a solution
    /// is worth showing on a full disk, too.
    pub(crate) fn note(
        &self,
        exercise: &Exercise,
        update: impl FnOnce(&mut Record),
    ) {
        if let Err(error) = self.progress_file.update(&exercise.id, update) {
            let text = localized!("your progress is not saved", "你的进度没有保存");
            warn(format_args!("lesson: {text}: {error:#}"));
        }
    }
}

/// A spinner until it is dropped, where a line can be drawn over.
fn spinner(text: String) -> ProgressBar {
    if !units::can_redraw() {
        return ProgressBar::hidden();
    }
    // In ASCII, since it is not written through `units`.
    let style = ProgressStyle::default_spinner().tick_chars("|/-\\ ");
    let spinner = ProgressBar::new_spinner().with_style(style);
    spinner.set_message(text);
    spinner.enable_steady_tick(SPINNER_INTERVAL);
    spinner.with_finish(ProgressFinish::AndClear)
}
