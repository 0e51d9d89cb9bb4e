//! Proves a pack, for those who write one: each broken program has its mistake and no other,
//! and every solution is right.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::check::check;
use crate::diagnosis::mistake::Mistake;
use crate::pack::{Exercise, Pack};
use crate::program::cargo_project::{self, CargoProject};
use crate::verdict::Verdict;
use client_core::Language;

/// Checks all programs of a pack, with a line for each; tells whether all are as they have to
/// be.
///
/// Errors: those of [`check`].
pub(crate) fn write(
    out: &mut impl Write,
    pack: &Pack,
    language: Language,
) -> anyhow::Result<bool> {
    let folder = cargo_project::target()?.join("lesson-packs").join(&pack.id);
    let bench = bench(&folder, pack)?;
    let mut all_good = true;
    for exercise in &pack.exercises {
        for (name, path) in programs(exercise)? {
            let verdict = check(&bench, &name, exercise)?;
            let is_broken = path == exercise.broken();
            let expected: &[Mistake] =
                if is_broken { &[exercise.mistake] } else { &[] };
            let is_good = verdict.mistakes == expected;
            let state = if is_good {
                language.pick("good    ", "符合  ")
            } else {
                language.pick("NOT GOOD", "不符合")
            };
            writeln!(out, "{state}  {name}: {}", names(&verdict, language))?;
            out.flush()?;
            if !is_good {
                verdict.write(out, language)?;
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

/// A bench in `folder` with all programs of a pack.
///
/// Errors: a folder cannot be read, or written to.
pub fn bench(folder: &Path, pack: &Pack) -> anyhow::Result<CargoProject> {
    let mut all = Vec::new();
    for exercise in &pack.exercises {
        all.extend(programs(exercise)?);
    }
    let named = all.iter().map(|(name, path)| (&**name, &**path));
    CargoProject::create(folder, pack, named)
}

/// The programs of an exercise: the broken one, the solution, and the other right ways; each
/// with its name on the bench.
///
/// Errors: the folder cannot be read.
pub fn programs(exercise: &Exercise) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut files = vec![exercise.broken(), exercise.solution()];
    files.extend(exercise.others()?);
    let name = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        format!("{}-{stem}", exercise.name())
    };
    Ok(files.into_iter().map(|path| (name(&path), path)).collect())
}

fn names(verdict: &Verdict, language: Language) -> String {
    if verdict.is_right() {
        return language.pick("right", "正确").to_owned();
    }
    verdict.names().join(", ")
}
