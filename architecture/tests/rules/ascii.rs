//! What the programs print has a form in ASCII, for locales without Unicode.

use std::path::Path;

use crate::workspace::{code, files, read};

#[test]
fn every_character_that_is_printed_has_a_stand_in() {
    let stand_ins = read("units/src/ascii.rs");
    for path in files().into_iter().filter(|path| is_printed(path)) {
        let text = read(&path);
        // Chinese is shown where the locale has it, or where it is asked for.
        for (number, line) in
            code(&text).filter(|(_, line)| !line.contains(is_chinese))
        {
            let known =
                |c: char| c.is_ascii() || stand_ins.contains(&format!("('{c}', "));
            assert!(line.chars().all(known), "{path}:{number}: add it to ascii.rs");
        }
    }
}

/// Whether texts of a program, or of a lesson, are in this file.
fn is_printed(path: &str) -> bool {
    let extension = Path::new(path).extension().unwrap_or_default();
    let is_lesson = path.starts_with("lessons/packs/");
    if is_lesson {
        extension == "toml"
    } else {
        extension == "rs" && path.contains("src/")
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{2e80}'..='\u{ffef}').contains(&c)
}
