//! The plan of a class fills its 45 minutes, and each step of it has a section.

use super::page::{Page, Section};

#[test]
fn the_plan_of_a_class_has_no_gap() {
    let page = Page::read("docs/teaching.md");
    // The translation has the same numbers: `translations.rs`.
    let rows = page.sections.iter().flat_map(Section::rows);
    let steps = rows.filter_map(|row| minutes(row.split('|').nth(1)?.trim()));
    let mut end = 0;
    for (from, to) in steps {
        let start = format!("### {from}–{to} ");
        assert!(
            page.sections.iter().any(|section| section.heading.starts_with(&start)),
            "no section of its own: {from}–{to}"
        );
        assert_eq!(from, end, "the step until {to} begins when that before it ends");
        end = to;
    }
    assert_eq!(end, 45);
}

/// 5 and 13 of `5–13`.
fn minutes(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('–')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}
