//! The processes of a foreign program: what they use while they run, which of them sent which
//! request, and which are left in the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The environment variable by which the processes of a program are known, whatever group or
/// session they have moved to: it is inherited.
pub(super) const TAG: &str = "COMPARE_RUN";

/// The least time between two looks at the processes.
const INTERVAL: Duration = Duration::from_millis(20);

/// Sampling may take one part in this many of a CPU, unless the next one would be too late for
/// what is there for a moment only.
const SHARE: u32 = 20;
const LONGEST_INTERVAL: Duration = Duration::from_millis(100);

/// A tag that no other program of this process has.
pub(super) fn new_tag() -> String {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}

/// What the processes of a program were seen to use, by looking at them from time to time.
#[derive(Debug, Default)]
pub(crate) struct ProcessTree {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux tells of the processes of others")
    )]
    root: u32,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux tells of the sockets of others")
    )]
    server_port: u16,
    next_look: Option<Instant>,
    /// The most memory that they had together, in bytes, each shared page counted once;
    /// `None` if the system does not report it.
    pub(crate) peak_memory: Option<u64>,
    /// The process that a port towards the server was seen to belong to. One that was open for
    /// a moment only may be missing.
    pub(crate) by_port: HashMap<u16, u32>,
}

impl ProcessTree {
    pub(super) fn new(root: u32, server_port: u16) -> Self {
        Self { root, server_port, ..Self::default() }
    }

    /// Looks at the processes, unless it has just been done.
    pub(super) fn look(&mut self) {
        let now = Instant::now();
        if self.next_look.is_some_and(|next| now < next) {
            return;
        }
        #[cfg(target_os = "linux")]
        let cost = {
            // Not the time on the wall: on a busy machine, that is mostly the time of others.
            let before = linux::cpu_time();
            self.look_at(&linux::with_children(self.root));
            linux::cpu_time().saturating_sub(before)
        };
        #[cfg(not(target_os = "linux"))]
        let cost = Duration::ZERO;
        let pause = (cost * SHARE).clamp(INTERVAL, LONGEST_INTERVAL);
        self.next_look = Some(now + pause);
    }

    #[cfg(target_os = "linux")]
    fn look_at(&mut self, processes: &[u32]) {
        let memory: Option<u64> = processes
            .iter()
            .filter_map(|&id| linux::memory(id))
            .reduce(|a, b| a + b);
        self.peak_memory = self.peak_memory.max(memory);
        // Of a single process it is clear who has sent what.
        if processes.len() > 1 {
            let ports = linux::ports_towards(self.server_port);
            for &process in processes {
                let sockets = linux::sockets(process);
                let own = sockets.iter().filter_map(|socket| ports.get(socket));
                self.by_port.extend(own.map(|&port| (port, process)));
            }
        }
    }
}

/// Sends a signal to the process group that this process leads, if there is one.
#[cfg(unix)]
pub(super) fn signal_group(leader: u32, signal: nix::sys::signal::Signal) {
    if let Ok(leader) = i32::try_from(leader) {
        // Fails if there is none, or it has ended.
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(leader), signal);
    }
}

/// How long the helpers of a program that has ended have to end by themselves, as those of
/// Python's multiprocessing do when they notice.
#[cfg(target_os = "linux")]
const GRACE: Duration = Duration::from_secs(2);

/// Waits for a moment until no process has this tag.
#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_variables, reason = "only Linux shows the environment of others")
)]
pub(super) fn wait_for_the_end_of(tag: &str) {
    #[cfg(target_os = "linux")]
    {
        let ended = Instant::now();
        while linux::has_tagged(tag) && ended.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Kills what is left of a program: its group, and on Linux whatever has its tag. Returns how
/// many were found by their tag.
#[cfg_attr(
    not(target_os = "linux"),
    expect(
        unused_variables,
        reason = "only Unix has groups, and only Linux shows the environment of others"
    )
)]
pub(super) fn kill_left(leader: u32, tag: &str) -> usize {
    #[cfg(target_os = "linux")]
    let killed = linux::kill_tagged(tag);
    #[cfg(not(target_os = "linux"))]
    let killed = 0;
    #[cfg(unix)]
    signal_group(leader, nix::sys::signal::Signal::SIGKILL);
    killed
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::{BTreeSet, HashMap};
    use std::fs;
    use std::path::Path;
    use std::thread;
    use std::time::Duration;

    use nix::sys::signal::{Signal, kill};
    use nix::time::{ClockId, clock_gettime};
    use nix::unistd::Pid;

    /// How often to look again, for processes that were started while others were killed.
    const ROUNDS: usize = 20;

    /// CPU time of this thread.
    pub(super) fn cpu_time() -> Duration {
        let now = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
        now.map_or(Duration::ZERO, Duration::from)
    }

    /// This process and all that it has started, and so on.
    pub(super) fn with_children(root: u32) -> Vec<u32> {
        let mut all = vec![root];
        let mut next = 0;
        while let Some(&process) = all.get(next) {
            next += 1;
            let tasks = fs::read_dir(format!("/proc/{process}/task"));
            for task in tasks.into_iter().flatten().flatten() {
                let children = fs::read_to_string(task.path().join("children"));
                let children = children.unwrap_or_default();
                all.extend(
                    children.split(' ').filter_map(|id| id.parse::<u32>().ok()),
                );
            }
        }
        all
    }

    /// Bytes of memory of a process, in which a page shared by two counts as half a page.
    pub(super) fn memory(process: u32) -> Option<u64> {
        let text =
            fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kibibytes.checked_mul(1024)
    }

    /// The inodes of the sockets that a process has open.
    pub(super) fn sockets(process: u32) -> Vec<u64> {
        let files = fs::read_dir(format!("/proc/{process}/fd"));
        let links = files.into_iter().flatten().flatten();
        let links = links.filter_map(|file| fs::read_link(file.path()).ok());
        links.filter_map(|link| inode(&link)).collect()
    }

    fn inode(link: &Path) -> Option<u64> {
        link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    }

    /// The ports of this machine from which there is a connection to this port of any, by the
    /// inodes of their sockets.
    pub(super) fn ports_towards(server_port: u16) -> HashMap<u64, u16> {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
        let tables: Vec<_> = tables.into_iter().flatten().collect();
        let lines = tables.iter().flat_map(|table| table.lines());
        lines.filter_map(|line| port_towards(server_port, line)).collect()
    }

    /// A line of `/proc/net/tcp`: number, local and remote address, state, queues, timer,
    /// retransmits, user, timeout, inode.
    fn port_towards(server_port: u16, line: &str) -> Option<(u64, u16)> {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let port = |index: usize| {
            let (_, port) = fields.get(index)?.rsplit_once(':')?;
            u16::from_str_radix(port, 16).ok()
        };
        (port(2)? == server_port).then_some(())?;
        Some((fields.get(9)?.parse().ok()?, port(1)?))
    }

    /// Kills all processes that have this tag in their environment; returns their number.
    pub(super) fn kill_tagged(tag: &str) -> usize {
        let mut killed = BTreeSet::new();
        for _ in 0..ROUNDS {
            let found = tagged(tag);
            if found.is_empty() {
                break;
            }
            for process in &found {
                let _ = kill(Pid::from_raw(*process), Signal::SIGKILL);
            }
            killed.extend(found);
            // The system takes a moment to end them.
            thread::sleep(Duration::from_millis(10));
        }
        killed.len()
    }

    /// Whether a process with this tag still runs.
    pub(super) fn has_tagged(tag: &str) -> bool {
        !tagged(tag).is_empty()
    }

    /// A zombie has no environment.
    fn tagged(tag: &str) -> Vec<i32> {
        let variable = format!("{}={tag}", super::TAG);
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids =
            processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|id| {
            let environment =
                fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment
                .split(|&byte| byte == 0)
                .any(|found| found == variable.as_bytes())
        })
        .collect()
    }

    #[cfg(test)]
    mod tests {
        use std::net::{TcpListener, TcpStream};

        use super::*;

        #[test]
        fn a_connection_is_found_by_its_port_and_its_process() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let server = listener.local_addr().unwrap();
            let client = TcpStream::connect(server).unwrap();
            let ports = ports_towards(server.port());
            let own = sockets(std::process::id());
            let found: Vec<_> =
                own.iter().filter_map(|inode| ports.get(inode)).collect();
            assert_eq!(found, [&client.local_addr().unwrap().port()]);
        }

        #[test]
        fn a_process_has_memory_and_children() {
            let own = std::process::id();
            assert!(memory(own).unwrap() > 100_000);
            let mut child =
                std::process::Command::new("sleep").arg("60").spawn().unwrap();
            assert!(with_children(own).contains(&child.id()));
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(!with_children(own).contains(&child.id()));
        }

        #[test]
        fn what_proc_says_that_is_nonsense_says_nothing() {
            let line = "0: 0100007F:1F90 0100007F:1388 01 0:0 00:0 0 0 0 4711 1 0";
            assert_eq!(port_towards(5000, line), Some((4711, 8080)));
            for line in [
                "",
                "0: x y",
                "0: 0100007F:1F90 0100007F:1388 01",
                "a b:c d:1388 e f g h i j k",
            ] {
                assert_eq!(port_towards(5000, line), None, "{line}");
            }
            assert_eq!(port_towards(5001, line), None);
        }
    }
}
