//! A pack's folder: what stands in its files, and what is wrong with them.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use slow_server::WhenFull;

use super::{
    Example, ExampleTexts, Exercise, ExerciseTexts, Expected, Pack, Server, Title,
};
use crate::diagnosis::mistake::Mistake;
use client_core::Localized;

impl Pack {
    /// Reads the pack in `folder`, all of it.
    ///
    /// Errors: a file is missing, or does not say what `packs/README.md` asks for; the
    /// message names the file.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("pack.toml");
        let file: PackFile = read_toml(&path)?;
        ensure!(
            is_plain(&file.id),
            "{}: the id is {:?}, and may have a-z, 0-9 and - only",
            path.display(),
            file.id
        );
        all_said(&path, [&*file.en.title, &*file.zh.title])?;
        let shows = in_order(&folder.join("shows"))?;
        let shows = shows.iter().map(|folder| Example::read(folder));
        let exercises = in_order(&folder.join("exercises"))?;
        let exercises: Vec<_> = exercises
            .iter()
            .map(|folder| Exercise::read(folder))
            .collect::<anyhow::Result<_>>()?;
        for pair in exercises.windows(2) {
            ensure!(
                pair[0].number < pair[1].number,
                "{}: two exercises have the number {}",
                folder.display(),
                pair[1].number
            );
        }
        Ok(Self {
            folder: folder.to_owned(),
            id: file.id,
            titles: Localized::new(file.en, file.zh),
            dependencies: file.dependencies,
            shows: shows.collect::<anyhow::Result<_>>()?,
            exercises,
        })
    }
}

impl Example {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("show.toml");
        let file: ExampleFile = read_toml(&path)?;
        let name = name_of(folder)?;
        ensure!(
            is_plain(&name.replace('.', "-")),
            "{}: the folder of a show is called like 3.1-nothing-runs",
            folder.display()
        );
        let texts = [&file.en, &file.zh];
        all_said(
            &path,
            texts.iter().flat_map(|texts| [&*texts.title, &*texts.python]),
        )?;
        Ok(Self {
            name: name.to_owned(),
            section: file.section,
            requests: file.requests,
            program: present(folder.join("program.rs"))?,
            texts: Localized::new(file.en, file.zh),
        })
    }
}

impl Exercise {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("exercise.toml");
        let file: ExerciseFile = read_toml(&path)?;
        let (number, id) = numbered(folder)?;
        let wrong = |what: &str| format!("{}: {what}", path.display());
        for texts in [&file.en, &file.zh] {
            all_said(&path, texts.all())?;
            ensure!(!texts.hints.is_empty(), wrong("there is no hint"));
        }
        let server = file.server;
        for arrival in
            [server.last, server.never, server.fails].into_iter().flatten()
        {
            ensure!(
                arrival < server.requests.get(),
                wrong("last, never and fails are numbers of requests, from 0")
            );
        }
        ensure!(
            server.last.is_none() || server.never.is_none(),
            wrong("an answer that never comes leaves none to come last")
        );
        let wanted = file.wanted.with_defaults(&server);
        ensure!(
            wanted.at_once <= server.requests,
            wrong("at_once is more than there are requests")
        );
        ensure!(
            server.places.is_none_or(|places| wanted.at_once <= places),
            wrong("at_once is more than the server has places")
        );
        let exercise = Self {
            number,
            id,
            folder: folder.to_owned(),
            section: file.section,
            minutes: file.minutes,
            mistake: file.mistake,
            server: Server {
                requests: server.requests,
                places: server.places,
                when_full: server.when_full.into(),
                last: server.last,
                never: server.never,
                fails: server.fails,
            },
            wanted,
            texts: Localized::new(file.en, file.zh),
        };
        present(exercise.broken())?;
        present(exercise.solution())?;
        Ok(exercise)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    id: String,
    en: Title,
    zh: Title,
    #[serde(default)]
    dependencies: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    section: String,
    #[serde(default = "one")]
    requests: NonZeroUsize,
    en: ExampleTexts,
    zh: ExampleTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseFile {
    section: String,
    minutes: NonZeroUsize,
    mistake: Mistake,
    #[serde(default)]
    server: ServerTable,
    #[serde(default)]
    wanted: ExpectedTable,
    en: ExerciseTexts,
    zh: ExerciseTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerTable {
    #[serde(default = "ten")]
    requests: NonZeroUsize,
    places: Option<NonZeroUsize>,
    #[serde(default)]
    when_full: Full,
    last: Option<usize>,
    never: Option<usize>,
    fails: Option<usize>,
}

impl Default for ServerTable {
    fn default() -> Self {
        Self {
            requests: ten(),
            places: None,
            when_full: Full::default(),
            last: None,
            never: None,
            fails: None,
        }
    }
}

#[derive(Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Full {
    #[default]
    Queue,
    Reject,
}

impl From<Full> for WhenFull {
    fn from(full: Full) -> Self {
        match full {
            Full::Queue => Self::Queue,
            Full::Reject => Self::Reject,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedTable {
    at_once: Option<NonZeroUsize>,
    waits: Option<usize>,
    connections: Option<NonZeroUsize>,
    shown: Option<usize>,
}

impl ExpectedTable {
    fn with_defaults(self, server: &ServerTable) -> Expected {
        let places = server.places.unwrap_or(server.requests);
        let at_once = self.at_once.unwrap_or(server.requests.min(places));
        let without_a_page = usize::from(server.never.is_some())
            + usize::from(server.fails.is_some());
        Expected {
            at_once,
            waits: self
                .waits
                .unwrap_or_else(|| server.requests.get().div_ceil(at_once.get())),
            connections: self.connections,
            shown: self.shown.unwrap_or(server.requests.get() - without_a_page),
        }
    }
}

fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

fn ten() -> NonZeroUsize {
    NonZeroUsize::MIN.saturating_add(9)
}

/// The folders in `folder`, in the order of their names; none if it is not there.
fn in_order(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut folders = entries(folder)?;
    folders.retain(|path| path.is_dir());
    Ok(folders)
}

pub(super) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<_> =
        listed.with_context(|| format!("cannot read {}", folder.display()))?;
    paths.sort();
    Ok(paths)
}

fn name_of(folder: &Path) -> anyhow::Result<&str> {
    folder
        .file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("{} has no name", folder.display()))
}

/// The number and the id of an exercise, from the name of its folder.
fn numbered(folder: &Path) -> anyhow::Result<(usize, String)> {
    let parts = name_of(folder)?.split_once('-').and_then(|(digits, id)| {
        // Two digits, so that the order of the names is that of the numbers.
        let number = digits.parse().ok().filter(|&n| n > 0 && digits.len() == 2)?;
        is_plain(id).then(|| (number, id.to_owned()))
    });
    parts.with_context(|| {
        format!(
            "{}: the folder of an exercise is called like 04-await-in-a-loop, with two digits, \
             and a-z, 0-9 and - behind them",
            folder.display()
        )
    })
}

/// Whether this can be part of the name of a file and of a program.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

/// Errors: one of these texts is empty.
fn all_said<'a>(
    path: &Path,
    texts: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<()> {
    let are_there = texts.into_iter().all(|text| !text.trim().is_empty());
    ensure!(are_there, "{}: a text is empty", path.display());
    Ok(())
}

fn present(file: PathBuf) -> anyhow::Result<PathBuf> {
    ensure!(file.is_file(), "{} is missing", file.display());
    Ok(file)
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text)
        .with_context(|| format!("{} is not as a pack needs it", path.display()))
}
