//! Figures that one trusts: repeats, a warm-up, a baseline, percentiles, Markdown.

mod baseline;
#[cfg(unix)]
mod interrupted;
mod repeat;
mod shown;
