//! The command line of a client: the options of all clients, and those of one.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, Command, FromArgMatches as _};
use reqwest::Url;

use crate::clients::ClientArgs;
use crate::export::ExportArgs;
use crate::settings::limits::requests;
use crate::settings::run_name::RunName;
use crate::settings::workload::Workload;
use units::{Completions, LanguageArgs, Localized, localized, parse_duration};

const LONG_ABOUT: &str = "\
Sends --requests requests with the one strategy that this client shows, and reports how \
long they took and how long they should have taken.

Start the server first, in another terminal:  cargo run -p slow-server";

const EXIT_CODES: &str = "Exit status: 0 if all requests succeeded, 1 if something failed (the \
    report is still printed), 2 for wrong usage, 130 after Ctrl-C (the report has the results \
    so far).";

/// What every client understands.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct CommonArgs {
    /// Page to fetch
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5000", value_parser = parse_url)]
    pub url: Url,

    /// Number of requests
    #[arg(short = 'n', long, value_name = "N", default_value = "5", value_parser = requests)]
    pub requests: NonZeroUsize,

    /// Send requests for this long, instead of a fixed number of them, then wait for those in
    /// flight. The ideal is the number that would succeed in that time if nothing but the
    /// delay took time
    #[arg(long, value_name = "TIME", conflicts_with = "requests", value_parser = duration)]
    pub duration: Option<Duration>,

    /// Time limit of one request; connecting may take at most half of it
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = timeout)]
    pub timeout: Duration,

    /// CPU time to burn on each response, on the thread that received it
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = work)]
    pub cpu_work: Duration,

    /// Delay to assume for the ideal time if the server does not report its own
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub assume_delay: Option<Duration>,

    /// Name of this run, such as your own, shown on the live page: at most 40 characters
    #[arg(long, value_name = "NAME")]
    pub name: Option<RunName>,

    /// Print the report as JSON on standard output, and nothing else there
    #[arg(long)]
    pub json: bool,

    /// Print no progress, only the report
    #[arg(short, long)]
    pub quiet: bool,

    /// Allow more than 200 requests to a server that is neither on this machine nor on a
    /// private network
    #[arg(long)]
    pub i_may_load_this_server: bool,

    /// Record every outcome even above 100,000 requests [default: above that, only totals]
    #[arg(long)]
    pub keep_outcomes: bool,

    /// What to draw of the run.
    #[command(flatten)]
    pub pictures: ExportArgs,

    /// End when standard input ends: for a program that starts clients and may be killed
    #[arg(long, hide = true)]
    pub end_with_stdin: bool,

    /// The language of what it says.
    #[command(flatten)]
    pub language: LanguageArgs,

    /// The shell's completions.
    #[command(flatten)]
    pub completions: Completions,
}

impl CommonArgs {
    /// How much there is to do.
    pub(crate) fn workload(&self) -> Workload {
        let requests = Workload::Requests(self.requests);
        self.duration.map_or(requests, Workload::Duration)
    }
}

/// Reads the command line of the client whose own options are `Own`. Wrong usage and
/// `--help` end the process, as in every program made with clap.
pub(crate) fn parse<Own: ClientArgs>() -> (CommonArgs, Own) {
    units::parse(command::<Own>(), |matches| {
        Ok((CommonArgs::from_arg_matches(matches)?, Own::read(matches)?))
    })
}

fn command<Own: ClientArgs>() -> Command {
    let program = format!("client-{}", Own::NAME);
    let command = Command::new(program)
        .version(env!("CARGO_PKG_VERSION"))
        .max_term_width(80)
        .after_help(EXIT_CODES);
    let command = Own::augment_args(CommonArgs::augment_args(command));
    command.about(Own::ABOUT).long_about(format!("{}\n\n{LONG_ABOUT}", Own::ABOUT))
}

/// Reads an `http://` address.
///
/// # Errors
///
/// A sentence for the user that shows what one looks like.
pub fn parse_url(text: &str) -> Result<Url, Localized> {
    let example = || {
        localized!(
            "write a URL such as http://127.0.0.1:5000",
            "请写 URL，例如 http://127.0.0.1:5000",
        )
    };
    let url: Url = text.parse().map_err(|_| example())?;
    if url.scheme() == "https" {
        return Err(localized!(
            "https:// is not supported, only http://",
            "不支持 https://，只支持 http://",
        ));
    }
    if url.scheme() != "http" || !url.has_host() {
        return Err(example());
    }
    // The URL standard knows no limit, and takes characters that HTTP does not.
    if url.as_str().parse::<hyper::Uri>().is_err() {
        return Err(localized!(
            "HTTP cannot send this URL: it is too long, or has characters that need escapes",
            "HTTP 无法发送这个 URL：它太长，或含有需要转义的字符",
        ));
    }
    if url.port() == Some(0) {
        return Err(localized!(
            "port 0 cannot be connected to; write the server's port",
            "端口 0 无法连接；请写服务器的端口",
        ));
    }
    Ok(url)
}

/// Reads a time that a request can be given.
///
/// # Errors
///
/// A sentence for the user.
pub fn timeout(text: &str) -> Result<Duration, Localized> {
    match parse_duration(text)? {
        none if none.is_zero() => {
            Err(localized!("write a time above 0s", "必须大于 0s"))
        }
        some => Ok(some),
    }
}

/// Reads how long requests are begun.
///
/// # Errors
///
/// A sentence for the user.
pub fn duration(text: &str) -> Result<Duration, Localized> {
    match parse_duration(text)? {
        none if none.is_zero() => Err(localized!(
            "no request is sent in 0s: write a longer time, such as 10s",
            "0s 内发不出请求：请写更长的时间，例如 10s",
        )),
        some => Ok(some),
    }
}

/// Reads the time to compute on each response.
///
/// # Errors
///
/// A sentence for the user.
pub fn work(text: &str) -> Result<Duration, Localized> {
    match parse_duration(text)? {
        long if long > LONGEST_WORK => {
            Err(localized!("at most 10s for each response", "每个响应最多 10s"))
        }
        time => Ok(time),
    }
}

/// The longest computation on one response.
const LONGEST_WORK: Duration = Duration::from_secs(10);

/// Ends the process in a place from which no value can be returned.
#[expect(clippy::exit, reason = "nothing is open yet, or the report is already out")]
pub(crate) fn leave(code: i32) -> ! {
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::{Async, Hybrid, Sync, Threads};

    #[test]
    fn the_help_of_all_clients_is_in_chinese_too() {
        let commands = [
            command::<Sync>(),
            command::<Threads>(),
            command::<Async>(),
            command::<Hybrid>(),
        ];
        for command in commands {
            assert_eq!(units::untranslated(command), [""; 0]);
        }
    }

    #[test]
    fn only_http_addresses_are_taken() {
        assert!(parse_url("http://127.0.0.1:5000").is_ok());
        assert!(parse_url("http://[::1]:5000/?delay=1s").is_ok());
        for wrong in [
            "nonsense",
            "https://127.0.0.1",
            "file:///tmp",
            "http://",
            "a:b",
            "http://127.0.0.1:0",
            "http://a{b:1/",
            "http://a\"b/",
            &format!("http://127.0.0.1/?{}", "x".repeat(1 << 16)),
        ] {
            assert!(parse_url(wrong).is_err(), "{wrong:.30}");
        }
    }
}
