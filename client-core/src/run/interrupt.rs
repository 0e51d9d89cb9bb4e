//! Ctrl-C while a client runs: the report of the run so far, or an immediate exit.

use std::thread;
use std::time::Duration;

use crate::plan::stop::Stop;
use crate::run::cli::leave;
use units::{localized, warn};

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
        warn(localized!(
            "Stopping: requests in flight get up to 2 s. Press Ctrl-C again to quit \
             immediately.",
            "正在停止：在途请求最多再等 2 秒。再按一次 Ctrl-C 立即退出。",
        ));
        // This handler must return, or it would not see the second Ctrl-C.
        let report = report.clone();
        // Without a thread, the run ends by itself or by the second Ctrl-C.
        let _ = thread::Builder::new().spawn(move || {
            thread::sleep(GRACE);
            report();
            leave(i32::from(INTERRUPTED));
        });
    };
    // Where no handler can be installed, Ctrl-C ends the process, as it does by default.
    let _ = ctrlc::set_handler(handler);
}

/// Lets `nohup` have its way, which a handler for Ctrl-C would undo: the end of the terminal is
/// no end of the run. To be called before anything starts a thread.
pub fn heed_nohup() {
    #[cfg(target_os = "linux")]
    if ignores_hangup() {
        use nix::sys::signal::{SigSet, Signal};

        // A signal that is blocked never comes. If it cannot be, the run ends as by Ctrl-C.
        let _ = SigSet::from(Signal::SIGHUP).thread_block();
    }
}

/// Whether this process was started to ignore the end of its terminal.
#[cfg(target_os = "linux")]
#[must_use]
pub fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    // SIGHUP is the first of the signals.
    ignored.is_some_and(|set| set & 1 == 1)
}
