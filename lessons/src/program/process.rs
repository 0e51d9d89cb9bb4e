//! A student's program as it runs: what it says is read as it comes, and nothing of it is
//! left running in the end.

use std::io::{self, BufRead as _, BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::program::orphans;

/// The lines that are kept of each of its streams.
const MOST_LINES: usize = 200;

/// The bytes that are kept of a line.
const LONGEST_LINE: u64 = 400;

/// How long the streams of a program that has ended are read, at most. They end with it,
/// unless something that it started has them too.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What each program of a lesson has in its environment.
const SURROUNDINGS: [(&str, &str); 3] = [
    // The server is on this machine, whatever way the network has to others.
    ("NO_PROXY", "127.0.0.1"),
    ("no_proxy", "127.0.0.1"),
    // A backtrace is more than fits on a slide, and the panic's own line says it.
    ("RUST_BACKTRACE", "0"),
];

/// A program that was started, with all that it starts itself. It is ended when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    mark: String,
    words: Arc<Mutex<Output>>,
    readers: Vec<JoinHandle<()>>,
}

/// What a program has said so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    /// Lines with the text of the page.
    pub(crate) shown: usize,
    /// Lines that say that a request was begun.
    pub(crate) begun: usize,
    /// Glyphs of something else that gets its turn.
    pub(crate) ticks: usize,
    /// Standard output, as far as it is kept, without the ticks.
    pub(crate) output: Vec<String>,
    /// Standard error, as far as it is kept: the first lines, where a panic says why.
    pub(crate) complaints: Vec<String>,
    /// Lines that were not kept.
    pub(crate) left_out: usize,
}

impl Program {
    /// Starts the program, which is to fetch this page so many times.
    ///
    /// Errors: it cannot be started.
    pub(crate) fn start(
        executable: &Path,
        url: &str,
        requests: NonZeroUsize,
    ) -> anyhow::Result<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let mark = orphans::mark(number);
        let mut command = command(executable, url, requests, &mark);
        command.stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", executable.display()))?;
        let words = Arc::default();
        let output =
            child.stdout.take().map(|pipe| read(pipe, &words, Output::hear));
        let errors =
            child.stderr.take().map(|pipe| read(pipe, &words, Output::complain));
        let readers = output.into_iter().chain(errors).collect();
        Ok(Self { child, mark, words, readers })
    }

    /// What it has said until now.
    pub(crate) fn words(&self) -> Output {
        lock(&self.words).clone()
    }

    /// How it ended, if it has.
    ///
    /// Errors: the system has lost sight of it.
    pub(crate) fn has_ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child.try_wait().context("lost sight of the program")
    }

    /// Ends it, and whatever it has started; a program that has ended itself leaves only the
    /// latter. Tells what it has said, and how many of its processes were left.
    pub(crate) fn end(mut self) -> (Output, usize) {
        let left = self.end_all();
        let began = Instant::now();
        while self.readers.iter().any(|reader| !reader.is_finished())
            && began.elapsed() < LAST_WORDS
        {
            thread::sleep(Duration::from_millis(1));
        }
        (self.words(), left)
    }

    fn end_all(&mut self) -> usize {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let left = orphans::end(&self.mark);
        orphans::end_group(self.child.id());
        left
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end_all();
    }
}

/// How a program of a lesson is started: with what it is told, with its mark, and with its
/// output for us.
pub(crate) fn command(
    executable: &Path,
    url: &str,
    requests: NonZeroUsize,
    mark: &str,
) -> Command {
    let mut command = Command::new(executable);
    command
        .env(lesson_kit::URL, url)
        .env(lesson_kit::REQUESTS, requests.to_string())
        .env(orphans::MARK, mark)
        .envs(SURROUNDINGS)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    // In a group of its own, so that Ctrl-C reaches us alone, and we end it with its children.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

impl Output {
    fn hear(&mut self, line: &str) {
        if line == "tick" {
            self.ticks += 1;
            return;
        }
        self.shown += usize::from(line.contains(slow_server::PAGE_TEXT));
        self.begun += usize::from(line.starts_with("Waiting"));
        if self.output.len() < MOST_LINES {
            self.output.push(line.to_owned());
        } else {
            self.left_out += 1;
        }
    }

    fn complain(&mut self, line: &str) {
        if self.complaints.len() < MOST_LINES {
            self.complaints.push(line.to_owned());
        } else {
            self.left_out += 1;
        }
    }
}

/// Reads a stream line by line, on a thread of its own, so that the program never waits for
/// its reader.
fn read(
    pipe: impl Read + Send + 'static,
    words: &Arc<Mutex<Output>>,
    take: fn(&mut Output, &str),
) -> JoinHandle<()> {
    let words = Arc::clone(words);
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        // A stream that breaks has said what it had to say.
        while let Ok(Some(line)) = next_line(&mut pipe) {
            take(&mut lock(&words), &line);
        }
    })
}

/// The start of the next line, however long it is; `None` at the end.
fn next_line(pipe: &mut BufReader<impl Read>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if pipe.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        pipe.skip_until(b'\n')?;
    }
    let line = String::from_utf8_lossy(&line);
    // What commands a terminal is not passed on to it.
    Ok(Some(line.trim_end().replace(|c: char| c.is_control() && c != '\t', "?")))
}

fn lock(words: &Mutex<Output>) -> MutexGuard<'_, Output> {
    // No code under this lock can panic half-way through a change.
    words.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(lines[0].len() as u64, LONGEST_LINE);
        assert_eq!(lines[1..], ["Hello!", "last"]);
    }

    #[test]
    fn lines_are_counted_beyond_those_that_are_kept() {
        let mut words = Output::default();
        for _ in 0..1000 {
            words.hear("tick");
            words.hear("page 1: Hello!");
        }
        assert_eq!((words.shown, words.ticks), (1000, 1000));
        assert_eq!(words.output.len(), MOST_LINES);
        assert_eq!(words.left_out, 1000 - MOST_LINES);
    }

    #[test]
    fn a_command_to_the_terminal_is_not_passed_on() {
        let mut pipe = BufReader::new(&b"\x1b[2Jgone\n"[..]);
        assert_eq!(next_line(&mut pipe).unwrap().unwrap(), "?[2Jgone");
    }
}
