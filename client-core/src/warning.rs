//! What a program says beside its results.

use std::fmt::Display;
use std::io::Write as _;

/// Says it on standard error. Where that takes nothing, as a closed terminal or a full disk,
/// nobody hears it, and whatever is going on goes on.
pub fn warn(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
