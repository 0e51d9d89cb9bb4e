//! The verdict of a check, and how it is put to the student.

mod output;
mod timeline;

use std::io::{self, Write};
use std::num::NonZeroUsize;

use diagnosis::{Mistake, Observation, Remark, RequestOutcome, Termination};
use units::Language;

use crate::pack::Exercise;
use crate::program::cargo_project::Diagnostic;
use crate::program::output::Output;
use crate::terminal::{
    BOLD, DIM, GREEN, RED, in_language, write_paragraph, write_title,
};

/// The verdict of a check.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What is wrong, in the order of [`Mistake`]; none if all is right.
    pub mistakes: Vec<Mistake>,
    /// What is worth a word if nothing is wrong.
    pub remark: Option<Remark>,
    pub(crate) exercise: Exercise,
    pub(crate) evidence: Evidence,
}

/// What a verdict rests on.
#[derive(Debug, Clone)]
pub(crate) enum Evidence {
    /// The errors of a program that does not compile.
    Compiler(Vec<Diagnostic>),
    /// What was observed of its run, and what the compiler warned of.
    Run { seen: Box<Observation>, output: Output, warnings: Vec<String> },
}

impl Verdict {
    /// Whether the program does what is expected.
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
            Evidence::Compiler(_) => &[],
            Evidence::Run { warnings, .. } => warnings,
        }
    }

    /// Writes what the server saw, draws it, and names the mistakes.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn write(&self, out: &mut impl Write, language: Language) -> io::Result<()> {
        let (seen, output) = match &self.evidence {
            Evidence::Compiler(diagnostics) => {
                self.write_line(out, language)?;
                return write_diagnostics(out, diagnostics, language);
            }
            Evidence::Run { seen, output, .. } => (seen, output),
        };
        self.write_summary(out, language)?;
        self.write_facts(out, seen, language)?;
        timeline::draw(out, &seen.requests, &self.exercise, language)?;
        if !self.is_right() {
            output::write(out, output, language)?;
            if let Some(warning) = self.warnings().first() {
                let title = language.pick("Compiler warning", "编译器的警告");
                write_title(out, title)?;
                writeln!(out, "{}", warning.trim_end())?;
            }
        }
        Ok(())
    }

    /// Writes whether the program is right, and a sentence or two on each mistake.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub(crate) fn write_summary(
        &self,
        out: &mut impl Write,
        language: Language,
    ) -> io::Result<()> {
        self.write_line(out, language)?;
        match &self.evidence {
            Evidence::Compiler(diagnostics) => {
                let message = diagnostics.first().map_or("", |first| &first.message);
                write_paragraph(out, message)
            }
            Evidence::Run { seen, .. } => {
                let expected = self.exercise.expected();
                for &mistake in &self.mistakes {
                    let reason = diagnosis::reason(mistake, expected, seen);
                    write_paragraph(out, reason.of(language))?;
                }
                self.remark.map_or(Ok(()), |remark| {
                    let text = diagnosis::remark_text(remark, seen);
                    write_paragraph(out, text.of(language))
                })
            }
        }
    }

    /// Writes one line: whether the program is right, and what is wrong.
    ///
    /// # Errors
    ///
    /// `out` cannot be written to.
    pub fn write_line(
        &self,
        out: &mut impl Write,
        language: Language,
    ) -> io::Result<()> {
        let name = self.exercise.name();
        let (style, state) = if self.is_right() {
            (GREEN.bold(), language.pick("right", "正确"))
        } else {
            (RED.bold(), language.pick("not yet", "还不对"))
        };
        write!(out, "{style}{state}{style:#}  {BOLD}{name}{BOLD:#}")?;
        if !self.is_right() {
            write!(out, ": {}", self.names().join(", "))?;
        }
        writeln!(out)
    }

    fn write_facts(
        &self,
        out: &mut impl Write,
        seen: &Observation,
        language: Language,
    ) -> io::Result<()> {
        let expected = self.exercise.expected();
        let &Observation { peak, rounds, connections, .. } = seen;
        let (arrived, asked) = (seen.requests.len(), expected.requests);
        let at_once = expected.at_once;
        // The response that comes last has a wave of its own.
        let waves =
            expected.waits + usize::from(self.exercise.server.last.is_some());
        let most = language.pick("expected at most", "应不超过");
        let most = |limit: NonZeroUsize| format!("{DIM}   {most} {limit}{DIM:#}");
        let most = expected.connections.map_or_else(String::new, most);
        write_title(out, language.pick("What the server saw", "服务器收到的"))?;
        let facts = in_language!(
            language,
            "  requests         {arrived:>4}   {DIM}expected {asked}{DIM:#}
  most in flight   {peak:>4}   {DIM}expected {at_once}{DIM:#}
  waves            {rounds:>4}   {DIM}expected {waves}{DIM:#}
  connections      {connections:>4}{most}",
            "  请求数           {arrived:>4}   {DIM}应为 {asked}{DIM:#}
  最多在途         {peak:>4}   {DIM}应为 {at_once}{DIM:#}
  轮数             {rounds:>4}   {DIM}应为 {waves}{DIM:#}
  连接数           {connections:>4}{most}",
        );
        writeln!(out, "{facts}")?;
        writeln!(out, "  {}\n", outcomes(seen, expected.shown, language))
    }
}

/// How the requests and the program ended, without what did not happen.
fn outcomes(seen: &Observation, wanted: usize, language: Language) -> String {
    let outcomes = [
        (RequestOutcome::Answered, language.pick("succeeded", "个成功")),
        (RequestOutcome::Failed, language.pick("failed as planned", "个按设定失败")),
        (RequestOutcome::Rejected, language.pick("rejected", "个被拒绝")),
        (RequestOutcome::Aborted, language.pick("aborted", "个已断开")),
    ];
    let counts = outcomes.map(|(outcome, text)| (seen.count(outcome), text));
    let happened = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<_> =
        happened.map(|(count, text)| format!("{count} {text}")).collect();
    let shown = seen.printed.map_or(0, |printed| printed.results);
    let results = units::count(shown, "result");
    parts.push(in_language!(
        language,
        "{results} shown (expected {wanted})",
        "显示了 {shown} 个结果（应为 {wanted}）",
    ));
    match seen.termination {
        Termination::Success => {}
        Termination::Failure(Some(code)) => {
            parts.push(in_language!(language, "exit code {code}", "退出码 {code}"));
        }
        Termination::Failure(None) => {
            parts.push(in_language!(
                language,
                "ended by a signal",
                "程序被信号终止"
            ));
        }
        Termination::WaitingForEver | Termination::Stuck | Termination::Flooding => {
            parts.push(in_language!(
                language,
                "stopped by the check",
                "检查时被终止"
            ));
        }
    }
    parts.join(language.pick(", ", "，"))
}

fn write_diagnostics(
    out: &mut impl Write,
    diagnostics: &[Diagnostic],
    language: Language,
) -> io::Result<()> {
    let [first, others @ ..] = diagnostics else { return Ok(()) };
    let text = language.pick(
        "It does not compile, so nothing was run. The compiler says:",
        "程序没有通过编译，因此没有运行。编译器的输出：",
    );
    write_paragraph(out, text)?;
    writeln!(out, "\n{}", first.rendered.trim_end())?;
    if !others.is_empty() {
        let more = others.len();
        let errors = units::count(more, "more error");
        let text = in_language!(
            language,
            "and {errors}: the first is often the cause of the others",
            "还有 {more} 个错误：第一个往往是其余错误的原因",
        );
        writeln!(out, "\n{DIM}{text}{DIM:#}")?;
    }
    Ok(())
}
