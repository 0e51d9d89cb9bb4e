//! How a program reads its command line and its environment, and how it writes to people:
//! durations, counts and sizes, in which language, and where to.
//!
//! # Layout
//!
//! - `command_line`: what ends a program before it begins: wrong usage, `--help`, completions
//! - `environment`: variables, also those about the terminal
//! - `language`: English and Chinese
//! - `chinese`: `--help` and the errors of a command line in Chinese
//! - `text`: lines that fit a terminal
//! - `output`: standard output and standard error
//! - `threads`: whether there are any to be had
//! - `ascii`: substitutes for characters in a locale without Unicode
//!
//! Durations, counts and sizes are in this file.

mod ascii;
mod chinese;
mod command_line;
mod environment;
mod language;
mod output;
pub mod text;
mod threads;

pub use chinese::untranslated;
pub use command_line::{Completions, parse, print_completions, usage_error};
pub use environment::{has_unicode, variable};
pub use language::{Language, LanguageArgs, Localized};
pub use output::{
    Output, can_redraw, columns, print_json, raw_stdout, stderr, stdout,
    stdout_is_closed, warn,
};
pub use threads::require_threads;

use std::num::{IntErrorKind, NonZeroUsize, ParseIntError};
use std::time::Duration;

/// Seconds to the millisecond, such as `3.012 s`.
#[must_use]
pub fn seconds(seconds: f64) -> String {
    format!("{seconds:.3} s")
}

/// A difference in the unit that suits it, with its sign: `+12 ms`, `-0.4 ms`, `+2.31 s`.
#[must_use]
pub fn difference(seconds: f64) -> String {
    let millis = seconds * 1e3;
    match millis.abs() {
        small if small < 10.0 => format!("{millis:+.1} ms"),
        medium if medium < 1000.0 => format!("{millis:+.0} ms"),
        _ => format!("{seconds:+.2} s"),
    }
}

/// Milliseconds without their unit, with a decimal where there are less than ten: `0.3`, `12`.
#[must_use]
pub fn millis(millis: f64) -> String {
    let decimals = usize::from(millis < 9.95);
    format!("{millis:.decimals$}")
}

/// A duration in prose, with spaces: `100 ms`, `3 s`, `1 min 30 s`.
#[must_use]
pub fn duration(duration: Duration) -> String {
    let typed = humantime::format_duration(duration).to_string();
    let spaced = typed.split(' ').map(|part| {
        let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = part.strip_suffix(unit).unwrap_or_default();
        let unit = match unit {
            "m" => "min",
            "us" => "µs",
            other => other,
        };
        format!("{number} {unit}")
    });
    spaced.collect::<Vec<_>>().join(" ")
}

/// A size in megabytes of a million bytes, such as `12.5 MB`.
#[must_use]
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A number with its noun: `1 request`, `5 requests`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Reads `300ms`, `3s`, `1m`.
///
/// # Errors
///
/// A sentence for the user that shows how a duration is written.
pub fn parse_duration(text: &str) -> Result<Duration, Localized> {
    match humantime::parse_duration(text) {
        Ok(long) if long > LONGEST => {
            Err(localized!("at most 30days", "最长 30days"))
        }
        Ok(duration) => Ok(duration),
        Err(_) => Err(localized!(
            "write a number and its unit, such as 300ms, 3s or 1m",
            "请写数字和单位，例如 300ms、3s 或 1m",
        )),
    }
}

/// The longest duration accepted, so that the sum of millions of them does not overflow.
pub const LONGEST: Duration = Duration::from_hours(30 * 24);

/// Reads a count, 1 or more.
///
/// # Errors
///
/// A sentence for the user.
pub fn parse_count(text: &str) -> Result<NonZeroUsize, Localized> {
    text.parse().map_err(|error: ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow => {
            localized!("this number is too large", "这个数太大")
        }
        _ => localized!("write a whole number, 1 or more", "请写整数，至少为 1"),
    })
}

/// Text from a server, safe to show on a terminal: one line, no characters that command
/// it, at most `most` characters.
#[must_use]
pub fn printable(text: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(text);
    let mut shown: String = text
        .chars()
        .take(most)
        .map(|c| if is_printable(c) { c } else { char::REPLACEMENT_CHARACTER })
        .collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a terminal only shows this character: no control character, none that ends a line or
/// changes the direction of writing, which can make a line read as another.
#[must_use]
pub fn is_printable(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}');
    let ends_or_turns =
        matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(c.is_control() || turns || ends_or_turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_in_the_unit_that_suits_it() {
        assert_eq!(difference(0.0004), "+0.4 ms");
        assert_eq!(difference(-0.012), "-12 ms");
        assert_eq!(difference(2.314), "+2.31 s");
    }

    #[test]
    fn fractions_of_a_millisecond_are_not_zero() {
        for (number, shown) in
            [(0.34, "0.3"), (9.96, "10"), (12.4, "12"), (0.0, "0.0")]
        {
            assert_eq!(millis(number), shown);
        }
    }

    #[test]
    fn a_duration_in_prose_has_a_space_before_its_unit() {
        for (millis, shown) in
            [(100, "100 ms"), (3000, "3 s"), (90_000, "1 min 30 s"), (0, "0 s")]
        {
            assert_eq!(duration(Duration::from_millis(millis)), shown);
        }
        assert_eq!(duration(Duration::from_micros(5)), "5 µs");
    }

    #[test]
    fn escapes_from_a_server_do_not_reach_the_terminal() {
        assert_eq!(
            printable(b"\x1b[31mred\r\n", 40),
            "\u{fffd}[31mred\u{fffd}\u{fffd}"
        );
        assert_eq!(
            printable("a\u{9b}b\u{202e}c\u{2066}d\u{2028}e".as_bytes(), 40),
            "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"
        );
        assert_eq!(printable(b"abcdef", 3), "abc…");
    }
}
