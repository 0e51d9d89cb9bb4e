//! A client as it takes part: its options, and how it spreads its requests.

use std::fmt;
use std::num::NonZeroUsize;

use client_core::clients::{ClientEntry, LayoutFor};
use client_core::settings::resources::ResourceEstimate;
use client_core::{Layout, Transport, TransportArgs, label};

/// A client, and the options that this comparison gives it.
#[derive(Clone)]
pub(crate) struct Entry {
    client: ClientEntry,
    options: Vec<String>,
    layout_for: LayoutFor,
}

impl Entry {
    /// Errors: the client would refuse these options.
    pub(crate) fn new(
        client: ClientEntry,
        options: Vec<String>,
    ) -> Result<Self, clap::Error> {
        let layout_for = client.read(&options)?;
        Ok(Self { client, options, layout_for })
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {:?}", self.client.name, self.options)
    }
}

/// A client that is to send so many requests.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    /// As in the table of clients.
    pub(crate) name: &'static str,
    /// The name of its program.
    pub(crate) program: String,
    /// How its requests are sent, if it has a choice.
    pub(crate) transport: Option<Transport>,
    /// How often it fetches the page.
    pub(crate) requests: NonZeroUsize,
    /// The options that not every client has.
    pub(crate) options: Vec<String>,
    /// How it will spread its requests.
    pub(crate) layout: Layout,
    transport_args: Option<TransportArgs>,
}

impl Contestant {
    pub(crate) fn new(entry: &Entry, requests: NonZeroUsize) -> Self {
        let (layout, transport_args) = (entry.layout_for)(requests);
        Self {
            name: entry.client.name,
            program: entry.client.program(),
            transport: transport_args.map(|args| args.transport),
            requests,
            options: entry.options.clone(),
            layout,
            transport_args,
        }
    }

    /// Its name, with what carries its requests where that is not the usual.
    pub(crate) fn label(&self) -> String {
        label(self.name, self.transport)
    }

    /// What it takes of this machine.
    pub(crate) fn needs(&self) -> ResourceEstimate {
        ResourceEstimate::of(&self.layout, self.requests.get(), self.transport_args)
    }
}
