//! The banner of the program: its address, delay, limits, token and live page.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use slow_server::{Config, WhenFull};

/// Printed when the server listens.
#[derive(Debug)]
pub(crate) struct Banner<'a> {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How it behaves.
    pub(crate) config: &'a Config,
}

/// The most addresses for the board: a machine can have dozens, and a class needs one.
const MOST_ADDRESSES: usize = 3;

impl fmt::Display for Banner<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, config } = self;
        writeln!(
            out,
            "slow-server listens on http://{address} (stop it with Ctrl-C)\n\
             \x20 every answer takes  {}\n\
             \x20 served at once      {}\n\
             \x20 connections         {}",
            self.delay(),
            self.at_once(),
            self.connections(),
        )?;
        let addresses = config.limits.addresses.get();
        if addresses > 1 {
            writeln!(
                out,
                "  addresses           {addresses}, from {} on",
                address.ip()
            )?;
        }
        if let Some(most) = config.limits.per_address {
            writeln!(
                out,
                "  from one address    at most {most} connections and as many requests"
            )?;
        }
        if !address.ip().is_loopback() {
            writeln!(out, "  for the board       {}", self.board())?;
        }
        if let Some(token) = &config.access.token {
            writeln!(
                out,
                "  the teacher's token {token}  (for cargo compare: --token …)"
            )?;
        }
        writeln!(out, "  watch them wait     http://{}/dashboard", self.here())
    }
}

impl Banner<'_> {
    fn delay(&self) -> String {
        let delay = humantime::format_duration(self.config.delay);
        match self.config.jitter {
            none if none.is_zero() => delay.to_string(),
            some => {
                format!(
                    "{delay} and up to {} more",
                    humantime::format_duration(some)
                )
            }
        }
    }

    fn at_once(&self) -> String {
        self.config.max_concurrent.map_or("no limit".to_owned(), |most| {
            let full = match self.config.when_full {
                WhenFull::Queue => "more wait their turn",
                WhenFull::Reject => "more are answered 503",
            };
            format!("{most} ({full})")
        })
    }

    fn connections(&self) -> String {
        let (all, backlog) =
            (self.config.limits.connections, slow_server::backlog());
        format!("at most {all}, and {backlog} more in the backlog")
    }

    /// Where this machine reaches it, which is the one with the projector.
    fn here(&self) -> SocketAddr {
        let mut here = self.address;
        match here.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => {
                here.set_ip(Ipv4Addr::LOCALHOST.into());
            }
            IpAddr::V6(ip) if ip.is_unspecified() => {
                here.set_ip(Ipv6Addr::LOCALHOST.into());
            }
            _ => {}
        }
        here
    }

    /// The addresses to write on the board, most likely first.
    fn board(&self) -> String {
        if !self.address.ip().is_unspecified() {
            return format!("http://{}", self.address);
        }
        let port = self.address.port();
        let pages: Vec<_> = slow_server::addresses()
            .into_iter()
            .take(MOST_ADDRESSES)
            .map(|address| format!("http://{address}:{port}"))
            .collect();
        if pages.is_empty() {
            return "this machine is on no network now; join one and start again"
                .to_owned();
        }
        pages.join("  or ")
    }
}
