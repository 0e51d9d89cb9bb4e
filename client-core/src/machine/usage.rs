//! What this process has used of the machine so far.

use serde::{Deserialize, Serialize};

use crate::machine;

/// CPU time and memory; `None` where the system does not say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds of CPU time, in user and kernel mode, over all threads.
    pub cpu_s: Option<f64>,
    /// What of this was spent before the first request was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_cpu_s: Option<f64>,
    /// The peak resident memory, in bytes.
    pub peak_rss_bytes: Option<u64>,
    /// The CPUs that this process may use.
    pub cores: usize,
}

impl Usage {
    /// The usage since the process started.
    #[must_use]
    pub fn so_far() -> Self {
        Self {
            cpu_s: cpu_s(),
            start_cpu_s: None,
            peak_rss_bytes: peak_rss_bytes(),
            cores: machine::cpus().get(),
        }
    }
}

/// Seconds of CPU time of this process so far.
pub(crate) fn cpu_s() -> Option<f64> {
    #[cfg(unix)]
    return cpu_s_of(nix::sys::resource::UsageWho::RUSAGE_SELF);
    #[cfg(not(unix))]
    None
}

/// Seconds of CPU time of all processes that this one has started and waited for, and of those
/// that they have waited for.
#[must_use]
pub fn children_cpu_s() -> Option<f64> {
    #[cfg(unix)]
    return cpu_s_of(nix::sys::resource::UsageWho::RUSAGE_CHILDREN);
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
fn cpu_s_of(who: nix::sys::resource::UsageWho) -> Option<f64> {
    use nix::sys::time::TimeVal;

    let usage = nix::sys::resource::getrusage(who).ok()?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Some(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// `getrusage` would say as much as the parent of this process used, if that is more:
/// Linux carries that figure over from before the program was loaded. `VmHWM` does not.
#[cfg(target_os = "linux")]
fn peak_rss_bytes() -> Option<u64> {
    peak_rss_in(&std::fs::read_to_string("/proc/self/status").ok()?)
}

#[cfg(target_os = "linux")]
fn peak_rss_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024).filter(|&bytes| bytes > 0)
}

/// macOS gives bytes.
#[cfg(target_os = "macos")]
fn peak_rss_bytes() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};

    u64::try_from(getrusage(UsageWho::RUSAGE_SELF).ok()?.max_rss()).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn peak_rss_bytes() -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_peak_that_cannot_be_is_not_known() {
        assert_eq!(peak_rss_in("VmPeak:\t9 kB\nVmHWM:\t    5 kB\n"), Some(5120));
        for absurd in ["", "VmHWM:", "VmHWM: 0 kB", "VmHWM: -5 kB", "VmHWM: 5"] {
            assert_eq!(peak_rss_in(absurd), None, "{absurd}");
        }
        assert_eq!(peak_rss_in(&format!("VmHWM: {} kB", u64::MAX)), None);
    }
}
