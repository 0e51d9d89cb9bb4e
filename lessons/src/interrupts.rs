//! Ctrl-C: the student's program ends with this one.

use anyhow::Context as _;
use crossterm::terminal;

use crate::leftovers;

/// The exit status of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Sees to it that nothing is left running when this program is ended.
///
/// Errors: the system does not tell of Ctrl-C.
pub(crate) fn end_all_on_ctrl_c() -> anyhow::Result<()> {
    ctrlc::set_handler(leave).context("cannot listen for Ctrl-C")
}

#[expect(
    clippy::exit,
    reason = "what has to be ended is, and files are written whole"
)]
fn leave() {
    leftovers::end_all();
    // Harmless where it was not on.
    let _ = terminal::disable_raw_mode();
    std::process::exit(INTERRUPTED)
}
