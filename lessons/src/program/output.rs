//! What a program printed, counted as evidence and kept in part.

use std::collections::HashSet;

use diagnosis::Panic;
use slow_server::{PAGE_TEXT, PLANNED_FAILURE};

/// The lines that are kept of each of the two streams.
const MAX_LINES: usize = 200;

/// The bytes that are kept of a line.
const MAX_LINE: usize = 400;

/// The text of a failure, as a line has it.
const FAILURE_TEXT: &str = PLANNED_FAILURE.trim_ascii_end();

/// What a panic says when a runtime is started or dropped inside another one.
const RUNTIME_IN_A_RUNTIME: [&str; 2] = [
    "Cannot drop a runtime in a context where blocking is not allowed",
    "Cannot start a runtime from within a runtime",
];

/// What the libraries say where there is no server.
const NOT_CONNECTED: [&str; 2] = ["error sending request", "onnection refused"];

/// The output of a program so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    /// How often the text of the page was printed.
    pub(crate) shown: usize,
    /// Lines that announce a request.
    pub(crate) announced: usize,
    /// Lines of another task, which shows by them that it still runs.
    pub(crate) ticks: usize,
    /// The first lines of standard output, without the ticks.
    pub(crate) stdout: Vec<String>,
    /// The first lines of standard error, where a panic gives its reason.
    pub(crate) stderr: Vec<String>,
    /// Lines that were not kept.
    pub(crate) dropped: usize,
    // What stands around the text, in lines with a page and in those with a failure.
    page_frames: HashSet<String>,
    failure_frames: Vec<String>,
}

impl Output {
    /// Takes a line of standard output.
    pub(crate) fn on_stdout(&mut self, line: String) {
        if line == "tick" {
            self.ticks += 1;
            return;
        }
        if line.contains(PAGE_TEXT) {
            self.shown += line.matches(PAGE_TEXT).count();
            if self.page_frames.len() < MAX_LINES {
                self.page_frames.insert(frame(&line, PAGE_TEXT));
            }
        } else if line.starts_with("Waiting") {
            self.announced += 1;
        } else if line.contains(FAILURE_TEXT)
            // Who prints the status says that it is no page.
            && !line.contains("503")
            && self.failure_frames.len() < MAX_LINES
        {
            self.failure_frames.push(frame(&line, FAILURE_TEXT));
        }
        keep(line, &mut self.stdout, &mut self.dropped);
    }

    /// Takes a line of standard error.
    pub(crate) fn on_stderr(&mut self, line: String) {
        keep(line, &mut self.stderr, &mut self.dropped);
    }

    /// Failures that look like pages but for their text.
    pub(crate) fn failures_as_pages(&self) -> usize {
        let frames = self.failure_frames.iter();
        frames.filter(|&frame| self.page_frames.contains(frame)).count()
    }

    /// Lines of which `without_failure` has none like them: neither pages nor announcements.
    pub(crate) fn about_failure(&self, without_failure: &Self) -> usize {
        let lines = || self.stdout.iter().chain(&self.stderr);
        let is_other = |line: &&String| {
            !line.contains(PAGE_TEXT)
                && !line.starts_with("Waiting")
                && !without_failure.stdout.contains(line)
                && !without_failure.stderr.contains(line)
        };
        lines().filter(is_other).count()
    }

    /// Whether it says that it could not connect.
    pub(crate) fn could_not_connect(&self) -> bool {
        let mut lines = self.stderr.iter().chain(&self.stdout);
        lines.any(|line| NOT_CONNECTED.iter().any(|text| line.contains(text)))
    }

    /// What it panicked of, if it did.
    pub(crate) fn panic(&self) -> Option<Panic> {
        let printed =
            |text: &str| self.stderr.iter().any(|line| line.contains(text));
        if RUNTIME_IN_A_RUNTIME.into_iter().any(printed) {
            Some(Panic::RuntimeInRuntime)
        } else {
            printed("panicked at").then_some(Panic::Other)
        }
    }
}

/// A line without this text and without numbers, which may differ from line to line.
fn frame(line: &str, text: &str) -> String {
    line.replace(text, "").replace(|c: char| c.is_ascii_digit(), "")
}

fn keep(mut line: String, lines: &mut Vec<String>, dropped: &mut usize) {
    if lines.len() < MAX_LINES {
        line.truncate(line.floor_char_boundary(MAX_LINE));
        lines.push(line);
    } else {
        *dropped += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_beyond_those_that_are_kept() {
        let mut output = Output::default();
        for _ in 0..1000 {
            output.on_stdout("tick".to_owned());
            output.on_stdout("page 1: Hello!".to_owned());
        }
        assert_eq!((output.shown, output.ticks), (1000, 1000));
        assert_eq!(output.stdout.len(), MAX_LINES);
        assert_eq!(output.dropped, 1000 - MAX_LINES);
    }

    #[test]
    fn what_is_printed_without_a_failure_too_is_not_about_it() {
        let output = |lines: &[&str]| {
            let mut output = Output::default();
            for line in lines {
                output.on_stdout((*line).to_owned());
            }
            output
        };
        let without = output(&["fetching 10", "Hello!", "done"]);
        assert_eq!(
            output(&["fetching 10", "Hello!", "done"]).about_failure(&without),
            0
        );
        let told = output(&["fetching 10", "Hello!", "one failed", "done"]);
        assert_eq!(told.about_failure(&without), 1);
    }

    #[test]
    fn pages_on_one_line_are_as_many() {
        let mut output = Output::default();
        output.on_stdout("[\"Hello!\", \"Hello!\"]".to_owned());
        assert_eq!(output.shown, 2);
    }

    #[test]
    fn a_failure_is_taken_for_a_page_if_it_is_shown_like_one() {
        let failures = |as_page: &str, as_failure: &str| {
            let mut output = Output::default();
            output.on_stdout(as_page.replace('_', PAGE_TEXT));
            output.on_stdout(as_failure.replace('_', FAILURE_TEXT));
            output.failures_as_pages()
        };
        assert_eq!(failures("_", "_"), 1);
        assert_eq!(failures("page 1: _", "page 13: _"), 1);
        assert_eq!(failures("page 1: _", "no page: _"), 0);
        assert_eq!(failures("_", "503: _"), 0);
        assert_eq!(failures("200: _", "503: _"), 0);
    }
}
