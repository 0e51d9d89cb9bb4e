//! The page of `slow-server` for millions of waiting requests.
//!
//! Over HTTP/2 it keeps no task, timer or handler for a request that waits: each connection
//! has one task with a queue of due times. HTTP/1.1, and every route but the page, is served
//! by `slow-server`.
//!
//! # Layout
//!
//! - `http2`: one connection, and the page for all requests on it
//! - `delay_queue`: pending responses, by deadline
//! - `backpressure`: a socket that records whether the client reads
//! - `bridge`: all other routes, through the router of `slow-server`

mod backpressure;
mod bridge;
mod delay_queue;
mod http2;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use slow_server::{Config, Limits, ListenArgs, Server};
use units::{LanguageArgs, localized};

use crate::http2::BareH2;

/// Serve millions of requests over HTTP/2 with a page that takes three seconds
///
/// It has the delays, failures and counts of slow-server, in a fifth of the memory. It listens
/// on this machine alone.
#[derive(Debug, Parser)]
#[command(name = "dense-server", version, max_term_width = 80)]
struct Cli {
    #[command(flatten)]
    listen: ListenArgs,

    #[command(flatten)]
    language: LanguageArgs,

    #[command(flatten)]
    config: Config,
}

fn main() -> ExitCode {
    match run(units::parse(Cli::command(), Cli::from_arg_matches)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            units::warn(format_args!("dense-server: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(Cli { listen, language: _, config }: Cli) -> anyhow::Result<()> {
    let ip = listen.addr.ip();
    ensure!(
        ip.is_loopback(),
        localized!(
            "it has no token, so it listens on this machine alone, not on {ip}.\n\
             For a class on one network:\n  cargo run -p slow-server -- --lan",
            "本程序没有令牌机制，因此只在本机监听，不能监听 {ip}。\n\
             供同一网络中的全班使用：\n  cargo run -p slow-server -- --lan",
        )
    );
    slow_server::start_logs();
    listen.require_open_files()?;
    let limits = Limits { addresses: listen.addresses, ..Limits::default() };
    let config = Config { limits, ..config };
    slow_server::runtime()
        .context(localized!("cannot start", "无法启动"))?
        .block_on(serve(&listen, config))
}

async fn serve(listen: &ListenArgs, config: Config) -> anyhow::Result<()> {
    let listeners = listen.bind("dense-server")?;
    // Before the first line, so that a signal after it is not lost.
    let stop = slow_server::stop_signal()?;
    let address = listeners
        .first_address()
        .context(localized!("the listener has no address", "监听器没有地址"))?;
    let delay = units::duration(config.delay);
    let listens = localized!(
        "dense-server listens on http://{address} (stop it with Ctrl-C)",
        "dense-server 正在监听 http://{address}（按 Ctrl-C 停止）",
    );
    let delays =
        localized!("each response is delayed by {delay}", "每个响应延迟 {delay}");
    let http2 = localized!(
        "over HTTP/2 there is no task for each request, and so no runs on the live page,\n  \
         no quota per address, and no timeout for a response that is not read",
        "HTTP/2 请求没有各自的任务，因此实时网页不显示各次运行，没有每个地址的配额，\n  \
         客户端不读取某个响应时也没有超时",
    );
    let rest = localized!(
        "everything else is as in slow-server",
        "其他与 slow-server 相同"
    );
    writeln!(units::stdout(), "{listens}\n  {delays}\n  {http2}\n  {rest}")?;

    let server = Server::new(config);
    let http2 = BareH2(Arc::clone(&server));
    slow_server::serve_with(listeners, server, http2, stop).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_help_is_in_chinese_too() {
        assert_eq!(units::untranslated(Cli::command()), [""; 0]);
    }
}
