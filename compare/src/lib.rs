//! Runs the four clients one after another against one server, and says what each should have
//! taken, what it took, and why.
//!
//! # Layout
//!
//! - `baseline`: an earlier comparison, read from its JSON, and the differences to it
//! - `cli`: what `cargo compare` can be asked
//! - `checkout`: the sources that this program belongs to
//! - `client_spec`: a client with its options, and how it spreads its requests
//! - `command_line`: the command as it was typed, without its secrets
//! - `foreign`: programs that are none of the clients: their processes, and the server's record
//! - `run`: runs the clients' programs against the server, in turn or in a sweep
//! - `result`: what was measured, as `--json` prints it
//! - `statistics`: medians, outliers, noise, and the difference of two times
//! - `explain`: the sentences on why a client took as long as it did
//! - `table`: the columns, each declared once, and the result on a terminal
//! - `page`: the result as one HTML page
//! - `problem`: what went wrong, in both languages
//! - `guess`: predictions before the run, and how good they were
//! - `python`: the tutorial's own programs and server in Python, and the packages that they need
//! - `tutorial`: the times that the tutorial printed

mod baseline;
mod checkout;
mod cli;
mod client_spec;
mod command_line;
mod explain;
mod foreign;
mod guess;
mod page;
mod problem;
mod python;
mod result;
mod run;
mod statistics;
mod table;
mod tutorial;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use client_core::export::atomic_file::{self, AtomicFile};
use client_core::run::interrupt;
use serde::Serialize;
use units::{localized, warn};

use baseline::Baseline;
use cli::Cli;
use cli::measuring::MeasuringArgs;
use guess::Guesses;
use run::Runner;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    interrupt::heed_nohup();
    match compare(cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            warn(format_args!("compare: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn compare(mut cli: Cli) -> anyhow::Result<ExitCode> {
    if cli.python.python_setup {
        python::setup()?;
        return Ok(ExitCode::SUCCESS);
    }
    cli.add_python()?;
    let cli = &cli;
    if let Err(refused) = cli.guard() {
        return Ok(wrong_usage(refused));
    }
    if cli.predict
        && let Err(why) = Guesses::require_terminal()
    {
        return Ok(wrong_usage(why));
    }
    let ready = cli.pictures.ready().and_then(|pictures| {
        let page = page_for(cli)?;
        let all: Vec<_> = pictures.destinations().into_iter().chain(&page).collect();
        atomic_file::all_differ(&all)?;
        Ok((pictures, page))
    });
    let (pictures, page) = match ready {
        Ok(ready) => ready,
        Err(error) => return Ok(wrong_usage(format_args!("{error:#}"))),
    };
    let baseline = cli.measuring.baseline.as_deref().map(Baseline::read);
    let baseline = match baseline.transpose() {
        Ok(baseline) => baseline,
        Err(error) => return Ok(wrong_usage(format_args!("{error:#}"))),
    };
    let mut runner = Runner::prepare(cli)?;
    if let Some(Err(error)) =
        baseline.as_ref().map(|baseline| runner.require(baseline))
    {
        return Ok(wrong_usage(format_args!("{error:#}")));
    }
    if !cli.sweep.is_empty() {
        let sweep = run::sweep(&mut runner)?;
        print(&sweep, cli.json, |out| {
            if cli.measuring.markdown {
                table::markdown::write_sweep(out, &sweep)
            } else {
                table::sweep::write(out, &sweep)
            }
        })?;
        return Ok(sweep.exit_code());
    }
    let guesses =
        if cli.predict { Guesses::ask(&runner)? } else { Guesses::default() };
    let mut comparison = runner.run()?;
    if let Some(baseline) = &baseline {
        baseline.compare(&mut comparison);
        explain::baseline::add_notes(&mut comparison.runs, baseline);
    }
    // The files before the table, whose pipe may be closed by now; and each,
    // whatever became of the others.
    let reports: Vec<_> =
        comparison.runs.iter().filter_map(|run| run.report.as_ref()).collect();
    let written = pictures.write_files(&reports);
    let paged = page.as_ref().map_or(Ok(()), |page| {
        let html = page::html(&comparison)
            .context(localized!("cannot make the page", "无法生成页面"))?;
        page.write(html.as_bytes())
    });
    print(&comparison, cli.json, |out| {
        let MeasuringArgs { latency, markdown, .. } = cli.measuring;
        if markdown {
            return table::markdown::write(out, &comparison, latency);
        }
        table::write(out, &comparison)?;
        if latency {
            table::latency::write(out, &comparison)?;
        }
        guesses.write_scores(out, &comparison)
    })?;
    // Output for another program, or to be pasted, is the only one on standard output.
    let is_alone = cli.json || cli.measuring.markdown;
    pictures.draw(&reports, is_alone)?;
    written.and(paged)?;
    if let Some(page) = &page {
        let open = localized!("open {page} in a browser", "请在浏览器中打开 {page}");
        warn(format_args!("compare: {open}"));
    }
    Ok(comparison.exit_code())
}

fn wrong_usage(why: impl Display) -> ExitCode {
    warn(format_args!("compare: {why}"));
    ExitCode::from(2)
}

/// The file for --html, known before the run to be writable.
fn page_for(cli: &Cli) -> anyhow::Result<Option<AtomicFile>> {
    let Some(path) = &cli.html else { return Ok(None) };
    let most = page::MOST_REQUESTS;
    anyhow::ensure!(
        cli.requests.get() <= most,
        localized!(
            "a page holds at most {most} requests of each client: send fewer (-n), or use \
             --json",
            "每个客户端在页面上最多 {most} 个请求：请减少请求（-n），或用 --json",
        )
    );
    AtomicFile::check(path).map(Some)
}

fn print(
    result: &impl Serialize,
    json: bool,
    as_text: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    if json {
        return units::print_json(result);
    }
    let mut text = Vec::new();
    as_text(&mut text)?;
    units::stdout().write_all(&text)
}
