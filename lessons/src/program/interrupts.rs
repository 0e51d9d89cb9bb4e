//! Ctrl-C: the student's program ends with this one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use crossterm::terminal;

use crate::program::orphans;

/// The exit status of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Set before the first program is ended, so that whoever sees one end knows why.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Sees to it that nothing is left running when this program is ended.
///
/// Errors: the system does not tell of Ctrl-C.
pub(crate) fn end_all_on_ctrl_c() -> anyhow::Result<()> {
    ctrlc::set_handler(leave).context("cannot listen for Ctrl-C")
}

/// Returns, unless this program is being ended: what a program of a lesson did last, it did
/// because it was ended, which is neither to be said nor to be noted.
pub(crate) fn wait_if_leaving() {
    while LEAVING.load(Ordering::SeqCst) {
        // Until the thread that was told of Ctrl-C ends us all.
        thread::park();
    }
}

#[expect(
    clippy::exit,
    reason = "what has to be ended is, and files are written whole"
)]
fn leave() {
    LEAVING.store(true, Ordering::SeqCst);
    orphans::end_all();
    // Harmless where it was not on.
    let _ = terminal::disable_raw_mode();
    std::process::exit(INTERRUPTED)
}
