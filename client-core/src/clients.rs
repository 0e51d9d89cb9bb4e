//! The clients, each declared once: its name, its options, and which worker takes which request.
//!
//! The clients themselves, `compare` and the tests read this. A new client is a folder with
//! its strategy, an entry here, and a line in the workspace's `Cargo.toml`.

use std::num::NonZeroUsize;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Args, Command};

use crate::machine;
use crate::settings::layout::Layout;
use crate::settings::limits;
use crate::settings::transport::TransportArgs;
use crate::settings::workload::Workload;

/// All clients, in the order in which they are compared.
pub const CLIENTS: &[ClientEntry] = &[
    ClientEntry::of::<Sync>(),
    ClientEntry::of::<Threads>(),
    ClientEntry::of::<Async>(),
    ClientEntry::of::<Hybrid>(),
];

/// The options of `client-sync`: none.
#[derive(Debug, Args)]
pub struct Sync;

impl ClientArgs for Sync {
    const NAME: &str = "sync";
    const ABOUT: &str = "Fetch a slow page with one request after another";
    const SECTION: &str = "3.6";

    fn layout(&self, workload: Workload) -> Layout {
        Layout::one_by_one(workload.most_requests())
    }
}

/// The options of `client-threads`.
#[derive(Debug, Args)]
pub struct Threads {
    /// Threads in the pool
    #[arg(long, value_name = "N", default_value = "8", value_parser = limits::pool_threads)]
    pub threads: NonZeroUsize,
    /// Requests that a thread takes at a time; the tutorial's pool takes 4
    #[arg(long, value_name = "N", default_value = "1", value_parser = units::parse_count)]
    pub chunk_size: NonZeroUsize,
}

impl ClientArgs for Threads {
    const NAME: &str = "threads";
    const ABOUT: &str = "Fetch a slow page from a pool of threads";
    const SECTION: &str = "3.6";

    fn layout(&self, workload: Workload) -> Layout {
        Layout::pool(workload.most_requests(), self.threads, self.chunk_size)
    }
}

/// The options of `client-async`.
#[derive(Debug, Args)]
pub struct Async {
    /// At most this many requests in flight; with --duration, all means 100
    #[arg(short, long, value_name = "N", default_value = "all", value_parser = limits::concurrency)]
    pub concurrency: NonZeroUsize,
    /// Threads that run the tasks; the default is the number of CPUs
    #[arg(long, value_name = "N", value_parser = limits::runtimes, default_value_t = machine::cpus())]
    pub worker_threads: NonZeroUsize,
    #[command(flatten)]
    transport: TransportArgs,
}

impl ClientArgs for Async {
    const NAME: &str = "async";
    const ABOUT: &str =
        "Fetch a slow page with a task per request on one async runtime";
    const SECTION: &str = "3.5";

    fn layout(&self, workload: Workload) -> Layout {
        let in_flight = workload.in_flight(self.concurrency);
        Layout::queue(workload.most_requests(), Some(in_flight))
            .with_threads(self.worker_threads)
    }

    fn transport(&self) -> Option<TransportArgs> {
        Some(self.transport)
    }
}

/// The options of `client-hybrid`.
#[derive(Debug, Args)]
pub struct Hybrid {
    /// Single-threaded runtimes; the default is the number of CPUs
    #[arg(long, value_name = "N", value_parser = limits::runtimes, default_value_t = machine::cpus())]
    pub runtimes: NonZeroUsize,
    /// At most this many requests in flight; with --duration, all means 100
    #[arg(short, long, value_name = "N", default_value = "all", value_parser = limits::concurrency)]
    pub concurrency: NonZeroUsize,
    #[command(flatten)]
    transport: TransportArgs,
}

impl ClientArgs for Hybrid {
    const NAME: &str = "hybrid";
    const ABOUT: &str =
        "Fetch a slow page with a task per request on several async runtimes";
    const SECTION: &str = "3.7";

    fn layout(&self, workload: Workload) -> Layout {
        let in_flight = workload.in_flight(self.concurrency);
        Layout::partitioned(workload.most_requests(), self.runtimes, Some(in_flight))
    }

    fn transport(&self) -> Option<TransportArgs> {
        Some(self.transport)
    }
}

/// The options that only one client has, and what follows from them.
pub trait ClientArgs: Args {
    /// `sync` for the client in the folder `client-sync`.
    const NAME: &str;

    /// What it does, as the first line of its help.
    const ABOUT: &str;

    /// The section of the tutorial that it is the client of.
    const SECTION: &str;

    /// Which worker takes which request, the most in flight, and what a lane is.
    fn layout(&self, workload: Workload) -> Layout;

    /// How the requests are sent; `None` where that cannot be chosen.
    fn transport(&self) -> Option<TransportArgs> {
        None
    }

    /// The options of a command line.
    ///
    /// # Errors
    ///
    /// Connections are to be shared over a transport that has one for each request.
    fn read(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let options = Self::from_arg_matches(matches)?;
        options.transport().map_or(Ok(()), TransportArgs::check)?;
        Ok(options)
    }
}

/// An entry of [`CLIENTS`].
#[derive(Debug, Clone, Copy)]
pub struct ClientEntry {
    /// [`ClientArgs::NAME`].
    pub name: &'static str,
    /// [`ClientArgs::SECTION`].
    pub section: &'static str,
    add_options: fn(Command) -> Command,
    read: fn(&ArgMatches) -> Result<LayoutFor, clap::Error>,
}

/// From the workload to the layout of the requests, and how they are sent.
pub type LayoutFor = Arc<dyn Fn(Workload) -> (Layout, Option<TransportArgs>)>;

impl ClientEntry {
    const fn of<A: ClientArgs + 'static>() -> Self {
        Self {
            name: A::NAME,
            section: A::SECTION,
            add_options: A::augment_args,
            read: |matches| {
                let options = A::read(matches)?;
                Ok(Arc::new(move |workload| {
                    (options.layout(workload), options.transport())
                }))
            },
        }
    }

    /// The name of its package and of its program.
    #[must_use]
    pub fn program(&self) -> String {
        format!("client-{}", self.name)
    }

    /// The options that not every client has.
    #[must_use]
    pub fn options(&self) -> Vec<Arg> {
        self.command().get_arguments().cloned().collect()
    }

    /// Whether this is one of them, by its long name.
    #[must_use]
    pub fn has_option(&self, name: &str) -> bool {
        self.command().get_arguments().any(|option| option.get_long() == Some(name))
    }

    /// Reads such options, as the client itself does.
    ///
    /// # Errors
    ///
    /// The client would refuse them.
    pub fn read(&self, options: &[String]) -> Result<LayoutFor, clap::Error> {
        let command = self.command().no_binary_name(true);
        (self.read)(&command.try_get_matches_from(options)?)
    }

    fn command(&self) -> Command {
        (self.add_options)(Command::new(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_has_options_that_clap_understands() {
        for client in CLIENTS {
            client.command().debug_assert();
            assert!(client.read(&[]).is_ok(), "{}", client.name);
        }
    }

    #[test]
    fn no_two_clients_have_the_same_name() {
        let mut names: Vec<_> = CLIENTS.iter().map(|client| client.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CLIENTS.len());
    }
}
