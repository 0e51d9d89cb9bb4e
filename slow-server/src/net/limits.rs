//! Limits on connections and requests, and those of this machine: backlog, open files.

use std::num::NonZeroUsize;
use std::time::Duration;
use units::{Localized, localized};

use anyhow::ensure;

/// Bounds on connections: how many, and how long each may keep the server waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The addresses of this machine to listen at, from the first one on: a client has
    /// its local ports once for each.
    pub addresses: NonZeroUsize,
    /// The most open connections; more wait in the backlog.
    pub connections: usize,
    /// The most connections that one address may have open, and the most requests in flight;
    /// `None` bounds neither.
    pub per_address: Option<NonZeroUsize>,
    /// How long a new connection may stay silent.
    pub first_byte: Duration,
    /// How long a request's header may take, and how long a connection may stay idle
    /// between two requests, whatever pings it acknowledges.
    pub header: Duration,
    /// How long a request's body may take.
    pub body: Duration,
    /// The most requests in flight on one HTTP/2 connection; where one address is bounded, its
    /// further connections have fewer.
    pub http2_streams: u32,
    /// How long a client may read nothing of a response that waits for it.
    pub write: Duration,
    /// How long responses in flight may take after the shutdown began.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            addresses: NonZeroUsize::MIN,
            connections: connections_for(open_files()),
            per_address: None,
            first_byte: Duration::from_secs(10),
            header: Duration::from_secs(30),
            body: Duration::from_secs(10),
            http2_streams: HTTP2_STREAMS,
            write: Duration::from_secs(10),
            drain: Duration::from_secs(1),
        }
    }
}

/// The longest header and the longest body that a request may have, in bytes. The page
/// needs neither.
pub const REQUEST_BYTES: u32 = 16 * 1024;

/// The usual 200 would make the protocol the bottleneck of a large run, of which this is the
/// largest.
const HTTP2_STREAMS: u32 = 10_000_000;

/// The connections asked of the kernel to keep waiting until the server accepts them.
///
/// A burst of a thousand overflows a short backlog, and a dropped SYN is sent again only a
/// second later: that second would be measured as the client's.
const BACKLOG: u32 = 4096;

/// Files that the process keeps for itself: its own sockets, its output, its libraries.
const RESERVED_FILES: u64 = 64;

/// The backlog in force: 4096, or what the kernel cuts it down to.
#[must_use]
pub fn backlog() -> u32 {
    somaxconn().map_or(BACKLOG, |most| BACKLOG.min(most))
}

/// Raises the soft limit on open files as far as this user may.
///
/// Every waiting connection is an open file; 1,024 or (on macOS) 256 is the usual start.
pub fn raise_open_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit on open files stays as it was");
    }
}

/// Raises it, and checks that it is what `program` needs at least. With less, Tokio panics, and
/// what fails later fails for reasons that mislead.
///
/// # Errors
///
/// It is less; with what to do about it.
pub fn require_open_files(program: Localized, needed: usize) -> anyhow::Result<()> {
    raise_open_files();
    let files = open_files();
    let Localized { en, zh } = program;
    ensure!(
        files >= needed as u64,
        localized!(
            "this process may open {files} files, and {en} needs at least {needed}.\n\
             Allow more, and start it again:\n  {ALLOW_MORE}",
            "本进程最多打开 {files} 个文件，而{zh}至少需要 {needed} 个。\n\
             请提高上限，再重新启动：\n  {ALLOW_MORE}",
        )
    );
    Ok(())
}

/// The soft limit is raised already, so it is the hard one that is too low.
const ALLOW_MORE: &str = if cfg!(target_os = "linux") {
    "sudo prlimit --nofile=1024 --pid $$"
} else {
    "ulimit -n 1024"
};

/// The connections that a process with this limit on open files can hold.
pub(crate) fn connections_for(open_files: u64) -> usize {
    let spare = open_files.saturating_sub(RESERVED_FILES).max(16);
    // The semaphore that counts connections has a bound of its own.
    usize::try_from(spare)
        .unwrap_or(usize::MAX)
        .min(tokio::sync::Semaphore::MAX_PERMITS)
}

#[cfg(unix)]
pub(crate) fn open_files() -> u64 {
    rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(256, |(soft, _hard)| soft)
}

/// Windows counts sockets apart from files, and bounds them by memory alone.
#[cfg(not(unix))]
pub(crate) fn open_files() -> u64 {
    65_536
}

/// The kernel's own limit on a backlog, on Linux.
fn somaxconn() -> Option<u32> {
    std::fs::read_to_string("/proc/sys/net/core/somaxconn").ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_process() {
        assert_eq!(connections_for(1024), 960);
        assert_eq!(connections_for(10), 16);
        assert!(connections_for(u64::MAX) <= tokio::sync::Semaphore::MAX_PERMITS);
    }
}
