//! What follows from several runs of one client: the median, outliers, and what is noise.

pub(crate) mod difference;
pub(crate) mod histogram;
pub(crate) mod noise;
mod outliers;
pub(crate) mod repeat;
