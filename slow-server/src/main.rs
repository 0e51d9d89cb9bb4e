//! The program: parse, bind, say so, serve until told to stop.

mod announcement;
mod cli;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;

use announcement::Announcement;
use cli::Cli;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If nobody can hear why, the status says that it failed all the same.
            let _ = writeln!(anstream::stderr(), "slow-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: &Cli) -> anyhow::Result<()> {
    if cli.print_completions() {
        return Ok(());
    }
    cli::start_logs();
    let config = cli.config()?;
    let listeners = cli.bind()?;
    // Before anyone is told that there is a server to stop.
    let stop = cli::stop_signal()?;
    let address =
        listeners.first_address().context("the listener has no address")?;
    write!(io::stdout(), "{}", Announcement { address, config: &config })
        .context("cannot write to standard output")?;

    slow_server::serve(listeners, config, stop).await;
    Ok(())
}
