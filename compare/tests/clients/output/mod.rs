//! What the programs print: reports, tables, pages, and advice.

mod advice;
mod page;
mod report;
mod sweep;
