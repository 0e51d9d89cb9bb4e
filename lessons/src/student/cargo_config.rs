//! What cargo needs to know in the student's folder, where it finds the student's package and
//! not the workspace: the commands of the workspace, on the files of this folder.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use toml::Value;
use units::localized;

use crate::pack::Pack;
use crate::program::cargo_project::{workspace, write_if_changed};
use crate::student::files::create_dir;

/// The commands of the workspace.
const OF_WORKSPACE: &str = include_str!("../../../.cargo/config.toml");

#[derive(Deserialize)]
struct OfWorkspace {
    alias: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Config<'a> {
    alias: BTreeMap<String, Value>,
    env: BTreeMap<&'a str, &'a Path>,
}

/// Writes the configuration for `folder`, which is in `parent` unless that is the workspace's
/// `my-lessons`.
pub(super) fn write(
    folder: &Path,
    pack: &Pack,
    parent: Option<&Path>,
) -> anyhow::Result<()> {
    let workspace = workspace()?;
    let manifest = workspace.join("Cargo.toml");
    let manifest = manifest.to_str().with_context(|| {
        let path = manifest.display();
        localized!("the path {path} is not Unicode", "路径 {path} 不是 Unicode 文本")
    })?;
    // A text replaces the workspace's own command, which is one. In it, cargo takes a space for
    // the end of a path, as it does not in a list; but a list is merged with no text.
    let has_space = manifest.contains(char::is_whitespace);
    let below = folder.strip_prefix(&workspace).ok().filter(|_| has_space);
    let relative =
        below.map(|below| "../".repeat(below.iter().count()) + "Cargo.toml");
    let commands: OfWorkspace = toml::from_str(OF_WORKSPACE)?;
    let alias = commands.alias.into_iter().map(|(name, command)| {
        let mut words: Vec<_> = command.split(' ').collect();
        let manifest = relative.as_deref().unwrap_or(manifest);
        words.splice(1..1, ["--manifest-path", manifest]);
        let is_list = has_space && relative.is_none();
        let command = if is_list { words.into() } else { words.join(" ").into() };
        (name, command)
    });
    let dir = parent.map(|parent| ("LESSON_DIR", parent));
    let env = [("LESSON_PACK", &*pack.folder)].into_iter().chain(dir);
    let config = Config { alias: alias.collect(), env: env.collect() };
    let folder = folder.join(".cargo");
    create_dir(&folder)?;
    let text = toml::to_string(&config)?;
    let text = format!(
        "# Written by cargo lesson, and written again when it is changed.\n{text}"
    );
    write_if_changed(&folder.join("config.toml"), text.as_bytes())
}
