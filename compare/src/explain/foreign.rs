//! Why a foreign program took as long as it did, by what the server saw of it.

use client_core::Report;
use client_core::model::ServerLimit;
use units::{Localized, localized};

use super::bottleneck;
use super::overhead::time;
use super::waves::DelayKind;
use crate::problem;
use crate::result::foreign::{EndedBy, ForeignRun};
use crate::statistics::noise;

/// A start shorter than this, in seconds, is not worth a word.
const WORTH_A_WORD_S: f64 = 0.1;

/// What the server saw, then what is wrong with it; `others` says that they used the machine.
pub(crate) fn sentence(
    program: &ForeignRun,
    report: Option<&Report>,
    limit: Option<ServerLimit>,
    waits_are_equal: bool,
    others: Option<Localized>,
) -> Localized {
    let pattern = program.pattern.as_ref();
    // How long they are is not repeated: the pattern has the number of waves alone.
    let of_server = waits_are_equal.then_some(DelayKind::Unknown);
    let parts = [
        pattern.map(|view| view.pattern.sentence()),
        report
            .zip(limit)
            .and_then(|(report, limit)| bottleneck(report, limit, of_server)),
        unclear(program, report),
        number(program),
        left_out(program),
        elsewhere(program),
        unanswered(program),
        report.and_then(|report| gaps(program, report, others)),
        start(program),
        end(program),
        left_running(program),
    ];
    let Localized { en, zh } = Localized::join(parts.into_iter().flatten());
    localized!("{en}.", "{zh}。")
}

/// Why it cannot be told how it waited, and what would tell.
fn unclear(program: &ForeignRun, report: Option<&Report>) -> Option<Localized> {
    let pattern = &program.pattern.as_ref()?.pattern;
    if pattern.is_clear || pattern.at_once == 1 {
        return None;
    }
    if program.rejected.is_some_and(|rejected| rejected > 0) {
        return Some(localized!(
            "a rejected request does not wait",
            "被拒绝的请求不会等待",
        ));
    }
    let rows = &report?.outcomes;
    let sent_us = rows.iter().map(|row| row.start_us).max()?;
    let sent = units::seconds(sent_us as f64 / 1e6);
    Some(localized!(
        "it was still sending when responses arrived: try a --delay longer than {sent}",
        "响应到来时它仍在发送：请试试大于 {sent} 的 --delay",
    ))
}

/// How many arrived, if that is not as asked.
fn number(program: &ForeignRun) -> Option<Localized> {
    let &ForeignRun { asked, received, .. } = program;
    let Some(received) = received else {
        if let Some(Localized { en, zh }) = &program.records_problem {
            return Some(localized!(
                "the server did not send its record of the requests ({en}), so how the program \
                 waited is unknown",
                "服务器没有给出请求记录（{zh}），所以无法得知程序是怎样等待的",
            ));
        }
        return Some(localized!(
            "this server keeps no record of requests, so how the program waited is unknown",
            "这个服务器不记录请求，所以无法得知程序是怎样等待的",
        ));
    };
    let were = if asked == 1 { "was" } else { "were" };
    let expected = format!("{asked} {were}");
    match received {
        0 if program.client.is_some() => {
            let name = program.client.as_deref().unwrap_or_default();
            Some(localized!(
                "sent no request under its name, which is in its URL (?client={name}); \
                 {expected} expected",
                "没有以它的名字（URL 中的 ?client={name}）发出任何请求，预期是 {asked} 个",
            ))
        }
        0 if program.elsewhere.is_empty() => Some(localized!(
            "sent no request to the server; {expected} expected",
            "没有向服务器发出任何请求，预期是 {asked} 个",
        )),
        0 => Some(localized!(
            "sent no request for this page; {expected} expected",
            "没有请求这个页面，预期是 {asked} 个请求",
        )),
        _ if received < asked => {
            let fewer = asked - received;
            let sent = units::count(received, "request");
            Some(localized!(
                "sent {sent}, {fewer} fewer than the {asked} asked for",
                "发出 {received} 个请求，比要求的 {asked} 个少 {fewer} 个",
            ))
        }
        _ if received > asked => {
            let more = received - asked;
            let sent = units::count(received, "request");
            Some(localized!(
                "sent {sent}, {more} more than the {asked} asked for",
                "发出 {received} 个请求，比要求的 {asked} 个多 {more} 个",
            ))
        }
        _ => None,
    }
}

/// Whether the server had no room for all records.
fn left_out(program: &ForeignRun) -> Option<Localized> {
    program.has_gaps.then(|| {
        localized!(
            "the server no longer had all of its records: more requests arrived than are counted \
             here",
            "服务器已经没有全部记录：实际到达的请求比这里统计的多",
        )
    })
}

fn elsewhere(program: &ForeignRun) -> Option<Localized> {
    let most = program.elsewhere.iter().max_by_key(|elsewhere| elsewhere.count)?;
    let all: u64 = program.elsewhere.iter().map(|elsewhere| elsewhere.count).sum();
    let asked = &most.asked;
    Some(if all == 1 {
        localized!(
            "asked once for something else, {asked}",
            "有一次请求了别的内容：{asked}"
        )
    } else {
        localized!(
            "asked {all} times for something else, such as {asked}",
            "有 {all} 次请求了别的内容，例如 {asked}",
        )
    })
}

/// Which of those that arrived did not get the page.
fn unanswered(program: &ForeignRun) -> Option<Localized> {
    let kinds = [
        (program.failed, "failed (planned 503)", "个失败（按设定返回 503）"),
        (program.rejected, "rejected (503)", "个被拒绝（503）"),
        (program.aborted, "aborted before the response", "个在响应之前断开"),
    ];
    let some = || {
        kinds.iter().filter_map(|(n, en, zh)| Some((n.filter(|&n| n > 0)?, en, zh)))
    };
    let en: Vec<_> = some().map(|(n, en, _)| format!("{n} {en}")).collect();
    let zh: Vec<_> = some().map(|(n, _, zh)| format!("{n} {zh}")).collect();
    (!en.is_empty()).then(|| Localized::new(en.join(", "), zh.join("，")))
}

/// What the program did between its waits, where that is more than noise.
fn gaps(
    program: &ForeignRun,
    report: &Report,
    others: Option<Localized>,
) -> Option<Localized> {
    let pattern = &program.pattern.as_ref()?.pattern;
    let (seconds, ideal_s) = (report.overhead_s()?, report.ideal_s?);
    let is_known = pattern.is_clear && pattern.pause_us.is_none();
    if !is_known || seconds <= noise::supposed_s(ideal_s) {
        return None;
    }
    let over = time(seconds);
    let lag_s = pattern.lag_us as f64 / 1e6;
    let lag = time(lag_s.min(seconds));
    let parts = if lag_s < seconds / 2.0 {
        others.is_none().then(|| {
            localized!(
                ": from outside, compare cannot tell why",
                "，从外部无法判断原因",
            )
        })
    } else if pattern.all_at_once {
        Some(localized!(
            ", of which {lag} to send them",
            "，其中 {lag} 用来发出这些请求",
        ))
    } else {
        Some(localized!(
            ", of which {lag} between a response and the next request, in all",
            "，其中 {lag} 是每次收到响应到发出下一个请求的时间之和",
        ))
    };
    let others =
        others.map(|Localized { en, zh }| localized!(", while {en}", "，其间{zh}"));
    let nothing = || localized!("", "");
    let Localized { en, zh } = parts.unwrap_or_else(nothing);
    let Localized { en: also, zh: also_zh } = others.unwrap_or_else(nothing);
    Some(localized!(
        "{over} over its ideal{en}{also}",
        "比理想多 {over}{zh}{also_zh}",
    ))
}

fn start(program: &ForeignRun) -> Option<Localized> {
    let seconds = program.start_s.filter(|&start| start >= WORTH_A_WORD_S)?;
    let start = units::seconds(seconds);
    Some(localized!(
        "{start} to start, not counted in its time",
        "启动用了 {start}，不计入用时",
    ))
}

fn end(program: &ForeignRun) -> Option<Localized> {
    let output = program.output.last().map_or("", |line| line);
    match program.ended_by {
        Some(EndedBy::Timeout) => Some(localized!(
            "was stopped at its time limit (--with-timeout)",
            "超过时限（--with-timeout），被终止",
        )),
        Some(EndedBy::Interrupt) => {
            Some(localized!("was stopped with Ctrl-C", "被 Ctrl-C 中止"))
        }
        Some(EndedBy::Flood) => Some(localized!(
            "was stopped, since it sent far more requests than asked for",
            "发出的请求远多于要求，被终止",
        )),
        None if program.succeeded => None,
        None => {
            let status = program.status.as_deref().unwrap_or("?");
            let Localized { en: ended, zh: ended_zh } = problem::ended_with(status);
            Some(if output.is_empty() {
                localized!("{ended} and printed nothing", "{ended_zh}，没有任何输出")
            } else {
                let [shown, shown_zh] = if program.fails_as_it_is_to() {
                    [", as intended", "，符合预期"]
                } else {
                    [""; 2]
                };
                localized!(
                    "{ended} ({output}){shown}",
                    "{ended_zh}（{output}）{shown_zh}"
                )
            })
        }
    }
}

fn left_running(program: &ForeignRun) -> Option<Localized> {
    match program.left_running {
        0 => None,
        1 => Some(localized!(
            "left 1 process running, which was stopped",
            "留下 1 个进程仍在运行，已被终止",
        )),
        left => Some(localized!(
            "left {left} processes running, which were stopped",
            "留下 {left} 个进程仍在运行，已被终止",
        )),
    }
}

#[cfg(test)]
mod tests {
    use diagnosis::{Pattern, TimedRequest};
    use serde_json::json;

    use super::super::numbers;
    use super::*;
    use crate::result::report_with;

    #[test]
    fn what_is_over_the_ideal_is_that_of_a_busy_machine_where_it_was_one() {
        let at = |number: u64| TimedRequest {
            arrived_us: number * 101_000,
            ended_us: number * 101_000 + 100_000,
            connection: 0,
            process: None,
        };
        let said = |requests: u64, elapsed_s: f64, others: Option<Localized>| {
            let requests: Vec<_> = (0..requests).map(at).collect();
            let pattern = Pattern::of(&requests).map(Into::into);
            let program = ForeignRun { pattern, ..ForeignRun::default() };
            let report = report_with(&json!({ "elapsed_s": elapsed_s }));
            let Localized { en, zh } = gaps(&program, &report, others)?;
            assert_eq!(numbers(&en), numbers(&zh), "{en}\n{zh}");
            Some(en)
        };
        let others =
            || Some(localized!("others used 2 CPUs", "其他程序用了 2 个 CPU"));
        assert_eq!(said(10, 1.05, others()), None);
        assert_eq!(
            said(10, 1.387, None).unwrap(),
            "387 ms over its ideal: from outside, compare cannot tell why"
        );
        assert_eq!(
            said(10, 1.387, others()).unwrap(),
            "387 ms over its ideal, while others used 2 CPUs"
        );
        let lag = "120 ms over its ideal, of which 120 ms between a response and the next \
                   request, in all";
        assert_eq!(said(200, 1.12, None).unwrap(), lag);
        assert_eq!(
            said(200, 1.12, others()).unwrap(),
            format!("{lag}, while others used 2 CPUs")
        );
    }
}
