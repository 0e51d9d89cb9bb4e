//! The routes beside the page: counts, settings, and access to them.

mod access;
mod counts;
mod records;
mod routes;
mod settings;
