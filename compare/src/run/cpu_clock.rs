//! The CPU time of a program, and of all else on the machine, while it runs.

use std::time::Duration;

use client_core::machine::activity::Activity;
use client_core::machine::usage::{Usage, children_cpu_s};

use crate::result::conditions::Busy;

/// CPU times in seconds, up to the start of a program; `None` where the system does not tell.
pub(super) struct CpuClock {
    children_s: Option<f64>,
    own_s: Option<f64>,
    machine: Option<Activity>,
}

impl CpuClock {
    pub(super) fn start() -> Self {
        Self {
            children_s: children_cpu_s(),
            own_s: Usage::so_far().cpu_s,
            machine: Activity::so_far(),
        }
    }

    /// The CPU seconds of the program, which took this long and has ended, and whether others
    /// kept it from the CPUs.
    pub(super) fn stop(self, took: Duration) -> (Option<f64>, Option<Busy>) {
        let since = |now: Option<f64>, then: Option<f64>| Some(now? - then?);
        let program_s = since(children_cpu_s(), self.children_s);
        let own_s = since(Usage::so_far().cpu_s, self.own_s);
        let busy = || {
            let machine = Activity::so_far()?.since(self.machine?);
            let others_s = (machine.busy_s - program_s? - own_s?).max(0.0);
            Busy::of(machine, others_s, took.as_secs_f64())
        };
        (program_s, busy())
    }
}
