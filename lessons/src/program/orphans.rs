//! Processes that a student's program started and left running. They have the mark of their
//! program in their environment, whatever group or session they have moved to, or are in its
//! group.

use std::thread;
use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// The environment variable that holds the mark.
pub(crate) const MARK: &str = "LESSON_RUN";

/// How often it is looked for those that were started while the others were ended.
const ROUNDS: usize = 20;

/// The mark of a program that this process started, which no other has.
pub(crate) fn mark(number: usize) -> String {
    format!("{}{number}", prefix())
}

/// What all marks of this process begin with.
fn prefix() -> String {
    format!("{}-", std::process::id())
}

/// Ends all that any program of this process has started, and the programs too.
pub(crate) fn end_all() -> usize {
    let prefix = format!("{MARK}={}", prefix());
    end_where(|variable| variable.starts_with(&prefix))
}

/// Ends what was started by checkers that are gone: one that was killed could not.
pub(crate) fn end_abandoned() {
    end_where(|variable| owner(variable).is_some_and(|owner| !is_there(owner)));
}

/// The process whose mark this variable is.
fn owner(variable: &str) -> Option<Pid> {
    let mark = variable.strip_prefix(MARK)?.strip_prefix('=')?;
    mark.split('-').next()?.parse().ok()
}

fn is_there(process: Pid) -> bool {
    // Looked at anew, since it may have begun after the others were looked at.
    let mut system = System::new();
    system.refresh_processes(ProcessesToUpdate::Some(&[process]), true);
    system.process(process).is_some()
}

/// Ends all processes with this mark; tells how many there were.
pub(crate) fn end(mark: &str) -> usize {
    let wanted = format!("{MARK}={mark}");
    end_where(|variable| variable == wanted)
}

fn end_where(is_marked: impl Fn(&str) -> bool) -> usize {
    let mut system = System::new();
    let mut ended = 0;
    for _ in 0..ROUNDS {
        let running = kill_all(&mut system, &is_marked);
        if running == 0 {
            break;
        }
        ended += running;
        // They are gone when the system has got round to it, and then looked for again.
        thread::sleep(Duration::from_millis(10));
    }
    ended
}

fn kill_all(system: &mut System, is_marked: impl Fn(&str) -> bool) -> usize {
    let kind = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
    let marked = system.processes().values().filter(|process| {
        // A process that has ended is there until its parent asks, without an environment.
        let mut variables = process.environ().iter().filter_map(|v| v.to_str());
        process.thread_kind().is_none() && variables.any(&is_marked)
    });
    let killed = marked.filter(|process| {
        end_group(process.pid().as_u32());
        process.kill()
    });
    killed.count()
}

/// Ends the group that this process leads, if it leads one. What was started there with an
/// empty environment has no mark.
#[cfg(unix)]
pub(crate) fn end_group(leader: u32) {
    use nix::sys::signal::{Signal, killpg};

    if let Ok(leader) = i32::try_from(leader) {
        // There is none, or it has ended.
        let _ = killpg(nix::unistd::Pid::from_raw(leader), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
pub(crate) fn end_group(_leader: u32) {}
