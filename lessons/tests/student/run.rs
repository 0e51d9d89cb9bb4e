//! The student's program, run without a verdict.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::common::{Fixture, TALKING};

#[test]
fn what_the_program_prints_and_its_exit_code_are_passed_on() {
    let fixture = Fixture::new("run");
    fixture.lesson(&[]);
    let program = r#"fn main() {
        println!("one");
        eprintln!("two");
        std::process::exit(7);
    }"#;
    fs::write(fixture.file("01-first.rs"), program).unwrap();
    let said = fixture.lesson(&["run", "1"]);
    assert_eq!((said.code, &*said.out), (Some(7), "one\n"), "{said:?}");
    assert!(said.err.contains("two"), "{said:?}");
    assert!(!fixture.file("progress.json").exists(), "a run is no check");
}

#[test]
fn a_line_is_passed_on_while_the_program_runs() {
    let fixture = Fixture::new("run-live");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), TALKING).unwrap();
    let mut child =
        fixture.command(&["run"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "still here");
    // It ends when its pipe is closed, as with `head`.
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// It would be read for as long as the child sleeps.
#[cfg(unix)]
#[test]
fn a_child_that_keeps_the_output_ends_with_the_program() {
    let fixture = Fixture::new("run-child");
    fixture.lesson(&[]);
    let program = r#"fn main() {
        let mut child = std::process::Command::new("sleep");
        child.arg("3333").spawn().unwrap();
        println!("done");
    }"#;
    fs::write(fixture.file("01-first.rs"), program).unwrap();
    let said = fixture.lesson(&["run", "1"]);
    assert_eq!((said.code, &*said.out), (Some(0), "done\n"), "{said:?}");
}

#[test]
fn the_server_of_a_run_is_that_of_the_exercise() {
    let fixture = Fixture::new("run-server");
    fixture.lesson(&[]);
    let said = fixture.lesson(&["run", "1"]);
    assert_eq!((said.code, said.out.matches("Hello!").count()), (Some(0), 3));

    let path = fixture.folder.join("pack/exercises/01-first/exercise.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("requests = 3", "requests = 3\nfails = 1"))
        .unwrap();
    let said = fixture.lesson(&["run", "1"]);
    assert_eq!((said.code, said.out.matches("Hello!").count()), (Some(1), 1));
    assert!(said.err.contains("503"), "{said:?}");
}

#[test]
fn a_program_that_does_not_compile_is_not_run() {
    let fixture = Fixture::new("run-not-compiled");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), "fn main() { nothing }").unwrap();
    let said = fixture.lesson(&["run", "1"]);
    assert_eq!((said.code, &*said.out), (Some(1), ""), "{said:?}");
    assert!(said.err.contains("cannot find value `nothing`"), "{said:?}");
}
