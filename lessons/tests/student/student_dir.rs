//! The student's files: made where they are missing, never overwritten without a copy, and known
//! to an editor.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use lessons::student::dir::{Reset, StudentDir};

use crate::common::{BROKEN, CommandOutput, Fixture};

#[test]
fn what_is_missing_is_made_and_what_is_there_is_left_alone() {
    let fixture = Fixture::new("missing");
    let pack = fixture.pack();
    let my = fixture.folder.join("my");
    let dir = StudentDir::open(&pack, Some(&my)).unwrap();
    let file = dir.file(&pack.exercises[0]);
    assert_eq!(fs::read_to_string(&file).unwrap(), BROKEN);

    fs::write(&file, "mine").unwrap();
    fs::remove_file(dir.file(&pack.exercises[1])).unwrap();
    // Cargo compiles anew what is newer, so the manifest is not even written again.
    let written =
        || fs::metadata(fixture.file("Cargo.toml")).unwrap().modified().unwrap();
    let before = written();
    StudentDir::open(&pack, Some(&my)).unwrap();
    assert_eq!(written(), before);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_to_string(dir.file(&pack.exercises[1])).unwrap(), BROKEN);
}

#[test]
fn each_reset_keeps_a_copy_of_its_own() {
    let fixture = Fixture::new("resets");
    let pack = fixture.pack();
    let dir = StudentDir::open(&pack, Some(&fixture.folder.join("my"))).unwrap();
    let exercise = &pack.exercises[0];
    let file = dir.file(exercise);
    assert_eq!(dir.reset(exercise).unwrap(), Reset::Nothing);

    let mut copies = Vec::new();
    for text in ["one", "two"] {
        fs::write(&file, text).unwrap();
        let Reset::Kept(copy) = dir.reset(exercise).unwrap() else {
            unreachable!("{text} was not kept")
        };
        assert_eq!(fs::read_to_string(&file).unwrap(), BROKEN);
        copies.push(copy);
    }
    let kept = copies.iter().map(|copy| fs::read_to_string(copy).unwrap());
    assert_eq!(kept.collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn the_same_text_is_kept_once_and_no_number_is_given_twice() {
    let fixture = Fixture::new("numbers");
    let pack = fixture.pack();
    let dir = StudentDir::open(&pack, Some(&fixture.folder.join("my"))).unwrap();
    let exercise = &pack.exercises[0];
    let reset = |text: &str| {
        fs::write(dir.file(exercise), text).unwrap();
        let Reset::Kept(copy) = dir.reset(exercise).unwrap() else {
            unreachable!("{text} was not kept")
        };
        assert_eq!(fs::read_to_string(&copy).unwrap(), text);
        copy.file_name().unwrap().to_string_lossy().into_owned()
    };
    assert_eq!(reset("one"), "01-first.1.rs");
    assert_eq!(reset("one"), "01-first.1.rs");
    assert_eq!(reset("two"), "01-first.2.rs");
    assert_eq!(reset("one"), "01-first.3.rs", "only the newest is the same");

    fs::remove_file(fixture.file("copies/01-first.1.rs")).unwrap();
    assert_eq!(reset("four"), "01-first.4.rs");
}

#[test]
fn a_reset_of_a_file_that_is_gone_makes_it_again() {
    let fixture = Fixture::new("reset-missing");
    let pack = fixture.pack();
    let dir = StudentDir::open(&pack, Some(&fixture.folder.join("my"))).unwrap();
    let file = dir.file(&pack.exercises[0]);
    fs::remove_file(&file).unwrap();
    assert_eq!(dir.reset(&pack.exercises[0]).unwrap(), Reset::Missing);
    assert_eq!(fs::read_to_string(&file).unwrap(), BROKEN);
}

#[test]
fn an_editor_is_told_of_the_programs_and_settings_that_are_there_are_left_alone() {
    let fixture = Fixture::new("editor");
    let workspace = fixture.checkout("workspace");
    let lesson =
        || CommandOutput::of(&fixture.command_in(&workspace, &[]).output().unwrap());
    let linked = |settings: &str| {
        let settings = fs::read(workspace.join(settings)).unwrap();
        let settings: serde_json::Value = serde_json::from_slice(&settings).unwrap();
        settings["rust-analyzer.linkedProjects"].clone()
    };
    let (settings, inner) =
        (".vscode/settings.json", "my-lessons/.vscode/settings.json");
    let said = lesson();
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("in VS Code"), "{said:?}");
    let manifests = ["Cargo.toml", "my-lessons/small/Cargo.toml"];
    assert_eq!(linked(settings), serde_json::json!(manifests));
    assert_eq!(linked(inner), serde_json::json!(["small/Cargo.toml"]));
    assert!(workspace.join(manifests[1]).exists());

    let mine = "{ /* mine */ }";
    fs::write(workspace.join(settings), mine).unwrap();
    let said = lesson().out;
    assert!(said.contains(r#""my-lessons/small/Cargo.toml"]"#), "{said}");
    assert_eq!(fs::read_to_string(workspace.join(settings)).unwrap(), mine);
}

/// A shell's bound on the size of files stands in for a disk that is full.
#[cfg(unix)]
#[test]
fn what_a_full_disk_cut_short_is_made_whole_later() {
    let fixture = Fixture::new("full-disk");
    let long =
        format!("{BROKEN}{}", "// So long that it does not fit.\n".repeat(100));
    fs::write(fixture.folder.join("pack/exercises/02-second/broken.rs"), &long)
        .unwrap();
    let lesson = fixture.command(&["list"]);
    let full = |blocks: &str| {
        let bounded = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &bounded, "sh"]).arg(lesson.get_program());
        shell.args(lesson.get_args()).envs(
            lesson.get_envs().filter_map(|(name, value)| Some((name, value?))),
        );
        CommandOutput::of(&shell.output().unwrap())
    };
    // First an exercise does not fit, and then, with more room, the lock file.
    for (blocks, file) in [("1", "02-second.rs"), ("16", "Cargo.lock")] {
        let said = full(blocks);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(file), "{said:?}");
        assert!(!fixture.file(file).exists(), "half of {file} is left");
    }
    assert_eq!(fixture.lesson(&["list"]).code, Some(0));
    assert_eq!(fs::read_to_string(fixture.file("02-second.rs")).unwrap(), long);
}

#[test]
fn a_dependency_that_was_added_stays_and_versions_follow_the_workspace() {
    let fixture = Fixture::new("dependencies");
    fixture.lesson(&["list"]);
    let [manifest, lock] =
        ["Cargo.toml", "Cargo.lock"].map(|name| fixture.file(name));
    let read = |path: &Path| fs::read_to_string(path).unwrap();

    // As `cargo add` does it, which also notes the version.
    let added =
        read(&manifest).replace("[dependencies]", "[dependencies]\nhello = \"1\"");
    fs::write(&manifest, &added).unwrap();
    let versions = read(&lock);
    fs::write(&lock, format!("{versions}\n# and hello")).unwrap();
    fixture.lesson(&["list"]);
    assert!(read(&manifest).contains("hello = \"1\""), "{}", read(&manifest));
    assert!(read(&lock).ends_with("# and hello"));

    // As an older workspace has left them.
    fs::write(fixture.file("Cargo.lock.workspace"), "older").unwrap();
    fixture.lesson(&["list"]);
    assert!(read(&manifest).contains("hello = \"1\""), "{}", read(&manifest));
    assert_eq!(read(&lock), versions);

    // One that the pack has no more goes with it.
    let pack = fixture.folder.join("pack/pack.toml");
    let text = read(&pack);
    for (dependency, has_gone) in
        [("[dependencies]\ngone = \"1\"", true), ("", false)]
    {
        fs::write(&pack, format!("{text}{dependency}")).unwrap();
        fixture.lesson(&["list"]);
        let now = read(&manifest);
        assert!(now.contains("hello = \"1\""), "{now}");
        assert_eq!(now.contains("gone = \"1\""), has_gone, "{now}");
    }

    // Half of it is saved.
    fs::write(&manifest, format!("{}\nhalf = ", read(&manifest))).unwrap();
    let half = read(&manifest);
    let said = fixture.lesson(&["list"]);
    assert!(
        said.err.contains("Cargo.toml is not a valid manifest: fix"),
        "{said:?}"
    );
    assert_eq!(read(&manifest), half);
}

#[test]
fn where_no_folder_can_be_made_another_can_be_named() {
    let fixture = Fixture::new("no-folder");
    fs::write(fixture.folder.join("my"), "a file").unwrap();
    let said = fixture.lesson(&["list"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("--dir"), "{said:?}");
}

#[test]
fn a_verdict_is_said_though_it_cannot_be_noted() {
    let fixture = Fixture::new("not-noted");
    fixture.lesson(&[]);
    fs::create_dir(fixture.file("progress.lock")).unwrap();
    let said = fixture.lesson(&["check"]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("01-first: one-by-one"), "{said:?}");
    assert!(said.err.contains("not saved"), "{said:?}");
}

#[test]
fn what_is_no_fault_of_the_program_is_said_as_the_compiler_says_it() {
    let fixture = Fixture::new("linker");
    fixture.lesson(&[]);
    let program = r#"
        unsafe extern "C" { fn that_nobody_wrote(); }
        fn main() { unsafe { that_nobody_wrote() } }
    "#;
    fs::write(fixture.file("01-first.rs"), program).unwrap();
    let said = fixture.lesson(&["check"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("that_nobody_wrote"), "{said:?}");
}
