//! Runs the four clients in turn against one server, and says what each should have
//! taken, what it took, and why.

mod binaries;
mod cli;
mod comparison;
mod contestant;
mod departure;
mod guess;
mod interrupts;
mod live;
mod page;
mod process;
mod race;
mod sweep;
mod table;
mod tutorial;
mod waits;
mod why;
mod witness;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use client_core::export::atomic_file::{self, AtomicFile};
use client_core::warn;

use cli::Cli;
use comparison::Comparison;
use guess::Guesses;
use race::Race;
use sweep::Sweep;

/// The whole program.
#[must_use]
pub fn run() -> ExitCode {
    match compare(&cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            warn(format_args!("compare: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn compare(cli: &Cli) -> anyhow::Result<ExitCode> {
    if let Err(refused) = cli.guard() {
        warn(format_args!("compare: {refused}"));
        return Ok(ExitCode::from(2));
    }
    let ready = cli.pictures.ready().and_then(|pictures| {
        let page = page_for(cli)?;
        let all: Vec<_> = pictures.destinations().into_iter().chain(&page).collect();
        atomic_file::all_differ(&all)?;
        Ok((pictures, page))
    });
    let (pictures, page) = match ready {
        Ok(ready) => ready,
        Err(error) => {
            warn(format_args!("compare: {error:#}"));
            return Ok(ExitCode::from(2));
        }
    };
    let binaries = binaries::ready()?;
    let mut race = Race::prepare(cli)?;
    if !cli.sweep.is_empty() {
        let sweep = Sweep::run(cli, &mut race, &binaries)?;
        show_sweep(&sweep, cli.json).context("cannot write the result")?;
        return Ok(sweep.exit_code());
    }
    let guesses =
        if cli.predict { Guesses::ask(&race)? } else { Guesses::default() };
    let comparison = race.run(&binaries)?;
    // The files before the table, which nobody may be there to read any more; and each,
    // whatever became of the others.
    let reports: Vec<_> =
        comparison.runs.iter().filter_map(|run| run.report.as_ref()).collect();
    let written = pictures.write_files(&reports);
    let paged = page.as_ref().map_or(Ok(()), |page| {
        let html = page::html(&comparison).context("cannot make the page")?;
        page.write(html.as_bytes())
    });
    show(&comparison, &guesses, cli.json).context("cannot write the result")?;
    pictures.draw(&reports, cli.json)?;
    written.and(paged)?;
    if let Some(page) = &page {
        warn(format_args!("compare: open {page} in a browser"));
    }
    Ok(comparison.exit_code())
}

/// The file for --html, known before the run to be writable.
fn page_for(cli: &Cli) -> anyhow::Result<Option<AtomicFile>> {
    let Some(path) = &cli.html else { return Ok(None) };
    anyhow::ensure!(
        cli.requests.get() <= page::MOST_REQUESTS,
        "a page holds at most {} requests of each client: take fewer (-n), or --json",
        page::MOST_REQUESTS
    );
    AtomicFile::check(path).map(Some)
}

fn show_sweep(sweep: &Sweep, json: bool) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, sweep)?;
        writeln!(out)?;
    } else {
        table::sweep::write(&mut out, sweep)?;
    }
    out.flush()
}

fn show(comparison: &Comparison, guesses: &Guesses, json: bool) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, comparison)?;
        writeln!(out)?;
    } else {
        table::write(&mut out, comparison)?;
        guesses.write_scores(&mut out, comparison)?;
    }
    out.flush()
}
