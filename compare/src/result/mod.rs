//! What was measured, as `--json` prints it.

pub(crate) mod comparison;
pub(crate) mod knee;
pub(crate) mod point;
pub(crate) mod sweep;
