//! One word for one thing, in English and in Chinese, and spaces around numbers.
//!
//! A synonym that is found here is to be replaced, not excepted: the table says by what.

use std::path::Path;

use super::page::Page;
use crate::languages::{lesson_texts, tables, translated};
use crate::workspace::{files, read, rust_files};

/// What is not written, and what is written instead. A word may end in any way after `*`.
const ENGLISH: &[(&str, &str)] = &[
    ("answer*", "response, to respond, to serve; a request succeeds; a solution"),
    ("at once", "in flight; at the same time; 8 at a time; immediately"),
    ("gone away", "aborted"),
    ("how often to", "the number of …"),
    ("mend*", "fix"),
    ("nobody", "no client, no one"),
    ("on the way", "in flight"),
    ("one at a time", "one after another; one request at a time"),
    ("one by one", "one after another"),
    ("replied", "responded"),
    ("replies", "responses"),
    ("reply", "response"),
    ("so many", "n, the number of …"),
    ("turned away", "rejected"),
    ("under way", "in flight"),
    ("waits its turn", "is queued"),
    ("waits of", "waves of"),
    ("went away", "aborted; closed the connection"),
    ("whoever", "the client, the person, …"),
];

/// The same in Chinese, where words have no ends.
const CHINESE: &[(&str, &str)] = &[
    ("一个接一个", "逐个"),
    ("一个请求接一个", "逐个"),
    ("三秒钟", "Three Seconds"),
    ("回答", "响应"),
    ("应答", "响应"),
    ("有毛病", "有缺陷"),
    ("点拨", "提示"),
    ("一批", "一轮；一块"),
    ("答复", "响应"),
    ("等候", "等待、排队"),
    ("次等待", "轮"),
];

/// Units that have a space before them, unless they are typed.
const UNITS: [&str; 9] = ["GB", "GiB", "MB", "MiB", "kB", "ms", "s", "µs", "μs"];

/// What breaks a rule in a text, and what to write instead.
type Rule = fn(&str) -> Vec<String>;

const ALL: &[Rule] = &[synonyms, tight_units, glued];

/// Of texts that name values to type, such as `10s`.
const OF_OUTPUT: &[Rule] = &[synonyms, glued];

/// A text that a person reads, and where it is.
struct Text {
    place: String,
    content: String,
}

#[test]
fn pages_use_one_word_for_one_thing() {
    let names = files();
    let is_page =
        |name: &&String| Path::new(name).extension().is_some_and(|end| end == "md");
    check(
        ALL,
        100,
        names.iter().filter(is_page).flat_map(|name| {
            let page = Page::read(name);
            page.sections.into_iter().map(move |section| Text {
                place: format!("{name}, {}", section.heading),
                content: section.text(),
            })
        }),
    );
}

#[test]
fn output_uses_one_word_for_one_thing() {
    let sources = rust_files();
    check(
        OF_OUTPUT,
        800,
        sources.iter().flat_map(|(path, text)| {
            translated(text).flat_map(move |(en, zh)| {
                [en, zh].map(|content| Text { place: path.clone(), content })
            })
        }),
    );
}

/// The documentation comments of the files that declare options.
#[test]
fn help_uses_one_word_for_one_thing() {
    let sources = rust_files();
    let with_options = sources.iter().filter(|(_, text)| {
        ["#[arg(", "#[command(", "ValueEnum)]"].iter().any(|it| text.contains(it))
    });
    check(
        ALL,
        15,
        with_options.map(|(path, text)| {
            let lines = text.lines().map(str::trim_start);
            let comments = lines.filter_map(|line| line.strip_prefix("///"));
            Text {
                place: path.clone(),
                content: comments.collect::<Vec<_>>().join(" "),
            }
        }),
    );
}

#[test]
fn lessons_use_one_word_for_one_thing() {
    check(
        ALL,
        17,
        lesson_texts().map(|place| {
            let text = read(&place);
            let (en, zh) = tables(&text).unwrap_or_default();
            Text { content: format!("{en} {zh}"), place }
        }),
    );
}

#[test]
fn the_words_of_the_web_pages_are_one_for_one_thing() {
    let place = "slow-server/page/shared/words.mjs";
    let mut source = String::new();
    for line in read(place).lines() {
        if !line.trim_start().starts_with("//") {
            source += line;
        }
    }
    // Without what is put into a text, from the inside out.
    while let Some(start) = source.rfind("${") {
        let end = source[start..].find('}').map_or(source.len(), |end| start + end);
        source.replace_range(start..=end, "_");
    }
    // A text is between quotation marks of either kind, of which none stands alone.
    assert!(source.matches(['\'', '`']).count().is_multiple_of(2), "{place}");
    let texts = source.split(['\'', '`']).skip(1).step_by(2);
    check(
        &[synonyms, tight_units],
        200,
        texts.map(|text| Text { place: place.to_owned(), content: text.to_owned() }),
    );
}

/// With the least number of texts that there are, so that it looks where they stand.
fn check(rules: &[Rule], least: usize, texts: impl Iterator<Item = Text>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for Text { place, content } in texts {
        count += 1;
        // What is between backticks is code; a title is a quotation; a line may break anywhere.
        let content = without(&content, &['`']).replace('\\', "");
        let content = without(&content, &['《', '》']);
        let prose = content.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = rules.iter().flat_map(|rule| rule(&prose));
        wrong.extend(found.map(|it| format!("{place}: {it}")));
    }
    assert!(count >= least, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without every second part, of those that these delimit.
fn without(text: &str, delimiters: &[char]) -> String {
    text.split(delimiters).step_by(2).collect::<Vec<_>>().join("_")
}

fn synonyms(prose: &str) -> Vec<String> {
    let lower = prose.to_lowercase();
    let is_inside = |c: Option<char>| c.is_some_and(is_ascii_word);
    let mut found = Vec::new();
    for (word, instead) in ENGLISH.iter().chain(CHINESE) {
        let stem = word.trim_end_matches('*');
        for (at, _) in lower.match_indices(stem) {
            let (before, after) = (&lower[..at], &lower[at + stem.len()..]);
            let is_whole = word.ends_with('*') || !is_inside(after.chars().next());
            if is_whole && !is_inside(before.chars().next_back()) {
                let excerpt: String = lower[at..].chars().take(40).collect();
                found.push(format!("“{excerpt}…”: write {instead}"));
            }
        }
    }
    found
}

/// `100ms`, but not what is typed, such as `--delay 100ms`.
fn tight_units(prose: &str) -> Vec<String> {
    let words: Vec<_> = prose.split(' ').collect();
    let is_typed = |at: usize| at > 0 && words[at - 1].starts_with("--");
    let is_tight =
        |word: &str| word.split(|c| !is_of_a_number(c)).any(has_tight_unit);
    let found = words
        .iter()
        .enumerate()
        .filter(|(at, word)| !is_typed(*at) && is_tight(word));
    found.map(|(_, word)| format!("{word}: write a space before the unit")).collect()
}

/// A Latin letter or a digit beside a Chinese character.
fn glued(prose: &str) -> Vec<String> {
    let is_glued = |word: &&str| {
        let pairs = word.chars().zip(word.chars().skip(1));
        let mut pairs = pairs.flat_map(|(one, other)| [(one, other), (other, one)]);
        pairs.any(|(one, other)| is_han(one) && other.is_ascii_alphanumeric())
    };
    let found = prose.split(' ').filter(is_glued);
    found
        .map(|word| format!("{word}: write a space between Chinese and Latin"))
        .collect()
}

fn has_tight_unit(word: &str) -> bool {
    let word = word.trim_matches(['.', ',']);
    let unit =
        word.trim_start_matches(|c: char| c.is_ascii_digit() || ".,".contains(c));
    unit.len() < word.len() && UNITS.contains(&unit)
}

fn is_of_a_number(c: char) -> bool {
    is_ascii_word(c) || "µμ.,=-".contains(c)
}

fn is_ascii_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}
