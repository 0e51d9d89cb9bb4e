//! The program that runs is the one that was saved, wherever and by whom else it is built.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::common::{BROKEN, CommandOutput, Fixture, SOLUTION, target};

/// Saves a program as one that was put back from elsewhere, with the time that it had there.
fn put_back(file: &Path, text: &str) {
    fs::write(file, text).unwrap();
    let hour_ago = SystemTime::now() - Duration::from_hours(1);
    File::options().write(true).open(file).unwrap().set_modified(hour_ago).unwrap();
}

fn said(output: std::io::Result<Output>) -> CommandOutput {
    CommandOutput::of(&output.unwrap())
}

#[test]
fn two_checkouts_with_one_target_folder_and_old_files_have_their_own_verdicts() {
    let fixture = Fixture::new("shared-target");
    let checkouts = ["one", "two"].map(|name| fixture.checkout(name));
    for (checkout, text, verdict) in [
        (&checkouts[0], SOLUTION, "right  01-first"),
        (&checkouts[1], BROKEN, "01-first: one-by-one"),
        (&checkouts[0], BROKEN, "01-first: one-by-one"),
        (&checkouts[1], SOLUTION, "right  01-first"),
    ] {
        let folder = checkout.join("my-lessons/small");
        fs::create_dir_all(&folder).unwrap();
        put_back(&folder.join("01-first.rs"), text);
        let said = said(fixture.command_in(checkout, &["check", "1"]).output());
        assert!(said.out.contains(verdict), "{said:?}");
    }
}

/// A wrapper of the compiler saves another program while the first one is compiled.
#[cfg(unix)]
#[test]
fn a_program_that_is_saved_while_it_is_compiled_is_compiled_again() {
    use std::os::unix::fs::PermissionsExt as _;

    let fixture = Fixture::new("saved-meanwhile");
    fixture.lesson(&[]);
    let wrapper = fixture.folder.join("wrapper");
    fs::write(
        &wrapper,
        "#!/bin/sh\n\"$@\"\nstatus=$?\n\
         case \"$*\" in *01-first.rs*) mv saved.rs 01-first.rs 2> /dev/null;; esac\n\
         exit $status\n",
    )
    .unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    for (first, then, verdict) in [
        (SOLUTION, BROKEN, "01-first: one-by-one"),
        ("fn main() {", SOLUTION, "right  01-first"),
    ] {
        fs::write(fixture.file("01-first.rs"), first).unwrap();
        put_back(&fixture.file("saved.rs"), then);
        let mut lesson = fixture.command(&["check", "1"]);
        let said = said(lesson.env("RUSTC_WORKSPACE_WRAPPER", &wrapper).output());
        assert!(said.out.contains(verdict), "{said:?}");
    }
}

/// No compiler is needed to see it.
#[test]
fn programs_are_built_where_cargo_is_told_to() {
    let fixture = Fixture::new("build-where");
    for (variable, target) in
        [("CARGO_TARGET_DIR", "volume"), ("CARGO_BUILD_TARGET_DIR", "other")]
    {
        let target = fixture.folder.join(target);
        // It was there before cargo, as a container's volume is.
        fs::create_dir(&target).unwrap();
        let mut lesson = fixture.command(&["check", "1"]);
        lesson.env_remove("CARGO_TARGET_DIR").env(variable, &target);
        let said = said(lesson.env("RUSTC", "no-compiler").output());
        assert!(said.err.contains("no-compiler"), "{said:?}");
        assert!(target.join("lesson-programs").is_dir(), "{said:?}");
    }
}

#[test]
fn cargo_knows_its_commands_in_the_student_s_folder() {
    let fixture = Fixture::new("commands-in-folder");
    // Not that of the tests, which has lessons of this name.
    let target = fixture.folder.join("target");
    let pack = fixture.folder.join("pack");
    for name in ["checkout", "a checkout"] {
        let checkout = fixture.checkout(name);
        // In no checkout.
        let elsewhere = tempfile::tempdir().unwrap();
        let elsewhere = elsewhere.path();
        for parent in [&[][..], &["--dir", elsewhere.to_str().unwrap()]] {
            let mut lesson = fixture.command_in(&checkout, parent);
            let said = said(lesson.arg("list").output());
            assert_eq!(said.code, Some(0), "{said:?}");
        }
        for (folder, dir) in [
            (checkout.join("my-lessons/small"), ""),
            (elsewhere.join("small"), elsewhere.to_str().unwrap()),
            (elsewhere.join("small/.cargo"), elsewhere.to_str().unwrap()),
        ] {
            let mut cargo = Command::new(std::env::var_os("CARGO").unwrap());
            cargo.args(["-q", "lesson", "check", "4"]).current_dir(&folder);
            let said = said(cargo.env("CARGO_TARGET_DIR", &target).output());
            let pack = pack.display();
            let started = format!("[\"check\", \"4\"]\n{pack}\n{dir}\n");
            assert_eq!(said.out, started, "{}: {said:?}", folder.display());
        }
    }
}

/// Every combination of its six bits, with two checks each. The environment variable `CHECKS`
/// asks for more: `CHECKS=2000` takes an hour.
#[test]
#[ignore = "takes minutes: 128 checks, two at a time"]
fn no_verdict_is_about_another_program() {
    let checks =
        std::env::var("CHECKS").map_or(128, |checks| checks.parse().unwrap());
    let fixture = Fixture::new("many-checks");
    let checkouts = ["one", "two"].map(|name| fixture.checkout(name));
    // That of the tests, and one that was there before cargo.
    let targets = [target().to_owned(), fixture.folder.join("volume")];
    fs::create_dir(&targets[1]).unwrap();
    let mut wrong = Vec::new();
    for round in 0..checks / 2 {
        let bit = |number: usize| round >> number & 1;
        let target = &targets[bit(0)];
        // The same exercise in two checkouts, two in one, or twice the same.
        let places = [(0, 0), (bit(1), bit(2))];
        let is_right = [bit(3), bit(if places[0] == places[1] { 3 } else { 4 })];
        let checks = [0, 1].map(|number| {
            let (checkout, exercise) = places[number];
            let name = ["01-first", "02-second"][exercise];
            let (text, verdict) = match is_right[number] {
                0 => ("fn main() {}", format!("{name}: nothing-sent")),
                _ => (SOLUTION, format!("right  {name}")),
            };
            let checkout = &checkouts[checkout];
            let folder = checkout.join("my-lessons/small");
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{name}.rs"));
            if bit(5) == 0 {
                fs::write(file, text).unwrap();
            } else {
                put_back(&file, text);
            }
            let exercise = (exercise + 1).to_string();
            let mut lesson = fixture.command_in(checkout, &["check", &exercise]);
            lesson.env("CARGO_TARGET_DIR", target);
            (lesson, verdict)
        });
        let said = checks.map(|(mut lesson, verdict)| {
            (thread::spawn(move || said(lesson.output())), verdict)
        });
        for (said, verdict) in said {
            let said = said.join().unwrap();
            if !said.out.contains(&verdict) {
                wrong.push(format!("{round}: not {verdict}, but {said:?}"));
            }
        }
        if round % 50 == 49 {
            println!("{} checks, {} wrong", 2 * (round + 1), wrong.len());
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
