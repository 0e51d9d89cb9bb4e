//! Time for which this process did not run at all: it was stopped (SIGSTOP, Ctrl-Z), the machine
//! slept, the host of a virtual machine stopped that, or others of a higher priority had the CPUs.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::usage::cpu_s;

/// How often a thread looks at the clock.
const TICK: Duration = Duration::from_millis(50);

/// Busy machines with fair shares make a short sleep take less than this much longer.
const PAUSE: Duration = Duration::from_millis(250);

/// The CPUs that a process uses in a pause, on average: before it stopped, and as it went on.
const MOST_CPU: f64 = 0.25;

/// All pauses since the first call, which starts a thread that looks at the clock; none where
/// there is no thread for that.
#[must_use]
pub fn so_far() -> Duration {
    static WATCH: OnceLock<Option<Mutex<Watch>>> = OnceLock::new();
    let watch = WATCH.get_or_init(|| {
        let look = || loop {
            thread::sleep(TICK);
            let _ = so_far();
        };
        thread::Builder::new().name("pauses".to_owned()).spawn(look).ok()?;
        Some(Mutex::new(Watch {
            seen: now()?,
            cpu_s: cpu_s(),
            paused: Duration::ZERO,
        }))
    });
    // Looked at here too: after a pause, this thread may be the first to run.
    let Some(watch) = watch else { return Duration::ZERO };
    watch.lock().look(now().unwrap_or_default(), cpu_s())
}

/// The clock and this process's CPU time when they were looked at last.
#[derive(Debug)]
struct Watch {
    seen: Duration,
    cpu_s: Option<f64>,
    paused: Duration,
}

impl Watch {
    fn look(&mut self, now: Duration, cpu_s: Option<f64>) -> Duration {
        let gap = now.saturating_sub(self.seen);
        let used_s = cpu_s.zip(self.cpu_s).map_or(0.0, |(now, then)| now - then);
        // Among hundreds of its own threads that compute, this one may wait as long.
        let was_running = used_s >= MOST_CPU * gap.as_secs_f64();
        if gap > TICK + PAUSE && !was_running {
            self.paused += gap;
        }
        (self.seen, self.cpu_s) = (now.max(self.seen), cpu_s);
        self.paused
    }
}

/// A clock that continues while the machine sleeps; `Instant` does so only on Windows.
#[cfg(unix)]
fn now() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};

    #[cfg(target_os = "linux")]
    let clock = ClockId::CLOCK_BOOTTIME;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::CLOCK_MONOTONIC;
    clock_gettime(clock).ok().map(Duration::from)
}

#[cfg(not(unix))]
fn now() -> Option<Duration> {
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    Some(START.get_or_init(Instant::now).elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_tick_is_a_pause_and_a_busy_machine_is_none() {
        let (seen, paused) = (Duration::ZERO, Duration::ZERO);
        let mut watch = Watch { seen, cpu_s: Some(0.0), paused };
        let mut paused_ms = |now_ms: u64, cpu_s: Option<f64>| {
            watch.look(Duration::from_millis(now_ms), cpu_s).as_millis()
        };
        assert_eq!(paused_ms(50, Some(0.1)), 0);
        assert_eq!(paused_ms(350, Some(0.1)), 0);
        assert_eq!(paused_ms(1350, Some(0.3)), 1000);
        // It computed all the time.
        assert_eq!(paused_ms(2350, Some(0.6)), 1000);
        // A clock that is not there, or runs backwards.
        assert_eq!(paused_ms(0, None), 1000);
        assert_eq!(paused_ms(2000, None), 1000);
        assert_eq!(paused_ms(2400, None), 1000);
        assert_eq!(paused_ms(3_602_400, None), 3_601_000);
    }

    #[test]
    fn the_clock_goes_on() {
        let before = now().unwrap();
        thread::sleep(Duration::from_millis(2));
        assert!(now().unwrap() > before);
    }
}
