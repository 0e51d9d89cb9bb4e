//! Programs that do what no student's program should: each has a clear verdict, and leaves
//! nothing running.

use std::path::Path;

use diagnosis::Mistake::{
    self, AnotherAddress, DoesNotEnd, Failed, LeftRunning, Panicked, TooManyAtOnce,
    TooManyRequests,
};
use lessons::check::check;
use units::Language;

use crate::common::{folder, pack, project};

const ROGUES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/rogues");

#[test]
fn whatever_a_program_does_its_verdict_is_clear_and_it_is_gone() {
    let folder = folder("rogues");
    let pack = pack(&folder, "[server]\nrequests = 3\n[wanted]\nat_once = 1\n");
    let project = project(&folder, &pack, Path::new(ROGUES));
    let cases: [(&str, &[Mistake]); 11] = [
        ("right", &[]),
        ("shouts", &[]),
        ("hangs", &[DoesNotEnd]),
        ("spins", &[DoesNotEnd]),
        ("ignores_the_end", &[DoesNotEnd]),
        ("panics", &[Panicked]),
        ("dies", &[Failed]),
        ("forks", &[LeftRunning]),
        ("asks_elsewhere", &[AnotherAddress]),
        ("serves_itself", &[AnotherAddress]),
        ("floods", &[TooManyRequests, TooManyAtOnce]),
    ];
    for (program, expected) in cases {
        if program == "forks" && !cfg!(unix) {
            // It starts programs that only Unix has.
            continue;
        }
        let verdict = check(&project, program, &pack.exercises[0]).unwrap();
        let mut said = Vec::new();
        verdict.write(&mut said, Language::En).unwrap();
        let said = anstream::adapter::strip_bytes(&said).into_vec();
        let said = String::from_utf8(said).unwrap();
        println!("== {program}\n{said}");
        assert_eq!(verdict.mistakes, expected, "{program}:\n{said}");
        assert!(
            said.lines().count() < 40,
            "{program} has too long a verdict:\n{said}"
        );
    }
    #[cfg(target_os = "linux")]
    assert_eq!(running("4321"), Vec::<String>::new(), "a sleep was left");
}

/// The command lines with this word in them.
#[cfg(target_os = "linux")]
fn running(word: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let command = |entry: std::io::Result<std::fs::DirEntry>| {
        let line = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    };
    processes
        .filter_map(command)
        .filter(|line| line.ends_with(&format!("{word} ")))
        .collect()
}
