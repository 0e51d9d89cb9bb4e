//! A command that `cargo lesson` advises is one that it takes, and hints and solutions are shown
//! also where nothing can be noted.

use std::collections::BTreeSet;
use std::fs;

use crate::common::{Fixture, SOLUTION};

/// The arguments of every `cargo lesson` in a text: a command, and the numbers and options that
/// follow it.
fn advised(text: &str) -> impl Iterator<Item = Vec<String>> {
    text.split("cargo lesson ").skip(1).map(|after| {
        let line = after.lines().next().unwrap();
        let mut words = line.split_whitespace();
        let command = words.next().unwrap().trim_end_matches([',', ';', '.']);
        let is_argument = |word: &&str| {
            *word == "NUMBER"
                || *word == "题号"
                || word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        };
        let arguments = words.take_while(is_argument).map(|word| match word {
            "NUMBER" | "题号" => "1",
            word => word,
        });
        [command].into_iter().chain(arguments).map(str::to_owned).collect()
    })
}

#[test]
fn every_command_that_is_advised_is_taken() {
    let fixture = Fixture::new("advised");
    fixture.add_show(SOLUTION);
    let [english, chinese] = ["en", "zh-CN"].map(|language| {
        let mut all = BTreeSet::new();
        for command in [
            &["check", "1"][..],
            &["show"],
            &["show", "nothing"],
            &["list"],
            &["list", "--by-section"],
            &["hint", "1", "--all"],
            &["solution", "1"],
            &["solution", "1", "--anyway"],
            &[],
        ] {
            let said = fixture.lesson(&[&["--lang", language], command].concat());
            all.extend(advised(&said.out).chain(advised(&said.err)));
        }
        all
    });
    assert_eq!(english, chinese);
    let all = english;
    let names: BTreeSet<_> = all.iter().map(|command| command[0].as_str()).collect();
    let known = ["check", "hint", "list", "run", "show", "solution", "watch"];
    assert!(known.iter().all(|name| names.contains(name)), "{all:?}");
    for command in &all {
        let mut arguments: Vec<_> = command.iter().map(String::as_str).collect();
        let expected: &[_] = match arguments[0] {
            // The exercise is not solved.
            "check" | "solution" => &[Some(0), Some(1)],
            _ => &[Some(0)],
        };
        if arguments[0] == "watch" {
            // It would not end.
            arguments.push("--help");
        }
        let said = fixture.lesson(&arguments);
        assert!(expected.contains(&said.code), "{command:?}: {said:?}");
    }
}

#[test]
fn what_cannot_be_noted_is_shown_all_the_same() {
    let fixture = Fixture::new("not_noted");
    fixture.lesson(&[]);
    // Not even as root can a file be made there.
    let lock = fixture.file("progress.lock");
    let _ = fs::remove_file(&lock);
    fs::create_dir(&lock).unwrap();
    for (command, shown) in [
        (&["hint", "1"][..], "The first hint."),
        (&["solution", "1", "--anyway"], "spawn"),
    ] {
        let said = fixture.lesson(command);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.contains(shown), "{said:?}");
        assert!(said.err.contains("is not saved"), "{said:?}");
    }
}
