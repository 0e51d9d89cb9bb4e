//! A file that is written at the end of a run, and known to be writable before it.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A file that was opened and not yet written to.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    file: File,
}

impl OutputFile {
    /// Opens it, and leaves what may be in it as it is: the run can still be stopped.
    ///
    /// Errors: it cannot be opened for writing, which is better known now than after
    /// minutes of waiting.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file =
            File::options().create(true).write(true).truncate(false).open(path);
        let file =
            file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Replaces what is in it by what `write` writes.
    ///
    /// Errors: the disk is full, or `write` fails.
    pub fn write(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let Self { path, file } = self;
        replace(file, write)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn replace(
    mut file: File,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // What is no file, such as a pipe or a terminal, has no old text to remove.
    if file.metadata()?.is_file() {
        file.set_len(0)?;
        file.rewind()?;
    }
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()
}
