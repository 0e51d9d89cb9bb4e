//! The picture of a run under the one that is wanted, on one axis: what it would have been
//! at the tutorial's three seconds for each answer.

use std::io::{self, Write};

use client_core::export::glyphs::Glyphs;
use client_core::export::timeline::{RowName, Timeline};
use client_core::outcome::report::OutcomeRow;

use crate::diagnosis::observation::{ObservedRequest, RequestOutcome};
use crate::pack::Exercise;
use client_core::Language;

/// A round of the server, in microseconds: the tutorial's three seconds.
const ROUND_US: u64 = 3_000_000;

/// An answer that comes at once still has to be seen.
const AT_ONCE_US: u64 = ROUND_US / 10;

/// The rows of a run that fit on a screen together with all else.
const MOST_ROWS: usize = 10;

/// Draws what was seen under what is wanted.
///
/// Errors: `out` cannot be written to.
pub(crate) fn draw(
    out: &mut impl Write,
    seen: &[ObservedRequest],
    exercise: &Exercise,
    language: Language,
) -> io::Result<()> {
    let signs = Glyphs::of_this_terminal();
    let seen = outcomes(seen);
    let wanted = outcomes(&wanted(exercise));
    let ends = seen.iter().chain(&wanted).map(|outcome| outcome.end_us);
    let span = ends.max().unwrap_or(0);
    let timeline = Timeline::spanning(span, signs).folded_above(MOST_ROWS);
    let runs = [
        (language.pick("wanted", "应当如此"), &wanted),
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
    legend(out, signs, language)
}

fn legend(
    out: &mut impl Write,
    signs: Glyphs,
    language: Language,
) -> io::Result<()> {
    let Glyphs { sent, waited, failed, density: [few, .., all], .. } = signs;
    let waits = format!("{sent}{waited}{waited}");
    match language {
        Language::En => writeln!(
            out,
            "  {waits} a request waits  {failed} it ends without a page  \
             {few} to {all} how many wait\n  \
             drawn as if each answer took the tutorial's 3 s"
        ),
        Language::Zh => writeln!(
            out,
            "  {waits} 请求在等待  {failed} 没有得到页面  {few} 到 {all} 等待的请求数\n  \
             按教程中每个答复 3 秒绘制"
        ),
    }
}

/// The run that is wanted: in each round as many as are to be in flight at once.
fn wanted(exercise: &Exercise) -> Vec<ObservedRequest> {
    let (server, wanted) = (&exercise.server, &exercise.wanted);
    let visit = |number: usize| {
        let arrived = number / wanted.at_once;
        let (ended, fate) = if Some(number) == server.last {
            (wanted.waits + 1, RequestOutcome::Answered)
        } else if Some(number) == server.never {
            (wanted.waits + 1, RequestOutcome::Aborted)
        } else if Some(number) == server.fails {
            (arrived + 1, RequestOutcome::Failed)
        } else {
            (arrived + 1, RequestOutcome::Answered)
        };
        ObservedRequest { arrived, ended, fate }
    };
    (0..server.requests.get()).map(visit).collect()
}

fn outcomes(visits: &[ObservedRequest]) -> Vec<OutcomeRow> {
    let outcome = |(index, visit): (usize, &ObservedRequest)| {
        let start_us = visit.arrived as u64 * ROUND_US;
        let end_us = match visit.fate {
            RequestOutcome::Rejected => start_us + AT_ONCE_US,
            _ => visit.ended as u64 * ROUND_US,
        };
        let status = match visit.fate {
            RequestOutcome::Answered => Some(200),
            RequestOutcome::Failed | RequestOutcome::Rejected => Some(503),
            RequestOutcome::Aborted => None,
        };
        OutcomeRow { index, start_us, end_us, status, ..OutcomeRow::default() }
    };
    visits.iter().enumerate().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::pack::Pack;

    #[test]
    fn the_run_that_is_wanted_has_as_many_rounds_as_are_needed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/packs/waiting");
        let pack = Pack::read(Path::new(folder)).unwrap();
        let ended = |number| {
            let run = wanted(pack.exercise(number).unwrap());
            run.iter().map(|visit| visit.ended).collect::<Vec<_>>()
        };
        // A hundred for eight threads, ten at once, and one that comes last.
        assert_eq!(ended(7).into_iter().max(), Some(13));
        assert_eq!(ended(4), [1; 10]);
        assert_eq!(ended(14)[..2], [2, 1]);
    }
}
