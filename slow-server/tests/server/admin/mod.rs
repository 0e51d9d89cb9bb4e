//! The routes beside the page: what they show, who may see it, and who may change it.

mod access;
mod counts;
mod routes;
mod settings;
