//! The README or a page in `docs/` and its translation have the same headings, tables,
//! commands, numbers and links.

use super::page::{Page, Section};
use crate::workspace::files;

const ENDING: &str = ".zh-CN.md";

#[test]
fn a_page_says_the_same_in_both_languages() {
    let mut names = files();
    let is_page =
        |name: &str| name.starts_with("docs/") || name.starts_with("README");
    names.retain(|name| is_page(name) && name.ends_with(ENDING));
    assert!(!names.is_empty(), "docs/ has no page in Chinese");
    for name in names {
        let english = Page::read(&name.replace(ENDING, ".md"));
        let chinese = Page::read(&name);
        assert_eq!(levels(&english), levels(&chinese), "the headings of {name}");
        for (english, chinese) in english.sections.iter().zip(&chinese.sections) {
            let place = format!("{name}: {}", chinese.heading);
            assert_eq!(english.cells(), chinese.cells(), "the tables of {place}");
            assert_eq!(
                english.commands(),
                chinese.commands(),
                "the commands of {place}"
            );
            assert_eq!(
                english.numbers(),
                chinese.numbers(),
                "the numbers of {place}"
            );
            assert_eq!(files_of(english), files_of(chinese), "the links of {place}");
        }
    }
}

fn levels(page: &Page) -> Vec<&str> {
    page.sections.iter().map(Section::level).collect()
}

/// The files that a section links to, whichever the language.
fn files_of(section: &Section) -> Vec<String> {
    let mut links: Vec<_> = section
        .links()
        .into_iter()
        .filter_map(|link| link.split('#').next())
        .filter(|file| !file.is_empty())
        .map(|file| file.replace(".zh-CN.", "."))
        .collect();
    links.sort();
    links
}
