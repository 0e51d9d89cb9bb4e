//! A client as it takes part: its options, and how it spreads its requests.

use std::num::NonZeroUsize;

use client_core::preflight::Needs;
use client_core::{Shape, Transport, Wire, label};

use crate::cli::{Cli, Client};

/// A client with the options that this comparison gives it.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    /// `sync`, `threads`, `async` or `hybrid`.
    pub(crate) name: &'static str,
    /// What carries its requests, if it has a choice.
    pub(crate) transport: Option<Transport>,
    /// How often it fetches the page.
    pub(crate) requests: NonZeroUsize,
    /// The options that only this client has.
    pub(crate) options: Vec<String>,
    /// How it will spread its requests.
    pub(crate) shape: Shape,
    wire: Option<Wire>,
}

impl Contestant {
    pub(crate) fn new(
        client: Client,
        cli: &Cli,
        requests: NonZeroUsize,
        wire: Option<Wire>,
    ) -> Self {
        let Cli { threads, chunk_size, concurrency, .. } = *cli;
        let Cli { worker_threads, runtimes, .. } = *cli;
        let option = |name: &str, value: NonZeroUsize| {
            [format!("--{name}"), format!("{value}")]
        };
        let (name, options, shape) = match client {
            Client::Sync => ("sync", vec![], Shape::one_by_one(requests)),
            Client::Threads => (
                "threads",
                [option("threads", threads), option("chunk-size", chunk_size)]
                    .concat(),
                Shape::pool(requests, threads, chunk_size),
            ),
            Client::Async => (
                "async",
                option("worker-threads", worker_threads).to_vec(),
                Shape::queue(requests, concurrency).with_threads(worker_threads),
            ),
            Client::Hybrid => (
                "hybrid",
                option("runtimes", runtimes).to_vec(),
                Shape::shared_out(requests, runtimes, concurrency),
            ),
        };
        let transport = wire.map(|wire| wire.transport);
        let mut contestant =
            Self { name, transport, requests, options, shape, wire };
        if let Some(wire) = wire {
            contestant.add("transport", &wire.transport.name());
            if let Some(connections) = wire.shared_connections(&contestant.shape) {
                contestant.add("connections", &connections);
            }
            if let Some(slots) = concurrency {
                contestant.add("concurrency", &slots);
            }
        }
        contestant
    }

    fn add(&mut self, option: &str, value: &impl ToString) {
        self.options.extend([format!("--{option}"), value.to_string()]);
    }

    /// Its name, with what carries its requests where that is not the usual.
    pub(crate) fn label(&self) -> String {
        label(self.name, self.transport)
    }

    /// The name of its program.
    pub(crate) fn program(&self) -> String {
        format!("client-{}", self.name)
    }

    /// What it takes of this machine.
    pub(crate) fn needs(&self) -> Needs {
        Needs::of(&self.shape, self.requests.get(), self.wire)
    }
}
