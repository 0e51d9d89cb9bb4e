//! A lesson pack, as `packs/README.md` describes it.

mod read;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use diagnosis::{Expected, Mistake};
use serde::Deserialize;
use slow_server::WhenFull;
use units::{Language, Localized, localized};

/// A folder of examples and exercises.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Where it is.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The name of the student's folder for it.
    pub id: String,
    en: Title,
    zh: Title,
    /// Crates that its programs use beyond those of every pack, as in a Cargo.toml.
    #[serde(default)]
    pub dependencies: toml::Table,
    /// Programs to look at, in their order.
    #[serde(skip)]
    pub examples: Vec<Example>,
    /// Programs to fix, in their order.
    #[serde(skip)]
    pub exercises: Vec<Exercise>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    title: String,
}

/// A program to look at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The name of its folder, such as `3.1-nothing-runs`.
    #[serde(skip)]
    pub name: String,
    /// The file with the program.
    #[serde(skip)]
    pub program: PathBuf,
    /// The tutorial's section.
    pub section: String,
    /// How often it fetches the page.
    #[serde(default = "one")]
    pub requests: NonZeroUsize,
    en: ExampleTexts,
    zh: ExampleTexts,
}

fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

/// The texts of an example.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleTexts {
    /// One line.
    pub title: String,
    /// What Python does here, and why Rust differs.
    pub python: String,
}

/// A broken program to fix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// What its folder's name begins with, from 1.
    #[serde(skip)]
    pub number: usize,
    /// The rest of its folder's name.
    #[serde(skip)]
    pub id: String,
    #[serde(skip)]
    folder: PathBuf,
    /// Other right ways than the solution, in the order of their names.
    #[serde(skip)]
    pub others: Vec<PathBuf>,
    /// The tutorial's section.
    pub section: String,
    /// How long a learner needs for it.
    pub minutes: NonZeroUsize,
    /// The mistake that is planted.
    pub mistake: Mistake,
    /// How the server behaves.
    #[serde(default)]
    pub server: Server,
    #[serde(default)]
    wanted: Wanted,
    en: ExerciseTexts,
    zh: ExerciseTexts,
}

/// The texts of an exercise.
#[derive(Debug, Clone, Deserialize)]
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
    /// What the mistake was, for those who have fixed it.
    pub learned: String,
}

/// How the server behaves, by the numbers of arrivals, which count from 0.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Requests that the program is told to send.
    pub requests: NonZeroUsize,
    /// The limit on requests that are served at once, if there is one.
    #[serde(rename = "places")]
    pub max_concurrent: Option<NonZeroUsize>,
    /// What happens to the others.
    pub when_full: WhenFull,
    /// The response to this request comes when all other results are shown.
    pub last: Option<usize>,
    /// The response to this request never comes.
    pub never: Option<usize>,
    /// The response to this request is a 503.
    pub fails: Option<usize>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            requests: one().saturating_add(9),
            max_concurrent: None,
            when_full: WhenFull::Queue,
            last: None,
            never: None,
            fails: None,
        }
    }
}

/// The table `[wanted]`: what does not follow from the server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    at_once: Option<NonZeroUsize>,
    waits: Option<usize>,
    connections: Option<NonZeroUsize>,
    shown: Option<usize>,
    #[serde(default)]
    spinner: bool,
}

/// What was asked for is not in the pack: wrong usage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotFound(pub(crate) Localized);

impl Pack {
    /// Its title in this language.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        &language.pick(&self.en, &self.zh).title
    }

    /// The exercise with this number.
    ///
    /// # Errors
    ///
    /// There is none; the message says which there are.
    pub fn exercise(&self, number: usize) -> Result<&Exercise, NotFound> {
        let found = self.exercises.iter().find(|e| e.number == number);
        found.ok_or_else(|| {
            let first = self.exercises.first().map_or(0, |e| e.number);
            let last = self.exercises.last().map_or(0, |e| e.number);
            NotFound(localized!(
                "there is no exercise {number}; the exercises go from {first} to {last}",
                "没有第 {number} 题；题号从 {first} 到 {last}",
            ))
        })
    }
}

impl Example {
    /// Its texts in this language.
    #[must_use]
    pub fn texts(&self, language: Language) -> &ExampleTexts {
        language.pick(&self.en, &self.zh)
    }

    /// The name of its program in a Cargo project.
    #[must_use]
    pub fn program_name(&self) -> String {
        // A dot in it would be taken for the start of an extension.
        format!("show-{}", self.name.replace('.', "-"))
    }
}

impl Exercise {
    /// Its texts in this language.
    #[must_use]
    pub fn texts(&self, language: Language) -> &ExerciseTexts {
        language.pick(&self.en, &self.zh)
    }

    /// What is expected of the program.
    #[must_use]
    pub fn expected(&self) -> Expected {
        let (server, wanted) = (&self.server, &self.wanted);
        let requests = server.requests;
        let all = server.max_concurrent.map_or(requests, |max| max.min(requests));
        let at_once = wanted.at_once.unwrap_or(all);
        let without_a_page = usize::from(server.never.is_some())
            + usize::from(server.fails.is_some());
        let rounds = requests.get().div_ceil(at_once.get());
        Expected {
            requests,
            at_once,
            waits: wanted.waits.unwrap_or(rounds),
            has_own_rounds: server.last.is_none() && server.never.is_none(),
            connections: wanted.connections,
            shown: wanted
                .shown
                .unwrap_or(requests.get().saturating_sub(without_a_page)),
            spinner: wanted.spinner,
        }
    }

    /// The program that a student is given.
    #[must_use]
    pub fn broken(&self) -> PathBuf {
        self.folder.join("broken.rs")
    }

    /// One way to fix it.
    #[must_use]
    pub fn solution(&self) -> PathBuf {
        self.folder.join("solution.rs")
    }

    /// What its files are called: `04-await-in-a-loop`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:02}-{}", self.number, self.id)
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use diagnosis::Mistake;

    #[test]
    fn the_page_on_packs_has_every_mistake_in_the_order_in_which_they_are_named() {
        let rows = include_str!("../../packs/README.md").lines();
        let told: Vec<_> = rows
            .filter_map(|row| row.strip_prefix("| `")?.split_once('`'))
            .map(|(name, _)| name)
            // The table of the kit's calls and that of the lines are not of mistakes.
            .filter(|name| Mistake::from_str(name, false).is_ok())
            .collect();
        let all: Vec<_> =
            Mistake::value_variants().iter().map(|mistake| mistake.name()).collect();
        assert_eq!(told, all);
        assert!(Mistake::value_variants().is_sorted());
    }
}
