//! The phases of a response, as the server reports them.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What `server-timing: queue;dur=0.000, wait;dur=3000.000` says, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long the request waited for a permit.
    pub queued: Duration,
    /// The server's delay after that.
    pub waited: Duration,
}

impl Timing {
    /// `None` where the server does not say both.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(&SERVER_TIMING)?.to_str().ok()?;
        let of = |name| {
            let metric = text.split(',').map(str::trim);
            let millis = metric
                .filter_map(|metric| metric.strip_prefix(name))
                .find_map(|rest| rest.strip_prefix(";dur="))?;
            Duration::try_from_secs_f64(millis.parse::<f64>().ok()? / 1e3).ok()
        };
        Some(Self { queued: of("queue")?, waited: of("wait")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(text: &str) -> Option<Timing> {
        Timing::of(&HeaderMap::from_iter([(SERVER_TIMING, text.parse().unwrap())]))
    }

    #[test]
    fn both_times_of_a_slow_server_are_read() {
        let (queued, waited) = (Duration::from_micros(1500), Duration::from_secs(3));
        let both = Some(Timing { queued, waited });
        assert_eq!(timing("queue;dur=1.500, wait;dur=3000.000"), both);
        assert_eq!(timing("cache;dur=1,wait;dur=3000,queue;dur=1.5"), both);
    }

    #[test]
    fn what_says_less_or_nonsense_says_nothing() {
        for text in [
            "",
            "wait;dur=1",
            "queue;dur=1, wait;dur=-1",
            "queue;dur=NaN, wait;dur=1",
            "queue;dur=1e300, wait;dur=1",
        ] {
            assert_eq!(timing(text), None, "{text}");
        }
    }
}
