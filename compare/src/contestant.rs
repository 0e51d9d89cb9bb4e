//! A client as it takes part: its options, and how it spreads its requests.

use client_core::Shape;

use crate::cli::{Cli, Client};

/// A client with the options that this comparison gives it.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    /// `sync`, `threads`, `async` or `hybrid`.
    pub(crate) name: &'static str,
    /// The options that only this client has.
    pub(crate) options: Vec<String>,
    /// How it will spread its requests.
    pub(crate) shape: Shape,
}

impl Contestant {
    pub(crate) fn new(client: Client, cli: &Cli) -> Self {
        let Cli { requests, threads, chunk_size, concurrency, .. } = *cli;
        let Cli { worker_threads, runtimes, .. } = *cli;
        let slots =
            concurrency.map(|slots| ["--concurrency".to_owned(), slots.to_string()]);
        let slots = || slots.clone().into_iter().flatten();
        let option = |name: &str, value| [format!("--{name}"), format!("{value}")];

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
                option("worker-threads", worker_threads)
                    .into_iter()
                    .chain(slots())
                    .collect(),
                Shape::queue(requests, concurrency).with_threads(worker_threads),
            ),
            Client::Hybrid => (
                "hybrid",
                option("runtimes", runtimes).into_iter().chain(slots()).collect(),
                Shape::shared_out(requests, runtimes, concurrency),
            ),
        };
        Self { name, options, shape }
    }

    /// The name of its program.
    pub(crate) fn program(&self) -> String {
        format!("client-{}", self.name)
    }
}
