//! What a client says its whole run should take. Only the client knows how it spreads its
//! requests: a pool that takes them in chunks, and one that takes them one by one, look
//! alike from here.

use std::time::Duration;

/// The longest that is believed: nobody watches a run for more than a year.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// The time in milliseconds, such as `1600` or `1234.567`, the same in every request;
/// `None` where the client says nothing, or nothing that can be right: what is shown
/// beside a time must not be nonsense, and it is no reason to refuse a request.
pub(crate) fn of(said: Option<&[u8]>) -> Option<Duration> {
    parse(std::str::from_utf8(said?).ok()?)
}

fn parse(text: &str) -> Option<Duration> {
    // A float alone could also be `inf`, `nan`, `1e9` or `-0`.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let ms: f64 = text.parse().ok().filter(|_| is_plain)?;
    let ideal = Duration::try_from_secs_f64(ms / 1e3).ok()?;
    (ideal <= LONGEST).then_some(ideal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_number_of_milliseconds_is_believed() {
        assert_eq!(parse("0"), Some(Duration::ZERO));
        assert_eq!(parse("1600.000"), Some(Duration::from_millis(1600)));
        assert_eq!(parse("1234.567"), Some(Duration::from_micros(1_234_567)));
        assert_eq!(parse("31536000000"), Some(LONGEST));
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            ".",
            "-1",
            "-0",
            "+1",
            "1e3",
            "inf",
            "nan",
            "NaN",
            "1,5",
            "1.5.2",
            " 1",
            "1 ",
            "1s",
            "0x10",
            "31536000001",
            "１",
            "soon",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse(&"9".repeat(400)), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_it_is_at_most_a_year(text in "[0-9]{0,20}[.e]?[0-9]{0,3}|.{0,20}") {
            prop_assert!(parse(&text).is_none_or(|ideal| ideal <= LONGEST));
        }
    }
}
