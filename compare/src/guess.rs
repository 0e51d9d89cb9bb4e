//! `--predict`: a guess before the run, and its score.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use anyhow::Context as _;
use units::{Localized, localized, warn};

use crate::result::comparison::Comparison;
use crate::run::Runner;

/// A guess in seconds for each client that was guessed.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Vec<(String, f64)>);

impl Guesses {
    /// # Errors
    ///
    /// Standard input or standard error is no terminal.
    pub(crate) fn require_terminal() -> Result<(), Localized> {
        if io::stdin().is_terminal() && units::stderr().is_terminal() {
            return Ok(());
        }
        Err(localized!(
            "--predict asks for your guesses, so it needs a terminal",
            "--predict 要你输入猜测，所以需要终端",
        ))
    }

    /// Asks for a guess for each client; an empty line is none.
    ///
    /// # Errors
    ///
    /// Standard input cannot be read.
    pub(crate) fn ask(runner: &Runner<'_>) -> anyhow::Result<Self> {
        let delay =
            runner.delay().map(|delay| Localized::same(units::duration(delay)));
        let Localized { en, zh } =
            delay.unwrap_or_else(|| localized!("an unknown time", "未知的时间"));
        let requests = runner.cli.requests;
        warn(localized!(
            "The server takes {en} for each response, and each client sends {requests} requests.\n\
             How long will each client take? Write 1.3s or 1300ms; an empty line is no guess.",
            "服务器的每个响应用时 {zh}，每个客户端发出 {requests} 个请求。\n\
             每个客户端需要多长时间？请写 1.3s 或 1300ms；空行表示不猜。",
        ));
        let mut guesses = Vec::new();
        for client in &runner.cli.clients {
            let label = client.label();
            if let Some(guess) = ask_until_clear(&label)? {
                guesses.push((label, guess));
            }
        }
        Ok(Self(guesses))
    }

    /// Says how far each guess was from the measured time.
    pub(crate) fn write_scores(
        &self,
        out: &mut impl Write,
        comparison: &Comparison,
    ) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        let mut good = 0;
        for (client, guess) in &self.0 {
            let guess = *guess;
            let run = comparison.runs.iter().find(|run| run.label == *client);
            let Some(report) = run.and_then(|run| run.report.as_ref()) else {
                continue;
            };
            let (is_close, verdict) = verdict(guess, report.elapsed_s);
            good += usize::from(is_close);
            let Localized { en, zh } = verdict;
            let [guess, took] = [guess, report.elapsed_s].map(units::seconds);
            let line = localized!(
                "you guessed {guess}, it took {took}: {en}",
                "你猜 {guess}，实际 {took}：{zh}",
            );
            writeln!(out, "{client:8}{line}")?;
        }
        let all = self.0.len();
        let score = localized!(
            "Score: {good} of {all} within 25 % of the measured time",
            "得分：{all} 个中有 {good} 个与实测相差不超过 25 %",
        );
        writeln!(out, "{score}")
    }
}

/// Whether a guess is within a quarter of the measured time, and so has the right idea; and
/// that in words.
fn verdict(guess: f64, measured: f64) -> (bool, Localized) {
    match guess / measured {
        ratio if ratio > 1.25 => (
            false,
            localized!(
                "{ratio:.1} times too long",
                "猜长了，是实际的 {ratio:.1} 倍"
            ),
        ),
        ratio if ratio < 0.75 => {
            let times = 1.0 / ratio;
            (
                false,
                localized!(
                    "{times:.1} times too short",
                    "猜短了，实际是所猜的 {times:.1} 倍"
                ),
            )
        }
        _ => (true, localized!("close", "猜得准")),
    }
}

fn ask_until_clear(client: &str) -> anyhow::Result<Option<f64>> {
    loop {
        let mut prompt = units::stderr();
        write!(prompt, "{client:>8}: ")?;
        let mut line = String::new();
        let read = io::stdin()
            .lock()
            .read_line(&mut line)
            .context(localized!("cannot read a guess", "无法读取猜测"))?;
        let text = line.trim();
        if read == 0 || text.is_empty() {
            return Ok(None);
        }
        match parse(text) {
            Ok(seconds) => return Ok(Some(seconds)),
            Err(why) => warn(format_args!("          {why}")),
        }
    }
}

/// Reads `1.3s`, `1300ms` or plain seconds.
fn parse(text: &str) -> Result<f64, Localized> {
    let plain = text.parse::<f64>();
    let seconds = plain.or_else(|_| {
        units::parse_duration(text).map(|duration| duration.as_secs_f64())
    })?;
    if seconds.is_finite() && seconds > 0.0 {
        Ok(seconds)
    } else {
        Err(localized!(
            "write a time above zero, such as 1.3s",
            "请写大于零的时间，例如 1.3s",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_a_time_with_or_without_a_unit() {
        assert_eq!(parse("1300ms"), Ok(1.3));
        assert_eq!(parse("1.5"), Ok(1.5));
        assert!(parse("soon").is_err());
        assert!(parse("-1").is_err());
        assert!(parse("NaN").is_err());
    }

    #[test]
    fn a_guess_is_close_within_a_quarter() {
        assert!(verdict(39.0, 48.0).0);
        let (is_close, said) = verdict(3.0, 48.0);
        assert_eq!((is_close, &*said.en), (false, "16.0 times too short"));
        let (is_close, said) = verdict(48.0, 3.0);
        assert_eq!((is_close, &*said.en), (false, "16.0 times too long"));
    }
}
