//! What holds in the documentation.

mod commands;
mod file_names;
mod page;
mod teaching;
mod translations;
mod words;
