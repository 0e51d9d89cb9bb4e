//! The server's own record of a foreign program's requests.

use std::thread;
use std::time::{Duration, Instant};

use client_core::server::admin_client::AdminClient;
use reqwest::Url;
use slow_server::{RecordedRequest, RequestOutcome, RequestRecords};
use units::{Localized, localized};

use crate::problem;

/// How long requests of a program that has ended may stay at the server.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(2);

/// The interval at which to check whether they have gone.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The longest response that is read, in bytes: room for 32,000 records of up to 250 bytes, which
/// is the most in one response, and as much again.
const MAX_BYTES: u64 = 16 << 20;

/// The timeout of a request for them.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The least time between two questions while the program runs.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// While it runs, the questions may take one part in this many of the time.
const SHARE: u32 = 20;

/// The records of a program's requests from a moment on.
pub(crate) struct RecordsClient {
    client: AdminClient,
    since_us: u64,
    // The name that distinguishes the requests of this program from others at a server that is
    // not ours alone.
    name: Option<String>,
    // Received and served, as of the last question.
    seen: (usize, usize),
    next_question: Instant,
}

impl RecordsClient {
    /// From now on. `None` where the server keeps no records.
    ///
    /// # Errors
    ///
    /// The server cannot be asked, or does not say; the text names the reason.
    pub(crate) fn begin(
        url: &Url,
        name: Option<String>,
    ) -> Result<Option<Self>, Localized> {
        let client =
            AdminClient::of(url).map_err(|error| problem::of_error(&error))?;
        let mut records_client = Self {
            client: client.with_max_bytes(MAX_BYTES),
            since_us: 0,
            name,
            seen: (0, 0),
            next_question: Instant::now() + WATCH_INTERVAL,
        };
        // As of a moment in the future: only the time is asked for.
        let Some(now) =
            ask(&records_client.client, &records_client.route(u64::MAX))?
        else {
            return Ok(None);
        };
        records_client.since_us = now.now_us;
        Ok(Some(records_client))
    }

    /// All that arrived since then, once none of it is in flight any more.
    ///
    /// # Errors
    ///
    /// As [`RecordsClient::begin`].
    pub(crate) fn settled(&self) -> Result<RequestRecords, Localized> {
        let client = self.client.clone().with_timeout(TIMEOUT);
        let began = Instant::now();
        // What a program sent just before its end may not have been read yet.
        let mut before = None;
        loop {
            let asked = Instant::now();
            let records =
                ask(&client, &self.route(self.since_us))?.ok_or_else(|| {
                    localized!("it no longer has any records", "它已经没有任何记录")
                })?;
            let number = Some(records.requests.len());
            let is_settled = std::mem::replace(&mut before, number) == number
                && records.requests.iter().all(|request| request.outcome.is_some());
            if is_settled || began.elapsed() > SETTLE_TIMEOUT {
                return Ok(records);
            }
            thread::sleep(POLL_INTERVAL.max(asked.elapsed()));
        }
    }

    /// How many have been received and served, as of a moment ago: each response has all
    /// records, so it asks rarely.
    pub(crate) fn so_far(&mut self) -> (usize, usize) {
        let asked = Instant::now();
        if asked < self.next_question {
            return self.seen;
        }
        // One that fails is made up for by the next.
        if let Ok(Some(records)) = ask(&self.client, &self.route(self.since_us)) {
            let is_answered =
                |r: &&RecordedRequest| r.outcome == Some(RequestOutcome::Answered);
            let answered = records.requests.iter().filter(is_answered).count();
            self.seen = (records.requests.len(), answered);
        }
        self.next_question = Instant::now() + pause_after(asked.elapsed());
        self.seen
    }

    /// The moment from which it looks, on the server's clock.
    pub(crate) fn since_us(&self) -> u64 {
        self.since_us
    }

    fn route(&self, since_us: u64) -> String {
        let route = format!("/api/requests?since_us={since_us}");
        // With the separators and the escapes of a query.
        let query = self.name.as_ref().map(|name| url_query(&[("client", name)]));
        query.map_or_else(|| route.clone(), |query| format!("{route}&{query}"))
    }
}

/// The pause after a question that took so long.
fn pause_after(took: Duration) -> Duration {
    took.saturating_mul(SHARE).max(WATCH_INTERVAL)
}

/// `None` where the server has no such route. One that has a page for every route has none
/// either, and its page is not JSON.
fn ask(
    client: &AdminClient,
    route: &str,
) -> Result<Option<RequestRecords>, Localized> {
    let response = client
        .get(route)
        .map_err(|failure| Localized::same(failure.kind.to_string()))?;
    match response.status {
        200 => {}
        404 | 405 => return Ok(None),
        status => return Err(localized!("status {status}", "状态 {status}")),
    }
    match serde_json::from_slice(&response.body) {
        Ok(records) => Ok(Some(records)),
        Err(error) if error.is_data() => {
            Err(localized!("no records: {error}", "不是记录：{error}"))
        }
        Err(_) => Ok(None),
    }
}

fn url_query(pairs: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://localhost").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url.and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

/// The page of this server under the name of a program, for a server that is not ours alone.
pub(crate) fn named(url: &Url, name: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("client", name);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_rare_and_rarer_where_answers_are_slow() {
        let seconds = Duration::from_secs;
        assert_eq!(pause_after(Duration::from_millis(5)), seconds(1));
        assert_eq!(pause_after(seconds(1)), seconds(20));
    }

    #[test]
    fn a_name_is_escaped_in_a_url() {
        let url: Url = "http://127.0.0.1:5000/?a=b".parse().unwrap();
        assert_eq!(
            named(&url, "小 明&x").as_str(),
            "http://127.0.0.1:5000/?a=b&client=%E5%B0%8F+%E6%98%8E%26x"
        );
        assert_eq!(url_query(&[("client", "a b")]), "client=a+b");
    }
}
