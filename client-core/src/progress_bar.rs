//! A bar on standard error, for as long as a client runs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that is drawn by this template; `None` where no line can be drawn over, which is off a
/// terminal and on a dumb one.
#[must_use]
pub fn progress_bar(requests: usize, template: &str) -> Option<ProgressBar> {
    if !units::can_redraw() {
        return None;
    }
    let bar = ProgressBar::new(requests as u64);
    // A template that does not parse shows in the first run; the default bar does no harm.
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    // In ASCII, since it is not written through `units`.
    bar.set_style(style.progress_chars("=> "));
    // The seconds go on while all requests wait.
    bar.enable_steady_tick(Duration::from_millis(100));
    Some(bar)
}
