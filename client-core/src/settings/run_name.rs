//! The name that a person gives a run, so that a class can tell whose it is.

use std::fmt;
use std::str::FromStr;

use units::printable;

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
    type Err = String;

    /// # Errors
    ///
    /// A sentence for the user.
    fn from_str(text: &str) -> Result<Self, String> {
        // HTTP takes the spaces around the value of a header away.
        let name = text.trim();
        if name.is_empty() {
            return Err("write a name of one character or more".to_owned());
        }
        if name.chars().count() > LONGEST {
            return Err(format!("write a name of at most {LONGEST} characters"));
        }
        if printable(name.as_bytes(), LONGEST) != name {
            return Err("write a name on one line, without control characters \
                        or marks that turn the direction of text"
                .to_owned());
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
            assert!(
                name(wrong).unwrap_err().starts_with("write a name"),
                "{wrong:?}"
            );
        }
    }
}
