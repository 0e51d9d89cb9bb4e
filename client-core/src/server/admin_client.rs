//! A client of the server's other routes: its counts and its settings.

use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::{Client, RequestBuilder};

use crate::fetch::blocking::read_at_most;
use crate::fetch::resolve::resolve;
use crate::outcome::failure::{Failure, Stage};

/// The timeout for questions to a server about itself.
const GRACE: Duration = Duration::from_secs(2);

/// The longest response that is read, in bytes: room for the delays of 100,000 requests.
const MAX_BYTES: u64 = 4 << 20;

/// A way to ask the server behind a page.
#[derive(Debug, Clone)]
pub struct AdminClient {
    http: Client,
    page: Url,
    // What it wants to see before it changes anything.
    token: Option<String>,
    timeout: Duration,
    max_bytes: u64,
}

/// The response of a server.
#[derive(Debug)]
pub struct AdminResponse {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl AdminClient {
    /// # Errors
    ///
    /// There is no route to the server, or reqwest cannot start its runtime (no thread or file
    /// left).
    pub fn of(page: &Url) -> anyhow::Result<Self> {
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .resolve_to_addrs(page.host_str().unwrap_or_default(), &resolve(page)?)
            .build()?;
        Ok(Self {
            http,
            page: page.clone(),
            token: None,
            timeout: GRACE,
            max_bytes: MAX_BYTES,
        })
    }

    /// The same, with the token that the server requires for changes.
    #[must_use]
    pub fn with_token(self, token: Option<String>) -> Self {
        Self { token, ..self }
    }

    /// The same, for responses that take longer.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same, for longer responses.
    #[must_use]
    pub fn with_max_bytes(self, max_bytes: u64) -> Self {
        Self { max_bytes, ..self }
    }

    /// Asks for a page of the same server, such as `/api/stats` or `/a?b=c`.
    ///
    /// # Errors
    ///
    /// There is no response in time, or it is too large.
    pub fn get(&self, page: &str) -> Result<AdminResponse, Failure> {
        self.send(self.http.get(self.beside(page)))
    }

    /// Has a page of the same server do what it is for.
    ///
    /// # Errors
    ///
    /// As [`AdminClient::get`].
    pub fn post(&self, page: &str) -> Result<AdminResponse, Failure> {
        let request = self.http.post(self.beside(page));
        self.send(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    fn send(&self, request: RequestBuilder) -> Result<AdminResponse, Failure> {
        let response = request
            // For all of it: the client's own would be for each read.
            .timeout(self.timeout)
            .send()
            .map_err(|error| Failure::of(&error, Stage::Head))?;
        let status = response.status().as_u16();
        Ok(AdminResponse { status, body: read_at_most(self.max_bytes, response)? })
    }

    fn beside(&self, page: &str) -> Url {
        let mut other = self.page.clone();
        let (path, query) = match page.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (page, None),
        };
        other.set_path(path);
        other.set_query(query);
        other.set_fragment(None);
        other
    }
}
