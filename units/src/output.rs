//! Standard output and standard error, as every program of the workspace writes to them.
//!
//! A closed pipe changes nothing: its output is dropped, and the run or the check continues to its
//! own exit status. Any other failure is an error that says so.
#![expect(
    clippy::disallowed_methods,
    reason = "all others get the streams from here"
)]

use std::fmt::{self, Display};
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anstream::adapter::StripBytes;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use crate::ascii;
use crate::environment::{has_unicode, moves_cursor, variable};
use crate::language::Localized;
use crate::localized;

/// Standard output or standard error.
#[derive(Debug)]
pub struct Output<W> {
    stream: Stream,
    writer: W,
    is_ascii: bool,
    // For colours that cannot be seen. Done here, where a write that is to be tried again has
    // its bytes as they are: the library would begin with the text anew.
    strip: Option<StripBytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// Standard output, for people: with colours where they can be seen, in ASCII where the locale
/// has no Unicode.
#[must_use]
pub fn stdout() -> Output<impl Write> {
    for_people(Stream::Stdout, io::stdout())
}

/// Standard error, likewise.
#[must_use]
pub fn stderr() -> Output<impl Write> {
    for_people(Stream::Stderr, io::stderr())
}

/// With its colours, where they can be seen: not on a terminal that is dumb, which one without
/// a name is taken for.
fn for_people<S: RawStream>(stream: Stream, writer: S) -> Output<AutoStream<S>> {
    let can_show = moves_cursor() || variable("CLICOLOR_FORCE").is_some();
    let choice =
        if can_show { AutoStream::choice(&writer) } else { ColorChoice::Never };
    let is_ascii = !has_unicode();
    if choice == ColorChoice::Never {
        let writer = AutoStream::always_ansi(writer);
        Output { stream, writer, is_ascii, strip: Some(StripBytes::new()) }
    } else {
        let writer = AutoStream::new(writer, choice);
        Output { stream, writer, is_ascii, strip: None }
    }
}

/// Standard output, for programs: every byte as it is.
#[must_use]
pub fn raw_stdout() -> Output<impl Write> {
    let writer = io::stdout();
    Output { stream: Stream::Stdout, writer, is_ascii: false, strip: None }
}

/// Prints a result for programs: a line of JSON.
///
/// # Errors
///
/// Standard output cannot be written to.
pub fn print_json(result: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(raw_stdout());
    serde_json::to_writer(&mut out, result)?;
    writeln!(out)?;
    out.flush()
}

/// Prints it on standard error. If that cannot be written, as on a full disk, it is dropped, and
/// the program continues.
pub fn warn(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// The columns of the terminal that standard output goes to; `None` where it goes to none, or
/// to one that does not know.
#[must_use]
pub fn columns() -> Option<u16> {
    let (Width(columns), _) = terminal_size_of(io::stdout())?;
    Some(columns)
}

/// Whether standard error is a terminal that can draw over a line.
#[must_use]
pub fn can_redraw() -> bool {
    stderr().is_terminal() && moves_cursor()
}

/// Whether standard output was found to be a closed pipe: then what has no end of
/// its own may end.
#[must_use]
pub fn stdout_is_closed() -> bool {
    STDOUT_IS_CLOSED.load(Ordering::Relaxed)
}

static STDOUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

impl<W> Output<W> {
    /// Whether it goes to a terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        match self.stream {
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }

    /// Does it to its end, unless it fails or the pipe is closed.
    fn finish(
        &mut self,
        mut attempt: impl FnMut(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        loop {
            let Err(error) = attempt(&mut self.writer) else { return Ok(()) };
            match error.kind() {
                ErrorKind::Interrupted => {}
                // Another process that shares the pipe or the terminal has made it non-blocking.
                ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
                _ if self.stream.has_lost_its_reader(&error) => {
                    if matches!(self.stream, Stream::Stdout) {
                        STDOUT_IS_CLOSED.store(true, Ordering::Relaxed);
                    }
                    return Ok(());
                }
                kind => {
                    let text = self.stream.complaint(&error).to_string();
                    return Err(io::Error::new(kind, text));
                }
            }
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let plain = self
            .strip
            .as_mut()
            .map(|strip| strip.strip_next(bytes).collect::<Vec<_>>().concat());
        let text = plain.as_deref().unwrap_or(bytes);
        let text = if self.is_ascii { ascii::from_utf8(text) } else { text.into() };
        let mut rest = &*text;
        self.finish(|writer| {
            while !rest.is_empty() {
                match writer.write(rest)? {
                    0 => return Err(ErrorKind::WriteZero.into()),
                    taken => rest = &rest[taken..],
                }
            }
            Ok(())
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.finish(Write::flush)
    }

    /// In one piece, so that no other thread writes into the middle of a line.
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.write_all(text.to_string().as_bytes())
    }
}

impl Stream {
    fn has_lost_its_reader(self, error: &io::Error) -> bool {
        match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => true,
            _ => self.is_closed_terminal(error),
        }
    }

    fn complaint(self, error: &io::Error) -> Localized {
        let Localized { en, zh } = match self {
            Self::Stdout => localized!("standard output", "标准输出"),
            Self::Stderr => localized!("standard error", "标准错误"),
        };
        localized!("cannot write to {en}: {error}", "无法写入{zh}：{error}")
    }

    /// A terminal that was closed takes writes as a broken disk does.
    #[cfg(unix)]
    fn is_closed_terminal(self, error: &io::Error) -> bool {
        use std::fs::File;
        use std::os::fd::AsFd as _;
        use std::os::unix::fs::FileTypeExt as _;

        const EIO: i32 = 5;
        let file = match self {
            Self::Stdout => io::stdout().as_fd().try_clone_to_owned(),
            Self::Stderr => io::stderr().as_fd().try_clone_to_owned(),
        };
        let kind = file.and_then(|file| File::from(file).metadata());
        let is_device = kind.is_ok_and(|data| data.file_type().is_char_device());
        is_device && error.raw_os_error() == Some(EIO)
    }

    /// Windows ends the programs of a console that is closed.
    #[cfg(not(unix))]
    fn is_closed_terminal(self, _: &io::Error) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes return these results in order; it keeps what was written.
    struct Scripted(Vec<Result<usize, ErrorKind>>, Vec<u8>);

    impl Write for Scripted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = if self.0.is_empty() { Ok(1000) } else { self.0.remove(0) };
            let taken = taken.map_err(io::Error::from)?.min(bytes.len());
            self.1.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.write(&[]).map(drop)
        }
    }

    fn written(
        answers: &[Result<usize, ErrorKind>],
        is_ascii: bool,
    ) -> (io::Result<()>, String) {
        let writer = Scripted(answers.to_vec(), Vec::new());
        let strip = Some(StripBytes::new());
        let mut out = Output { stream: Stream::Stderr, writer, is_ascii, strip };
        let text = "\u{1b}[1m12\u{1b}[0m \u{1b}[2mµs\u{1b}[0m";
        let done = write!(out, "{text}").and_then(|()| out.flush());
        (done, String::from_utf8(out.writer.1).unwrap())
    }

    #[test]
    fn what_is_not_taken_at_once_is_written_all_the_same() {
        let (full, signal) =
            (Err(ErrorKind::WouldBlock), Err(ErrorKind::Interrupted));
        let (done, text) = written(&[full, Ok(2), signal, full, Ok(1)], false);
        assert_eq!((done.unwrap(), &*text), ((), "12 µs"));
    }

    #[test]
    fn a_reader_that_is_gone_is_no_error_and_a_full_disk_is_a_sentence() {
        let (done, text) = written(&[Ok(2), Err(ErrorKind::BrokenPipe)], false);
        assert_eq!((done.unwrap(), &*text), ((), "12"));
        let (done, _) = written(&[Err(ErrorKind::StorageFull)], false);
        let error = done.unwrap_err().to_string();
        assert_eq!(error, "cannot write to standard error: no storage space");
        let (done, _) = written(&[Ok(0)], false);
        assert_eq!(done.unwrap_err().kind(), ErrorKind::WriteZero);
    }

    #[test]
    fn without_unicode_text_is_ascii() {
        let (done, text) = written(&[Ok(4), Ok(1)], true);
        assert_eq!((done.unwrap(), &*text), ((), "12 us"));
    }
}
