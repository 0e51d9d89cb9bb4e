//! The conditions under which a client ran, which are not in its own report.

use std::time::Duration;

use client_core::Report;
use client_core::machine::activity::Activity;
use serde::Serialize;

/// Others matter from this share of the machine's CPUs on.
const SHARE_OF_CPUS: f64 = 0.2;

/// A machine is short of CPU if somebody waited for one for at least this share of a run; or,
/// where that is not known, if its CPUs were busy for that share.
const SHARE_WAITING: f64 = 0.1;
const SHARE_BUSY: f64 = 0.9;

/// The facts of one run; each is `None` where it is not known.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Conditions {
    /// Whether the server is inside this process.
    pub(crate) has_server: bool,
    /// Seconds of CPU time of the server, if it is inside this process.
    pub(crate) server_cpu_s: Option<f64>,
    /// Seconds of CPU time that neither the client used nor the server inside this process.
    pub(crate) others_cpu_s: Option<f64>,
    /// Seconds for which the client did not run, or this process and the server in it.
    pub(crate) paused_s: f64,
}

/// A machine on which others used the CPUs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Busy {
    /// CPUs that others used, on average over the run.
    pub(crate) used: f64,
    /// All that the machine has.
    pub(crate) cpus: usize,
}

impl Conditions {
    /// `own_cpu_s` is the CPU time of this process during the run, and `own_pause` how long it
    /// did not run: without the server, that is no matter.
    pub(crate) fn of(
        report: Option<&Report>,
        own_cpu_s: Option<f64>,
        has_server: bool,
        own_pause: Duration,
    ) -> Self {
        let others_cpu_s = || {
            let report = report?;
            let known = report.usage.cpu_s? + own_cpu_s?;
            Some((report.machine?.busy_s - known).max(0.0))
        };
        let server_cpu_s = own_cpu_s.filter(|_| has_server);
        let own_pause_s = if has_server { own_pause.as_secs_f64() } else { 0.0 };
        let paused_s = report.and_then(|report| report.paused_s).unwrap_or(0.0);
        // Mostly one pause of both.
        let paused_s = paused_s.max(own_pause_s);
        Self { has_server, server_cpu_s, others_cpu_s: others_cpu_s(), paused_s }
    }

    /// CPUs that others used, on average over the run.
    pub(crate) fn used_by_others(&self, report: &Report) -> Option<f64> {
        let used = self.others_cpu_s? / report.elapsed_s;
        Some(used.min(report.machine?.cpus as f64))
    }

    /// `None` where the client and its server were not short of CPUs, or not because of others.
    pub(crate) fn busy(&self, report: &Report) -> Option<Busy> {
        Busy::of(report.machine?, self.others_cpu_s?, report.elapsed_s)
    }
}

impl Busy {
    /// Of what the machine did in this time, and the CPU time of others in it; `None` where it
    /// was not short of CPUs, or not because of others.
    pub(crate) fn of(
        machine: Activity,
        others_cpu_s: f64,
        elapsed_s: f64,
    ) -> Option<Self> {
        let cpus = machine.cpus as f64;
        let used = (others_cpu_s / elapsed_s).min(cpus);
        let is_short = match machine.cpu_pressure_s {
            Some(waiting) => waiting >= SHARE_WAITING * elapsed_s,
            None => machine.busy_s >= SHARE_BUSY * elapsed_s * cpus,
        };
        let is_busy = is_short && used >= SHARE_OF_CPUS * cpus;
        is_busy.then_some(Self { used, cpus: machine.cpus })
    }
}
