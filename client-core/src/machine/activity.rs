//! What the whole machine did during a run: whether each thread that was ready had a CPU.

use std::fs;

use serde::{Deserialize, Serialize};

/// The ticks of `/proc/stat` in a second: `USER_HZ`, which is 100 on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// What a machine did in some time, in seconds; `None` where the system does not say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The CPUs of the machine; a process may be allowed fewer.
    pub cpus: usize,
    /// CPU time of all processes and of the kernel, to 10 ms.
    pub busy_s: f64,
    /// CPU time that a virtual machine wanted and its host gave to others.
    pub steal_s: f64,
    /// Time in which some thread was ready to run and had no CPU
    /// ([PSI](https://docs.kernel.org/accounting/psi.html)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_pressure_s: Option<f64>,
    /// Time in which some thread waited for memory to be made free or read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_pressure_s: Option<f64>,
}

impl Activity {
    /// Since the machine was started; `None` where there is no `/proc/stat`, as on macOS and
    /// Windows.
    #[must_use]
    pub fn so_far() -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let pressure = |of: &str| {
            some_s(&fs::read_to_string(format!("/proc/pressure/{of}")).ok()?)
        };
        Some(Self {
            cpu_pressure_s: pressure("cpu"),
            memory_pressure_s: pressure("memory"),
            ..Self::parse(&stat)?
        })
    }

    /// What it did since this `earlier` reading.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        // Some counts run backwards by a tick.
        let more = |now: f64, then: f64| (now - then).max(0.0);
        let between = |now: Option<f64>, then: Option<f64>| Some(more(now?, then?));
        Self {
            cpus: self.cpus,
            busy_s: more(self.busy_s, earlier.busy_s),
            steal_s: more(self.steal_s, earlier.steal_s),
            cpu_pressure_s: between(self.cpu_pressure_s, earlier.cpu_pressure_s),
            memory_pressure_s: between(
                self.memory_pressure_s,
                earlier.memory_pressure_s,
            ),
        }
    }

    /// The lines of `/proc/stat`, whose first has user, nice, system, idle, iowait, irq,
    /// softirq and steal. `None` where a sandbox has only zeros there.
    fn parse(stat: &str) -> Option<Self> {
        let mut lines = stat.lines();
        let all = lines.next()?.strip_prefix("cpu ")?;
        let ticks: Vec<u64> =
            all.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let seconds = |ticks: u64| ticks as f64 / TICKS_PER_S;
        let &[user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = &*ticks
        else {
            return None;
        };
        let busy = [user, nice, system, irq, softirq];
        let cpus = lines.take_while(|line| line.starts_with("cpu")).count();
        let is_told = cpus > 0 && ticks.iter().any(|&ticks| ticks > 0);
        is_told.then_some(Self {
            cpus,
            busy_s: busy.map(seconds).iter().sum(),
            steal_s: seconds(steal),
            cpu_pressure_s: None,
            memory_pressure_s: None,
        })
    }
}

/// The total of a pressure file's first line, such as
/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=78956358`, which is microseconds.
fn some_s(pressure: &str) -> Option<f64> {
    let some = pressure.lines().find(|line| line.starts_with("some "))?;
    let (_, total) = some.rsplit_once("total=")?;
    Some(total.trim().parse::<u64>().ok()? as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_is_read_in_seconds() {
        let stat =
            "cpu  900 20 80 5000 30 10 40 250 7 0\ncpu0 1 2\ncpu1 1 2\nintr 5\n";
        let activity = Activity::parse(stat).unwrap();
        assert_eq!(activity.cpus, 2);
        assert!((activity.busy_s - 10.5).abs() < 1e-9, "{activity:?}");
        assert!((activity.steal_s - 2.5).abs() < 1e-9, "{activity:?}");
        for less in [
            "",
            "intr 5\n",
            "cpu  1 2 3\ncpu0 1\n",
            "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0\n",
            "cpu  900 20 80 5000 30 10 40 250 7 0\nintr 5\n",
            "cpu  900 NaN 80 5000 30 10 40 250 7 0\ncpu0 1 2\n",
            "cpu  900 -20 80 5000 30 10 40 250 7 0\ncpu0 1 2\n",
            "cpu  900 x 80 5000 30 10 40 250 7 0\ncpu0 1 2\n",
        ] {
            assert_eq!(Activity::parse(less), None, "{less}");
        }
        let most = format!("cpu{}\ncpu0 1\n", format!(" {}", u64::MAX).repeat(10));
        assert!(Activity::parse(&most).unwrap().busy_s.is_finite());
        let pressure = "some avg10=84.51 avg60=48.11 avg300=17.31 total=1500000\n\
                        full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(some_s(pressure), Some(1.5));
        for less in ["", "some total=", "some total=NaN", "some total=-1", "full"] {
            assert_eq!(some_s(less), None, "{less}");
        }
    }

    #[test]
    fn a_reading_that_is_missing_once_is_missing_in_the_difference() {
        let activity = |busy_s, cpu_pressure_s| Activity {
            cpus: 2,
            busy_s,
            steal_s: 0.0,
            cpu_pressure_s,
            memory_pressure_s: None,
        };
        let both = activity(3.0, Some(2.0)).since(activity(1.0, Some(0.5)));
        assert_eq!(both, activity(2.0, Some(1.5)));
        let one = activity(3.0, Some(2.0)).since(activity(1.0, None));
        assert_eq!(one, activity(2.0, None));
        let back = activity(1.0, Some(0.5)).since(activity(1.01, Some(0.6)));
        assert_eq!(back, activity(0.0, Some(0.0)));
    }

    /// A thread that computes is seen, whatever else the machine does.
    #[test]
    fn this_machine_tells_how_busy_it_is() {
        // Elsewhere, and in some containers, there are no such figures.
        let Some(before) = Activity::so_far() else { return };
        let own = cpu_time::ThreadTime::now();
        let mut number = 1_u64;
        while own.elapsed().as_millis() < 300 {
            number = std::hint::black_box(number.wrapping_mul(3));
        }
        let did = Activity::so_far().unwrap().since(before);
        // What a virtual machine's host took is counted as used by neither.
        let used_s = did.busy_s + did.steal_s;
        assert!(did.cpus >= 1 && used_s > 0.2, "{did:?}");
    }
}
