//! The name of a run, by which a class recognises its owner.

use std::fmt;
use std::str::FromStr;

use units::{Localized, localized, printable};

/// At most 40 characters, on one line, that a terminal shows as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunName(String);

/// The most characters that the server keeps.
const LONGEST: usize = 40;

impl RunName {
    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunName {
    type Err = Localized;

    /// # Errors
    ///
    /// A sentence for the user.
    fn from_str(text: &str) -> Result<Self, Localized> {
        // HTTP takes the spaces around the value of a header away.
        let name = text.trim();
        if name.is_empty() {
            return Err(localized!(
                "a name has at least one character",
                "名字至少要有一个字符",
            ));
        }
        if name.chars().count() > LONGEST {
            return Err(localized!(
                "a name has at most {LONGEST} characters",
                "名字最多 {LONGEST} 个字符",
            ));
        }
        if printable(name.as_bytes(), LONGEST) != name {
            return Err(localized!(
                "a name is on one line, without control characters and without marks that \
                 change the direction of text",
                "名字必须在一行之内，不能有控制字符，也不能有改变文字方向的标记",
            ));
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for RunName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_on_one_line() {
        let name = |text: &str| text.parse::<RunName>().map(|name| name.to_string());
        assert_eq!(name(" Anna B. "), Ok("Anna B.".to_owned()));
        assert_eq!(name("小王"), Ok("小王".to_owned()));
        assert_eq!(name(&"小".repeat(40)), Ok("小".repeat(40)));
        for wrong in ["", "  ", "a\nb", "a\x1b[2J", "a\u{202e}b", &"x".repeat(41)] {
            assert!(name(wrong).unwrap_err().en.starts_with("a name "), "{wrong:?}");
        }
    }
}
