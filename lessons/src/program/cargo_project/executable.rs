//! The file that a program is compiled into: nobody else's, for as long as a check lasts.

use std::env::consts::EXE_SUFFIX;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::errors::cannot_write;

/// The files that are tried where those of earlier builds cannot be removed.
const MOST_LEFT: usize = 100;

/// A compiled program. Until this is dropped, no other build writes to its file.
#[derive(Debug)]
pub struct Executable {
    path: PathBuf,
    // The system unlocks it, however this process ends.
    _lock: File,
}

impl Executable {
    /// The first file for this program in `folder` that no other build has. It is not there
    /// yet.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to.
    pub(super) fn reserve(folder: &Path, program: &str) -> anyhow::Result<Self> {
        let mut number = 0_usize;
        loop {
            let name = format!("{program}-{number}");
            let lock = lock(folder, &format!("{name}.lock"))
                .with_context(|| cannot_write(folder))?;
            if let Some(lock) = lock {
                let path = folder.join(format!("{name}{EXE_SUFFIX}"));
                match remove(&path) {
                    Ok(()) => return Ok(Self { path, _lock: lock }),
                    // On Windows: the program still runs, and its checker was killed.
                    Err(_) if number < MOST_LEFT => {}
                    Err(error) => {
                        return Err(error).with_context(|| cannot_write(&path));
                    }
                }
            }
            number += 1;
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Locks a file, unless another build has locked it.
fn lock(folder: &Path, name: &str) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let file = File::options().create(true).append(true).open(folder.join(name))?;
    // Cargo goes on, too, where a file system has no locks.
    let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    Ok((!is_taken).then_some(file))
}

/// Removes what an earlier build has left.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_nobody_else_s_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = || Executable::reserve(folder.path(), "3.1-first").unwrap();
        let [first, second] = [reserve(), reserve()];
        assert_ne!(first.path(), second.path());

        let path = first.path().to_owned();
        fs::write(&path, "compiled").unwrap();
        drop(first);
        assert_eq!(reserve().path(), path);
        assert!(!path.exists(), "it could be taken for what is compiled now");
    }

    #[test]
    fn a_file_that_cannot_be_removed_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = || Executable::reserve(folder.path(), "3.1-first");
        let left = reserve().unwrap().path;
        fs::create_dir(&left).unwrap();
        assert_ne!(reserve().unwrap().path, left);
    }
}
