//! What an editor needs to know the student's programs: they are a workspace of their own, so
//! rust-analyzer does not find them from the folders around them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::errors::cannot_read;
use crate::student::files::{create, create_dir};

/// VS Code's settings for the folder that it opens.
const SETTINGS: &str = ".vscode/settings.json";

/// From which folders rust-analyzer finds the student's programs.
#[derive(Debug, PartialEq, Eq)]
pub enum EditorSettings {
    /// From their own folder only: they are not in this workspace.
    OwnFolder,
    /// In VS Code also from this workspace and from `my-lessons`.
    Linked,
    /// There are settings already, which lack this line and are left as they are.
    Lacking {
        /// The file.
        settings: PathBuf,
        /// The line, as JSON.
        line: String,
    },
}

impl EditorSettings {
    /// Writes the settings for this workspace and for the folder `my-lessons` in it, where
    /// there are none.
    ///
    /// # Errors
    ///
    /// They cannot be read or written.
    pub(super) fn write(
        workspace: &Path,
        my_lessons: &str,
        pack: &str,
    ) -> anyhow::Result<Self> {
        let in_workspace = format!("{my_lessons}/{pack}/Cargo.toml");
        let in_my_lessons = format!("{pack}/Cargo.toml");
        let folders = [
            (workspace.to_owned(), vec!["Cargo.toml", &in_workspace]),
            (workspace.join(my_lessons), vec![&in_my_lessons]),
        ];
        for (folder, manifests) in folders {
            let settings = folder.join(SETTINGS);
            let line = format!("\"rust-analyzer.linkedProjects\": {manifests:?}");
            create_dir(&folder.join(".vscode"))?;
            if !create(&settings, format!("{{\n  {line}\n}}\n").as_bytes())? {
                let present = fs::read_to_string(&settings)
                    .with_context(|| cannot_read(&settings))?;
                if !manifests.iter().all(|manifest| present.contains(*manifest)) {
                    return Ok(Self::Lacking { settings, line });
                }
            }
        }
        Ok(Self::Linked)
    }
}
