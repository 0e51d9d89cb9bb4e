//! What the documentation tells a reader to follow or to type is there.

use std::collections::BTreeSet;
use std::path::Path;

use super::page::{BUILT, Page, Section};
use crate::workspace::{files, packages, read, root, rust_files};

/// The exercises, the shows and the section of each.
const PACK: &str = "lessons/packs/waiting/";

/// Options of cargo itself, and the one that clap adds.
const OF_CARGO: [&str; 4] = ["", "release", "locked", "help"];

/// The pages for users.
fn pages() -> Vec<Page> {
    let mut names = files();
    names.retain(|name| {
        let is_text = Path::new(name).extension().is_some_and(|end| end == "md");
        is_text && (name.starts_with("docs/") || name.starts_with("README"))
    });
    names.iter().map(|name| Page::read(name)).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let folder = Path::new(&page.path).parent().unwrap();
        let links = page.sections.iter().flat_map(Section::links);
        for link in links.filter(|link| !link.contains("://")) {
            let place = format!("{}: {link}", page.path);
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            assert!(root().join(folder).join(file).exists(), "{place}");
            if !anchor.is_empty() {
                let target = folder.join(file);
                let own = Path::new(&page.path);
                let target = if file.is_empty() { own } else { &target };
                let target = Page::read(target.to_str().unwrap());
                assert!(target.has_anchor(anchor), "{place}");
            }
        }
    }
}

#[test]
fn every_command_names_what_is_there() {
    let packages: BTreeSet<_> = packages().into_iter().map(|it| it.name).collect();
    let lessons = lessons();
    let sources = rust_files();
    let has_option = |option: &str| {
        let field = format!("{}: ", option.replace('-', "_"));
        let name = format!("long = \"{option}\"");
        sources.iter().any(|(_, text)| text.contains(&field) || text.contains(&name))
    };
    for page in pages() {
        for command in page.sections.iter().flat_map(Section::commands) {
            let place = format!("{}: {command}", page.path);
            let words: Vec<_> = command.split_whitespace().collect();
            match words[..] {
                ["cargo", "lesson", _, which, ..] if which.starts_with(is_digit) => {
                    assert!(lessons.contains(which), "{place}");
                }
                ["cargo", "build" | "run" | "compare" | "lesson", ..] => {}
                [program, ..] if program.starts_with(BUILT) => {
                    assert!(packages.contains(&program[BUILT.len()..]), "{place}");
                }
                ["python3", program, ..] if program != "-m" => {
                    assert!(root().join(program).exists(), "{place}");
                    continue;
                }
                _ => continue,
            }
            for pair in words.windows(2).filter(|pair| pair[0] == "-p") {
                let name = pair[1].trim_matches('"');
                let is_there = name.strip_suffix('*').map_or_else(
                    || packages.contains(name),
                    |start| {
                        packages.iter().any(|package| package.starts_with(start))
                    },
                );
                assert!(is_there, "{place}");
            }
            let options = words.iter().filter_map(|word| word.strip_prefix("--"));
            for option in options.map(|option| option.split('=').next().unwrap()) {
                let is_there = OF_CARGO.contains(&option) || has_option(option);
                assert!(is_there, "{place}");
            }
        }
    }
}

/// Those of `compare`, the clients and `slow-server`.
#[test]
fn every_option_is_in_the_documentation() {
    let docs: String = pages().iter().map(|page| read(&page.path)).collect();
    let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let named: BTreeSet<_> = docs
        .split("--")
        .map(|text| text.split(|c| !is_name(c)).next().unwrap())
        .collect();
    let of_a_program = |path: &str| {
        ["client-core/src/", "compare/src/", "slow-server/src/", "units/src/"]
            .iter()
            .any(|folder| path.starts_with(folder))
    };
    let sources = rust_files().into_iter().filter(|(path, _)| of_a_program(path));
    let options: BTreeSet<_> =
        sources.flat_map(|(_, text)| options(&text)).collect();
    // It looks where they are.
    assert!(options.len() > 50, "{options:?}");
    let missing: Vec<_> =
        options.iter().filter(|option| !named.contains(option.as_str())).collect();
    assert!(missing.is_empty(), "no page has {missing:?}");
}

/// The long options of a source: the field below each attribute that has `long`.
fn options(text: &str) -> Vec<String> {
    let attributes =
        text.match_indices("#[arg(").map(|(at, start)| &text[at + start.len()..]);
    let long = attributes.filter(|text| {
        let attribute = text.split(")]").next().unwrap();
        let mut words = attribute.split([',', ' ']).map(str::trim);
        words.any(|word| word == "long") && !attribute.contains("hide = true")
    });
    let field = |line: &str| {
        let line =
            line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        let (name, _) = line.split_once(": ")?;
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_name.then(|| name.replace('_', "-"))
    };
    long.filter_map(|text| text.lines().find_map(field)).collect()
}

#[test]
fn the_tutorial_has_each_lesson_in_its_section() {
    let page = Page::read("docs/tutorial.md");
    let files = files();
    let texts = files.iter().filter_map(|path| Some((path, section_of(path)?)));
    for (path, number) in texts {
        let folder = Path::new(path).parent().unwrap().file_name().unwrap();
        let link = format!("/{}/", folder.to_str().unwrap());
        let start = format!("### {number} ");
        let found = page.sections.iter().filter(|section| {
            section.links().iter().any(|target| target.contains(&link))
        });
        let found: Vec<_> = found.map(|section| &section.heading).collect();
        let is_there = found.len() == 1 && found[0].starts_with(&start);
        assert!(is_there, "{path} is of {number}, and in {found:?}");
    }
}

/// What may stand behind `cargo lesson show` and `cargo lesson watch`: sections, shows, and
/// the numbers of the exercises.
fn lessons() -> BTreeSet<String> {
    let files = files();
    let mut known = BTreeSet::new();
    for path in files.iter().filter(|path| path.starts_with(PACK)) {
        let name = path[PACK.len()..].split('/').nth(1).unwrap_or_default();
        let number = name.split('-').next().unwrap_or_default();
        known.insert(name.to_owned());
        known.insert(number.trim_start_matches('0').to_owned());
        known.extend(section_of(path));
    }
    known
}

/// The section of the tutorial that an exercise or a show is of, by its text.
fn section_of(path: &str) -> Option<String> {
    let ends = ["/exercise.toml", "/show.toml"];
    let is_text =
        path.starts_with(PACK) && ends.iter().any(|end| path.ends_with(end));
    let text = is_text.then(|| read(path))?;
    let section = text.lines().find_map(|line| line.strip_prefix("section = "))?;
    Some(section.trim_matches('"').to_owned())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}
