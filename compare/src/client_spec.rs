//! A client as it is to run: its options, and how it spreads its requests.

use std::num::NonZeroUsize;

use client_core::clients::{ClientEntry, LayoutFor};
use client_core::settings::resources::ResourceEstimate;
use client_core::{Layout, Transport, TransportArgs, label};

/// A client that is to send `requests` requests.
#[derive(Clone)]
pub(crate) struct ClientSpec {
    client: ClientEntry,
    /// The options that not every client has.
    pub(crate) options: Vec<String>,
    layout_for: LayoutFor,
    /// How often it fetches the page.
    pub(crate) requests: NonZeroUsize,
    /// How it will spread its requests.
    pub(crate) layout: Layout,
    transport_args: Option<TransportArgs>,
}

impl ClientSpec {
    /// # Errors
    ///
    /// The client would refuse these options.
    pub(crate) fn new(
        client: ClientEntry,
        options: Vec<String>,
        requests: NonZeroUsize,
    ) -> Result<Self, clap::Error> {
        let layout_for = client.read(&options)?;
        let (layout, transport_args) = layout_for(requests);
        Ok(Self { client, options, layout_for, requests, layout, transport_args })
    }

    /// The same client with another number of requests.
    pub(crate) fn with_requests(&self, requests: NonZeroUsize) -> Self {
        let (layout, transport_args) = (self.layout_for)(requests);
        Self { requests, layout, transport_args, ..self.clone() }
    }

    /// As in the table of clients.
    pub(crate) fn name(&self) -> &'static str {
        self.client.name
    }

    /// The name of its program.
    pub(crate) fn program(&self) -> String {
        self.client.program()
    }

    /// How its requests are sent, if it has a choice.
    pub(crate) fn transport(&self) -> Option<Transport> {
        self.transport_args.map(|args| args.transport)
    }

    /// Its name, with what carries its requests where that is not the usual.
    pub(crate) fn label(&self) -> String {
        label(self.name(), self.transport())
    }

    /// The resources of this machine that it takes.
    pub(crate) fn needs(&self) -> ResourceEstimate {
        ResourceEstimate::of(&self.layout, self.requests.get(), self.transport_args)
    }
}
