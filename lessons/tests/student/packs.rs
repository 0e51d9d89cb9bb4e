//! A slip in a pack is named when the pack is read, with its file.

use std::fs;

use lessons::pack::Pack;

use crate::common::Fixture;

/// Reads the pack with one text of its first exercise replaced; tells what is wrong with it.
fn complaint(fixture: &Fixture, old: &str, new: &str) -> String {
    let path = fixture.folder.join("pack/exercises/01-first/exercise.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old}");
    fs::write(&path, text.replacen(old, new, 1)).unwrap();
    let error = Pack::read(&fixture.folder.join("pack")).unwrap_err();
    fs::write(&path, text).unwrap();
    format!("{error:#}")
}

#[test]
fn every_slip_in_an_exercise_is_named_with_its_file() {
    let fixture = Fixture::new("slips");
    let cases = [
        ("requests = 3", "requests = 0", "nonzero"),
        ("requests = 3", "request = 3", "request"),
        ("[server]", "[sever]", "sever"),
        ("one-by-one", "one-by-two", "one-by-two"),
        ("requests = 3", "last = 10", "last, never and fails"),
        ("requests = 3", "last = 1\nnever = 2", "none comes last"),
        ("requests = 3", "places = 2\n[wanted]\nat_once = 3", "places"),
        ("requests = 3", "requests = 3\n[wanted]\nat_once = 4", "at_once"),
        ("The task.", " ", "a text is empty"),
        ("[\"第一条提示。\", \"第二条提示。\"]", "[]", "no hint"),
        ("learned = \"收获。\"", "", "learned"),
        ("[zh]", "[fr]", "fr"),
    ];
    for (old, new, said) in cases {
        let complaint = complaint(&fixture, old, new);
        assert!(complaint.contains(said), "{new}: {complaint}");
        assert!(complaint.contains("exercise.toml"), "{new}: {complaint}");
    }
}

#[test]
fn a_folder_that_is_no_exercise_is_named() {
    for name in ["3-short", "three", "00-zero", "03-Capital", "03-", "notes"] {
        let fixture = Fixture::new("folders");
        let exercises = fixture.folder.join("pack/exercises");
        fs::rename(exercises.join("02-second"), exercises.join(name)).unwrap();
        let error =
            format!("{:#}", Pack::read(&fixture.folder.join("pack")).unwrap_err());
        assert!(
            error.contains(name) && error.contains("04-await-in-a-loop"),
            "{error}"
        );
    }
}

#[test]
fn a_program_that_is_missing_is_named() {
    for name in ["broken.rs", "solution.rs", "exercise.toml"] {
        let fixture = Fixture::new("programs");
        fs::remove_file(fixture.folder.join("pack/exercises/02-second").join(name))
            .unwrap();
        let error =
            format!("{:#}", Pack::read(&fixture.folder.join("pack")).unwrap_err());
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn what_is_wanted_follows_from_the_server_where_it_is_not_said() {
    let fixture = Fixture::new("defaults");
    let path = fixture.folder.join("pack/exercises/01-first/exercise.toml");
    let text = fs::read_to_string(&path).unwrap();
    let server = "requests = 10\nplaces = 4\nnever = 0\nfails = 1";
    fs::write(&path, text.replace("requests = 3", server)).unwrap();
    let expected = fixture.pack().exercises[0].expected();
    assert_eq!((expected.at_once.get(), expected.waits, expected.shown), (4, 3, 8));
}
