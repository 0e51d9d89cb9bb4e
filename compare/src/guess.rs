//! A guess before the run, and how good it was: what one has predicted, one remembers.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use anyhow::{Context as _, ensure};
use client_core::warn;

use crate::comparison::Comparison;
use crate::race::Race;

/// A guess in seconds for each client that was guessed.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Vec<(String, f64)>);

impl Guesses {
    /// Asks for a guess for each client; an empty line is none.
    ///
    /// Errors: there is nobody to ask.
    pub(crate) fn ask(race: &Race) -> anyhow::Result<Self> {
        ensure!(
            io::stdin().is_terminal() && io::stderr().is_terminal(),
            "--predict asks questions, so it needs a terminal to ask them on"
        );
        let delay = race.delay().map_or("an unknown time".to_owned(), |delay| {
            humantime::format_duration(delay).to_string()
        });
        warn(format_args!(
            "The server takes {delay} for each answer, and each client fetches {} pages.\n\
             How long will each take? Write 1.3s or 1300ms; an empty line is no guess.",
            race.requests
        ));
        let mut guesses = Vec::new();
        for contestant in &race.contestants {
            let label = contestant.label();
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
        let mut good = 0;
        if !self.0.is_empty() {
            writeln!(out)?;
        }
        for (client, guess) in &self.0 {
            let guess = *guess;
            let run = comparison.runs.iter().find(|run| run.label == *client);
            let Some(report) = run.and_then(|run| run.report.as_ref()) else {
                continue;
            };
            let verdict = verdict(guess, report.elapsed_s);
            good += usize::from(verdict == Verdict::Close);
            writeln!(
                out,
                "{client:8}you guessed {}, it took {}: {}",
                units::seconds(guess),
                units::seconds(report.elapsed_s),
                verdict.words(guess, report.elapsed_s),
            )?;
        }
        if !self.0.is_empty() {
            writeln!(out, "Score: {good} of {} within a quarter", self.0.len())?;
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Close,
    TooLong,
    TooShort,
}

/// A guess within a quarter of the measured time has the right idea.
fn verdict(guess: f64, measured: f64) -> Verdict {
    match guess / measured {
        ratio if ratio > 1.25 => Verdict::TooLong,
        ratio if ratio < 0.75 => Verdict::TooShort,
        _ => Verdict::Close,
    }
}

impl Verdict {
    fn words(&self, guess: f64, measured: f64) -> String {
        match self {
            Self::Close => "well predicted".to_owned(),
            Self::TooLong => format!("{:.1} times too long", guess / measured),
            Self::TooShort => format!("{:.1} times too short", measured / guess),
        }
    }
}

fn ask_until_clear(client: &str) -> anyhow::Result<Option<f64>> {
    loop {
        anstream::eprint!("{client:>8}: ");
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
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => units::parse_duration(text)?.as_secs_f64(),
    };
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
        assert_eq!(verdict(39.0, 48.0), Verdict::Close);
        assert_eq!(verdict(3.0, 48.0), Verdict::TooShort);
        assert_eq!(verdict(48.0, 3.0), Verdict::TooLong);
        assert_eq!(Verdict::TooLong.words(48.0, 3.0), "16.0 times too long");
    }
}
