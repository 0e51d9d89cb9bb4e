//! A student at work on a pack: the files, the progress, and the language.

pub mod dir;
pub mod progress;

use std::path::Path;
use std::time::Duration;

use client_core::{Language, warn};
use indicatif::{ProgressBar, ProgressFinish};

use crate::check::check;
use crate::pack::{Exercise, NotFound, Pack};
use crate::program::{interrupts, orphans};
use crate::verdict::Verdict;
use dir::StudentDir;
use progress::{Progress, ProgressFile};

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
            warn(format_args!("lesson: your progress is not known: {error:#}"));
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

    /// Checks an exercise, and notes the result, or prints that it cannot.
    ///
    /// # Errors
    ///
    /// Those of [`check`].
    pub fn check(&self, exercise: &Exercise) -> anyhow::Result<Verdict> {
        orphans::kill_abandoned();
        let name = exercise.name();
        let checked = {
            let _spinner = self.spinner(&name);
            check(&self.dir.project, &name, exercise)
        };
        interrupts::wait_if_exiting();
        let verdict = checked?;
        let names = verdict.names();
        let noted = self
            .progress_file
            .update(&exercise.id, |record| record.note_check(&names));
        if let Err(error) = noted {
            // The verdict is worth showing on a full disk, too.
            warn(format_args!("lesson: this check is not noted: {error:#}"));
        }
        Ok(verdict)
    }

    /// A spinner on a terminal, until it is dropped.
    fn spinner(&self, name: &str) -> ProgressBar {
        let text = self.language.pick("building and running", "正在编译并运行");
        let spinner =
            ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
        spinner.set_message(format!("{text} {name} …"));
        spinner.enable_steady_tick(SPINNER_INTERVAL);
        spinner
    }
}
