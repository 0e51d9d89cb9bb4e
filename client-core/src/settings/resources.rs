//! Compares a plan with the limits of this machine before the run, and names the command that
//! raises an exceeded limit.

use units::{Localized, localized};

use crate::machine::{Machine, System};
use crate::settings::layout::{Layout, WorkerKind};
use crate::settings::limits::{MAX_KEPT, MAX_REQUESTS};
use crate::settings::targets;
use crate::settings::transport::{Transport, TransportArgs};

/// What a run takes of the machine on which it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceEstimate {
    open_files: u64,
    ports: u64,
    threads: u64,
    memory: u64,
    // How to ask for less.
    less: &'static str,
}

/// Files that a client has open beside its connections: its output, its libraries, and
/// what its runtime waits with. A server inside `compare` keeps as many.
const FILES_OF_ITS_OWN: u64 = 64;

/// Files with which a further runtime waits.
const FILES_OF_A_RUNTIME: u64 = 4;

/// Threads that a client has beside those that wait.
const THREADS_OF_ITS_OWN: u64 = 8;

/// What a request takes that waits, in bytes. Measured with client-async: 25.0 kB, 13.0 and
/// 11.0 for 10,000 of them, and 1.1 for a million.
fn memory_of_a_wait(transport: Transport) -> u64 {
    match transport {
        Transport::Reqwest => 25_500,
        Transport::Hyper => 13_500,
        Transport::ReqwestH2 => 11_500,
        Transport::H2 => 1_100,
    }
}

/// What it takes more on one of several runtimes, which a pool gives it to, in bytes. Measured
/// with client-hybrid: 1.1 kB for 10,000 of them, 1.0 for a million.
const MEMORY_OF_A_POOLED_TASK: u64 = 1_000;

/// The memory of a planned request that is not in flight, in bytes. Measured with client-async:
/// 86 each from 1,000 to 100,000 of them, 10 at a time.
const MEMORY_OF_A_REQUEST: u64 = 100;

/// What a thread takes that waits, in bytes. Measured with client-threads: 55 kB each
/// from 8 to 512 of them.
const MEMORY_OF_A_THREAD: u64 = 60_000;

impl ResourceEstimate {
    /// The resources of a client that spreads this many requests in this way.
    #[must_use]
    pub fn of(
        layout: &Layout,
        requests: usize,
        transport: Option<TransportArgs>,
    ) -> Self {
        let in_flight = layout.concurrency().get().min(requests) as u64;
        // The number of requests in a duration is unknown: this many are recorded, then counted.
        let is_known = requests <= MAX_REQUESTS;
        let kept = if is_known { requests } else { MAX_KEPT } as u64;
        let kept = kept.max(in_flight);
        let threads = layout.threads() as u64;
        let shared = transport.and_then(|args| args.shared_connections(layout));
        let connections = shared.map_or(in_flight, |shared| shared.get() as u64);
        let transport = transport.map_or(Transport::Reqwest, |args| args.transport);
        let pooled = match layout.partitions() {
            [_] => 0,
            _ => MEMORY_OF_A_POOLED_TASK,
        };
        Self {
            open_files: connections
                + FILES_OF_A_RUNTIME * layout.partitions().len() as u64
                + FILES_OF_ITS_OWN,
            ports: connections,
            threads: threads + THREADS_OF_ITS_OWN,
            memory: in_flight * (memory_of_a_wait(transport) + pooled)
                + (kept - in_flight) * MEMORY_OF_A_REQUEST
                + threads * MEMORY_OF_A_THREAD,
            less: match layout.worker_kind() {
                // One thread, or as many as requests: that is not an option.
                WorkerKind::Thread if threads == 1 || threads >= requests as u64 => {
                    "a smaller --requests"
                }
                WorkerKind::Thread => "fewer --threads, or a smaller --requests",
                WorkerKind::Runtime => "--concurrency N, or a smaller --requests",
            },
        }
    }

    /// The connections to the server, and so the local ports.
    pub(crate) fn connections(&self) -> u64 {
        self.ports
    }

    /// The addresses that a server should have on this machine, so that there are ports
    /// enough: one, where `machine` could not give it more.
    #[must_use]
    pub fn addresses(&self, machine: &Machine) -> usize {
        match machine.system {
            System::Linux | System::Windows => {
                // A connection is an open file as well.
                let files = machine.open_files.unwrap_or(u64::MAX);
                targets::needed(self.ports.min(files), machine.ports)
            }
            // It has only 127.0.0.1 until more are configured.
            System::MacOs => 1,
        }
    }

    /// What does not fit into `machine`, if anything, where the server has this many
    /// addresses.
    #[must_use]
    pub fn exceeding(&self, machine: &Machine, addresses: usize) -> Vec<Shortfall> {
        let shortfall = |what, needed, there: Option<u64>| {
            let there = there.filter(|&there| there < needed)?;
            let (system, less) = (machine.system, self.less);
            Some(Shortfall { what, needed, there, system, less })
        };
        let ports = machine.ports.map(|ports| ports * addresses.max(1) as u64);
        let more_addresses = Resource::Ports {
            addresses: targets::needed(self.ports, machine.ports),
        };
        [
            shortfall(Resource::OpenFiles, self.open_files, machine.open_files),
            shortfall(more_addresses, self.ports, ports),
            shortfall(Resource::Threads, self.threads, machine.threads),
            shortfall(Resource::Memory, self.memory, machine.memory),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Something of which a run needs more than there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    what: Resource,
    needed: u64,
    there: u64,
    system: System,
    less: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    OpenFiles,
    /// The addresses that would be enough for the server.
    Ports {
        addresses: usize,
    },
    Threads,
    Memory,
}

impl Shortfall {
    /// The same in a few words, for a list.
    #[must_use]
    pub fn brief(&self) -> Localized {
        let Self { what, needed, there, .. } = self;
        match what {
            Resource::OpenFiles => localized!(
                "needs {needed} open files, more than the {there} allowed",
                "需要打开 {needed} 个文件，上限 {there}",
            ),
            Resource::Ports { .. } => localized!(
                "needs {needed} local ports, more than the {there} available",
                "需要 {needed} 个本地端口，只有 {there}",
            ),
            Resource::Threads => localized!(
                "needs {needed} threads, more than the {there} allowed",
                "需要 {needed} 个线程，上限 {there}",
            ),
            Resource::Memory => {
                let [needed, there] = [*needed, *there].map(units::megabytes);
                localized!(
                    "needs {needed} of memory, and {there} is free",
                    "需要 {needed} 内存，空闲内存 {there}",
                )
            }
        }
    }

    /// A sentence on what will not fit, in lines of a terminal's width, and on the last
    /// line the command that mends it.
    #[must_use]
    pub fn sentence(&self) -> Localized {
        let Self { what, needed, there, system, less } = self;
        match what {
            Resource::OpenFiles => {
                let more = more_files(*system, *needed, less);
                localized!(
                    "needs {needed} open files, and this process may have only {there}:\n\
                     requests may fail as no-files. To allow more:\n  {more}",
                    "需要打开 {needed} 个文件，而本进程最多 {there} 个：\n\
                     请求可能因 no-files 而失败。提高上限：\n  {more}",
                )
            }
            Resource::Ports { addresses } => {
                let Localized { en, zh } =
                    more_ports(*system, *needed, *addresses, less);
                localized!(
                    "needs {needed} local ports, and this machine has only {there}:\n\
                     requests may fail as no-ports. To allow more:\n  {en}",
                    "需要 {needed} 个本地端口，而本机只有 {there} 个：\n\
                     请求可能因 no-ports 而失败。增加端口：\n  {zh}",
                )
            }
            Resource::Threads => localized!(
                "needs {needed} threads, and this process may have only {there}.\n\
                 To allow more:\n  ulimit -u {needed}   (in a container, its limit on processes)",
                "需要 {needed} 个线程，而本进程最多 {there} 个。\n\
                 提高上限：\n  ulimit -u {needed}   （在容器里则是它的进程数上限）",
            ),
            Resource::Memory => {
                let [needed, there] = [*needed, *there].map(units::megabytes);
                localized!(
                    "needs about {needed} of memory, and {there} is free:\n\
                     the system may kill it. To use less:\n  {less}",
                    "大约需要 {needed} 内存，而空闲内存只有 {there}：\n\
                     系统可能会终止它。减少用量：\n  {less}",
                )
            }
        }
    }
}

/// Ports from 1024 on are anybody's, and 65535 is the last one.
const MAX_PORTS: u64 = 65_535 - 1024 + 1;

/// How to let a process open this many files. The soft limit is raised already, so it is
/// the hard one that is too low.
pub(crate) fn more_files(system: System, files: u64, less: &str) -> String {
    match system {
        System::Linux => format!("sudo prlimit --nofile={files} --pid $$"),
        System::MacOs => {
            format!("sudo sysctl -w kern.maxfilesperproc={files}; ulimit -n {files}")
        }
        // There the bound is memory.
        System::Windows => less.to_owned(),
    }
}

/// How to have more local ports.
fn more_ports(
    system: System,
    ports: u64,
    addresses: usize,
    less: &str,
) -> Localized {
    let command = match system {
        System::Linux | System::Windows => {
            format!("cargo run -p slow-server -- --addresses {addresses}")
        }
        System::MacOs if ports > MAX_PORTS => {
            return localized!(
                "no machine has more than {MAX_PORTS} for one address: {less}",
                "任何机器对同一个地址最多只有 {MAX_PORTS} 个端口：{less}",
            );
        }
        System::MacOs => {
            "sudo sysctl -w net.inet.ip.portrange.first=1024".to_owned()
        }
    };
    Localized::same(command)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn n(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn machine(system: System) -> Machine {
        Machine {
            system,
            open_files: Some(1024),
            ports: Some(16_384),
            threads: Some(100),
            memory: Some(1 << 30),
        }
    }

    fn said(layout: &Layout, requests: usize, machine: &Machine) -> String {
        let shortages =
            ResourceEstimate::of(layout, requests, None).exceeding(machine, 1);
        let said: Vec<_> = shortages.iter().map(|one| one.sentence().en).collect();
        said.join("\n")
    }

    #[test]
    fn a_plan_that_fits_is_not_spoken_of() {
        for layout in [
            Layout::one_by_one(n(100)),
            Layout::pool(n(100), n(8), n(1)),
            Layout::queue(n(900), None),
            Layout::partitioned(n(900), n(8), None),
        ] {
            assert_eq!(said(&layout, 100, &machine(System::Linux)), "");
        }
    }

    #[test]
    fn a_task_of_one_of_several_runtimes_takes_more() {
        let memory = |runtimes| {
            let layout = Layout::partitioned(n(1000), n(runtimes), None);
            ResourceEstimate::of(&layout, 1000, None).memory
        };
        assert!(memory(2) - memory(1) >= 1000 * MEMORY_OF_A_POOLED_TASK);
    }

    #[test]
    fn what_does_not_fit_is_named_with_the_command_that_mends_it() {
        let layout = Layout::queue(n(60_000), None);
        for (system, files, ports) in [
            (
                System::Linux,
                "prlimit --nofile=60068",
                "slow-server -- --addresses 8",
            ),
            (
                System::MacOs,
                "kern.maxfilesperproc=60068",
                "net.inet.ip.portrange.first",
            ),
            (System::Windows, "--concurrency", "slow-server -- --addresses 8"),
        ] {
            let said = said(&layout, 60_000, &machine(system));
            assert!(said.contains("needs 60068 open files"), "{said}");
            assert!(said.contains(files), "{said}");
            assert!(said.contains("needs 60000 local ports"), "{said}");
            assert!(said.contains(ports), "{said}");
            assert!(said.contains("needs about 1530.1 MB"), "{said}");
            assert!(
                !said.contains("threads"),
                "one thread has all of these: {said}"
            );
        }
        let all =
            said(&Layout::queue(n(70_000), None), 70_000, &machine(System::MacOs));
        assert!(all.contains("no machine has more than 64512"), "{all}");
    }

    #[test]
    fn more_addresses_of_the_server_give_more_ports() {
        let needs =
            ResourceEstimate::of(&Layout::queue(n(40_000), None), 40_000, None);
        let machine = Machine { open_files: None, ..machine(System::Linux) };
        let small = |addresses| needs.exceeding(&machine, addresses);
        assert!(
            small(2)
                .iter()
                .any(|shortfall| shortfall.brief().en.contains("than the 32768"))
        );
        assert!(
            small(3).iter().all(|shortfall| !shortfall.brief().en.contains("ports"))
        );
        // Half of the ports of each: the others are slow to find.
        assert_eq!(needs.addresses(&machine), 5);
        let macos = Machine { system: System::MacOs, ..machine };
        assert_eq!(needs.addresses(&macos), 1);
    }

    #[test]
    fn a_slot_of_a_pool_is_a_thread_and_a_slot_of_a_runtime_is_not() {
        let pool = Layout::pool(n(200), n(200), n(1));
        assert!(said(&pool, 200, &machine(System::Linux)).contains("208 threads"));
        let runtimes = Layout::partitioned(n(200), n(2), None);
        assert_eq!(said(&runtimes, 200, &machine(System::Linux)), "");
    }

    #[test]
    fn what_to_ask_for_less_of_is_an_option_that_the_client_has() {
        let small = Machine { memory: Some(1000), ..machine(System::Linux) };
        for (layout, less) in [
            (Layout::one_by_one(n(9)), "\n  a smaller --requests"),
            (Layout::pool(n(9), n(8), n(1)), "\n  fewer --threads, or a smaller"),
            (Layout::queue(n(9), None), "\n  --concurrency N, or a smaller"),
        ] {
            let said = said(&layout, 9, &small);
            assert!(said.contains(less), "{said}");
        }
    }

    #[test]
    fn what_just_fits_is_not_spoken_of() {
        let needs = ResourceEstimate::of(&Layout::queue(n(100), None), 100, None);
        let open_files = Some(needs.open_files);
        let just = Machine { open_files, ..machine(System::Linux) };
        assert_eq!(needs.exceeding(&just, 1), []);
        let less = Machine { open_files: Some(needs.open_files - 1), ..just };
        assert_eq!(needs.exceeding(&less, 1).len(), 1);
    }

    #[test]
    fn where_no_limit_is_known_everything_fits() {
        let (open_files, ports, threads, memory) = (None, None, None, None);
        let system = System::Windows;
        let machine = Machine { system, open_files, ports, threads, memory };
        assert_eq!(
            said(&Layout::queue(n(1_000_000), None), 1_000_000, &machine),
            ""
        );
    }
}
