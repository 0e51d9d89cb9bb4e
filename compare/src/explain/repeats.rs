//! What is to be said of several runs of one client: outliers, and runs that were not whole.

use std::num::NonZeroUsize;

use units::{Localized, localized};

use crate::problem;
use crate::result::comparison::Run;
use crate::result::foreign::{EndedBy, ForeignRun};
use crate::statistics::repeat::Repeat;

/// More runs than this are counted, and not named.
const MOST_NAMED: usize = 5;

/// What the rows are, where they stand for several runs each.
pub(crate) fn remark(runs: &[Run]) -> Option<Localized> {
    let most = runs.iter().filter_map(|run| run.repeat.as_ref());
    let most = most.map(|repeat| repeat.elapsed_s.len()).max()?;
    let mut repeats = runs.iter().filter_map(|run| run.repeat.as_ref());
    let [all, all_zh] = if repeats.any(Repeat::leaves_out_some) {
        ["all complete runs", "各次完整的运行"]
    } else {
        ["all", "各次运行"]
    };
    Some(localized!(
        "Each row is the run with the median time of {most}; the range is that of {all}.",
        "每行是 {most} 次运行中用时为中位数的一次；范围包括{all_zh}。"
    ))
}

/// The sentences; none where all runs went well and are alike.
pub(crate) fn notes(
    runs: &[Run],
    repeat: Option<&Repeat>,
    rounds: NonZeroUsize,
) -> Vec<Localized> {
    let Some(repeat) = repeat else { return Vec::new() };
    let failed = || incomplete(runs, repeat);
    [outliers(repeat), failed(), stopped(runs.len(), rounds.get())]
        .into_iter()
        .flatten()
        .collect()
}

fn outliers(repeat: &Repeat) -> Option<Localized> {
    let time = |&at: &usize| {
        let time = units::seconds(repeat.elapsed_s[at].unwrap_or(0.0));
        let number = at + 1;
        localized!("run {number} ({time})", "第 {number} 次（{time}）")
    };
    let named = listed(repeat.outliers.iter().map(time))?;
    let runs = repeat.elapsed_s.len();
    let Localized { en, zh } = named;
    let is = if repeat.outliers.len() == 1 { "an outlier" } else { "outliers" };
    Some(localized!(
        "Of {runs} runs, {is}: {en}, more than 14.8 median absolute deviations from the median.",
        "{runs} 次运行中的离群值：{zh}，与中位数相差超过 14.8 倍绝对中位差。"
    ))
}

fn incomplete(runs: &[Run], repeat: &Repeat) -> Option<Localized> {
    let what = |&at: &usize| {
        let number = at + 1;
        let Localized { en, zh } = failure(&runs[at]);
        localized!("run {number} ({en})", "第 {number} 次（{zh}）")
    };
    let Localized { en, zh } = listed(repeat.incomplete.iter().map(what))?;
    let (failed, all) = (repeat.incomplete.len(), repeat.elapsed_s.len());
    Some(if failed == all {
        localized!(
            "None of {all} runs is complete: {en}.",
            "{all} 次运行都不完整：{zh}。"
        )
    } else {
        localized!(
            "Incomplete, and left out of the times, {failed} of {all} runs: {en}.",
            "{all} 次运行中有 {failed} 次不完整，不计入时间：{zh}。"
        )
    })
}

/// What became of a run that is not whole.
pub(crate) fn failure(run: &Run) -> Localized {
    match &run.report {
        Some(report) if !report.is_whole() => {
            let (ok, requests) = (report.ok, report.requests);
            localized!("{ok} of {requests} ok", "{requests} 个中成功 {ok} 个")
        }
        _ => match (&run.problem, &run.program) {
            (Some(problem), _) => problem.clone(),
            (None, Some(program)) => failure_of_program(program),
            (None, None) => Localized::new("no report", "没有报告"),
        },
    }
}

/// Of one whose requests, if there were any, were all answered.
fn failure_of_program(program: &ForeignRun) -> Localized {
    let &ForeignRun { asked, received, .. } = program;
    match (program.ended_by, received) {
        (Some(EndedBy::Timeout), _) => {
            Localized::new("stopped at its time limit", "超过时限，被终止")
        }
        (Some(EndedBy::Interrupt), _) => {
            Localized::new("stopped with Ctrl-C", "被 Ctrl-C 中止")
        }
        (Some(EndedBy::Flood), _) => Localized::new(
            "stopped, since it sent far too many requests",
            "请求过多，被终止",
        ),
        (None, Some(received)) if received != asked => localized!(
            "sent {received} for the {asked} asked for",
            "要求 {asked} 个，发出 {received} 个"
        ),
        (None, _) if program.records_problem.is_some() => Localized::new(
            "the server did not send its record",
            "服务器没有给出记录",
        ),
        (None, _) => problem::ended_with(program.status.as_deref().unwrap_or("?")),
    }
}

fn stopped(ran: usize, rounds: usize) -> Option<Localized> {
    (ran < rounds).then(|| {
        localized!(
            "Stopped in run {ran} of {rounds}, or after it.",
            "在 {rounds} 次运行的第 {ran} 次或其后中止。"
        )
    })
}

/// The first of them, and how many more; `None` if there are none.
fn listed(runs: impl Iterator<Item = Localized>) -> Option<Localized> {
    let mut runs: Vec<_> = runs.collect();
    let more = runs.len().saturating_sub(MOST_NAMED);
    runs.truncate(MOST_NAMED);
    if more > 0 {
        runs.push(localized!("{more} more", "另 {more} 次"));
    }
    let en: Vec<_> = runs.iter().map(|run| &*run.en).collect();
    let zh: Vec<_> = runs.iter().map(|run| &*run.zh).collect();
    (!runs.is_empty()).then(|| Localized::new(en.join(", "), zh.join("，")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::numbers;
    use super::*;
    use crate::result::report_with;

    fn run(elapsed_s: f64, ok: usize) -> Run {
        let mut run = Run::unmeasured("sync".to_owned(), "sync".to_owned(), None);
        run.report = Some(report_with(&json!({
            "elapsed_s": elapsed_s, "ok": ok, "failed": 10 - ok,
        })));
        run
    }

    fn said(runs: &[Run], rounds: usize) -> Vec<Localized> {
        let all: Vec<_> =
            runs.iter().map(|run| (run.report.as_ref(), run.is_whole())).collect();
        let ten = NonZeroUsize::new(10).unwrap();
        let repeat = Repeat::of(&all, ten);
        notes(runs, repeat.as_ref(), NonZeroUsize::new(rounds).unwrap())
    }

    #[test]
    fn outliers_failures_and_an_early_end_are_named_in_both_languages() {
        let times = [1.0, 1.01, 1.9, 1.0, 1.01];
        let mut runs: Vec<_> = times.map(|time| run(time, 10)).into();
        let outlier = &said(&runs, 5)[0];
        assert!(outlier.en.contains("an outlier: run 3 (1.900 s)"), "{outlier:?}");
        runs.push(run(0.1, 7));
        runs.push(run(0.0, 0));
        runs[6].report = None;
        runs[6].problem = Some(Localized::same("it ended with signal: 9"));
        let [outlier, failed, stopped] = &said(&runs, 9)[..] else { panic!() };
        let expected = "Incomplete, and left out of the times, 2 of 7 runs: run 6 (7 of 10 ok), \
                        run 7 (it ended with signal: 9).";
        assert_eq!(failed.en, expected);
        assert_eq!(stopped.en, "Stopped in run 7 of 9, or after it.");
        for text in [outlier, failed, stopped] {
            assert_eq!(numbers(&text.en), numbers(&text.zh), "{text:?}");
        }
        assert_eq!(said(&runs[..2], 2), []);
    }

    #[test]
    fn the_range_is_said_to_be_that_of_whole_runs_where_some_are_not() {
        let remark_of = |oks: [usize; 3]| {
            let runs = oks.map(|ok| run(1.0, ok));
            let all: Vec<_> = runs
                .iter()
                .map(|run| (run.report.as_ref(), run.is_whole()))
                .collect();
            let repeat = Repeat::of(&all, NonZeroUsize::new(10).unwrap());
            let [mut row, ..] = runs;
            row.repeat = repeat;
            remark(&[row]).unwrap()
        };
        let some = remark_of([10, 7, 10]);
        assert!(
            some.en.ends_with("; the range is that of all complete runs."),
            "{some:?}"
        );
        assert!(some.zh.ends_with("；范围包括各次完整的运行。"), "{some:?}");
        // Where none is whole, the range is of those.
        for oks in [[10, 10, 10], [7, 7, 7]] {
            assert!(remark_of(oks).en.ends_with(" is that of all."), "{oks:?}");
        }
    }

    #[test]
    fn of_a_program_it_is_said_what_was_wrong_with_it() {
        let said = |program: ForeignRun| {
            let mut run = run(1.0, 10);
            run.program = Some(ForeignRun { asked: 10, ..program });
            let Localized { en, zh } = failure(&run);
            assert_eq!(numbers(&en), numbers(&zh), "{en}: {zh}");
            en
        };
        let status = Some("exit status: 3".to_owned());
        let received = Some(10);
        let fails = ForeignRun { status, received, ..ForeignRun::default() };
        assert_eq!(said(fails.clone()), "exited with status 3");
        let more = ForeignRun { received: Some(12), ..fails.clone() };
        assert_eq!(said(more), "sent 12 for the 10 asked for");
        let ended_by = Some(EndedBy::Timeout);
        let late = ForeignRun { ended_by, ..fails };
        assert_eq!(said(late), "stopped at its time limit");
    }
}
