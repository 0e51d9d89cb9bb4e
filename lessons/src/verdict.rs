//! What a check found, and how it is said.

use std::io::{self, Write};

use crate::language::Language;
use crate::mistake::Mistake;

/// What a check found.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What is wrong, the one that explains the others first; none if all is right.
    pub mistakes: Vec<Mistake>,
}

impl Verdict {
    /// Whether the program does what is wanted.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// Says what the server saw, draws it, and names the mistake.
    ///
    /// Errors: `out` cannot be written to.
    pub fn write(&self, out: &mut impl Write, language: Language) -> io::Result<()> {
        let said = language.pick("not yet written", "尚未写好");
        writeln!(out, "{said}: {:?}", self.mistakes)
    }
}
