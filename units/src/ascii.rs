//! Substitutes for characters in a locale without Unicode.

use std::borrow::Cow;

/// The characters beyond ASCII that the programs use, each with its substitute.
const STAND_INS: &[(char, &str)] = &[
    // In text.
    ('…', "..."),
    ('µ', "u"),
    ('×', "x"),
    ('·', "."),
    ('±', "+-"),
    ('–', "-"),
    ('≤', "<="),
    ('\u{fffd}', "?"),
    // In charts and timelines, where each has one column.
    ('●', "o"),
    ('│', "|"),
    ('└', "+"),
    ('─', "-"),
    ('┣', "|"),
    ('▓', "#"),
    ('┄', "."),
    ('━', "-"),
    ('╳', "x"),
    ('▲', "^"),
    ('▁', "."),
    ('▂', ":"),
    ('▃', "-"),
    ('▄', "="),
    ('▅', "+"),
    ('▆', "*"),
    ('▇', "%"),
    ('█', "@"),
];

/// The text with a stand-in for each character that has one. Others are of a user's data, such
/// as the name of a file, and stay as they are.
pub(crate) fn from_utf8(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return text.into();
    }
    let mut ascii = Vec::new();
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let mut same = [0; 4];
            let known = STAND_INS.iter().find(|(known, _)| *known == c);
            let shown = known.map_or(&*c.encode_utf8(&mut same), |(_, text)| *text);
            ascii.extend_from_slice(shown.as_bytes());
        }
        ascii.extend_from_slice(chunk.invalid());
    }
    ascii.into()
}
