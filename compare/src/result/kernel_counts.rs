//! What the kernel counted while a client ran: how many times it had to try again to open a
//! connection.

use std::fs;

use serde::Serialize;

/// Counts of this machine, all its programs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct KernelCounts {
    /// How often a connection found the accept queue of its listener full.
    pub(crate) listen_overflows: u64,
    /// Retransmissions of a SYN or a SYN-ACK.
    pub(crate) syn_retransmits: u64,
}

impl KernelCounts {
    /// Since this machine started; `None` if the system does not report it (it is Linux that
    /// does).
    pub(crate) fn so_far() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/net/netstat").ok()?)
    }

    /// Of the time since then.
    pub(crate) fn since(self, before: Self) -> Self {
        let Self { listen_overflows, syn_retransmits } = self;
        Self {
            listen_overflows: listen_overflows
                .saturating_sub(before.listen_overflows),
            syn_retransmits: syn_retransmits.saturating_sub(before.syn_retransmits),
        }
    }

    /// A line of names, and below it one of values.
    fn parse(netstat: &str) -> Option<Self> {
        let mut lines =
            netstat.lines().filter_map(|line| line.strip_prefix("TcpExt: "));
        let (names, values) = (lines.next()?, lines.next()?);
        let value = |name: &str| {
            let at = names.split_whitespace().position(|other| other == name)?;
            values.split_whitespace().nth(at)?.parse().ok()
        };
        Some(Self {
            listen_overflows: value("ListenOverflows")?,
            syn_retransmits: value("TCPSynRetrans")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_found_by_their_names() {
        let netstat = "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPSynRetrans\n\
                       TcpExt: 1 20 300 4000\nIpExt: InNoRoutes\nIpExt: 5\n";
        let (listen_overflows, syn_retransmits) = (20, 4000);
        let counts = KernelCounts { listen_overflows, syn_retransmits };
        assert_eq!(KernelCounts::parse(netstat), Some(counts));
        for other in ["", "IpExt: ListenOverflows TCPSynRetrans\nIpExt: 1 2\n"] {
            assert_eq!(KernelCounts::parse(other), None);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells_its_counts() {
        // Some sandboxes have no such file.
        let Ok(netstat) = fs::read_to_string("/proc/net/netstat") else { return };
        assert!(KernelCounts::parse(&netstat).is_some(), "{netstat}");
    }
}
