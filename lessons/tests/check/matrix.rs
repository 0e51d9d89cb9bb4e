//! Programs as learners write them, for each exercise: each has the verdict that its file is
//! named after, `right` or its one mistake.
//!
//! They were written from the texts of the exercises, without a look at the checker.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use lessons::check::{check, check_built};
use lessons::pack::Pack;
use lessons::program::cargo_project::{Build, CargoProject};
use lessons::verdict::Verdict;

use crate::common::{PACK, folder, said, side_by_side};

const MATRIX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/matrix");

/// Verdicts that only the compiler gives.
const BY_COMPILER: [&str; 2] = ["not-a-future", "does-not-compile"];

/// One program of the matrix.
struct Case {
    exercise: usize,
    verdict: String,
    // Its name, which no other one has.
    name: String,
    file: PathBuf,
}

/// All programs, those that compile as executables of their own names.
struct Matrix {
    pack: Pack,
    cases: Vec<Case>,
    project: CargoProject,
    executables: PathBuf,
}

impl Matrix {
    fn built() -> &'static Self {
        static SHARED: OnceLock<Matrix> = OnceLock::new();
        SHARED.get_or_init(Self::build)
    }

    fn build() -> Self {
        let pack = Pack::read(Path::new(PACK)).unwrap();
        let cases = cases();
        let executables = folder("matrix-programs");
        // Not emptied, so that cargo finds again what has not changed.
        let generated = executables.with_file_name("matrix");
        fs::create_dir_all(&generated).unwrap();
        let mut programs: Vec<_> = cases
            .iter()
            .filter(|case| case.fails_to_compile())
            .map(|case| (case.name.clone(), case.file.clone()))
            .collect();
        // Most of the time that a program takes to compile goes to its libraries: those of one
        // exercise are modules of one program.
        let mut by_exercise = BTreeMap::<_, Vec<_>>::new();
        for case in cases.iter().filter(|case| !case.fails_to_compile()) {
            by_exercise.entry(case.exercise).or_default().push(case);
        }
        for (exercise, cases) in &by_exercise {
            let file = generated.join(format!("all-{exercise:02}.rs"));
            write_if_changed(&file, &as_one_program(&generated, cases));
            programs.push((format!("matrix-{exercise:02}"), file));
        }
        let project = CargoProject::create(&generated, &pack, &programs).unwrap();
        for (exercise, cases) in &by_exercise {
            let built =
                project.build(&format!("matrix-{exercise:02}"), || {}).unwrap();
            let program = match built {
                Build::Executable { executable, .. } => Ok(executable),
                Build::Failed(diagnostics) => Err(diagnostics),
            }
            .unwrap();
            for case in cases {
                let link = executables.join(&case.name);
                fs::hard_link(program.path(), link).unwrap();
            }
        }
        Self { pack, cases, project, executables }
    }

    fn check(&self, case: &Case) -> Verdict {
        let exercise = self.pack.exercise(case.exercise).unwrap();
        if case.fails_to_compile() {
            return check(&self.project, &case.name, exercise).unwrap();
        }
        let executable = self.executables.join(&case.name);
        let text = fs::read_to_string(&case.file).unwrap();
        check_built(&executable, &text, Vec::new(), exercise).unwrap()
    }

    /// What is said of each whose verdict is another.
    fn wrong(&self, cases: &[&Case]) -> Vec<String> {
        let verdicts = side_by_side(cases, |case| self.check(case));
        let both = cases.iter().zip(verdicts);
        both.filter(|(case, verdict)| found(verdict) != case.verdict)
            .map(|(case, verdict)| {
                format!(
                    "{} is to be {}:\n{}\n",
                    case.name,
                    case.verdict,
                    said(&verdict)
                )
            })
            .collect()
    }
}

impl Case {
    fn new(exercise: usize, verdict: &str, slug: &str, file: &Path) -> Self {
        Self {
            exercise,
            verdict: verdict.to_owned(),
            name: format!("m{exercise:02}_{slug}"),
            file: file.to_owned(),
        }
    }

    fn fails_to_compile(&self) -> bool {
        BY_COMPILER.contains(&&*self.verdict)
    }
}

/// The first mistake, which is the one that a learner reads.
fn found(verdict: &Verdict) -> String {
    verdict.names().into_iter().next().unwrap_or_else(|| "right".to_owned())
}

/// `04/right/join_set.rs` and `04/wrong/one_by_one__futures_in_a_vec.rs`.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in entries(Path::new(MATRIX)) {
        let exercise = name(&folder).parse().unwrap();
        for file in entries(&folder.join("right")) {
            cases.push(Case::new(exercise, "right", stem(&file), &file));
        }
        for file in entries(&folder.join("wrong")) {
            let (mistake, slug) = stem(&file).split_once("__").unwrap();
            cases.push(Case::new(exercise, &mistake.replace('_', "-"), slug, &file));
        }
    }
    cases
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// A program that is the one of these after which its executable is called.
fn as_one_program(generated: &Path, cases: &[&Case]) -> String {
    let (mut modules, mut choices) = (String::new(), String::new());
    for case in cases {
        let name = &case.name;
        let text = fs::read_to_string(&case.file).unwrap();
        let with_run = format!(
            "{text}\npub fn main_of_this() -> std::process::ExitCode {{\n    \
             std::process::Termination::report(main())\n}}\n"
        );
        write_if_changed(&generated.join(format!("{name}.rs")), &with_run);
        writeln!(modules, "mod {name};").unwrap();
        writeln!(choices, "        {name:?} => {name}::main_of_this(),").unwrap();
    }
    format!(
        "{modules}\nfn main() -> std::process::ExitCode {{\n    \
         let own = std::env::args().next().unwrap();\n    \
         match std::path::Path::new(&own).file_stem().unwrap().to_str().unwrap() {{\n\
         {choices}        other => panic!(\"there is no {{other}}\"),\n    }}\n}}\n"
    )
}

fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return;
    }
    fs::write(path, text).unwrap();
}

#[test]
fn every_program_of_the_matrix_has_its_one_verdict() {
    let matrix = Matrix::built();
    let wrong = matrix.wrong(&matrix.cases.iter().collect::<Vec<_>>());
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.concat());
}

#[test]
#[ignore = "takes half an hour: each program twenty times, on busy processors"]
fn no_verdict_changes_in_twenty_runs_on_a_busy_machine() {
    let matrix = Matrix::built();
    let load = crate::common::Load::on_every_processor();
    let cases: Vec<_> = (0..20).flat_map(|_| &matrix.cases).collect();
    let wrong = matrix.wrong(&cases);
    drop(load);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.concat());
}
