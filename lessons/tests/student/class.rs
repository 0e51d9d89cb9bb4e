//! A class at a glance, whatever lies in the folder.

use std::fs;

use crate::common::Fixture;

fn progress(solved: bool, checks: usize) -> String {
    format!(
        r#"{{"schema": 1, "pack": "small", "exercises": {{"first":
        {{"checks": {checks}, "solved": {solved}, "hints": 2,
          "mistakes": {{"one-by-one": {checks}, "failed": 1}}}}}}}}"#
    )
}

fn class(name: &str) -> Fixture {
    let fixture = Fixture::new(name);
    let class = fixture.folder.join("class");
    for folder in ["ben", "empty"] {
        fs::create_dir_all(class.join(folder)).unwrap();
    }
    fs::write(class.join("anna.json"), progress(true, 3)).unwrap();
    fs::write(class.join("ben/progress.json"), progress(false, 7)).unwrap();
    fs::write(class.join("c\x1b[2Jd.json"), progress(true, 1)).unwrap();
    fs::write(class.join("other.json"), "{}").unwrap();
    fs::write(class.join("notes.txt"), "not asked for").unwrap();
    fixture
}

#[test]
fn a_class_is_summed_up_and_what_is_no_progress_is_named() {
    let fixture = class("class");
    let folder = fixture.folder.join("class");
    let said = fixture.lesson(&["class", "report", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let row = |name: &str| {
        let line = said.out.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("anna"), ["anna", "1/2", "0", "3", "2", "0"]);
    assert_eq!(row("ben"), ["ben", "0/2", "0", "7", "2", "0"]);
    // Solved by two, in 1 and 3 checks; eleven times one after another.
    assert_eq!(row("01-first")[..4], ["01-first", "2/3", "1", "6"]);
    assert!(said.out.contains("one-by-one 11, failed 3"), "{}", said.out);
    assert_eq!(row("02-second")[..4], ["02-second", "0/3", "-", "0"]);
    assert!(said.out.contains("other.json"), "{}", said.out);
    assert!(
        !said.out.contains("notes.txt") && !said.out.contains('\x1b'),
        "{}",
        said.out
    );
}

#[test]
fn a_class_is_there_for_programs_too() {
    let fixture = class("class-json");
    let folder = fixture.folder.join("class");
    // A student who only took a hint has not tried it yet.
    let hinted =
        r#"{"schema": 1, "pack": "small", "exercises": {"first": {"hints": 1}}}"#;
    fs::write(folder.join("dora.json"), hinted).unwrap();
    let said =
        fixture.lesson(&["class", "report", "--json", folder.to_str().unwrap()]);
    let class: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(class["students"].as_array().unwrap().len(), 4);
    assert_eq!(class["exercises"][0]["median_checks"], 1);
    assert_eq!(class["exercises"][0]["tried"], 3);
    assert_eq!(class["skipped"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_solved_and_broken_again_is_both() {
    let fixture = Fixture::new("class-broken-again");
    let class = fixture.folder.join("class");
    fs::create_dir_all(&class).unwrap();
    let text = progress(true, 3)
        .replace("\"hints\": 2", "\"hints\": 2, \"right_at_last_check\": false");
    fs::write(class.join("anna.json"), text).unwrap();
    let said = fixture.lesson(&["class", "report", class.to_str().unwrap()]);
    let anna = said.out.lines().find(|line| line.starts_with("anna")).unwrap();
    let row: Vec<_> = anna.split_whitespace().collect();
    assert_eq!(row, ["anna", "1/2", "1", "3", "2", "0"]);
    let said =
        fixture.lesson(&["class", "report", "--json", class.to_str().unwrap()]);
    let class: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    for row in [&class["students"][0], &class["exercises"][0]] {
        assert_eq!((&row["solved"], &row["broken_again"]), (&1.into(), &1.into()));
    }
}

#[test]
fn a_folder_without_progress_says_what_to_collect() {
    let fixture = Fixture::new("no-class");
    let said =
        fixture.lesson(&["class", "report", fixture.folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("NAME.json"), "{said:?}");
}

#[test]
fn students_whose_whole_folders_were_collected_are_told_apart() {
    let fixture = Fixture::new("class-whole-folders");
    let class = fixture.folder.join("class");
    for student in ["anna/my-lessons/small", "ben/small", "a/carl", "b/carl"] {
        fs::create_dir_all(class.join(student)).unwrap();
        fs::write(class.join(student).join("progress.json"), progress(true, 1))
            .unwrap();
    }
    let settings = class.join("anna/my-lessons/.vscode");
    fs::create_dir(&settings).unwrap();
    fs::write(settings.join("settings.json"), "{}").unwrap();
    let said = fixture.lesson(&["class", "report", class.to_str().unwrap()]);
    assert!(!said.out.contains("settings.json"), "{}", said.out);
    let names: Vec<_> = said
        .out
        .lines()
        .skip(1)
        .map_while(|line| line.split_whitespace().next())
        .collect();
    let carls = ["a/carl/progress.json", "b/carl/progress.json"];
    assert_eq!(names, [carls[0], "anna", carls[1], "ben"], "{}", said.out);
}

#[test]
fn counts_and_names_that_no_lesson_wrote_do_no_harm() {
    let fixture = Fixture::new("class-crafted");
    let class = fixture.folder.join("class");
    fs::create_dir_all(&class).unwrap();
    let most = usize::MAX;
    for student in ["anna", "ben"] {
        let text = format!(
            r#"{{"schema": 1, "pack": "small", "exercises": {{"a\u001b[2J":
            {{"checks": {most}, "hints": {most}, "mistakes": {{"x": {most}}}}}}}}}"#
        );
        fs::write(class.join(format!("{student}.json")), text).unwrap();
    }
    let said = fixture.lesson(&["class", "report", class.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let rows = said.out.lines().filter(|line| line.starts_with("a?[2J"));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 1, "{}", said.out);
    assert!(rows[0].contains(&most.to_string()), "{}", said.out);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_far_too_large_is_named_and_not_read() {
    let fixture = class("class-odd");
    let folder = fixture.folder.join("class");
    let pipe = folder.join("pipe.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    fs::write(folder.join("large.json"), " ".repeat(2 << 20)).unwrap();
    let said = fixture.lesson(&["class", "report", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for (name, why) in [("pipe.json", "not a file"), ("large.json", "too large")] {
        let named =
            said.out.lines().any(|line| line.contains(name) && line.contains(why));
        assert!(named, "{name}: {}", said.out);
    }
}

#[test]
fn a_name_does_not_turn_the_line_that_it_is_in() {
    let fixture = class("class-turned");
    let folder = fixture.folder.join("class");
    fs::write(folder.join("x\u{202e}y.json"), progress(true, 1)).unwrap();
    let said = fixture.lesson(&["class", "report", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains('\u{202e}'), "{said:?}");
}
