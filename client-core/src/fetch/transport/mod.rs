//! Sends a request over the chosen transport.

mod budgeted_reader;
mod round_robin;
mod target;
mod via_h2;
mod via_hyper;
mod via_reqwest;

use crate::outcome::Answer;
use crate::outcome::failure::{Failure, Retry};
use crate::plan::{Plan, Request};
use crate::settings::transport::Transport;

/// What sends the requests of one runtime.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each runtime")]
pub(crate) enum Backend {
    Reqwest(via_reqwest::Clients),
    Hyper(via_hyper::Connector),
    H2(via_h2::Connections),
}

impl Backend {
    /// For the runtime on `lane`.
    ///
    /// # Errors
    ///
    /// It cannot be set up.
    pub(crate) fn new(plan: &Plan, lane: usize) -> anyhow::Result<Self> {
        let args = plan.settings().transport.unwrap_or_default();
        let layout = &plan.settings().layout;
        let in_flight = layout
            .partitions()
            .get(lane)
            .map_or(1, |partition| partition.slots.get());
        let connections = args.connections_of(lane, layout);
        Ok(match args.transport {
            Transport::Reqwest => Self::Reqwest(via_reqwest::Clients::http1(plan)?),
            Transport::ReqwestH2 => {
                let clients =
                    via_reqwest::Clients::http2(plan, in_flight, connections);
                Self::Reqwest(clients?)
            }
            Transport::Hyper => Self::Hyper(via_hyper::Connector::new(plan)?),
            Transport::H2 => {
                Self::H2(via_h2::Connections::new(plan, in_flight, connections)?)
            }
        })
    }

    /// Sends a request, and reads its response to the end.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        match self {
            // Boxed, so that these do not make a request of the smallest as large as theirs.
            Self::Reqwest(clients) => Box::pin(clients.send(request)).await,
            Self::Hyper(connector) => Box::pin(connector.send(request)).await,
            Self::H2(connections) => connections.send(request).await,
        }
    }

    /// As [`Backend::send`]; where a connection was cut, on one that is made for this request.
    pub(crate) async fn send_again(
        &self,
        request: Request,
        retry: Retry,
    ) -> Result<Answer, Failure> {
        match (retry, self) {
            (Retry::Refused | Retry::GoneAway, _) => self.send(request).await,
            (Retry::Cut, Self::Reqwest(clients)) => {
                clients.send_unpooled(request).await
            }
            (Retry::Cut, Self::Hyper(connector)) => connector.send(request).await,
            (Retry::Cut, Self::H2(connections)) => {
                connections.send_unpooled(request).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use clap::ValueEnum as _;
    use reqwest::Url;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;
    use crate::fetch::nonblocking;
    use crate::outcome::failure::FailureKind;
    use crate::plan;
    use crate::settings::transport::TransportArgs;

    const EACH: usize = 5;

    /// Responds on [`EACH`] connections with a page.
    async fn serve(listener: TcpListener) {
        for _ in 0..EACH {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
            let page = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nHello!";
            stream.write_all(page).await.unwrap();
        }
    }

    fn listen() -> (TcpListener, Url) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1024).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        (listener, url.parse().unwrap())
    }

    /// Ends only if each of two servers has its share of the requests.
    #[tokio::test]
    async fn every_transport_takes_the_addresses_in_turn() {
        let http1 = Transport::value_variants().iter().filter(|one| !one.is_http2());
        for &transport in http1 {
            let ((one, its_url), (other, other_url)) = (listen(), listen());
            let requests = NonZeroUsize::new(2 * EACH).unwrap();
            let args = TransportArgs { transport, connections: None };
            let plan = plan::tests::all_at_once(requests, Some(args));
            plan.start(None, vec![its_url, other_url]);
            let client = nonblocking::client(&plan).unwrap();
            let fetch_all = async {
                for request in plan.requests() {
                    client.fetch(request).await;
                }
            };
            tokio::join!(serve(one), serve(other), fetch_all);
            let summary = plan.log().finish(plan.clock(), FailureKind::Lost);
            assert_eq!(summary.counts.ok, 2 * EACH);
        }
    }
}
