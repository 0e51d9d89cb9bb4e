//! The server's own record of a foreign program's requests.

use std::thread;
use std::time::{Duration, Instant};

use client_core::server::admin_client::AdminClient;
use reqwest::Url;
use slow_server::{RecordedRequest, RequestOutcome, RequestRecords};

/// How long requests of a program that has ended may stay at the server.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(2);

/// How often to look whether they have gone.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The records of a program's requests from a moment on.
pub(crate) struct RecordsClient {
    client: AdminClient,
    since_us: u64,
    // The name by which the requests of this program are told from others at a server that is
    // not ours alone.
    name: Option<String>,
}

impl RecordsClient {
    /// From now on. `None` where the server keeps no records.
    ///
    /// # Errors
    ///
    /// The address cannot be asked.
    pub(crate) fn begin(
        url: &Url,
        name: Option<String>,
    ) -> anyhow::Result<Option<Self>> {
        let mut records_client =
            Self { client: AdminClient::of(url)?, since_us: 0, name };
        // As of a moment that is still to come: only the time is asked for.
        let now = records_client.ask(u64::MAX);
        Ok(now.map(|now| {
            records_client.since_us = now.now_us;
            records_client
        }))
    }

    /// All that came since then, once nothing of it waits any more; `None` if the server does
    /// not say.
    pub(crate) fn settled(&self) -> Option<RequestRecords> {
        let began = Instant::now();
        // What a program sent just before its end may not have been read yet.
        let mut before = None;
        loop {
            let records = self.ask(self.since_us)?;
            let number = Some(records.requests.len());
            let is_settled = std::mem::replace(&mut before, number) == number
                && records.requests.iter().all(|request| request.outcome.is_some());
            if is_settled || began.elapsed() > SETTLE_TIMEOUT {
                return Some(records);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// How many have been received and answered until now.
    pub(crate) fn so_far(&self) -> Option<(usize, usize)> {
        let requests = self.ask(self.since_us)?.requests;
        let is_answered =
            |r: &&RecordedRequest| r.outcome == Some(RequestOutcome::Answered);
        Some((requests.len(), requests.iter().filter(is_answered).count()))
    }

    /// The moment from which it looks, on the server's clock.
    pub(crate) fn since_us(&self) -> u64 {
        self.since_us
    }

    fn ask(&self, since_us: u64) -> Option<RequestRecords> {
        let mut page = format!("/api/requests?since_us={since_us}");
        if let Some(name) = &self.name {
            // With the separators and the escapes of a query.
            let query = url_query(&[("client", name)]);
            page = format!("{page}&{query}");
        }
        let response = self.client.get(&page).ok()?;
        serde_json::from_slice(&response.body).ok()
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
    fn a_name_is_escaped_in_a_url() {
        let url: Url = "http://127.0.0.1:5000/?a=b".parse().unwrap();
        assert_eq!(
            named(&url, "小 明&x").as_str(),
            "http://127.0.0.1:5000/?a=b&client=%E5%B0%8F+%E6%98%8E%26x"
        );
        assert_eq!(url_query(&[("client", "a b")]), "client=a+b");
    }
}
