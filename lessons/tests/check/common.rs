//! Packs and benches for the tests.

use std::fs;
use std::path::{Path, PathBuf};

use lessons::pack::Pack;
use lessons::program::cargo_project::CargoProject;

/// A folder of the test's own, empty at the start.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Texts for an exercise that nobody reads.
pub(crate) const TEXTS: &str = r#"
[en]
title = "t"
task = "t"
watch = "w"
hints = ["h"]
learned = "l"

[zh]
title = "t"
task = "t"
watch = "w"
hints = ["h"]
learned = "l"
"#;

/// A pack with one exercise, whose programs do not matter, and this server and wishes.
pub(crate) fn pack(folder: &Path, tables: &str) -> Pack {
    let exercise = folder.join("pack/exercises/01-some");
    fs::create_dir_all(&exercise).unwrap();
    let titles = "id = \"test\"\n[en]\ntitle = \"t\"\n[zh]\ntitle = \"t\"\n";
    fs::write(folder.join("pack/pack.toml"), titles).unwrap();
    let head = "section = \"3.4\"\nminutes = 5\nmistake = \"one-by-one\"\n";
    let text = format!("{head}{tables}{TEXTS}");
    fs::write(exercise.join("exercise.toml"), text).unwrap();
    for program in ["broken.rs", "solution.rs"] {
        fs::write(exercise.join(program), "fn main() {}\n").unwrap();
    }
    Pack::read(&folder.join("pack")).unwrap()
}

/// A project with all programs of a folder, by their names.
pub(crate) fn project(folder: &Path, pack: &Pack, programs: &Path) -> CargoProject {
    let mut files: Vec<_> = fs::read_dir(programs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    let programs: Vec<_> = files
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    CargoProject::create(&folder.join("bench"), pack, &programs).unwrap()
}
