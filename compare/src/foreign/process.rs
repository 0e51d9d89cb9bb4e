//! The process of a foreign program: none of its processes remains in the end, and only the last
//! lines of its output are kept.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use parking_lot::Mutex;
use units::localized;

use super::processes::{self, ProcessTree};

/// How long the output of a program that has ended is read, at most. It ends with the program,
/// unless a process that was not found has it too.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The lines of output that are kept, and the bytes of each.
const LINES: usize = 5;
const LINE_BYTES: usize = 200;

/// A program that was started, with all that it starts itself. It is killed when dropped.
pub(crate) struct ForeignProcess {
    child: Child,
    began: Instant,
    tag: String,
    tree: ProcessTree,
    // Of standard output and of standard error.
    output: [Arc<Mutex<LastLines>>; 2],
    readers: Vec<JoinHandle<()>>,
    // Another process may have its id by the time it is dropped.
    is_killed: bool,
}

/// A program that has ended, or was killed.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` if the system does not report it.
    pub(crate) status: Option<ExitStatus>,
    /// From its start to its end.
    pub(crate) took: Duration,
    /// The last lines that it printed, those on standard error after the others.
    pub(crate) output: Vec<String>,
    /// Processes that it left running when it ended by itself, and that were killed.
    pub(crate) left_running: usize,
    /// What its processes were seen to use.
    pub(crate) tree: ProcessTree,
}

impl ForeignProcess {
    /// # Errors
    ///
    /// There is no such program, or it cannot be started.
    pub(crate) fn start(
        mut command: Command,
        server_port: u16,
    ) -> anyhow::Result<Self> {
        let tag = processes::new_tag();
        command
            .env(processes::TAG, &tag)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A group of its own: Ctrl-C reaches it through us, and it can be killed as a whole.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let program = command.get_program().display().to_string();
        let began = Instant::now();
        let mut child = command.spawn().with_context(|| {
            localized!("cannot start {program}", "无法启动 {program}")
        })?;
        let output = <[_; 2]>::default();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let tree = ProcessTree::new(child.id(), server_port);
        let mut process = Self {
            child,
            began,
            tag,
            tree,
            output,
            readers: Vec::new(),
            is_killed: false,
        };
        let readers: io::Result<_> = [
            stdout.map(|pipe| read(pipe, &process.output[0])),
            stderr.map(|pipe| read(pipe, &process.output[1])),
        ]
        .into_iter()
        .flatten()
        .collect();
        process.readers = readers.context(localized!(
            "cannot read a program's output",
            "无法读取程序的输出"
        ))?;
        Ok(process)
    }

    /// Looks whether it has ended, and if not, at what its processes use.
    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        let status = self.child.try_wait().context(localized!(
            "cannot tell whether a program is still running",
            "无法得知程序是否还在运行"
        ))?;
        if status.is_none() {
            self.tree.look();
        }
        Ok(status.is_some())
    }

    /// Time since it was started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Passes Ctrl-C on to it and to all that it has started.
    pub(crate) fn interrupt(&mut self) {
        #[cfg(unix)]
        processes::signal_group(self.child.id(), nix::sys::signal::Signal::SIGINT);
        // Windows has no signal to pass on.
        #[cfg(not(unix))]
        let _ = self.child.kill();
    }

    /// Kills it if it still runs, and what it has left running.
    pub(crate) fn end(mut self) -> Ended {
        let took = self.began.elapsed();
        let (status, left_running) = self.kill();
        let ended = Instant::now();
        while self.readers.iter().any(|reader| !reader.is_finished())
            && ended.elapsed() < DRAIN_TIMEOUT
        {
            thread::sleep(Duration::from_millis(1));
        }
        let lines = self.output.iter().map(|stream| stream.lock().finish());
        let lines: Vec<_> = lines.collect::<Vec<_>>().concat();
        let output = lines[lines.len().saturating_sub(LINES)..].to_vec();
        let tree = std::mem::take(&mut self.tree);
        Ended { status, took, output, left_running, tree }
    }

    fn kill(&mut self) -> (Option<ExitStatus>, usize) {
        let by_itself = matches!(self.child.try_wait(), Ok(Some(_)));
        if by_itself {
            processes::wait_for_the_end_of(&self.tag);
        }
        // Fails only if it has ended already.
        let _ = self.child.kill();
        let status = self.child.wait().ok();
        let killed = processes::kill_left(self.child.id(), &self.tag);
        self.is_killed = true;
        (status, if by_itself { killed } else { 0 })
    }
}

impl Drop for ForeignProcess {
    fn drop(&mut self) {
        if !self.is_killed {
            self.kill();
        }
    }
}

/// The last lines of an output of any length.
#[derive(Debug, Default)]
struct LastLines {
    lines: VecDeque<String>,
    // The start of the line that has not ended yet.
    line: Vec<u8>,
}

impl LastLines {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\n' => self.end_line(),
                _ if self.line.len() < LINE_BYTES => self.line.push(byte),
                _ => {}
            }
        }
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        // Escape sequences would reach the terminal.
        let line =
            line.trim_end().replace(|c: char| c.is_control() && c != '\t', "?");
        self.line.clear();
        if !line.is_empty() {
            self.lines.push_back(line);
        }
        if self.lines.len() > LINES {
            self.lines.pop_front();
        }
    }

    fn finish(&mut self) -> Vec<String> {
        self.end_line();
        self.lines.drain(..).collect()
    }
}

/// Reads a stream to its end on a thread of its own, so that the program never waits for its
/// reader.
fn read(
    mut pipe: impl Read + Send + 'static,
    output: &Arc<Mutex<LastLines>>,
) -> io::Result<JoinHandle<()>> {
    let output = Arc::clone(output);
    thread::Builder::new().spawn(move || {
        let mut bytes = [0; 8192];
        // A stream that breaks is over.
        while let Ok(read @ 1..) = pipe.read(&mut bytes) {
            output.lock().add(&bytes[..read]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_output_the_last_lines_are_kept_and_the_start_of_each() {
        let mut output = LastLines::default();
        for number in 0..100_000 {
            output.add(format!("line {number}\n\n").as_bytes());
        }
        output.add("x".repeat(1 << 20).as_bytes());
        output.add(b"\n\x1b[2Jno end");
        let lines = output.finish();
        assert_eq!(lines[..3], ["line 99997", "line 99998", "line 99999"]);
        assert_eq!(lines[3], "x".repeat(LINE_BYTES));
        assert_eq!(lines[4], "?[2Jno end");
    }
}
