//! The server inside this process.

use anyhow::Context as _;
use reqwest::Url;
use slow_server::{Background, Config};
use units::localized;

/// A server in this process, for one client at a time.
pub(crate) struct EmbeddedServer {
    config: Config,
    server: Background,
    was_used: bool,
}

impl EmbeddedServer {
    /// # Errors
    ///
    /// No port could be opened.
    pub(crate) fn start(config: Config) -> anyhow::Result<Self> {
        let server = Background::start(config.clone()).context(localized!(
            "cannot start the server inside this program",
            "无法启动本程序内的服务器"
        ))?;
        Ok(Self { config, server, was_used: false })
    }

    /// The address of its page.
    pub(crate) fn url(&self) -> anyhow::Result<Url> {
        Ok(self.server.url().parse()?)
    }

    /// Gives each client a server of its own; whether this is another one than before.
    ///
    /// The connections of the client before are closed, but for a minute their ports count as
    /// taken towards the same address: to search for free ones, after ten thousand, takes
    /// longer than all the rest of a connection.
    pub(crate) fn restart_if_used(&mut self) -> anyhow::Result<bool> {
        let was_used = std::mem::replace(&mut self.was_used, true);
        if was_used {
            self.server = Self::start(self.config.clone())?.server;
        }
        Ok(was_used)
    }
}
