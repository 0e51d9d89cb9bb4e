//! The program, as a learner types it.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::common::{BROKEN, CommandOutput, Fixture, SOLUTION, TALKING};

#[test]
fn a_learner_goes_from_the_first_task_to_the_last() {
    let fixture = Fixture::new("walk");
    let next = fixture.lesson(&[]);
    assert_eq!(next.code, Some(0), "{next:?}");
    assert!(
        next.out.contains("The task.") && next.out.contains("01-first.rs"),
        "{next:?}"
    );

    let wrong = fixture.lesson(&["check"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.out.contains("01-first: one-by-one"), "{wrong:?}");
    assert!(!wrong.out.contains("The lesson."), "{wrong:?}");

    fs::write(fixture.file("01-first.rs"), SOLUTION).unwrap();
    let right = fixture.lesson(&["check"]);
    assert_eq!(right.code, Some(0), "{right:?}");
    assert!(right.out.contains("The lesson."), "{right:?}");

    let next = fixture.lesson(&[]);
    assert!(
        next.out.contains("02-second.rs") && next.out.contains("1/2"),
        "{next:?}"
    );
    let list = fixture.lesson(&["list"]);
    assert!(list.out.contains("solved"), "{list:?}");

    let all = fixture.lesson(&["check", "--all"]);
    assert_eq!(all.code, Some(1), "the second one is as it was: {all:?}");
    fs::write(fixture.file("01-first.rs"), BROKEN).unwrap();
    fixture.lesson(&["check", "1"]);
    let list = fixture.lesson(&["list"]);
    assert!(
        list.out.contains("1/2") && list.out.contains("broken again"),
        "{list:?}"
    );
    fs::write(fixture.file("01-first.rs"), SOLUTION).unwrap();
    fs::write(fixture.file("02-second.rs"), SOLUTION).unwrap();
    assert_eq!(fixture.lesson(&["check", "--all"]).code, Some(0));
    let done = fixture.lesson(&["check"]);
    assert_eq!(done.code, Some(0));
    assert!(done.out.contains("All exercises are solved"), "{done:?}");
}

#[test]
fn each_hint_comes_below_those_that_were_given() {
    let fixture = Fixture::new("hints");
    for given in [1, 2, 2] {
        let said = fixture.lesson(&["hint", "2"]).out;
        let hints = ["The first hint.", "The second hint."];
        for (number, hint) in (1..).zip(hints) {
            assert_eq!(said.contains(hint), number <= given, "{said}");
        }
        assert!(said.find(hints[0]) < said.find(hints[1]) || given == 1, "{said}");
        assert_eq!(said.contains("--anyway"), given == 2, "{said}");
    }
    let all = fixture.lesson(&["hint", "1", "--all"]).out;
    assert!(all.contains("first hint") && all.contains("second hint"), "{all}");
}

#[test]
fn a_solution_is_for_those_who_solved_it_or_insist() {
    let fixture = Fixture::new("solution");
    let refused = fixture.lesson(&["solution", "1"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(!refused.out.contains("scope"), "{refused:?}");
    let shown = fixture.lesson(&["solution", "1", "--anyway"]);
    assert_eq!(shown.code, Some(0));
    assert!(shown.out.contains("+     std::thread::scope(|scope| {"), "{shown:?}");
    assert!(shown.out.contains("- fn main() -> anyhow::Result<()> {"), "{shown:?}");
    let progress = fs::read_to_string(fixture.file("progress.json")).unwrap();
    assert!(progress.contains("\"solution_seen\": true"), "{progress}");
}

#[test]
fn a_reset_says_where_the_copy_is() {
    let fixture = Fixture::new("reset");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), "mine").unwrap();
    let said = fixture.lesson(&["reset", "1"]).out;
    assert!(said.contains("01-first.1.rs"), "{said}");
    assert_eq!(
        fs::read_to_string(fixture.file("copies/01-first.1.rs")).unwrap(),
        "mine"
    );
}

#[test]
fn a_damaged_progress_file_is_put_aside_before_anything_is_said_of_it() {
    let fixture = Fixture::new("half");
    fixture.lesson(&[]);
    fs::write(fixture.file("progress.json"), "{ half of").unwrap();
    let said = fixture.lesson(&["list"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("progress.damaged.1.json"), "{said:?}");
    let aside = fs::read_to_string(fixture.file("progress.damaged.1.json"));
    assert_eq!(aside.unwrap(), "{ half of");
    assert_eq!(fixture.lesson(&["list"]).err, "", "it is said once");
}

#[test]
fn a_number_that_is_not_there_is_an_error_that_says_which_are() {
    let fixture = Fixture::new("number");
    let said = fixture.lesson(&["check", "3"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("from 1 to 2"), "{said:?}");
    let said = fixture.lesson(&["show", "9.9"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("lists them"), "{said:?}");
}

#[test]
fn a_section_has_what_there_is_of_it() {
    let fixture = Fixture::new("section");
    // The first exercise is of 3.10, the second of 3.5, as a client is.
    let path = fixture.folder.join("pack/exercises/01-first/exercise.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"3.5\"", "\"3.10\"")).unwrap();
    fixture.add_show("fn main() {}");

    let said = fixture.lesson(&["show", "3.5"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let listed: Vec<_> =
        said.out.lines().filter(|line| line.contains("  3.5  ")).collect();
    assert_eq!(listed.len(), 2, "{said:?}");
    assert!(listed[0].contains("2  3.5  The title"), "{said:?}");
    assert!(listed[1].contains("client-async/src/main.rs"), "{said:?}");

    let said = fixture.lesson(&["list", "--by-section"]).out;
    let at = |text: &str| said.find(text).unwrap();
    let parts = [
        "3.1  The show",
        "2  3.5  The title",
        "client-async/",
        "client-sync/",
        "client-threads/",
        "client-hybrid/",
        "1  3.10 The title",
    ];
    assert!(parts.map(at).is_sorted(), "{said}");
}

#[test]
fn a_section_of_the_tutorial_leads_to_its_page() {
    let fixture = Fixture::new("page");
    fixture.add_show("fn main() {}");
    let english = "docs/tutorial.md";
    let chinese = "docs/tutorial.zh-CN.md";
    for (language, page) in [("en", english), ("zh-CN", chinese)] {
        // A show, by its section or its name; exercises alone; neither of them.
        for which in ["3.1", "3.1-the-show", "3.5", "2.6"] {
            let said = fixture.lesson(&["--lang", language, "show", which]);
            assert_eq!(said.code, Some(0), "{said:?}");
            let last = said.out.lines().last().unwrap_or_default();
            assert!(last.contains(page), "{which}: {said:?}");
            assert!(last.contains(&which[..3]), "{which}: {said:?}");
        }
    }
    // The tutorial has no such section.
    let said = fixture.lesson(&["show", "9.9"]);
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[test]
fn a_minute_of_compiling_is_announced() {
    let fixture = Fixture::new("libraries");
    let library = fixture.folder.join("library");
    fs::create_dir_all(library.join("src")).unwrap();
    fs::write(library.join("src/lib.rs"), "").unwrap();
    let manifest =
        "[package]\nname = \"new-library\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(library.join("Cargo.toml"), manifest).unwrap();
    let pack = fixture.folder.join("pack/pack.toml");
    let text = fs::read_to_string(&pack).unwrap();
    let path = serde_json::to_string(&library).unwrap();
    let dependency =
        format!("{text}[dependencies]\nnew-library = {{ path = {path} }}\n");
    fs::write(&pack, dependency).unwrap();

    let said = ["first", "second"].map(|_| fixture.lesson(&["check", "1"]));
    let announced = said.each_ref().map(|said| said.err.contains("about a minute"));
    assert_eq!(announced, [true, false], "{said:?}");
}

#[test]
fn all_of_it_is_in_chinese_by_locale_or_by_word() {
    let fixture = Fixture::new("chinese");
    for arguments in [&["--lang", "zh"][..], &["list", "--lang", "zh"]] {
        let said = fixture.lesson(arguments).out;
        assert!(said.contains("标题") && !said.contains("The title"), "{said}");
    }
    let by_locale =
        fixture.command(&[]).env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    assert!(String::from_utf8(by_locale.stdout).unwrap().contains("任务。"));
    let verdict = fixture.lesson(&["check", "--lang", "zh"]).out;
    assert!(verdict.contains("请求逐个到达"), "{verdict}");
    let unknown = fixture.lesson(&["check", "3", "--lang", "zh"]).err;
    assert!(unknown.contains("没有第 3 题；题号从 1 到 2"), "{unknown}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let fixture = Fixture::new("pipe");
    fixture.lesson(&[]);
    fixture.lesson(&["hint"]);
    let mine = fixture.folder.join("my");
    let report = ["class", "report", "--json", mine.to_str().unwrap()];
    let others = [&["--help"][..], &["list"], &["completions", "bash"], &report];
    // A program that is not right is not made so by nobody hearing of it.
    let checked = [(&["check"][..], 1), (&["check", "--all"], 1)];
    for (arguments, code) in checked.into_iter().chain(others.map(|told| (told, 0)))
    {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = fixture.command(arguments).stdout(writer).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("cannot write"), "{arguments:?}: {complaint}");
    }
    #[cfg(target_os = "linux")]
    for arguments in others {
        let full = fs::File::create("/dev/full").unwrap();
        let output = fixture.command(arguments).stdout(full).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let sentence = "lesson: cannot write to standard output: No space left";
        assert!(complaint.contains(sentence), "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_locale_without_unicode_gets_ascii_and_english() {
    let fixture = Fixture::new("ascii");
    let program = BROKEN.replace("println!", "println!(); println!(); println!");
    fixture.lesson(&[]);
    fs::write(fixture.file("01-first.rs"), program).unwrap();
    for locale in ["C", "zh_CN.GBK"] {
        let mut command = fixture.command(&["check", "1"]);
        let output = command.env("LC_ALL", locale).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("one-by-one") && text.is_ascii(), "{text}");
    }
    let mut command = fixture.command(&["check", "1"]);
    let unicode = command.env("LC_ALL", "C.UTF-8").output().unwrap().stdout;
    assert!(!unicode.is_ascii());
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let fixture = Fixture::new("empty-variables");
    let mut command = fixture.command(&["hint", "1"]);
    let names = ["LESSON_PACK", "LESSON_DIR", "CARGO", "CARGO_MANIFEST_DIR"];
    let output = command.envs(names.map(|name| (name, ""))).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{complaint}");
}

#[test]
fn two_students_on_one_machine_have_each_their_own_program() {
    let fixtures = ["student-one", "student-two"].map(Fixture::new);
    // Both are built before either is run again, which it is from where it was built.
    for fixture in &fixtures {
        fixture.lesson(&["check"]);
    }
    fs::write(fixtures[1].file("01-first.rs"), SOLUTION).unwrap();
    let codes =
        fixtures.each_ref().map(|fixture| fixture.lesson(&["check", "1"]).code);
    assert_eq!(codes, [Some(1), Some(0)]);
}

#[test]
fn a_reader_that_leaves_in_the_middle_of_a_show_ends_it() {
    let fixture = Fixture::new("show-pipe");
    fixture.add_show(TALKING);
    let mut child = fixture
        .command(&["show", "3.1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = out.lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "still here"));
    drop(lines);
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{complaint}");
    assert_eq!(complaint, "");
}

#[test]
fn a_pack_is_proved_program_by_program() {
    let fixture = Fixture::new("prove");
    let good = fixture.lesson(&["prove"]);
    assert_eq!(good.code, Some(0), "{good:?}");
    let wrong = fixture.folder.join("pack/exercises/02-second/solution.rs");
    fs::write(wrong, BROKEN).unwrap();
    let bad = fixture.lesson(&["prove"]);
    assert_eq!(bad.code, Some(1), "{bad:?}");
    assert!(bad.out.contains("NOT OK  02-second-solution: one-by-one"), "{bad:?}");
}

#[test]
fn every_show_of_our_pack_runs() {
    let fixture = Fixture::new("shows");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lessons"));
    command
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .args(["--lang", "en", "--dir"])
        .arg(fixture.folder.join("my"))
        .args(["show", "3"]);
    let said = CommandOutput::of(&command.output().unwrap());
    assert_eq!(said.code, Some(0), "{said:?}");
    // A future runs when it is polled, and five requests end in another order.
    let lines: Vec<_> = said.out.lines().collect();
    let at = |line: &str| lines.iter().position(|l| *l == line).unwrap();
    assert!(at("After calling execute") < at("Number: 1"));
    assert!(at("Request 1 has ended") < at("Request 0 has ended"));
    assert!(at("Task result 0: 200 OK") < at("Task result 1: 200 OK"));
}

/// With room for the check and none for all connections, a right program would look wrong.
#[cfg(unix)]
#[test]
fn with_too_few_open_files_there_is_no_verdict() {
    let fixture = Fixture::new("few-files");
    fixture.lesson(&["list"]);
    fs::write(fixture.file("01-first.rs"), SOLUTION).unwrap();
    let run = |files: &str, arguments: &[&str]| {
        let lesson = fixture.command(arguments);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh"]);
        shell.arg(lesson.get_program()).args(lesson.get_args()).envs(
            lesson.get_envs().filter_map(|(name, value)| Some((name, value?))),
        );
        CommandOutput::of(&shell.output().unwrap())
    };
    for files in ["6", "7", "16", "20", "255"] {
        assert_eq!(run(files, &["list"]).code, Some(0), "{files}");
        let refused = run(files, &["check"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert_eq!(refused.out, "", "{refused:?}");
        let what =
            format!("may open {files} files, and a lesson needs at least 256");
        assert!(refused.err.contains(&what), "{refused:?}");
    }
    let right = run("256", &["check"]);
    assert_eq!(right.code, Some(0), "{right:?}");
}
