//! Processes that a student's program started and left running, whatever group or session they
//! have moved to: they inherit the tag of the program in their environment. Those that were
//! started with an empty environment are found by the process group of a tagged one.

use std::thread;
use std::time::Duration;

use sysinfo::{
    Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind,
};

/// The environment variable that holds the tag.
pub(crate) const VARIABLE: &str = "LESSON_RUN";

/// How often to look again, for processes that were started while others were killed.
const ROUNDS: usize = 20;

/// The tag of a program that this process starts: its process id and this number.
pub(crate) fn tag(number: usize) -> String {
    format!("{}-{number}", std::process::id())
}

/// Kills all processes with this tag; returns their number.
pub(crate) fn kill(tag: &str) -> usize {
    kill_where(|found| found == tag)
}

/// Kills all programs that this process has started, and all that these have started.
pub(crate) fn kill_all() {
    kill_where(|tag| owner(tag) == Some(Pid::from_u32(std::process::id())));
}

/// Kills what was started by checkers that could not: they were killed themselves.
pub(crate) fn kill_abandoned() {
    kill_where(|tag| owner(tag).is_some_and(|owner| !is_running(owner)));
}

/// The process that has given this tag.
fn owner(tag: &str) -> Option<Pid> {
    tag.split('-').next()?.parse().ok()
}

fn is_running(process: Pid) -> bool {
    // Asked anew, since it may have started after the others were listed.
    let mut system = System::new();
    system.refresh_processes(ProcessesToUpdate::Some(&[process]), true);
    system.process(process).is_some()
}

fn kill_where(is_wanted: impl Fn(&str) -> bool) -> usize {
    let environments =
        ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
    let mut system = System::new();
    let mut killed = 0;
    for _ in 0..ROUNDS {
        system.refresh_processes_specifics(
            ProcessesToUpdate::All,
            true,
            environments,
        );
        let tagged = system.processes().values().filter(|process| {
            process.thread_kind().is_none()
                && tag_of(process).is_some_and(&is_wanted)
        });
        let killing = tagged.filter(|process| {
            kill_group(process.pid().as_u32());
            process.kill()
        });
        let count = killing.count();
        if count == 0 {
            break;
        }
        killed += count;
        // The system takes a moment to end them.
        thread::sleep(Duration::from_millis(10));
    }
    killed
}

/// The tag in the environment of a process. A zombie has no environment.
fn tag_of(process: &Process) -> Option<&str> {
    let mut variables = process.environ().iter().filter_map(|v| v.to_str());
    variables.find_map(|v| v.strip_prefix(VARIABLE)?.strip_prefix('='))
}

/// Kills the process group that this process leads, if it leads one.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "only Unix has process groups")
)]
pub(crate) fn kill_group(leader: u32) {
    #[cfg(unix)]
    if let Ok(leader) = i32::try_from(leader) {
        use nix::sys::signal::{Signal, killpg};

        // Fails if there is none, or it has ended.
        let _ = killpg(nix::unistd::Pid::from_raw(leader), Signal::SIGKILL);
    }
}
