//! Processes that a student's program started and left running. They have the mark of their
//! program in their environment, whatever group or session they have moved to.

use std::thread;
use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

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
    marked.filter(|process| process.kill()).count()
}
