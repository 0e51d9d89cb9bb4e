//! The program: parse, bind, print the banner, serve until a signal.

mod banner;
mod cli;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;

use banner::Banner;
use cli::Cli;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If it cannot be written, the exit status still says that it failed.
            let _ = writeln!(anstream::stderr(), "slow-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    if cli.print_completions() {
        return Ok(());
    }
    slow_server::start_logs();
    slow_server::raise_open_files();
    cli.listen().check_open_files()?;
    tokio::runtime::Runtime::new().context("cannot start")?.block_on(serve(cli))
}

async fn serve(cli: &Cli) -> anyhow::Result<()> {
    let config = cli.config()?;
    let listeners = cli.listen().bind("slow-server")?;
    // Before the banner, so that a signal after it is not lost.
    let stop = slow_server::stop_signal()?;
    let address =
        listeners.first_address().context("the listener has no address")?;
    write!(io::stdout(), "{}", Banner { address, config: &config })
        .context("cannot write to standard output")?;

    slow_server::serve(listeners, config, stop).await;
    Ok(())
}
