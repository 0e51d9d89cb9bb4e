//! Where the requests go, worked out once for all of them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::http::uri::{PathAndQuery, Uri};
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::outcome::failure::{Failure, FailureKind, Stage};
use crate::plan::Plan;

/// A page, for those who have to find the way to it themselves.
#[derive(Debug)]
pub(super) struct Target {
    // Or why there are none: then every request fails for this reason.
    addresses: Result<Vec<SocketAddr>, Failure>,
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
    /// The address is not one that HTTP can send.
    pub(super) fn new(page: &Url, plan: &Plan) -> anyhow::Result<Self> {
        let mut url = page.clone();
        // What follows a `#` is for whoever shows the page.
        url.set_fragment(None);
        let uri: Uri = url.as_str().parse()?;
        let path = uri.path_and_query().cloned();
        let path = path.unwrap_or(PathAndQuery::from_static("/"));
        let host = uri.authority().map_or("", |authority| authority.as_str());
        Ok(Self {
            addresses: url
                .socket_addrs(|| None)
                .map_err(|_| Failure::new(FailureKind::NoSuchHost)),
            connect_timeout: plan.settings().connect_timeout(),
            host: HeaderValue::try_from(host)?,
            path: Uri::from(path),
            uri,
        })
    }

    /// A connection to the first of its addresses that takes one.
    pub(super) async fn connect(&self) -> Result<TcpStream, Failure> {
        let addresses = self.addresses.as_ref().map_err(Failure::clone)?;
        let connected = timeout(self.connect_timeout, connect(addresses));
        match connected.await {
            Ok(connected) => connected.map_err(|e| Failure::of(&e, Stage::Connect)),
            Err(_) => Err(Failure::new(FailureKind::ConnectTimeout)),
        }
    }
}

async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addresses).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
