//! The student's folder: a file for each exercise, and copies of what was there before.
//!
//! Nothing that a student wrote is ever overwritten without a copy.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use client_core::export::atomic_file::AtomicFile;
use units::localized;

use crate::errors::cannot_read;
use crate::pack::{Exercise, Pack};
use crate::program::cargo_project::{self, CargoProject};
use crate::student::cargo_config;
use crate::student::editor::EditorSettings;
use crate::student::files::{create, create_dir};

/// The folder with the folders of all packs, in the workspace.
const MY_LESSONS: &str = "my-lessons";

/// The student's folder for one pack.
#[derive(Debug)]
pub struct StudentDir {
    /// Where it is.
    pub path: PathBuf,
    /// Where its programs are built.
    pub project: CargoProject,
    /// From where an editor finds them.
    pub editor: EditorSettings,
}

/// What a reset did.
#[derive(Debug, PartialEq, Eq)]
pub enum Reset {
    /// The broken program was there, unchanged.
    Nothing,
    /// There was no file; now the broken program is there again.
    Missing,
    /// It is there again, and what the student wrote is in this file.
    Kept(PathBuf),
}

impl StudentDir {
    /// Creates the folder for `pack` in `parent`, and whatever is missing in it; by default
    /// in `my-lessons` in the workspace.
    ///
    /// # Errors
    ///
    /// It cannot be written to.
    pub fn open(pack: &Pack, parent: Option<&Path>) -> anyhow::Result<Self> {
        // Cargo gets this path in another folder.
        let elsewhere = parent.map(std::path::absolute).transpose()?;
        let (parent, editor) = match &elsewhere {
            Some(parent) => (parent.clone(), EditorSettings::OwnFolder),
            None => {
                let workspace = cargo_project::workspace()?;
                // Where they cannot be written, no more than an editor's comfort is lost.
                let editor = EditorSettings::write(&workspace, MY_LESSONS, &pack.id)
                    .unwrap_or(EditorSettings::OwnFolder);
                (workspace.join(MY_LESSONS), editor)
            }
        };
        let path = parent.join(&pack.id);
        create_dir(&path).context(localized!(
            "choose a folder for your files with --dir",
            "请用 --dir 为你的文件指定一个文件夹",
        ))?;
        let mut programs = Vec::new();
        for exercise in &pack.exercises {
            let file = format!("{}.rs", exercise.name());
            create(&path.join(&file), &fs::read(exercise.broken())?)?;
            programs.push((exercise.name(), file.into()));
        }
        for example in &pack.examples {
            programs.push((example.program_name(), example.program.clone()));
        }
        let project = CargoProject::create(&path, pack, &programs)?;
        cargo_config::write(&path, pack, elsewhere.as_deref())?;
        Ok(Self { path, project, editor })
    }

    /// The student's file for an exercise.
    #[must_use]
    pub fn file(&self, exercise: &Exercise) -> PathBuf {
        self.path.join(format!("{}.rs", exercise.name()))
    }

    /// Puts the broken program back, and keeps a copy of what was there, if the newest one is
    /// not the same.
    ///
    /// # Errors
    ///
    /// One of the two cannot be written; then the student's file is as it was.
    pub fn reset(&self, exercise: &Exercise) -> anyhow::Result<Reset> {
        let file = self.file(exercise);
        let broken = fs::read(exercise.broken())?;
        if create(&file, &broken)? {
            return Ok(Reset::Missing);
        }
        let written = fs::read(&file).with_context(|| cannot_read(&file))?;
        if written == broken {
            return Ok(Reset::Nothing);
        }
        let copy = self.keep(exercise, &written)?;
        AtomicFile::check(&file)?.write(&broken)?;
        Ok(Reset::Kept(copy))
    }

    /// Writes a copy under a number that was not given before, unless the newest copy is the
    /// same.
    fn keep(&self, exercise: &Exercise, text: &[u8]) -> anyhow::Result<PathBuf> {
        let folder = self.path.join("copies");
        create_dir(&folder)?;
        let name = exercise.name();
        let copy = |number: u32| folder.join(format!("{name}.{number}.rs"));
        let newest = newest_copy(&folder, &name)?;
        if newest > 0 && fs::read(copy(newest)).is_ok_and(|kept| kept == text) {
            return Ok(copy(newest));
        }
        for copy in (newest.saturating_add(1)..=u32::MAX).map(copy) {
            if create(&copy, text)? {
                return Ok(copy);
            }
        }
        let folder = folder.display();
        anyhow::bail!(localized!(
            "there are too many copies in {folder}",
            "{folder} 里的副本太多",
        ))
    }
}

/// The number of the newest copy in the folder; 0 if there is none.
fn newest_copy(folder: &Path, name: &str) -> anyhow::Result<u32> {
    let number_in = |file: &str| -> Option<u32> {
        let number = file.strip_prefix(name)?.strip_prefix('.')?;
        number.strip_suffix(".rs")?.parse().ok()
    };
    let entries = fs::read_dir(folder).with_context(|| cannot_read(folder))?;
    let mut newest = 0;
    for entry in entries {
        let number = number_in(&entry?.file_name().to_string_lossy());
        newest = newest.max(number.unwrap_or_default());
    }
    Ok(newest)
}
