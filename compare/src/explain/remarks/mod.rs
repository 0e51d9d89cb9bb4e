//! What is said of a comparison as a whole, below its sentences.

pub(crate) mod caveat;
mod speed;

use units::Localized;

use super::{baseline, latency, repeats};
use crate::result::comparison::Comparison;
use speed::speed;

/// What is to be said of a whole comparison: what its rows are, and what makes them doubtful.
pub(crate) fn remarks(comparison: &Comparison) -> Vec<Localized> {
    let repeats = repeats::remark(&comparison.runs);
    let baseline = comparison.baseline.as_ref().map(baseline::remark);
    let clocks = latency::clocks(&comparison.runs);
    let speed = speed(&comparison.runs);
    let (left_out, caveat) =
        (comparison.left_out.clone(), comparison.caveat.clone());
    let all = [speed, repeats, clocks, left_out, baseline, caveat];
    all.into_iter().flatten().collect()
}
