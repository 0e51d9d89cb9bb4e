//! What the programs print: reports, tables, pages, and advice.

mod advice;
mod foreign;
mod page;
mod report;
mod sweep;
