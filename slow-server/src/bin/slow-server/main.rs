//! The program: parse, bind, print the banner, serve until a signal.

mod banner;
mod cli;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _};

use banner::Banner;
use cli::Cli;
use units::localized;

fn main() -> ExitCode {
    match run(&units::parse(Cli::command(), Cli::from_arg_matches)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            units::warn(format_args!("slow-server: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    slow_server::start_logs();
    cli.listen().require_open_files()?;
    slow_server::runtime()
        .context(localized!("cannot start the runtime", "无法启动运行时"))?
        .block_on(serve(cli))
}

async fn serve(cli: &Cli) -> anyhow::Result<()> {
    let config = cli.config()?;
    let listeners = cli.listen().bind("slow-server")?;
    // Before the banner, so that a signal after it is not lost.
    let stop = slow_server::stop_signal()?;
    let address = listeners
        .first_address()
        .context(localized!("the listener has no address", "监听器没有地址"))?;
    write!(units::stdout(), "{}", Banner { address, config: &config })?;

    slow_server::serve(listeners, config, stop).await;
    Ok(())
}
