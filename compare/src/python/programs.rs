//! `--python`: the tutorial's programs as rows of the table, in the order of its sections.

use std::path::Path;

use anyhow::{Context as _, bail};
use units::{Localized, localized, warn};

use super::interpreter::Interpreter;
use crate::foreign::ForeignProgram;
use crate::tutorial::Demonstration;

/// One of the tutorial's programs.
struct TutorialProgram {
    /// Its name in the table.
    name: &'static str,
    /// Its file in `python/`.
    file: &'static str,
    /// The packages that it needs.
    packages: &'static [&'static str],
    demonstration: Demonstration,
}

/// The table of them: first the three traps of 3.4, then what 3.5 to 3.7 do. Last, for numbers
/// of requests, the seconds that the tutorial printed.
static PROGRAMS: [TutorialProgram; 7] = [
    program("py blocking", "blocking.py", &[], &[(5, 15.05)]),
    program("py await", "await_response.py", &[], &[(5, 15.05)])
        .failing_with("TypeError: "),
    program("py wrapper", "wrapper.py", &[], &[(5, 15.13)]),
    program(
        "py aiohttp",
        "with_aiohttp.py",
        &["aiohttp"],
        &[(5, 3.02), (100, 3.11)],
    ),
    program("py loop", "loop.py", &[], &[(100, 305.17)]),
    program("py pool", "pool.py", &[], &[(100, 48.17)]),
    program(
        "py aiomulti",
        "with_aiomultiprocess.py",
        &["aiohttp", "aiomultiprocess"],
        &[(100, 3.12)],
    ),
];

const fn program(
    name: &'static str,
    file: &'static str,
    packages: &'static [&'static str],
    printed: &'static [(usize, f64)],
) -> TutorialProgram {
    let demonstration = Demonstration { printed, fails_with: None };
    TutorialProgram { name, file, packages, demonstration }
}

impl TutorialProgram {
    const fn failing_with(mut self, error: &'static str) -> Self {
        self.demonstration.fails_with = Some(error);
        self
    }
}

/// The names of their rows.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|program| program.name)
}

/// Those of `names` that can run here. Which cannot, for want of a package, is a warning, and a
/// sentence to repeat below the table, minutes later.
///
/// # Errors
///
/// There is no Python, or it lacks what each of them needs.
pub(crate) fn programs(
    root: &Path,
    names: &[String],
) -> anyhow::Result<(Vec<ForeignProgram>, Option<Localized>)> {
    let wanted =
        || PROGRAMS.iter().filter(|program| names.iter().any(|n| n == program.name));
    let mut packages: Vec<_> =
        wanted().flat_map(|program| program.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    let python = Interpreter::find(root, &packages).context("--python")?;
    let can_run = |program: &&TutorialProgram| {
        !program
            .packages
            .iter()
            .any(|package| python.missing.iter().any(|m| m == package))
    };
    let (here, left_out): (Vec<_>, Vec<_>) = wanted().partition(can_run);
    let mut remark = None;
    if let Some(Localized { en, zh }) = python.shortage() {
        let left_out: Vec<_> = left_out.iter().map(|program| program.name).collect();
        let (names, names_zh) = (left_out.join(" and "), left_out.join("、"));
        let said = localized!("left out {names}: {en}", "略去 {names_zh}：{zh}",);
        if here.is_empty() {
            let Localized { en, zh } = said;
            bail!(localized!("--python: {en}", "--python：{zh}"));
        }
        warn(format_args!("compare: {said}"));
        let (missing, missing_zh) =
            (python.missing.join(" and "), python.missing.join("、"));
        remark = Some(localized!(
            "Left out {names}, for want of {missing}: cargo compare --python-setup \
             installs what is missing.",
            "略去 {names_zh}，因为没有安装 {missing_zh}：可用 cargo compare --python-setup \
             安装。",
        ));
    }
    let folder = root.join("python");
    let rows = here.into_iter().map(|program| {
        let file = folder.join(program.file).display().to_string();
        let arguments = [file, "{url}".to_owned(), "{requests}".to_owned()];
        let words = python.words().iter().cloned().chain(arguments).collect();
        let row = ForeignProgram::new(program.name, words);
        row.map(|row| row.demonstrating(program.demonstration))
            .map_err(anyhow::Error::new)
    });
    Ok((rows.collect::<anyhow::Result<_>>()?, remark))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::checkout;

    #[test]
    fn each_program_of_the_folder_has_a_row() {
        let files = fs::read_dir(checkout::root().join("python")).unwrap();
        let files =
            files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let is_row = |file: &String| {
            file.strip_suffix(".py").is_some_and(|name| name != "server")
        };
        let rows: BTreeSet<_> =
            PROGRAMS.iter().map(|program| program.file.to_owned()).collect();
        assert_eq!(rows, files.filter(is_row).collect());
    }
}
