//! The target of the requests, computed once for all of them.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::http::uri::{PathAndQuery, Uri};
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fetch::resolve::resolve;
use crate::outcome::failure::{Failure, FailureKind, Stage};
use crate::plan::Plan;

/// A page, for the transports that connect to it themselves.
#[derive(Debug)]
pub(super) struct Target {
    addresses: Vec<SocketAddr>,
    connect_timeout: Duration,
    /// All of it, as HTTP/2 wants it.
    pub(super) uri: Uri,
    /// The part that HTTP/1.1 sends in its first line.
    pub(super) path: Uri,
    /// The part that HTTP/1.1 sends as the name of the host.
    pub(super) host: HeaderValue,
}

impl Target {
    /// # Errors
    ///
    /// There is no route to the server, or its address is not one that HTTP can send.
    pub(super) fn new(page: &Url, plan: &Plan) -> anyhow::Result<Self> {
        let mut url = page.clone();
        // A fragment (`#…`) is not sent to the server.
        url.set_fragment(None);
        let uri: Uri = url.as_str().parse()?;
        let path = uri.path_and_query().cloned();
        let path = path.unwrap_or(PathAndQuery::from_static("/"));
        let host = uri.authority().map_or("", |authority| authority.as_str());
        Ok(Self {
            addresses: resolve(&url)?,
            connect_timeout: plan.settings().connect_timeout(),
            host: HeaderValue::try_from(host)?,
            path: Uri::from(path),
            uri,
        })
    }

    /// A connection to the first of its addresses that takes one.
    pub(super) async fn connect(&self) -> Result<TcpStream, Failure> {
        let connected = TcpStream::connect(&self.addresses[..]);
        let stream = timeout(self.connect_timeout, connected)
            .await
            .map_err(|_| Failure::new(FailureKind::ConnectTimeout))?
            .map_err(|error| Failure::of(&error, Stage::Connect))?;
        // It fails on a connection that has ended, which shows when it is used.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}
