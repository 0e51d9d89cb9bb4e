//! A student's program as it runs: its output is read as it comes, and nothing of it is left
//! running in the end.

use std::io::{self, BufRead as _, BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use parking_lot::Mutex;
use units::localized;

use super::orphans;
use super::output::Output;
use crate::errors::cannot_start;

/// The bytes that are read of a line: all results of a program may stand on one.
const MAX_LINE: u64 = 1 << 16;

/// How long the streams of a program that has ended are read, at most. They end with it,
/// unless a process that it started has them too.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The environment of each program of a lesson.
const ENVIRONMENT: [(&str, &str); 3] = [
    // The server is on this machine, whatever proxy there is for others.
    ("NO_PROXY", "127.0.0.1"),
    ("no_proxy", "127.0.0.1"),
    // A backtrace is more than fits on a slide, and the panic's own line says it.
    ("RUST_BACKTRACE", "0"),
];

/// A program that was started, with all that it starts itself. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    tag: String,
    output: Arc<Mutex<Output>>,
    readers: Vec<JoinHandle<()>>,
}

impl Program {
    /// Starts the program, which is to fetch this page so many times.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub(crate) fn start(
        executable: &Path,
        url: &str,
        requests: NonZeroUsize,
    ) -> anyhow::Result<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let tag = orphans::tag(STARTED.fetch_add(1, Ordering::Relaxed));
        let mut command = command(executable, url, requests, &tag);
        command.stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| cannot_start(executable))?;
        let output = Arc::default();
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let readers = [
            stdout.map(|pipe| read(pipe, &output, Output::on_stdout)),
            stderr.map(|pipe| read(pipe, &output, Output::on_stderr)),
        ];
        let mut program = Self { child, tag, output, readers: Vec::new() };
        let readers: io::Result<_> = readers.into_iter().flatten().collect();
        program.readers = readers.context(localized!(
            "cannot read the program's output",
            "无法读取程序的输出",
        ))?;
        Ok(program)
    }

    /// Its output until now.
    pub(crate) fn output(&self) -> Output {
        self.output.lock().clone()
    }

    /// Its exit status, if it has ended.
    ///
    /// # Errors
    ///
    /// The system has lost sight of it.
    pub(crate) fn try_wait(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .context(localized!("cannot wait for the program", "无法等待程序结束"))
    }

    /// Kills it, and what it has started; a program that has ended by itself leaves only the
    /// latter. Returns its output, and how many of its processes were left.
    pub(crate) fn end(&mut self) -> (Output, usize) {
        let orphans = self.kill();
        let ended = Instant::now();
        while self.readers.iter().any(|reader| !reader.is_finished())
            && ended.elapsed() < DRAIN_TIMEOUT
        {
            thread::sleep(Duration::from_millis(1));
        }
        (self.output(), orphans)
    }

    fn kill(&mut self) -> usize {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let orphans = orphans::kill(&self.tag);
        orphans::kill_group(self.child.id());
        orphans
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The command that starts a program of a lesson, with this tag and its output piped.
pub(crate) fn command(
    executable: &Path,
    url: &str,
    requests: NonZeroUsize,
    tag: &str,
) -> Command {
    let mut command = Command::new(executable);
    command
        .env(lesson_kit::URL, url)
        .env(lesson_kit::REQUESTS, requests.to_string())
        .env(orphans::VARIABLE, tag)
        .envs(ENVIRONMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    // A group of its own: Ctrl-C reaches only us, and it can be killed with its children.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Reads a stream line by line, on a thread of its own, so that the program never waits for
/// its reader.
fn read(
    pipe: impl Read + Send + 'static,
    output: &Arc<Mutex<Output>>,
    on_line: fn(&mut Output, String),
) -> io::Result<JoinHandle<()>> {
    let output = Arc::clone(output);
    thread::Builder::new().spawn(move || {
        let mut pipe = BufReader::new(pipe);
        // A stream that breaks is over.
        while let Ok(Some(line)) = next_line(&mut pipe) {
            on_line(&mut output.lock(), line);
        }
    })
}

/// The start of the next line, however long it is; `None` at the end.
fn next_line(pipe: &mut BufReader<impl Read>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if pipe.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        pipe.skip_until(b'\n')?;
    }
    let line = String::from_utf8_lossy(&line);
    // Escape sequences would reach the terminal.
    Ok(Some(line.trim_end().replace(|c: char| c.is_control() && c != '\t', "?")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_megabyte_is_one_line_and_most_of_it_is_left_out() {
        let text = format!("{}\nHello!\nlast", "x".repeat(1 << 20));
        let mut pipe = BufReader::new(text.as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut pipe).unwrap() {
            lines.push(line);
        }
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].len() as u64, MAX_LINE);
        assert_eq!(lines[1..], ["Hello!", "last"]);
    }

    #[test]
    fn results_on_one_long_line_are_all_counted_and_some_are_kept() {
        let pages = format!("{:?}", ["Hello!"; 1000]);
        let output = Arc::default();
        let pipe = io::Cursor::new(pages.clone());
        read(pipe, &output, Output::on_stdout).unwrap().join().unwrap();
        let output = output.lock();
        assert_eq!(output.shown, 1000);
        assert!(pages.starts_with(&output.stdout[0]) && output.stdout[0] < pages);
    }

    #[test]
    fn a_command_to_the_terminal_is_not_passed_on() {
        let mut pipe = BufReader::new(&b"\x1b[2Jgone\n"[..]);
        assert_eq!(next_line(&mut pipe).unwrap().unwrap(), "?[2Jgone");
    }
}
