//! The files and packages that the rules look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder of the whole workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A text, or nothing where it is not there.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// What git tracks or would track, relative to the root and with `/`, but for the programs
/// that a lesson has broken on purpose.
pub(crate) fn files() -> Vec<String> {
    let listed = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let output =
        Command::new("git").args(listed).current_dir(root()).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let here = names.lines().filter(|name| root().join(name).is_file());
    here.map(str::to_owned).collect()
}

/// Those written in Rust, each with its text.
pub(crate) fn rust_files() -> Vec<(String, String)> {
    let names = files().into_iter().filter(|name| is_rust(name));
    names.map(|name| (read(&name), name)).map(|(text, name)| (name, text)).collect()
}

fn is_rust(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

/// The code of a file: no comments, and nothing below its unit tests.
pub(crate) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines());
    lines
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// A member of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root.
    pub(crate) folder: String,
    /// Other members, and whether only its tests need them.
    pub(crate) dependencies: Vec<(String, bool)>,
}

/// The members of the workspace.
pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(package).collect()
}

fn package(metadata: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let manifest = PathBuf::from(text(&metadata["manifest_path"]));
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let dependencies = metadata["dependencies"].as_array().unwrap();
    let members = dependencies.iter().filter(|used| used["path"].is_string());
    Package {
        name: text(&metadata["name"]),
        folder: folder.to_str().unwrap().replace('\\', "/"),
        dependencies: members
            .map(|used| (text(&used["name"]), used["kind"] == "dev"))
            .collect(),
    }
}
