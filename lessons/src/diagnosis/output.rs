//! What a program printed, counted as evidence and kept in part.

/// The lines that are kept of each of the two streams.
const MAX_LINES: usize = 200;

/// The output of a program so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    /// Lines with the text of the page.
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
}

impl Output {
    /// Takes a line of standard output.
    pub(crate) fn on_stdout(&mut self, line: String) {
        if line == "tick" {
            self.ticks += 1;
            return;
        }
        self.shown += usize::from(line.contains(slow_server::PAGE_TEXT));
        self.announced += usize::from(line.starts_with("Waiting"));
        keep(line, &mut self.stdout, &mut self.dropped);
    }

    /// Takes a line of standard error.
    pub(crate) fn on_stderr(&mut self, line: String) {
        keep(line, &mut self.stderr, &mut self.dropped);
    }
}

fn keep(line: String, lines: &mut Vec<String>, dropped: &mut usize) {
    if lines.len() < MAX_LINES {
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
}
