//! The student's folder: a file for each exercise, and copies of what was there before.
//!
//! Nothing that a student wrote is ever overwritten without a copy.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use client_core::export::atomic_file::AtomicFile;

use crate::pack::{Example, Exercise, Pack};
use crate::program::cargo_project::{self, CargoProject};

/// The student's folder for one pack.
#[derive(Debug)]
pub struct StudentDir {
    folder: PathBuf,
    bench: CargoProject,
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
    /// Makes the folder for `pack` in `parent`, and whatever is missing in it; by default
    /// in `my-lessons` in the workspace.
    ///
    /// Errors: it cannot be written to.
    pub fn open(pack: &Pack, parent: Option<&Path>) -> anyhow::Result<Self> {
        let parent = match parent {
            // Cargo is told of it from another folder.
            Some(parent) => std::path::absolute(parent)?,
            None => cargo_project::workspace()?.join("my-lessons"),
        };
        let folder = parent.join(&pack.id);
        fs::create_dir_all(&folder).with_context(|| {
            format!("cannot make the folder {}", folder.display())
        })?;
        for exercise in &pack.exercises {
            let file = file(&folder, exercise);
            let given = fs::read(exercise.broken())?;
            create(&file, &given)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        let exercises = pack.exercises.iter().map(|exercise| {
            let name = exercise.name();
            let path = PathBuf::from(format!("{name}.rs"));
            (name, path)
        });
        let shows =
            pack.shows.iter().map(|show| (program(show), show.program.clone()));
        let programs: Vec<_> = exercises.chain(shows).collect();
        let programs = programs.iter().map(|(name, path)| (&**name, &**path));
        let bench = CargoProject::create(&folder, pack, programs)?;
        Ok(Self { folder, bench })
    }

    /// Where all of it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The student's file for an exercise.
    #[must_use]
    pub fn file(&self, exercise: &Exercise) -> PathBuf {
        file(&self.folder, exercise)
    }

    /// Where its programs are built.
    #[must_use]
    pub fn bench(&self) -> &CargoProject {
        &self.bench
    }

    /// Puts the broken program back, and keeps a copy of what was there, if the newest one is
    /// not the same.
    ///
    /// Errors: one of the two cannot be written; then the student's file is as it was.
    pub fn reset(&self, exercise: &Exercise) -> anyhow::Result<Reset> {
        let file = self.file(exercise);
        let given = fs::read(exercise.broken())?;
        let is_missing = create(&file, &given)
            .with_context(|| format!("cannot write {}", file.display()))?;
        if is_missing {
            return Ok(Reset::Missing);
        }
        let written = fs::read(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        if written == given {
            return Ok(Reset::Nothing);
        }
        let copy = self.keep(exercise, &written)?;
        AtomicFile::check(&file)?.write(&given)?;
        Ok(Reset::Kept(copy))
    }

    /// Writes a copy under a number that was not given before, unless the newest copy is the
    /// same.
    fn keep(&self, exercise: &Exercise, text: &[u8]) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join("copies");
        fs::create_dir_all(&folder).with_context(|| {
            format!("cannot make the folder {}", folder.display())
        })?;
        let name = exercise.name();
        let copy_of = |number| folder.join(format!("{name}.{number}.rs"));
        let newest = newest_copy(&folder, &name)?;
        if newest > 0 && fs::read(copy_of(newest)).is_ok_and(|kept| kept == text) {
            return Ok(copy_of(newest));
        }
        for number in newest.saturating_add(1).. {
            let copy = copy_of(number);
            if create(&copy, text)
                .with_context(|| format!("cannot write {}", copy.display()))?
            {
                return Ok(copy);
            }
        }
        anyhow::bail!("there are too many copies in {}", folder.display())
    }
}

/// The number of the newest copy in the folder; 0 if there is none.
fn newest_copy(folder: &Path, name: &str) -> anyhow::Result<u32> {
    let number_in = |file: &str| -> Option<u32> {
        let number = file.strip_prefix(name)?.strip_prefix('.')?;
        number.strip_suffix(".rs")?.parse().ok()
    };
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut newest = 0;
    for entry in entries {
        let number = number_in(&entry?.file_name().to_string_lossy());
        newest = newest.max(number.unwrap_or_default());
    }
    Ok(newest)
}

/// The name of a show's program on the bench.
#[must_use]
pub fn program(show: &Example) -> String {
    // A dot in it would be taken for the start of an extension.
    format!("show-{}", show.name.replace('.', "-"))
}

fn file(folder: &Path, exercise: &Exercise) -> PathBuf {
    folder.join(format!("{}.rs", exercise.name()))
}

/// Writes a file that is not there yet; tells whether it was not.
///
/// Errors: it cannot be written, and then it is still not there: half a file would be taken
/// for what the student wrote.
fn create(path: &Path, text: &[u8]) -> io::Result<bool> {
    match File::create_new(path) {
        Ok(mut file) => {
            let written = file.write_all(text).and_then(|()| file.sync_all());
            if written.is_err() {
                let _ = fs::remove_file(path);
            }
            written.map(|()| true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
