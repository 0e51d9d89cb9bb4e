//! `cargo lesson prove`, for those who write a pack: each broken program has its mistake and
//! no other, and every solution is right.

use std::io::Write;
use std::path::{Path, PathBuf};

use diagnosis::Mistake;
use units::Language;

use crate::check::check;
use crate::pack::{Exercise, Pack};
use crate::program::cargo_project::{self, CargoProject};

/// Checks all programs of a pack and writes a line for each; returns whether all are as they
/// have to be.
pub(super) fn write(
    out: &mut impl Write,
    pack: &Pack,
    language: Language,
) -> anyhow::Result<bool> {
    let project = project(&cargo_project::own_folder(&pack.folder)?, pack)?;
    let mut all_good = true;
    for exercise in &pack.exercises {
        for (name, path) in programs(exercise) {
            let verdict = check(&project, &name, exercise)?;
            let is_broken = path == exercise.broken();
            let expected: &[Mistake] =
                if is_broken { &[exercise.mistake] } else { &[] };
            let is_good = verdict.mistakes == expected;
            let state = if is_good {
                language.pick("ok    ", "符合  ")
            } else {
                language.pick("NOT OK", "不符合")
            };
            let found = if verdict.is_right() {
                language.pick("right", "正确").to_owned()
            } else {
                verdict.names().join(", ")
            };
            writeln!(out, "{state}  {name}: {found}")?;
            out.flush()?;
            if !is_good {
                verdict.write(out, language)?;
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

/// A Cargo project in `folder` with all programs of the exercises.
///
/// # Errors
///
/// The folder cannot be written to.
pub fn project(folder: &Path, pack: &Pack) -> anyhow::Result<CargoProject> {
    let programs: Vec<_> = pack.exercises.iter().flat_map(programs).collect();
    CargoProject::create(folder, pack, &programs)
}

/// The programs of an exercise: the broken one, the solution, and the other right ways; each
/// with its name in the Cargo project.
#[must_use]
pub fn programs(exercise: &Exercise) -> Vec<(String, PathBuf)> {
    let name = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        format!("{}-{stem}", exercise.name())
    };
    let files = [exercise.broken(), exercise.solution()];
    let files = files.into_iter().chain(exercise.others.iter().cloned());
    files.map(|path| (name(&path), path)).collect()
}
