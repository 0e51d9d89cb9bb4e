//! Each exercise of our pack: the broken program has exactly the mistake that it is said to
//! have, every solution is right, and no check takes the mistake of another for its own.

use std::path::Path;
use std::sync::OnceLock;

use diagnosis::{Mistake, Remark};
use lessons::check::check;
use lessons::commands::verify::{self, programs};
use lessons::pack::{Exercise, Pack};
use lessons::program::cargo_project::CargoProject;
use lessons::verdict::Verdict;

use crate::common::{PACK, folder, project, said, side_by_side};

/// The programs of the pack in one Cargo project.
struct BuiltPack {
    pack: Pack,
    project: CargoProject,
}

impl BuiltPack {
    /// The one of our pack, which all tests share: its programs are built once.
    fn of_the_pack() -> &'static Self {
        static SHARED: OnceLock<BuiltPack> = OnceLock::new();
        SHARED.get_or_init(|| {
            let pack = Pack::read(Path::new(PACK)).unwrap();
            let project = verify::project(&folder("exercises"), &pack).unwrap();
            Self { pack, project }
        })
    }

    fn check(&self, program: &str, exercise: &Exercise) -> Verdict {
        check(&self.project, program, exercise).unwrap()
    }
}

/// The name of its broken program in the project.
fn broken(exercise: &Exercise) -> String {
    programs(exercise).swap_remove(0).0
}

#[test]
fn every_broken_program_has_the_mistake_that_it_is_said_to_have() {
    let built = BuiltPack::of_the_pack();
    let verdicts = side_by_side(&built.pack.exercises, |exercise| {
        built.check(&broken(exercise), exercise)
    });
    let wrong: Vec<_> = built
        .pack
        .exercises
        .iter()
        .zip(&verdicts)
        .filter(|(exercise, verdict)| verdict.mistakes != [exercise.mistake])
        .map(|(exercise, verdict)| {
            format!(
                "{} is to be {:?}:\n{}\n",
                exercise.name(),
                exercise.mistake,
                said(verdict)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn every_solution_is_right_whatever_it_is_written_with() {
    let built = BuiltPack::of_the_pack();
    let jobs: Vec<_> = built
        .pack
        .exercises
        .iter()
        .flat_map(|exercise| {
            let right = programs(exercise).into_iter().skip(1);
            right.map(move |(program, _)| (exercise, program))
        })
        .collect();
    let verdicts =
        side_by_side(&jobs, |(exercise, program)| built.check(program, exercise));
    let wrong: Vec<_> = jobs
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| !verdict.is_right() || !verdict.warnings().is_empty())
        .map(|((_, program), verdict)| {
            format!("{program}:\n{}{:?}\n", said(verdict), verdict.warnings())
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
    let with_others = built
        .pack
        .exercises
        .iter()
        .filter(|exercise| exercise.others.len() >= 3)
        .count();
    assert!(with_others >= 5, "{with_others} exercises have three other solutions");
}

#[test]
fn the_response_that_comes_last_has_a_wave_of_its_own_in_the_facts() {
    let built = BuiltPack::of_the_pack();
    let last = |exercise: &&Exercise| exercise.server.last.is_some();
    let exercise = built.pack.exercises.iter().find(last).unwrap();
    let (solution, _) = programs(exercise).swap_remove(1);
    let said = said(&built.check(&solution, exercise));
    let waves = said.lines().find(|line| line.starts_with("  waves")).unwrap();
    let words: Vec<_> = waves.split_whitespace().collect();
    assert_eq!(words, ["waves", "2", "expected", "2"], "{said}");
}

/// As many threads as requests let a program send all of them, and are blocked all the same;
/// with more of them the spinner has one left, and each request still blocks its own.
#[test]
fn a_spinner_that_stands_still_is_seen_however_many_threads_there_are() {
    let pack = Pack::read(Path::new(PACK)).unwrap();
    let exercise = pack.exercise(3).unwrap();
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/spinners");
    let project = project(&folder("spinners"), &pack, Path::new(programs));
    for program in ["as_many_threads", "threads_that_are_joined"] {
        let verdict = check(&project, program, exercise).unwrap();
        let said = said(&verdict);
        assert_eq!(
            verdict.mistakes,
            [Mistake::BlockedWorkers],
            "{program}:\n{said}"
        );
    }
    let slow = check(&project, "slow_spinner", exercise).unwrap();
    assert_eq!((&*slow.mistakes, slow.remark), (&[][..], None), "{}", said(&slow));
    let verdict = check(&project, "more_threads_than_requests", exercise).unwrap();
    let said = said(&verdict);
    assert_eq!(
        (verdict.mistakes, verdict.remark),
        (vec![], Some(Remark::AThreadEach))
    );
    assert!(said.contains("but each blocks a thread"), "{said}");
}

/// What a broken program does that another exercise's check names first, and with reason:
/// it really has that mistake as well, since it was never asked to do better.
const ALSO: [(&str, &[&str]); 5] = [
    // They send all at once, to a server that takes eight.
    (
        "no-bound",
        &[
            "hybrid-too-small",
            "server-is-the-bottleneck",
            "no-timeout",
            "detached-task",
            "held-back-by-the-slowest",
            "one-failure-ends-all",
        ],
    ),
    // They have no timeout either; and the only answer that one of them waits for may be the
    // one that never comes.
    (
        "no-timeout",
        &[
            "hybrid-too-small",
            "no-bound",
            "detached-task",
            "held-back-by-the-slowest",
            "one-failure-ends-all",
        ],
    ),
    // Four at once are few for a hundred.
    ("hybrid-too-small", &["client-per-request"]),
    // It waits for all before it shows the first; or for one, which may be the slowest.
    ("held-back-by-the-slowest", &["one-failure-ends-all", "detached-task"]),
    // The only result that it shows may be the one that failed.
    ("one-failure-ends-all", &["detached-task"]),
];

#[test]
#[ignore = "takes a minute: each of 16 programs under each of 16 checks"]
fn no_check_takes_the_mistake_of_another_exercise_for_its_own() {
    let built = BuiltPack::of_the_pack();
    let exercises = &built.pack.exercises;
    let jobs: Vec<_> = exercises
        .iter()
        .flat_map(|program| exercises.iter().map(move |check| (program, check)))
        .collect();
    let verdicts =
        side_by_side(&jobs, |(program, check)| built.check(&broken(program), check));
    let mut taken = Vec::new();
    for ((program, check), verdict) in jobs.iter().zip(&verdicts) {
        let is_own = program.number == check.number;
        println!(
            "{:28} under {:28} {}{}",
            program.id,
            check.id,
            names(&verdict.mistakes),
            if is_own { "  <--" } else { "" },
        );
        let also = ALSO.iter().any(|(under, programs)| {
            *under == check.id && programs.contains(&&*program.id)
        });
        let is_named = verdict.mistakes.first() == Some(&check.mistake);
        if is_own != is_named && !(also && is_named) {
            let (program, check) = (program.name(), check.name());
            taken.push(format!("{program} under {check}\n{}\n", said(verdict)));
        }
    }
    assert!(taken.is_empty(), "{}", taken.concat());
}

fn names(mistakes: &[Mistake]) -> String {
    let names: Vec<_> = mistakes.iter().map(|mistake| mistake.name()).collect();
    if names.is_empty() { "right".to_owned() } else { names.join(", ") }
}
