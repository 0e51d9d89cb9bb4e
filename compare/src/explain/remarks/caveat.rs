//! What makes the times of a whole comparison doubtful.

use units::{Localized, localized};

use crate::explain::overhead::who_else;
use crate::result::comparison::Run;

/// That others used the CPUs for which clients that compute compete: who has more of them by
/// chance is faster.
pub(crate) fn caveat(runs: &[Run]) -> Option<Localized> {
    let reports = runs.iter().filter_map(|run| Some((run, run.report.as_ref()?)));
    if !reports.clone().any(|(_, report)| report.cpu_work_ms.is_some()) {
        return None;
    }
    let mut busy = reports.clone().filter_map(|(run, report)| {
        Some((run.conditions.busy(report)?, run.conditions))
    });
    let (busy, conditions) = busy.next()?;
    let used = || {
        let reports = reports.clone();
        reports.filter_map(|(run, report)| run.conditions.used_by_others(report))
    };
    let least = used().fold(f64::INFINITY, f64::min);
    let most = used().fold(0.0, f64::max);
    let cpus = units::count(busy.cpus, "CPU");
    let cpus_zh = busy.cpus;
    let Localized { en, zh } = who_else(&conditions);
    Some(localized!(
        "The machine was busy: {en} used {least:.1} to {most:.1} of its {cpus} while the \
         clients ran. That alone can reverse the order of clients that compute; repeat \
         the run when nothing else is running.",
        "机器很忙：客户端运行时，{zh}用了 {cpus_zh} 个 CPU 中的 {least:.1} 到 {most:.1} 个。\
         仅此一点，就可能颠倒计算量大的客户端的快慢顺序；\
         请在没有其他程序运行时重新测量。",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::conditions::Conditions;
    use crate::result::report_with;

    fn run(others_cpu_s: f64, cpu_work_ms: Option<f64>) -> Run {
        let machine = json!({
            "cpus": 2, "busy_s": 2.0, "steal_s": 0.0, "cpu_pressure_s": 0.9,
        });
        let report =
            report_with(&json!({ "machine": machine, "cpu_work_ms": cpu_work_ms }));
        let others_cpu_s = Some(others_cpu_s);
        let conditions =
            Conditions { has_server: true, others_cpu_s, ..Conditions::default() };
        let mut run = Run::unmeasured("sync".to_owned(), "sync".to_owned(), None);
        (run.report, run.conditions) = (Some(report), conditions);
        run
    }

    #[test]
    fn clients_that_compute_on_a_busy_machine_are_not_to_be_compared() {
        let work = Some(5.0);
        let said = caveat(&[run(0.1, work), run(1.6, work)]).unwrap();
        assert!(
            said.en.contains("other programs used 0.1 to 1.6 of its 2 CPUs"),
            "{said:?}"
        );
        assert_eq!(
            crate::explain::numbers(&said.en),
            crate::explain::numbers(&said.zh)
        );
        // No machine has more CPUs than it has; and one of the others may be the server.
        let mut outside = run(2.6, work);
        outside.conditions.has_server = false;
        let said = caveat(&[outside]).unwrap().en;
        assert!(
            said.contains("such as a server on this machine, used 2.0 to 2.0"),
            "{said}"
        );
        assert_eq!(
            caveat(&[run(0.1, work), run(0.3, work)]),
            None,
            "the machine was free"
        );
        assert_eq!(caveat(&[run(1.6, None)]), None, "nothing was computed");
    }
}
