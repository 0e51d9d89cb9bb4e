//! This machine: what it allows one process (files, ports, threads, memory), what it is, and what
//! it did during a run.

pub mod activity;
pub mod pauses;
pub mod usage;

use std::num::{NonZeroU16, NonZeroUsize};
use std::{fs, thread};

use serde::Serialize;

/// The systems whose limits and commands are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, and whatever is like it.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// The limits in force. `None` is no limit, or an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Which it is.
    pub system: System,
    /// Files that this process may have open; a connection is one.
    pub open_files: Option<u64>,
    /// Local ports for connections to one address.
    pub ports: Option<u64>,
    /// Threads that this process may have.
    pub threads: Option<u64>,
    /// Bytes of memory that are free, or can be made so.
    pub memory: Option<u64>,
}

/// What a reader of a result has to know of the machine that it is from. It has no name here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// CPUs that a process may use.
    pub cpus: usize,
    /// Bytes of memory; `None` where the system does not say.
    pub memory_bytes: Option<u64>,
    /// The operating system with its version, and the processor's architecture.
    pub system: String,
}

impl Description {
    /// This machine.
    #[must_use]
    pub fn here() -> Self {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        let name = sysinfo::System::long_os_version();
        let name = name.unwrap_or_else(|| std::env::consts::OS.to_owned());
        Self {
            cpus: cpus().get(),
            memory_bytes: Some(system.total_memory()).filter(|&bytes| bytes > 0),
            system: format!("{name}, {}", std::env::consts::ARCH),
        }
    }
}

/// What macOS and Windows keep for connections unless told otherwise: 49152 to 65535.
const USUAL_PORTS: u64 = 16_384;

impl System {
    /// The one that this program was built for.
    #[must_use]
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

impl Machine {
    /// The limits of this process, now.
    #[must_use]
    pub fn here() -> Self {
        let system = System::here();
        Self {
            system,
            open_files: open_files(),
            ports: ports(),
            threads: threads(),
            memory: memory(),
        }
    }
}

/// Raises the soft limit on open files as far as this user may: each request in flight
/// is a connection, and each connection an open file. Returns the limit in force.
pub(crate) fn raise_open_files() -> Option<u64> {
    // Where that fails, the plan is checked against the limit as it is.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    open_files()
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    rlimit::getrlimit(rlimit::Resource::NOFILE).ok().map(|(soft, _hard)| soft)
}

/// Windows counts sockets apart from files, and bounds them by memory alone.
#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

/// The ports that this machine gives to connections to one address.
pub(crate) fn ports() -> Option<u64> {
    match System::here() {
        System::Linux => ports_of_linux(),
        System::MacOs | System::Windows => Some(USUAL_PORTS),
    }
}

fn ports_of_linux() -> Option<u64> {
    ports_in(&fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?)
}

/// The ports of a range such as `32768 60999`.
fn ports_in(range: &str) -> Option<u64> {
    let mut ends = range.split_whitespace().map(str::parse::<NonZeroU16>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    Some(u64::from(last.get().checked_sub(first.get())?) + 1)
}

/// The smallest bound of those that Linux has: of the user, of the container, of all.
#[cfg(target_os = "linux")]
fn threads() -> Option<u64> {
    let user = rlimit::getrlimit(rlimit::Resource::NPROC).ok().map(|(soft, _)| soft);
    let files = [
        "/sys/fs/cgroup/pids.max",
        "/sys/fs/cgroup/pids/pids.max",
        "/proc/sys/kernel/threads-max",
    ];
    // Without a limit, a cgroup says `max`.
    let number = |file| fs::read_to_string(file).ok()?.trim().parse().ok();
    files.into_iter().filter_map(number).chain(user).min()
}

/// The others allow more than any client has use for.
#[cfg(not(target_os = "linux"))]
fn threads() -> Option<u64> {
    None
}

fn memory() -> Option<u64> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let total = system.total_memory();
    // Without a total, sysinfo panics when it is asked for the limits of a cgroup.
    let limits = (total > 0).then(|| system.cgroup_limits()).flatten();
    // A container may have less than its machine. What it holds of files can be made free.
    let own = limits.map(|limits| limits.total_memory.saturating_sub(limits.rss));
    free_memory(total, system.available_memory(), own)
}

/// What is free of `total` bytes, and in a container its `own`. Zero is what sysinfo says
/// where it does not know.
fn free_memory(total: u64, available: u64, own: Option<u64>) -> Option<u64> {
    let is_possible = |bytes: &u64| (1..=total).contains(bytes);
    own.into_iter().chain([available]).filter(is_possible).min()
}

/// The CPUs that this process may use.
#[must_use]
pub fn cpus() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_make_no_range_are_not_known() {
        assert_eq!(ports_in("32768\t60999\n"), Some(28_232));
        assert_eq!(ports_in("1 1"), Some(1));
        assert_eq!(ports_in("1 65535"), Some(65_535));
        for absurd in [
            "",
            "32768",
            "60999 32768",
            "0 0",
            "-1 5",
            "1 65536",
            "1 18446744073709551615",
            "max max",
        ] {
            assert_eq!(ports_in(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn memory_that_cannot_be_is_not_known() {
        assert_eq!(free_memory(100, 60, None), Some(60));
        assert_eq!(free_memory(100, 60, Some(40)), Some(40));
        assert_eq!(free_memory(100, 60, Some(u64::MAX)), Some(60));
        assert_eq!(free_memory(100, 60, Some(0)), Some(60));
        assert_eq!(free_memory(100, 101, Some(40)), Some(40));
        for (total, available) in [(0, 0), (0, 60), (100, 0), (100, u64::MAX)] {
            assert_eq!(free_memory(total, available, None), None);
        }
    }

    #[test]
    fn this_machine_tells_what_it_allows() {
        let machine = Machine::here();
        assert!(
            machine.memory.is_some_and(|bytes| bytes > 1_000_000),
            "{machine:?}"
        );
        assert!(machine.ports.is_some_and(|ports| ports > 1000), "{machine:?}");
        if cfg!(unix) {
            assert!(
                machine.open_files.is_some_and(|files| files > 16),
                "{machine:?}"
            );
        }
    }
}
