//! Ctrl-C while clients run: counted here, and passed on to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;

/// How often Ctrl-C was pressed.
pub(crate) struct Interrupts(Arc<AtomicUsize>);

impl Interrupts {
    /// # Errors
    ///
    /// No handler can be installed.
    pub(crate) fn watch() -> anyhow::Result<Self> {
        let count = Arc::new(AtomicUsize::new(0));
        let pressed = Arc::clone(&count);
        ctrlc::set_handler(move || {
            pressed.fetch_add(1, Ordering::Relaxed);
        })
        .context("cannot watch for Ctrl-C")?;
        Ok(Self(count))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
