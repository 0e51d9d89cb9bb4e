//! The progress file survives what happens to it.

use std::fs;
use std::thread;

use lessons::student::Student;
use lessons::student::progress::{Progress, ProgressFile, Record};
use units::Language;

use crate::common::Fixture;

fn progress_file(fixture: &Fixture) -> ProgressFile {
    let folder = fixture.folder.join("my");
    fs::create_dir_all(&folder).unwrap();
    ProgressFile::new(&folder, "small")
}

#[test]
fn what_was_solved_stays_solved() {
    let fixture = Fixture::new("solved");
    let progress_file = progress_file(&fixture);
    let wrong = ["one-by-one".to_owned()];
    for mistakes in [&wrong[..], &[], &wrong] {
        progress_file.update("first", |record| record.note_check(mistakes)).unwrap();
    }
    let record = progress_file.read().unwrap().record("first");
    assert!(record.solved && record.is_broken_again());
    assert_eq!((record.checks, record.mistakes["one-by-one"]), (3, 2));
    assert!(record.first_check <= record.solved_at);
    progress_file.update("first", |record| record.note_check(&[])).unwrap();
    assert!(!progress_file.read().unwrap().record("first").is_broken_again());
}

#[test]
fn it_is_remembered_when_it_was_solved_first() {
    let mut record =
        Record { first_check: Some(3), solved_at: Some(5), ..Record::default() };
    record.note_check(&[]);
    assert_eq!((record.first_check, record.solved_at), (Some(3), Some(5)));
}

#[test]
fn the_next_exercise_is_the_one_behind_or_else_the_first_that_is_open() {
    let fixture = Fixture::new("next");
    let folder = fixture.folder.join("pack");
    let my = fixture.folder.join("my");
    let student = Student::open(&folder, Some(&my), Language::En).unwrap();
    let next = |number| {
        let progress = student.progress();
        student.next_after(&progress, number).map(|exercise| exercise.number)
    };
    assert_eq!([next(0), next(1), next(2)], [Some(1), Some(2), Some(1)]);
    let solve = |id| {
        student.progress_file.update(id, |record| record.solved = true).unwrap();
    };
    solve("first");
    assert_eq!([next(0), next(2)], [Some(2), Some(2)]);
    solve("second");
    assert_eq!(next(0), None);
}

#[test]
fn two_at_once_lose_nothing() {
    let fixture = Fixture::new("two");
    let progress_file = progress_file(&fixture);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    progress_file
                        .update("first", |record| record.hints += 1)
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(progress_file.read().unwrap().record("first").hints, 100);
}

#[test]
fn a_damaged_file_is_put_aside_and_not_lost() {
    let fixture = Fixture::new("damaged");
    let progress_file = progress_file(&fixture);
    for text in ["{ half of", "{\"schema\": 2, \"pack\": \"small\"}"] {
        fs::write(&progress_file.path, text).unwrap();
        assert!(progress_file.read().is_err());
        let progress =
            progress_file.update("first", |record| record.hints += 1).unwrap();
        assert_eq!(progress.record("first").hints, 1);
    }
    let aside =
        |number| progress_file.path.with_extension(format!("damaged.{number}.json"));
    assert_eq!(fs::read_to_string(aside(1)).unwrap(), "{ half of");
    assert!(fs::read_to_string(aside(2)).unwrap().contains("\"schema\": 2"));
}

#[test]
fn a_file_with_more_in_it_than_is_known_is_read() {
    let fixture = Fixture::new("more");
    let progress_file = progress_file(&fixture);
    let text = r#"{"schema": 1, "pack": "small", "mood": "good",
        "exercises": {"first": {"solved": true, "stars": 5}}}"#;
    fs::write(&progress_file.path, text).unwrap();
    let record = Progress::read(&progress_file.path).unwrap().record("first");
    // Files of older versions do not say what the last check found.
    assert!(record.solved && !record.is_broken_again());
}

/// A file that no user can read from its start, not even one who may read all.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_not_taken_for_damaged() {
    let fixture = Fixture::new("unreadable");
    let progress_file = progress_file(&fixture);
    std::os::unix::fs::symlink("/proc/self/mem", &progress_file.path).unwrap();
    assert!(progress_file.put_aside_if_damaged().is_err());
    assert!(progress_file.update("first", |record| record.hints += 1).is_err());
    assert!(progress_file.path.is_symlink(), "it was put aside");
}
