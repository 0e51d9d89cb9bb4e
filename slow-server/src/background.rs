//! A server on a thread of its own, for code that is not async: `compare` and tests.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::config::Config;
use crate::net::connection::Hyper;
use crate::net::listeners::Listeners;
use crate::program;
use crate::serve::serve_with;
use crate::server::Server;
use crate::stats::Stats;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Background {
    address: SocketAddr,
    stats: Arc<Stats>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts a server on a free port of 127.0.0.1; it accepts when this returns.
    ///
    /// # Errors
    ///
    /// The machine has no port, thread or file left.
    pub fn start(config: Config) -> io::Result<Self> {
        let server = Server::new(config);
        let stats = Arc::clone(&server.stats);
        let (stop, stopped) = oneshot::channel();
        let (ready, address) = mpsc::channel();

        let thread = std::thread::Builder::new()
            .name("slow-server".to_owned())
            .spawn(move || run(server, &ready, stopped))?;
        let address =
            address.recv().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))?;

        Ok(Self { address, stats, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its page, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has seen.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread: reports its address, or why there is none, and serves.
fn run(
    server: Arc<Server>,
    ready: &mpsc::Sender<io::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let report = |outcome| {
        // `Background::start` waits for this; if the receiver was dropped, it is not needed.
        let _ = ready.send(outcome);
    };
    let runtime = match program::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return report(Err(error)),
    };
    runtime.block_on(async {
        let any_port = (Ipv4Addr::LOCALHOST, 0).into();
        let bound = Listeners::bind(any_port, server.config.limits.addresses)
            .and_then(|listeners| Ok((listeners.first_address()?, listeners)));
        match bound {
            Ok((address, listeners)) => {
                report(Ok(address));
                serve_with(listeners, server, Hyper, async {
                    let _ = stopped.await;
                })
                .await;
            }
            Err(error) => report(Err(error)),
        }
    });
}
