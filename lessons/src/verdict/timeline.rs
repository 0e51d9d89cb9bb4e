//! The timeline of a run below the expected one, on one axis, as if each response took the
//! tutorial's three seconds.

use std::io::{self, Write};

use client_core::export::glyphs;
use client_core::export::theme::{FAILED, WAITING};
use client_core::export::timeline::{RowName, Timeline};
use client_core::outcome::report::OutcomeRow;
use diagnosis::{ObservedRequest, RequestOutcome};
use units::Language;

use crate::pack::Exercise;
use crate::terminal::in_language;

/// A round of the server, in microseconds: the tutorial's three seconds.
const ROUND_US: u64 = 3_000_000;

/// A response that comes immediately has to be visible, too.
const REJECTED_US: u64 = ROUND_US / 10;

/// The rows of a run that fit on a screen together with all else.
const MAX_ROWS: usize = 10;

/// Draws what was observed below what is expected.
pub(super) fn draw(
    out: &mut impl Write,
    seen: &[ObservedRequest],
    exercise: &Exercise,
    language: Language,
) -> io::Result<()> {
    let seen = outcomes(seen);
    let wanted = outcomes(&expected_run(exercise));
    let ends = seen.iter().chain(&wanted).map(|outcome| outcome.end_us);
    let span = ends.max().unwrap_or(0);
    let timeline = Timeline::spanning(span).folded_above(MAX_ROWS);
    let runs = [
        (language.pick("expected", "预期"), &wanted),
        (language.pick("your program", "你的程序"), &seen),
    ];
    for (name, outcomes) in runs {
        if outcomes.is_empty() {
            let nothing = language.pick("(no request)", "（没有请求）");
            writeln!(out, "{name:>12}  {nothing}")?;
        }
        timeline.draw_rows(out, outcomes, |named| match named {
            RowName::Row(row) if row.slot > 0 => String::new(),
            RowName::Row(_) | RowName::Many { .. } => name.to_owned(),
        })?;
    }
    let end = format!("{} s", span / 1_000_000);
    timeline.axis(out, language.pick("time", "时间"), &end)?;
    legend(out, language)
}

fn legend(out: &mut impl Write, language: Language) -> io::Result<()> {
    let [few, .., all] = glyphs::DENSITY;
    let (waiting, failed) = (glyphs::WAITING, glyphs::FAILED);
    let sent = glyphs::SENT;
    let (waits, fails) = (WAITING.name.of(language), FAILED.name.of(language));
    let text = in_language!(
        language,
        "  {sent} sent  {waiting} {waits}  {failed} {fails}  \
         {few} to {all} how many of a row's requests are in flight\n  \
         drawn as if each response took the tutorial's 3 s",
        "  {sent} 发出  {waiting} {waits}  {failed} {fails}  \
         {few} 到 {all} 表示一行的请求中有多少在途\n  \
         按教程中每个响应 3 秒绘制",
    );
    writeln!(out, "{text}")
}

/// The expected run: in each round as many requests as are to be in flight together.
fn expected_run(exercise: &Exercise) -> Vec<ObservedRequest> {
    let (server, expected) = (&exercise.server, exercise.expected());
    let request = |number: usize| {
        let arrived = number / expected.at_once;
        let (ended, outcome) = if Some(number) == server.last {
            (expected.waits + 1, RequestOutcome::Answered)
        } else if Some(number) == server.never {
            (expected.waits + 1, RequestOutcome::Aborted)
        } else if Some(number) == server.fails {
            (arrived + 1, RequestOutcome::Failed)
        } else {
            (arrived + 1, RequestOutcome::Answered)
        };
        ObservedRequest { arrived, ended, outcome }
    };
    (0..server.requests.get()).map(request).collect()
}

fn outcomes(requests: &[ObservedRequest]) -> Vec<OutcomeRow> {
    let outcome = |(index, request): (usize, &ObservedRequest)| {
        let start_us = request.arrived as u64 * ROUND_US;
        let end_us = match request.outcome {
            RequestOutcome::Rejected => start_us + REJECTED_US,
            _ => request.ended as u64 * ROUND_US,
        };
        let status = match request.outcome {
            RequestOutcome::Answered => Some(200),
            RequestOutcome::Failed | RequestOutcome::Rejected => Some(503),
            RequestOutcome::Aborted => None,
        };
        OutcomeRow { index, start_us, end_us, status, ..OutcomeRow::default() }
    };
    requests.iter().enumerate().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::pack::Pack;

    #[test]
    fn the_expected_run_has_as_many_rounds_as_are_needed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/waiting");
        let pack = Pack::read(Path::new(folder)).unwrap();
        let ended = |number| {
            let run = expected_run(pack.exercise(number).unwrap());
            run.iter().map(|request| request.ended).collect::<Vec<_>>()
        };
        // A hundred for eight threads, ten at once, and one that comes last.
        assert_eq!(ended(7).into_iter().max(), Some(13));
        assert_eq!(ended(4), [1; 10]);
        assert_eq!(ended(14)[..2], [2, 1]);
    }
}
