//! A client as it is to run: its options, and how it spreads its requests.

use client_core::clients::{ClientEntry, LayoutFor};
use client_core::settings::resources::ResourceEstimate;
use client_core::settings::workload::Workload;
use client_core::{Layout, Transport, TransportArgs, label};

/// A client with what it is to do.
#[derive(Clone)]
pub(crate) struct ClientSpec {
    client: ClientEntry,
    /// The options that not every client has.
    pub(crate) options: Vec<String>,
    layout_for: LayoutFor,
    /// How often it fetches the page, or for how long.
    pub(crate) workload: Workload,
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
        workload: Workload,
    ) -> Result<Self, clap::Error> {
        let layout_for = client.read(&options)?;
        let (layout, transport_args) = layout_for(workload);
        Ok(Self { client, options, layout_for, workload, layout, transport_args })
    }

    /// The same client with another workload.
    pub(crate) fn with_workload(&self, workload: Workload) -> Self {
        let (layout, transport_args) = (self.layout_for)(workload);
        Self { workload, layout, transport_args, ..self.clone() }
    }

    /// The arguments that give its program the workload.
    pub(crate) fn workload_args(&self) -> [String; 2] {
        match self.workload {
            Workload::Requests(n) => ["--requests".to_owned(), n.to_string()],
            Workload::Duration(duration) => {
                let lasts = humantime::format_duration(duration);
                ["--duration".to_owned(), lasts.to_string()]
            }
        }
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
        let most = self.workload.most_requests().get();
        ResourceEstimate::of(&self.layout, most, self.transport_args)
    }
}
