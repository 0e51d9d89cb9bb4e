//! Files and folders that are made where they are missing.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use crate::errors::{cannot_create_folder, cannot_write};

pub(super) fn create_dir(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| cannot_create_folder(path))
}

/// Writes a file that is not there yet; returns whether it was not.
pub(super) fn create(path: &Path, text: &[u8]) -> anyhow::Result<bool> {
    let created = match File::create_new(path) {
        Ok(mut file) => {
            let written = file.write_all(text).and_then(|()| file.sync_all());
            if written.is_err() {
                // Half a file would be taken for what the student wrote.
                let _ = fs::remove_file(path);
            }
            written.map(|()| true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    };
    created.with_context(|| cannot_write(path))
}
