//! How many times as fast as client-sync another client is.

use units::{Localized, localized};

use crate::result::comparison::Run;

/// A client whose ideal is this many times as fast is so by its strategy, and not by noise.
const FASTER: f64 = 2.0;

/// How many times as fast as client-sync the async client is, or the fastest where that did not
/// run. What fails is not fast.
pub(super) fn speed(runs: &[Run]) -> Option<Localized> {
    let is_sync = |run: &&Run| run.client == "sync" && run.is_whole();
    let sync = runs.iter().find(is_sync)?;
    let faster = || {
        let clients =
            runs.iter().filter(|run| run.program.is_none() && run.is_whole());
        let with_times = clients.filter_map(|run| Some((run, run.times_faster?)));
        with_times.filter(|(run, times)| {
            // A server that does not tell its delay leaves the measured times.
            ideally_faster(run, sync).unwrap_or(*times) >= FASTER
        })
    };
    let fastest = || faster().max_by(|(_, a), (_, b)| a.total_cmp(b));
    let (run, times) =
        faster().find(|(run, _)| run.client == "async").or_else(fastest)?;
    let label = &run.label;
    let times = format!("{times:.*}", usize::from(times < 99.95));
    Some(localized!(
        "Compared with sync, {label} is {times} times as fast.",
        "{label} 的速度是 sync 的 {times} 倍。",
    ))
}

/// How many times as fast as `sync` the strategy of a run lets it be; `None` without an ideal.
fn ideally_faster(run: &Run, sync: &Run) -> Option<f64> {
    let (own, sync) = (run.report.as_ref()?, sync.report.as_ref()?);
    let served = own.ideal_requests.zip(sync.ideal_requests);
    served.map(|(own, sync)| own as f64 / sync as f64).or_else(|| {
        let seconds = own.ideal_s.zip(sync.ideal_s);
        seconds.map(|(own_s, sync_s)| sync_s / own_s)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::result::report_with as report;

    #[test]
    fn it_is_said_once_how_many_times_as_fast_as_sync_async_is() {
        let run_of = |name: &str, times, changes| {
            let mut run = Run::unmeasured(name.to_owned(), name.to_owned(), None);
            (run.report, run.times_faster) = (Some(report(&changes)), times);
            run
        };
        let run = |name: &str, times: Option<f64>| {
            let ideal_s = 10.0 / times.unwrap_or(1.0).floor();
            run_of(name, times, json!({ "ideal_s": ideal_s }))
        };
        let said = |runs: &[Run]| speed(runs).map(|said| said.en);
        let sync = || run("sync", Some(1.0));
        let all = [sync(), run("async", Some(91.62)), run("hybrid", Some(93.0))];
        assert_eq!(
            said(&all).unwrap(),
            "Compared with sync, async is 91.6 times as fast."
        );
        let two = [sync(), run("threads", Some(7.64))];
        assert_eq!(
            said(&two).unwrap(),
            "Compared with sync, threads is 7.6 times as fast."
        );
        assert_eq!(said(&[sync()]), None);
        let alike = run_of("async", Some(2.1), json!({ "ideal_s": 10.0 }));
        assert_eq!(said(&[sync(), alike]), None, "the ideals are equal");
        let unknown = |name: &str, times| {
            run_of(name, Some(times), json!({ "ideal_s": null }))
        };
        let times = |times| said(&[unknown("sync", 1.0), unknown("async", times)]);
        assert_eq!((times(1.1), times(9.0).is_some()), (None, true));
        let served = |name: &str, times, ideal: usize| {
            run_of(name, Some(times), json!({ "ideal_requests": ideal }))
        };
        let times =
            |ideal| said(&[served("sync", 1.0, 10), served("async", 3.0, ideal)]);
        assert_eq!((times(10), times(30).is_some()), (None, true));
        assert_eq!(said(&[run("async", None)]), None);
        let mut failed = run("async", Some(29.5));
        failed.report = Some(report(&json!({ "ok": 4, "failed": 6 })));
        assert_eq!(said(&[sync(), failed]), None, "what is rejected is not fast");
    }
}
