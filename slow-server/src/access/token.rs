//! The teacher's token: required to change how the server behaves.

use std::fmt;
use std::io;

use subtle::ConstantTimeEq as _;
use units::{Localized, localized};

/// A secret of at least 12 characters.
#[derive(Clone)]
pub struct Token(String);

/// Sixteen letters and digits, of 32 kinds each: 80 bits, too many to guess over a network.
const LETTERS: usize = 16;

/// Letters in a group, for reading and typing.
const GROUP: usize = 4;

/// Without `l`, `o`, `0` and `1`, which look like each other on a projector.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The fewest characters of a token that is chosen by hand.
const SHORTEST: usize = 12;

impl Token {
    /// Makes a new one, such as `k7pd-9xqm-2rtw-8hvn`.
    ///
    /// # Errors
    ///
    /// The machine has no source of random numbers.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; LETTERS];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        // 32 divides 256, so that no letter is more likely than another.
        let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        let groups: Vec<String> =
            letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        Ok(Self(groups.join("-")))
    }

    /// Takes one that was chosen by hand.
    ///
    /// # Errors
    ///
    /// A sentence for the user.
    pub fn parse(text: &str) -> Result<Self, Localized> {
        if text.len() < SHORTEST {
            return Err(localized!(
                "too easy to guess: use at least {SHORTEST} characters",
                "太容易猜到：请至少用 {SHORTEST} 个字符",
            ));
        }
        // What a header field can carry without quotes.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(localized!(
                "use only ASCII letters, digits and punctuation, no spaces",
                "只能用 ASCII 字母、数字和标点，不能有空格",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether an `Authorization` header is `Bearer`, in whatever case, and this token.
    pub(super) fn matches(&self, header: &[u8]) -> bool {
        const SCHEME: &[u8] = b"Bearer ";
        header.split_at_checked(SCHEME.len()).is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case(SCHEME) && self.is(token)
        })
    }

    /// Compares in constant time: how long that takes reveals nothing but the length.
    fn is(&self, token: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(token).into()
    }
}

impl fmt::Display for Token {
    /// The secret itself, for the teacher's terminal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Token {
    /// Not the secret: what is debugged is often logged.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_token_can_be_read_out_and_is_never_the_same() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(!one.is(other.to_string().as_bytes()));
        let text = one.to_string();
        assert_eq!(text.len(), 19);
        assert!(text.split('-').all(|group| group.len() == GROUP), "{text}");
        assert!(Token::parse(&text).unwrap().is(text.as_bytes()));
    }

    #[test]
    fn only_the_whole_token_is_the_token() {
        let token = Token::parse("correct-horse").unwrap();
        assert!(token.is(b"correct-horse"));
        for wrong in [&b""[..], b"correct-hors", b"correct-horse1", b"Correct-horse"]
        {
            assert!(!token.is(wrong));
        }
    }

    #[test]
    fn a_token_is_long_plain_and_kept_out_of_logs() {
        assert!(Token::parse("short").is_err());
        assert!(Token::parse("with some spaces").is_err());
        let shown = format!("{:?}", Token::parse("correct-horse").unwrap());
        assert!(!shown.contains("horse"), "{shown}");
    }
}
