//! Each file says what it is, and no folder holds more than one sees at a glance.

use std::collections::BTreeMap;

use crate::workspace::{code, files, rust_files};

/// The most files in one folder.
const MAX_FILES: usize = 12;

#[test]
fn a_folder_holds_at_most_twelve_files() {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for file in files() {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        // The root has what cargo, git and their readers look for there, and the
        // README lists the pages of `docs/`.
        if !folder.is_empty() && folder != "docs" {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    folders.retain(|_, count| *count > MAX_FILES);
    assert!(folders.is_empty(), "more than {MAX_FILES} files: {folders:?}");
}

#[test]
fn a_file_begins_with_what_it_is() {
    let silent =
        rust_files().into_iter().filter(|(_, text)| !text.starts_with("//!"));
    let silent: Vec<_> = silent.map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "begin with //! and one to three lines: {silent:?}");
}

/// An `expect` says why, and is reported once needless; an `allow` stays.
#[test]
fn an_exception_from_a_lint_is_expected_with_a_reason() {
    for (path, text) in rust_files() {
        for (number, line) in code(&text) {
            let allows = line.contains("#[allow(") || line.contains("#![allow(");
            assert!(!allows || path.starts_with("architecture/"), "{path}:{number}");
        }
    }
}
