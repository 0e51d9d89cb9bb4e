//! What stands beside the page: counts, settings, and who may see and change them.

pub(crate) mod access;
pub(crate) mod handlers;
pub(crate) mod token;
