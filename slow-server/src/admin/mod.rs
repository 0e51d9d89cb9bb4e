//! What stands beside the page: counts, settings, and who may see and change them.

pub(crate) mod access;
pub(crate) mod routes;
pub(crate) mod settings;
pub(crate) mod token;
