//! Whose clock times and latencies are by, and what is missing among these, and why.

use client_core::outcome::latency::{ENOUGH_FOR_P99, ENOUGH_FOR_P99_9};
use units::{Localized, localized};

use crate::result::comparison::{Comparison, Run};

/// Whose clock each row is by, where there are two.
pub(crate) fn clocks(runs: &[Run]) -> Option<Localized> {
    let has = |is_program: bool| {
        let mut runs = runs.iter();
        runs.any(|run| run.report.is_some() && run.program.is_some() == is_program)
    };
    (has(true) && has(false)).then(|| {
        Localized::new(
            "A client measures its time and its latencies itself; those of a program are \
             measured by the server, from the arrival of a request to its end.",
            "客户端的用时和响应时间由它自己测量；程序的由服务器测量，从请求到达服务器算起，到请求结束为止。",
        )
    })
}

/// Why percentiles, or histograms, are left out.
pub(crate) fn remarks(comparison: &Comparison) -> Vec<Localized> {
    let reports = || comparison.runs.iter().filter_map(|run| run.report.as_ref());
    let has_few = reports().any(|report| report.ok < ENOUGH_FOR_P99_9);
    let few = has_few.then(|| {
        localized!(
            "p99 needs at least {ENOUGH_FOR_P99} responses, and p99.9 {ENOUGH_FOR_P99_9}: with \
             fewer, it would be the maximum.",
            "p99 至少需要 {ENOUGH_FOR_P99} 个响应，p99.9 至少 {ENOUGH_FOR_P99_9} 个：\
             响应更少时，它就等于最大值。"
        )
    });
    let counted = reports().any(|report| report.counted).then(|| {
        Localized::new(
            "There is no histogram where only totals were recorded.",
            "只记录总数时没有直方图。",
        )
    });
    few.into_iter().chain(counted).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::foreign::ForeignRun;
    use crate::result::report_with;

    #[test]
    fn whose_clock_it_is_is_said_where_there_are_two() {
        let run = |program: Option<ForeignRun>| {
            let mut run = Run::unmeasured("x".to_owned(), "x".to_owned(), None);
            run.report = Some(report_with(&json!({})));
            run.program = program;
            run
        };
        let client = || run(None);
        let program = || run(Some(ForeignRun::default()));
        assert_eq!(clocks(&[client(), client()]), None);
        assert_eq!(clocks(&[program(), program()]), None);
        let said = clocks(&[client(), program()]).unwrap();
        assert!(
            said.en.contains("those of a program are measured by the server"),
            "{said:?}"
        );
        // A program that sent nothing has no time.
        let mut nothing = program();
        nothing.report = None;
        assert_eq!(clocks(&[client(), nothing]), None);
    }
}
