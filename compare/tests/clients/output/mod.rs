//! What the programs print: reports, tables, pages, and advice.

mod advice;
mod advised_commands;
mod chinese;
mod foreign;
mod overheads;
mod page;
mod report;
mod streams;
mod sweep;
