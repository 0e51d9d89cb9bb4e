//! Ctrl-C: the student's program ends with this one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context as _;
use crossterm::terminal;
use units::localized;

use super::orphans;

/// The exit status of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Set before the first program is killed, so that whoever sees one end knows why.
static EXITING: AtomicBool = AtomicBool::new(false);

/// On Ctrl-C, kills the programs that were started, and exits.
///
/// # Errors
///
/// The system takes no handler.
pub(crate) fn exit_on_ctrl_c() -> anyhow::Result<()> {
    ctrlc::set_handler(exit)
        .context(localized!("cannot listen for Ctrl-C", "无法监听 Ctrl-C"))
}

/// Returns, unless this process is exiting: then the program was killed, and its result is
/// neither printed nor noted.
pub(crate) fn wait_if_exiting() {
    while EXITING.load(Ordering::SeqCst) {
        // Until the handler's thread exits.
        thread::park();
    }
}

#[expect(
    clippy::exit,
    reason = "what has to be ended is, and files are written whole"
)]
fn exit() {
    EXITING.store(true, Ordering::SeqCst);
    orphans::kill_all();
    // Harmless where it was not on.
    let _ = terminal::disable_raw_mode();
    std::process::exit(INTERRUPTED)
}
