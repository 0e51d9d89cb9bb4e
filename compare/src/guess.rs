//! A guess before the run, and how good it was: what one has predicted, one remembers.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use anyhow::{Context as _, ensure};
use units::warn;

use crate::result::comparison::Comparison;
use crate::run::Runner;

/// A guess in seconds for each client that was guessed.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Vec<(String, f64)>);

impl Guesses {
    /// Asks for a guess for each client; an empty line is none.
    ///
    /// # Errors
    ///
    /// Standard input or standard error is no terminal.
    pub(crate) fn ask(runner: &Runner<'_>) -> anyhow::Result<Self> {
        ensure!(
            io::stdin().is_terminal() && units::stderr().is_terminal(),
            "--predict asks questions, so it needs a terminal to ask them on"
        );
        let delay = runner.delay().map_or("an unknown time".to_owned(), |delay| {
            humantime::format_duration(delay).to_string()
        });
        warn(format_args!(
            "The server takes {delay} for each answer, and each client fetches {} pages.\n\
             How long will each take? Write 1.3s or 1300ms; an empty line is no guess.",
            runner.cli.requests
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
            writeln!(
                out,
                "{client:8}you guessed {}, it took {}: {verdict}",
                units::seconds(guess),
                units::seconds(report.elapsed_s),
            )?;
        }
        writeln!(out, "Score: {good} of {} within a quarter", self.0.len())
    }
}

/// Whether a guess is within a quarter of the measured time, and so has the right idea; and
/// that in words.
fn verdict(guess: f64, measured: f64) -> (bool, String) {
    match guess / measured {
        ratio if ratio > 1.25 => (false, format!("{ratio:.1} times too long")),
        ratio if ratio < 0.75 => {
            (false, format!("{:.1} times too short", 1.0 / ratio))
        }
        _ => (true, "well predicted".to_owned()),
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
            .context("cannot read a guess")?;
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
fn parse(text: &str) -> Result<f64, String> {
    let plain = text.parse::<f64>();
    let seconds = plain.or_else(|_| {
        units::parse_duration(text).map(|duration| duration.as_secs_f64())
    })?;
    if seconds.is_finite() && seconds > 0.0 {
        Ok(seconds)
    } else {
        Err("write a time above zero, such as 1.3s".to_owned())
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
        assert_eq!(verdict(3.0, 48.0), (false, "16.0 times too short".to_owned()));
        assert_eq!(verdict(48.0, 3.0), (false, "16.0 times too long".to_owned()));
    }
}
