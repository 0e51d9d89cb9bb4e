//! What the documentation names is there.

use std::path::Path;

use crate::workspace::{files, read};

/// Endings of the files of ours that a text may name.
const ENDINGS: [&str; 6] = [".rs", ".mjs", ".js", ".css", ".html", ".py"];

/// The changelog speaks of what is gone, too.
fn is_prose(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "md")
        && file != "CHANGELOG.md"
}

#[test]
fn every_file_that_a_text_names_is_there() {
    let files = files();
    let mut missing = Vec::new();
    for text in files.iter().filter(|file| is_prose(file)) {
        let content = read(text);
        // Every second part stands between backticks.
        for name in content.split('`').skip(1).step_by(2) {
            let is_file = ENDINGS.iter().any(|ending| name.ends_with(ending));
            let is_name =
                name.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
            let is_there = || {
                let below = format!("/{name}");
                files.iter().any(|file| file == name || file.ends_with(&below))
            };
            if is_file && is_name && !is_there() {
                missing.push(format!("{text}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
