//! What can be changed while the server runs: how slow, how uneven, how faulty, how narrow.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::{Config, WhenFull, count, duration, share};
use crate::schedule::Schedule;
use crate::slow::Slow;

/// The part of a [`Config`] that is in force until it is changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Settings {
    pub(crate) schedule: Schedule,
    pub(crate) max_concurrent: Option<NonZeroUsize>,
    pub(crate) when_full: WhenFull,
}

impl Settings {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            schedule: Schedule::new(config),
            max_concurrent: config.max_concurrent,
            when_full: config.when_full,
        }
    }

    /// These settings, with what `text` changes of them.
    ///
    /// Errors: a sentence for the one who asked.
    fn changed_by(mut self, text: &[u8]) -> Result<Self, String> {
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
            "delay" => self.schedule.delay = duration(&text)?,
            "jitter" => self.schedule.jitter = duration(&text)?,
            "fail_rate" => self.schedule.fail_rate = share(&text)?,
            "max_concurrent" if value.is_null() => self.max_concurrent = None,
            "max_concurrent" => {
                self.max_concurrent = Some(
                    count(&text)
                        .map_err(|why| format!("{why}, or null for no limit"))?,
                );
            }
            _ => return Err(format!("there is no such setting; try {EXAMPLE}")),
        }
        Ok(())
    }
}

const EXAMPLE: &str =
    r#"{"delay": "3s", "jitter": "200ms", "fail_rate": 0.1, "max_concurrent": 8}"#;

/// As it is told, with times in milliseconds.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told {
            delay_ms: f64,
            jitter_ms: f64,
            fail_rate: f64,
            seed: u64,
            max_concurrent: Option<NonZeroUsize>,
            when_full: WhenFull,
        }
        let Schedule { delay, jitter, fail_rate, seed } = self.schedule;
        Told {
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

/// `POST /api/settings`, with any of `delay`, `jitter`, `fail_rate` and `max_concurrent`;
/// answers with what is in force now. Requests under way keep the delay that they have.
pub(crate) async fn change(
    State(slow): State<Arc<Slow>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A form on another site can send text, but not JSON without asking first.
    if !is_json(&headers) {
        let why = "Send JSON, with the header \"content-type: application/json\".\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    match slow.change(|settings| settings.changed_by(&body)) {
        Ok(settings) => Json(settings).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}
