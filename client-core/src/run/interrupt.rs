//! Ctrl-C while a client runs: the report of what came until then, or out at once.

use std::thread;
use std::time::Duration;

use crate::plan::stop::Stop;
use crate::run::cli::leave;
use units::warn;

/// How long requests in flight may take after Ctrl-C before they are given up.
const GRACE: Duration = Duration::from_millis(1800);

/// The exit status of a program that was stopped by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// Has the first Ctrl-C stop the run, and the second end the process.
///
/// `report` is printed if the run has not ended by itself a little later: who waits for a
/// response does not see that it should stop.
pub(crate) fn watch(stop: &Stop, report: impl Fn() + Clone + Send + 'static) {
    let stop = stop.clone();
    let handler = move || {
        if !stop.request() {
            leave(i32::from(INTERRUPTED));
        }
        warn(
            "Stopping: up to 2 s for what is under way. Ctrl-C again leaves at once.",
        );
        // This handler must return, or it would not see the second Ctrl-C.
        let report = report.clone();
        thread::spawn(move || {
            thread::sleep(GRACE);
            report();
            leave(i32::from(INTERRUPTED));
        });
    };
    // Where no handler can be installed, Ctrl-C ends the process, as it does by default.
    let _ = ctrlc::set_handler(handler);
}
