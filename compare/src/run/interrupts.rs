//! Ctrl-C while clients run: counted here, and passed on to them.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use units::localized;

// One for the process, as the handler is.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Counts Ctrl-C from now on, where it would otherwise end this process.
///
/// # Errors
///
/// No handler can be installed.
pub(crate) fn watch() -> anyhow::Result<()> {
    let handler = || {
        COUNT.fetch_add(1, Ordering::Relaxed);
    };
    ctrlc::set_handler(handler)
        .context(localized!("cannot watch for Ctrl-C", "无法监听 Ctrl-C"))
}

/// How often Ctrl-C was pressed.
pub(crate) fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}
