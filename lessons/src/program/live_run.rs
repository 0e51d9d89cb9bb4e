//! Runs a program against a server that takes its time, and passes on what it prints as it
//! prints it.

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use parking_lot::Mutex;
use slow_server::{Background, Config, ResponseGate};
use units::{Localized, localized};

use super::{interrupts, orphans, process, server};
use crate::errors::cannot_start;
use crate::pack::Exercise;

/// The delay of the page: long enough to be seen, short enough to be watched.
const DELAY: Duration = Duration::from_millis(500);

/// When the response comes that comes last.
const LAST: Duration = Duration::from_secs(3);

/// How often to look whether the program has ended.
const POLL: Duration = Duration::from_millis(10);

fn no_thread() -> Localized {
    localized!("cannot start a thread for the program", "无法为程序启动线程")
}

/// Runs a program that fetches the page so many times.
///
/// # Errors
///
/// There is no port, thread or process left for it, or its output cannot be passed on.
pub(crate) fn run(
    out: &mut impl Write,
    executable: &Path,
    requests: NonZeroUsize,
) -> anyhow::Result<ExitStatus> {
    run_against(out, executable, requests, Config::default())
}

/// Runs the program of an exercise. The server fails, is full and keeps an answer back as it
/// does in a check; where it keeps one back, the others come at once.
///
/// # Errors
///
/// Those of [`run`].
pub(crate) fn run_exercise(
    out: &mut impl Write,
    executable: &Path,
    exercise: &Exercise,
) -> anyhow::Result<ExitStatus> {
    let script = &exercise.server;
    let kept_back = script.last.or(script.never);
    let gate = kept_back.map(|request| ResponseGate::only(request as u64));
    if let (Some(_), Some(gate)) = (script.last, gate.clone()) {
        let open = move || {
            thread::sleep(LAST);
            gate.open();
        };
        thread::Builder::new().spawn(open).with_context(no_thread)?;
    }
    let config = server::config(script, &ResponseGate::default());
    let config = Config { gate, journal: false, ..config };
    run_against(out, executable, script.requests, config)
}

fn run_against(
    out: &mut impl Write,
    executable: &Path,
    requests: NonZeroUsize,
    config: Config,
) -> anyhow::Result<ExitStatus> {
    let server =
        Background::start(Config { delay: DELAY, ..config }).context(localized!(
            "cannot start the server for the program",
            "无法为程序启动服务器",
        ))?;
    // No check runs meanwhile, and programs run one after another: the number is free.
    let tag = orphans::tag(0);
    let mut command = process::command(executable, &server.url(), requests, &tag);
    let mut program = command.spawn().with_context(|| cannot_start(executable))?;
    // Its output is passed on and not inherited: a reader that leaves, as `head` does, would
    // make it panic.
    let mut stdout = program.stdout.take();
    let group = program.id();
    let program = Mutex::new(program);
    let end = || {
        // Fails only if it has ended already.
        let _ = program.lock().kill();
        orphans::kill(&tag);
        orphans::kill_group(group);
    };
    let (passed_on, status) = thread::scope(|scope| {
        let wait = || loop {
            // Nobody else could end it during `wait`.
            let status = program.lock().try_wait();
            if let Some(status) = status.transpose() {
                // What it has started may have its output, too, which otherwise would not end.
                end();
                return status;
            }
            thread::sleep(POLL);
        };
        let waiting = thread::Builder::new().spawn_scoped(scope, wait);
        let waiting = waiting.inspect_err(|_| end()).with_context(no_thread)?;
        let passed_on = pass_on(out, stdout.as_mut());
        // While its output is still open, so that it has no cause to complain.
        if passed_on.is_err() || units::stdout_is_closed() {
            end();
        }
        let status = waiting.join();
        let status = status.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        anyhow::Ok((passed_on, status))
    })?;
    interrupts::wait_if_exiting();
    passed_on?;
    // That it was ended is no fault of its own.
    if units::stdout_is_closed() {
        return Ok(ExitStatus::default());
    }
    status.with_context(|| {
        let program = executable.display();
        localized!("cannot wait for {program}", "无法等待 {program} 结束")
    })
}

fn pass_on(out: &mut impl Write, pipe: Option<impl Read>) -> io::Result<()> {
    let Some(mut pipe) = pipe else { return Ok(()) };
    let mut bytes = [0; 4096];
    loop {
        match pipe.read(&mut bytes)? {
            0 => return Ok(()),
            read => out.write_all(&bytes[..read])?,
        }
        out.flush()?;
        if units::stdout_is_closed() {
            return Ok(());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// By neither its environment nor its process group.
    #[test]
    fn a_program_that_no_tag_leads_to_is_ended_with_its_reader() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| folder.path().join(name);
        let (program, by_itself) = (file("program"), file("by-itself"));
        fs::write(
            &program,
            format!(
                "#!/bin/sh\nexec env -i \"$(command -v python3)\" -c '\
                 import os, time; os.setpgid(0, os.getpgid(os.getppid())); \
                 print(\"x\", flush=True); time.sleep(5); open(\"{}\", \"w\")'\n",
                by_itself.display()
            ),
        )
        .unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut full = &mut [][..];
        run(&mut full, &program, NonZeroUsize::MIN).unwrap_err();
        assert!(!by_itself.exists(), "it was waited for");
    }
}
