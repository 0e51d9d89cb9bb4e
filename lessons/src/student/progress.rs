//! A student's progress: one small file, which survives whatever happens.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use client_core::export::atomic_file::AtomicFile;
use serde::{Deserialize, Serialize};
use units::{Localized, localized, warn};

use crate::errors::cannot_write;

/// The version of the form of the file.
const SCHEMA: u32 = 1;

/// The largest file that is read, in bytes. One of ours has a few thousand.
const MAX_SIZE: u64 = 1 << 20;

/// What is remembered of a student's work on one pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    schema: u32,
    /// The pack's id.
    pub pack: String,
    /// By the ids of the exercises; none for an exercise that was never checked.
    #[serde(default)]
    pub exercises: BTreeMap<String, Record>,
}

/// What is remembered of one exercise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// How often it was checked.
    pub checks: usize,
    /// Whether a check has found it right. That stays, whatever is tried later.
    pub solved: bool,
    /// Whether the last check found it right; unknown in a file of an older version.
    pub right_at_last_check: Option<bool>,
    /// How often each mistake was found, by its name.
    pub mistakes: BTreeMap<String, usize>,
    /// Hints that were asked for.
    pub hints: usize,
    /// Whether the solution was looked at before it was solved.
    pub solution_seen: bool,
    /// The first check, in seconds since 1970.
    pub first_check: Option<u64>,
    /// The check that found it right first, in seconds since 1970.
    pub solved_at: Option<u64>,
}

/// Why a file has no progress.
#[derive(Debug, thiserror::Error)]
pub enum NoProgress {
    /// The system does not let us read it.
    #[error("{0}")]
    CannotRead(Localized),
    /// It is something else, or half of it.
    #[error("{0}")]
    Damaged(Localized),
}

impl NoProgress {
    /// The reason, for the reader of a list.
    #[must_use]
    pub fn reason(self) -> Localized {
        match self {
            Self::CannotRead(reason) | Self::Damaged(reason) => reason,
        }
    }
}

/// The file of a student's progress.
#[derive(Debug, Clone)]
pub struct ProgressFile {
    /// Where it is.
    pub path: PathBuf,
    pack: String,
}

impl Progress {
    /// Reads the progress in a file.
    ///
    /// # Errors
    ///
    /// It is not there, or is not progress.
    pub fn read(path: &Path) -> Result<Self, NoProgress> {
        let file = path.display();
        let cannot_read = |error: io::Error| {
            NoProgress::CannotRead(localized!(
                "cannot read {file}: {error}",
                "无法读取 {file}：{error}",
            ))
        };
        let metadata = fs::metadata(path).map_err(cannot_read)?;
        // A pipe would block, and a device might never end.
        if !metadata.is_file() {
            return Err(NoProgress::Damaged(localized!(
                "{file} is not a file",
                "{file} 不是文件",
            )));
        }
        if metadata.len() > MAX_SIZE {
            return Err(NoProgress::Damaged(localized!(
                "{file} is too large for a progress file",
                "{file} 太大，不是进度文件",
            )));
        }
        let text = fs::read(path).map_err(cannot_read)?;
        serde_json::from_slice::<Self>(&text)
            .ok()
            .filter(|progress| progress.schema == SCHEMA)
            .ok_or_else(|| {
                NoProgress::Damaged(localized!(
                    "{file} is not a progress file of these lessons",
                    "{file} 不是这些课程的进度文件",
                ))
            })
    }

    /// What is remembered of this exercise.
    #[must_use]
    pub fn record(&self, id: &str) -> Record {
        self.exercises.get(id).cloned().unwrap_or_default()
    }
}

impl Record {
    /// Notes a check that found these mistakes, which is none if all was right.
    pub fn note_check(&mut self, mistakes: &[String]) {
        self.checks += 1;
        self.first_check.get_or_insert_with(now);
        for mistake in mistakes {
            *self.mistakes.entry(mistake.clone()).or_default() += 1;
        }
        let is_right = mistakes.is_empty();
        self.right_at_last_check = Some(is_right);
        if is_right {
            self.solved = true;
            self.solved_at.get_or_insert_with(now);
        }
    }

    /// Whether it was solved, and the last check found it wrong.
    #[must_use]
    pub fn is_broken_again(&self) -> bool {
        self.solved && self.right_at_last_check == Some(false)
    }
}

impl ProgressFile {
    /// The progress file of `pack` in the student's folder.
    #[must_use]
    pub fn new(folder: &Path, pack: &str) -> Self {
        Self { path: folder.join("progress.json"), pack: pack.to_owned() }
    }

    /// What is in it; nothing if it is not there yet.
    ///
    /// # Errors
    ///
    /// It is there, and is damaged or cannot be read.
    pub fn read(&self) -> Result<Progress, NoProgress> {
        if self.path.exists() {
            return Progress::read(&self.path);
        }
        Ok(Progress {
            schema: SCHEMA,
            pack: self.pack.clone(),
            ..Progress::default()
        })
    }

    /// Updates the record of one exercise, and returns the progress then.
    ///
    /// A damaged file is put aside, never overwritten. Two programs that do this at once wait
    /// for each other.
    ///
    /// # Errors
    ///
    /// It cannot be read or written.
    pub fn update(
        &self,
        id: &str,
        update: impl FnOnce(&mut Record),
    ) -> anyhow::Result<Progress> {
        let _lock = self.lock()?;
        let mut progress = self.read_or_put_aside()?;
        update(progress.exercises.entry(id.to_owned()).or_default());
        let text = serde_json::to_vec_pretty(&progress)?;
        AtomicFile::check(&self.path)?.write(&text)?;
        Ok(progress)
    }

    /// Renames a damaged file, and warns, before its content is used.
    ///
    /// # Errors
    ///
    /// It cannot be read, which is another thing than damaged; or not be renamed.
    pub fn put_aside_if_damaged(&self) -> anyhow::Result<()> {
        // Without the lock, which a folder that can only be read would not give.
        if self.read().is_err() {
            let _lock = self.lock()?;
            self.read_or_put_aside()?;
        }
        Ok(())
    }

    /// Locks other processes out until it is dropped, or this process ends.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.path.with_extension("lock");
        let lock = File::create(&path).with_context(|| cannot_write(&path))?;
        // A shared or network drive may know no locks. Then two programs at once may lose a
        // note, which is better than to note nothing.
        let _ = lock.lock();
        Ok(lock)
    }

    fn read_or_put_aside(&self) -> anyhow::Result<Progress> {
        match self.read() {
            // A file that the system does not let us read may be whole.
            Err(NoProgress::Damaged(_)) => {
                self.put_aside()?;
                Ok(self.read()?)
            }
            read => Ok(read?),
        }
    }

    /// Renames a damaged file, and warns.
    fn put_aside(&self) -> anyhow::Result<()> {
        let name =
            |number: u32| self.path.with_extension(format!("damaged.{number}.json"));
        let aside = (1..=u32::MAX).map(name).find(|aside| !aside.exists());
        let file = self.path.display();
        let aside = aside.context(localized!(
            "there are too many damaged files",
            "损坏的文件太多",
        ))?;
        fs::rename(&self.path, &aside).with_context(|| {
            localized!("cannot rename {file}", "无法重命名 {file}")
        })?;
        let aside = aside.display();
        warn(localized!(
            "lesson: {file} is damaged; it was renamed to {aside}, and a new one is used",
            "lesson: {file} 已损坏，现改名为 {aside}，并新建一个进度文件",
        ));
        Ok(())
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
