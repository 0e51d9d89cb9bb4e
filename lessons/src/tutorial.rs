//! The page on the tutorial, which explains each of its sections.

use units::Language;

/// The page in each language, from the root of the workspace.
const EN: (&str, &str) =
    ("docs/tutorial.md", include_str!("../../docs/tutorial.md"));
const ZH: (&str, &str) =
    ("docs/tutorial.zh-CN.md", include_str!("../../docs/tutorial.zh-CN.md"));

/// The page, and the heading of this section in it, such as `3.5 An async HTTP client`;
/// `None` where it has no such section.
pub(crate) fn find(
    section: &str,
    language: Language,
) -> Option<(&'static str, &'static str)> {
    let (page, text) = language.pick(EN, ZH);
    let mut headings = text.lines().filter_map(|line| line.strip_prefix("### "));
    let heading =
        headings.find(|heading| heading.split(' ').next() == Some(section))?;
    Some((page, heading))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_found_by_the_whole_of_its_number() {
        let (page, heading) = find("2.1", Language::En).unwrap();
        assert_eq!((page, heading), ("docs/tutorial.md", "2.1 Blocking"));
        let (page, heading) = find("2.1", Language::Zh).unwrap();
        assert_eq!((page, heading), ("docs/tutorial.zh-CN.md", "2.1 阻塞"));
        for other in ["2", "2.", "2.10", "", "Blocking"] {
            assert_eq!(find(other, Language::En), None, "{other}");
        }
    }
}
