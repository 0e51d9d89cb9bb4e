//! What a check found, and how it is said.

mod explanation;
mod timeline;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::diagnosis::mistake::Mistake;
use crate::diagnosis::observation::{Observation, RequestOutcome, Termination};
use crate::pack::Exercise;
use crate::paragraph;
use crate::program::cargo_project::Diagnostic;
use crate::program::process::Output;
use client_core::Language;

/// The lines of a program, and of the compiler, that are shown.
const MOST_LINES: usize = 8;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// What a check found.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What is wrong, the one that explains the others first; none if all is right.
    pub mistakes: Vec<Mistake>,
    exercise: Exercise,
    evidence: Evidence,
}

#[derive(Debug, Clone)]
enum Evidence {
    Refused(Vec<Diagnostic>),
    Seen { seen: Box<Observation>, warnings: Vec<String> },
}

impl Verdict {
    pub(crate) fn refused(
        exercise: &Exercise,
        mistakes: Vec<Mistake>,
        complaints: Vec<Diagnostic>,
    ) -> Self {
        let evidence = Evidence::Refused(complaints);
        Self { mistakes, exercise: exercise.clone(), evidence }
    }

    pub(crate) fn seen(
        exercise: &Exercise,
        mistakes: Vec<Mistake>,
        seen: Observation,
        warnings: Vec<String>,
    ) -> Self {
        let evidence = Evidence::Seen { seen: Box::new(seen), warnings };
        Self { mistakes, exercise: exercise.clone(), evidence }
    }

    /// Whether the program does what is wanted.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The names of the mistakes, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.mistakes.iter().map(|mistake| mistake.name()).collect()
    }

    /// What the compiler warned of, as it shows it.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        match &self.evidence {
            Evidence::Refused(_) => &[],
            Evidence::Seen { warnings, .. } => warnings,
        }
    }

    /// Says what the server saw, draws it, and names the mistake.
    ///
    /// Errors: `out` cannot be written to.
    pub fn write(&self, out: &mut impl Write, language: Language) -> io::Result<()> {
        self.write_line(out, language)?;
        match &self.evidence {
            Evidence::Refused(complaints) => {
                write_complaints(out, complaints, language)
            }
            Evidence::Seen { seen, .. } => {
                self.write_explanations(out, seen, language)?;
                self.write_facts(out, seen, language)?;
                timeline::draw(out, &seen.visits, &self.exercise, language)?;
                if !self.is_right() {
                    write_words(out, &seen.words, language)?;
                    write_warning(out, self.warnings(), language)?;
                }
                Ok(())
            }
        }
    }

    /// Says in one line whether it is right, and what is wrong.
    ///
    /// Errors: `out` cannot be written to.
    pub fn write_line(
        &self,
        out: &mut impl Write,
        language: Language,
    ) -> io::Result<()> {
        let name = self.exercise.name();
        let (colour, mark) = if self.is_right() {
            (AnsiColor::Green, language.pick("right", "正确"))
        } else {
            (AnsiColor::Red, language.pick("not yet", "还不对"))
        };
        let style = BOLD.fg_color(Some(colour.into()));
        write!(out, "{style}{mark}{style:#}  {BOLD}{name}{BOLD:#}")?;
        let names = self.names();
        if !names.is_empty() {
            write!(out, ": {}", names.join(", "))?;
        }
        writeln!(out)
    }

    fn write_explanations(
        &self,
        out: &mut impl Write,
        seen: &Observation,
        language: Language,
    ) -> io::Result<()> {
        for &mistake in &self.mistakes {
            let said = explanation::of(mistake, &self.exercise, seen, language);
            paragraph::write(out, &said)?;
        }
        Ok(())
    }

    fn write_facts(
        &self,
        out: &mut impl Write,
        seen: &Observation,
        language: Language,
    ) -> io::Result<()> {
        let server = &self.exercise.server;
        let wanted = &self.exercise.wanted;
        let (arrived, asked) = (seen.visits.len(), server.requests);
        let (peak, at_once) = (seen.peak, wanted.at_once);
        let (rounds, connections) = (seen.rounds, seen.connections);
        // The answer that comes last has a round of its own.
        let waits = wanted.waits + usize::from(server.last.is_some());
        let title = language.pick("What the server saw", "服务器看到的");
        writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
        match language {
            Language::En => writeln!(
                out,
                "  requests       {arrived:>4}   {DIM}wanted {asked}{DIM:#}\n  \
                 most at once   {peak:>4}   {DIM}wanted {at_once}{DIM:#}\n  \
                 waits          {rounds:>4}   {DIM}wanted {waits}{DIM:#}\n  \
                 connections    {connections:>4}{}",
                at_most(wanted.connections, "   wanted at most "),
            )?,
            Language::Zh => writeln!(
                out,
                "  请求数         {arrived:>4}   {DIM}应为 {asked}{DIM:#}\n  \
                 最大并发       {peak:>4}   {DIM}应为 {at_once}{DIM:#}\n  \
                 等待次数       {rounds:>4}   {DIM}应为 {waits}{DIM:#}\n  \
                 连接数         {connections:>4}{}",
                at_most(wanted.connections, "   应不超过 "),
            )?,
        }
        let shown = (seen.words.shown, wanted.shown);
        writeln!(out, "  {}\n", fates(seen, shown, language))
    }
}

fn at_most(most: Option<std::num::NonZeroUsize>, said: &str) -> String {
    most.map_or_else(String::new, |most| format!("{DIM}{said}{most}{DIM:#}"))
}

/// What became of the requests, without what did not happen.
fn fates(
    seen: &Observation,
    (shown, wanted): (usize, usize),
    language: Language,
) -> String {
    let counts = [
        (seen.count(RequestOutcome::Answered), language.pick("answered", "已应答")),
        (
            seen.count(RequestOutcome::Failed),
            language.pick("failed as planned", "按计划失败"),
        ),
        (
            seen.count(RequestOutcome::Rejected),
            language.pick("turned away", "被拒绝"),
        ),
        (seen.count(RequestOutcome::Aborted), language.pick("given up", "被放弃")),
    ];
    let mut parts: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, said)| format!("{count} {said}"))
        .collect();
    parts.push(match language {
        Language::En => format!("{shown} results shown (wanted {wanted})"),
        Language::Zh => format!("显示了 {shown} 个结果（应为 {wanted}）"),
    });
    let ended = match seen.ending {
        Termination::Well => None,
        Termination::WithAnError(Some(code)) => Some(match language {
            Language::En => format!("it ended with exit code {code}"),
            Language::Zh => format!("程序以退出码 {code} 结束"),
        }),
        Termination::WithAnError(None) => {
            Some(language.pick("a signal ended it", "程序被信号终止").to_owned())
        }
        Termination::WaitingForEver | Termination::Stuck | Termination::Flooding => {
            Some(language.pick("it had to be ended", "程序只好被终止").to_owned())
        }
    };
    parts.extend(ended);
    parts.join(language.pick(", ", "，"))
}

fn write_words(
    out: &mut impl Write,
    words: &Output,
    language: Language,
) -> io::Result<()> {
    // A panic begins with an empty line.
    let complaints = words.complaints.iter().skip_while(|line| line.is_empty());
    let lines = || complaints.clone().chain(&words.output);
    if lines().next().is_none() {
        return Ok(());
    }
    let title = language.pick("What your program said", "你的程序说的");
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
    for line in lines().take(MOST_LINES) {
        writeln!(out, "  {line}")?;
    }
    let more = lines().count().saturating_sub(MOST_LINES) + words.left_out;
    match (more, language) {
        (0, _) => Ok(()),
        (_, Language::En) => writeln!(out, "  {DIM}and {more} lines more{DIM:#}"),
        (_, Language::Zh) => writeln!(out, "  {DIM}还有 {more} 行{DIM:#}"),
    }
}

fn write_warning(
    out: &mut impl Write,
    warnings: &[String],
    language: Language,
) -> io::Result<()> {
    let Some(first) = warnings.first() else { return Ok(()) };
    let title = language.pick("What the compiler warned of", "编译器的警告");
    writeln!(out, "\n{BOLD}{title}{BOLD:#}\n{}", first.trim_end())
}

fn write_complaints(
    out: &mut impl Write,
    complaints: &[Diagnostic],
    language: Language,
) -> io::Result<()> {
    let Some(first) = complaints.first() else { return Ok(()) };
    let said = match language {
        Language::En => "The compiler refuses it, so nothing was run. It says:",
        Language::Zh => "编译器没有通过，程序没有运行。编译器说：",
    };
    paragraph::write(out, said)?;
    writeln!(out, "\n{}", first.rendered.trim_end())?;
    match (complaints.len() - 1, language) {
        (0, _) => Ok(()),
        (more, Language::En) => {
            writeln!(
                out,
                "\n{DIM}and {more} more: the first is often the cause{DIM:#}"
            )
        }
        (more, Language::Zh) => {
            writeln!(out, "\n{DIM}还有 {more} 个错误：第一个往往是原因{DIM:#}")
        }
    }
}
