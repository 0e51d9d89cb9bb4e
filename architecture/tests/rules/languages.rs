//! What is written in English and in Chinese is in both, with the same numbers.

use crate::workspace::{files, read, rust_files};

/// What stands before the two literals of a text.
const STARTS: [&str; 2] = ["localized!(", "Localized::new("];

/// Each `localized!(…)` and `Localized::new(…)` of two literals.
#[test]
fn a_text_in_two_languages_is_translated_and_has_the_same_numbers() {
    let (mut texts, mut wrong) = (0, Vec::new());
    for (path, text) in rust_files() {
        for (en, zh) in translated(&text) {
            texts += 1;
            // A name or a number is the same in both.
            let is_translated =
                zh.contains(is_chinese) || !en.split(' ').any(is_word);
            let is_english = !en.contains(is_chinese);
            if !is_translated || !is_english || numbers(&en) != numbers(&zh) {
                wrong.push(format!("{path}: {en} / {zh}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It looks where they are.
    assert!(texts > 150, "{texts}");
}

/// The tables `[en]` and `[zh]` of each file of a lesson pack.
#[test]
fn a_lesson_is_translated_and_has_the_same_numbers() {
    let (mut lessons, mut wrong) = (0, Vec::new());
    for path in lesson_texts() {
        let text = read(&path);
        let (en, zh) =
            tables(&text).unwrap_or_else(|| panic!("{path}: no languages"));
        lessons += 1;
        if keys(en) != keys(zh) {
            wrong.push(format!("{path}: {:?} / {:?}", keys(en), keys(zh)));
        }
        if numbers(en) != numbers(zh) {
            wrong.push(format!("{path}: {:?} / {:?}", numbers(en), numbers(zh)));
        }
        let is_wrong = |line: &&str| line.len() > 20 && !line.contains(is_chinese);
        let english = zh.lines().filter(is_wrong);
        let chinese = en.lines().filter(|line| line.contains(is_chinese));
        wrong.extend(english.chain(chinese).map(|line| format!("{path}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(lessons > 20, "{lessons}");
}

/// The files of the lesson packs that have texts.
pub(crate) fn lesson_texts() -> impl Iterator<Item = String> {
    let ends = ["/pack.toml", "/show.toml", "/exercise.toml"];
    files().into_iter().filter(move |name| {
        name.starts_with("lessons/packs/")
            && ends.iter().any(|end| name.ends_with(end))
    })
}

/// The texts of a file of a lesson pack in both languages.
pub(crate) fn tables(text: &str) -> Option<(&str, &str)> {
    text.split_once("[en]")?.1.split_once("[zh]")
}

/// The keys of a table, and a quotation mark for each element of its lists.
fn keys(table: &str) -> Vec<&str> {
    table
        .lines()
        .filter_map(|line| match line.trim_start() {
            element if line.starts_with("    \"") => element.get(..1),
            line => line.split_once(" = ").map(|(key, _)| key),
        })
        .filter(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '"'))
        .collect()
}

/// The texts of a source in both languages, without what is put into them.
pub(crate) fn translated(text: &str) -> impl Iterator<Item = (String, String)> {
    STARTS.iter().flat_map(move |start| {
        let places = text.match_indices(start);
        places.filter_map(|(at, _)| literals(&text[at + start.len()..]))
    })
}

/// What clap says is looked up by its English, which must still be somewhere.
#[test]
fn the_chinese_of_a_help_has_its_english_in_the_source_and_the_same_numbers() {
    let table = read("units/src/chinese/help.txt");
    let lines: Vec<_> = table.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 150, "{}", lines.len());
    let sources: String =
        rust_files().iter().map(|(_, text)| in_one_line(text)).collect();
    for pair in lines.chunks(2) {
        let [en, zh] = pair else { panic!("{pair:?} is alone") };
        assert!(zh.contains(is_chinese) && !en.contains(is_chinese), "{pair:?}");
        assert_eq!(numbers(en), numbers(zh), "{pair:?}");
        let is_own = sources.contains(en.trim_end_matches(':'));
        assert!(is_own || CLAPS.contains(en), "nothing says {en:?} any more");
    }
}

/// What clap says in each help.
const CLAPS: [&str; 8] = [
    "Options:",
    "Arguments:",
    "Commands:",
    "Possible values:",
    "Print help (see more with '--help')",
    "Print help (see a summary with '-h')",
    "Print version",
    "Print this message or the help of the given subcommand(s)",
];

/// Its documentation and its strings without their line breaks.
fn in_one_line(source: &str) -> String {
    let lines = source.lines().map(str::trim).map(|line| {
        line.trim_start_matches('/').trim_start().trim_end_matches('\\').trim_end()
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The two literals with which the text begins, without what is put into them.
fn literals(text: &str) -> Option<(String, String)> {
    let (en, rest) = literal(text)?;
    let (zh, _) = literal(rest.trim_start().strip_prefix(',')?)?;
    Some((en, zh))
}

fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut content = String::new();
    let (mut is_escaped, mut depth) = (false, 0_u8);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some((content, &text[at + 1..])),
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => content.push(c),
        }
    }
    None
}

/// Whether this is of a language: a name such as p99 or an option is the same in both.
fn is_word(word: &str) -> bool {
    word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())
}

fn numbers(text: &str) -> Vec<&str> {
    let mut numbers: Vec<_> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect();
    numbers.sort_unstable();
    numbers
}

fn is_chinese(c: char) -> bool {
    ('\u{2e80}'..='\u{ffef}').contains(&c)
}
