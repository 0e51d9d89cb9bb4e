//! Runs as a table for spreadsheets and scripts: a line for each request.

use std::io::{self, Write};

use crate::export::lanes::rows;
use crate::outcome::report::Report;

const HEADER: [&str; 10] = [
    "client",
    "request",
    "lane",
    "row",
    "start_us",
    "end_us",
    "queued_us",
    "waited_us",
    "status",
    "error",
];

/// Writes these runs as comma-separated values, with a line of names first.
///
/// # Errors
///
/// `out` cannot be written to.
pub(crate) fn write(out: &mut impl Write, reports: &[&Report]) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(HEADER)?;
    for report in reports {
        let mut slots = vec![None; report.outcomes.len()];
        for row in rows(&report.outcomes) {
            for at in row.requests {
                slots[at] = Some(row.slot);
            }
        }
        for (outcome, slot) in report.outcomes.iter().zip(slots) {
            let number = |number: Option<u64>| {
                number.map_or(String::new(), |n| n.to_string())
            };
            table.write_record([
                report.label(),
                outcome.index.to_string(),
                outcome.lane.to_string(),
                number(slot.map(|slot| slot as u64)),
                outcome.start_us.to_string(),
                outcome.end_us.to_string(),
                number(outcome.queued_us),
                number(outcome.waited_us),
                number(outcome.status.map(u64::from)),
                outcome.error.clone().unwrap_or_default(),
            ])?;
        }
    }
    table.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::OutcomeKind;
    use crate::outcome::failure::FailureKind;

    #[test]
    fn each_request_has_a_line_and_what_is_unknown_is_empty() {
        let endings = [
            OutcomeKind::Answered,
            OutcomeKind::Failed(FailureKind::Closed),
            OutcomeKind::NotSent,
        ];
        let report = crate::outcome::report::tests::report(&endings);
        let mut written = Vec::new();
        write(&mut written, &[&report]).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "client,request,lane,row,start_us,end_us,queued_us,waited_us,status,error\n\
             sync,0,0,0,0,1000,,,200,\n\
             sync,1,0,1,0,2000,,,,closed\n\
             sync,2,0,,0,3000,,,,not-sent\n"
        );
    }
}
