//! What can be changed while the server runs: delay, jitter, fail rate, concurrency limit.

use std::num::NonZeroUsize;

use serde::{Serialize, Serializer};
use serde_json::Value;
use units::{Localized, localized, parse_count, parse_duration};

use crate::behavior::concurrency::WhenFull;
use crate::behavior::schedule::Schedule;

/// The part of a [`Config`](crate::Config) that is in force until it is changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub(crate) schedule: Schedule,
    pub(crate) max_concurrent: Option<NonZeroUsize>,
    pub(crate) when_full: WhenFull,
}

impl Settings {
    /// These settings with the changes in `text`, an object of JSON.
    ///
    /// # Errors
    ///
    /// A sentence for the client.
    pub(crate) fn changed_by(mut self, text: &[u8]) -> Result<Self, String> {
        let asked = serde_json::from_slice(text);
        let Ok(Value::Object(asked)) = asked else {
            return Err(format!("write an object of JSON, such as {EXAMPLE}"));
        };
        for (name, value) in &asked {
            self.change(name, value).map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(self)
    }

    /// Reads a value as the flag of this name does.
    fn change(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match name {
            "delay" => self.schedule.delay = english(parse_duration(&text))?,
            "jitter" => self.schedule.jitter = english(parse_duration(&text))?,
            "fail_rate" => self.schedule.fail_rate = english(parse_share(&text))?,
            "max_concurrent" if value.is_null() => self.max_concurrent = None,
            "max_concurrent" => {
                self.max_concurrent =
                    Some(parse_count(&text).map_err(|why| {
                        format!("{}, or null for no limit", why.en)
                    })?);
            }
            _ => return Err(format!("there is no such setting; try {EXAMPLE}")),
        }
        Ok(())
    }
}

/// A response of the server is in English, whatever its terminal speaks.
fn english<T>(value: Result<T, Localized>) -> Result<T, String> {
    value.map_err(|why| why.en)
}

const EXAMPLE: &str =
    r#"{"delay": "3s", "jitter": "200ms", "fail_rate": 0.1, "max_concurrent": 8}"#;

/// Reads a share of all, from 0 to 1.
///
/// # Errors
///
/// A sentence for the user.
pub(crate) fn parse_share(text: &str) -> Result<f64, Localized> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(localized!(
            "write a share from 0 (none) to 1 (all), such as 0.1",
            "请写 0（没有）到 1（全部）之间的比例，例如 0.1",
        )),
    }
}

/// With durations in milliseconds.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct SettingsView {
            delay_ms: f64,
            jitter_ms: f64,
            fail_rate: f64,
            seed: u64,
            max_concurrent: Option<NonZeroUsize>,
            when_full: WhenFull,
        }
        let Schedule { delay, jitter, fail_rate, seed } = self.schedule;
        SettingsView {
            delay_ms: delay.as_secs_f64() * 1e3,
            jitter_ms: jitter.as_secs_f64() * 1e3,
            fail_rate,
            seed,
            max_concurrent: self.max_concurrent,
            when_full: self.when_full,
        }
        .serialize(serializer)
    }
}
