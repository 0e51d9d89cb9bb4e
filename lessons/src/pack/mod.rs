//! A lesson pack, as `packs/README.md` describes it.

mod read;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use serde::Deserialize;
use slow_server::WhenFull;

use crate::diagnosis::mistake::Mistake;
use client_core::Localized;

/// A folder of programs to look at and to mend.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The folder that it was read from.
    pub folder: PathBuf,
    /// The name of the student's folder for it.
    pub id: String,
    /// What it is called.
    pub titles: Localized<Title>,
    /// Crates that its programs use beyond those of every pack, as in a Cargo.toml.
    pub dependencies: toml::Table,
    /// Programs to look at, in their order.
    pub shows: Vec<Example>,
    /// Programs to mend, in their order.
    pub exercises: Vec<Exercise>,
}

/// A title alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// One line.
    pub title: String,
}

/// A program to look at.
#[derive(Debug, Clone)]
pub struct Example {
    /// The name of its folder, such as `3.1-nothing-runs`.
    pub name: String,
    /// The tutorial's section.
    pub section: String,
    /// How often it fetches the page.
    pub requests: NonZeroUsize,
    /// The file with the program.
    pub program: PathBuf,
    /// Its texts.
    pub texts: Localized<ExampleTexts>,
}

/// What is said of a program to look at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleTexts {
    /// One line.
    pub title: String,
    /// What Python does here, and why Rust differs.
    pub python: String,
}

/// A broken program to mend.
#[derive(Debug, Clone)]
pub struct Exercise {
    /// What its folder's name begins with, from 1.
    pub number: usize,
    /// The rest of its folder's name.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The tutorial's section.
    pub section: String,
    /// What a learner needs for it.
    pub minutes: NonZeroUsize,
    /// The mistake that is planted.
    pub mistake: Mistake,
    /// How the server behaves.
    pub server: Server,
    /// What is wanted of the program.
    pub wanted: Expected,
    /// Its texts.
    pub texts: Localized<ExerciseTexts>,
}

/// What is said of an exercise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseTexts {
    /// One line.
    pub title: String,
    /// What to do.
    pub task: String,
    /// What to look at when it runs.
    pub watch: String,
    /// From a nudge to nearly the answer.
    pub hints: Vec<String>,
    /// What it was, said when it is solved.
    pub learned: String,
}

impl ExerciseTexts {
    fn all(&self) -> impl Iterator<Item = &str> {
        let lines = [&self.title, &self.task, &self.watch, &self.learned];
        lines.into_iter().chain(&self.hints).map(String::as_str)
    }
}

/// How the server behaves, by the numbers of arrivals, which count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// What the program is told to send.
    pub requests: NonZeroUsize,
    /// It serves so many at once; no limit where there is none.
    pub places: Option<NonZeroUsize>,
    /// What happens to the others.
    pub when_full: WhenFull,
    /// The answer to this one comes when all other results are shown.
    pub last: Option<usize>,
    /// The answer to this one never comes.
    pub never: Option<usize>,
    /// The answer to this one is a 503.
    pub fails: Option<usize>,
}

/// What is wanted of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The most in flight at once, not more and not fewer.
    pub at_once: NonZeroUsize,
    /// Rounds, each as long as one answer takes.
    pub waits: usize,
    /// Connections that carry requests, at most.
    pub connections: Option<NonZeroUsize>,
    /// Results shown, at least.
    pub shown: usize,
}

impl Pack {
    /// The exercise with this number.
    ///
    /// Errors: there is none; the message says which there are.
    pub fn exercise(&self, number: usize) -> Result<&Exercise, NotFound> {
        let found = self.exercises.iter().find(|e| e.number == number);
        found.ok_or_else(|| {
            let first = self.exercises.first().map_or(0, |e| e.number);
            let last = self.exercises.last().map_or(0, |e| e.number);
            NotFound(format!(
                "there is no exercise {number}; they go from {first} to {last}"
            ))
        })
    }
}

/// What was asked for is not in the pack: wrong usage, and not a fault of anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotFound(pub(crate) String);

impl Exercise {
    /// The program that a student is given.
    #[must_use]
    pub fn broken(&self) -> PathBuf {
        self.folder.join("broken.rs")
    }

    /// One way to mend it.
    #[must_use]
    pub fn solution(&self) -> PathBuf {
        self.folder.join("solution.rs")
    }

    /// Other right ways, in the order of their names.
    ///
    /// Errors: the folder cannot be read.
    pub fn others(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.folder.join("others");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut others = read::entries(&folder)?;
        others.retain(|path| path.extension().is_some_and(|ext| ext == "rs"));
        Ok(others)
    }

    /// What its files are called: `04-await-in-a-loop`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:02}-{}", self.number, self.id)
    }
}
