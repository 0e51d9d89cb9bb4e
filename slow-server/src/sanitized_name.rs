//! Names that clients give themselves, made safe to show.

use std::fmt;

/// The most characters of a name that are kept.
const LONGEST: usize = 40;

/// A name from outside: at most 40 characters, on one line, in the direction in which
/// it is read. It can still hold `<` and `"`, which whoever writes HTML has to escape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SanitizedName(String);

impl SanitizedName {
    /// From the value of a header.
    #[must_use]
    pub fn new(value: &[u8]) -> Self {
        let sanitize =
            |c| if is_harmless(c) { c } else { char::REPLACEMENT_CHARACTER };
        let text = String::from_utf8_lossy(value);
        Self(text.chars().take(LONGEST).map(sanitize).collect())
    }

    /// The name as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a terminal shows this character and does nothing else with it.
fn is_harmless(c: char) -> bool {
    // The marks that turn the direction of writing can make a line read as another.
    let turns_direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks_line = matches!(c, '\u{2028}' | '\u{2029}');
    !(c.is_control() || turns_direction || breaks_line)
}

impl fmt::Display for SanitizedName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_keeps_its_letters_and_loses_what_moves_the_cursor() {
        assert_eq!(
            SanitizedName::new("异步 <b>".as_bytes()).to_string(),
            "异步 <b>"
        );
        assert_eq!(
            SanitizedName::new(b"\x1b[2Ja\r\nb").to_string(),
            "\u{fffd}[2Ja\u{fffd}\u{fffd}b"
        );
        assert_eq!(
            SanitizedName::new("a\u{202e}b".as_bytes()).to_string(),
            "a\u{fffd}b"
        );
    }

    proptest! {
        #[test]
        fn a_name_is_short_and_on_one_line(bytes: Vec<u8>) {
            let name = SanitizedName::new(&bytes);
            let name = name.to_string();
            prop_assert!(name.chars().count() <= LONGEST);
            prop_assert!(name.chars().all(is_harmless));
        }
    }
}
